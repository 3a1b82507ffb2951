package store

import (
	"context"
	"database/sql"
	"errors"
	"io"

	migratesqlite "github.com/golang-migrate/migrate/v4/database/sqlite"

	"countersign/migrations"
)

// countTables implements engine.
func (*sqliteEngine) countTables(ctx context.Context, db *sql.DB) (tables, steps, facts int, err error) {
	err = db.QueryRowContext(ctx, `
		SELECT count(*),
			count(*) FILTER (WHERE name = 'schema_migrations'),
			count(*) FILTER (WHERE name = 'facts')
		FROM sqlite_schema
		WHERE type = 'table'`).Scan(&tables, &steps, &facts)
	return tables, steps, facts, err
}

func (*sqliteEngine) upgrades() bool { return true }

// lockUpgrade locks the file beside the database, unless this server has it.
func (e *sqliteEngine) lockUpgrade(ctx context.Context) (io.Closer, error) {
	if e.claim.beside != nil {
		return noLock{}, nil
	}
	return lockFile(ctx, e.path)
}

func (e *sqliteEngine) restrict() error { return restrictFiles(e.path) }

// upgrade takes the steps that the database has not taken yet. It uses connections
// of its own, which the library closes.
func (e *sqliteEngine) upgrade(tell progressFunc) error {
	db := e.writerPool()
	target, err := migratesqlite.WithInstance(db, &migratesqlite.Config{})
	if err != nil {
		return errors.Join(describeError(e.name(), err), db.Close())
	}
	return takeSteps(migrations.SQLite, "sqlite", target, tell, func(err error) error { return describeError(e.name(), err) })
}

func (*sqliteEngine) newestVersion() (uint, error) {
	return newestVersionIn(migrations.SQLite, "sqlite")
}
