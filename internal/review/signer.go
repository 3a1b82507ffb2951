package review

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"countersign/internal/account"
	"countersign/internal/idv"
)

// SignerCompared is what is remembered of a comparison of the expected signer with the
// identity document of a result. What was extracted is read, shown and forgotten; this says
// how the two compare, and nothing of a person.
type SignerCompared struct {
	Entry  int64           `json:"entry"` // Seq of the expected signer
	Fields []FieldCompared `json:"fields"`
	Result idv.Digest      `json:"-"`
	Place  LedgerPosition  `json:"-"`
}

// FieldCompared is how one field compares.
type FieldCompared struct {
	Field    string             `json:"field"` // as idv.FieldName takes it
	Likeness idv.TextComparison `json:"likeness"`
}

// compareSigner is how an expected signer compares with fields; see ExpectedExceptions.
func compareSigner(s *ExpectedSigner, digest idv.Digest, f *idv.Fields) *SignerCompared {
	compared := &SignerCompared{Entry: s.Seq, Result: digest}
	for _, c := range idv.CompareExpected(s.Expected, f) {
		compared.Fields = append(compared.Fields, FieldCompared{c.Name, c.Likeness})
	}
	return compared
}

// equal reports whether two comparisons of the same came to the same.
func (c *SignerCompared) equal(other *SignerCompared) bool {
	return other != nil && c.Entry == other.Entry && c.Result == other.Result && slices.Equal(c.Fields, other.Fields)
}

// fieldNames lists the fields that compare in a way, as in a sentence.
func (c *SignerCompared) fieldNames(is func(idv.TextComparison) bool) string {
	var list []string
	for _, f := range c.Fields {
		if is(f.Likeness) {
			list = append(list, idv.FieldName(f.Field).Label)
		}
	}
	text := strings.Join(list, ", ")
	if len(text) < 2 {
		return text
	}
	return text[:1] + strings.ToLower(text[1:])
}

func isDifferent(l idv.TextComparison) bool { return l == idv.Differs }
func notCompared(l idv.TextComparison) bool { return l != idv.Differs && !l.Agrees() }
func (c *SignerCompared) agrees() bool {
	return c.fieldNames(isDifferent) == "" && c.fieldNames(notCompared) == ""
}
func (c *SignerCompared) differs() bool { return c.fieldNames(isDifferent) != "" }

// SignerState is how far an expected signer was compared with a result. The zero SignerState
// is that of a case in which nobody is expected.
type SignerState struct {
	Expected bool            `json:"expected"`           // whether somebody is expected
	Compared *SignerCompared `json:"compared,omitempty"` // how they compare; nil while nobody knows
}

// signerState finds out how far a signer was compared with the result with a digest. The
// newest comparison counts.
func signerState(s *ExpectedSigner, digest idv.Digest, list []SignerCompared) SignerState {
	if s == nil {
		return SignerState{}
	}
	state := SignerState{Expected: true}
	for i := range list {
		if list[i].Entry == s.Seq && list[i].Result == digest {
			state.Compared = &list[i]
		}
	}
	return state
}

// Settled reports whether nothing about the signer is left: nobody is expected, or the
// signer is as expected.
func (s SignerState) Settled() bool {
	return !s.Expected || s.Compared != nil && s.Compared.agrees()
}

// String says it in a few words; empty when nobody is expected.
func (s SignerState) String() string {
	switch {
	case !s.Expected:
		return ""
	case s.Compared == nil:
		return "not compared yet"
	case s.Settled():
		return "as expected"
	}
	var list []string
	if names := s.Compared.fieldNames(isDifferent); names != "" {
		list = append(list, "differs: "+idv.WithinSentence(names))
	}
	if names := s.Compared.fieldNames(notCompared); names != "" {
		list = append(list, "not comparable: "+idv.WithinSentence(names))
	}
	return strings.Join(list, "; ")
}

// exceptions are the lines that keep a case from being clear. They say how the two compare,
// not what was extracted.
func (s SignerState) exceptions() []idv.Exception {
	if s.Settled() {
		return nil
	}
	if s.Compared == nil {
		return []idv.Exception{signerException(idv.ClearWithNotes, "Expected signer not compared yet", "Show name and document")}
	}
	var list []idv.Exception
	if names := s.Compared.fieldNames(isDifferent); names != "" {
		list = append(list, signerException(idv.Investigate, names+" not as expected", "Expected signer"))
	}
	if names := s.Compared.fieldNames(notCompared); names != "" {
		list = append(list, signerException(idv.ClearWithNotes, names+" not comparable", "Expected signer"))
	}
	return list
}

func signerException(b idv.Bucket, title, text string) idv.Exception {
	return idv.Exception{Kind: idv.ExceptionSigner, Bucket: b, Title: title, Text: text}
}

// noteNeeds says what an approval needs a note for.
func (s SignerState) noteNeeds() []noteNeed {
	switch {
	case s.Settled():
		return nil
	case s.Compared == nil:
		return []noteNeed{{"the expected signer is not compared yet", "Nobody has compared the expected signer with the document. Please show the name and the document first, or give the reason for approving in the note."}}
	case s.Compared.differs():
		return []noteNeed{{"differs from the expected signer", "The document differs from the expected signer. Please give the reason for approving in the note."}}
	}
	return []noteNeed{{"the expected signer is not comparable", "The expected signer could not be compared with the document. Please give the reason for approving in the note."}}
}

// NoteNeed is what an approval needs a note for, in a few words; empty when for nothing.
func (s SignerState) NoteNeed() string {
	for _, need := range s.noteNeeds() {
		return need.short
	}
	return ""
}

// Signer is how far the expected signer was compared with the result that the case shows.
func (c *Case) Signer() SignerState {
	return signerState(c.Record.Expected(), c.Snapshot.Digest, c.Compared)
}

// CompareSigner compares the expected signer of a part with what was extracted from the
// identity document by which a case names them, and records how they compare unless that is
// on record. Nil fields are those of a document from which nothing was extracted. Where it
// cannot be recorded, nothing may be shown.
func (d *Desk) CompareSigner(ctx context.Context, who account.Person, part *Part, f *idv.Fields) (SignerState, error) {
	if part.Expected == nil {
		return SignerState{}, nil
	}
	kept, err := d.Records.SignerCompared(ctx, part.Recipient)
	if err != nil {
		return SignerState{}, fmt.Errorf("compare the signer of %s: %w", part.Recipient, err)
	}
	state := SignerState{true, compareSigner(part.Expected, part.Snapshot.Digest, f)}
	if state.Compared.equal(signerState(part.Expected, part.Snapshot.Digest, kept).Compared) {
		return state, nil
	}
	entry := Access{
		At: d.Now(), Who: who, Recipient: part.Recipient, Digest: part.Snapshot.Digest, What: AccessSigner, Part: part.Key,
		View: part.View, Signer: state.Compared,
	}
	if err := d.Records.KeepAccess(ctx, entry); err != nil {
		return SignerState{}, fmt.Errorf("log access to %s: %w", part.Recipient, err)
	}
	return state, nil
}
