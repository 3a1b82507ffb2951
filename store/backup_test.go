package store

import (
	"countersign/internal/review"

	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

func TestBackup(t *testing.T) {
	d := newDesk(t)
	digest := d.fetch(d.id, 0, d.ann, decode(t, "ONGOING", "a"))
	must(t, d.note(digest, "k", "a note"))
	path := filepath.Join(t.TempDir(), "copy.db")
	must(t, d.Backup(t.Context(), path))
	wantMode(t, path, 0o600)
	must(t, d.note(digest, "k2", "a later note"))
	wantErr(t, d.Backup(t.Context(), path), ErrExists)
	copied := mustOpen(t, Options{Path: path, DataKeyFile: d.options.DataKeyFile})
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
	copied := mustOpen(t, Options{Path: path, DataKeyFile: d.options.DataKeyFile})
	var fine string
	must(t, copied.readers.QueryRow(`PRAGMA integrity_check`).Scan(&fine))
	_, err := copied.Recipient(t.Context(), d.id, d.ann, review.NotePage{})
	must(t, errors.Join(err, copied.Close()))
	if fine != "ok" {
		t.Errorf("the copy is %s", fine)
	}
}
