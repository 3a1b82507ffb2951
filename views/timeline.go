package views

import (
	"strings"

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
func foldedSummary(events []review.Event, opened []review.ViewSummary) string {
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
func openedBy(list []review.ViewSummary) string {
	people, times := map[string]bool{}, 0
	for _, o := range list {
		people[o.By] = true
		times += o.Times
	}
	return countNoun(len(people), "person", "people") + ", " + countNoun(times, "time", "times")
}
