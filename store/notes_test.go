package store_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"countersign/internal/account"
	"countersign/internal/idv"
	"countersign/internal/review"
	"countersign/store"
)

func TestNotes(t *testing.T) {
	d := newDesk(t)
	a := d.fetch(d.id, 0, d.ann, decode(t, "COMPLETED", "a"))
	must(t, d.note(a, "k1", "first"))
	must(t, d.keepNote(t.Context(), review.NewNote{Recipient: d.id, Digest: a, Author: d.bob, At: after(31), Text: "second", Key: "k1"}))
	b := d.fetch(d.id, 40, d.ann, decode(t, "COMPLETED", "b"))
	wantErr(t, d.note(a, "k2", "too late"), review.ErrStale)
	must(t, d.note(b, "k2", "third"))
	wantEqual(t, "notes", d.file(d.id, d.bob).Record.Notes, []review.Note{
		{ID: 5, Digest: b, Author: "Ann", At: after(30), Text: "third"},
		{ID: 4, Digest: a, Author: "Bob", At: after(31), Text: "second"},
		{ID: 3, Digest: a, Author: "Ann", At: after(30), Text: "first"},
	})
	if f := d.file(d.id2, d.ann); len(f.Record.Notes) != 0 {
		t.Errorf("notes of another recipient: %+v", f.Record.Notes)
	}
}

func TestNoteSentTwice(t *testing.T) {
	d := newDesk(t)
	a := d.fetch(d.id, 0, d.ann, decode(t, "COMPLETED", "a"))
	other := d.fetch(d.id2, 0, d.ann, decode(t, "COMPLETED", "a"))
	must(t, d.note(a, "k", "text"))
	b := d.fetch(d.id, 1, d.ann, decode(t, "COMPLETED", "b"))

	again := d.newNote(a, "k", "text")
	again.At = after(55)
	must(t, d.keepNote(t.Context(), again)) // although the result has changed since
	wantErr(t, d.note(a, "k", "another text"), review.ErrKeyUsed)
	wantErr(t, d.note(b, "k", "text"), review.ErrKeyUsed)
	elsewhere := d.newNote(other, "k", "text")
	elsewhere.Recipient = d.id2
	wantErr(t, d.keepNote(t.Context(), elsewhere), review.ErrKeyUsed)
	if n := d.file(d.id, d.ann).Record.Notes; len(n) != 1 || !n[0].At.Equal(after(30)) {
		t.Errorf("notes are %+v", n)
	}
}

func TestNoteWithoutResult(t *testing.T) {
	d := newDesk(t)
	wantErr(t, d.note(idv.Digest{}, "k", "text"), review.ErrStale)
	must(t, d.keepDraft(d.ann, "k2", "draft"))
	wantErr(t, d.note(idv.Digest{}, "k", "text"), review.ErrStale)
	if f := d.file(d.id, d.ann); f.Draft == nil {
		t.Error("a note that was refused removed the draft")
	}
}

