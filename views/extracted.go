package views

import (
	"strconv"
	"strings"
	"time"

	"countersign/internal/idv"
)

// MediumProblem is why a medium cannot be shown, in words.
type MediumProblem struct {
	Code, Title, Advice string
	Answer              string // what Yoti's answer said of itself; empty when there was none
}

// valueNotes says in words what a value means at the time of the session: a date, an
// age, whether a document has expired, which country.
func valueNotes(path, value string, at time.Time) []string {
	var notes []string
	name := lastPart(path)
	if d, ok := idv.ParseDate(value); ok && strings.Contains(name, "date") {
		if text := d.String(); text != value {
			notes = append(notes, text)
		}
		if name == "date_of_birth" && !at.IsZero() {
			notes = append(notes, d.AgeInWords(at))
		}
	}
	if w := idv.FieldValue(path, value); w.Known {
		notes = append(notes, w.Label)
	}
	return notes
}

// lastPart is the name of a field without those of the fields around it.
func lastPart(path string) string { return path[strings.LastIndexByte(path, '.')+1:] }

// toneOfExpiry returns the tone of a document's validity. Yoti's check governs, so
// none is worse than a warning.
func toneOfExpiry(e idv.Expiry) Tone {
	switch e {
	case idv.Valid, idv.NeverExpires:
		return Good
	case idv.Expired, idv.ExpiresSoon, idv.UnreadExpiry, idv.UnclearExpiry:
		return Warn
	}
	return Mute
}

// toneOfLikeness returns the tone of a comparison, which is not a verdict.
func toneOfLikeness(l idv.TextComparison) Tone {
	switch l {
	case idv.Same:
		return Good
	case idv.Alike, idv.Accents:
		return Minor
	case idv.Differs, idv.Damaged:
		return Warn
	}
	return Mute
}

// fieldNames lists fields by their words.
func fieldNames(paths []string) string {
	var names []string
	for _, path := range paths {
		names = append(names, idv.FieldName(path).Label)
	}
	return strings.Join(names, ", ")
}

// sourceName is the heading of a column of expanded fields.
func sourceName(source string) string {
	if source == "" {
		return "No source given"
	}
	return idv.FieldSource(source).Label
}

// notShownText says how many values are not shown.
func notShownText(n int) string { return "and " + strconv.Itoa(n) + " more, which are not shown" }

// withoutDeceivers is a text without the signs that nobody sees and that belong to no
// language's writing.
func withoutDeceivers(text string) string {
	return strings.Map(func(r rune) rune {
		if idv.IsDeceptive(r) {
			return -1
		}
		return r
	}, text)
}

// visibleText is a text with the signs that nobody sees written by their names.
func visibleText(text string) string {
	shown, _ := idv.Visible(text)
	return shown
}
