package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	migratepgx "github.com/golang-migrate/migrate/v4/database/pgx/v5"

	"countersign/migrations"
)

// countTables implements engine.
func (e *postgresEngine) countTables(ctx context.Context, db *sql.DB) (tables, steps, facts int, err error) {
	var schema bool
	err = db.QueryRowContext(ctx, `
		SELECT count(*),
			count(*) FILTER (WHERE tablename = 'schema_migrations'),
			count(*) FILTER (WHERE tablename = 'facts'),
			current_schema() IS NOT NULL
		FROM pg_tables
		WHERE schemaname = current_schema()`).Scan(&tables, &steps, &facts, &schema)
	if err == nil && !schema {
		err = fmt.Errorf("%s %w", e.name(), ErrNoSchema)
	}
	return tables, steps, facts, err
}

func (e *postgresEngine) upgrades() bool { return e.steps }

// upgrade takes the steps that the database has not taken yet. It uses connections
// of its own, which the library closes.
func (e *postgresEngine) upgrade(tell progressFunc) error {
	ctx := context.Background()
	db := e.openPool(nil, keepsWrites)
	target, err := migratepgx.WithInstance(db, &migratepgx.Config{})
	if err != nil {
		return errors.Join(e.describe(causeOfStep(err)), db.Close())
	}
	if err := takeSteps(migrations.Postgres, "postgres", target, tell, e.describe); err != nil {
		return err
	}
	return e.makeHead(ctx)
}

// makeHead makes the row that transactions lock, and tidies up beside it.
func (e *postgresEngine) makeHead(ctx context.Context) error {
	db := e.writerPool()
	defer db.Close()
	_, err := db.ExecContext(ctx, `
		INSERT INTO facts (name, value)
		VALUES ($1, $2)
		ON CONFLICT (name) DO NOTHING`, headFact, []byte{})
	if err != nil {
		return e.describe(err)
	}
	return e.describe(e.forgetTokens(ctx, db, time.Now()))
}

func (*postgresEngine) newestVersion() (uint, error) {
	return newestVersionIn(migrations.Postgres, "postgres")
}
