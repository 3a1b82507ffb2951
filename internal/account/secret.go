package account

import (
	"context"
	"errors"
	"fmt"
)

// CountWrongSecret counts a wrong secret against the address that it came from, as a failed
// sign-in there is counted: whoever guesses it waits as someone who guesses passwords does. One
// that comes while the address has to wait counts for nothing.
func (s *Service) CountWrongSecret(ctx context.Context, from Source) error {
	now := s.Now()
	err := s.Records.ChangeFailures(ctx, []string{hashedSubject("address", addressKey(from.Address))}, now.Add(-forgetAfter), func(f []Failures) error {
		if until := addressPace.waitEnd(f[0], now); until.After(now) {
			return &Wait{Until: until}
		}
		f[0].Count++
		f[0].Last = now
		return nil
	})
	if wait := (*Wait)(nil); err != nil && !errors.As(err, &wait) {
		return fmt.Errorf("count a wrong secret: %w", err)
	}
	return nil
}
