package views

import (
	"strconv"

	"countersign/internal/idv"
)

// used returns the resources that a check names.
func used(s *idv.Session, c *idv.Check) []*idv.Resource {
	found, _ := s.ResourcesOf(c)
	return found
}

// dangling returns the ids that a check names and that are nowhere in the result.
func dangling(s *idv.Session, c *idv.Check) []string {
	_, dangling := s.ResourcesOf(c)
	return dangling
}

// result is the word for the outcome of a row.
func result(r idv.Result) string {
	if r == "" {
		return "No result"
	}
	return r.Word().Label
}

// ResourceTitle names a document or capture: "Passport, United Kingdom".
func ResourceTitle(r *idv.Resource) string {
	if r.DocumentType == "" {
		return r.Kind.Word().Label + " " + strconv.Itoa(r.Index+1)
	}
	title := idv.DocumentType(r.DocumentType).Label
	if r.IssuingCountry != "" {
		title += ", " + idv.Country(r.IssuingCountry).Label
	}
	return title
}

// TextsOfCheck returns the media of a check that hold text: what it searched with and
// what it found.
func TextsOfCheck(c *idv.Check) []idv.NamedMedia {
	var list []idv.NamedMedia
	add := func(field string, m *idv.Media) {
		if m == nil {
			return
		}
		if _, ok := m.MediaID(); ok {
			list = append(list, idv.NamedMedia{Field: field, Media: *m})
		}
	}
	add(idv.FieldGeneratedProfile, c.GeneratedProfile)
	if c.Report != nil && c.Report.Watchlist != nil {
		add(idv.FieldRawResults, c.Report.Watchlist.RawResults)
	}
	return list
}

// checkTextsLabel says what the texts of a check are.
func checkTextsLabel(c *idv.Check) string {
	if c.Report != nil && c.Report.Watchlist != nil {
		return "Go through the hits"
	}
	return "See the details used"
}
