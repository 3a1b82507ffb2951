package account

import (
	"context"
	"errors"
	"fmt"
)

// IDOf returns the number of the account that has a name as it was typed, disabled or not; zero
// when none has it. Nobody who is not signed in may learn it.
func (s *Service) IDOf(ctx context.Context, name string) (int64, error) {
	a, err := s.Records.Account(ctx, signInKey(name))
	if errors.Is(err, ErrNoAccount) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("look for an account: %w", err)
	}
	return a.ID, nil
}
