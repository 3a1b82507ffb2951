package idv

import (
	"cmp"
	"fmt"
	"slices"
)

// finding is something that a glance at the verdicts would miss.
type finding struct {
	bucket   Bucket // Investigate where a verdict rests on it, else ClearWithNotes
	gravity  int    // the smaller, the graver
	sentence string
}

// findings are those about one check or one resource.
type findings []finding

// investigate adds what keeps anyone from taking the verdict at its word.
func (f *findings) investigate(format string, args ...any) {
	*f = append(*f, finding{Investigate, 0, fmt.Sprintf(format, args...)})
}

// note adds what has to be read beside the verdict.
func (f *findings) note(gravity int, format string, args ...any) {
	*f = append(*f, finding{ClearWithNotes, gravity, fmt.Sprintf(format, args...)})
}

// unknown adds that a value stands where none of its words fits. A value that is not
// there is not unknown.
func (f *findings) unknown(w Word, what, value string) {
	if value != "" && !w.Known {
		f.note(minor, "Countersign does not know this %s: %s.", what, asItCame(value))
	}
}

// sorted returns the findings in the order in which they should be read, each sentence
// once: what a verdict rests on first, then the gravest.
func (f findings) sorted() findings {
	f = slices.Clone(f)
	slices.SortStableFunc(f, func(a, b finding) int {
		return cmp.Or(cmp.Compare(concern(a.bucket), concern(b.bucket)), cmp.Compare(a.gravity, b.gravity))
	})
	said := map[string]bool{}
	return slices.DeleteFunc(f, func(one finding) bool {
		again := said[one.sentence]
		said[one.sentence] = true
		return again
	})
}

// sentences returns what the findings say.
func (f findings) sentences() []string {
	var list []string
	for _, one := range f {
		list = append(list, one.sentence)
	}
	return list
}

// unread adds that a time stands where none could be read. Nobody can say what it means.
func (f *findings) unread(what string, t Time) {
	if t.Wire != "" && t.At.IsZero() {
		f.note(minor, "Countersign cannot read this %s: %s.", what, asItCame(t.Wire))
	}
}

// asItCame writes a value of the result into a sentence, with what cannot be seen in
// it made visible, and cut where it is very long. The label of a Word is so already.
func asItCame(value string) string {
	return cmp.Or(labelOf(value), "(none)")
}

// labelOrNone writes the words for a value into a sentence.
func labelOrNone(w Word) string { return cmp.Or(w.Label, "(none)") }
