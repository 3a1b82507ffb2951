package idv

import (
	"cmp"
	"strconv"
	"strings"
)

// Line says a check in one short line: what Yoti recommends, and what tells it from others of
// its type: "Approve · score 0.88, by software", "Reject · 4 of 10 sub-checks failed".
func (c *AssessedCheck) Line() string {
	if c.Report == nil || c.Report.Recommendation == "" {
		return c.Verdict()
	}
	text := c.Report.Recommendation.Word().Label
	if !c.Report.Recommendation.Word().Known {
		text += " (unknown)"
	}
	if rest := c.lineText(); rest != "" {
		text += " · " + rest
	}
	return text
}

// lineText is what is behind the recommendation; empty where there is nothing to say.
func (c *AssessedCheck) lineText() string {
	var parts []string
	if score := c.Score(); score != "" {
		parts = append(parts, score)
	}
	rows := len(c.Report.Breakdown)
	switch failed := len(c.Report.Failed()); {
	case failed > 0:
		parts = append(parts, strconv.Itoa(failed)+" of "+countWords(rows, "sub-check", "sub-checks")+" failed")
	case len(parts) > 0:
	case len(c.Earlier) > 0:
		parts = append(parts, "attempt "+strconv.Itoa(len(c.Earlier)+1))
	case c.allPassed():
		parts = append(parts, countWords(rows, "sub-check", "sub-checks")+" passed")
	}
	return strings.Join(parts, ", ")
}

// Score is the similarity score of a check that compares faces, with who decided by it:
// "score 0.88, by software". It is empty where there is none.
func (c *Check) Score() string {
	if c.Report == nil {
		return ""
	}
	for _, row := range c.Report.Breakdown {
		for _, d := range row.Details {
			if d.Name != "confidence_score" || !isDecimal(d.Value) {
				continue
			}
			text := "score " + cmp.Or(DetailValue(d.Name, d.Value).Label, d.Value)
			if p := Process(row.Process); row.Process != "" && p.Known {
				text += ", " + strings.ToLower(p.Label[:1]) + p.Label[1:]
			}
			return text
		}
	}
	return ""
}
