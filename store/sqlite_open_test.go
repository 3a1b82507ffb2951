package store_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"countersign/store"
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
		}, store.ErrNewer},
		{"older than the ledger", func(t *testing.T, d *desk) {
			exec(t, raw(t, d.options.Path), `UPDATE schema_migrations SET version = 3`)
		}, store.ErrTooOld},
		{"half upgraded", func(t *testing.T, d *desk) {
			exec(t, raw(t, d.options.Path), `UPDATE schema_migrations SET dirty = 1`)
		}, store.ErrDirty},
		{"text file", func(t *testing.T, d *desk) {
			d.options.Path = writeFile(t, strings.Repeat("no database\n", 1000), 0o644)
		}, store.ErrNotDatabase},
		{"short text file", func(t *testing.T, d *desk) {
			d.options.Path = writeFile(t, "x", 0o644)
		}, store.ErrNotDatabase},
		{"another program's database", func(t *testing.T, d *desk) {
			d.options.Path = filepath.Join(t.TempDir(), "other.db")
			exec(t, raw(t, d.options.Path), `CREATE TABLE songs (name TEXT)`)
		}, store.ErrNotDatabase},
		{"damaged database", func(t *testing.T, d *desk) {
			file, err := os.OpenFile(d.options.Path, os.O_RDWR, 0)
			must(t, err)
			defer file.Close()
			_, err = file.WriteAt(bytes.Repeat([]byte{0xff}, 500), 100)
			must(t, err)
		}, store.ErrDamaged},
		{"folder in its place", func(t *testing.T, d *desk) { d.options.Path = t.TempDir() }, store.ErrNotDatabase},
		{"folder missing", func(t *testing.T, d *desk) {
			d.options.Path = filepath.Join(t.TempDir(), "a", "b", "c.db")
		}, store.ErrNoFolder},
		{"below a file", func(t *testing.T, d *desk) {
			d.options.Path = filepath.Join(d.options.DataKeyFile, "c.db")
		}, store.ErrNoFolder},
		{"below a file's folder", func(t *testing.T, d *desk) {
			d.options.Path = filepath.Join(d.options.DataKeyFile, "d", "c.db")
		}, store.ErrNoFolder},
		{"folder of the key missing", func(t *testing.T, d *desk) {
			d.options.Path = filepath.Join(t.TempDir(), "c.db")
			d.options.DataKeyFile = filepath.Join(t.TempDir(), "a", "b", "c.key")
		}, store.ErrNoFolder},
		{"read-only file", func(t *testing.T, d *desk) {
			skipRoot(t)
			must(t, os.Chmod(d.options.Path, 0o400))
		}, store.ErrReadOnly},
		{"read-only folder", func(t *testing.T, d *desk) {
			skipRoot(t)
			folder := t.TempDir()
			must(t, os.Chmod(folder, 0o500))
			d.options.Path = filepath.Join(folder, "c.db")
		}, store.ErrReadOnly},
		{"read-only folder around the database", func(t *testing.T, d *desk) {
			skipRoot(t)
			folder := filepath.Dir(d.options.Path)
			must(t, os.Chmod(folder, 0o500))
			t.Cleanup(func() { os.Chmod(folder, 0o700) })
		}, store.ErrReadOnly},
		{"key of another database", func(t *testing.T, d *desk) {
			d.options.DataKeyFile = newUncopiedDesk(t).options.DataKeyFile
		}, store.ErrWrongKey},
		{"key missing", func(t *testing.T, d *desk) {
			must(t, os.Remove(d.options.DataKeyFile))
		}, store.ErrNoKey},
		{"key exposed", func(t *testing.T, d *desk) {
			must(t, os.Chmod(d.options.DataKeyFile, 0o604))
		}, store.ErrKeyExposed},
		{"key that others may write", func(t *testing.T, d *desk) {
			must(t, os.Chmod(d.options.DataKeyFile, 0o602))
		}, store.ErrKeyExposed},
		{"key that the group may write", func(t *testing.T, d *desk) {
			must(t, os.Chmod(d.options.DataKeyFile, 0o660))
		}, store.ErrKeyExposed},
		{"folder that others may write to", func(t *testing.T, d *desk) {
			must(t, os.Chmod(filepath.Dir(d.options.Path), 0o777|os.ModeSticky))
		}, store.ErrFolderExposed},
		{"key cut off", func(t *testing.T, d *desk) {
			d.options.DataKeyFile = writeFile(t, "countersign-data-key-1:"+"AAAA\n", 0o600)
		}, store.ErrBadKey},
		{"key is something else", func(t *testing.T, d *desk) {
			d.options.DataKeyFile = writeFile(t, "hunter2\n", 0o600)
		}, store.ErrBadKey},
		{"key is a folder", func(t *testing.T, d *desk) { d.options.DataKeyFile = t.TempDir() }, store.ErrBadKey},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := newDesk(t)
			must(t, d.Store.Close())
			test.spoil(t, d)
			before, _ := os.ReadFile(d.options.Path)
			s, err := store.Open(t.Context(), d.options)
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
			if test.want == store.ErrNoKey {
				if _, err := os.Stat(d.options.DataKeyFile); err == nil {
					t.Error("a new key was made")
				}
			}
		})
	}
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
	_, err := store.Open(t.Context(), store.Options{Path: name, DataKeyFile: filepath.Join(t.TempDir(), "k")})
	wantErr(t, err, store.ErrNotDatabase)
	wantMode(t, name, 0o644)
}

// A start that broke off after the key was made, or before the first step, goes on.
func TestStartThatBrokeOff(t *testing.T) {
	folder := t.TempDir()
	o := store.Options{Path: filepath.Join(folder, "c.db"), DataKeyFile: filepath.Join(folder, "c.key")}
	must(t, os.WriteFile(o.DataKeyFile, []byte(store.NewDataKey()), 0o600))
	must(t, os.WriteFile(o.Path, nil, 0o600))
	exec(t, raw(t, o.Path), `CREATE TABLE schema_migrations (version uint64, dirty bool)`)
	must(t, mustOpen(t, o).Ready(t.Context()))
}
