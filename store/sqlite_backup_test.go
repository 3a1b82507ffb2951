package store_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"countersign/internal/review"
	"countersign/store"
)

// A backup that is made while others write is of one moment.
func TestBackupWhileOthersWrite(t *testing.T) {
	d := newDesk(t)
	digest := d.fetch(d.id, 0, d.ann, decode(t, "ONGOING", "a"))
	var writing sync.WaitGroup
	for _, key := range []string{"a", "b", "c", "d", "e", "f", "g", "h"} {
		writing.Go(func() {
			for i := range 20 {
				if err := d.note(digest, key+string(rune('a'+i)), "a note"); err != nil {
					t.Error(err)
				}
			}
		})
	}
	path := filepath.Join(t.TempDir(), "copy.db")
	must(t, d.Backup(t.Context(), path))
	writing.Wait()
	copied := mustOpen(t, store.Options{Path: path, DataKeyFile: d.options.DataKeyFile})
	var fine string
	must(t, raw(t, path).QueryRow(`PRAGMA integrity_check`).Scan(&fine))
	_, err := copied.Recipient(t.Context(), d.id, d.ann, review.NotePage{})
	must(t, errors.Join(err, copied.Close()))
	if fine != "ok" {
		t.Errorf("the copy is %s", fine)
	}
}

func TestBackup(t *testing.T) {
	d := newDesk(t)
	digest := d.fetch(d.id, 0, d.ann, decode(t, "ONGOING", "a"))
	must(t, d.note(digest, "k", "a note"))
	path := filepath.Join(t.TempDir(), "copy.db")
	must(t, d.Backup(t.Context(), path))
	wantMode(t, path, 0o600)
	must(t, d.note(digest, "k2", "a later note"))
	wantErr(t, d.Backup(t.Context(), path), store.ErrExists)
	copied := mustOpen(t, store.Options{Path: path, DataKeyFile: d.options.DataKeyFile})
	file, err := copied.Recipient(t.Context(), d.id, d.ann, review.NotePage{})
	must(t, errors.Join(err, copied.Close()))
	if len(file.Record.Notes) != 1 || file.Record.Notes[0].Text != "a note" {
		t.Errorf("the copy has %+v", file.Record.Notes)
	}
}

func TestBackupIntoAFolderThatIsNotThere(t *testing.T) {
	d := newDesk(t)
	path := filepath.Join(t.TempDir(), "a", "copy.db")
	if err := d.Backup(t.Context(), path); err == nil {
		t.Error("a backup was made")
	}
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Errorf("something is there: %v", err)
	}
}

// A backup is opened by the keys that there were when it was made.
func TestBackupsFromBeforeAChange(t *testing.T) {
	d, _ := newSigningDesk(t)
	ids := d.manyRecipients(4)
	folder := t.TempDir()
	earlier, during := filepath.Join(folder, "earlier.db"), filepath.Join(folder, "during.db")
	must(t, d.Backup(t.Context(), earlier))
	result := d.changeDataKey(store.ChangeOptions{Batch: 1, Step: func(step store.KeyStep) {
		if _, err := os.Stat(during); step == store.StepSealed && errors.Is(err, fs.ErrNotExist) {
			must(t, d.Backup(t.Context(), during))
		}
	}})
	must(t, d.Erase(t.Context(), ids[3], d.ann, "Asked for.")) // which takes nothing from backups of before
	if notes := d.file(ids[3], d.ann).Record.Notes; len(notes) != 1 || notes[0].Text != "" {
		t.Errorf("of the erased there is %+v", notes)
	}
	old := result.Kept[0]
	both := filepath.Join(folder, "both.key")
	var text []byte
	for _, name := range []string{old, d.options.DataKeyFile} {
		one, err := os.ReadFile(name)
		must(t, err)
		text = append(text, one...)
	}
	must(t, os.WriteFile(both, text, 0o600))
	for _, test := range []struct {
		db, key string
		want    error
	}{
		{earlier, old, nil},
		{earlier, both, nil},
		{earlier, d.options.DataKeyFile, store.ErrWrongKey},
		{during, both, nil},
		{during, old, store.ErrLacksNewKey},
		{during, d.options.DataKeyFile, store.ErrWrongKey},
	} {
		s, err := store.Open(t.Context(), store.Options{Path: test.db, DataKeyFile: test.key, Now: d.options.Now})
		if !errors.Is(err, test.want) {
			t.Errorf("%s with %s: %v, want %v", filepath.Base(test.db), filepath.Base(test.key), err, test.want)
		}
		if err == nil {
			d.Store.Close()
			d.Store = s
			for _, id := range ids {
				d.wantNote(id, "about "+id.String())
			}
			must(t, s.Close())
		}
	}
	// The change goes on in the backup from then, and begins anew in the one from before.
	for _, db := range []string{during, earlier} {
		s := mustOpen(t, store.Options{Path: db, DataKeyFile: both, Now: d.options.Now})
		_, err := s.ChangeDataKey(t.Context(), store.ChangeOptions{})
		must(t, err)
		d.Store = s
		d.wantNote(ids[1], "about "+ids[1].String())
		must(t, s.Close())
		must(t, os.WriteFile(both, text, 0o600))
	}
}
