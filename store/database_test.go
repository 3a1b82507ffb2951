package store_test

import (
	"bytes"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"countersign/internal/postgrestest"
	"countersign/store"
)

// How tests get at a database beside the store, on either engine. What assumes that it is a file of
// SQLite's stands in files whose names begin with sqlite; their tests do not run on
// PostgreSQL, and those of files whose names begin with postgres run once.

// TestMain runs the tests a second time on PostgreSQL.
func TestMain(m *testing.M) {
	os.Exit(postgrestest.Main(m, postgrestest.Again{Files: []string{"sqlite_*_test.go", "postgres_*_test.go"}}))
}

// postgresAt returns the address of a database of the tests.
func postgresAt(t testing.TB, address string) *store.Postgres {
	t.Helper()
	p, err := parsePostgres(address)
	must(t, err)
	return p
}

func parsePostgres(address string) (*store.Postgres, error) {
	bare, password, err := postgrestest.CutPassword(address)
	if err != nil {
		return nil, err
	}
	return store.ParsePostgres(bare, store.PostgresOptions{Password: password, WithoutTLS: true})
}

// servingURL is the file in a folder that holds the address for the role that serves.
const servingURL = "serving.url"

// servedIn returns the address of the schema that belongs to a folder, for a role that has no more
// rights than a server needs: so all tests show that it needs no others.
func servedIn(t testing.TB, folder string) *store.Postgres {
	t.Helper()
	file := filepath.Join(folder, servingURL)
	if kept, err := os.ReadFile(file); err == nil {
		return postgresAt(t, string(kept))
	}
	owner := postgrestest.URLIn(t, folder)
	role, address := postgrestest.NewRole(t, owner)
	_, err := store.Migrate(t.Context(), store.Options{Postgres: postgresAt(t, owner)}, role)
	must(t, err)
	keepServingURL(t, folder, address)
	return postgresAt(t, address)
}

func keepServingURL(t testing.TB, folder, address string) {
	t.Helper()
	must(t, os.WriteFile(filepath.Join(folder, servingURL), []byte(address), 0o600))
}

// raw opens a file without any of our settings.
func raw(t testing.TB, path string) *sql.DB {
	t.Helper()
	return openRaw(t, "sqlite", path)
}

// raw opens the database of a desk beside the store. On SQLite it holds no connection between
// statements: the last to close a file writes its log into it.
func (d *desk) raw() *sql.DB {
	d.t.Helper()
	if postgrestest.Chosen() {
		return openRaw(d.t, "pgx", postgrestest.URLIn(d.t, d.folder))
	}
	db := raw(d.t, d.options.Path)
	db.SetMaxIdleConns(0)
	return db
}

func openRaw(t testing.TB, driver, name string) *sql.DB {
	t.Helper()
	db, err := sql.Open(driver, name)
	must(t, err)
	t.Cleanup(func() { db.Close() })
	return db
}

// bytesLiteral is how SQLite writes bytes.
var bytesLiteral = regexp.MustCompile(`x'([0-9a-f]*)'`)

// dialect returns a statement with the literals of the engine, from one with SQLite's.
func dialect(query string) string {
	if !postgrestest.Chosen() {
		return query
	}
	query = strings.ReplaceAll(query, " AS blob)", " AS bytea)")
	query = bytesLiteral.ReplaceAllString(query, `'\x$1'::bytea`)
	query = strings.ReplaceAll(query, "randomblob(60)", `'\x`+strings.Repeat("5a", 60)+`'::bytea`)
	return strings.ReplaceAll(query, "zeroblob(32)", `'\x`+strings.Repeat("00", 32)+`'::bytea`)
}

func exec(t testing.TB, db *sql.DB, query string, args ...any) {
	t.Helper()
	if _, err := db.Exec(dialect(query), args...); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

// holding counts the secrets of which a part is in the database.
func (d *desk) holding(secrets [][]byte) int {
	d.t.Helper()
	all := d.everyByte()
	n := 0
	for _, secret := range secrets {
		if middle := len(secret) / 2; bytes.Contains(all, secret[middle-12:middle+12]) {
			n++
		}
	}
	return n
}

// wantAbsent looks for a text in every byte of the database.
func (d *desk) wantAbsent(text string) {
	d.t.Helper()
	if bytes.Contains(d.everyByte(), []byte(text)) {
		d.t.Errorf("%q stands in the database", text)
	}
}

// everyByte returns the bytes of all files of the database, or of all its rows where a client
// sees no more.
func (d *desk) everyByte() []byte {
	d.t.Helper()
	if postgrestest.Chosen() {
		return everyValue(d.t, d.raw())
	}
	files, err := filepath.Glob(d.options.Path + "*")
	must(d.t, err)
	var all []byte
	for _, name := range files {
		text, err := os.ReadFile(name)
		must(d.t, err)
		all = append(all, text...)
	}
	return all
}

// everyValue returns the values of all rows of a database of PostgreSQL's.
func everyValue(t testing.TB, db *sql.DB) []byte {
	t.Helper()
	var all []byte
	for _, table := range column(t, db, `SELECT tablename FROM pg_tables WHERE schemaname = current_schema()`) {
		rows, err := db.Query(`SELECT * FROM ` + table)
		must(t, err)
		names, err := rows.Columns()
		must(t, err)
		values := make([]sql.RawBytes, len(names))
		targets := make([]any, len(names))
		for i := range values {
			targets[i] = &values[i]
		}
		for rows.Next() {
			must(t, rows.Scan(targets...))
			for _, value := range values {
				all = append(append(all, value...), 0)
			}
		}
		must(t, errors.Join(rows.Err(), rows.Close()))
	}
	return all
}

// column returns the values of a query for one column of text.
func column(t testing.TB, db *sql.DB, query string, args ...any) []string {
	t.Helper()
	rows, err := db.Query(query, args...)
	must(t, err)
	defer rows.Close()
	var list []string
	for rows.Next() {
		var value string
		must(t, rows.Scan(&value))
		list = append(list, value)
	}
	must(t, rows.Err())
	return list
}

// dropTrigger takes a rule of the schema away.
func (d *desk) dropTrigger(table, name string) {
	d.t.Helper()
	statement := `DROP TRIGGER ` + name
	if postgrestest.Chosen() {
		statement += ` ON ` + table
	}
	exec(d.t, d.raw(), statement)
}

// refuseRows has a table refuse new rows of which a condition is true.
func (d *desk) refuseRows(table, condition string) {
	d.t.Helper()
	statement := `CREATE TRIGGER refuses BEFORE INSERT ON ` + table + ` WHEN ` + condition + `
		BEGIN SELECT RAISE(ABORT, 'no room'); END`
	if postgrestest.Chosen() {
		statement = `CREATE FUNCTION refuse_rows() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no room'; END $$;
			CREATE TRIGGER refuses BEFORE INSERT ON ` + table + ` FOR EACH ROW WHEN (` + condition + `) EXECUTE FUNCTION refuse_rows()`
	}
	exec(d.t, d.raw(), statement)
}
