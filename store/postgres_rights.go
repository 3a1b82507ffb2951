package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
)

// Migrate makes or upgrades the schema of a database of PostgreSQL's, as its owner, and returns
// the version that it has. A serving role is given the rights that a server needs; none is
// named by the empty string.
func Migrate(ctx context.Context, address *Postgres, servingRole string) (uint, error) {
	e := newPostgresEngine(Options{Postgres: address, Upgrade: true})
	if err := e.prepare(ctx, false); err != nil {
		return 0, err
	}
	s := &Store{engine: e}
	var err error
	if s.version, err = e.newestVersion(); err != nil {
		return 0, err
	}
	found, err := s.readState(ctx)
	if err != nil {
		return 0, s.describeError(err)
	}
	if found.dirty || found.version > s.version {
		return 0, s.checkSchemaVersion(found.version, found.dirty)
	}
	if err := e.upgrade(); err != nil {
		return 0, err
	}
	if servingRole != "" {
		err = e.grantRights(ctx, servingRole)
	}
	return s.version, err
}

// recordedTables hold what is recorded: nobody changes or deletes it, but for the columns that
// an erasure empties.
func recordedTables() map[string]string {
	return map[string]string{
		"ledger": "text_sealed", "snapshots": "body",
		"access_log": "", "fetches": "", "checkpoints": "", "sign_ins": "",
	}
}

// readTables are those that a server only reads.
const readTables = "schema_migrations"

// grantRights gives a role what a server needs, and takes everything else away from it.
func (e *postgresEngine) grantRights(ctx context.Context, role string) error {
	db := e.openPool(nil, nil)
	defer db.Close()
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return e.describe(err)
	}
	defer tx.Rollback() // nothing was changed, unless it was committed
	tables, err := tablesOf(ctx, tx)
	if err != nil {
		return e.describe(err)
	}
	for _, statement := range rightsOf(pgx.Identifier{role}.Sanitize(), tables) {
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("give the serving role its rights: %w", e.describe(err))
		}
	}
	var schema string
	if err := tx.QueryRowContext(ctx, `SELECT quote_ident(current_schema())`).Scan(&schema); err != nil {
		return e.describe(err)
	}
	if _, err := tx.ExecContext(ctx, `GRANT USAGE ON SCHEMA `+schema+` TO `+pgx.Identifier{role}.Sanitize()); err != nil {
		return fmt.Errorf("give the serving role its rights: %w", e.describe(err))
	}
	return e.describe(tx.Commit())
}

// rightsOf are the statements that give a role, as it stands in SQL, its rights to tables.
func rightsOf(role string, tables []string) []string {
	var list []string
	recorded := recordedTables()
	for _, table := range tables {
		list = append(list, `REVOKE ALL ON `+table+` FROM PUBLIC, `+role)
		column, kept := recorded[table]
		switch {
		case table == readTables:
			list = append(list, `GRANT SELECT ON `+table+` TO `+role)
		case !kept:
			list = append(list, `GRANT SELECT, INSERT, UPDATE, DELETE ON `+table+` TO `+role)
		case column == "":
			list = append(list, `GRANT SELECT, INSERT ON `+table+` TO `+role)
		default:
			list = append(list, `GRANT SELECT, INSERT, UPDATE (`+column+`) ON `+table+` TO `+role)
		}
	}
	return list
}

// tablesOf returns the names of the tables, which need no quotes.
func tablesOf(ctx context.Context, tx *sql.Tx) ([]string, error) {
	rows, err := tx.QueryContext(ctx, `
		SELECT tablename
		FROM pg_tables
		WHERE schemaname = current_schema()
		ORDER BY tablename`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		list = append(list, name)
	}
	return list, rows.Err()
}

// weakness implements engine.
func (e *postgresEngine) weakness(ctx context.Context, db *sql.DB) (string, error) {
	var durable string
	if err := db.QueryRowContext(ctx, `SELECT current_setting('fsync')`).Scan(&durable); err != nil {
		return "", e.describe(err)
	}
	if durable == "off" {
		return "The server of the database does not wait for the disk (fsync = off), so what is said to be recorded may be lost with the power. Set it to on.", nil
	}
	return e.tooMighty(ctx, db)
}

// tooMighty says in a sentence which rights of the role that serves could do away with what was
// recorded; empty when it has none of them.
func (e *postgresEngine) tooMighty(ctx context.Context, db *sql.DB) (string, error) {
	var mighty []string
	for _, right := range []string{"UPDATE", "DELETE", "TRUNCATE", "TRIGGER"} {
		found, err := hasRight(ctx, db, right)
		if err != nil {
			return "", e.describe(err)
		}
		if found {
			mighty = append(mighty, right)
		}
	}
	if len(mighty) == 0 {
		return "", nil
	}
	return "The role that this server signs in to PostgreSQL with may " + strings.Join(mighty, ", ") +
		" on what was recorded. Give it a role of its own with countersign migrate --serving-role.", nil
}

// hasRight reports whether the role in use has a right to any table with what is recorded.
func hasRight(ctx context.Context, db *sql.DB, right string) (bool, error) {
	for table := range recordedTables() {
		var found bool
		err := db.QueryRowContext(ctx, `
			SELECT has_table_privilege(quote_ident(current_schema()) || '.' || $1, $2)`, table, right).Scan(&found)
		if err != nil && !errors.Is(err, sql.ErrNoRows) || found {
			return found, err
		}
	}
	return false, nil
}
