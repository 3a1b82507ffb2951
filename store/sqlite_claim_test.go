package store_test

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"countersign/internal/account"
	"countersign/store"
)

// A database has one server, whatever it is called.
func TestOneServerWhateverTheName(t *testing.T) {
	d := newUncopiedDesk(t)
	must(t, d.Store.Close())
	d.options.Serve = true
	folder := filepath.Dir(d.options.Path)
	elsewhere := t.TempDir()
	linkedFolder, linkedFile, hard := filepath.Join(elsewhere, "folder"), filepath.Join(elsewhere, "file.db"), filepath.Join(elsewhere, "hard.db")
	must(t, os.Symlink(folder, linkedFolder))
	must(t, os.Symlink(d.options.Path, linkedFile))
	must(t, os.Link(d.options.Path, hard))
	must(t, os.Symlink(linkedFile, filepath.Join(elsewhere, "twice.db")))
	d.Store = mustOpen(t, d.options)
	t.Chdir(folder)
	for name, path := range map[string]string{
		"itself": d.options.Path, "relative": filepath.Base(d.options.Path), "symbolic link": linkedFile,
		"link to a link": filepath.Join(elsewhere, "twice.db"), "linked folder": filepath.Join(linkedFolder, filepath.Base(d.options.Path)), "hard link": hard,
	} {
		t.Run(name, func(t *testing.T) {
			if name == "hard link" && runtime.GOOS != "linux" {
				t.Skip("needs a lock that this system lacks")
			}
			again := d.options
			again.Path = path
			_, err := store.Open(t.Context(), again)
			wantErr(t, err, store.ErrServed)
		})
	}
	must(t, d.Ready(t.Context()))
}

// Beside a server, the database is written and read by its own name or a symbolic link:
// what stands in the log is beside no other.
func TestOtherNamesBesideAServer(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("needs a lock that this system lacks")
	}
	d := newUncopiedDesk(t)
	must(t, d.Store.Close())
	d.options.Serve = true
	d.Store = mustOpen(t, d.options)
	elsewhere := t.TempDir()
	linked, hard := filepath.Join(elsewhere, "link.db"), filepath.Join(elsewhere, "hard.db")
	must(t, os.Symlink(d.options.Path, linked))
	must(t, os.Link(d.options.Path, hard))
	d.addPerson("Carol") // stands in the log alone
	beside := store.Options{Path: linked, DataKeyFile: d.options.DataKeyFile}
	people, err := mustOpen(t, beside).Accounts(t.Context())
	must(t, err)
	if len(people) != 3 {
		t.Errorf("through a symbolic link there are %d accounts, want 3", len(people))
	}
	reader, err := store.OpenReadOnly(t.Context(), store.Options{Path: linked})
	must(t, err)
	defer reader.Close()
	there, err := d.Health(t.Context())
	must(t, err)
	health, err := reader.Health(t.Context())
	must(t, err)
	if health.Size != there.Size {
		t.Errorf("through a symbolic link the ledger has %d entries, want %d", health.Size, there.Size)
	}
	beside.Path = hard
	_, err = store.Open(t.Context(), beside)
	wantErr(t, err, store.ErrOtherName)
	_, err = store.OpenReadOnly(t.Context(), store.Options{Path: hard})
	wantErr(t, err, store.ErrOtherName)
	_, err = store.Verify(t.Context(), store.VerifyOptions{Path: hard})
	wantErr(t, err, store.ErrOtherName)
}

// What a killed server left in the log is not passed over by another name of the file.
func TestOtherNameWithALog(t *testing.T) {
	t.Parallel()
	d := newUncopiedDesk(t)
	other := filepath.Join(filepath.Dir(d.options.Path), "other.db")
	must(t, os.Link(d.options.Path, other))
	d.options.Path = other
	_, err := store.Open(t.Context(), d.options)
	wantErr(t, err, store.ErrWrittenElsewhere)
	_, err = store.Verify(t.Context(), store.VerifyOptions{Path: other})
	wantErr(t, err, store.ErrWrittenElsewhere)
}

// A database is made where a symbolic link leads that leads nowhere yet.
func TestMadeThroughALink(t *testing.T) {
	folder := t.TempDir()
	link := filepath.Join(t.TempDir(), "link.db")
	must(t, os.Symlink(filepath.Join(folder, "data", "real.db"), link))
	mustOpen(t, store.Options{Path: link, DataKeyFile: filepath.Join(folder, "key")})
	if _, err := os.Stat(filepath.Join(folder, "data", "real.db")); err != nil {
		t.Error(err)
	}
}

// A backup takes the place of no file of the database, nor of one that SQLite would take
// for its own.
func TestBackupOntoItself(t *testing.T) {
	d := newUncopiedDesk(t)
	link := filepath.Join(t.TempDir(), "link")
	must(t, os.Symlink(d.options.Path+"-journal", link))
	for _, path := range append(store.OwnFiles(d.options.Path), link) {
		wantErr(t, d.Backup(t.Context(), path), store.ErrOwnFile)
	}
	must(t, d.Ready(t.Context()))
}

// A secret may be read by a group of this process: that is how they are mounted.
func TestSecretOfOwnGroup(t *testing.T) {
	d := newUncopiedDesk(t)
	must(t, os.Chmod(d.options.DataKeyFile, 0o440))
	mustOpen(t, d.options)
}

// A database that was moved away, or whose log was, records nothing more: a restart would
// not find it.
func TestMovedDatabase(t *testing.T) {
	t.Parallel()
	for _, ending := range []string{"", "-wal"} {
		t.Run("file"+ending, func(t *testing.T) {
			d := newUncopiedDesk(t)
			digest := d.fetch(d.id, 0, d.ann, decode(t, "COMPLETED", "a"))
			must(t, os.Rename(d.options.Path+ending, d.options.Path+".away"))
			wantUnready(t, d.Store, "moved")
			if err := d.note(digest, "k", "text"); err == nil {
				t.Error("a note was confirmed")
			}
			if d.WhyNotRecording() == "" {
				t.Error("it does not say that nothing is recorded")
			}
		})
	}
}

func TestSecondServer(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.options.Serve = true
	first := mustOpen(t, d.options)
	_, err := store.Open(t.Context(), d.options)
	wantErr(t, err, store.ErrServed)

	// A command works beside the server, and each sees what the other recorded.
	d.options.Serve = false
	command := mustOpen(t, d.options)
	must(t, command.SetPassword(t.Context(), "ann", "another", account.ChangedBy{At: noon}))
	a, err := first.Account(t.Context(), "ann")
	must(t, err)
	if a.Password != "another" {
		t.Errorf("password is %q", a.Password)
	}

	must(t, first.Close())
	d.options.Serve = true
	mustOpen(t, d.options)
}
