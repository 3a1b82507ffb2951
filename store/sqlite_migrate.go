package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"path"

	"github.com/golang-migrate/migrate/v4"
	migratesqlite "github.com/golang-migrate/migrate/v4/database/sqlite"
	"github.com/golang-migrate/migrate/v4/source"
	"github.com/golang-migrate/migrate/v4/source/iofs"

	"countersign/migrations"
)

// readState reads what a database says about itself.
func (e engine) readState(ctx context.Context, db *sql.DB) (databaseState, error) {
	var found databaseState
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
		return found, fmt.Errorf("the file %s %w", e.path, ErrNotDatabase)
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
	tx, err := db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return found, err
	}
	defer tx.Rollback() // nothing was written
	found.keys, err = readDataKeys(ctx, tx)
	return found, err
}

// upgrade takes the steps that the database has not taken yet. It uses connections
// of its own, which the library closes.
func (e engine) upgrade() error {
	files, err := iofs.New(migrations.SQLite, "sqlite")
	if err != nil {
		return fmt.Errorf("store: read the schema: %w", err)
	}
	db := openPool(e.path, writing)
	db.SetMaxOpenConns(1)
	target, err := migratesqlite.WithInstance(db, &migratesqlite.Config{})
	if err != nil {
		return errors.Join(e.describeError(err), db.Close())
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
	return errors.Join(e.describeError(err), fileErr, dbErr)
}

// newestVersion returns the number of the last step in the embedded files.
func (engine) newestVersion() (uint, error) {
	files, err := fs.Glob(migrations.SQLite, "sqlite/*.up.sql")
	if err != nil || len(files) == 0 {
		return 0, errors.Join(errors.New("store: no schema is embedded"), err)
	}
	var newest uint
	for _, name := range files {
		step, err := source.DefaultParse(path.Base(name))
		if err != nil {
			return 0, fmt.Errorf("store: schema file %s: %w", name, err)
		}
		newest = max(newest, step.Version)
	}
	return newest, nil
}
