package idv

import (
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Likeness says how two texts compare. It helps to read them side by side and is no
// verdict: two ways to write the same thing can differ, and two people can have the
// same name.
type Likeness string

// The likenesses.
const (
	Same    Likeness = "same"
	Alike   Likeness = "normalised" // the same but for case, blanks, punctuation, usual abbreviations
	Accents Likeness = "accents"    // the same but for accents
	Differs Likeness = "differs"
	Missing Likeness = "missing" // one of them, or both
)

// Compare compares two texts, such as the same field from two parts of a document.
func Compare(a, b string) Likeness {
	switch {
	case strings.TrimSpace(a) == "" || strings.TrimSpace(b) == "":
		return Missing
	case a == b:
		return Same
	}
	a, b = normalise(a), normalise(b)
	switch {
	case a == b:
		return Alike
	case withoutAccents(a) == withoutAccents(b):
		return Accents
	}
	return Differs
}

// Word says the likeness.
func (l Likeness) Word() Word {
	switch l {
	case Same:
		return Word{"Same", "The two are the same, letter for letter.", true}
	case Alike:
		return Word{"Same but for spelling", "They differ in letter case, blanks, punctuation or usual abbreviations.", true}
	case Accents:
		return Word{"Same but for accents", "They differ in accents, which machine-readable parts of documents do not have.", true}
	case Differs:
		return Word{"Differs", "They are not the same text, however they are written.", true}
	case Missing:
		return Word{"Missing", "There is nothing to compare.", true}
	}
	return Word{Label: string(l)}
}

// normalise writes a text without what does not change its meaning: case, blanks,
// line ends, punctuation and fillers, and with the usual abbreviations of addresses.
func normalise(text string) string {
	text = cases.Fold().String(norm.NFKC.String(text))
	parts := strings.FieldsFunc(text, func(r rune) bool {
		return unicode.IsSpace(r) || r != '\'' && r != '’' && (unicode.IsPunct(r) || unicode.IsSymbol(r))
	})
	for i, part := range parts {
		part = strings.NewReplacer("'", "", "’", "").Replace(part)
		if short, ok := abbreviations[part]; ok {
			part = short
		}
		parts[i] = part
	}
	return strings.Join(parts, " ")
}

// abbreviations are usual in English addresses.
var abbreviations = map[string]string{
	"apartment": "apt", "avenue": "ave", "boulevard": "blvd", "building": "bldg", "close": "cl",
	"court": "ct", "crescent": "cres", "drive": "dr", "flat": "flt", "gardens": "gdns", "grove": "gr",
	"house": "hse", "lane": "ln", "mount": "mt", "north": "n", "south": "s", "east": "e", "west": "w",
	"park": "pk", "place": "pl", "road": "rd", "saint": "st", "square": "sq", "street": "st", "terrace": "ter",
}

func withoutAccents(text string) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(text) {
		if !unicode.Is(unicode.Mn, r) {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// ComparedField is a field of two documents beside each other.
type ComparedField struct {
	Name          string // as FieldName takes it
	First, Second string // exactly as they came; empty where there is none
	Likeness      Likeness
}

// CompareDocuments sets the name and the address of two documents side by side.
func CompareDocuments(first, second *Fields) []ComparedField {
	var list []ComparedField
	add := func(name, a, b string) {
		if a != "" || b != "" {
			list = append(list, ComparedField{name, a, b, Compare(a, b)})
		}
	}
	add("full_name", first.fullName(), second.fullName())
	add("structured_postal_address", first.address(), second.address())
	for _, part := range []string{"postal_code", "town_city", "country_iso"} {
		path := "structured_postal_address." + part
		add(path, first.Value(path), second.Value(path))
	}
	return list
}

// fullName is the name as it stands, or put together where only its parts do.
func (f *Fields) fullName() string {
	if name := f.Value("full_name"); name != "" {
		return name
	}
	given := f.Value("given_names")
	if given == "" {
		given = strings.TrimSpace(f.Value("first_name") + " " + f.Value("middle_name"))
	}
	return strings.TrimSpace(given + " " + f.Value("family_name"))
}

// address is the address as it was written, or its lines where it was not.
func (f *Fields) address() string {
	const within = "structured_postal_address."
	if written := f.Value(within + "formatted_address"); written != "" {
		return written
	}
	var lines []string
	for _, field := range f.List {
		name, ok := strings.CutPrefix(field.Path, within)
		if ok && !field.Empty && name != "address_format" && name != "udprn" && name != "country_iso" {
			lines = append(lines, field.Value)
		}
	}
	return strings.Join(lines, "\n")
}
