package account

import (
	"context"
	"fmt"
)

// Answer is what someone gives to prove that they are there. One of its fields is set.
type Answer struct {
	Password string
	Code     string // of an authenticator app
	Passkey  string // what a browser answered for a passkey, as JSON
}

// Given reports whether there is an answer at all.
func (a Answer) Given() bool { return a != Answer{} }

// ProvePresence returns nil when the answer is that of the person. It returns ErrWrongPassword
// when it is not, and a *Wait when too many were wrong, as SignIn does.
func (s *Service) ProvePresence(ctx context.Context, who Person, answer Answer, from Source) error {
	var err error
	switch {
	case answer.Passkey != "":
		err = s.provePasskey(ctx, who, answer.Passkey, from)
	case answer.Code != "":
		err = s.proveCode(ctx, who, answer.Code, from)
	default:
		err = s.provePassword(ctx, who, answer.Password, from)
	}
	if err != nil {
		return fmt.Errorf("prove presence: %w", err)
	}
	return nil
}

func (s *Service) provePassword(ctx context.Context, who Person, password string, from Source) error {
	a, err := s.tryPassword(ctx, signInKey(who.Name), password, from)
	if err == nil && a.ID != who.ID {
		return ErrWrongPassword
	}
	return err
}
