package idv

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// finding is something that a glance at the verdicts would miss.
type finding struct {
	bucket   Bucket // Investigate where a verdict rests on it, else ClearWithNotes
	gravity  int    // the smaller, the graver
	sentence string

	kind  ExceptionKind // empty for a note
	title string        // a few words for the sentence; empty where it is short enough
	row   string        // name of the sub-check that it is about; empty where it is none
}

// shortTitle says the finding in a few words, or else in its sentence.
func (f finding) shortTitle() string { return cmp.Or(f.title, strings.TrimSuffix(f.sentence, ".")) }

// findings are those about one check or one resource.
type findings []finding

// addInvestigate adds what keeps anyone from taking the verdict at its word, and returns it to
// be described further.
func (f *findings) addInvestigate(format string, args ...any) *finding {
	return f.add(finding{bucket: Investigate, sentence: fmt.Sprintf(format, args...), kind: ExceptionUnknown})
}

// addNote adds what has to be read beside the verdict, and returns it to be described further.
func (f *findings) addNote(gravity int, format string, args ...any) *finding {
	return f.add(finding{bucket: ClearWithNotes, gravity: gravity, sentence: fmt.Sprintf(format, args...)})
}

// add returns what it added, until the next is.
func (f *findings) add(one finding) *finding {
	*f = append(*f, one)
	return &(*f)[len(*f)-1]
}

// withTitle says the finding in a few words.
func (f *finding) withTitle(format string, args ...any) *finding {
	f.title = fmt.Sprintf(format, args...)
	return f
}

// withKind says what kind of exception the finding is, and the sub-check that it is about.
func (f *finding) withKind(kind ExceptionKind, row string) *finding {
	f.kind, f.row = kind, row
	return f
}

// addUnknown adds that a value stands where none of its words fits. A value that is not
// there is not unknown.
func (f *findings) addUnknown(w Word, what, value string) {
	if value != "" && !w.Known {
		f.addNote(minor, "Countersign does not know this %s: %s.", what, asItCame(value)).
			withTitle("Unknown %s: %s", what, asItCame(value)).withKind(ExceptionUnknown, "")
	}
}

// sorted returns the findings in the order in which they should be read, each sentence
// once: what a verdict rests on first, then the gravest.
func (f findings) sorted() findings {
	f = slices.Clone(f)
	slices.SortStableFunc(f, func(a, b finding) int {
		return cmp.Or(cmp.Compare(attentionRank(a.bucket), attentionRank(b.bucket)), cmp.Compare(a.gravity, b.gravity))
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

// addUnread adds that a time stands where none could be read. Nobody can say what it means.
func (f *findings) addUnread(what string, t Time) {
	if t.Wire != "" && t.At.IsZero() {
		f.addNote(minor, "Countersign cannot read this %s: %s.", what, asItCame(t.Wire)).
			withTitle("Unreadable %s: %s", what, asItCame(t.Wire)).withKind(ExceptionUnknown, "")
	}
}

// asItCame writes a value of the result into a sentence, with what cannot be seen in
// it made visible, and cut where it is very long. The label of a Word is so already.
func asItCame(value string) string {
	return cmp.Or(labelOf(value), "(none)")
}

// labelOrNone writes the words for a value into a sentence.
func labelOrNone(w Word) string { return cmp.Or(w.Label, "(none)") }
