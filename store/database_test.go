package store_test

import (
	"bytes"
	"database/sql"
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
	os.Exit(postgrestest.Main(m, postgrestest.Again{Files: []string{"sqlite_*_test.go", "postgres_*_test.go", "inside_test.go"}}))
}

// postgresAt returns the address of a database of the tests.
func postgresAt(t testing.TB, address string) *store.Postgres {
	t.Helper()
	bare, password := postgrestest.SplitPassword(t, address)
	p, err := store.ParsePostgres(bare, store.PostgresOptions{Password: password, WithoutTLS: true})
	must(t, err)
	return p
}

// raw opens a file without any of our settings.
func raw(t testing.TB, path string) *sql.DB {
	t.Helper()
	return openRaw(t, "sqlite", path)
}

// raw opens the database of a desk beside the store. It holds no connection between statements:
// the last to close a file of SQLite's writes its log into it.
func (d *desk) raw() *sql.DB {
	d.t.Helper()
	var db *sql.DB
	if postgrestest.Chosen() {
		db = openRaw(d.t, "pgx", postgrestest.URLIn(d.t, d.folder))
	} else {
		db = raw(d.t, d.options.Path)
	}
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

// holding counts the secrets of which a part is in some file of the database.
func (d *desk) holding(secrets [][]byte) int {
	d.t.Helper()
	files, err := filepath.Glob(d.options.Path + "*")
	must(d.t, err)
	var all []byte
	for _, name := range files {
		text, err := os.ReadFile(name)
		must(d.t, err)
		all = append(all, text...)
	}
	n := 0
	for _, secret := range secrets {
		if middle := len(secret) / 2; bytes.Contains(all, secret[middle-12:middle+12]) {
			n++
		}
	}
	return n
}

// wantAbsent looks for a text in every byte of the database's files.
func (d *desk) wantAbsent(text string) {
	d.t.Helper()
	for _, name := range []string{d.options.Path, d.options.Path + "-wal"} {
		bytes, err := os.ReadFile(name)
		must(d.t, err)
		if strings.Contains(string(bytes), text) {
			d.t.Errorf("%q stands in %s", text, name)
		}
	}
}
