package account

import (
	"errors"
	"strings"
	"testing"
	"time"
)

var asked = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

func TestMayCarryOut(t *testing.T) {
	eve, max := Person{ID: 1, Name: "eve", Role: Admin}, Person{ID: 2, Name: "max", Role: Admin}
	sue := Person{ID: 3, Name: "sue", Role: Supervisor}
	disabled := max
	disabled.Disabled = true
	for name, test := range map[string]struct {
		who       Person
		alone     bool
		state     RequestState
		onePerson bool
		after     time.Duration
		want      error
	}{
		"another admin":                        {who: max},
		"another admin, six days later":        {who: max, after: 6 * 24 * time.Hour},
		"another admin, too late":              {who: max, after: RequestValidity, want: ErrRequestOver},
		"an admin whom the asker may act as":   {who: max, onePerson: true, want: ErrConfirmerIsAsker},
		"an admin who is disabled":             {who: disabled, want: ErrMayNotConfirm},
		"a supervisor":                         {who: sue, want: ErrMayNotConfirm},
		"nobody":                               {want: ErrMayNotConfirm},
		"whoever asked":                        {who: eve, want: ErrOwnRequest},
		"whoever asked, a day later":           {who: eve, after: RequestWait, want: ErrOwnRequest},
		"alone":                                {who: eve, alone: true, want: ErrOwnRequest},
		"alone, a moment before a day":         {who: eve, alone: true, after: RequestWait - 1, want: ErrOwnRequest},
		"alone, a day later":                   {who: eve, alone: true, after: RequestWait, onePerson: true},
		"alone, too late":                      {who: eve, alone: true, after: RequestValidity, want: ErrRequestOver},
		"alone, on a clock that went back":     {who: eve, alone: true, after: -48 * time.Hour, want: ErrOwnRequest},
		"alone, but somebody else came":        {who: max, alone: true},
		"what was carried out":                 {who: max, state: RequestDone, want: ErrRequestOver},
		"what was cancelled":                   {who: max, state: RequestWithdrawn, want: ErrRequestOver},
		"alone and cancelled, after its time":  {who: eve, alone: true, state: RequestWithdrawn, after: RequestWait, want: ErrRequestOver},
		"alone, when no admin any more":        {who: Person{ID: 1, Role: Reviewer}, alone: true, after: RequestWait, want: ErrMayNotConfirm},
		"alone, a day later, but disabled now": {who: Person{ID: 1, Role: Admin, Disabled: true}, alone: true, after: RequestWait, want: ErrMayNotConfirm},
	} {
		if test.state == "" {
			test.state = RequestOpen
		}
		r := Request{RequestTerms: RequestTerms{Alone: test.alone}, AskedBy: eve, AskedAt: asked, State: test.state}
		if err := r.MayCarryOut(test.who, test.onePerson, asked.Add(test.after)); !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", name, err, test.want)
		}
	}
}

func TestWhoIsToldOfARequest(t *testing.T) {
	for name, test := range map[string]struct {
		state RequestState
		after time.Duration
		told  map[Role]bool
	}{
		"open":                       {RequestOpen, time.Hour, map[Role]bool{Supervisor: true, Admin: true}},
		"lapsed":                     {RequestOpen, RequestValidity, nil},
		"cancelled":                  {RequestWithdrawn, 2 * time.Hour, nil},
		"just carried out":           {RequestDone, 2 * time.Hour, map[Role]bool{Supervisor: true}},
		"carried out the day before": {RequestDone, 25 * time.Hour, nil},
	} {
		r := Request{AskedAt: asked, State: test.state, EndedAt: asked.Add(time.Hour)}
		for _, role := range append(Roles(), "") {
			if got := r.IsToldTo(role, asked.Add(test.after)); got != test.told[role] {
				t.Errorf("%s: %q is told: %t", name, role, got)
			}
		}
	}
}

// What an admin may not do alone, the operator may.
func TestNeedsRequest(t *testing.T) {
	admin := Person{ID: 1, Role: Admin}
	for name, test := range map[string]struct {
		c    ChangedBy
		role Role
		want bool
	}{
		"a supervisor by an admin":  {ChangedBy{By: admin}, Supervisor, true},
		"a reviewer by an admin":    {ChangedBy{By: admin}, Reviewer, false},
		"an admin by an admin":      {ChangedBy{By: admin}, Admin, false},
		"a supervisor on a request": {ChangedBy{By: admin, Request: &Request{}}, Supervisor, false},
		"a supervisor by operator":  {ChangedBy{}, Supervisor, false},
	} {
		if got := test.c.NeedsRequest(test.role); got != test.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}

func TestParseReason(t *testing.T) {
	for text, want := range map[string]string{
		"  The phone\n was lost. ":  "The phone was lost.",
		strings.Repeat("ü", 200):    strings.Repeat("ü", 200),
		"":                          "",
		" \n\t":                     "",
		strings.Repeat("ü", 201):    "",
		"a bell \a":                 "",
		"not text: \xff\xfe at all": "",
	} {
		reason, err := parseReason(text)
		var refused *Refused
		if want == "" && !errors.As(err, &refused) || want != "" && (err != nil || reason != want) {
			t.Errorf("parseReason(%.20q) = %.20q, %v", text, reason, err)
		}
	}
}
