package review

import (
	"strconv"
	"strings"
	"time"

	"countersign/internal/ledger"
)

// QueueColumns names the values of QueueRow.
func QueueColumns() []string {
	return []string{"recipient", "stage", "bucket", "why", "document", "country", "since", "due", "overdue", "assignee", "assigned", "notes", "decision", "verdict", "decision_state", "decided", "reviewer", "changed", "tags"}
}

// QueueRow is a line of the queue as a row of a table.
func QueueRow(l *QueueLine) []string {
	return []string{
		l.Recipient.String(), string(l.Stage), string(l.Bucket), l.Why, l.Document, l.Country, timeOrNone(l.Since), timeOrNone(l.Due), strconv.FormatBool(l.Overdue),
		l.Assignee, timeOrNone(l.Assigned), strconv.Itoa(l.Notes), numberOrNone(l.Decision), string(l.Verdict), string(l.State), timeOrNone(l.Decided), l.Reviewer,
		strconv.FormatBool(l.Changed), strings.Join(l.Tags, " "),
	}
}

// timeOrNone writes a time; nothing for the zero Time.
func timeOrNone(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(ledger.TimeLayout)
}
