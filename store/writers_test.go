package store_test

import (
	"sync"
	"testing"

	"countersign/internal/review"
)

func TestManyWritersAtOnce(t *testing.T) {
	d := newDesk(t)
	digest := d.fetch(d.id, 0, d.ann, decode(t, "COMPLETED", "a"))
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for _, key := range []string{"k1", "k2", "k3"} {
				if err := d.note(digest, key, "text of "+key); err != nil {
					t.Error(err)
				}
				if err := d.KeepAccess(t.Context(), review.Access{At: noon, Who: d.bob, Recipient: d.id, Digest: digest, What: review.AccessResult}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	if f := d.file(d.id, d.ann); len(f.Record.Notes) != 3 {
		t.Errorf("%d notes, want 3", len(f.Record.Notes))
	}
	var seen int
	must(t, d.raw().QueryRow(`SELECT count(*) FROM access_log`).Scan(&seen))
	if seen != 24 {
		t.Errorf("%d access entries, want 24", seen)
	}
}
