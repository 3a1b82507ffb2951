// Package postgrestest gives tests a PostgreSQL, and only tests import it.
//
// URL gives a schema on a server that all tests of the process share: the one that
// COUNTERSIGN_TEST_POSTGRES names, or else one that is started from the programs found on this
// machine, with its data in a temporary folder, in memory where there is room, and a Unix socket in
// that folder as the only way to it. Start gives a test a server of its own, which it may stop and break. Pooler leads to either
// through what a client notices of a pooler.
//
// Servers end, and their folders go, when the process of the test ends, however it does. Where
// there is no PostgreSQL the test is skipped, unless the environment has CI: there it fails.
package postgrestest

import (
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver pgx of database/sql
)

// serverVariable names a server to use instead of one that is started.
const serverVariable = "COUNTERSIGN_TEST_POSTGRES"

// errNoPostgres is returned where there is nothing to start a server from.
var errNoPostgres = errors.New("no PostgreSQL was found: install one, or name a server in " + serverVariable)

// sharedServer starts the server of the process with the first call. A server that is started
// for each test would take longer than the test.
var sharedServer = sync.OnceValues(func() (*process, error) { return startProcess(memoryFolder(), quickSettings) })

// URL returns the DSN of a new, empty schema on a server that other tests use too. The schema
// goes with the test.
func URL(t testing.TB) string {
	t.Helper()
	return newSchema(t, serverURL(t))
}

// serverURL returns the DSN of the server that all tests use.
func serverURL(t testing.TB) string {
	t.Helper()
	dsn, err := findServer()
	requireServer(t, err)
	return dsn
}

func findServer() (string, error) {
	if named := os.Getenv(serverVariable); named != "" {
		return named, nil
	}
	shared, err := sharedServer()
	if err != nil {
		return "", err
	}
	return shared.url(), nil
}

// administrator makes and drops what tests have on the server that all use. It keeps its
// connections: to make one takes longer than most of what it does.
var administrator = sync.OnceValues(func() (*sql.DB, error) {
	dsn, err := findServer()
	if err != nil {
		return nil, err
	}
	return openPatient(dsn)
})

// runAtServer carries out a statement at the server that all tests use.
func runAtServer(t testing.TB, statement string) {
	t.Helper()
	if err := tryAtServer(statement); err != nil {
		t.Fatal(err)
	}
}

func tryAtServer(statement string) error {
	db, err := administrator()
	if err != nil {
		return err
	}
	return runOn(db, statement)
}

// urlFile is the file in a folder that holds the DSN of its schema.
const urlFile = "postgres.url"

