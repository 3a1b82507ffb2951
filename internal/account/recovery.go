package account

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
)

// RecoveryCodesMade is how many recovery codes somebody gets at a time.
const RecoveryCodesMade = 10

// recoveryLength is how many letters and digits of base 32 a recovery code has: 80 bits, which
// nobody finds from a hash, so that a quick one is enough.
const recoveryLength = 16

// CodeHash is what is kept of a recovery code.
type CodeHash = [sha256.Size]byte

// newRecoveryCodes makes codes as people read them, in groups of four.
func newRecoveryCodes() []string {
	codes := make([]string, RecoveryCodesMade)
	for i := range codes {
		text := rand.Text()[:recoveryLength]
		codes[i] = text[:4] + "-" + text[4:8] + "-" + text[8:12] + "-" + text[12:]
	}
	return codes
}

func hashRecoveryCodes(codes []string) []CodeHash {
	hashes := make([]CodeHash, len(codes))
	for i, code := range codes {
		hashes[i] = recoveryHash(code)
	}
	return hashes
}

// recoveryHash is the hash of a code as it was typed, in any letter case and with any blanks.
func recoveryHash(typed string) CodeHash {
	return sha256.Sum256([]byte("recovery code " + plainCode(typed)))
}

// MakeRecoveryCodes gives somebody new recovery codes and makes those before void. It returns
// ErrNoFactor when they have no factor that the codes could stand in for.
func (s *Service) MakeRecoveryCodes(ctx context.Context, who Person) ([]string, error) {
	codes := newRecoveryCodes()
	if err := s.Records.ReplaceRecoveryCodes(ctx, hashRecoveryCodes(codes), s.changeBy(who)); err != nil {
		return nil, fmt.Errorf("make recovery codes: %w", err)
	}
	return codes, nil
}

// GiveRecoveryCode uses up a recovery code and returns how many are left. It returns the errors
// of GiveCode.
func (s *Service) GiveRecoveryCode(ctx context.Context, who Person, code string, from Source) (left int, err error) {
	err = s.countTry(ctx, signInKey(who.Name), from, func() (bool, error) {
		left, err = s.Records.TakeRecoveryCode(ctx, who.ID, recoveryHash(code), s.Now())
		return true, err
	})
	if err != nil {
		return 0, fmt.Errorf("give a recovery code: %w", err)
	}
	return left, nil
}
