package cli

import (
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	_ "modernc.org/sqlite" // to do what the program would not

	"countersign/internal/postgrestest"
	"countersign/store"
)

// again runs the scripts a second time, on PostgreSQL.
type again struct{ *testing.M }

func (a again) Run() int {
	return postgrestest.Main(a.M, postgrestest.Again{Only: "TestCommands"})
}

func TestMain(m *testing.M) {
	testscript.Main(again{m}, map[string]func(){"countersign": Main, "changekeys": changeKeysAndWait, "sealresults": sealResultsAndWait})
}

// giveDatabases gives a script its databases, by the names that --db takes: $DB and $OTHER are for
// the commands to fill. On PostgreSQL they have their schema already, and $EMPTY has none.
func giveDatabases(env *testscript.Env) error {
	if !postgrestest.Chosen() {
		env.Setenv("DB", "countersign.db")
		env.Setenv("OTHER", "other.db")
		return nil
	}
	env.Setenv("COUNTERSIGN_DB_WITHOUT_TLS", "true")
	t := env.T().(testing.TB)
	for _, name := range []string{"DB", "OTHER", "EMPTY"} {
		address, password := postgrestest.SplitPassword(t, postgrestest.URL(t))
		env.Setenv(name, address)
		env.Setenv("PGPASSWORD", password)
		if name == "EMPTY" {
			continue
		}
		p, err := store.ParsePostgres(address, store.PostgresOptions{Password: password, WithoutTLS: true})
		if err != nil {
			return err
		}
		if _, err := store.Migrate(t.Context(), store.Options{Postgres: p}, ""); err != nil {
			return err
		}
	}
	return nil
}

// databaseArgs are the flags by which a command in this process opens a database of a script.
func databaseArgs(ts *testscript.TestScript, name string) []string {
	if !store.IsPostgresAddress(name) {
		return []string{"--db", ts.MkAbs(name)}
	}
	args := []string{
		"--db", name, "--db-without-tls",
		"--data-key-file", ts.MkAbs("countersign.key"), "--signing-key", ts.MkAbs("countersign.signing-key"),
	}
	if password := ts.Getenv("PGPASSWORD"); password != "" {
		file := filepath.Join(ts.MkAbs("."), "db-password")
		ts.Check(os.WriteFile(file, []byte(password), 0o600))
		args = append(args, "--db-password-file", file)
	}
	return args
}

// openRaw opens a database of a script without any of our settings.
func openRaw(ts *testscript.TestScript, name string) *sql.DB {
	driver, dsn := "sqlite", ts.MkAbs(name)
	if store.IsPostgresAddress(name) {
		address, err := url.Parse(name)
		ts.Check(err)
		if password := ts.Getenv("PGPASSWORD"); password != "" {
			address.User = url.UserPassword(address.User.Username(), password)
		}
		driver, dsn = "pgx", address.String()
	}
	db, err := sql.Open(driver, dsn)
	ts.Check(err)
	return db
}

// isEngine is a condition of scripts: [postgres] where their databases are PostgreSQL's.
func isEngine(condition string) (bool, error) {
	if condition != "postgres" {
		return false, fmt.Errorf("there is no condition %q", condition)
	}
	return postgrestest.Chosen(), nil
}
