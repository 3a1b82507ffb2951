package cli

import (
	"bytes"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"countersign/internal/postgrestest"
	"countersign/store"
)

// A desk goes from a file to PostgreSQL and back with the commands alone, and its record is
// the same everywhere.
func TestCopyCommand(t *testing.T) {
	in := earlier(t, "entries-v2")
	says(t, "migrate", "--db", in("countersign.db"))
	address := sharedDatabase(t)
	refuses(t, "results of an earlier version that are not sealed yet", "", "copy", "--from", in("countersign.db"), "--to", address)
	sealResults(t, in("countersign.db"), in("countersign.key"))
	original := verifiedCounts(t, in("countersign.key"), in("countersign.db"))

	said := says(t, "copy", "--from", in("countersign.db"), "--to", address)
	wantText(t, said, "The copy holds everything", "and the root ", original,
		"The data key of the copy is in "+in("countersign.key"), "Servers look for it in the file countersign.key of the folder in which they start", "Nobody is signed in to the copy")
	if on := verifiedCounts(t, in("countersign.key"), address); on != original {
		t.Errorf("on PostgreSQL there is\n%swant\n%s", on, original)
	}
	refuses(t, "the database ", "is not empty", "copy", "--from", in("countersign.db"), "--to", address)

	said = says(t, "copy", "--from", address, "--to", in("back.db"), "--data-key-file", in("countersign.key"))
	wantText(t, said, original, "Servers look for it in "+in("back.key")+" unless")
	if back := verifiedCounts(t, in("countersign.key"), in("back.db")); back != original {
		t.Errorf("back in a file there is\n%swant\n%s", back, original)
	}
}

func TestCopyCommandRefuses(t *testing.T) {
	in := earlier(t, "entries-v2")
	says(t, "migrate", "--db", in("countersign.db"))
	sealResults(t, in("countersign.db"), in("countersign.key"))
	address := sharedDatabase(t)
	for what, args := range map[string][]string{
		"please make the copy with countersign backup":       {"--from", in("countersign.db"), "--to", in("other.db")},
		"say with --from where it is":                        {"--from", in("nowhere.db"), "--to", address},
		"--to: the address of the database holds a password": {"--from", in("countersign.db"), "--to", "postgres://me:hunter2@localhost/db"},
		"there is no data-key file":                          {"--from", in("countersign.db"), "--to", address, "--data-key-file", in("nowhere.key")},
		"cannot be reached":                                  {"--from", in("countersign.db"), "--to", "postgres://me@localhost:1/db"},
	} {
		refuses(t, what, "", append([]string{"copy"}, args...)...)
	}
	if _, err := os.Stat(in("other.db")); err == nil {
		t.Error("a file was made")
	}
}

// sealResults does what a server does with results of an earlier version.
func sealResults(t *testing.T, database, key string) {
	t.Helper()
	kept, err := store.Open(t.Context(), store.Options{Path: database, DataKeyFile: key})
	if err != nil {
		t.Fatal(err)
	}
	_, err = kept.SealResults(t.Context(), store.SealOptions{})
	if err := errors.Join(err, kept.Close()); err != nil {
		t.Fatal(err)
	}
}

// sharedDatabase returns the address of an empty schema, as it is given to commands. Who uses it
// calls themselves otherwise than others on the same server.
func sharedDatabase(t *testing.T) string {
	t.Helper()
	bare, password := postgrestest.SplitPassword(t, postgrestest.URL(t)+"&application_name="+strings.ToLower(rand.Text()))
	if password != "" {
		file := filepath.Join(t.TempDir(), "password")
		if err := os.WriteFile(file, []byte(password), 0o600); err != nil {
			t.Fatal(err)
		}
		t.Setenv("COUNTERSIGN_DB_PASSWORD_FILE", file)
	}
	t.Setenv("COUNTERSIGN_DB_WITHOUT_TLS", "true")
	return bare
}

// verifiedCounts returns how much a verification finds, which is the same for the same record.
func verifiedCounts(t *testing.T, key, database string) string {
	t.Helper()
	said := says(t, "audit", "verify", "--data-key-file", key, "--db", database)
	_, counts, _ := strings.Cut(said, "\n")
	at := strings.Index(counts, "\nYou brought no checkpoint")
	if at < 0 {
		t.Fatalf("it says %s", said)
	}
	var list []string
	for line := range strings.Lines(counts[:at+1]) {
		if strings.HasPrefix(line, "  ") {
			list = append(list, line)
		}
	}
	return strings.Join(list, "")
}

// refuses runs a command that has to fail with one sentence that has two parts. Before it there
// may be lines of progress.
func refuses(t *testing.T, first, second string, args ...string) {
	t.Helper()
	var said, problem bytes.Buffer
	code := runCommand(t.Context(), args, streams{strings.NewReader(""), &said, &problem})
	text := problem.String()
	before, sentence, _ := strings.Cut(text, "countersign: ")
	if code != 1 || !strings.Contains(sentence, first) || !strings.Contains(sentence, second) || strings.Count(sentence, "\n") != 1 {
		t.Errorf("%v: exit code %d, and it says %s", args, code, text)
	}
	for line := range strings.Lines(before) {
		if !progressPattern.MatchString(line) {
			t.Errorf("%v: before its sentence it says %s", args, line)
		}
	}
	if strings.Contains(text, "hunter2") {
		t.Errorf("the password is in: %s", text)
	}
}
