package review

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"countersign/internal/account"
	"countersign/internal/idv"
)

// SignerStore tells who the signer should be, and how that compared with results.
type SignerStore interface {
	// Expected returns who the signer should be; nil when nobody says so.
	Expected(ctx context.Context, id idv.RecipientID) (*ExpectedSigner, error)
	// SignerCompared returns how expected signers of a recipient compared with results, the
	// newest last.
	SignerCompared(ctx context.Context, id idv.RecipientID) ([]SignerCompared, error)
}

// MaxExpectedName is how long the name of an expected signer may be, in characters.
const MaxExpectedName = 300

// ErrExpectedChanged is returned when somebody else said who the signer should be since the
// form was shown.
var ErrExpectedChanged = errors.New("the expected signer was changed since the form was shown")

// ExpectedSigner is an entry that says who the signer should be, or that nobody says so any
// more. A later one takes its place; all of them stay.
type ExpectedSigner struct {
	Seq      int64 // of its entry in the ledger
	At       time.Time
	By       string
	Expected idv.Expected // empty where it was cleared or erased
	Cleared  bool
	Replaces int64 // Seq of the one whose place it takes; zero when there was none
	Erased   bool  // whether what was expected is gone for good
}

// expectedContent is what the entry of an expected signer commits to.
type expectedContent struct {
	Name      string `json:"name,omitempty"`
	BirthDate string `json:"birth_date,omitempty"` // as 1985-03-12
}

// ExpectedForm is what a reviewer sends. Both texts empty clear what was expected.
type ExpectedForm struct {
	Recipient idv.RecipientID
	By        account.Person
	Name      string
	BirthDate string // as people write dates
	Seen      *int64 // Seq of the entry that was shown, zero for none; nil when the form does not say
	Key       string // idempotency key
}

// NewExpected is an expected signer to be recorded.
type NewExpected struct {
	Recipient idv.RecipientID
	By        account.Person
	At        time.Time
	Expected  idv.Expected // empty to clear
	Seen      *int64
	Key       string
}

// Content returns what the entry commits to; nil where it clears.
func (n *NewExpected) Content() ([]byte, error) {
	if n.Expected.Empty() {
		return nil, nil
	}
	return json.Marshal(expectedContent{n.Expected.Name, n.Expected.BirthDate.Wire()})
}

// RefusedExpected says which field of a form cannot be recorded, and why, in sentences for
// the person who typed it; empty where nothing is wrong. It wraps a *Refused.
type RefusedExpected struct{ Name, BirthDate string }

func (e *RefusedExpected) Error() string { return strings.TrimSpace(e.Name + " " + e.BirthDate) }

// Unwrap returns both as one *Refused.
func (e *RefusedExpected) Unwrap() error { return &Refused{e.Error()} }

// SetExpected records who the signer should be, once however often it is sent; what is
// expected already is not recorded again. It returns a *RefusedExpected when a field cannot
// be recorded, ErrExpectedChanged when the form shows another than the one that stands, and
// ErrKeyUsed when the form stands for something else.
func (d *Desk) SetExpected(ctx context.Context, f ExpectedForm) error {
	expected, err := readExpected(f, d.Now())
	if err != nil {
		return err
	}
	if err := d.mayRecord(ctx, f.By, f.Key); err != nil {
		return err
	}
	n := NewExpected{f.Recipient, f.By, d.Now(), expected, f.Seen, f.Key}
	if _, err := d.Records.Record(ctx, n.By, n.Recipient, n.Key, n.Acts); err != nil {
		return fmt.Errorf("expected signer of %s: %w", f.Recipient, err)
	}
	return nil
}

// Acts returns what the expected signer puts on record: nothing when the form was sent
// before, or the same is expected already. See Desk.SetExpected for its errors.
func (n *NewExpected) Acts(now *OnRecord) ([]Act, error) {
	if sent, err := now.sentBefore(n.Same); sent || err != nil {
		return nil, err
	}
	record, err := now.Record(OfExpected())
	if err != nil {
		return nil, err
	}
	if record.Erasure != nil {
		return nil, ErrErased
	}
	if err := record.MayExpect(n.Seen); err != nil {
		return nil, err
	}
	content, err := n.Content()
	if err != nil {
		return nil, err
	}
	standing, err := now.expectedContent(record)
	if err != nil || bytes.Equal(standing, content) {
		return nil, err
	}
	return []Act{{At: n.At, Act: n.Act(), About: record.ExpectedSeq(), Content: content}}, nil
}

// expectedContent returns what the entry commits to that says who the signer should be; nil
// when none does.
func (now *OnRecord) expectedContent(record *Record) ([]byte, error) {
	seq := record.ExpectedSeq()
	if seq == 0 {
		return nil, nil
	}
	return now.Content(seq)
}

// readExpected reads what was typed.
func readExpected(f ExpectedForm, now time.Time) (idv.Expected, error) {
	expected := idv.Expected{Name: idv.TypedName(f.Name)}
	var refused RefusedExpected
	if expected.Name != "" {
		if why := (*Refused)(nil); errors.As(checkText("name", expected.Name, MaxExpectedName), &why) {
			refused.Name = why.Why
		}
	}
	if !isBlank(f.BirthDate) {
		expected.BirthDate, refused.BirthDate = readBirthDate(f.BirthDate, now)
	}
	if refused != (RefusedExpected{}) {
		return idv.Expected{}, &refused
	}
	return expected, nil
}

