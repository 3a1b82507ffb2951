package idv

import (
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// Fields is what was read from a document, or what is known of a person: the text
// behind document_fields, a generated profile or an applicant's profile, which have
// the same names. Everything in it may be missing, empty, wrong or unknown.
// Source: Yoti IDV, data extraction.
type Fields struct {
	List   []Field // in the order of reading; unknown ones last
	More   int     // how many were left out, where there are more than anybody reads
	Unread *Unread // instead of all else, where the JSON could not be read
}

// Field is one value, with its place.
type Field struct {
	Path  string // "full_name", "structured_postal_address.postal_code", "mrz.line1"
	Value string // exactly as it came; JSON where it is neither text nor a number
	Empty bool   // whether it is there and holds nothing: null, "" or blanks
	Odd   bool   // whether Value is JSON although a text was due
}

// Damaged reports whether a character of the value is lost.
func (f Field) Damaged() bool { return isDamaged(f.Value) }

const (
	// MaxFieldsBytes is how large the JSON of a document's fields may be.
	MaxFieldsBytes = 1 << 20
	// maxFields is how many fields are shown; documents have fewer than fifty.
	maxFields = 500
	// maxNameBytes is how much of a name is in a path; Yoti's have fewer than fifty.
	maxNameBytes = 100
)

// ReadFields reads fields. It never fails: of what is not JSON with one meaning, or is
// too large, Unread has the beginning.
func ReadFields(body []byte) *Fields {
	f := &Fields{}
	root, why := parseFields(body)
	if why != "" {
		f.Unread = newUnread(why, body)
		return f
	}
	if root.kind == '{' {
		f.addMembers(root, "")
	} else {
		f.addValue(root, "value")
	}
	slices.SortStableFunc(f.List, func(a, b Field) int { return comparePaths(a.Path, b.Path) })
	return f
}

// parseFields reads body strictly, or says why not.
func parseFields(body []byte) (*node, UnreadReason) {
	if len(body) > MaxFieldsBytes {
		return nil, UnreadTooLarge
	}
	root, err := newParser(body).parseWhole()
	if err != nil {
		return nil, UnreadJSON
	}
	return root, ""
}

func (f *Fields) addMembers(n *node, within string) {
	for i := range n.members {
		m := &n.members[i]
		f.addValue(&m.value, within+partOf(m.name))
	}
}

// partOf is a name as a part of a path. One that has a dot itself must not pass for a
// field within another, and a long one would be in the path of everything within.
func partOf(name string) string {
	if len(name) > maxNameBytes {
		name = strings.ToValidUTF8(name[:maxNameBytes], "") + "…"
	}
	if strings.Contains(name, ".") {
		return strconv.Quote(name)
	}
	return name
}

// addValue splits a value into its texts.
func (f *Fields) addValue(n *node, path string) {
	if len(f.List) == maxFields {
		f.More += n.countLeaves()
		return
	}
	switch {
	case len(n.members) > 0:
		f.addMembers(n, path+".")
	case len(n.items) > 0:
		for i := range n.items {
			f.addValue(&n.items[i], path+"."+strconv.Itoa(i+1))
		}
	default:
		f.List = append(f.List, fieldOf(n, path))
	}
}

// countLeaves counts the values that are not taken apart further.
func (n *node) countLeaves() int {
	if len(n.members)+len(n.items) == 0 {
		return 1
	}
	count := 0
	for i := range n.members {
		count += n.members[i].value.countLeaves()
	}
	for i := range n.items {
		count += n.items[i].countLeaves()
	}
	return count
}

// fieldOf reads a value that is not taken apart.
func fieldOf(n *node, path string) Field {
	switch n.kind {
	case '"':
		return Field{Path: path, Value: n.text, Empty: strings.TrimSpace(n.text) == ""}
	case '0':
		return Field{Path: path, Value: n.text}
	case 'n':
		return Field{Path: path, Empty: true}
	}
	return Field{Path: path, Value: literalText(n.kind), Odd: true}
}

// literalText is the JSON text of a value that has no parts.
func literalText(kind jsontext.Kind) string {
	switch kind {
	case 't':
		return "true"
	case 'f':
		return "false"
	case '{':
		return "{}"
	}
	return "[]"
}

// Value returns the value of a field; empty when it is missing, empty or no text.
func (f *Fields) Value(path string) string {
	for _, field := range f.List {
		if field.Path == path && !field.Empty && !field.Odd {
			return field.Value
		}
	}
	return ""
}

// expected are the fields without which a document says too little.
var expected = map[ResourceKind][]string{
	IDDocuments:            {"full_name", "date_of_birth", "document_number", "expiration_date", "issuing_country"},
	SupplementaryDocuments: {"full_name", "structured_postal_address", "date_of_issue"},
}

// Missing returns the fields that a document of the kind is expected to have and that
// these lack, or have empty.
func (f *Fields) Missing(kind ResourceKind) []string {
	var missing []string
	for _, path := range expected[kind] {
		has := slices.ContainsFunc(f.List, func(field Field) bool {
			return !field.Empty && !field.isEmpty() && (field.Path == path || strings.HasPrefix(field.Path, path+"."))
		})
		if !has {
			missing = append(missing, path)
		}
	}
	return missing
}

// isEmpty reports whether the value is an object or a list without anything in it.
func (f Field) isEmpty() bool { return f.Odd && (f.Value == "{}" || f.Value == "[]") }

// FieldGroup is fields that are read together.
type FieldGroup struct {
	Name string
	List []Field
}

// Groups returns the fields by what they are about; groups without any are left out.
func (f *Fields) Groups() []FieldGroup {
	var groups []FieldGroup
	for _, name := range []string{groupPerson, groupDocument, groupAddress, groupMachine, groupOther} {
		var list []Field
		for _, field := range f.List {
			if groupOf(field.Path) == name {
				list = append(list, field)
			}
		}
		if len(list) > 0 {
			groups = append(groups, FieldGroup{name, list})
		}
	}
	return groups
}
