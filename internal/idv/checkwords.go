package idv

import (
	"strconv"
	"strings"
)

// NoBreakdownText says why a report has no rows.
func (c *Check) NoBreakdownText() string {
	if c.BreakdownUnread() {
		return "The breakdown of this check could not be read."
	}
	return "Yoti gave no breakdown for this check."
}

// UnobtainableTexts says what a check mentions and nobody can have, as sentences.
func (c *Check) UnobtainableTexts() []string {
	var list []string
	if c.GeneratedProfile != nil && c.GeneratedProfile.Unobtainable() {
		list = append(list, unobtainableText(FieldGeneratedProfile))
	}
	if c.Report == nil || c.Report.Watchlist == nil {
		return list
	}
	switch raw, total := c.Report.Watchlist.RawResults, c.Report.Watchlist.TotalHits; {
	case raw != nil && raw.Unobtainable():
		list = append(list, unobtainableText(FieldRawResults))
	case raw == nil && total != nil && *total > 0:
		list = append(list, "The check counts "+countWords(*total, "hit", "hits")+", but this result names no search results in which they stand.")
	}
	return list
}

// unobtainableText says that the medium in a field cannot be had.
func unobtainableText(field string) string {
	return MediaField(field).Label + ": " + UnobtainableMeaning
}

// BreakdownSummary says how the breakdown of a check turned out: "6 sub-checks, 1 failed".
func (c *Check) BreakdownSummary() string {
	r := c.Report
	failed, passed := 0, 0
	for _, row := range r.Breakdown {
		switch row.Result {
		case Fail:
			failed++
		case Pass:
			passed++
		}
	}
	parts := []string{countWords(len(r.Breakdown), "sub-check", "sub-checks")}
	if passed == len(r.Breakdown) && !c.BreakdownUnread() {
		return parts[0] + ", all passed"
	}
	if failed > 0 {
		parts = append(parts, strconv.Itoa(failed)+" failed")
	}
	if other := len(r.Breakdown) - failed - passed; other > 0 {
		parts = append(parts, strconv.Itoa(other)+" with another result")
	}
	if c.BreakdownUnread() {
		parts = append(parts, "some could not be read")
	}
	return strings.Join(parts, ", ")
}
