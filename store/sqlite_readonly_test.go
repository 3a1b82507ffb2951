package store_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"countersign/internal/ledger"
	"countersign/internal/review"
	"countersign/store"
)

// The ledger is read and proved without a key, beside whoever writes to it, and when
// nobody does.
func TestOpenToRead(t *testing.T) {
	d, _ := newSigningDesk(t)
	a := d.fetch(d.id, 0, d.ann, decode(t, "COMPLETED", "a"))
	must(t, d.note(a, "k1", "one"))
	_, err := d.Checkpoint(t.Context())
	must(t, err)
	size := int64(6)
	for _, name := range []string{"beside a store", "by itself"} {
		t.Run(name, func(t *testing.T) {
			reader, err := store.OpenReadOnly(t.Context(), store.Options{Path: d.options.Path, Postgres: d.options.Postgres})
			must(t, err)
			defer reader.Close()
			var acts []ledger.Act
			must(t, reader.Entries(t.Context(), func(e ledger.Entry) error {
				if e.Seq != int64(len(acts)) {
					t.Errorf("entry %d stands at %d", e.Seq, len(acts))
				}
				acts = append(acts, e.Act)
				return nil
			}))
			wantEqual(t, "acts", acts, []ledger.Act{review.ActBegun, review.ActAccount, review.ActAccount, review.ActSigningKey, review.ActAccount, review.ActNote})
			for seq := range size {
				file, err := reader.ProofFile(t.Context(), seq)
				must(t, err)
				e, c, err := file.Check(file.Public)
				must(t, err)
				if e.Seq != seq || c.Size != size {
					t.Errorf("the proof of %d is of %d, among %d", seq, e.Seq, c.Size)
				}
			}
			_, err = reader.ProofFile(t.Context(), size)
			wantErr(t, err, store.ErrNoEntry)
			_, err = reader.ProofFile(t.Context(), -1)
			wantErr(t, err, store.ErrNoEntry)
		})
		must(t, d.Close())
	}
	files, err := os.ReadDir(filepath.Dir(d.options.Path))
	must(t, err)
	if len(files) != 2 { // the other is the lock of the store
		t.Errorf("left beside the database: %v", files)
	}
}

func TestNothingIsProvedThatIsNotSo(t *testing.T) {
	d, _ := newSigningDesk(t)
	_, err := d.Checkpoint(t.Context())
	must(t, err)
	d.addPerson("Cid")
	_, err = d.ProofFile(t.Context(), 5)
	wantErr(t, err, store.ErrNotCovered)
	_, err = d.raw().Exec(`DROP TRIGGER ledger_is_not_changed`)
	must(t, err)
	_, err = d.raw().Exec(`UPDATE ledger SET name = 'Eve' WHERE seq = 1`)
	must(t, err)
	_, err = d.ProofFile(t.Context(), 1)
	var broken *ledger.Broken
	if !errors.As(err, &broken) || broken.Seq != 1 {
		t.Errorf("an altered entry is proved: %v", err)
	}
}

func TestOpenToReadOfSomethingElse(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "list.txt")
	must(t, os.WriteFile(file, []byte("a shopping list"), 0o600))
	_, err := store.OpenReadOnly(t.Context(), store.Options{Path: file})
	wantErr(t, err, store.ErrNotDatabase)
	if _, err := store.OpenReadOnly(t.Context(), store.Options{Path: filepath.Join(folder, "none.db")}); err == nil {
		t.Error("a file that is not there was opened")
	}
	files, err := os.ReadDir(folder)
	must(t, err)
	if len(files) != 1 {
		t.Errorf("something was made: %v", files)
	}
}
