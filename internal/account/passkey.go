package account

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"countersign/internal/passkey"
)

// PasskeyEntry is one of somebody's passkeys.
type PasskeyEntry struct {
	ID         int64
	Credential passkey.Credential
	Count      uint32 // as the device counted when it was last used; zero for one that does not count
	Name       string // by which its owner knows it
	Created    time.Time
	Used       time.Time // zero while it was not
}

// WorksAt reports whether the passkey is one of the site. Its host name is another where that of
// the server was changed: a browser offers it nowhere else.
func (p *PasskeyEntry) WorksAt(site passkey.Site) bool { return p.Credential.Site == site.Host }

// PasskeyStore is where passkeys are kept.
type PasskeyStore interface {
	// AddPasskey keeps a new passkey of an account. It returns ErrPasskeyKnown when there is one
	// with its ID, ErrManyPasskeys when the account has as many as it may, and ErrNoAccount when
	// the account was disabled.
	AddPasskey(ctx context.Context, p PasskeyEntry, c ChangedBy) error
	// Passkeys returns the passkeys of an account, the oldest first.
	Passkeys(ctx context.Context, owner int64) ([]PasskeyEntry, error)
	// FindPasskey returns the passkey with an ID, and whose it is; ErrNoPasskey when there is none.
	FindPasskey(ctx context.Context, credentialID []byte) (PasskeyEntry, Person, error)
	// UsePasskey keeps that a passkey was used, and how often its device says it was. It reports
	// whether that is more often than before, or the device does not count. Otherwise the use is
	// put on record as refused, since there may be two of what must be one. It returns
	// ErrNoPasskey when it was removed meanwhile.
	UsePasskey(ctx context.Context, id int64, count uint32, at time.Time) (bool, error)
	// RenamePasskey gives a passkey of the account another name; ErrNoPasskey when it has no such.
	RenamePasskey(ctx context.Context, owner, id int64, name string) error
	// RemovePasskey removes a passkey of whoever makes the change, unless allow returns an error,
	// which it returns. allow is given the passkey, those that are left, and whether there is an
	// app that makes codes. The account is signed out where a passkey was the proof, except in
	// the session with the token. It returns ErrNoPasskey when the account has no such passkey.
	RemovePasskey(ctx context.Context, id int64, token [32]byte, allow func(removed PasskeyEntry, left []PasskeyEntry, code bool) error, c ChangedBy) error
}

// MaxPasskeys is how many passkeys somebody may have.
const MaxPasskeys = 20

// maxPasskeyName is how long the name of a passkey may be, in characters.
const maxPasskeyName = 64

var (
	// ErrNoPasskey is returned when there is no such passkey.
	ErrNoPasskey = errors.New("there is no such passkey")
	// ErrPasskeyKnown is returned when a passkey that is to be added is one that there is.
	ErrPasskeyKnown = errors.New("the passkey is known already")
	// ErrManyPasskeys is returned when somebody has as many passkeys as they may.
	ErrManyPasskeys = errors.New("there are too many passkeys")
	// ErrNotCreated is returned for what is no new passkey, as it was asked for.
	ErrNotCreated = errors.New("no passkey was created")
)

// RefusedPasskey is a passkey that proved nothing. To whoever used it, it is ErrWrongPassword.
type RefusedPasskey struct {
	Why   PasskeyFault
	Owner Person // whose passkey it is; nobody where that is not known
}

// PasskeyFault is what is wrong with the answer of a passkey.
type PasskeyFault string

// The faults.
const (
	FaultForm      PasskeyFault = "form"      // it cannot be read
	FaultQuestion  PasskeyFault = "question"  // it answers none that was asked for this, or too late, or once more
	FaultUnknown   PasskeyFault = "unknown"   // nobody has the passkey
	FaultOwner     PasskeyFault = "owner"     // it is somebody else's passkey, or the account is disabled
	FaultSignature PasskeyFault = "signature" // it is not for this site, its user was not verified, or it is forged
	FaultCounter   PasskeyFault = "counter"   // the device counted back: there may be a copy of it
)

func (e *RefusedPasskey) Error() string { return "the passkey was refused: " + string(e.Why) }

// Is reports whether target is what the failure is to whoever signs in.
func (e *RefusedPasskey) Is(target error) bool { return target == ErrWrongPassword }

// What passkeys are asked for.
const (
	AskNewPasskey    ChallengePurpose = "passkey-new"
	AskPasskeySignIn ChallengePurpose = "passkey-sign-in"       // alone, by anybody
	AskPasskeySecond ChallengePurpose = "passkey-second-factor" // after the password
	AskPasskeyProof  ChallengePurpose = "passkey-presence"
)

// Passkeys returns somebody's passkeys, the oldest first.
func (s *Service) Passkeys(ctx context.Context, owner int64) ([]PasskeyEntry, error) {
	list, err := s.Records.Passkeys(ctx, owner)
	if err != nil {
		return nil, fmt.Errorf("list passkeys: %w", err)
	}
	return list, nil
}

