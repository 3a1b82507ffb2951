package idv

import "strconv"

// Title names a document or capture: "Passport, United Kingdom".
func (r *Resource) Title() string {
	if r.DocumentType == "" {
		return r.Kind.Word().Label + " " + strconv.Itoa(r.Index+1)
	}
	title := DocumentType(r.DocumentType).Label
	if r.IssuingCountry != "" {
		title += ", " + Country(r.IssuingCountry).Label
	}
	return title
}