// readBirthDate reads a date of birth, or says why it is none.
func readBirthDate(text string, now time.Time) (idv.Date, string) {
	date, err := idv.ReadTypedDate(text)
	var ambiguous *idv.AmbiguousDate
	switch {
	case errors.As(err, &ambiguous):
		return date, fmt.Sprintf("This date can be %s. Please write the month as a word, or the date as year, month, day.", listReadings(ambiguous))
	case errors.Is(err, idv.ErrShortYear):
		return date, "Please write the year of birth with four digits."
	case err != nil:
		return date, "This is not a date. Please write it as in 1985-03-12 or 12 March 1985."
	case date.At.After(now.Add(24 * time.Hour)): // somewhere it is tomorrow
		return date, "This date is in the future."
	}
	if years, _ := date.Age(now); years >= idv.ImpossibleAge {
		return date, "Nobody alive was born on this date."
	}
	return date, ""
}

func listReadings(e *idv.AmbiguousDate) string {
	var list []string
	for _, d := range e.Readings {
		list = append(list, d.String())
	}
	return strings.Join(list, " or ")
}

func (r *Record) addExpected(e *Recorded) error {
	s := ExpectedSigner{Seq: e.Seq, At: e.At, By: e.Name, Cleared: e.Act == ActExpectedCleared, Replaces: e.About}
	if !s.Cleared && e.Content == nil {
		s.Erased = true
	}
	if e.Content != nil {
		var c expectedContent
		if err := json.Unmarshal(e.Content, &c); err != nil {
			return fmt.Errorf("read the expected signer in entry %d: %w", e.Seq, err)
		}
		s.Expected.Name = c.Name
		if c.BirthDate != "" {
			date, known := idv.ParseDate(c.BirthDate)
			if !known || !date.Exact() {
				return fmt.Errorf("read the expected signer in entry %d: %w", e.Seq, idv.ErrNoDate)
			}
			s.Expected.BirthDate = date
		}
	}
	r.Signers = slices.Insert(r.Signers, 0, s)
	return nil
}

// Expected returns who the signer should be; nil when nobody says so, or it was erased.
func (r *Record) Expected() *ExpectedSigner { return r.ExpectedBefore(0) }

// ExpectedBefore returns who the signer should have been before an entry, or now where that
// is zero.
func (r *Record) ExpectedBefore(seq int64) *ExpectedSigner {
	if r == nil {
		return nil
	}
	for i := range r.Signers { // the newest first
		s := &r.Signers[i]
		if seq != 0 && s.Seq >= seq {
			continue
		}
		if s.Cleared || s.Erased {
			return nil
		}
		return s
	}
	return nil
}

// ExpectedException is a difference between who the signer should be and what was extracted
// from their document, or that the two could not be compared. It names what was extracted:
// it may only be shown where that may.
type ExpectedException struct {
	Field       string             // as idv.FieldName takes it
	Likeness    idv.TextComparison // how the two compare; never one that agrees
	Title       string
	Explanation string
}

// Differs reports whether the two are known to differ; else they could not be compared.
func (e *ExpectedException) Differs() bool { return e.Likeness == idv.Differs }

// ExpectedExceptions returns what keeps a signer from being the expected one, the differences
// first; nothing when nobody was expected. Nil fields are those of a document from which
// nothing was extracted.
func ExpectedExceptions(s *ExpectedSigner, f *idv.Fields) []ExpectedException {
	if s == nil {
		return nil
	}
	var differ, open []ExpectedException
	for _, c := range idv.CompareExpected(s.Expected, f) {
		switch {
		case c.Likeness.Agrees():
		case c.Likeness == idv.Differs:
			differ = append(differ, expectedException(c))
		default:
			open = append(open, expectedException(c))
		}
	}
	return append(differ, open...)
}

func expectedException(c idv.ComparedField) ExpectedException {
	e := ExpectedException{Field: c.Name, Likeness: c.Likeness}
	label := idv.FieldName(c.Name).Label
	extracted := "extracted " + inQuotes(c.Second)
	if strings.TrimSpace(c.Second) == "" {
		extracted = "nothing extracted"
	}
	e.Explanation = fmt.Sprintf("Expected %s, %s.", inQuotes(c.First), extracted)
	if !e.Differs() {
		e.Title = label + " not compared with what was expected"
		if c.Likeness != idv.Missing {
			e.Explanation += " " + c.Likeness.Word().Meaning
		}
		return e
	}
	e.Title = label + " differs from what was expected"
	if c.Name == "full_name" {
		e.Explanation += onlyWords("expected", idv.WordsOnlyIn(c.First, c.Second)) + onlyWords("extracted", idv.WordsOnlyIn(c.Second, c.First))
	}
	return e
}

func onlyWords(where string, words []string) string {
	if len(words) == 0 {
		return ""
	}
	return " Only " + where + ": " + strings.Join(words, ", ") + "."
}

func inQuotes(text string) string { return "“" + text + "”" }

// Bucket is where the exception puts a case that is clear but for it.
func (e *ExpectedException) Bucket() idv.Bucket {
	if e.Differs() {
		return idv.Investigate
	}
	return idv.ClearWithNotes
}