// AskForNewPasskey returns what a browser is asked to make a passkey for somebody, as JSON.
func (s *Service) AskForNewPasskey(ctx context.Context, who Person, site passkey.Site) ([]byte, error) {
	known, err := s.passkeysAt(ctx, who.ID, site)
	if err != nil {
		return nil, fmt.Errorf("ask for a new passkey: %w", err)
	}
	handle := passkey.NewHandle()
	if len(known) > 0 {
		handle = known[0].Handle
	}
	q, err := site.AskToCreate(handle, who.Name, known)
	if err != nil {
		return nil, err
	}
	return s.keepQuestion(ctx, q, AskNewPasskey, who.ID)
}

// AskForPasskey returns what a browser is asked to give one of somebody's passkeys for a purpose,
// as JSON; for the zero Person it may be anybody's. It returns ErrNoPasskey when they have none
// of the site.
func (s *Service) AskForPasskey(ctx context.Context, who Person, purpose ChallengePurpose, site passkey.Site) ([]byte, error) {
	var known []passkey.Credential
	if who.ID != 0 {
		var err error
		if known, err = s.passkeysAt(ctx, who.ID, site); err != nil {
			return nil, fmt.Errorf("ask for a passkey: %w", err)
		}
		if len(known) == 0 {
			return nil, fmt.Errorf("ask for a passkey: %w", ErrNoPasskey)
		}
	}
	q, err := site.AskToProve(known)
	if err != nil {
		return nil, err
	}
	return s.keepQuestion(ctx, q, purpose, who.ID)
}

func (s *Service) keepQuestion(ctx context.Context, q passkey.Question, purpose ChallengePurpose, owner int64) ([]byte, error) {
	now := s.Now()
	c := Challenge{Purpose: purpose, Account: owner, State: q.State, Until: now.Add(ChallengeFor)}
	if owner == 0 {
		c.Most = MostOpenToAnybody
	}
	if err := s.Records.AddChallenge(ctx, q.Hash, c, now); err != nil {
		return nil, fmt.Errorf("ask for a passkey: %w", err)
	}
	return q.Options, nil
}

// passkeysAt returns those of somebody's passkeys that work at a site.
func (s *Service) passkeysAt(ctx context.Context, owner int64, site passkey.Site) ([]passkey.Credential, error) {
	list, err := s.Records.Passkeys(ctx, owner)
	if err != nil {
		return nil, err
	}
	var known []passkey.Credential
	for _, p := range list {
		if p.WorksAt(site) {
			known = append(known, p.Credential)
		}
	}
	return known, nil
}

// AddPasskey keeps the passkey that a browser made for somebody. It returns ErrNotCreated when
// the answer is none to a question that they were asked, ErrPasskeyKnown, ErrManyPasskeys, and a
// *Refused when the name cannot be had.
func (s *Service) AddPasskey(ctx context.Context, who Person, name, answer string) error {
	name, err := passkeyName(name)
	if err != nil {
		return err
	}
	created, err := passkey.ReadCreated(answer)
	if err != nil {
		return fmt.Errorf("add passkey: %w", ErrNotCreated)
	}
	question, err := s.Records.TakeChallenge(ctx, created.Hash, AskNewPasskey, s.Now())
	if errors.Is(err, ErrNoChallenge) || err == nil && question.Account != who.ID {
		return fmt.Errorf("add passkey: %w", ErrNotCreated)
	}
	if err != nil {
		return fmt.Errorf("add passkey: %w", err)
	}
	credential, count, err := created.Check(question.State)
	if errors.Is(err, passkey.ErrAnswer) {
		return fmt.Errorf("add passkey: %w", ErrNotCreated)
	}
	if err != nil {
		return fmt.Errorf("add passkey: %w", err)
	}
	if err := s.Records.AddPasskey(ctx, PasskeyEntry{Credential: credential, Count: count, Name: name}, s.changeBy(who)); err != nil {
		return fmt.Errorf("add passkey: %w", err)
	}
	return nil
}

// RenamePasskey gives one of somebody's passkeys another name. It returns ErrNoPasskey when they
// have no such, and a *Refused when the name cannot be had.
func (s *Service) RenamePasskey(ctx context.Context, who Person, id int64, name string) error {
	name, err := passkeyName(name)
	if err != nil {
		return err
	}
	if err := s.Records.RenamePasskey(ctx, who.ID, id, name); err != nil {
		return fmt.Errorf("rename passkey: %w", err)
	}
	return nil
}

// RemovePasskey removes one of somebody's passkeys, and signs them out wherever one was the proof,
// but for the session with the token. It returns ErrLastFactor where they need a second factor and
// would have none left that works at the site, and ErrNoPasskey when they have no such passkey.
func (s *Service) RemovePasskey(ctx context.Context, who SignedIn, id int64, needed bool, site passkey.Site) error {
	allow := func(removed PasskeyEntry, left []PasskeyEntry, code bool) error {
		if needed && isLastFactor(removed, left, code, site) {
			return ErrLastFactor
		}
		return nil
	}
	if err := s.Records.RemovePasskey(ctx, id, who.Session.Token, allow, s.changeBy(who.Person)); err != nil {
		return fmt.Errorf("remove passkey: %w", err)
	}
	return nil
}