func TestSameKeyAtTheSameTime(t *testing.T) {
	d := newDesk(t)
	digest := d.fetch(d.id, 0, d.ann, decode(t, "COMPLETED", "a"))
	second := mustOpen(t, d.options)
	var group sync.WaitGroup
	for i := range 8 {
		through := &desk{Store: []*store.Store{d.Store, second}[i%2]}
		group.Go(func() {
			if err := through.keepNote(t.Context(), d.newNote(digest, "k", "text")); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if n := d.file(d.id, d.ann).Record.Notes; len(n) != 1 {
		t.Errorf("%d notes, want 1", len(n))
	}
}

func (d *desk) keepDraft(who account.Person, key, text string) error {
	return d.KeepDraft(d.t.Context(), review.NewDraft{Recipient: d.id, Author: who, At: after(20), Text: text, Key: key})
}

func (d *desk) draftOf(who account.Person) string {
	d.t.Helper()
	f := d.file(d.id, who)
	if f.Draft == nil {
		return ""
	}
	if !f.Draft.Saved.Equal(after(20)) {
		d.t.Errorf("draft was saved %s", f.Draft.Saved)
	}
	return f.Draft.Text
}

// What is chosen is kept beside the text, and without one.
func TestDraftKeepsTheChoice(t *testing.T) {
	d := newDesk(t)
	choice := review.Choice{Verdict: review.Approve, Reasons: []string{"explained"}, Contradictions: map[string]string{"check-1": "findme"}}
	keep := func(text string, choice review.Choice) *review.Draft {
		t.Helper()
		must(t, d.KeepDraft(t.Context(), review.NewDraft{Recipient: d.id, Author: d.ann, At: after(20), Text: text, Choice: choice, Key: "k"}))
		return d.file(d.id, d.ann).Draft
	}
	if got := keep("", choice); got == nil || got.Text != "" || !cmp.Equal(got.Choice, choice) {
		t.Errorf("a choice alone: %+v", got)
	}
	if got := keep("Typed.", choice); got.Text != "Typed." || !cmp.Equal(got.Choice, choice) {
		t.Errorf("a text and a choice: %+v", got)
	}
	var sealed []byte
	must(t, d.raw().QueryRow(`SELECT choice FROM drafts`).Scan(&sealed))
	if len(sealed) == 0 || strings.Contains(string(sealed), "findme") {
		t.Errorf("the choice is stored as %q", sealed)
	}
	if got := keep("Typed.", review.Choice{}); got.Text != "Typed." || !got.Choice.None() {
		t.Errorf("a text alone: %+v", got)
	}
	if got := keep("", review.Choice{}); got != nil {
		t.Errorf("nothing: %+v", got)
	}
}

func TestDrafts(t *testing.T) {
	d := newDesk(t)
	must(t, d.keepDraft(d.ann, "k1", "Ann's")) // before anything was fetched
	must(t, d.keepDraft(d.bob, "k2", "Bob's"))
	must(t, d.keepDraft(d.ann, "k1", "Ann's, longer"))
	digest := d.fetch(d.id, 0, d.ann, decode(t, "COMPLETED", "a"))
	if ann, bob := d.draftOf(d.ann), d.draftOf(d.bob); ann != "Ann's, longer" || bob != "Bob's" {
		t.Errorf("drafts are %q and %q", ann, bob)
	}

	must(t, d.note(digest, "k1", "Ann's, longer"))
	if ann, bob := d.draftOf(d.ann), d.draftOf(d.bob); ann != "" || bob != "Bob's" {
		t.Errorf("after Ann's note, drafts are %q and %q", ann, bob)
	}

	must(t, d.keepDraft(d.ann, "k1", "late"))
	if ann := d.draftOf(d.ann); ann != "" {
		t.Errorf("draft %q came back", ann)
	}

	// What was begun since stays when the old form is sent again.
	must(t, d.keepDraft(d.ann, "k3", "next"))
	must(t, d.note(digest, "k1", "Ann's, longer"))
	must(t, d.keepDraft(d.ann, "k1", ""))
	if ann := d.draftOf(d.ann); ann != "next" {
		t.Errorf("draft is %q, want next", ann)
	}

	must(t, d.keepDraft(d.bob, "k2", ""))
	must(t, d.keepDraft(d.bob, "k2", ""))
	if bob := d.draftOf(d.bob); bob != "" {
		t.Errorf("discarded draft is %q", bob)
	}
}

func TestSealedTextThatWasMoved(t *testing.T) {
	t.Parallel()
	for name, move := range map[string]string{
		"notes swapped":        `UPDATE ledger SET text_sealed = (SELECT n.text_sealed FROM ledger AS n WHERE n.act = 'note' AND n.seq <> ledger.seq) WHERE act = 'note'`,
		"note by another":      `UPDATE ledger SET actor = 2 WHERE act = 'note'`,
		"note at another time": `UPDATE ledger SET at = at + 1 WHERE act = 'note'`,
		"note altered":         `UPDATE ledger SET text_sealed = CAST(substr(text_sealed, 1, length(text_sealed) - 1) || x'00' AS blob) WHERE act = 'note'`,
		"note cut off":         `UPDATE ledger SET text_sealed = x'00' WHERE act = 'note'`,
		"another commitment":   `UPDATE ledger SET content = sealed WHERE act = 'note'`,
		"drafts swapped":       `UPDATE drafts SET text = (SELECT text FROM drafts AS d WHERE d.author = 3 - drafts.author)`,
		"text to choice":       `UPDATE drafts SET choice = text`,
		"note to draft":        `UPDATE drafts SET text = (SELECT text_sealed FROM ledger WHERE act = 'note' ORDER BY seq LIMIT 1)`,
		"data keys swapped":    `UPDATE recipients SET data_key = (SELECT data_key FROM recipients AS r WHERE r.id <> recipients.id)`,
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			digest := d.fetch(d.id, 0, d.ann, decode(t, "COMPLETED", "a"))
			d.fetch(d.id2, 0, d.ann, decode(t, "COMPLETED", "a"))
			must(t, d.note(digest, "k1", "one"))
			must(t, d.note(digest, "k2", "two"))
			must(t, d.keepDraft(d.ann, "k3", "Ann's"))
			must(t, d.keepDraft(d.bob, "k4", "Bob's"))
			d.file(d.id, d.ann)
			d.dropTrigger("ledger", "ledger_is_not_changed")
			exec(t, d.raw(), move)
			_, err := d.Recipient(t.Context(), d.id, d.ann, review.NotePage{})
			wantErr(t, err, review.ErrAltered)
		})
	}
}
