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
	c.unknownVerdict(&f)
	if c.Report != nil {
		if c.Report.Recommendation == Approve {
			c.approvedAlthough(&f)
		} else {
			c.inconsistent(&f)
		}
		c.stateBesideReport(&f)
		c.unknownDetails(&f)
		c.Report.Watchlist.unknowns(&f)
	}
	for _, id := range c.ResourcesUsed {
		if !known[id] {
			f.note(minor, "This check names a resource that is not in this result: %s.", asItCame(id)).
				titled("Resource that is not in this result: %s", asItCame(id))
		}
	}
	unknownMedia(&f, c.GeneratedMedia...)
	if c.GeneratedProfile != nil {
		unknownMedia(&f, *c.GeneratedProfile)
	}
	if c.Pool != nil {
		f.unknown(ApprovalCriteria(c.Pool.ApprovalCriteria), "approval criterion", c.Pool.ApprovalCriteria)
	}
	f.unread("time of creation", c.Created)
	f.unread("time of update", c.LastUpdated)
	for _, x := range c.Extras {
		f.note(minor, "Yoti sent a field that Countersign shows but does not assess: %s.", asItCame(x.Name)).
			titled("Unknown field: %s", asItCame(x.Name)).of(ExceptionUnknown, "")
	}
	return f.sorted()
}

// unknownVerdict lists what keeps anyone from taking the check at its word: a verdict
// rests on these, so one that is absent is as good as unknown.
func (c *Check) unknownVerdict(f *findings) {
	for _, p := range c.Problems {
		path, _ := Visible(short(cmp.Or(p.Path, "The check")))
		f.investigate("%s could not be read.", path)
	}
	if !c.Type.Known() && !c.Unreadable() {
		f.investigate("Countersign does not know this type of check: %s.", asItCame(string(c.Type))).
			titled("Unknown type of check: %s", asItCame(string(c.Type)))
	}
	if !c.State.Word().Known && !c.Unreadable() {
		f.investigate("Countersign does not know this state: %s.", asItCame(string(c.State))).
			titled("Unknown state: %s", asItCame(string(c.State)))
	}
	if c.Report == nil {
		return
	}
	if !c.Report.Recommendation.Word().Known {
		f.investigate("Countersign does not know this recommendation: %s.", asItCame(string(c.Report.Recommendation))).
			titled("Unknown recommendation: %s", asItCame(string(c.Report.Recommendation)))
	}
	if reason := c.Report.Reason; reason != "" && !c.Type.Reason(reason).Known {
		f.investigate("Countersign does not know this reason: %s.", asItCame(reason)).
			titled("Unknown reason: %s", asItCame(reason))
	}
	for _, row := range c.Report.Breakdown {
		if !c.Type.SubCheck(row.Name).Known {
			f.investigate("Countersign does not know this sub-check: %s.", asItCame(row.Name)).
				titled("Unknown sub-check: %s", asItCame(row.Name)).of(ExceptionUnknown, row.Name)
		}
		if !row.Result.Word().Known {
			f.investigate("Countersign does not know the result of %s: %s.", asItCame(row.Name), asItCame(string(row.Result))).
				titled("Unknown result of %s: %s", asItCame(row.Name), asItCame(string(row.Result))).of(ExceptionUnknown, row.Name)
		}
	}
}

