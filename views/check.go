package views

import (
	"countersign/internal/idv"
)

// resourcesUsed returns the resources that a check names, as far as there is room for them, and
// how many more there are.
func (c caseView) resourcesUsed(check *idv.Check) (found []*idv.Resource, more int) {
	_, all := c.links.ResourcesOf(check, 0)
	found, _ = c.links.ResourcesOf(check, c.room.take(all))
	return found, all - len(found)
}

// shownChecks returns the checks of a list in order of concern that a page shows.
func shownChecks(checks []idv.AssessedCheck) []idv.AssessedCheck {
	return checks[:min(len(checks), maxChecks)]
}
