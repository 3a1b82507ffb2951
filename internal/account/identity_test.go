package account

import (
	"errors"
	"testing"
	"time"
)

// Nobody becomes more than one of their groups makes them, but for a supervisor, who may do all
// that a reviewer may.
func TestChooseRole(t *testing.T) {
	for _, test := range []struct {
		given    []Role
		want     Role
		conflict bool
	}{
		{nil, "", false},
		{[]Role{Auditor}, Auditor, false},
		{[]Role{Reviewer, Reviewer}, Reviewer, false},
		{[]Role{Reviewer, Supervisor}, Supervisor, false},
		{[]Role{Supervisor, Reviewer}, Supervisor, false},
		{[]Role{Admin, Reviewer}, "", true},
		{[]Role{Admin, Supervisor}, "", true},
		{[]Role{Auditor, Reviewer}, "", true},
		{[]Role{Auditor, Supervisor, Reviewer}, "", true},
	} {
		got, err := ChooseRole(test.given)
		var conflict *RolesConflict
		if got != test.want || errors.As(err, &conflict) != test.conflict || (err == nil) != (test.want != "") {
			t.Errorf("%v: %q, error %v", test.given, got, err)
		}
	}
}

// The word of the company's sign-in counts for an hour, and for nobody who signed in otherwise.
func TestCheckedSessions(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	limits := SessionLimits{Idle: 3 * time.Hour, Absolute: 12 * time.Hour}
	for _, test := range []struct {
		proof        Proof
		checked      time.Time
		asks, expire bool
	}{
		{ByProvider, now.Add(-50 * time.Minute), false, false},
		{ByProvider, now.Add(-51 * time.Minute), true, false},
		{ByProvider, now.Add(-60 * time.Minute), true, false},
		{ByProvider, now.Add(-61 * time.Minute), true, true},
		{ByProvider, now.Add(2 * time.Minute), false, true}, // by a clock that was ahead
		{ByPassword, now.Add(-2 * time.Hour), false, false},
		{ByPasskey, time.Time{}, false, false},
	} {
		s := Session{Proof: test.proof, Checked: test.checked, Created: now.Add(-2 * time.Hour), Seen: now}
		if asks, expired := s.NeedsCheck(now), limits.Expired(&s, now); asks != test.asks || expired != test.expire {
			t.Errorf("%s, checked %s: asks %t, expired %t", test.proof, test.checked, asks, expired)
		}
	}
}
