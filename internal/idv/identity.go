package idv

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Identity is who a document says that it is about, and which document it is, as its text
// was extracted. What the text does not say is empty.
type Identity struct {
	Name   string
	Born   string // as it came, which ParseDate may not read
	Type   string // of the document, as on the wire
	Issuer string // code of the country
	Number string
	Expiry string // as it came; ExpiryOf judges it
}

// Identity reads who the document r is about from its fields. The type and the country are
// those of the resource where the text does not give them.
func (f *Fields) Identity(r *Resource) Identity {
	return Identity{
		Name:   f.nameOrParts(),
		Born:   f.Value("date_of_birth"),
		Type:   cmp.Or(f.Value("document_type"), r.DocumentType),
		Issuer: cmp.Or(f.Value("issuing_country"), r.IssuingCountry),
		Number: f.Value("document_number"),
		Expiry: f.Value("expiration_date"),
	}
}

// nameOrParts is the full name, or else what there is of it.
func (f *Fields) nameOrParts() string {
	if full := f.Value("full_name"); full != "" {
		return full
	}
	parts := []string{f.Value("given_names"), f.Value("family_name")}
	return strings.Join(slices.DeleteFunc(parts, func(part string) bool { return part == "" }), " ")
}

// shownOfNumber is how many characters of a masked number can be read.
const shownOfNumber = 4

// MaskedNumber is the number of the document with all but its last four characters hidden. One
// that is hardly longer than these is hidden whole.
func (i Identity) MaskedNumber() string {
	const hidden = "••••"
	n := utf8.RuneCountInString(i.Number)
	switch {
	case n == 0:
		return ""
	case n < 2*shownOfNumber-1:
		return hidden
	}
	runes := []rune(i.Number)
	return hidden + " " + string(runes[n-shownOfNumber:])
}
