package store_test

import (
	"testing"

	"countersign/internal/account"
	"countersign/internal/idv"
	"countersign/internal/review"
	"countersign/store"
)

// envelopeOf is an envelope ID.
func envelopeOf(t *testing.T, text string) idv.EnvelopeID {
	t.Helper()
	id, err := idv.ParseEnvelopeID(text)
	must(t, err)
	return id
}

// Whoever stood in an envelope that somebody saw has an entry and is found by the envelope,
// until the recipient is erased; then the envelope stands in no file any more.
func TestRecipientsOfAnEnvelope(t *testing.T) {
	d, _ := newSigningDesk(t)
	const text = "5e8bd3a1-77aa-4c10-9b52-3d1c04f2a96e"
	view := review.EnvelopeView{At: noon, Who: d.ann, Envelope: envelopeOf(t, text), Recipients: []idv.RecipientID{d.id, d.id2}}
	d.fetch(d.id, 0, d.ann, decode(t, "COMPLETED", "a"))
	for range 2 {
		known, err := d.KeepEnvelopeView(t.Context(), view)
		must(t, err)
		if known[d.id].Line.Stage != review.StageUndecided || known[d.id2].Line.Stage != "" || known[d.id].Erased {
			t.Errorf("known is %+v", known)
		}
	}
	entries, err := d.AccessLog(t.Context(), review.AccessQuery{What: review.AccessEnvelope, Limit: 10})
	must(t, err)
	if len(entries) != 4 || entries[0].Recipient != d.id2 || entries[0].Who.ID != d.ann.ID || !entries[0].At.Equal(noon) {
		t.Errorf("entries are %+v", entries)
	}
	found := func(text string) int {
		t.Helper()
		f, err := d.Search(t.Context(), review.Search{Who: d.ann, Text: text, Limit: 10, At: noon})
		must(t, err)
		return len(f.Lines)
	}
	if a, b := found(text), found(text[:9]); a != 2 || b != 2 {
		t.Errorf("the envelope finds %d recipients, its beginning %d", a, b)
	}
	for id, want := range map[idv.RecipientID]bool{d.id: true, d.id2: true, mustID(t, text): false} {
		if knows, err := d.KnowsRecipient(t.Context(), id); err != nil || knows != want {
			t.Errorf("%s is known: %t, error %v", id, knows, err)
		}
	}
	must(t, d.Erase(t.Context(), d.id, account.Person{}, "Asked for."))
	must(t, d.Erase(t.Context(), d.id2, account.Person{}, "Asked for."))
	if n := d.holding([][]byte{[]byte(text)}); n != 0 || found(text) != 0 {
		t.Errorf("the envelope is in %d files and finds %d recipients", n, found(text))
	}
	known, err := d.KeepEnvelopeView(t.Context(), view)
	must(t, err)
	if !known[d.id].Erased || d.holding([][]byte{[]byte(text)}) != 0 {
		t.Errorf("after the erasure: %+v", known[d.id])
	}
	if again, err := d.AccessLog(t.Context(), review.AccessQuery{What: review.AccessEnvelope, Limit: 10}); err != nil || len(again) != 4 {
		t.Errorf("there are %d entries, error %v", len(again), err)
	}
	if _, err := store.Verify(t.Context(), store.VerifyOptions{Path: d.options.Path, Postgres: d.options.Postgres, DataKeyFile: d.options.DataKeyFile}); err != nil {
		t.Errorf("the verification says: %v", err)
	}
}

// A view of an envelope is kept whole or not at all.
func TestEnvelopeViewIsOneTransaction(t *testing.T) {
	d, _ := newSigningDesk(t)
	d.refuseRows("access_log", "new.recipient = '"+d.id2.String()+"'")
	view := review.EnvelopeView{At: noon, Who: d.ann, Envelope: envelopeOf(t, "5e8bd3a1-77aa-4c10-9b52-3d1c04f2a96e"), Recipients: []idv.RecipientID{d.id, d.id2}}
	if _, err := d.KeepEnvelopeView(t.Context(), view); err == nil {
		t.Fatal("the view was kept")
	}
	if knows, err := d.KnowsRecipient(t.Context(), d.id); err != nil || knows {
		t.Errorf("the first recipient is known: %t, error %v", knows, err)
	}
	if entries, err := d.AccessLog(t.Context(), review.AccessQuery{Limit: 10}); err != nil || len(entries) != 0 {
		t.Errorf("entries are %+v, error %v", entries, err)
	}
}
