package handlers_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"countersign/internal/account"
	"countersign/internal/bundle"
	"countersign/internal/idv"
	"countersign/internal/review"
	"countersign/internal/ziptest"
)

// Nine hundred of the longest notes do not keep anybody from taking the bundle.
func TestBundleWithLongNotes(t *testing.T) {
	t.Parallel()
	const notes, notesAtOnce = 900, 30
	d := newDesk(t, t.TempDir())
	ann := d.signedIn("ann")
	page := pageAt(t, ann, "/recipients/"+somebody)
	snapshot := snapshotOf(page)
	decided, err := ann.post("/recipients/"+somebody+"/decisions", url.Values{
		"snapshot": {snapshot}, "key": {"decision"}, "note": {"Decided before all of them."}, "verdict": {"reject"}, "reason": {"document"},
	})
	if err != nil || decided.status != http.StatusSeeOther {
		t.Fatalf("decision: status %d, %v", decided.status, err)
	}
	id, err := idv.ParseRecipientID(somebody)
	if err != nil {
		t.Fatal(err)
	}
	digest, err := idv.ParseDigest(snapshot)
	if err != nil {
		t.Fatal(err)
	}
	author := account.Person{ID: 1, Name: "ann", Role: account.Reviewer}
	var all sync.WaitGroup // so that many share a transaction
	for first := range notesAtOnce {
		all.Go(func() {
			for i := first; i < notes; i += notesAtOnce {
				text := fmt.Sprintf("Note %d. ", i)
				text += strings.Repeat("<é> ", (review.MaxNoteLength-len(text))/4)
				note := review.NewNote{Recipient: id, Digest: digest, Author: author, At: d.clock(), Text: text, Key: fmt.Sprint("note", i)}
				if _, err := d.store.Record(t.Context(), author, id, note.Key, note.Acts); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	taken, err := ann.post("/recipients/"+somebody+"/bundle", url.Values{})
	if err != nil || taken.status != http.StatusOK {
		t.Fatalf("status %d, %v", taken.status, err)
	}
	if _, err := bundle.Check([]byte(taken.body), d.key(t), madeBy); err != nil {
		t.Error(err)
	}
	if n := strings.Count(string(ziptest.Unpack(t, []byte(taken.body))["entries.jsonl"]), `"content":"Note `); n != notes {
		t.Errorf("%d of %d notes", n, notes)
	}
}
