package idv

import (
	"cmp"
	"slices"
	"strings"
)

// The groups in which fields are read.
const (
	groupPerson   = "Person"
	groupDocument = "Document"
	groupAddress  = "Address"
	groupMachine  = "Machine-readable zone"
	groupOther    = "Other"
)

// fieldRow is a field that there are words for. The order of the rows is that of
// reading.
type fieldRow struct{ name, label, group string }

// fieldRows are the fields of documents and profiles; those of an address and of a
// machine-readable zone stand without the field around them.
// Source: Yoti IDV, data extraction; Yoti IDV, expanded document fields.
var fieldRows = []fieldRow{
	{"full_name", "Full name", groupPerson},
	{"name_prefix", "Title", groupPerson},
	{"given_names", "Given names", groupPerson},
	{"first_name", "First name", groupPerson},
	{"first_name_alias", "First name, other form", groupPerson},
	{"middle_name", "Middle name", groupPerson},
	{"middle_name_alias", "Middle name, other form", groupPerson},
	{"family_name", "Family name", groupPerson},
	{"family_name_alias", "Family name, other form", groupPerson},
	{"name_suffix", "Name suffix", groupPerson},
	{"parent_name", "Name of a parent", groupPerson},
	{"date_of_birth", "Date of birth", groupPerson},
	{"place_of_birth", "Place of birth", groupPerson},
	{"country_of_birth", "Country of birth", groupPerson},
	{"nationality", "Nationality", groupPerson},
	{"gender", "Sex", groupPerson},
	{"height", "Height", groupPerson},
	{"weight", "Weight", groupPerson},
	{"eye_color", "Colour of eyes", groupPerson},
	{"personal_identification_number", "Personal number", groupPerson},
	{"document_type", "Type of document", groupDocument},
	{"document_number", "Document number", groupDocument},
	{"issuing_country", "Issuing country", groupDocument},
	{"issuing_authority", "Issuing authority", groupDocument},
	{"organisation", "Organisation", groupDocument},
	{"place_of_issue", "Place of issue", groupDocument},
	{"date_of_issue", "Date of issue", groupDocument},
	{"expiration_date", "Valid until", groupDocument},
	{"driving_licence_class", "Licence classes", groupDocument},
	{"driving_licence_restriction_code", "Licence restrictions", groupDocument},
	{"driving_licence_endorsed", "Licence endorsements", groupDocument},
	{"front_page_name", "Template of the front", groupDocument},
	{"back_page_name", "Template of the back", groupDocument},
	{"postal_address", "Address", groupAddress},
	{"structured_postal_address", "Address", groupAddress},
	{"formatted_address", "Address as written", groupAddress},
	{"care_of", "Care of", groupAddress},
	{"sub_building", "Part of the building", groupAddress},
	{"building_number", "Building number", groupAddress},
	{"building", "Building", groupAddress},
	{"street", "Street", groupAddress},
	{"landmark", "Landmark", groupAddress},
	{"address_line", "Address line", groupAddress},
	{"locality", "Locality", groupAddress},
	{"town_city", "Town or city", groupAddress},
	{"subdistrict", "Subdistrict", groupAddress},
	{"district", "District", groupAddress},
	{"state", "State", groupAddress},
	{"postal_code", "Postal code", groupAddress},
	{"post_office", "Post office", groupAddress},
	{"country_iso", "Country code", groupAddress},
	{"country", "Country", groupAddress},
	{"udprn", "Delivery point (UDPRN)", groupAddress},
	{"address_format", "Form of the address", groupAddress},
	{"line1", "First line", groupMachine},
	{"line2", "Second line", groupMachine},
	{"line3", "Third line", groupMachine},
	{"type", "Size", groupMachine},
}

// rowOf finds the row of a field by the last part of its path. Numbered lines of an
// address have one row, however they are spelled.
func rowOf(path string) (i int, number string) {
	name := path[strings.LastIndexByte(path, '.')+1:]
	if rest, ok := strings.CutPrefix(name, "address_line"); ok {
		name, number = "address_line", strings.TrimPrefix(rest, "_")
		if len(number) > 2 || strings.Trim(number, "0123456789") != "" {
			return len(fieldRows), ""
		}
	}
	i = slices.IndexFunc(fieldRows, func(r fieldRow) bool { return r.name == name })
	if i < 0 || !isInGroup(path, fieldRows[i].group) {
		return len(fieldRows), ""
	}
	return i, number
}

// isInGroup reports whether a path has the place that fields of the group have: "type"
// alone is not the size of a machine-readable zone.
func isInGroup(path, group string) bool {
	around, _, nested := strings.Cut(path, ".")
	if !nested {
		return group != groupMachine
	}
	switch around {
	case "structured_postal_address", "postal_address":
		return group == groupAddress
	case "mrz":
		return group == groupMachine
	case "document_template":
		return group == groupDocument
	}
	return false
}

func fieldRank(path string) int {
	i, _ := rowOf(path)
	return i
}

// comparePaths puts fields into the order of reading, and line 2 before line 10.
func comparePaths(a, b string) int {
	i, first := rowOf(a)
	j, second := rowOf(b)
	return cmp.Or(i-j, len(first)-len(second), strings.Compare(first, second))
}

func groupOf(path string) string {
	i, _ := rowOf(path)
	if i == len(fieldRows) {
		return groupOther
	}
	return fieldRows[i].group
}

// FieldName says what a field of a document or a profile is, by its path.
// Source: Yoti IDV, data extraction.
func FieldName(path string) Word {
	i, number := rowOf(path)
	if i == len(fieldRows) {
		return Word{Label: VisibleWord(path)}
	}
	label := fieldRows[i].label
	if number != "" {
		label += " " + number
	}
	return Word{Label: label, Known: true}
}

// FieldSource says from which part of a document a value was read.
// Source: Yoti IDV, expanded document fields.
func FieldSource(value string) Word { return fieldSources.wordFor(value) }

// FieldValue says what the value of a field means, where it is a code: a country, a
// type of document, the number of a form.
// Source: Yoti IDV, data extraction; ICAO Doc 9303, parts 5 and 4 (sizes).
func FieldValue(path, value string) Word {
	if i, _ := rowOf(path); i == len(fieldRows) {
		return Word{Label: value}
	}
	switch path[strings.LastIndexByte(path, '.')+1:] {
	case "nationality", "issuing_country", "country_of_birth", "country_iso":
		return Country(value)
	case "document_type":
		return DocumentType(value)
	case "address_format":
		return addressFormats.wordFor(value)
	case "type":
		return zoneSizes.wordFor(value)
	}
	return Word{Label: value}
}

var addressFormats = words{
	{"1", "United Kingdom", ""},
	{"2", "India", ""},
	{"3", "United States or Australia", ""},
	{"4", "Another country", ""},
}

var zoneSizes = words{
	{"1", "Three lines (TD1)", ""},
	{"2", "Two lines (TD3)", ""},
}

var fieldSources = words{
	{"BARCODE", "Barcode", "Read from the barcode."},
	{"MRZ", "Machine-readable zone", "Read from the lines that machines read."},
	{"VIZ", "Printed", "Read from what is printed for people."},
}
