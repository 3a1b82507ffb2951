package account

import "time"

// Session is a browser in which someone signed in, or has begun to.
type Session struct {
	Token   [32]byte // SHA-256 of the token
	Created time.Time
	Seen    time.Time
	Proved  time.Time // when the person last proved to be there
	Proof   Proof     // how they proved who they are when they signed in
	Address string    // network address from which they did
	Browser string    // what kind of browser it is, in words; empty where that is not known

	Checked         time.Time // when the company's sign-in last said that the person may come in; see ByProvider
	ProviderSession string    // the provider's own, where it names one
}

// SignedIn is someone with the session in which they are. The zero SignedIn is nobody.
type SignedIn struct {
	Person
	Session    Session
	Factors    Factors
	NoPassword bool // whether the account has no password
}

// Proof is how someone proved who they are.
type Proof string

// The proofs.
const (
	ByPassword            Proof = "password"
	ByPasswordAndCode     Proof = "password+code"
	ByPasswordAndRecovery Proof = "password+recovery"
	ByPasswordAndPasskey  Proof = "password+passkey"
	ByPasskey             Proof = "passkey"
	ByProvider            Proof = "provider" // of the company's own sign-in
)

// Strong reports whether a proof is more than what one can be talked out of or read over a
// shoulder: a passkey with its user verified, a password with a second factor, or the word of
// the company's provider, who has rules of its own.
func (p Proof) Strong() bool {
	switch p {
	case ByPasswordAndCode, ByPasswordAndRecovery, ByPasswordAndPasskey, ByPasskey, ByProvider:
		return true
	}
	return false
}

// Words say the proof to its person, as the end of a sentence that begins "Signed in".
func (p Proof) Words() string {
	switch p {
	case ByPassword:
		return "with the password alone"
	case ByPasswordAndCode:
		return "with the password and a code"
	case ByPasswordAndRecovery:
		return "with the password and a recovery code"
	case ByPasswordAndPasskey:
		return "with the password and a passkey"
	case ByPasskey:
		return "with a passkey"
	case ByProvider:
		return "through the company's sign-in"
	}
	return ""
}

// SessionLimits are how long a session lasts without use, and at all.
type SessionLimits struct {
	Idle     time.Duration
	Absolute time.Duration
}

// StandardLimits are the limits where nobody set others.
func StandardLimits() SessionLimits {
	return SessionLimits{Idle: 30 * time.Minute, Absolute: 12 * time.Hour}
}

// OrStandard returns l, with the standard for what is zero.
func (l SessionLimits) OrStandard() SessionLimits {
	standard := StandardLimits()
	if l.Idle == 0 {
		l.Idle = standard.Idle
	}
	if l.Absolute == 0 {
		l.Absolute = standard.Absolute
	}
	return l
}

// Expired reports whether a session has ended by now. One from the future was begun while the
// clock was ahead: how old it is, nobody knows.
func (l SessionLimits) Expired(s *Session, now time.Time) bool {
	ahead := now.Add(ClockSlack)
	if s.Proof == ByProvider && (now.Sub(s.Checked) > CheckedFor || s.Checked.After(ahead)) {
		return true
	}
	return now.Sub(s.Seen) > l.Idle || now.Sub(s.Created) > l.Absolute || s.Seen.After(ahead) || s.Created.After(ahead)
}

// Ended reports whether the session in which someone is has ended by now: as Expired says, or
// since the second factor did not follow in time.
func (l SessionLimits) Ended(who *SignedIn, now time.Time) bool {
	unfinished := !who.Session.Proof.Strong() && who.Factors.Any()
	return l.Expired(&who.Session, now) || unfinished && now.Sub(who.Session.Created) > SecondFactorLimit
}

// Left is how long a session goes on without another use, and whether a use makes that longer.
func (l SessionLimits) Left(s *Session, now time.Time) (left time.Duration, extendable bool) {
	idle, absolute := l.Idle-now.Sub(s.Seen), l.Absolute-now.Sub(s.Created)
	return max(0, min(idle, absolute)), idle < absolute && absolute > l.Warning()
}

// Warning is how long before a session ends its person is told.
func (l SessionLimits) Warning() time.Duration { return min(2*time.Minute, l.Idle/2) }

// TouchInterval is how often the use of a session is written down.
func (l SessionLimits) TouchInterval() time.Duration { return min(time.Minute, l.Idle/10) }

// NeedsCheck reports whether the company's sign-in is to be asked again whether the person may
// come in.
func (s *Session) NeedsCheck(now time.Time) bool {
	return s.Proof == ByProvider && now.Sub(s.Checked) > CheckAfter
}

// FreshFor is how long a proof of presence counts for what cannot be undone.
const FreshFor = 5 * time.Minute

// IsFresh reports whether the person proved a moment ago to be there. A proof from the future,
// which a clock that was ahead left behind, is none.
func (s *Session) IsFresh(now time.Time) bool {
	return now.Sub(s.Proved) <= FreshFor && !s.Proved.After(now.Add(ClockSlack))
}
