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

// toneOfExpected returns the tone of a comparison with what was expected: a difference keeps
// a case from being clear, and so does what nobody could compare.
func toneOfExpected(l idv.TextComparison) Tone {
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

// signerValue is a value within a sentence.
func signerValue(value string) string { return "“" + excerpt(withoutDeceivers(value)) + "”" }

// signerLines are the exceptions that a comparison with the expected signer comes to, with
// what was expected and extracted.
func signerLines(s *review.ExpectedSigner, f *idv.Fields) []idv.Exception {
	var list []idv.Exception
	for _, e := range review.ExpectedExceptions(s, f) {
		list = append(list, idv.Exception{Kind: idv.ExceptionSigner, Bucket: e.Bucket(), Title: e.Title, Text: withoutDeceivers(e.Explanation)})
	}
	return list
}
