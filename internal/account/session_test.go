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
