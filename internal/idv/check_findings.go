package idv

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// findings lists what its recommendation alone does not tell about a check, of a session
// whose resources have the known ids.
func (c *Check) findings(known map[string]bool) findings {
	var f findings
	c.noteUnknownVerdict(&f)
	if c.Report != nil {
		if c.Report.Recommendation == Approve {
			c.noteApprovedDespite(&f)
		} else {
			c.noteContradictions(&f)
		}
		c.noteStateBesideReport(&f)
		c.noteUnknownDetails(&f)
		c.Report.Watchlist.noteUnknowns(&f)
	}
	for _, id := range c.ResourcesUsed {
		if !known[id] {
			f.addNote(minor, "This check names a resource that is not in this result: %s.", asItCame(id)).
				withTitle("Resource that is not in this result: %s", asItCame(id))
		}
	}
	noteUnknownMedia(&f, c.GeneratedMedia...)
	if c.GeneratedProfile != nil {
		noteUnknownMedia(&f, *c.GeneratedProfile)
	}
	if c.Pool != nil {
		f.addUnknown(ApprovalCriteria(c.Pool.ApprovalCriteria), "approval criterion", c.Pool.ApprovalCriteria)
	}
	f.addUnread("time of creation", c.Created)
	f.addUnread("time of update", c.LastUpdated)
	for _, x := range c.Extras {
		f.addNote(minor, "Yoti sent a field that Countersign shows but does not assess: %s.", asItCame(x.Name)).
			withTitle("Unknown field: %s", asItCame(x.Name)).withKind(ExceptionUnknown, "")
	}
	return f.sorted()
}

// noteUnknownVerdict lists what keeps anyone from taking the check at its word: a verdict
// rests on these, so one that is absent is as good as unknown.
func (c *Check) noteUnknownVerdict(f *findings) {
	for _, p := range c.Problems {
		path, _ := Visible(shortLabel(cmp.Or(p.Path, "The check")))
		f.addInvestigate("%s could not be read.", path)
	}
	if !c.Type.Known() && !c.Unreadable() {
		f.addInvestigate("Countersign does not know this type of check: %s.", asItCame(string(c.Type))).
			withTitle("Unknown type of check: %s", asItCame(string(c.Type)))
	}
	if !c.State.Word().Known && !c.Unreadable() {
		f.addInvestigate("Countersign does not know this state: %s.", asItCame(string(c.State))).
			withTitle("Unknown state: %s", asItCame(string(c.State)))
	}
	if c.Report == nil {
		return
	}
	if !c.Report.Recommendation.Word().Known {
		f.addInvestigate("Countersign does not know this recommendation: %s.", asItCame(string(c.Report.Recommendation))).
			withTitle("Unknown recommendation: %s", asItCame(string(c.Report.Recommendation)))
	}
	if reason := c.Report.Reason; reason != "" && !c.Type.Reason(reason).Known {
		f.addInvestigate("Countersign does not know this reason: %s.", asItCame(reason)).
			withTitle("Unknown reason: %s", asItCame(reason))
	}
	for _, row := range c.Report.Breakdown {
		if !c.Type.SubCheck(row.Name).Known {
			f.addInvestigate("Countersign does not know this sub-check: %s.", asItCame(row.Name)).
				withTitle("Unknown sub-check: %s", asItCame(row.Name)).withKind(ExceptionUnknown, row.Name)
		}
		if !row.Result.Word().Known {
			f.addInvestigate("Countersign does not know the result of %s: %s.", asItCame(row.Name), asItCame(string(row.Result))).
				withTitle("Unknown result of %s: %s", asItCame(row.Name), asItCame(string(row.Result))).withKind(ExceptionUnknown, row.Name)
		}
	}
}