// approvedAlthough lists what an approval leaves to be read.
func (c *Check) approvedAlthough(f *findings) {
	for _, row := range c.Report.Breakdown {
		name := labelOrNone(c.Type.SubCheckOf(row).Word)
		if row.Result == Fail {
			f.note(gravityOf(row.Name), "Yoti approved this check although %q failed.", name).
				titled("%s", c.Type.FailedWords(row.Name)).of(ExceptionFailed, row.Name)
			continue
		}
		for _, d := range row.Details {
			if row.Result == Pass && d.speaksAgainst() {
				f.note(gravityOf(row.Name), "%q passed although its detail %q says %s.", name, labelOrNone(DetailName(d.Name)), asItCame(d.Value)).
					of(ExceptionNote, row.Name)
			}
		}
	}
	if w := c.Report.Watchlist; w != nil && w.TotalHits != nil && *w.TotalHits != 0 {
		f.note(gravityOf("sanction"), "Yoti approved this check although its search counts hits: %d.", *w.TotalHits).
			titled("%s in the search", counted(*w.TotalHits, "hit", "hits")).of(ExceptionHits, "")
	}
	if c.Report.Reason != "" {
		f.note(minor, "Yoti approved this check and still gives a reason: %s.", labelOrNone(c.Type.Reason(c.Report.Reason).Word)).
			titled("Approved, with a reason: %s", labelOrNone(c.Type.Reason(c.Report.Reason).Word))
	}
	if suggestion := c.Report.RecoverySuggestion; suggestion != "" {
		f.note(minor, "Yoti approved this check and still suggests: %s.", labelOrNone(RecoverySuggestion(suggestion))).
			titled("Approved, with a suggestion: %s", labelOrNone(RecoverySuggestion(suggestion)))
	}
	if len(c.Report.Breakdown) == 0 && !c.BreakdownUnread() {
		f.note(minor, "Yoti approved this check without listing a sub-check.").titled("Approved without sub-checks")
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

// inconsistent says, of a check that was not approved, that its rows tell something
// else than its recommendation and reason. It takes no side: the recommendation governs.
func (c *Check) inconsistent(f *findings) {
	var against []string
	if reason := c.Report.Reason; reason != "" {
		if passed := c.passedAgainst(reason); passed != "" {
			against = append(against, fmt.Sprintf("gives the reason %q although %q passed", labelOrNone(c.Type.Reason(reason).Word), passed))
		}
	}
	if advises := c.Report.Recommendation.advises(); advises != "" && c.allPassed() {
		against = append(against, advises+" although no sub-check failed")
	}
	if len(against) > 0 {
		f.note(minor, "Recommendation and sub-checks differ: Yoti %s; the recommendation governs.", strings.Join(against, " and ")).
			titled("Recommendation and sub-checks differ")
	}
	if c.Report.Recommendation == Reject && len(c.Report.Breakdown) == 0 && !c.BreakdownUnread() {
		f.note(minor, "Yoti recommends rejecting this check without listing a sub-check that says why; the recommendation governs.").
			titled("Rejected without a sub-check that says why")
	}
}

// advises says what a recommendation other than approval makes of a check on grounds
// that its rows should show; empty for one that has no such grounds.
func (r Recommendation) advises() string {
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

// stateBesideReport notes that a check with a report is in a state that has none.
// Yoti's own example has CREATED beside reports, which therefore says nothing.
func (c *Check) stateBesideReport(f *findings) {
	switch c.State {
	case CheckInternalError:
		f.note(minor, "Yoti reports an error of its own in this check, although there is a report.").
			titled("Error at Yoti beside a report")
	case CheckPending, CheckReady:
		f.note(minor, "Yoti says that this check has not ended, although there is a report.").
			titled("Not ended, although there is a report")
	}
}

// unknownDetails lists the values beside the rows of a report that have no words.
func (c *Check) unknownDetails(f *findings) {
	f.unknown(RecoverySuggestion(c.Report.RecoverySuggestion), "recovery suggestion", c.Report.RecoverySuggestion)
	for _, row := range c.Report.Breakdown {
		f.unknown(Process(row.Process), "process", row.Process)
		for _, d := range row.Details {
			if !DetailName(d.Name).Known {
				f.note(minor, "Countersign does not know this detail of a sub-check: %s.", asItCame(d.Name)).
					titled("Unknown detail: %s", asItCame(d.Name)).of(ExceptionUnknown, row.Name)
			} else if !DetailValue(d.Name, d.Value).Known {
				f.note(minor, "Countersign does not know this value of the detail %q: %s.", DetailName(d.Name).Label, asItCame(d.Value)).
					titled("Unknown value of %q: %s", DetailName(d.Name).Label, asItCame(d.Value)).of(ExceptionUnknown, row.Name)
			}
		}
	}
}

// unknowns lists the values of a summary that have no words; a nil summary has none.
func (w *WatchlistSummary) unknowns(f *findings) {
	if w == nil {
		return
	}
	for _, value := range w.Search.Categories {
		f.unknown(WatchlistCategory(value), "category of watchlists", value)
	}
	for _, value := range w.Search.Sources.Types {
		f.unknown(WatchlistSource(value), "sort of watchlist", value)
	}
	f.unknown(SearchAccount(w.Search.Type), "search account", w.Search.Type)
	f.unknown(SearchSource(w.Search.Sources.Type), "choice of watchlists", w.Search.Sources.Type)
	f.unknown(Matching(w.Search.Matching.Type), "way of matching names", w.Search.Matching.Type)
	f.unknown(Word{Known: isYesOrNo(w.Search.Matching.ExactMatch)}, "choice of exact matches", w.Search.Matching.ExactMatch)
	f.unknown(Word{Known: isShare(w.Search.Matching.Fuzziness)}, "fuzziness", w.Search.Matching.Fuzziness)
	for _, code := range w.AssociatedCountryCodes {
		f.unknown(Country(code), "country", code)
	}
	if w.RawResults != nil {
		unknownMedia(f, *w.RawResults)
	}
}

// unknownMedia lists the types of media that have no words, and times that are none.
func unknownMedia(f *findings, media ...Media) {
	for _, m := range media {
		f.unknown(MediaType(m.Type), "type of medium", m.Type)
		f.unread("time of a medium", m.Created)
		f.unread("time of a medium", m.LastUpdated)
	}
}
