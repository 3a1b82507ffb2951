package cli

import (
	"bytes"
	"database/sql"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"countersign/internal/postgrestest"
	"countersign/migrations"
	"countersign/store"
)

// secretPassword is in whatever is given, and in nothing that is said.
const secretPassword = "Tr0ub4dor-and-3"

// commandsOnDatabases are the commands that take a database, but for serve, whose start is that of
// user list.
var commandsOnDatabases = [][]string{{"migrate"}, {"user", "list"}, {"audit", "verify"}, {"audit", "export"}}

// runOn runs a command on a database and returns its exit code and all that it said.
func runOn(t *testing.T, database string, args ...string) (int, string) {
	t.Helper()
	t.Chdir(t.TempDir()) // where keys would be made
	var said bytes.Buffer
	args = append(append([]string{}, args...), "--db", database)
	code := runCommand(t.Context(), args, streams{strings.NewReader(""), &said, &said})
	if strings.Contains(said.String(), secretPassword) {
		t.Errorf("%v: the password is in %q", args, said.String())
	}
	return code, said.String()
}

// wantSentence wants a command to end with one sentence.
func wantSentence(t *testing.T, database, want string, args ...string) {
	t.Helper()
	code, said := runOn(t, database, args...)
	if code != 1 || strings.Count(said, "\n") != 1 || !strings.HasPrefix(said, "countersign: ") || !strings.Contains(said, want) {
		t.Errorf("%v --db %s: exit code %d, it said %q, want %q", args, database, code, said, want)
	}
}

// What cannot be an address is not shown: it may hold a password anywhere.
func TestAddressesThatAreRefused(t *testing.T) {
	for address, want := range map[string]error{
		"postgres://ann:" + secretPassword + "@db.example/name":                                   store.ErrPasswordInAddress,
		"postgres://ann@db.example/name?password=" + secretPassword:                               store.ErrPasswordInAddress,
		"postgres://ann@db.example/name?p%61ssword=" + secretPassword:                             store.ErrPasswordInAddress,
		"postgres://ann@db.example/name?sslpassword=" + secretPassword:                            store.ErrPasswordInAddress,
		"postgres://ann@db.example/name?sslmode=disable;password=" + secretPassword:               store.ErrAddress,
		"postgres://ann:" + secretPassword + "/1@db.example/name":                                 store.ErrAddress,
		"postgres://ann:1/" + secretPassword + "@db.example/name":                                 store.ErrAddress,
		"postgres://ann:1?" + secretPassword + "@db.example/name":                                 store.ErrAddress,
		"postgres://ann:1#" + secretPassword + "@db.example/name":                                 store.ErrAddress,
		"postgres://ann:%" + secretPassword + "@db.example/name":                                  store.ErrAddress,
		"postgres://ann@db.example:" + secretPassword + "/name":                                   store.ErrAddress,
		"postgres://ann@db.example/name?sslmode=" + secretPassword:                                store.ErrAddress,
		"postgres://ann@db.example/name?connect_timeout=" + secretPassword:                        store.ErrAddress,
		"postgres:ann:" + secretPassword + "@db.example":                                          store.ErrAddress,
		"POSTGRES://ann:" + secretPassword + "@db.example/name":                                   store.ErrAddress,
		"mysql://ann:" + secretPassword + "@db.example/name":                                      store.ErrAddress,
		"host=db.example user=ann password=" + secretPassword:                                     store.ErrAddress,
		"password = " + secretPassword:                                                            store.ErrAddress,
		"postgres://ann@db.example/name?sslmode=verify-full&sslrootcert=/there/is/no/certificate": store.ErrCertificate,
		"postgres://ann@db.example/name?sslmod=verify-full":                                       store.ErrSetting,
		"postgres://ann@db.example/name?gssencmode=disable":                                       store.ErrSetting,
		"postgres://ann@db.example/name?keepalives_idle=" + secretPassword:                        store.ErrSetting,
		"postgres://ann@db.example/name?sslmode=disable":                                          store.ErrWithoutTLS,
		"postgres://ann@db.example/name?sslmode=allow":                                            store.ErrWithoutTLS,
		"postgres://ann@203.0.113.7,localhost/name?sslmode=disable":                               store.ErrWithoutTLS,
		"postgres://ann@/name?host=db.example&sslmode=disable":                                    store.ErrWithoutTLS,
	} {
		for _, command := range commandsOnDatabases {
			wantSentence(t, address, "--db: "+want.Error(), command...)
		}
	}
}

// silentHost returns the address of a host that takes connections and answers nothing, or what it
// is told to.
func silentHost(t *testing.T, answer string) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			t.Cleanup(func() { conn.Close() })
			if answer != "" {
				conn.Read(make([]byte, 8)) // that it would like TLS
				conn.Write([]byte(answer))
			}
		}
	}()
	return listener.Addr().String()
}

func TestHostsThatCannotBeReached(t *testing.T) {
	t.Setenv("PGPASSWORD", secretPassword)
	nobody, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody.Close()
	for address, want := range map[string]error{
		"postgres://ann@" + nobody.Addr().String() + "/name":                                         store.ErrUnreachable,
		"postgres://ann@" + silentHost(t, "") + "/name?connect_timeout=1&sslmode=disable":            store.ErrUnreachable,
		"postgres://ann@" + silentHost(t, "N") + "/name?sslmode=require":                             store.ErrTLS,
		"postgres://ann@/name?host=" + url.QueryEscape(filepath.Join(t.TempDir(), "no such folder")): store.ErrUnreachable,
	} {
		for _, command := range commandsOnDatabases[:2] {
			wantSentence(t, address, "name "+want.Error(), command...)
		}
	}
}

