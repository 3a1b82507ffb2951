package views

import (
	"strings"
	"time"

	"countersign/internal/account"
	"countersign/internal/idv"
	"countersign/internal/review"
)

// What a page shows of the story of a recipient.
const (
	fewEvents = 5   // without asking
	maxEvents = 100 // in all, notes besides
)

// shownHistory is the record of a case as a page shows it.
type shownHistory struct {
	Newest  []review.Event
	Earlier []review.Event // folded away, with all that was only opened
	Summary string         // what is folded away
	Cut     bool           // whether there is more that the page does not show
}

// recentHistory tells what happened last, and leaves the rest folded away. Notes are left out of
// nothing: the page has pages of its own for them.
func (p ReviewPage) recentHistory() shownHistory {
	var s shownHistory
	for i, e := range review.Timeline(&p.File, p.Opened) {
		switch {
		case i >= maxEvents && e.Kind != review.EventNoted:
			s.Cut = true
		case e.Kind != review.EventOpened && len(s.Newest) < fewEvents:
			s.Newest = append(s.Newest, e)
		default:
			s.Earlier = append(s.Earlier, e)
		}
	}
	s.Summary = foldedSummary(s.Earlier, p.Opened)
	return s
}

// isOnOther reports whether an event is something that was recorded on another result than
// the one shown.
func isOnOther(c *review.Case, e review.Event) bool {
	return e.Seq > 0 && e.Digest != (idv.Digest{}) && e.Digest != c.Snapshot.Digest
}

// foldedSummary says what is folded away.
func foldedSummary(events []review.Event, opened []review.Opening) string {
	notes, others := 0, 0
	for _, e := range events {
		switch e.Kind {
		case review.EventNoted:
			notes++
		case review.EventOpened:
		default:
			others++
		}
	}
	var parts []string
	if notes > 0 {
		parts = append(parts, countNoun(notes, "earlier note", "earlier notes"))
	}
	if others > 0 {
		parts = append(parts, countNoun(others, "other entry", "other entries"))
	}
	if len(opened) > 0 {
		parts = append(parts, "opened by "+openedBy(opened))
	}
	text := strings.Join(parts, ", ")
	return strings.ToUpper(text[:min(1, len(text))]) + text[min(1, len(text)):]
}

// openedBy says how many people opened a recipient, and how often.
func openedBy(list []review.Opening) string {
	people, times := map[string]bool{}, 0
	for _, o := range list {
		people[o.By] = true
		times += o.Times
	}
	return countNoun(len(people), "person", "people") + ", " + countNoun(times, "time", "times")
}

// RecordedEntry is what the reader has just recorded.
type RecordedEntry struct {
	Seq      int64
	Words    string
	Decision *review.Decision // nil when it was none
	Next     string           // address of the next case, or of the start page
}

// NewRecordedEntry returns the entry with the Seq, where who recorded it about the case and
// it still stands; otherwise nil.
func NewRecordedEntry(c *review.Case, who account.Person, seq int64) *RecordedEntry {
	e := c.Record.Entry(seq)
	if e == nil || e.Actor != who.ID {
		return nil
	}
	r := &RecordedEntry{Seq: seq, Next: HomePath}
	switch e.Act {
	case review.ActDecision:
		if r.Decision = c.Record.Decision(seq); !r.Decision.Stands() {
			return nil
		}
		r.Words = r.Decision.Verdict.Done() + "."
	case review.ActNote:
		r.Words = "Note recorded."
	case review.ActAgreed:
		r.Words = "Second review: confirmed."
	case review.ActDisagreed:
		r.Words = "Second review: not confirmed."
	case review.ActWithdrawn:
		r.Words = "Decision withdrawn."
	default:
		return nil
	}
	return r
}

// changedField says in a few words what changed: the check alone where it is its
// recommendation.
func changedField(c idv.Change) string {
	if c.IsRecommendation() {
		return c.Subject
	}
	return c.Subject + ", " + c.Field
}

// maxShortValue is how many characters of a value stand in a line.
const maxShortValue = 60

// shortValue is the begin of a value.
func shortValue(value string) string {
	if text := []rune(value); len(text) > maxShortValue {
		return string(text[:maxShortValue]) + "…"
	}
	return value
}

// allDifferences names the way to everything that differs.
func allDifferences(list []idv.Change) string {
	if n := len(list); n > 0 && list[n-1].Subject == idv.FurtherFields {
		return "All differences"
	}
	return "All " + countNoun(len(list), "difference", "differences")
}

// formatShortTime writes a time as it is told on a day: the minute on that day, else the date.
func formatShortTime(t, day time.Time) string {
	t, day = t.UTC(), day.UTC()
	switch {
	case t.Year() == day.Year() && t.YearDay() == day.YearDay():
		return t.Format("15:04 UTC")
	case t.Year() == day.Year():
		return t.Format("2 Jan")
	}
	return t.Format("2 Jan 2006")
}