// isLastFactor reports whether with a passkey the last factor would go that works at a site. One
// of another host name is none any more.
func isLastFactor(removed PasskeyEntry, left []PasskeyEntry, code bool, site passkey.Site) bool {
	if code || !removed.WorksAt(site) {
		return false
	}
	for _, p := range left {
		if p.WorksAt(site) {
			return false
		}
	}
	return true
}

// passkeyName is the name of a passkey as it is kept, or a *Refused.
func passkeyName(typed string) (string, error) {
	name := strings.TrimSpace(typed)
	switch {
	case name == "":
		return "", &Refused{FieldName, "Give the passkey a name."}
	case !utf8.ValidString(name) || strings.ContainsFunc(name, isInvisible):
		return "", &Refused{FieldName, "The name holds characters that cannot be seen."}
	case utf8.RuneCountInString(name) > maxPasskeyName:
		return "", &Refused{FieldName, fmt.Sprintf("The name is too long; it may have %d characters.", maxPasskeyName)}
	}
	return name, nil
}

// SignInWithPasskey returns whose passkey gave the answer. It returns a *RefusedPasskey, which is
// ErrWrongPassword, when that cannot be said, and a *Wait when too many attempts failed.
func (s *Service) SignInWithPasskey(ctx context.Context, answer string, from Source) (Person, error) {
	proof, err := passkey.ReadProof(answer)
	key := "passkey"
	if err == nil {
		// Counted by what was sent, so that the wait tells nobody which passkeys there are.
		key += "\x00" + string(proof.CredentialID)
	}
	var who Person
	err = s.countTry(ctx, key, from, func() (whole bool, err error) {
		who, err = s.checkPasskey(ctx, proof, AskPasskeySignIn, 0)
		return true, err
	})
	if err != nil {
		return Person{}, fmt.Errorf("sign in with a passkey: %w", err)
	}
	return who, nil
}

// GiveSecondPasskey returns nil when a passkey of whoever gave their password gave the answer, and
// the errors of SignInWithPasskey otherwise.
func (s *Service) GiveSecondPasskey(ctx context.Context, who Person, answer string, from Source) error {
	if err := s.tryPasskey(ctx, who, AskPasskeySecond, answer, from); err != nil {
		return fmt.Errorf("give a passkey: %w", err)
	}
	return nil
}

// provePasskey returns nil when a passkey of the person gave the answer.
func (s *Service) provePasskey(ctx context.Context, who Person, answer string, from Source) error {
	return s.tryPasskey(ctx, who, AskPasskeyProof, answer, from)
}

func (s *Service) tryPasskey(ctx context.Context, who Person, purpose ChallengePurpose, answer string, from Source) error {
	return s.countTry(ctx, signInKey(who.Name), from, func() (whole bool, err error) {
		proof, _ := passkey.ReadProof(answer) // nil where it cannot be read
		_, err = s.checkPasskey(ctx, proof, purpose, who.ID)
		return true, err
	})
}

// checkPasskey returns whose passkey it is that gave a proof for a purpose. With an owner, it has
// to be theirs. The question counts as answered, whatever the answer is.
func (s *Service) checkPasskey(ctx context.Context, proof *passkey.Proof, purpose ChallengePurpose, owner int64) (Person, error) {
	if proof == nil {
		return Person{}, &RefusedPasskey{Why: FaultForm}
	}
	question, err := s.Records.TakeChallenge(ctx, proof.Hash, purpose, s.Now())
	if errors.Is(err, ErrNoChallenge) || err == nil && question.Account != owner {
		return Person{}, &RefusedPasskey{Why: FaultQuestion}
	}
	if err != nil {
		return Person{}, err
	}
	found, who, err := s.Records.FindPasskey(ctx, proof.CredentialID)
	credential := &found.Credential
	if errors.Is(err, ErrNoPasskey) {
		credential, err = nil, nil
	}
	if err != nil {
		return Person{}, err
	}
	count, err := proof.Check(question.State, credential)
	switch {
	case err != nil && !errors.Is(err, passkey.ErrAnswer):
		return Person{}, err
	case credential == nil:
		return Person{}, &RefusedPasskey{Why: FaultUnknown}
	case err != nil:
		return Person{}, &RefusedPasskey{FaultSignature, who}
	case who.Disabled, owner != 0 && who.ID != owner:
		return Person{}, &RefusedPasskey{FaultOwner, who}
	}
	return s.countUse(ctx, found.ID, count, who)
}

// countUse keeps how often a passkey was used, and returns whose it is unless it counted back.
func (s *Service) countUse(ctx context.Context, id int64, count uint32, who Person) (Person, error) {
	advanced, err := s.Records.UsePasskey(ctx, id, count, s.Now())
	switch {
	case errors.Is(err, ErrNoPasskey):
		return Person{}, &RefusedPasskey{FaultUnknown, who}
	case err != nil:
		return Person{}, err
	case !advanced:
		return Person{}, &RefusedPasskey{FaultCounter, who}
	}
	return who, nil
}
