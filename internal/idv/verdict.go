package idv

import "strings"

// Word says the bucket in plain words.
func (b Bucket) Word() Word {
	switch b {
	case NotReady:
		return Word{"Not ready", "Yoti has not finished, so nothing here is final.", true}
	case Incomplete:
		return Word{"Incomplete", "The session ended before everything was checked, and Yoti will add nothing.", true}
	case Adverse:
		return Word{"Adverse", "Yoti advises against approval in at least one place.", true}
	case Investigate:
		return Word{"Investigate", "Something here needs a person's review before a decision.", true}
	case NotCleared:
		return Word{"Not cleared", "At least one check or identity profile could not be completed, so it clears nothing.", true}
	case ClearWithNotes:
		return Word{"Clear, with notes", "Yoti approved every check; there are details to read first.", true}
	case Clear:
		return Word{"Clear", "Yoti approved every check and every sub-check passed.", true}
	}
	return Word{Label: string(b)}
}

// Verdict says in a few words where the check stands: "Reject · Counterfeit",
// "No report yet".
func (c *AssessedCheck) Verdict() string {
	switch {
	case c.Unreadable():
		return "Could not be read"
	case c.Report == nil && c.State == CheckInternalError:
		return "Error at Yoti"
	case c.Report == nil && c.Bucket == Incomplete:
		return "No report"
	case c.Report == nil:
		return "No report yet"
	case c.Report.Recommendation == "":
		return "No recommendation"
	}
	label := c.Report.Recommendation.Word().Label
	if !c.Report.Recommendation.Word().Known {
		label += " (unknown)"
	}
	if c.Report.Reason != "" {
		label += " · " + c.Type.Reason(c.Report.Reason).Label
	}
	return label
}

// OverriddenNames names the first checks that an approval overrides, with what Yoti says of
// each, and counts those that are not named.
func OverriddenNames(checks []*AssessedCheck, most int) string {
	var list []string
	for _, c := range checks[:min(len(checks), most)] {
		list = append(list, c.Name()+" ("+c.Verdict()+")")
	}
	text := strings.Join(list, ", ")
	if more := len(checks) - most; more > 0 {
		text += " and " + countWords(more, "other check", "other checks")
	}
	return text
}
