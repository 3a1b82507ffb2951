package idv

import (
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Expected is who the signer should be, as far as someone said so. It is personal data
// that Yoti did not give.
type Expected struct {
	Name      string
	BirthDate Date // a day; the zero Date where nobody said
}

// Empty reports whether it says nothing.
func (e Expected) Empty() bool { return e.Name == "" && e.BirthDate == Date{} }

// String says it in one line: "Anna Kovács, born 12 March 1985".
func (e Expected) String() string {
	switch {
	case e.BirthDate == Date{}:
		return e.Name
	case e.Name == "":
		return "born " + e.BirthDate.String()
	}
	return e.Name + ", born " + e.BirthDate.String()
}

// TypedName returns a name that was typed or pasted in one line, with composed letters and
// without the characters that nobody sees and that belong to no language's writing. What is not
// UTF-8 stays as it is.
func TypedName(text string) string {
	if !utf8.ValidString(text) {
		return text
	}
	visible := strings.Map(func(r rune) rune {
		if IsDeceptive(r) && r >= ' ' && r != '\x7f' {
			return -1
		}
		return r
	}, text)
	return norm.NFC.String(strings.Join(strings.Fields(visible), " "))
}

// CompareExpected sets what a signer should be beside what was extracted from a document:
// First is what was expected, Second what was extracted. The list has the name and the date
// of birth as far as they were expected; what was not extracted is Missing in it. Nil fields
// are those of a document from which nothing was extracted.
func CompareExpected(e Expected, f *Fields) []ComparedField {
	if f == nil || f.Unread != nil {
		f = &Fields{}
	}
	var list []ComparedField
	if e.Name != "" {
		name := f.fullName()
		list = append(list, ComparedField{"full_name", e.Name, name, compareExpectedName(e.Name, name)})
	}
	if e.BirthDate != (Date{}) {
		born := f.Value("date_of_birth")
		list = append(list, ComparedField{"date_of_birth", e.BirthDate.Wire(), born, compareBirthDate(e.BirthDate, born)})
	}
	return list
}

// compareExpectedName takes a name without its accents for another way to write it: people
// who type names leave them out.
func compareExpectedName(expected, extracted string) TextComparison {
	l := compareNames(expected, extracted)
	if l == Accents {
		return Alike
	}
	return l
}

// compareBirthDate compares a day with a date as it was extracted.
func compareBirthDate(expected Date, extracted string) TextComparison {
	text := strings.TrimSpace(extracted)
	if text == "" {
		return Missing
	}
	if isDamaged(text) {
		return Damaged
	}
	if d, ok := ParseDate(text); ok {
		return compareDay(expected, d)
	}
	d, err := ReadTypedDate(text)
	switch {
	case err != nil:
		return NoDate
	case d == expected:
		return Alike
	}
	return Differs
}

// compareDay compares a day with a date that may lack its day or month.
func compareDay(day, other Date) TextComparison {
	switch {
	case day.At.Format(other.layout) != other.At.Format(other.layout):
		return Differs
	case !other.Exact():
		return Partial
	}
	return Same
}

// OnlyIn returns the words of one name that another does not have, as they are written
// there, so that a reader sees at once in what two differ.
func WordsOnlyIn(name, other string) []string {
	if len(name) > maxComparedName || len(other) > maxComparedName {
		return nil
	}
	others := latinWords(plainWords(other, nameAbbreviations))
	var list []string
	for _, written := range strings.FieldsFunc(name, isSeparator) {
		words := latinWords(plainWords(written, nameAbbreviations))
		if len(words) == 0 || containsWords(others, words) {
			continue
		}
		list = append(list, written)
	}
	return list
}

func containsWords(others, words []latinWord) bool {
	missing := func(word latinWord) bool { return !slices.ContainsFunc(others, word.matches) }
	return !slices.ContainsFunc(words, missing)
}

// ExpectedLabel says how an extracted value compares with what was expected.
func (l TextComparison) ExpectedLabel() string {
	switch {
	case l == Accents:
		return Alike.Word().Label
	case l.Agrees() || l == Differs:
		return l.Word().Label
	}
	return "Not comparable"
}

// SignerFact is how the expected signer compares with what was extracted, in a few words.
type SignerFact struct {
	Likeness TextComparison
	Text     string
}

// SignerFacts says how the expected signer compares with what was extracted: what agrees
// together, and each difference with both values, as quote writes them.
func SignerFacts(e Expected, f *Fields, quote func(value string) string) []SignerFact {
	var list []SignerFact
	for _, c := range CompareExpected(e, f) {
		name := shortFieldName(c.Name)
		if c.Likeness == Differs {
			list = append(list, SignerFact{c.Likeness, name + " differs: expected " + quote(c.First) + ", extracted " + quote(c.Second)})
			continue
		}
		label := strings.ToLower(c.Likeness.ExpectedLabel())
		if c.Likeness == Same {
			label = "as expected"
		}
		if at := len(list) - 1; at >= 0 && strings.HasPrefix(list[at].Text, label+":") {
			list[at].Text += ", " + name
			continue
		}
		list = append(list, SignerFact{c.Likeness, label + ": " + name})
	}
	return list
}

// shortFieldName is a field of the expected signer in a word or two.
func shortFieldName(field string) string {
	switch field {
	case "full_name":
		return "name"
	case "date_of_birth":
		return "birth date"
	}
	return FieldName(field).Label
}
