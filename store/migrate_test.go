package store

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"countersign/internal/account"
)

// What is wrong is said in one sentence, and nothing is touched.
func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		spoil func(t *testing.T, d *desk)
		want  error
	}{
		{"newer database", func(t *testing.T, d *desk) {
			exec(t, raw(t, d.options.Path), `UPDATE schema_migrations SET version = 999999`)
		}, ErrNewer},
		{"older than the ledger", func(t *testing.T, d *desk) {
			exec(t, raw(t, d.options.Path), `UPDATE schema_migrations SET version = 3`)
		}, ErrTooOld},
		{"half upgraded", func(t *testing.T, d *desk) {
			exec(t, raw(t, d.options.Path), `UPDATE schema_migrations SET dirty = 1`)
		}, ErrDirty},
		{"text file", func(t *testing.T, d *desk) {
			d.options.Path = writeFile(t, strings.Repeat("no database\n", 1000), 0o644)
		}, ErrNotDatabase},
		{"short text file", func(t *testing.T, d *desk) {
			d.options.Path = writeFile(t, "x", 0o644)
		}, ErrNotDatabase},
		{"another program's database", func(t *testing.T, d *desk) {
			d.options.Path = filepath.Join(t.TempDir(), "other.db")
			exec(t, raw(t, d.options.Path), `CREATE TABLE songs (name TEXT)`)
		}, ErrNotDatabase},
		{"damaged database", func(t *testing.T, d *desk) {
			file, err := os.OpenFile(d.options.Path, os.O_RDWR, 0)
			must(t, err)
			defer file.Close()
			_, err = file.WriteAt(bytes.Repeat([]byte{0xff}, 500), 100)
			must(t, err)
		}, ErrDamaged},
		{"folder in its place", func(t *testing.T, d *desk) { d.options.Path = t.TempDir() }, ErrNotDatabase},
		{"folder missing", func(t *testing.T, d *desk) {
			d.options.Path = filepath.Join(t.TempDir(), "a", "b", "c.db")
		}, ErrNoFolder},
		{"below a file", func(t *testing.T, d *desk) {
			d.options.Path = filepath.Join(d.options.DataKeyFile, "c.db")
		}, ErrNoFolder},
		{"below a file's folder", func(t *testing.T, d *desk) {
			d.options.Path = filepath.Join(d.options.DataKeyFile, "d", "c.db")
		}, ErrNoFolder},
		{"folder of the key missing", func(t *testing.T, d *desk) {
			d.options.Path = filepath.Join(t.TempDir(), "c.db")
			d.options.DataKeyFile = filepath.Join(t.TempDir(), "a", "b", "c.key")
		}, ErrNoFolder},
		{"read-only file", func(t *testing.T, d *desk) {
			skipRoot(t)
			must(t, os.Chmod(d.options.Path, 0o400))
		}, ErrReadOnly},
		{"read-only folder", func(t *testing.T, d *desk) {
			skipRoot(t)
			folder := t.TempDir()
			must(t, os.Chmod(folder, 0o500))
			d.options.Path = filepath.Join(folder, "c.db")
		}, ErrReadOnly},
		{"read-only folder around the database", func(t *testing.T, d *desk) {
			skipRoot(t)
			folder := filepath.Dir(d.options.Path)
			must(t, os.Chmod(folder, 0o500))
			t.Cleanup(func() { os.Chmod(folder, 0o700) })
		}, ErrReadOnly},
		{"key of another database", func(t *testing.T, d *desk) {
			d.options.DataKeyFile = newUncopiedDesk(t).options.DataKeyFile
		}, ErrWrongKey},
		{"key missing", func(t *testing.T, d *desk) {
			must(t, os.Remove(d.options.DataKeyFile))
		}, ErrNoKey},
		{"key exposed", func(t *testing.T, d *desk) {
			must(t, os.Chmod(d.options.DataKeyFile, 0o604))
		}, ErrKeyExposed},
		{"key that others may write", func(t *testing.T, d *desk) {
			must(t, os.Chmod(d.options.DataKeyFile, 0o602))
		}, ErrKeyExposed},
		{"key that the group may write", func(t *testing.T, d *desk) {
			must(t, os.Chmod(d.options.DataKeyFile, 0o660))
		}, ErrKeyExposed},
		{"folder that others may write to", func(t *testing.T, d *desk) {
			must(t, os.Chmod(filepath.Dir(d.options.Path), 0o777|os.ModeSticky))
		}, ErrFolderExposed},
		{"key cut off", func(t *testing.T, d *desk) {
			d.options.DataKeyFile = writeFile(t, keyPrefix+"AAAA\n", 0o600)
		}, ErrBadKey},
		{"key is something else", func(t *testing.T, d *desk) {
			d.options.DataKeyFile = writeFile(t, "hunter2\n", 0o600)
		}, ErrBadKey},
		{"key is a folder", func(t *testing.T, d *desk) { d.options.DataKeyFile = t.TempDir() }, ErrBadKey},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := newDesk(t)
			must(t, d.Store.Close())
			test.spoil(t, d)
			before, _ := os.ReadFile(d.options.Path)
			s, err := Open(t.Context(), d.options)
			if err == nil {
				s.Close()
			}
			wantErr(t, err, test.want)
			if !strings.HasPrefix(err.Error(), "the ") || !strings.HasSuffix(err.Error(), test.want.Error()) {
				t.Errorf("not a sentence in our words: %q", err)
			}
			if after, _ := os.ReadFile(d.options.Path); !bytes.Equal(before, after) {
				t.Error("the file was changed")
			}
			if test.want == ErrNoKey {
				if _, err := os.Stat(d.options.DataKeyFile); err == nil {
					t.Error("a new key was made")
				}
			}
		})
	}
}

