package account

import (
	"errors"
	"time"
)

// Factors are what an account has, besides a password, to prove who its person is.
type Factors struct {
	Passkeys int  // how many
	Code     bool // whether an authenticator app that makes codes is set up
	Recovery int  // how many recovery codes are left
	Provider bool // whether the account is bound to the company's sign-in
}

// Any reports whether there is a factor. Recovery codes are none by themselves: they stand in
// for one that was lost.
func (f Factors) Any() bool { return f.Passkeys > 0 || f.Code }

// ErrLastFactor is returned when the only second factor that works was to be removed, and the role
// of its owner needs one.
var ErrLastFactor = errors.New("the last second factor has to stay")

// FactorKind is a kind of factor.
type FactorKind string

// The kinds.
const (
	Passkey       FactorKind = "passkey"
	CodeApp       FactorKind = "code"
	RecoveryCodes FactorKind = "recovery-codes"

	// What a new account may have besides.
	ProviderIdentity FactorKind = "provider"
	BreakGlass       FactorKind = "break-glass"
)

// Words are the kind in a few words for people.
func (k FactorKind) Words() string {
	switch k {
	case Passkey:
		return "passkey"
	case CodeApp:
		return "authenticator app"
	case RecoveryCodes:
		return "recovery codes"
	case ProviderIdentity:
		return "company sign-in"
	case BreakGlass:
		return "emergency access"
	}
	return string(k)
}

// SecondFactorPolicy says who must have a second factor. The zero value is NobodyMust.
type SecondFactorPolicy string

// The policies.
const (
	NobodyMust               SecondFactorPolicy = "none"
	AdminsAndSupervisorsMust SecondFactorPolicy = "admins-and-supervisors"
	EverybodyMust            SecondFactorPolicy = "everybody"
)

// Requires reports whether somebody with the role must have a second factor.
func (p SecondFactorPolicy) Requires(r Role) bool {
	switch p {
	case EverybodyMust:
		return true
	case AdminsAndSupervisorsMust:
		return r == Admin || r == Supervisor
	}
	return false
}

// Step is what someone who has begun to sign in must do before anything else.
type Step string

// The steps.
const (
	NoStep           Step = ""
	StepSecondFactor Step = "second-factor" // prove a factor that the account has
	StepSetUpFactor  Step = "set-up-factor" // set one up, since the policy wants it
)

// SecondFactorLimit is how long after the password its second factor may follow.
const SecondFactorLimit = 10 * time.Minute

// NextStep is what stands between someone and their work. Whoever has a factor proves it,
// whatever the policy says: it was set up so that the password alone opens nothing.
func (p SecondFactorPolicy) NextStep(who *SignedIn) Step {
	switch {
	case who.Session.Proof.Strong():
		if who.Session.Proof != ByProvider && p.Requires(who.Role) && !who.Factors.Any() {
			return StepSetUpFactor // the last one was taken away meanwhile
		}
		return NoStep
	case who.Factors.Any():
		return StepSecondFactor
	case p.Requires(who.Role):
		return StepSetUpFactor
	}
	return NoStep
}
