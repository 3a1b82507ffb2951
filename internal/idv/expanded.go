package idv

import (
	"slices"
	"strings"
)

// Expanded is the fields of a document, each with the parts of the document from which
// it was read. Source: Yoti IDV, expanded document fields.
type Expanded struct {
	Sources  []string // VIZ, MRZ, BARCODE, then others as they came
	Rows     []ExpandedRow
	More     int // values that were left out, where there are more than anybody reads
	Extras   []UnknownField
	Problems []Problem
	Unread   *Unread // instead of all else, where the JSON could not be read
}

// ExpandedRow is a field with all its values.
type ExpandedRow struct {
	Name     string
	Values   []SourcedValue // in the order in which they came
	Likeness TextComparison // of the values from different sources: that of the two that differ most
}

// SourcedValue is a value with its source.
type SourcedValue struct {
	Source          string // VIZ, MRZ, BARCODE; as it came
	Locale          string
	Value           string // exactly as it came
	NonLatin        bool
	Transliteration bool
}

// How much is shown; real documents have fewer than a hundred values, of three sources.
const (
	maxExpandedValues  = 500
	maxExpandedSources = 8
)

// ReadExpanded reads expanded fields. It never fails: of what is not JSON with one
// meaning, or is too large, Unread has the beginning.
func ReadExpanded(body []byte) *Expanded {
	e := &Expanded{Sources: []string{"VIZ", "MRZ", "BARCODE"}}
	root, why := parseFields(body)
	if why == "" && root.kind != '{' {
		why = UnreadJSON
	}
	if why != "" {
		e.Unread = newUnread(why, body)
		return e
	}
	r := &reader{text: string(root.canonical())}
	r.nested(root, "", func(o *object) { o.objects("fields", e.addRows) })
	var more int
	e.Extras, e.Problems, more = boundProblems(r.extras, r.problems)
	e.More += more
	e.Sources = slices.DeleteFunc(e.Sources, func(source string) bool { return !e.hasSource(source) })
	for i := range e.Rows {
		e.Rows[i].Likeness = e.Rows[i].lowestLikeness()
	}
	slices.SortStableFunc(e.Rows, func(a, b ExpandedRow) int { return fieldRank(a.Name) - fieldRank(b.Name) })
	return e
}

func (e *Expanded) addRows(o *object) {
	name := o.string("name")
	value := SourcedValue{
		Source:          o.word("source"),
		Locale:          o.word("locale"),
		Value:           o.scalar("value"),
		NonLatin:        isTrue(o.bool("is_non_latin")),
		Transliteration: isTrue(o.bool("is_transliteration")),
	}
	if !e.hasRoom(value.Source) {
		e.More++
		return
	}
	i := slices.IndexFunc(e.Rows, func(r ExpandedRow) bool { return r.Name == name })
	if i < 0 {
		i = len(e.Rows)
		e.Rows = append(e.Rows, ExpandedRow{Name: name})
	}
	e.Rows[i].Values = append(e.Rows[i].Values, value)
}

// hasRoom reports whether one more value of the source is shown, and remembers the
// source. Without a limit for all of them together, a small answer would make a large
// table.
func (e *Expanded) hasRoom(source string) bool {
	values := 0
	for _, row := range e.Rows {
		values += len(row.Values)
	}
	if values == maxExpandedValues {
		return false
	}
	if slices.Contains(e.Sources, source) {
		return true
	}
	if len(e.Sources) == maxExpandedSources {
		return false
	}
	e.Sources = append(e.Sources, source)
	return true
}

func isTrue(b *bool) bool { return b != nil && *b }

func (e *Expanded) hasSource(source string) bool {
	return slices.ContainsFunc(e.Rows, func(r ExpandedRow) bool { return len(r.From(source)) > 0 })
}

// From returns the values that were read from a source.
func (r ExpandedRow) From(source string) []SourcedValue {
	var list []SourcedValue
	for _, v := range r.Values {
		if v.Source == source {
			list = append(list, v)
		}
	}
	return list
}

// lowestLikeness compares the values from different sources, and returns how the two do that
// differ most. What is in another script is not compared, and one source has nothing to
// be compared with.
func (r ExpandedRow) lowestLikeness() TextComparison {
	filled, sources, compared := map[string]bool{}, map[string]bool{}, false
	for _, v := range r.Values {
		sources[v.Source] = true
		if strings.TrimSpace(v.Value) != "" {
			filled[v.Source] = true
		}
	}
	if len(sources) == 1 && len(filled) == 1 {
		return OneSource
	}
	order := []TextComparison{Missing, Same, Alike, Accents, Damaged, Differs}
	most := 0
	texts := make([]comparedText, len(r.Values))
	for i, v := range r.Values {
		texts[i] = comparedTextOf(v.Value)
	}
	for i, a := range r.Values {
		for j, b := range r.Values[:i] {
			if a.Source != b.Source && a.NonLatin == b.NonLatin {
				compared = true
				most = max(most, slices.Index(order, texts[i].compareTo(texts[j])))
			}
		}
	}
	if !compared && len(filled) > 1 {
		return OtherScript
	}
	return order[most]
}

// Script says in which script and language the value is, where that is known.
func (v SourcedValue) Script() string {
	var parts []string
	if v.Locale != "" && v.Locale != "la" { // Latin goes without saying
		parts = append(parts, "locale "+v.Locale)
	}
	if v.NonLatin {
		parts = append(parts, "not in Latin letters")
	}
	if v.Transliteration {
		parts = append(parts, "transliterated")
	}
	return strings.Join(parts, ", ")
}
