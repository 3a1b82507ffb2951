package bundle_test

import (
	"fmt"
	"strings"
	"testing"

	"countersign/internal/bundle"
	"countersign/internal/review"
	"countersign/internal/ziptest"
)

// However much is on record, the bundle is made and verified. All of it is in the data,
// the newest of it on the pages, and they say how much more there is.
func TestBundlesOfVeryMuch(t *testing.T) {
	if testing.Short() {
		t.Skip("large bundles are skipped with -short")
	}
	newest := result(t, rejected)
	long := strings.Repeat("All work and no play. ", 450)
	note := func(b *book, i int, text string) {
		b.did(recipient, review.ActNote, newest.Digest, 0, review.Facts{Form: fmt.Sprint("n", i)}, fmt.Sprintf("Note %d. %s", i, text))
	}
	decide := func(b *book, i int, change func(*review.Statement)) {
		s := statement(t, newest.Digest)
		s.Coverage.Media, s.Note = nil, fmt.Sprintf("Decision %d. %s", i, long)
		change(&s)
		b.did(recipient, review.ActDecision, newest.Digest, 0, review.Facts{Form: fmt.Sprint("d", i), Verdict: review.Approve, Second: review.Awaited}, asJSON(t, s))
	}
	for _, test := range []struct {
		name  string
		write func(*book) review.Snapshot
		want  []string // on the pages
	}{
		{"many notes", func(b *book) review.Snapshot {
			decide(b, 0, func(*review.Statement) {})
			for i := range 21_000 {
				note(b, i, "Short.")
			}
			return newest
		}, []string{"Decision 0.", "Note 20999.", "notes, older than these, are not on these pages: entries.jsonl has everything.", "entries, older than these, are not"}},
		{"long notes", func(b *book) review.Snapshot {
			decide(b, 0, func(*review.Statement) {})
			for i := range 900 {
				note(b, i, long)
			}
			return newest
		}, []string{"Decision 0.", "Note 899.", "notes, older than these, are not on these pages"}},
		{"notes of nothing but lines", func(b *book) review.Snapshot {
			for i := range 500 {
				note(b, i, strings.Repeat("\n", 9900)+"x")
			}
			return newest
		}, []string{"Note 499.", "continues in entries.jsonl, entry 500", "notes, older than these, are not"}},
		{"notes of signs without a look", func(b *book) review.Snapshot {
			for i := range 100 {
				note(b, i, strings.Repeat("\U0001F600", 9900))
			}
			return newest
		}, []string{"Note 99.", "notes, older than these, are not"}},
		{"many decisions", func(b *book) review.Snapshot {
			for i := range 200 {
				decide(b, i, func(*review.Statement) {})
			}
			note(b, 0, "The only one.")
			return newest
		}, []string{"Decision 199.", "decisions are not on these pages: entries.jsonl", "Note 0. The only one."}},
		{"a decision against many checks", func(b *book) review.Snapshot {
			decide(b, 0, func(s *review.Statement) {
				for i := range 2000 {
					s.Contradictions = append(s.Contradictions, review.Contradiction{Check: fmt.Sprint("check-", i), Recommendation: "REJECT", Reason: long})
					s.Coverage.Media = append(s.Coverage.Media, review.SentMedium{ID: fmt.Sprint("m", i)})
					s.Coverage.Parts = append(s.Coverage.Parts, fmt.Sprint("check-", i))
				}
			})
			note(b, 0, "The only one.")
			return newest
		}, []string{"Decision 0.", "more checks: entries.jsonl, entry 1, has them all", "media that were shown are not", "Note 0. The only one."}},
		{"many hits that were reviewed", func(b *book) review.Snapshot {
			for i := range 2000 {
				text := asJSON(t, map[string]any{"check": "WATCHLIST_SCREENING", "part": "check-1", "hit": map[string]any{"entity": fmt.Sprint("e", i), "lists": []string{"pep"}}, "note": long})
				b.did(recipient, review.ActDisposition, newest.Digest, 0, review.Facts{Disposition: review.HitFalsePositive}, text)
			}
			return newest
		}, []string{"e1999", "dispositions, older than these, are not"}},
		{"a large result", func(b *book) review.Snapshot {
			row := `{"sub_check": "` + strings.Repeat("s", 3000) + `", "result": "PASS", "details": [` + strings.Repeat(`{"name": "n", "value": "v"},`, 300) + `{}]}`
			check := `{"type": "LIVENESS", "report": {"recommendation": {"value": "APPROVE"}, "breakdown": [` + row + `]}},`
			large := result(t, `{"state": "COMPLETED", "checks": [`+strings.Repeat(check, 300)+`{"type": "`+strings.Repeat("t", 100_000)+`", "report": {"recommendation": {"value": "REJECT"}}}],
				"resources": {"id_documents": [`+strings.Repeat(`{"id": "d"},`, 3000)+`{}]}}`)
			b.did(recipient, review.ActNote, large.Digest, 0, review.Facts{}, "Large.")
			return large
		}, []string{"Reject", "checks, of no greater concern, are not on these pages: snapshot.json", "of them are not on these pages", "Large."}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			b := newBook(t)
			primary := test.write(b)
			file := build(t, b.contents([]review.Snapshot{primary}))
			if _, err := bundle.Check(file, b.public, program); err != nil {
				t.Error(err)
			}
			files := ziptest.Unpack(t, file)
			if n := strings.Count(string(files["entries.jsonl"]), "\n"); n != len(b.entries)-1 {
				t.Errorf("%d of %d entries", n, len(b.entries)-1)
			}
			pdf := files["decision.pdf"]
			t.Logf("%d bytes of pages", len(pdf))
			if len(pdf) > 4<<20 {
				t.Errorf("the readable record has %d bytes", len(pdf))
			}
			text := strings.Join(strings.Fields(written(t, pdf)), " ")
			for _, want := range test.want {
				if !strings.Contains(text, want) {
					t.Errorf("the pages do not say %q", want)
				}
			}
		})
	}
}
