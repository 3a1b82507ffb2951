package account

import (
	"context"
	"fmt"
)

// Answer is what someone gives to prove that they are there. One of its fields is set.
type Answer struct {
	Password string
}

// Given reports whether there is an answer at all.
func (a Answer) Given() bool { return a != Answer{} }

// ProvePresence returns nil when the answer is that of the person. It returns ErrWrongPassword
// when it is not, and a *Wait when too many were wrong, as SignIn does.
func (s *Service) ProvePresence(ctx context.Context, who Person, answer Answer, from Source) error {
	a, err := s.tryPassword(ctx, signInKey(who.Name), answer.Password, from)
	if err == nil && a.ID != who.ID {
		err = ErrWrongPassword
	}
	if err != nil {
		return fmt.Errorf("prove presence: %w", err)
	}
	return nil
}
