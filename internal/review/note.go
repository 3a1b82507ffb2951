package review

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"countersign/internal/account"
	"countersign/internal/idv"
)

// MaxNoteLength is how long a note may be, in characters (Unicode code points).
const MaxNoteLength = 10_000

// Note is what a reviewer put to a snapshot. It is never changed and never deleted.
type Note struct {
	ID     int64      // Seq of its entry in the ledger
	Digest idv.Digest // of the snapshot that it is about
	Author string
	At     time.Time
	Text   string
	Erased bool // whether the text is gone for good
}

// NotePage says which notes about a recipient are wanted. The zero NotePage is all.
type NotePage struct {
	Before int64 // ID of a note: those before it; zero begins with the newest
	Limit  int   // how many, the newest of them; zero is no limit
}

// notesShown is how many notes a page shows.
const notesShown = 50

// NewNote is a note to be recorded.
type NewNote struct {
	Recipient idv.RecipientID
	Digest    idv.Digest
	Author    account.Person
	At        time.Time
	Text      string
	Key       string // idempotency key of the form
}

// Draft is a note that is still being typed, with what was chosen beside it.
type Draft struct {
	Text   string
	Choice Choice
	Saved  time.Time
}

// Choice is what somebody has chosen and typed in the form of a decision besides the note.
type Choice struct {
	Verdict        Verdict           `json:"verdict,omitempty"`
	Reasons        []string          `json:"reasons,omitempty"` // codes
	ReferTo        string            `json:"refer_to,omitempty"`
	Contradictions map[string]string `json:"contradictions,omitempty"` // reasons, by the key of the check
}

// None reports whether no verdict is chosen: what belongs to one counts for nothing then.
func (c Choice) None() bool { return c.Verdict == "" }

// maxKeyLength bounds idempotency keys; our own forms use 32 characters.
const maxKeyLength = 128

// Note records the note n of its author, once however often it is sent. The text
// is recorded as it was typed, but for line ends, which browsers write as CR LF. It
// returns Faults when the text cannot be a note, and the errors of NewNote.Acts.
func (d *Desk) Note(ctx context.Context, n NewNote) error {
	n.Text = UnixLines(n.Text)
	var faults Faults
	faults.add(FieldNote, checkText("note", n.Text, MaxNoteLength))
	if err := faults.err(); err != nil {
		return err
	}
	if err := d.mayRecord(ctx, n.Author, n.Key); err != nil {
		return err
	}
	n.At = d.Now()
	if _, err := d.Records.Record(ctx, n.Author, n.Recipient, n.Key, n.Acts); err != nil {
		return fmt.Errorf("note on %s: %w", n.Recipient, err)
	}
	return nil
}

// Acts returns what the note puts on record: nothing when it was sent before. It returns
// ErrStale when the note is about another result than the newest, and ErrKeyUsed when the
// form stands for something else.
func (n *NewNote) Acts(now *OnRecord) ([]Act, error) {
	if sent, err := now.sentBefore(n.Same); sent || err != nil {
		return nil, err
	}
	if err := IsNewest(n.Digest, now.Newest); err != nil {
		return nil, err
	}
	return []Act{{At: n.At, Act: ActNote, Snapshot: n.Digest, Content: []byte(n.Text)}}, nil
}

// Lines returns text with every line end written as one line feed.
func UnixLines(text string) string {
	return strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
}

// checkText returns a *Refused unless text can be recorded as what it is called.
func checkText(what, text string, longest int) error {
	if strings.TrimSpace(text) == "" {
		return &Refused{"The " + what + " is empty."}
	}
	if !utf8.ValidString(text) || strings.ContainsFunc(text, isUnprintable) {
		return &Refused{"The " + what + " holds characters that cannot be recorded as text. Please remove them and send it again."}
	}
	if n := utf8.RuneCountInString(text); n > longest {
		return &Refused{fmt.Sprintf("The %s has %d characters; at most %d can be recorded. Please shorten it.", what, n, longest)}
	}
	return nil
}

