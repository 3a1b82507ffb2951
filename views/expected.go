package views

import (
	"strconv"

	"countersign/internal/idv"
	"countersign/internal/review"
)

// expectedSeq is the entry of an expected signer as forms and marks have it: "0" for none.
func expectedSeq(s *review.ExpectedSigner) string {
	if s == nil {
		return "0"
	}
	return strconv.FormatInt(s.Seq, 10)
}

// filledIn is a form with what stands in it, unless somebody typed something else.
func filledIn(f ExpectedForm, standing *review.ExpectedSigner) ExpectedForm {
	if !f.Open && standing != nil {
		f.Name, f.BirthDate = standing.Expected.Name, standing.Expected.BirthDate.Wire()
	}
	return f
}

// expectedLabel says how a value compares with what was expected.
func expectedLabel(l idv.Likeness) string {
	switch {
	case l == idv.Accents:
		return idv.Alike.Word().Label
	case l.Agrees() || l == idv.Differs:
		return l.Word().Label
	}
	return "Not comparable"
}

// toneOfExpected returns the tone of a comparison with what was expected: a difference keeps
// a case from being clear, and so does what nobody could compare.
func toneOfExpected(l idv.Likeness) Tone {
	switch {
	case l == idv.Differs:
		return Bad
	case l.Agrees():
		return toneOfLikeness(l)
	}
	return Warn
}

// expectedLine is an expected signer in one line; empty when nobody was expected.
func expectedLine(s *review.ExpectedSigner) string {
	if s == nil {
		return ""
	}
	return s.Expected.String() + " (entry " + strconv.FormatInt(s.Seq, 10) + ", " + s.By + ")"
}