func writeFile(t *testing.T, text string, mode os.FileMode) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "file")
	must(t, os.WriteFile(name, []byte(text), mode))
	return name
}

func skipRoot(t *testing.T) {
	t.Helper()
	if os.Getuid() == 0 {
		t.Skip("root may write everything")
	}
}

// Another program's file keeps its mode when it is refused.
func TestRefusedFileKeepsItsMode(t *testing.T) {
	name := writeFile(t, strings.Repeat("x", 5000), 0o644)
	_, err := Open(t.Context(), Options{Path: name, DataKeyFile: filepath.Join(t.TempDir(), "k")})
	wantErr(t, err, ErrNotDatabase)
	wantMode(t, name, 0o644)
}

func TestSecondServer(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.options.Serve = true
	first := mustOpen(t, d.options)
	_, err := Open(t.Context(), d.options)
	wantErr(t, err, ErrServed)

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

// Stores that are opened at the same time on a database that is not there yet make
// it once.
func TestMadeOnce(t *testing.T) {
	folder := t.TempDir()
	var group sync.WaitGroup
	for i := range 6 {
		group.Go(func() {
			s, err := Open(t.Context(), Options{
				Path:        filepath.Join(folder, "c.db"),
				DataKeyFile: filepath.Join(folder, "c.key"),
				Serve:       i == 0,
			})
			if err != nil {
				t.Error(err)
				return
			}
			defer s.Close()
			if err := s.Ready(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
}

// A start that broke off after the key was made, or before the first step, goes on.
func TestStartThatBrokeOff(t *testing.T) {
	folder := t.TempDir()
	o := Options{Path: filepath.Join(folder, "c.db"), DataKeyFile: filepath.Join(folder, "c.key")}
	_, err := makeKey(o.DataKeyFile)
	must(t, err)
	must(t, makeFile(o.Path))
	exec(t, raw(t, o.Path), `CREATE TABLE schema_migrations (version uint64, dirty bool)`)
	must(t, mustOpen(t, o).Ready(t.Context()))
}

func TestKeyIsNeverReplaced(t *testing.T) {
	name := filepath.Join(t.TempDir(), "k")
	first, err := makeKey(name)
	must(t, err)
	if _, err := makeKey(name); err == nil {
		t.Error("a second key took the place of the first")
	}
	again, err := readKeys(name)
	must(t, err)
	if len(again) != 1 || !bytes.Equal(first.fingerprint, again[0].fingerprint) {
		t.Error("another key was read than was made")
	}
}
