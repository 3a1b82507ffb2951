package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"

	"github.com/golang-migrate/migrate/v4"
	migratesqlite "github.com/golang-migrate/migrate/v4/database/sqlite"
	"github.com/golang-migrate/migrate/v4/source"
	"github.com/golang-migrate/migrate/v4/source/iofs"

	"countersign/migrations"
)

// look is what a database says about itself.
type look struct {
	version     uint // 0 when it is empty
	dirty       bool
	fingerprint []byte // of the data key; nil when there is none yet
}

// prepare makes or upgrades the database when that is due, and returns the key of the
// data-key file. Before everything fits together, nothing is changed.
func (s *Store) prepare(ctx context.Context, keyFile string) (fileKey, error) {
	var err error
	if s.version, err = newestVersion(); err != nil {
		return fileKey{}, err
	}
	key, due, err := s.check(ctx, keyFile)
	// An upgrade that another store has begun looks like one that broke off.
	if due || errors.Is(err, ErrDirty) {
		return s.make(ctx, keyFile)
	}
	if err != nil {
		return fileKey{}, err
	}
	return key, tighten(s.path)
}

// make makes or upgrades the database while no other store does so and no server
// runs, unless it has been done meanwhile.
func (s *Store) make(ctx context.Context, keyFile string) (fileKey, error) {
	var lockErr error
	if s.claim.beside == nil {
		lock, err := lockFile(ctx, s.path)
		if err == nil {
			defer lock.Close()
		}
		lockErr = err
	}
	key, due, err := s.check(ctx, keyFile)
	if err != nil {
		return fileKey{}, err
	}
	if due && lockErr != nil {
		return fileKey{}, lockErr
	}
	if err := tighten(s.path); err != nil || !due {
		return key, err
	}
	if key.seals == nil {
		if key, err = makeKey(keyFile); err != nil {
			return fileKey{}, err
		}
	}
	if err := s.migrate(); err != nil {
		return fileKey{}, err
	}
	return key, s.keepFingerprint(ctx, key.fingerprint)
}

// check reads the database and the data-key file, and reports whether something is
// due before the store can be used. The key is zero when there is none yet.
func (s *Store) check(ctx context.Context, keyFile string) (fileKey, bool, error) {
	found, err := s.look(ctx)
	if err != nil {
		return fileKey{}, false, s.explain(err)
	}
	if found.dirty || found.version > s.version {
		return fileKey{}, false, s.judge(found.version, found.dirty)
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

// judge returns nil for the schema that this program expects.
func (s *Store) judge(version uint, dirty bool) error {
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

// look reads what the database says about itself and changes nothing.
func (s *Store) look(ctx context.Context) (look, error) {
	db := openPool(s.path, looking)
	defer db.Close()
	return lookInto(ctx, db, s.path)
}

func lookInto(ctx context.Context, db *sql.DB, path string) (look, error) {
	var found look
	var tables, steps, facts int
	err := db.QueryRowContext(ctx, `
		SELECT count(*),
			count(*) FILTER (WHERE name = 'schema_migrations'),
			count(*) FILTER (WHERE name = 'facts')
		FROM sqlite_schema
		WHERE type = 'table'`).Scan(&tables, &steps, &facts)
	if err != nil || tables == 0 {
		return found, err
	}
	if steps == 0 {
		return found, fmt.Errorf("the file %s %w", path, ErrNotDatabase)
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
	err = db.QueryRowContext(ctx, `
		SELECT value
		FROM facts
		WHERE name = $1`, fingerprintFact).Scan(&found.fingerprint)
	if errors.Is(err, sql.ErrNoRows) {
		return found, nil
	}
	return found, err
}

// fingerprintFact is the fact which data key belongs to the database.
const fingerprintFact = "data key fingerprint"

// keepFingerprint records which data key belongs to this database.
func (s *Store) keepFingerprint(ctx context.Context, fingerprint []byte) error {
	db := openPool(s.path, writing)
	defer db.Close()
	_, err := db.ExecContext(ctx, `
		INSERT INTO facts (name, value)
		VALUES ($1, $2)
		ON CONFLICT (name) DO NOTHING`, fingerprintFact, fingerprint)
	return s.explain(err)
}

// migrate takes the steps that the database has not taken yet. It uses connections
// of its own, which the library closes.
func (s *Store) migrate() error {
	files, err := iofs.New(migrations.Files, ".")
	if err != nil {
		return fmt.Errorf("store: read the schema: %w", err)
	}
	db := openPool(s.path, writing)
	db.SetMaxOpenConns(1)
	target, err := migratesqlite.WithInstance(db, &migratesqlite.Config{})
	if err != nil {
		return errors.Join(s.explain(err), db.Close())
	}
	m, err := migrate.NewWithInstance("embedded", files, "sqlite", target)
	if err != nil {
		return errors.Join(fmt.Errorf("store: read the schema: %w", err), db.Close())
	}
	err = m.Up()
	if errors.Is(err, migrate.ErrNoChange) {
		err = nil
	}
	fileErr, dbErr := m.Close()
	return errors.Join(s.explain(err), fileErr, dbErr)
}

// newestVersion returns the number of the last step in the embedded files.
func newestVersion() (uint, error) {
	files, err := fs.Glob(migrations.Files, "*.up.sql")
	if err != nil || len(files) == 0 {
		return 0, errors.Join(errors.New("store: no schema is embedded"), err)
	}
	var newest uint
	for _, name := range files {
		step, err := source.DefaultParse(name)
		if err != nil {
			return 0, fmt.Errorf("store: schema file %s: %w", name, err)
		}
		newest = max(newest, step.Version)
	}
	return newest, nil
}
