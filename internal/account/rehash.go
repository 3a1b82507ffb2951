package account

import "context"

// HashStore is where the hash of a password becomes a stronger one.
type HashStore interface {
	// RehashPassword replaces the hash of an account, as it was read before, by another of the
	// same password, and puts that on record. Its sessions stay. It returns ErrWrongPassword as
	// ReplacePassword does.
	RehashPassword(ctx context.Context, a Account, password string, c ChangedBy) error
}

// isWeakerThan reports whether a hash takes less work to guess than one that is made today.
func (h passwordHash) isWeakerThan(today passwordHash) bool {
	work := func(h passwordHash) uint64 { return uint64(h.memory) * uint64(h.time) }
	return work(h) < work(today) || len(h.salt) < len(today.salt) || len(h.sum) < len(today.sum)
}

// strengthenHash hashes a password anew that was right, where its hash is weaker than those of
// today. It may fail: the password opens the account all the same, and the next sign-in tries
// again.
func (s *Service) strengthenHash(ctx context.Context, a Account, password string) {
	stored, err := parseHash(a.Password)
	if err != nil || !stored.isWeakerThan(emptyHash(s.Cost)) {
		return
	}
	var h passwordHash
	if s.runHashing(ctx, func() { h = newHash(password, s.Cost) }) != nil {
		return
	}
	_ = s.Records.RehashPassword(ctx, a, h.String(), s.changeBy(a.Person))
}
