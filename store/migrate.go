package store

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
)

// firstWithLedger is the first schema that has a ledger. What was recorded before is not read
// any more.
const firstWithLedger = 4

// databaseState is what a database says about itself.
type databaseState struct {
	version uint // 0 when it is empty
	dirty   bool
	keys    dataKeys
}

// prepareFiles makes or upgrades the database when that is due, and returns the data keys.
// Before everything fits together, nothing is changed.
func (s *Store) prepareFiles(ctx context.Context, source keySource) (*keyRing, error) {
	var err error
	if s.version, err = s.engine.newestVersion(); err != nil {
		return nil, err
	}
	keys, due, err := s.checkFiles(ctx, source)
	// An upgrade that an earlier version of the program has begun looks like one that broke off.
	if due || errors.Is(err, ErrDirty) {
		return s.createOrUpgrade(ctx, source)
	}
	if err != nil {
		return nil, err
	}
	return keys, s.engine.restrict()
}

// createOrUpgrade makes or upgrades the database while no other store does so and no server
// runs, unless it has been done meanwhile.
func (s *Store) createOrUpgrade(ctx context.Context, source keySource) (*keyRing, error) {
	lock, lockErr := s.engine.lockUpgrade(ctx)
	if lockErr == nil {
		defer lock.Close()
	}
	keys, due, err := s.checkFiles(ctx, source)
	if err != nil {
		return nil, err
	}
	if due && lockErr != nil {
		return nil, lockErr
	}
	if err := s.engine.restrict(); err != nil || !due {
		return keys, err
	}
	if keys == nil {
		if keys, err = s.makeKeys(ctx, source); err != nil {
			return nil, err
		}
	}
	if s.engine.upgrades() {
		if err := s.engine.upgrade(s.progress); err != nil {
			return nil, err
		}
	}
	return keys, s.keepFingerprint(ctx, source, keys.keys.Load().sealing.fingerprint)
}

// makeKeys makes the first data key, unless another store makes it in the same moment.
func (s *Store) makeKeys(ctx context.Context, source keySource) (*keyRing, error) {
	key, err := makeKey(source.file)
	if errors.Is(err, fs.ErrExist) {
		keys, _, err := s.checkFiles(ctx, source)
		return keys, err
	}
	if err != nil {
		return nil, err
	}
	return newKeyRing(source, []fileKey{key}, key.fingerprint), nil
}

// checkFiles reads the database and the data keys, and reports whether something is due
// before the store can be used. The keys are nil when there are none yet. The key that counts
// is the one that the database names, and in a new one the first.
func (s *Store) checkFiles(ctx context.Context, source keySource) (*keyRing, bool, error) {
	found, err := s.readState(ctx)
	if err != nil {
		return nil, false, s.describeError(err)
	}
	if found.keys.current != nil && found.version < firstWithLedger {
		return nil, false, fmt.Errorf("%s %w", s.engine.name(), ErrTooOld)
	}
	if found.dirty || found.version > s.version || found.version < s.version && !s.engine.upgrades() {
		return nil, false, s.checkSchemaVersion(found.version, found.dirty)
	}
	keys, err := source.read(ctx)
	switch {
	case errors.Is(err, fs.ErrNotExist) && source.ask == nil && found.keys.current == nil:
		return nil, true, nil
	case errors.Is(err, fs.ErrNotExist) && source.ask == nil:
		return nil, false, fmt.Errorf("the data-key file %s %w", source.file, ErrNoKey)
	case err != nil:
		return nil, false, err
	case found.keys.current == nil:
		return newKeyRing(source, keys, keys[0].fingerprint), true, nil
	}
	ring := newKeyRing(source, keys, found.keys.current)
	if ring.keys.Load().indexOf(found.keys.current) < 0 {
		return nil, false, fmt.Errorf("%s %w", source, ErrWrongKey)
	}
	if found.keys.next != nil && ring.keys.Load().indexOf(found.keys.next) < 0 {
		return nil, false, fmt.Errorf("%s %w", source, ErrLacksNewKey)
	}
	return ring, found.version < s.version, nil
}

// checkSchemaVersion returns nil for the schema that this program expects.
func (s *Store) checkSchemaVersion(version uint, dirty bool) error {
	switch {
	case dirty:
		return fmt.Errorf("%s %w", s.engine.name(), ErrDirty)
	case version > s.version:
		return fmt.Errorf("%s %w", s.engine.name(), ErrNewer)
	case version < s.version:
		return fmt.Errorf("%s %w", s.engine.name(), ErrBehind)
	}
	return nil
}

// readState reads what the database says about itself and changes nothing.
func (s *Store) readState(ctx context.Context) (databaseState, error) {
	db := s.engine.inspectorPool()
	defer db.Close()
	return readState(ctx, s.engine, db)
}

// readState reads what a database says about itself.
func readState(ctx context.Context, e engine, db *sql.DB) (databaseState, error) {
	var found databaseState
	tables, steps, facts, err := e.countTables(ctx, db)
	if err != nil || tables == 0 {
		return found, err
	}
	if steps == 0 {
		return found, fmt.Errorf("%s %w", e.name(), ErrNotDatabase)
	}
	err = db.QueryRowContext(ctx, `
		SELECT version, dirty
		FROM schema_migrations`).Scan(&found.version, &found.dirty)
	if errors.Is(err, sql.ErrNoRows) {
		return found, nil // broken off before the first step
	}
	if err != nil || facts == 0 {
		return found, err
	}
	tx, err := db.BeginTx(ctx, e.reading())
	if err != nil {
		return found, err
	}
	defer tx.Rollback() // nothing was written
	found.keys, err = readDataKeys(ctx, tx)
	return found, err
}

// fingerprintFact is the fact which data key belongs to the database.
const fingerprintFact = "data key fingerprint"

// keepFingerprint records which data key belongs to this database.
func (s *Store) keepFingerprint(ctx context.Context, source keySource, fingerprint []byte) error {
	db := s.engine.writerPool()
	defer db.Close()
	tx, err := db.BeginTx(ctx, s.engine.writing())
	if err != nil {
		return s.describeError(err)
	}
	defer tx.Rollback() // nothing was kept, unless it was committed
	_, err = tx.ExecContext(ctx, `
		INSERT INTO facts (name, value)
		VALUES ($1, $2)
		ON CONFLICT (name) DO NOTHING`, fingerprintFact, fingerprint)
	if err != nil {
		return s.describeError(err)
	}
	kept, err := readDataKeys(ctx, tx)
	if err != nil {
		return s.describeError(err)
	}
	if !bytes.Equal(kept.current, fingerprint) { // another server with a key of its own was faster
		return fmt.Errorf("%s %w", source, ErrWrongKey)
	}
	return s.describeError(tx.Commit())
}
