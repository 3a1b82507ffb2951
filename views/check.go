package views

import "countersign/internal/idv"

// used returns the resources that a check names, as far as there is room for them, and
// how many more there are.
func (c shownCase) used(check *idv.Check) (found []*idv.Resource, more int) {
	_, all := c.links.ResourcesOf(check, 0)
	found, _ = c.links.ResourcesOf(check, c.room.take(all))
	return found, all - len(found)
}

// didNotPass reports whether a row of a breakdown is anything but a pass.
func didNotPass(row idv.SubCheck) bool { return row.Result != idv.Pass }

// concerning returns the checks of a list in order of concern that a page shows.
func concerning(checks []idv.AssessedCheck) []idv.AssessedCheck {
	return checks[:min(len(checks), maxChecks)]
}

// rowID names the place of a sub-check on a page: "check-1-hologram".
func rowID(check, name string) string { return idv.SubCheckKey(check, name) }

// result is the word for the outcome of a row.
func result(r idv.Result) string {
	if r == "" {
		return "No result"
	}
	return r.Word().Label
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
	for _, m := range TextsOfCheck(c) {
		if m.Field == idv.FieldRawResults {
			return "Go through the hits"
		}
	}
	return "See the details used"
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
		list = append(list, "The check counts "+count(*total, "hit", "hits")+", but this result names no search results in which they stand.")
	}
	return list
}

// unobtainable says that the medium in a field cannot be had.
func unobtainable(field string) string {
	return idv.MediaField(field).Label + ": " + idv.UnobtainableMeaning
}