// noteApprovedDespite lists what an approval leaves to be read.
func (c *Check) noteApprovedDespite(f *findings) {
	for _, row := range c.Report.Breakdown {
		name := labelOrNone(c.Type.SubCheckOf(row).Word)
		if row.Result == Fail {
			f.addNote(gravityOf(row.Name), "Yoti approved this check although %q failed.", name).
				withTitle("%s", c.Type.FailedWords(row.Name)).withKind(ExceptionFailed, row.Name)
			continue
		}
		for _, d := range row.Details {
			if row.Result == Pass && d.speaksAgainst() {
				f.addNote(gravityOf(row.Name), "%q passed although its detail %q says %s.", name, labelOrNone(DetailName(d.Name)), asItCame(d.Value)).
					withKind(ExceptionNote, row.Name)
			}
		}
	}
	if w := c.Report.Watchlist; w != nil && w.TotalHits != nil && *w.TotalHits != 0 {
		f.addNote(gravityOf("sanction"), "Yoti approved this check although its search counts hits: %d.", *w.TotalHits).
			withTitle("%s in the search", countWords(*w.TotalHits, "hit", "hits")).withKind(ExceptionHits, "")
	}
	if c.Report.Reason != "" {
		f.addNote(minor, "Yoti approved this check and still gives a reason: %s.", labelOrNone(c.Type.Reason(c.Report.Reason).Word)).
			withTitle("Approved, with a reason: %s", labelOrNone(c.Type.Reason(c.Report.Reason).Word))
	}
	if suggestion := c.Report.RecoverySuggestion; suggestion != "" {
		f.addNote(minor, "Yoti approved this check and still suggests: %s.", labelOrNone(RecoverySuggestion(suggestion))).
			withTitle("Approved, with a suggestion: %s", labelOrNone(RecoverySuggestion(suggestion)))
	}
	if len(c.Report.Breakdown) == 0 && !c.BreakdownUnread() {
		f.addNote(minor, "Yoti approved this check without listing a sub-check.").withTitle("Approved without sub-checks")
	}
}

// speaksAgainst reports whether a detail contradicts a sub-check that passed.
// Source: Yoti IDV, understanding the report and AML report (passed rows name no hits).
func (d Detail) speaksAgainst() bool {
	switch d.Value {
	case "MISMATCH", "FAIL", "false", "LIKELY", "VERY_LIKELY":
		return true
	}
	switch d.Name {
	case "number_of_hits":
		return isDecimal(d.Value) && strings.Trim(d.Value, "0.") != ""
	case "closest_match":
		return d.Value != ""
	}
	return false
}

// noteContradictions says, of a check that was not approved, that its rows tell something
// else than its recommendation and reason. It takes no side: the recommendation governs.
func (c *Check) noteContradictions(f *findings) {
	var against []string
	if reason := c.Report.Reason; reason != "" {
		if passed := c.passedAgainst(reason); passed != "" {
			against = append(against, fmt.Sprintf("gives the reason %q although %q passed", labelOrNone(c.Type.Reason(reason).Word), passed))
		}
	}
	if advises := c.Report.Recommendation.adviceWords(); advises != "" && c.allPassed() {
		against = append(against, advises+" although no sub-check failed")
	}
	if len(against) > 0 {
		f.addNote(minor, "Recommendation and sub-checks differ: Yoti %s; the recommendation governs.", strings.Join(against, " and ")).
			withTitle("Recommendation and sub-checks differ")
	}
	if c.Report.Recommendation == Reject && len(c.Report.Breakdown) == 0 && !c.BreakdownUnread() {
		f.addNote(minor, "Yoti recommends rejecting this check without listing a sub-check that says why; the recommendation governs.").
			withTitle("Rejected without a sub-check that says why")
	}
}

// adviceWords says what a recommendation other than approval makes of a check on grounds
// that its rows should show; empty for one that has no such grounds.
func (r Recommendation) adviceWords() string {
	switch r {
	case Reject:
		return "recommends rejecting this check"
	case Consider:
		return "leaves this check to be considered"
	}
	return ""
}