// URLIn returns the DSN of the schema that belongs to a folder. The first call makes it. Whoever
// opens a database in a folder a second time finds it again that way.
func URLIn(t testing.TB, folder string) string {
	t.Helper()
	file := filepath.Join(folder, urlFile)
	kept, err := os.ReadFile(file)
	if err == nil {
		return string(kept)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	made := URL(t)
	if err := os.WriteFile(file, []byte(made), 0o600); err != nil {
		t.Fatal(err)
	}
	return made
}

// DatabaseIn makes an empty database for a folder, in whose schema URLIn then finds what belongs to
// the folder. Other than a schema it can be copied.
func DatabaseIn(t testing.TB, folder string) {
	t.Helper()
	made := newDatabase(t, serverURL(t), "")
	execute(t, made, "CREATE SCHEMA test")
	dsn, err := withSearchPath(made, "test")
	if err == nil {
		err = os.WriteFile(filepath.Join(folder, urlFile), []byte(dsn), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// CopyOf returns the DSN of a copy of a database, which nobody may be connected to.
func CopyOf(t testing.TB, dsn string) string {
	t.Helper()
	parsed, err := url.Parse(dsn)
	if err != nil {
		t.Fatal("the DSN is not a URL") // without the error, which may show a password
	}
	strategy, err := copyStrategy()
	if err != nil {
		t.Fatal(err)
	}
	return newDatabase(t, dsn, " TEMPLATE "+strings.TrimPrefix(parsed.Path, "/")+strategy)
}

// copyStrategy is how a database is copied: by its files, which in memory takes a third of the time
// that it takes through the log. PostgreSQL 14 cannot do otherwise, and has no word for it.
var copyStrategy = sync.OnceValues(func() (string, error) {
	db, err := administrator()
	if err != nil {
		return "", err
	}
	var version int
	if err := db.QueryRow("SELECT current_setting('server_version_num')::int").Scan(&version); err != nil || version < 150000 {
		return "", err
	}
	return " STRATEGY FILE_COPY", nil
})

// newDatabase makes a database and returns a DSN that is like another but for its name.
func newDatabase(t testing.TB, like, options string) string {
	t.Helper()
	parsed, err := url.Parse(like)
	if err != nil {
		t.Fatal("the DSN is not a URL") // without the error, which may show a password
	}
	name := newName()
	runAtServer(t, "CREATE DATABASE "+name+options)
	t.Cleanup(func() { runAtServer(t, "DROP DATABASE "+name+" WITH (FORCE)") })
	parsed.Path = "/" + name
	return parsed.String()
}

// requireServer skips the test where there is no PostgreSQL, and fails it for every other error.
func requireServer(t testing.TB, err error) {
	t.Helper()
	switch {
	case errors.Is(err, errNoPostgres) && os.Getenv("CI") == "":
		t.Skip(err)
	case err != nil:
		t.Fatalf("start a PostgreSQL: %v", err)
	}
}

// newSchema makes a schema of a name of its own and returns the DSN by which it is the first
// that is looked into.
func newSchema(t testing.TB, server string) string {
	t.Helper()
	schema := newName()
	runAtServer(t, "CREATE SCHEMA "+schema)
	t.Cleanup(func() { runAtServer(t, "DROP SCHEMA "+schema+" CASCADE") })
	dsn, err := withSearchPath(server, schema)
	if err != nil {
		t.Fatal(err)
	}
	return dsn
}

// NewRole makes a role that has no rights to a schema, and returns its name and the DSN by which it
// signs in. It goes with the test.
func NewRole(t testing.TB, dsn string) (name, roleDSN string) {
	t.Helper()
	parsed, err := url.Parse(dsn)
	if err != nil {
		t.Fatal("the DSN is not a URL") // without the error, which may show a password
	}
	name, password, err := makeRole(dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		execute(t, dsn, "DROP OWNED BY "+name)
		execute(t, dsn, "DROP ROLE "+name)
	})
	parsed.User = url.UserPassword(name, password)
	return name, parsed.String()
}

// makeRole makes a role that signs in with a password.
func makeRole(dsn string) (name, password string, err error) {
	name, password = newName(), rand.Text()
	return name, password, runStatement(dsn, "CREATE ROLE "+name+" LOGIN PASSWORD '"+password+"'")
}

// newName is a name in a database that nothing else has.
func newName() string { return "test_" + strings.ToLower(rand.Text()) }

func withSearchPath(server, schema string) (string, error) {
	return withSetting(server, "search_path", schema)
}

// withSetting returns a DSN whose connections start with a setting.
func withSetting(server, name, value string) (string, error) {
	dsn, err := url.Parse(server)
	if err != nil {
		return "", fmt.Errorf("%s is not a URL", serverVariable) // without the error, which may show a password
	}
	query := dsn.Query()
	query.Set(name, value)
	dsn.RawQuery = query.Encode()
	return dsn.String(), nil
}

func execute(t testing.TB, dsn, statement string) {
	t.Helper()
	if err := runStatement(dsn, statement); err != nil {
		t.Fatal(err)
	}
}

// runStatement carries out a statement over a connection of its own.
func runStatement(dsn, statement string) error {
	db, err := openPatient(dsn)
	if err != nil {
		return err
	}
	defer db.Close()
	return runOn(db, statement)
}

func runOn(db *sql.DB, statement string) error {
	if _, err := db.Exec(statement); err != nil {
		return fmt.Errorf("%s: %w", statement, err)
	}
	return nil
}

// openPatient opens a pool that waits for locks that a test left behind, but not for ever.
func openPatient(dsn string) (*sql.DB, error) {
	patient, err := withSetting(dsn, "lock_timeout", "60s")
	if err != nil {
		return nil, err
	}
	return sql.Open("pgx", patient)
}

// open opens a pool of one connection, which settings hold for.
func open(t testing.TB, dsn string) *sql.DB {
	t.Helper()
	db, err := sql.Open("pgx", dsn)
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	return db
}

// SplitPassword returns a DSN without its password, and that.
func SplitPassword(t testing.TB, dsn string) (bare, password string) {
	t.Helper()
	bare, password, err := CutPassword(dsn)
	if err != nil {
		t.Fatal(err)
	}
	return bare, password
}

// CutPassword is SplitPassword where there is no test.
func CutPassword(dsn string) (bare, password string, err error) {
	parsed, err := url.Parse(dsn)
	if err != nil {
		return "", "", errors.New("the DSN is not a URL") // without the error, which may show a password
	}
	password, _ = parsed.User.Password()
	if parsed.User != nil {
		parsed.User = url.User(parsed.User.Username())
	}
	return parsed.String(), password, nil
}
