package handlers_test

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	_ "modernc.org/sqlite" // to do what the store would not

	"countersign/internal/foldertest"
	"countersign/internal/postgrestest"
	"countersign/store"
)

// How tests get at a database beside the server, on either engine. What assumes that it is a file
// of SQLite's stands in files whose names begin with sqlite; their tests do not run on PostgreSQL,
// nor do those in a browser, which sees nothing of the difference.

// TestMain runs the stories a second time on PostgreSQL, and ends the Chromium that the tests
// shared. The other tests can run there too, and would take as long again.
func TestMain(m *testing.M) {
	code := postgrestest.Main(m, postgrestest.Again{Only: "TestStories", Files: []string{"sqlite_*_test.go"}})
	shared.stop()
	os.Exit(code)
}

// fileIn are the options of a store that is a file in a folder.
func fileIn(folder string, now func() time.Time) store.Options {
	return store.Options{Path: filepath.Join(folder, "countersign.db"), DataKeyFile: filepath.Join(folder, "countersign.key"), Now: now}
}

// storeIn are those of a desk in a folder: of a file in it, or of the schema that belongs to it.
func storeIn(t testing.TB, folder string, now func() time.Time) store.Options {
	t.Helper()
	o := fileIn(folder, now)
	if postgrestest.Chosen() {
		o.Postgres, o.Upgrade = postgresAt(t, postgrestest.URLIn(t, folder)), true
	}
	return o
}

// postgresAt returns the address of a database of the tests.
func postgresAt(t testing.TB, address string) *store.Postgres {
	t.Helper()
	bare, password := postgrestest.SplitPassword(t, address)
	p, err := store.ParsePostgres(bare, store.PostgresOptions{Password: password, WithoutTLS: true})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// emptyDatabase is that of a desk on which nothing was done, with its data key.
var emptyDatabase = foldertest.Template{Make: func(folder string) error {
	s, err := store.Open(context.Background(), fileIn(folder, func() time.Time { return opening }))
	if err != nil {
		return err
	}
	return s.Close()
}}

// copyEmptyDatabase spares a desk in a folder the making of its database, where that is a file.
func copyEmptyDatabase(t testing.TB, folder string, o store.Options) {
	t.Helper()
	if o.Postgres != nil {
		return
	}
	if _, err := os.Stat(o.Path); errors.Is(err, fs.ErrNotExist) {
		emptyDatabase.CopyTo(t, folder)
	}
}

// raw opens the database of a desk beside the store.
func (d *desk) raw() *sql.DB {
	d.t.Helper()
	driver, name := "sqlite", filepath.Join(d.dir, "countersign.db")
	if postgrestest.Chosen() {
		driver, name = "pgx", postgrestest.URLIn(d.t, d.dir)
	}
	db, err := sql.Open(driver, name)
	if err != nil {
		d.t.Fatal(err)
	}
	return db
}

// exec changes the database behind the back of the server.
func (d *desk) exec(statement string, args ...any) {
	d.t.Helper()
	db := d.raw()
	defer db.Close()
	if _, err := db.ExecContext(d.t.Context(), statement, args...); err != nil {
		d.t.Fatalf("%s: %v", statement, err)
	}
}

// count is a number that the database has.
func (d *desk) count(query string) int {
	d.t.Helper()
	db := d.raw()
	defer db.Close()
	var n int
	if err := db.QueryRowContext(d.t.Context(), query).Scan(&n); err != nil {
		d.t.Fatalf("%s: %v", query, err)
	}
	return n
}

// rows counts those of tables.
func (d *desk) rows(tables ...string) string {
	d.t.Helper()
	var all []string
	for _, table := range tables {
		all = append(all, fmt.Sprintf("%s %d", table, d.count("SELECT count(*) FROM "+table)))
	}
	return strings.Join(all, ", ")
}

// refuseInserts makes the database refuse new rows of a table, or those of which a condition
// holds.
func (d *desk) refuseInserts(table, condition string) {
	d.t.Helper()
	if condition == "" {
		condition = "1 = 1"
	}
	if !postgrestest.Chosen() {
		d.exec(`CREATE TRIGGER full BEFORE INSERT ON ` + table + ` WHEN ` + condition + ` BEGIN SELECT RAISE(ABORT, 'full'); END`)
		return
	}
	d.exec(`CREATE FUNCTION refuse_as_full() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'full'; END $$`)
	d.exec(`CREATE TRIGGER is_full BEFORE INSERT ON ` + table + ` FOR EACH ROW WHEN (` + condition + `) EXECUTE FUNCTION refuse_as_full()`)
}

// alter changes rows of a table that a trigger protects.
func (d *desk) alter(table, trigger, statement string, args ...any) {
	d.t.Helper()
	drop := `DROP TRIGGER ` + trigger
	if postgrestest.Chosen() {
		drop += ` ON ` + table
	}
	d.exec(drop)
	d.exec(statement, args...)
}

// verify checks the database against its ledger, as audit verify does, with public keys to trust.
func (d *desk) verify(public ...string) *store.Verification {
	d.t.Helper()
	o := storeIn(d.t, d.dir, d.clock)
	found, err := store.Verify(d.t.Context(), store.VerifyOptions{Path: o.Path, Postgres: o.Postgres, DataKeyFile: o.DataKeyFile, Public: public})
	if err != nil {
		d.t.Fatalf("the record: %v", err)
	}
	return found
}

// placesWith names the files of a desk that hold a text, and on PostgreSQL the tables.
func (d *desk) placesWith(text string) []string {
	d.t.Helper()
	found := filesWith(d.t, d.dir, text)
	if postgrestest.Chosen() {
		found = append(found, d.tablesWith(text)...)
	}
	return found
}

// tablesWith names the tables that hold a text, as text or in bytes.
func (d *desk) tablesWith(text string) []string {
	d.t.Helper()
	db := d.raw()
	defer db.Close()
	var names []string
	rows, err := db.QueryContext(d.t.Context(), `SELECT tablename FROM pg_tables WHERE schemaname = current_schema()`)
	if err != nil {
		d.t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			d.t.Fatal(err)
		}
		names = append(names, name)
	}
	if err := rows.Err(); err != nil || len(names) == 0 {
		d.t.Fatalf("tables of the desk: %v, %v", names, err)
	}
	inBytes := hex.EncodeToString([]byte(text)) // as a row that is cast to text shows them
	if !utf8.ValidString(text) {
		text = inBytes
	}
	var found []string
	for _, name := range names {
		var n int
		query := `SELECT count(*) FROM ` + name + ` AS r WHERE strpos(r::text, $1) > 0 OR strpos(r::text, $2) > 0`
		if err := db.QueryRowContext(d.t.Context(), query, text, inBytes).Scan(&n); err != nil {
			d.t.Fatal(err)
		}
		if n > 0 {
			found = append(found, name)
		}
	}
	return found
}

// filesWith names the files under dir that hold text.
func filesWith(t testing.TB, dir, text string) []string {
	t.Helper()
	var found []string
	names, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(names) == 0 {
		t.Fatalf("files of the desk: %v, %v", names, err)
	}
	for _, name := range names {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(content), text) {
			found = append(found, filepath.Base(name))
		}
	}
	return found
}
