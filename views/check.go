package views

import (
	"strconv"

	"countersign/internal/idv"
)

// used returns the resources that a check judged.
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

// resourceTitle names a document or capture: "Passport, United Kingdom".
func resourceTitle(r *idv.Resource) string {
	if r.DocumentType == "" {
		return r.Kind.Word().Label + " " + strconv.Itoa(r.Index+1)
	}
	title := idv.DocumentType(r.DocumentType).Label
	if r.IssuingCountry != "" {
		title += ", " + idv.Country(r.IssuingCountry).Label
	}
	return title
}
