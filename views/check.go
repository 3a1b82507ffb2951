package views

import (
	"strconv"

	"countersign/internal/idv"
	"countersign/internal/review"
)

// resourcesUsed returns the resources that a check names, as far as there is room for them, and
// how many more there are.
func (c caseView) resourcesUsed(check *idv.Check) (found []*idv.Resource, more int) {
	_, all := c.links.ResourcesOf(check, 0)
	found, _ = c.links.ResourcesOf(check, c.room.take(all))
	return found, all - len(found)
}

// didNotPass reports whether a row of a breakdown is anything but a pass.
func didNotPass(row idv.SubCheck) bool { return row.Result != idv.Pass }

// shownChecks returns the checks of a list in order of concern that a page shows.
func shownChecks(checks []idv.AssessedCheck) []idv.AssessedCheck {
	return checks[:min(len(checks), maxChecks)]
}

// resultLabel is the word for the outcome of a row.
func resultLabel(r idv.Result) string {
	if r == "" {
		return "No result"
	}
	return r.Word().Label
}

// checkTextsLabel says what the texts of a check are; r is nil where it has no hits.
func checkTextsLabel(c *idv.Check, r *review.HitReview) string {
	for _, m := range c.Texts() {
		if m.Field != idv.FieldRawResults {
			continue
		}
		if r == nil || r.Total == 0 {
			return "Review hits"
		}
		return "Review hits (" + strconv.Itoa(r.Total) + ")"
	}
	return "Show details used"
}

// noBreakdown says why a report has no rows.
func noBreakdown(c *idv.Check) string {
	if c.BreakdownUnread() {
		return "The breakdown of this check could not be read."
	}
	return "Yoti gave no breakdown for this check."
}

// unobtainableOfCheck says what a check mentions and nobody can have, as sentences.
func unobtainableOfCheck(c *idv.Check) []string {
	var list []string
	if c.GeneratedProfile != nil && c.GeneratedProfile.Unobtainable() {
		list = append(list, unobtainable(idv.FieldGeneratedProfile))
	}
	if c.Report == nil || c.Report.Watchlist == nil {
		return list
	}
	switch raw, total := c.Report.Watchlist.RawResults, c.Report.Watchlist.TotalHits; {
	case raw != nil && raw.Unobtainable():
		list = append(list, unobtainable(idv.FieldRawResults))
	case raw == nil && total != nil && *total > 0:
		list = append(list, "The check counts "+countNoun(*total, "hit", "hits")+", but this result names no search results in which they stand.")
	}
	return list
}

// unobtainable says that the medium in a field cannot be had.
func unobtainable(field string) string {
	return idv.MediaField(field).Label + ": " + idv.UnobtainableMeaning
}
