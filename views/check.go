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
