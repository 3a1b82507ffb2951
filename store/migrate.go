package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
)

// firstWithLedger is the first schema that has a ledger. What was recorded before is not read
// any more.
const firstWithLedger = 4

// databaseState is what a database says about itself.
type databaseState struct {
	version     uint // 0 when it is empty
	dirty       bool
	fingerprint []byte // of the data key; nil when there is none yet
}

// prepareFiles makes or upgrades the database when that is due, and returns the key of the
// data-key file. Before everything fits together, nothing is changed.
func (s *Store) prepareFiles(ctx context.Context, keyFile string) (fileKey, error) {
	var err error
	if s.version, err = s.engine.newestVersion(); err != nil {
		return fileKey{}, err
	}
	key, due, err := s.checkFiles(ctx, keyFile)
	// An upgrade that another store has begun looks like one that broke off.
	if due || errors.Is(err, ErrDirty) {
		return s.createOrUpgrade(ctx, keyFile)
	}
	if err != nil {
		return fileKey{}, err
	}
	return key, restrictFiles(s.path)
}

// createOrUpgrade makes or upgrades the database while no other store does so and no server
// runs, unless it has been done meanwhile.
func (s *Store) createOrUpgrade(ctx context.Context, keyFile string) (fileKey, error) {
	var lockErr error
	if s.claim.beside == nil {
		lock, err := lockFile(ctx, s.path)
		if err == nil {
			defer lock.Close()
		}
		lockErr = err
	}
	key, due, err := s.checkFiles(ctx, keyFile)
	if err != nil {
		return fileKey{}, err
	}
	if due && lockErr != nil {
		return fileKey{}, lockErr
	}
	if err := restrictFiles(s.path); err != nil || !due {
		return key, err
	}
	if key.seals == nil {
		if key, err = makeKey(keyFile); err != nil {
			return fileKey{}, err
		}
	}
	if err := s.engine.upgrade(); err != nil {
		return fileKey{}, err
	}
	return key, s.keepFingerprint(ctx, key.fingerprint)
}

// checkFiles reads the database and the data-key file, and reports whether something is
// due before the store can be used. The key is zero when there is none yet.
func (s *Store) checkFiles(ctx context.Context, keyFile string) (fileKey, bool, error) {
	found, err := s.readState(ctx)
	if err != nil {
		return fileKey{}, false, s.describeError(err)
	}
	if found.fingerprint != nil && found.version < firstWithLedger {
		return fileKey{}, false, fmt.Errorf("the database %s %w", s.path, ErrTooOld)
	}
	if found.dirty || found.version > s.version {
		return fileKey{}, false, s.checkSchemaVersion(found.version, found.dirty)
	}
	key, err := readKey(keyFile)
	switch {
	case errors.Is(err, fs.ErrNotExist) && found.fingerprint == nil:
		return fileKey{}, true, nil
	case errors.Is(err, fs.ErrNotExist):
		return fileKey{}, false, fmt.Errorf("the data-key file %s %w", keyFile, ErrNoKey)
	case err != nil:
		return fileKey{}, false, err
	case found.fingerprint != nil && string(found.fingerprint) != string(key.fingerprint):
		return fileKey{}, false, fmt.Errorf("the file %s %w", keyFile, ErrWrongKey)
	}
	return key, found.fingerprint == nil || found.version < s.version, nil
}

// checkSchemaVersion returns nil for the schema that this program expects.
func (s *Store) checkSchemaVersion(version uint, dirty bool) error {
	switch {
	case dirty:
		return fmt.Errorf("the database %s %w", s.path, ErrDirty)
	case version > s.version:
		return fmt.Errorf("the database %s %w", s.path, ErrNewer)
	case version < s.version:
		return fmt.Errorf("the database %s has schema %d and not %d", s.path, version, s.version)
	}
	return nil
}

// readState reads what the database says about itself and changes nothing.
func (s *Store) readState(ctx context.Context) (databaseState, error) {
	db := s.engine.inspectorPool()
	defer db.Close()
	return s.engine.readState(ctx, db)
}

// fingerprintFact is the fact which data key belongs to the database.
const fingerprintFact = "data key fingerprint"

// keepFingerprint records which data key belongs to this database.
func (s *Store) keepFingerprint(ctx context.Context, fingerprint []byte) error {
	db := s.engine.writerPool()
	defer db.Close()
	_, err := db.ExecContext(ctx, `
		INSERT INTO facts (name, value)
		VALUES ($1, $2)
		ON CONFLICT (name) DO NOTHING`, fingerprintFact, fingerprint)
	return s.describeError(err)
}