// allPassed reports whether there are rows, all could be read, and each is a pass.
func (c *Check) allPassed() bool {
	rows := c.Report.Breakdown
	return len(rows) > 0 && !c.BreakdownUnread() && !slices.ContainsFunc(rows, func(row SubCheck) bool { return row.Result != Pass })
}

// passedAgainst returns the label of a sub-check that passed although the reason says
// what it looks for; empty when one of those failed, or none is listed.
func (c *Check) passedAgainst(reason string) string {
	var passed string
	for _, row := range c.Report.Breakdown {
		if !slices.Contains(subChecksOf(reason), row.Name) {
			continue
		}
		if row.Result != Pass {
			return ""
		}
		passed = c.Type.SubCheckOf(row).Label
	}
	return passed
}

// noteStateBesideReport notes that a check with a report is in a state that has none.
// Yoti's own example has CREATED beside reports, which therefore says nothing.
func (c *Check) noteStateBesideReport(f *findings) {
	switch c.State {
	case CheckInternalError:
		f.addNote(minor, "Yoti reports an error of its own in this check, although there is a report.").
			withTitle("Error at Yoti beside a report")
	case CheckPending, CheckReady:
		f.addNote(minor, "Yoti says that this check has not ended, although there is a report.").
			withTitle("Not ended, although there is a report")
	}
}

// noteUnknownDetails lists the values beside the rows of a report that have no words.
func (c *Check) noteUnknownDetails(f *findings) {
	f.addUnknown(RecoverySuggestion(c.Report.RecoverySuggestion), "recovery suggestion", c.Report.RecoverySuggestion)
	for _, row := range c.Report.Breakdown {
		f.addUnknown(Process(row.Process), "process", row.Process)
		for _, d := range row.Details {
			if !DetailName(d.Name).Known {
				f.addNote(minor, "Countersign does not know this detail of a sub-check: %s.", asItCame(d.Name)).
					withTitle("Unknown detail: %s", asItCame(d.Name)).withKind(ExceptionUnknown, row.Name)
			} else if !DetailValue(d.Name, d.Value).Known {
				f.addNote(minor, "Countersign does not know this value of the detail %q: %s.", DetailName(d.Name).Label, asItCame(d.Value)).
					withTitle("Unknown value of %q: %s", DetailName(d.Name).Label, asItCame(d.Value)).withKind(ExceptionUnknown, row.Name)
			}
		}
	}
}

// noteUnknowns lists the values of a summary that have no words; a nil summary has none.
func (w *WatchlistSummary) noteUnknowns(f *findings) {
	if w == nil {
		return
	}
	for _, value := range w.Search.Categories {
		f.addUnknown(WatchlistCategory(value), "category of watchlists", value)
	}
	for _, value := range w.Search.Sources.Types {
		f.addUnknown(WatchlistSource(value), "sort of watchlist", value)
	}
	f.addUnknown(SearchAccount(w.Search.Type), "search account", w.Search.Type)
	f.addUnknown(SearchSource(w.Search.Sources.Type), "choice of watchlists", w.Search.Sources.Type)
	f.addUnknown(Matching(w.Search.Matching.Type), "way of matching names", w.Search.Matching.Type)
	f.addUnknown(Word{Known: isYesOrNo(w.Search.Matching.ExactMatch)}, "choice of exact matches", w.Search.Matching.ExactMatch)
	f.addUnknown(Word{Known: isShare(w.Search.Matching.Fuzziness)}, "fuzziness", w.Search.Matching.Fuzziness)
	for _, code := range w.AssociatedCountryCodes {
		f.addUnknown(Country(code), "country", code)
	}
	if w.RawResults != nil {
		noteUnknownMedia(f, *w.RawResults)
	}
}

// noteUnknownMedia lists the types of media that have no words, and times that are none.
func noteUnknownMedia(f *findings, media ...Media) {
	for _, m := range media {
		f.addUnknown(MediaType(m.Type), "type of medium", m.Type)
		f.addUnread("time of a medium", m.Created)
		f.addUnread("time of a medium", m.LastUpdated)
	}
}
