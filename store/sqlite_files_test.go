package store_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"countersign/internal/account"
	"countersign/internal/review"
	"countersign/store"
)

func TestRelativePathWithOddCharacters(t *testing.T) {
	t.Chdir(t.TempDir())
	s := mustOpen(t, store.Options{Path: "a ?#%41&mode=ro/x.db", DataKeyFile: "x.key"})
	must(t, s.Ready(t.Context()))
	if _, err := os.Stat("a ?#%41&mode=ro/x.db"); err != nil {
		t.Error(err)
	}
}

func TestFilesAreForTheOwnerAlone(t *testing.T) {
	d := newUncopiedDesk(t)
	d.fetch(d.id, 0, d.ann, decode(t, "COMPLETED", "a"))
	must(t, d.Store.Close())
	must(t, os.Chmod(d.options.Path, 0o644))
	d.options.Serve = true
	d.Store = mustOpen(t, d.options)
	d.fetch(d.id, 1, d.ann, decode(t, "COMPLETED", "b"))
	for _, name := range []string{
		d.options.Path, d.options.Path + "-wal", d.options.Path + "-shm", d.options.Path + ".lock", d.options.DataKeyFile,
	} {
		wantMode(t, name, 0o600)
	}
	wantMode(t, filepath.Dir(d.options.Path), 0o700)
	wantMode(t, filepath.Dir(d.options.DataKeyFile), 0o700)
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(d.options.DataKeyFile), ".*")); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestDiskFull(t *testing.T) {
	d := newDesk(t)
	d.fetch(d.id, 0, d.ann, decode(t, "COMPLETED", "a"))
	exec(t, d.Writer(), `PRAGMA max_page_count = 1`) // as small as it is now
	big := decode(t, "COMPLETED", strings.Repeat("x", 100_000))
	wantErr(t, d.KeepResult(t.Context(), d.id, d.ann, after(1), big), store.ErrFull)
	if f := d.file(d.id, d.ann); len(f.History) != 1 {
		t.Errorf("history has %d results, want 1", len(f.History))
	}
	exec(t, d.Writer(), `PRAGMA max_page_count = 1000000`)
	d.fetch(d.id, 2, d.ann, big)
}

func TestTextsAreSealed(t *testing.T) {
	d := newDesk(t)
	digest := d.fetch(d.id, 0, d.ann, decode(t, "COMPLETED", "findme"))
	must(t, d.keepDraft(d.ann, "k1", "aardvark"))
	must(t, d.keepDraft(d.bob, "k2", "bumblebee"))
	must(t, d.note(digest, "k1", "crocodile"))
	must(t, d.keepDraft(d.bob, "k2", ""))
	for _, text := range []string{"aardvark", "bumblebee", "crocodile"} {
		d.wantAbsent(text)
	}
	_, err := d.Writer().Exec(`PRAGMA wal_checkpoint(TRUNCATE)`)
	must(t, err)
	for _, text := range []string{"aardvark", "bumblebee", "crocodile"} {
		d.wantAbsent(text)
	}
	bytes, err := os.ReadFile(d.options.Path)
	must(t, err)
	if !strings.Contains(string(bytes), "findme") {
		t.Error("the search finds nothing")
	}
}

// An older database is noticed by its log when only the log is kept, and when the log is
// gone too, that is said.
func TestOlderDatabaseWithoutItsLog(t *testing.T) {
	d := loggedDesk(t)
	must(t, d.Store.Close())
	older, err := os.ReadFile(d.options.Path)
	must(t, err)
	d.Store = mustOpen(t, d.options)
	d.addPerson("Carol")
	d.sign()
	must(t, d.Store.Close())
	must(t, os.WriteFile(d.options.Path, older, 0o600))
	must(t, os.Rename(d.options.CheckpointLog, d.options.CheckpointLog+".away"))
	d.Store = mustOpen(t, d.options)
	if d.Warning() == "" || d.logStates() != "missing" {
		t.Errorf("it warns %q, the ledger says %q", d.Warning(), d.logStates())
	}
	must(t, d.Store.Close())
	must(t, os.Rename(d.options.CheckpointLog+".away", d.options.CheckpointLog))
	d.Store = mustOpen(t, d.options)
	wantUnready(t, d.Store, review.UnreadyOlder)
}

// What cannot be a checkpoint log is refused in words, and left as it is.
func TestNoCheckpointLog(t *testing.T) {
	d := loggedDesk(t)
	must(t, d.Store.Close())
	other := writeFile(t, "Dear diary,\n", 0o600)
	long := writeFile(t, strings.Repeat("x", 2*store.MaxLogLine), 0o600)
	link := filepath.Join(t.TempDir(), "link")
	must(t, os.Symlink(d.options.Path, link))
	for path, want := range map[string]error{
		"/dev/full": store.ErrNotFile, os.DevNull: store.ErrNotFile, t.TempDir(): store.ErrNotFile, other: store.ErrNotLog, long: store.ErrNotLog,
		d.options.Path: store.ErrOwnFile, link: store.ErrOwnFile, d.options.Path + "-journal": store.ErrOwnFile,
		d.options.DataKeyFile: store.ErrOwnFile, d.options.SigningKeyFile: store.ErrOwnFile,
	} {
		o := d.options
		o.CheckpointLog = path
		_, err := store.Open(t.Context(), o)
		wantErr(t, err, want)
	}
	if text, err := os.ReadFile(other); err != nil || string(text) != "Dear diary,\n" {
		t.Errorf("the file holds %q, error %v", text, err)
	}
}

// Beside a server that records nothing, no command does.
func TestCommandsBesideAHaltedServer(t *testing.T) {
	d := loggedDesk(t)
	add := func(name string) error {
		p := account.Account{Person: account.Person{Name: name, Role: account.Reviewer, Created: noon}, Key: name, Password: "hash"}
		_, err := d.beside(t).AddAccount(t.Context(), p, false, account.ChangedBy{At: noon})
		return err
	}
	must(t, add("carol"))
	d.StopRecording(review.UnreadyLedger, "It was altered.")
	wantErr(t, add("dave"), review.ErrNotRecording)
	must(t, d.Store.Close())
	must(t, add("dave"))
}
