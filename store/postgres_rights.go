package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
)

// Migrate makes or upgrades the schema of a database of PostgreSQL's, as its owner, and returns
// the version that it has. Of the options it uses Postgres and Progress. A serving role is given
// the rights that a server needs; none is named by the empty string.
func Migrate(ctx context.Context, o Options, servingRole string) (uint, error) {
	e := newPostgresEngine(Options{Postgres: o.Postgres, Upgrade: true})
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
	if err := e.upgrade(o.Progress); err != nil {
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
func readTables() []string { return []string{"schema_migrations", "given_ids"} }

// The errors of a serving role. Each is the end of a sentence that begins with it.
var (
	// ErrNoRole is returned for a role that the server of the database does not know.
	ErrNoRole = errors.New("does not exist; please make it with CREATE ROLE, so that it may log in")
	// ErrMightyRole is returned for a role from which nothing can be taken away.
	ErrMightyRole = errors.New("is a superuser, or owns the database or its tables, so that it could change what is recorded; please name another")
)

// grantRights gives a role what a server needs, and takes everything else away from it.
func (e *postgresEngine) grantRights(ctx context.Context, role string) error {
	db := e.writerPool()
	defer db.Close()
	tx, err := db.BeginTx(ctx, e.writing())
	if err != nil {
		return e.describe(err)
	}
	defer tx.Rollback() // nothing was changed, unless it was committed
	// PostgreSQL refuses to give rights to the same tables twice at one time.
	if err := takeHead(ctx, tx); err != nil {
		return e.describe(err)
	}
	if err := checkServingRole(ctx, tx, role); err != nil {
		return e.describe(err)
	}
	statements, err := rightsOf(ctx, tx, pgx.Identifier{role}.Sanitize())
	if err != nil {
		return e.describe(err)
	}
	for _, statement := range statements {
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("give the serving role its rights: %w", e.describe(err))
		}
	}
	return e.describe(tx.Commit())
}

// ownedBy is the condition that a role, whose OID is the first argument, may do everything with
// one of our tables: as its owner, as that of the schema, or as a superuser. Whoever may take the
// role of the owner can do so too.
const ownedBy = `
	EXISTS (
		SELECT 1 FROM pg_class
		JOIN pg_namespace ON pg_namespace.oid = relnamespace
		WHERE nspname = current_schema() AND relkind = 'r'
			AND (pg_has_role($1::oid, relowner, 'MEMBER') OR pg_has_role($1::oid, nspowner, 'MEMBER')))`

// checkServingRole returns an error for a role that is none, or is more than that of a server.
func checkServingRole(ctx context.Context, tx *sql.Tx, role string) error {
	var id int64
	err := tx.QueryRowContext(ctx, `
		SELECT oid::bigint
		FROM pg_roles
		WHERE rolname = $1`, role).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("the serving role %s %w", role, ErrNoRole)
	}
	if err != nil {
		return err
	}
	var owns bool
	if err := tx.QueryRowContext(ctx, `SELECT `+ownedBy, id).Scan(&owns); err != nil {
		return err
	}
	if owns {
		return fmt.Errorf("the serving role %s %w", role, ErrMightyRole)
	}
	return nil
}

// rightsOf returns the statements that give a role, as it stands in SQL, its rights.
func rightsOf(ctx context.Context, tx *sql.Tx, role string) ([]string, error) {
	schema, err := textsOf(ctx, tx, `SELECT quote_ident(current_schema())`)
	if err != nil {
		return nil, err
	}
	tables, err := textsOf(ctx, tx, `SELECT relname FROM pg_class AS c WHERE relkind = 'r' AND relnamespace = `+ofSchema+` ORDER BY relname`)
	if err != nil {
		return nil, err
	}
	// Functions in the conditions of triggers are called by whoever writes.
	functions, err := textsOf(ctx, tx, `SELECT oid::regprocedure::text FROM pg_proc AS c WHERE pronamespace = `+ofSchema+` ORDER BY 1`)
	if err != nil {
		return nil, err
	}
	var list []string
	for _, name := range schema {
		list = append(list, `REVOKE CREATE ON SCHEMA `+name+` FROM `+role, `GRANT USAGE ON SCHEMA `+name+` TO `+role)
	}
	for _, table := range tables {
		list = append(list, tableRights(role, table)...)
	}
	for _, function := range functions {
		list = append(list, `GRANT EXECUTE ON FUNCTION `+function+` TO `+role)
	}
	return list, nil
}

// tableRights are the statements that give a role its rights to a table.
func tableRights(role, table string) []string {
	column, recorded := recordedTables()[table]
	name := pgx.Identifier{table}.Sanitize()
	rights := "SELECT, INSERT, UPDATE, DELETE"
	switch {
	case slices.Contains(readTables(), table):
		rights = "SELECT"
	case column != "":
		rights = "SELECT, INSERT, UPDATE (" + column + ")"
	case recorded:
		rights = "SELECT, INSERT"
	}
	return []string{`REVOKE ALL ON ` + name + ` FROM PUBLIC, ` + role, `GRANT ` + rights + ` ON ` + name + ` TO ` + role}
}

// textsOf returns the texts that a query finds.
func textsOf(ctx context.Context, tx *sql.Tx, query string) ([]string, error) {
	rows, err := tx.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []string
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return nil, err
		}
		list = append(list, text)
	}
	return list, rows.Err()
}

// weakness implements engine.
func (e *postgresEngine) weakness(ctx context.Context, db *sql.DB) (string, error) {
	var durable string
	if err := db.QueryRowContext(ctx, `SELECT current_setting('fsync')`).Scan(&durable); err != nil {
		return "", e.describe(err)
	}
	sentences, err := e.tooMighty(ctx, db)
	if durable == "off" {
		sentences = strings.TrimSpace("The server of the database does not wait for the disk (fsync = off), so what is said to be recorded may be lost with the power. Set it to on. " + sentences)
	}
	return sentences, err
}

// tooMighty says in a sentence by which rights the role that serves could do away with what was
// recorded; empty when it has none of them.
func (e *postgresEngine) tooMighty(ctx context.Context, db *sql.DB) (string, error) {
	var owns bool
	err := db.QueryRowContext(ctx, `SELECT `+strings.ReplaceAll(ownedBy, "$1::oid", "current_user")).Scan(&owns)
	if err != nil {
		return "", e.describe(err)
	}
	if owns {
		return "The role that this server signs in to PostgreSQL with owns the database, or is a superuser, and so could change what was recorded. " + giveRole, nil
	}
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
	return "The role that this server signs in to PostgreSQL with has the right to " + strings.Join(mighty, ", ") + " on what was recorded. " + giveRole, nil
}

const giveRole = "Give the server a role of its own, and give that role its rights with countersign migrate --serving-role."

// hasRight reports whether the role in use has a right to any table with what is recorded, or to a
// column of it beside those that an erasure empties.
func hasRight(ctx context.Context, db *sql.DB, right string) (bool, error) {
	for table, column := range recordedTables() {
		var found bool
		err := db.QueryRowContext(ctx, `
			SELECT coalesce(bool_or(has_table_privilege(c.oid, $1) OR $1 = 'UPDATE' AND attname <> $3 AND has_column_privilege(c.oid, attnum, 'UPDATE')), false)
			FROM pg_class AS c
			JOIN pg_attribute ON attrelid = c.oid
			WHERE relnamespace = quote_ident(current_schema())::regnamespace AND relname = $2 AND attnum > 0 AND NOT attisdropped`,
			right, table, column).Scan(&found)
		if err != nil || found {
			return found, err
		}
	}
	return false, nil
}