// withPart returns an address with another user or database.
func withPart(t *testing.T, address, user, database string) string {
	t.Helper()
	parsed, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	parsed.User = url.User(user)
	if database != "" {
		parsed.Path = "/" + database
	}
	return parsed.String()
}

// A password is taken from each of the places that libpq takes it from and from a file of our
// own, and is nowhere in what is said.
func TestPasswords(t *testing.T) {
	server := postgrestest.Start(t, "fsync=off")
	owner := server.URL()
	server.Execute("CREATE ROLE ann LOGIN PASSWORD '" + secretPassword + "'")
	server.Execute("CREATE DATABASE latin ENCODING 'SQL_ASCII' TEMPLATE template0")
	server.RequirePasswords()
	address := withPart(t, owner, "ann", "")
	wantMigrated := func(args ...string) {
		t.Helper()
		if code, said := runOn(t, owner, "migrate", "--serving-role", "ann"); code != 0 {
			t.Fatalf("exit code %d: %s", code, said)
		}
		if code, said := runOn(t, address, append([]string{"migrate"}, args...)...); code != 0 {
			t.Errorf("%v: exit code %d: %s", args, code, said)
		}
	}
	wantSentence(t, address, store.ErrSignIn.Error(), "migrate")

	file := filepath.Join(t.TempDir(), "password")
	writeSecret(t, file, secretPassword+"\n")
	wantMigrated("--db-password-file", file)
	writeSecret(t, file, secretPassword+" and more")
	wantSentence(t, address, store.ErrSignIn.Error(), "migrate", "--db-password-file", file)
	writeSecret(t, file, secretPassword+"\n"+secretPassword)
	wantSentence(t, address, "on one line", "migrate", "--db-password-file", file)

	writeSecret(t, file, "*:*:*:ann:"+secretPassword+"\n")
	t.Setenv("PGPASSFILE", file)
	wantMigrated()
	t.Setenv("PGPASSFILE", filepath.Join(t.TempDir(), "none"))
	wantSentence(t, address, store.ErrSignIn.Error(), "user", "list")
	t.Setenv("PGPASSWORD", secretPassword)
	wantMigrated()

	for _, command := range commandsOnDatabases[:2] {
		wantSentence(t, withPart(t, address, "ann", "elsewhere"), store.ErrNoDatabase.Error(), command...)
		wantSentence(t, withPart(t, address, "ann", "latin"), "has the encoding SQL_ASCII", command...)
		wantSentence(t, withPart(t, address, "nobody", ""), store.ErrSignIn.Error(), command...)
	}
}

func writeSecret(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// What is in the schema is not what this program needs.
func TestSchemasThatAreRefused(t *testing.T) {
	newest := strings.TrimLeft(newestStep(t), "0")
	for _, test := range []struct {
		name     string
		migrated bool
		do       string
		want     error
		migrate  error // nil where migrate is what helps
	}{
		{"empty", false, ``, store.ErrBehind, nil},
		{"of another program", false, `CREATE TABLE songs (name TEXT)`, store.ErrNotDatabase, store.ErrNotDatabase},
		{"too old", true, `UPDATE schema_migrations SET version = ` + newest + ` - 1`, store.ErrBehind, nil},
		{"too new", true, `UPDATE schema_migrations SET version = ` + newest + ` + 1`, store.ErrNewer, store.ErrNewer},
		{"half upgraded", true, `UPDATE schema_migrations SET dirty = true`, store.ErrDirty, store.ErrDirty},
	} {
		t.Run(test.name, func(t *testing.T) {
			address := postgrestest.URL(t)
			bare, password := postgrestest.SplitPassword(t, address)
			t.Setenv("PGPASSWORD", password)
			if test.migrated {
				if code, said := runOn(t, bare, "migrate"); code != 0 {
					t.Fatalf("exit code %d: %s", code, said)
				}
			}
			if test.do != "" {
				execPostgres(t, address, test.do)
			}
			for _, reads := range [][]string{{"user", "list"}, {"audit", "verify"}, {"audit", "prove", "1"}, {"audit", "export"}} {
				wantSentence(t, bare, test.want.Error(), reads...)
			}
			refuses(t, "/postgres ", test.want.Error(), "copy", "--from", bare, "--to", filepath.Join(t.TempDir(), "c.db"), "--data-key-file", "c.key")
			if test.migrate != nil {
				wantSentence(t, bare, test.migrate.Error(), "migrate")
			}
		})
	}
}

// newestStep returns the number of the last step of the schema, as its file has it.
func newestStep(t *testing.T) string {
	t.Helper()
	files, err := migrations.Postgres.ReadDir("postgres")
	if err != nil {
		t.Fatal(err)
	}
	number, _, _ := strings.Cut(files[len(files)-1].Name(), "_")
	return number
}

func execPostgres(t *testing.T, address, statement string) {
	t.Helper()
	db, err := sql.Open("pgx", address)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}
