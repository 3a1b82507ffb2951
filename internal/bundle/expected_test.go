package bundle_test

import (
	"bytes"
	"strings"
	"testing"

	"countersign/internal/bundle"
	"countersign/internal/idv"
	"countersign/internal/review"
	"countersign/internal/ziptest"
)

// The entries of an expected signer go along with their texts, the readable record has them,
// and another text is found.
func TestExpectedSigner(t *testing.T) {
	t.Parallel()
	newest := result(t, rejected)
	b := newBook(t)
	first := b.did(recipient, review.ActExpectedSet, idv.Digest{}, 0, review.Facts{Form: "1"}, `{"name":"Anna Kovács","birth_date":"1985-03-12"}`)
	b.did(recipient, review.ActDecision, newest.Digest, 0, review.Facts{Form: "2", Verdict: review.Approve, Second: review.Awaited}, asJSON(t, statement(t, newest.Digest)))
	second := b.did(recipient, review.ActExpectedSet, idv.Digest{}, first, review.Facts{Form: "3"}, `{"name":"Bea Kovács"}`)
	b.did(recipient, review.ActExpectedCleared, idv.Digest{}, second, review.Facts{Form: "4"}, "")
	d := b.contents([]review.Snapshot{newest})
	file := build(t, d)
	if _, err := bundle.Check(file, d.Public, program); err != nil {
		t.Fatal(err)
	}
	files := ziptest.Unpack(t, file)
	for _, want := range []string{"Anna Kovács", "Bea Kovács", "expected-cleared"} {
		if !bytes.Contains(files["entries.jsonl"], []byte(want)) {
			t.Errorf("entries.jsonl does not hold %q", want)
		}
	}
	d.Entries[0].Content = []byte(`{"name":"Somebody Else"}`)
	if _, err := bundle.Check(build(t, d), d.Public, program); err == nil || !strings.Contains(err.Error(), "entries.jsonl, line 1,") {
		t.Errorf("with another text: %v", err)
	}
}
