package account

import (
	"testing"
	"time"
)

func TestSessionLimits(t *testing.T) {
	begun := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	limits := SessionLimits{Idle: 10 * time.Minute}.OrStandard()
	for name, test := range map[string]struct {
		created, seen, now time.Duration
		expired            bool
	}{
		"used just now":          {0, time.Hour, time.Hour, false},
		"at the idle limit":      {0, time.Hour, time.Hour + 10*time.Minute, false},
		"past the idle limit":    {0, time.Hour, time.Hour + 10*time.Minute + 1, true},
		"at the whole limit":     {0, 12 * time.Hour, 12 * time.Hour, false},
		"past the whole limit":   {0, 12 * time.Hour, 12*time.Hour + 1, true},
		"a clock slightly ahead": {time.Minute, time.Minute, 0, false},
		"seen in the future":     {0, time.Hour, 0, true},
		"begun in the future":    {time.Hour, 0, 0, true},
	} {
		s := Session{Created: begun.Add(test.created), Seen: begun.Add(test.seen)}
		if got := limits.Expired(&s, begun.Add(test.now)); got != test.expired {
			t.Errorf("%s: expired is %t", name, got)
		}
	}
}

// Whoever gave their password and not the second factor has ten minutes for that; whoever has
// none, or gave it, has as long as sessions last.
func TestUnfinishedSignInEnds(t *testing.T) {
	begun := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	for name, test := range map[string]struct {
		proof   Proof
		factors Factors
		after   time.Duration
		ended   bool
	}{
		"a moment later":                {ByPassword, Factors{Passkeys: 1}, SecondFactorLimit, false},
		"too late":                      {ByPassword, Factors{Passkeys: 1}, SecondFactorLimit + 1, true},
		"too late for a code":           {ByPassword, Factors{Code: true}, SecondFactorLimit + 1, true},
		"no factor":                     {ByPassword, Factors{}, SecondFactorLimit + 1, false},
		"recovery codes alone are none": {ByPassword, Factors{Recovery: 10}, SecondFactorLimit + 1, false},
		"with both":                     {ByPasswordAndCode, Factors{Code: true}, SecondFactorLimit + 1, false},
		"with both, too long unused":    {ByPasswordAndCode, Factors{Code: true}, 31 * time.Minute, true},
	} {
		who := SignedIn{Session: Session{Created: begun, Seen: begun, Proof: test.proof}, Factors: test.factors}
		if got := StandardLimits().Ended(&who, begun.Add(test.after)); got != test.ended {
			t.Errorf("%s: ended is %t", name, got)
		}
	}
}

func TestSessionLeft(t *testing.T) {
	begun := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	limits := SessionLimits{Idle: 30 * time.Minute, Absolute: 2 * time.Hour}
	for name, test := range map[string]struct {
		seen, now  time.Duration
		left       time.Duration
		extendable bool
	}{
		"just begun":                          {0, 0, 30 * time.Minute, true},
		"half an hour before it all ends":     {90 * time.Minute, 90 * time.Minute, 30 * time.Minute, false},
		"unused for a while":                  {time.Hour, 80 * time.Minute, 10 * time.Minute, true},
		"used shortly before it all ends":     {119 * time.Minute, 119 * time.Minute, time.Minute, false},
		"unused, when a use is of little use": {89*time.Minute + 30*time.Second, 119 * time.Minute, 30 * time.Second, false},
		"over":                                {0, time.Hour, 0, true},
	} {
		s := Session{Created: begun, Seen: begun.Add(test.seen)}
		if left, extendable := limits.Left(&s, begun.Add(test.now)); left != test.left || extendable != test.extendable {
			t.Errorf("%s: %s, %t, want %s, %t", name, left, extendable, test.left, test.extendable)
		}
	}
	if got := (SessionLimits{Idle: time.Minute}).Warning(); got != 30*time.Second {
		t.Errorf("a session of a minute warns %s before its end", got)
	}
}

func TestFreshProof(t *testing.T) {
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	for name, test := range map[string]struct {
		ago   time.Duration
		fresh bool
	}{
		"now":                    {0, true},
		"five minutes ago":       {FreshFor, true},
		"longer ago":             {FreshFor + time.Millisecond, false},
		"a clock slightly ahead": {-time.Minute, true},
		"in the future":          {-time.Hour, false},
	} {
		s := Session{Proved: now.Add(-test.ago)}
		if got := s.IsFresh(now); got != test.fresh {
			t.Errorf("proved %s: fresh is %t", name, got)
		}
	}
	if (&Session{}).IsFresh(now) {
		t.Error("a session of which no proof is known is fresh")
	}
}

func TestNextStep(t *testing.T) {
	passkey, code, recovery := Factors{Passkeys: 1}, Factors{Code: true}, Factors{Recovery: 10}
	for name, test := range map[string]struct {
		policy  SecondFactorPolicy
		role    Role
		factors Factors
		proof   Proof
		want    Step
	}{
		"nobody must":                        {"", Admin, Factors{}, ByPassword, NoStep},
		"a policy that is not known":         {"some", Admin, Factors{}, ByPassword, NoStep},
		"a reviewer need not":                {AdminsAndSupervisorsMust, Reviewer, Factors{}, ByPassword, NoStep},
		"an auditor need not":                {AdminsAndSupervisorsMust, Auditor, Factors{}, ByPassword, NoStep},
		"an admin must":                      {AdminsAndSupervisorsMust, Admin, Factors{}, ByPassword, StepSetUpFactor},
		"a supervisor must":                  {AdminsAndSupervisorsMust, Supervisor, Factors{}, ByPassword, StepSetUpFactor},
		"everybody must":                     {EverybodyMust, Auditor, Factors{}, ByPassword, StepSetUpFactor},
		"who has one gives it, policy or no": {NobodyMust, Reviewer, passkey, ByPassword, StepSecondFactor},
		"a code is one":                      {EverybodyMust, Reviewer, code, ByPassword, StepSecondFactor},
		"recovery codes are none":            {EverybodyMust, Reviewer, recovery, ByPassword, StepSetUpFactor},
		"password and code":                  {EverybodyMust, Admin, code, ByPasswordAndCode, NoStep},
		"password and recovery code":         {EverybodyMust, Admin, code, ByPasswordAndRecovery, NoStep},
		"password and passkey":               {EverybodyMust, Admin, passkey, ByPasswordAndPasskey, NoStep},
		"passkey alone":                      {EverybodyMust, Admin, passkey, ByPasskey, NoStep},
		"taken away while signed in":         {EverybodyMust, Admin, Factors{}, ByPasskey, StepSetUpFactor},
		"taken away from who need not":       {AdminsAndSupervisorsMust, Reviewer, Factors{}, ByPasskey, NoStep},
		"the provider sees to it":            {EverybodyMust, Admin, Factors{}, ByProvider, NoStep},
		"a proof that is not known":          {NobodyMust, Reviewer, code, "magic", StepSecondFactor},
	} {
		who := SignedIn{Person: Person{ID: 1, Role: test.role}, Session: Session{Proof: test.proof}, Factors: test.factors}
		if got := test.policy.NextStep(&who); got != test.want {
			t.Errorf("%s: the step is %q, want %q", name, got, test.want)
		}
	}
}
