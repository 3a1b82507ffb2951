package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"countersign/store"
)

// databaseFlag is the flags that say which database is meant.
type databaseFlag struct {
	DB         string `name:"db" env:"COUNTERSIGN_DB" default:"countersign.db" placeholder:"FILE|URL" help:"The database: a file of SQLite's, which only serve and user add create, or the address of one of PostgreSQL's, such as postgres://user@host/name?sslmode=verify-full."`
	Password   string `name:"db-password-file" env:"COUNTERSIGN_DB_PASSWORD_FILE" placeholder:"FILE" help:"A file that contains the password for PostgreSQL and that others cannot read or write. PGPASSWORD and PGPASSFILE work too; the address must not contain it."`
	WithoutTLS bool   `name:"db-without-tls" env:"COUNTERSIGN_DB_WITHOUT_TLS" help:"Allow a PostgreSQL on another machine to be reached without TLS."`
}

// options names the database. Its errors are a sentence each.
func (d databaseFlag) options() (store.Options, error) { return d.optionsAs("--db") }

// optionsAs is options of a database that another flag names.
func (d databaseFlag) optionsAs(flag string) (store.Options, error) {
	if !store.IsPostgresAddress(d.DB) {
		return store.Options{Path: d.DB}, nil
	}
	password, err := d.readPassword()
	if err != nil {
		return store.Options{}, err
	}
	address, err := store.ParsePostgres(d.DB, store.PostgresOptions{Password: password, WithoutTLS: d.WithoutTLS})
	if err != nil {
		return store.Options{}, fmt.Errorf("%s: %w", flag, err)
	}
	return store.Options{Postgres: address}, nil
}

// readPassword reads the file with the password; empty where none is named.
func (d databaseFlag) readPassword() (string, error) {
	if d.Password == "" {
		return "", nil
	}
	text, err := readSecretFile("password", d.Password)
	if err != nil {
		return "", fmt.Errorf("--db-password-file: %w", err)
	}
	password := strings.TrimRight(string(text), "\r\n")
	if password == "" || strings.ContainsAny(password, "\r\n\x00") {
		return "", fmt.Errorf("--db-password-file: the file %s must hold the password alone, on one line", d.Password)
	}
	return password, nil
}

// requireExisting returns an error when there is no database where the flag says.
func (d databaseFlag) requireExisting() error { return d.requireExistingAs("--db") }

// requireExistingAs is requireExisting of a database that another flag names.
func (d databaseFlag) requireExistingAs(flag string) error {
	if store.IsPostgresAddress(d.DB) {
		return nil // whoever opens it says what it lacks
	}
	if _, err := os.Stat(d.DB); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is no database %s: say with %s where it is", d.DB, flag)
	}
	return nil
}

// keyPath is where a key lies that no flag names: beside a file, or in the folder in which the
// program was started.
func (d databaseFlag) keyPath(ending string) string {
	if store.IsPostgresAddress(d.DB) {
		return "countersign" + ending
	}
	return defaultKeyPath(d.DB, ending)
}

// databaseFlags is the flags that say where everything is kept.
type databaseFlags struct {
	databaseFlag
	keyFlags
}

// storeOptions are those of a store with all that the flags name.
func (d databaseFlags) storeOptions(serve bool) (store.Options, error) {
	o, err := d.options()
	if err != nil {
		return o, err
	}
	o.DataKeyFile, o.DataKey, o.Serve = d.File, d.ask(), serve
	if o.DataKeyFile == "" && o.DataKey == nil {
		o.DataKeyFile = d.keyPath(".key")
	}
	return o, nil
}

// openStore opens the database for a command that works beside a server. What takes long is told
// on standard error.
func (d databaseFlags) openStore(ctx context.Context, s streams) (*store.Store, error) {
	o, err := d.storeOptions(false)
	if err != nil {
		return nil, err
	}
	o.Progress = s.progress()
	return store.Open(ctx, o)
}
