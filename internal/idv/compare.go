package idv

import (
	"cmp"
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// TextComparison says how two texts compare. It helps to read them side by side and is no
// verdict: two ways to write the same thing can differ, and two people can have the
// same name.
type TextComparison string

// The likenesses.
const (
	Same    TextComparison = "same"
	Alike   TextComparison = "normalised" // the same but for case, blanks, punctuation, usual abbreviations
	Accents TextComparison = "accents"    // the same but for accents
	Differs TextComparison = "differs"
	Missing TextComparison = "missing" // one of them, or both

	// OneSource: only one part of a document has a value, so nothing is missing and
	// nothing can be compared.
	OneSource TextComparison = "one-source"
	// OtherScript: the values are in different scripts, and are not compared.
	OtherScript TextComparison = "other-script"
	Damaged     TextComparison = "damaged" // a character of one is lost, so nobody knows
	Partial     TextComparison = "partial" // one of two dates lacks its day, and says nothing against the other
	NoDate      TextComparison = "no-date" // one of two dates cannot be read as one
)

// Agrees reports whether two values say the same, however they are written.
func (l TextComparison) Agrees() bool { return l == Same || l == Alike || l == Accents }

// Compare compares two texts, such as the same field from two parts of a document.
func Compare(a, b string) TextComparison { return comparedTextOf(a).compareTo(comparedTextOf(b)) }

// comparedText is a text in the forms in which it is compared.
type comparedText struct{ text, plain, bare string }

func comparedTextOf(text string) comparedText {
	return comparedTextOfWords(text, plainWords(text, addressAbbreviations))
}

func comparedTextOfWords(text string, words []string) comparedText {
	plain := strings.Join(words, " ")
	return comparedText{text, plain, withoutAccents(plain)}
}

// compareTo compares two texts. One of which nothing is left, such as fillers alone, is like
// none but itself.
func (s comparedText) compareTo(t comparedText) TextComparison {
	switch {
	case strings.TrimSpace(s.text) == "" || strings.TrimSpace(t.text) == "":
		return Missing
	case isDamaged(s.text) || isDamaged(t.text):
		return Damaged
	case s.text == t.text:
		return Same
	case s.plain == "":
		return Differs
	case s.plain == t.plain:
		return Alike
	case s.bare == t.bare:
		return Accents
	}
	return Differs
}

// Word says the likeness.
func (l TextComparison) Word() Word {
	switch l {
	case Same:
		return Word{"Same", "The two are the same, letter for letter.", true}
	case Alike:
		return Word{"Same, written differently", "They differ in letter case, spaces, punctuation or common abbreviations.", true}
	case Accents:
		return Word{"Same but for accents", "They differ in accents, which machine-readable parts of documents do not have.", true}
	case Differs:
		return Word{"Differs", "They are not the same text, however they are written.", true}
	case OneSource:
		return Word{"Only one source", "Only one part of the document has this, so there is nothing to compare it with.", true}
	case OtherScript:
		return Word{"Not compared", "The values are written in different scripts.", true}
	case Missing:
		return Word{"Missing", "There is nothing to compare.", true}
	case Damaged:
		return Word{"Not compared", "A character of one of them is lost.", true}
	case Partial:
		return Word{"Not compared in full", "One of them says less than the other, and nothing against it.", true}
	case NoDate:
		return Word{"Not compared", "One of them could not be read as a date.", true}
	}
	return Word{Label: string(l)}
}

// plainWords returns the words of a text without what does not change their meaning: case,
// blanks, line ends, punctuation and fillers, and with usual abbreviations.
func plainWords(text string, abbreviations map[string]string) []string {
	text = cases.Fold().String(norm.NFKC.String(text))
	text = strings.Map(func(r rune) rune {
		if strings.ContainsRune(apostrophes, r) {
			return -1
		}
		return r
	}, text)
	parts := strings.FieldsFunc(text, isSeparator)
	for i, part := range parts {
		if short, ok := abbreviations[part]; ok {
			parts[i] = short
		}
	}
	return parts
}

// apostrophes are the characters that people type for one.
const apostrophes = "'‘’ʼ`"

// isSeparator reports whether a character only occurs between words. A mask such as in
// ****1234 is part of the value, as are characters that are not punctuation.
func isSeparator(r rune) bool {
	switch r {
	case '<': // the filler of machine-readable zones
		return true
	case '*', '•', '#':
		return false
	}
	return unicode.IsSpace(r) || unicode.IsPunct(r)
}

// addressAbbreviations are usual in English addresses.
var addressAbbreviations = map[string]string{
	"apartment": "apt", "avenue": "ave", "boulevard": "blvd", "building": "bldg", "close": "cl",
	"court": "ct", "crescent": "cres", "drive": "dr", "flat": "flt", "gardens": "gdns", "grove": "gr",
	"house": "hse", "lane": "ln", "mount": "mt", "north": "n", "south": "s", "east": "e", "west": "w",
	"park": "pk", "place": "pl", "road": "rd", "saint": "st", "square": "sq", "street": "st", "terrace": "ter",
}

// withoutAccents takes away the accents of alphabets such as Latin and Greek. Marks of
// other scripts are vowels or make other letters, so they stay.
func withoutAccents(text string) string {
	text = strings.Map(func(r rune) rune {
		if '\u0300' <= r && r <= '\u036f' { // Unicode's combining diacritical marks
			return -1
		}
		return r
	}, norm.NFD.String(text))
	return norm.NFC.String(text)
}

// ComparedField is a field of two documents beside each other.
type ComparedField struct {
	Name          string // as FieldName takes it
	First, Second string // exactly as they came; empty where there is none
	Likeness      TextComparison
}

// CompareDocuments sets the name and the address of two documents side by side.
func CompareDocuments(first, second *Fields) []ComparedField {
	var list []ComparedField
	add := func(name, a, b string, compare func(a, b string) TextComparison) {
		if a != "" || b != "" {
			list = append(list, ComparedField{name, a, b, compare(a, b)})
		}
	}
	add("full_name", first.fullName(), second.fullName(), compareNames)
	add("structured_postal_address", first.addressText(), second.addressText(), Compare)
	const within = "structured_postal_address."
	add(within+"postal_code", first.Value(within+"postal_code"), second.Value(within+"postal_code"), comparePostalCodes)
	for _, path := range []string{within + "town_city", within + "country_iso"} {
		add(path, first.Value(path), second.Value(path), Compare)
	}
	return list
}

// comparePostalCodes compares two codes, in which a blank means nothing.
func comparePostalCodes(a, b string) TextComparison {
	join := func(code string) string { return strings.Join(strings.Fields(code), "") }
	if l := Compare(a, b); l != Differs || Compare(join(a), join(b)) == Differs {
		return l
	}
	return Alike
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

// addressText is the address as it was written, or its lines where it was not.
func (f *Fields) addressText() string {
	const within = "structured_postal_address."
	if written := f.Value(within + "formatted_address"); written != "" {
		return written
	}
	var lines []string
	for _, field := range f.List {
		name, ok := strings.CutPrefix(field.Path, within)
		if ok && !field.Empty && !field.Odd && name != "address_format" && name != "udprn" && name != "country_iso" {
			lines = append(lines, field.Value)
		}
	}
	if len(lines) == 0 { // a text where an object is due, or the field of expanded fields
		return cmp.Or(f.Value("structured_postal_address"), f.Value("postal_address"))
	}
	return strings.Join(lines, "\n")
}
