package views

import (
	"net/url"
	"slices"

	"countersign/internal/idv"
	"countersign/internal/review"
)

// SearchField is the field of an address that holds what to search for.
const SearchField = "q"

func searchFor(id idv.RecipientID) string {
	return SearchPath + "?" + url.Values{SearchField: {id.String()}}.Encode()
}

// single returns the one UUID that was typed; false where there was none.
func (p SearchPage) single() (idv.RecipientID, bool) {
	if len(p.IDs) != 1 {
		return idv.RecipientID{}, false
	}
	return p.IDs[0], true
}

// isEnvelope reports whether what was typed is known to be the ID of an envelope.
func (p SearchPage) isEnvelope() bool {
	return slices.ContainsFunc(p.Found.Lines, func(l review.FoundLine) bool { return l.Match == review.MatchEnvelope })
}

// guessTitle says what is known of the one UUID that was typed.
func (p SearchPage) guessTitle() string {
	switch {
	case len(p.Found.Lines) == 0:
		return "This ID is not known here"
	case p.isEnvelope():
		return "This is the ID of an envelope"
	}
	return "This may also be an ID that is not known here"
}

func (p SearchPage) foundTitle() string {
	switch n := len(p.Found.Lines); {
	case n == 0:
		return "Nothing was found"
	case p.Found.More:
		return "The first " + countNoun(n, "case", "cases")
	default:
		return countNoun(n, "case", "cases")
	}
}

// focusesField reports whether the page begins in its field: where there is nothing to open.
func (p SearchPage) focusesField() bool {
	return len(p.IDs) == 0 && len(p.Found.Lines) == 0 && p.Envelope.Problem == "" && !p.hasAnnouncements()
}

// focusesResult reports whether the page begins at what there is to open.
func (p SearchPage) focusesResult() bool { return !p.hasAnnouncements() }

// documentOfLine names the identity document of a listed case and who issued it.
func documentOfLine(l review.QueueLine) string {
	r := idv.Resource{Kind: idv.IDDocuments, DocumentType: l.Document, IssuingCountry: l.Country}
	return r.Title()
}
