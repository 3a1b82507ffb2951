package views

import (
	"strconv"
	"strings"

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
func expectedLabel(l idv.TextComparison) string {
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

// signerComparison is how the expected signer compares, in the head of a case.
type signerComparison struct {
	Likeness idv.TextComparison
	Text     string
}

// signerComparisons says how the expected signer compares with what was extracted: what agrees
// together, and each difference with both values.
func signerComparisons(s *review.ExpectedSigner, f *idv.Fields) []signerComparison {
	var list []signerComparison
	for _, c := range idv.CompareExpected(s.Expected, f) {
		name := signerFieldName(c.Name)
		if c.Likeness == idv.Differs {
			list = append(list, signerComparison{c.Likeness, name + " differs: expected " + signerValue(c.First) + ", extracted " + signerValue(c.Second)})
			continue
		}
		label := strings.ToLower(expectedLabel(c.Likeness))
		if c.Likeness == idv.Same {
			label = "as expected"
		}
		if at := len(list) - 1; at >= 0 && strings.HasPrefix(list[at].Text, label+":") {
			list[at].Text += ", " + name
			continue
		}
		list = append(list, signerComparison{c.Likeness, label + ": " + name})
	}
	return list
}

// signerFieldName is a field in a word or two, where there is little room.
func signerFieldName(field string) string {
	switch field {
	case "full_name":
		return "name"
	case "date_of_birth":
		return "birth date"
	}
	return idv.FieldName(field).Label
}

// signerValue is a value within a sentence.
func signerValue(value string) string { return "“" + excerpt(withoutDeceivers(value)) + "”" }

// signerLines are the exceptions that a comparison with the expected signer comes to, with
// what was expected and extracted.
func signerLines(s *review.ExpectedSigner, f *idv.Fields) []idv.Exception {
	var list []idv.Exception
	for _, e := range review.ExpectedExceptions(s, f) {
		bucket := idv.ClearWithNotes
		if e.Differs() {
			bucket = idv.Investigate
		}
		list = append(list, idv.Exception{Kind: idv.ExceptionSigner, Bucket: bucket, Title: e.Title, Text: withoutDeceivers(e.Explanation)})
	}
	return list
}
