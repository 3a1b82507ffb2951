package account

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"time"
)

// LinkStore is where links are kept by which people choose a password.
type LinkStore interface {
	// SetLink makes the password of the account with the name key void, ends its
	// sessions, and lets whoever has the token with that hash choose another until a
	// time, in place of any earlier link. It returns ErrNoAccount when there is no such
	// account or it is disabled, and ErrNeedsRequest when c may not do it alone.
	SetLink(ctx context.Context, key string, token [32]byte, until time.Time, c ChangedBy) error
	// Link returns the account whose link has the token with that hash; ErrNoLink when
	// there is none that is valid at the time now.
	Link(ctx context.Context, token [32]byte, now time.Time) (Person, error)
	// UseLink gives the account of a link its password and voids the link, in one
	// transaction. It returns ErrNoLink as Link does.
	UseLink(ctx context.Context, token [32]byte, password string, now time.Time) error
}

// LinkValidity is how long a link to choose a password is valid.
const LinkValidity = 24 * time.Hour

// ClockSlack is how far a stored time may be ahead of the clock. What is further ahead
// comes from a clock that was wrong and was put right since: nothing counts from it.
const ClockSlack = time.Minute

// Invite makes an account without a password, and returns the token of a link by which
// its person chooses one. Nobody else ever knows it. It returns the errors of Add.
func (s *Service) Invite(ctx context.Context, name string, role Role, by Person) (token string, err error) {
	if s.NoPasswords {
		return "", &Refused{FieldPassword, noPasswords}
	}
	a, err := s.newAccount(name, role)
	if err != nil {
		return "", err
	}
	if _, err := s.Records.AddAccount(ctx, a, false, s.changeBy(by)); err != nil {
		return "", fmt.Errorf("add account: %w", err)
	}
	return s.MakeLink(ctx, name, by)
}

// MakeLink makes an account's password void, ends its sessions, and returns the token
// of a link by which its person chooses another. Links before it are void. It returns
// ErrNoAccount when there is no such account or it is disabled, and ErrNeedsRequest for what an
// admin has to ask for.
func (s *Service) MakeLink(ctx context.Context, name string, by Person) (token string, err error) {
	if s.NoPasswords {
		return "", &Refused{FieldPassword, noPasswords}
	}
	token = rand.Text()
	change := s.changeBy(by)
	if err := s.Records.SetLink(ctx, signInKey(name), linkHash(token), change.At.Add(LinkValidity), change); err != nil {
		return "", fmt.Errorf("make link: %w", err)
	}
	return token, nil
}

// noPasswords is why nobody chooses a password.
const noPasswords = "Passwords are switched off here. People come in through the company's sign-in, and get an account the first time."

// linkHash is what is kept of a token.
func linkHash(token string) [32]byte { return sha256.Sum256([]byte("password link " + token)) }

// Link returns whose password the link with the token is for; ErrNoLink when it is not
// valid.
func (s *Service) Link(ctx context.Context, token string) (Person, error) {
	who, err := s.Records.Link(ctx, linkHash(token), s.Now())
	if err != nil {
		return Person{}, fmt.Errorf("open link: %w", err)
	}
	return who, nil
}

// UseLink gives the person of a link the password that they chose, once. It returns
// ErrNoLink when the link is not valid, and a *Refused when the password cannot be had.
func (s *Service) UseLink(ctx context.Context, token, password string) (Person, error) {
	who, err := s.Link(ctx, token)
	if err != nil {
		return Person{}, err
	}
	if s.NoPasswords {
		return Person{}, &Refused{FieldPassword, noPasswords}
	}
	hashed, err := s.hashNewPassword(ctx, who.Name, password)
	if err != nil {
		return Person{}, err
	}
	if err := s.Records.UseLink(ctx, linkHash(token), hashed, s.Now()); err != nil {
		return Person{}, fmt.Errorf("use link: %w", err)
	}
	return who, nil
}
