package store_test

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"testing"

	"countersign/internal/review"
	"countersign/store"
)

func BenchmarkKeepNote(b *testing.B) {
	d := newDurableDesk(b)
	digest := d.fetch(d.id, 0, d.ann, decode(b, "COMPLETED", "a"))
	for i := 0; b.Loop(); i++ {
		must(b, d.note(digest, fmt.Sprint(i), "The document was checked against the register."))
	}
}

// BenchmarkInsert is what the disk and the engine take of BenchmarkKeepNote.
func BenchmarkInsert(b *testing.B) {
	d := newDurableDesk(b)
	insert := d.addBareTable()
	for b.Loop() {
		_, err := d.Writer().Exec(insert, []byte("The document was checked against the register."))
		must(b, err)
	}
}

func BenchmarkKeepAccess(b *testing.B) {
	d := newDurableDesk(b)
	digest := d.fetch(d.id, 0, d.ann, decode(b, "COMPLETED", "a"))
	a := review.Access{At: noon, Who: d.ann, Recipient: d.id, Digest: digest, What: review.AccessResult}
	b.Run("one", func(b *testing.B) {
		for b.Loop() {
			must(b, d.KeepAccess(b.Context(), a))
		}
	})
	b.Run("many", func(b *testing.B) {
		b.SetParallelism(16)
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				if err := d.KeepAccess(b.Context(), a); err != nil {
					b.Error(err)
				}
			}
		})
	})
}

// BenchmarkRecipient reads a recipient with 1,000 fetches of 60 KB results, 10 notes
// and a draft.
func BenchmarkRecipient(b *testing.B) {
	d := newDesk(b)
	for i := range 1000 {
		d.fetch(d.id, i, d.ann, decode(b, "ONGOING", fmt.Sprint(i/20)+strings.Repeat("x", 60_000)))
	}
	for i := range 10 {
		must(b, d.note(d.file(d.id, d.ann).Newest.Digest, fmt.Sprint(i), strings.Repeat("note ", 100)))
	}
	must(b, d.keepDraft(d.ann, "k", "draft"))
	for b.Loop() {
		d.file(d.id, d.ann)
	}
}

func BenchmarkRecent(b *testing.B) {
	d := newDesk(b)
	digest := d.fetch(d.id, 0, d.ann, decode(b, "COMPLETED", "a"))
	d.fetch(d.id2, 0, d.ann, decode(b, "COMPLETED", "a"))
	for range 2000 {
		d.see(d.id, 0, digest)
		d.see(d.id2, 0, digest)
	}
	for b.Loop() {
		_, err := d.Recent(b.Context(), d.ann, 20)
		must(b, err)
	}
}

// BenchmarkChangeDataKey changes the data key of a database with twenty thousand recipients.
func BenchmarkChangeDataKey(b *testing.B) {
	const recipients = 20_000
	d := newDesk(b)
	must(b, d.Write(b.Context(), func(ctx context.Context, tx *sql.Tx) error {
		for i := range recipients {
			if err := d.AddRecipient(ctx, tx, mustID(b, fmt.Sprintf("%08d-0000-4000-8000-000000000000", i))); err != nil {
				return err
			}
		}
		return nil
	}))
	for b.Loop() {
		_, err := d.ChangeDataKey(b.Context(), store.ChangeOptions{})
		must(b, err)
	}
	b.ReportMetric(float64(recipients*b.N)/b.Elapsed().Seconds(), "recipients/s")
}