// CheckKey returns a *Refused for a form without an idempotency key, or with one that would be
// another when it is read again.
func CheckKey(key string) error {
	if key == "" || len(key) > maxKeyLength || !utf8.ValidString(key) || strings.ContainsFunc(key, unicode.IsControl) {
		return &Refused{"This form is incomplete. Nothing was recorded; your text is below, please send it again."}
	}
	return nil
}

// isUnprintable finds control characters, which a page would show as nothing.
func isUnprintable(r rune) bool {
	return unicode.IsControl(r) && r != '\n' && r != '\t'
}

// maxDraftLength is what is kept of a text that was typed: more than a note may
// hold, so that one that is too long can still be cut by its author.
const maxDraftLength = 20 * MaxNoteLength

// DraftStore is where texts are kept that were not sent yet.
type DraftStore interface {
	// KeepDraft replaces the draft that the author has for a recipient; an empty text
	// without a choice removes it. It does nothing when the author recorded a note with the same key: a
	// draft that arrives late does not come back.
	KeepDraft(ctx context.Context, d NewDraft) error
	// Drafts lists the recipients about whom who has an unsent text, the newest first.
	Drafts(ctx context.Context, who account.Person, limit int) ([]Visit, error)
}

// NewDraft is a draft to be kept.
type NewDraft struct {
	Recipient idv.RecipientID
	Author    account.Person
	At        time.Time
	Text      string
	Choice    Choice
	Key       string // idempotency key of the form that it is typed in
}

// KeepDraft keeps what somebody is typing about a recipient, and has chosen beside it, until
// it is recorded or discarded. An empty text without a choice discards it. It returns a
// *Refused when the text is too long to be kept.
func (d *Desk) KeepDraft(ctx context.Context, n NewDraft) error {
	n.Text = strings.ToValidUTF8(UnixLines(n.Text), "\uFFFD")
	n.Choice = d.Policy.draftChoice(n.Choice)
	if CheckKey(n.Key) != nil {
		n.Key = "" // nothing is on record with it
	}
	if len(n.Text)+n.Choice.length() > maxDraftLength {
		return &Refused{"The text is too long to be kept as a draft."}
	}
	if strings.TrimSpace(n.Text) == "" {
		n.Text = ""
	}
	n.At = d.Now()
	if err := d.Records.KeepDraft(ctx, n); err != nil {
		return fmt.Errorf("draft on %s: %w", n.Recipient, err)
	}
	return nil
}

// AddToDraft keeps a text that was typed elsewhere below what somebody is typing already.
// See KeepDraft.
func (d *Desk) AddToDraft(ctx context.Context, n NewDraft) error {
	file, err := d.Records.Recipient(ctx, n.Recipient, n.Author, NotePage{Limit: 1})
	if err != nil {
		return fmt.Errorf("draft on %s: %w", n.Recipient, err)
	}
	if n.Text = UnixLines(n.Text); file.Draft != nil {
		n.Choice = file.Draft.Choice
		if file.Draft.Text != "" && file.Draft.Text != n.Text {
			n.Text = file.Draft.Text + "\n\n" + n.Text
		}
	}
	return d.KeepDraft(ctx, n)
}

// draftChoice is what of a choice a draft keeps: what belongs to the verdict, and can be chosen.
func (p Policy) draftChoice(c Choice) Choice {
	if !slices.Contains(Verdicts(), c.Verdict) {
		return Choice{}
	}
	k := Choice{Verdict: c.Verdict}
	for _, r := range p.Reasons(c.Verdict) {
		if slices.Contains(c.Reasons, r.Code) {
			k.Reasons = append(k.Reasons, r.Code)
		}
	}
	switch c.Verdict {
	case Approve:
		for key, why := range c.Contradictions {
			if why = strings.ToValidUTF8(UnixLines(why), "\uFFFD"); !isBlank(why) {
				if k.Contradictions == nil {
					k.Contradictions = map[string]string{}
				}
				k.Contradictions[key] = why
			}
		}
	case Refer:
		k.ReferTo = c.ReferTo
	}
	return k
}

// length is how many bytes of a choice were typed.
func (c Choice) length() int {
	n := len(c.ReferTo)
	for key, why := range c.Contradictions {
		n += len(key) + len(why)
	}
	return n
}
