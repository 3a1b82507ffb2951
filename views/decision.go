package views

import (
	"slices"

	"countersign/internal/account"
	"countersign/internal/idv"
	"countersign/internal/review"
)

// DecisionChoice is what somebody has chosen in the form of a decision.
type DecisionChoice struct {
	Verdict        review.Verdict
	Reasons        []string // codes
	ReferTo        string
	Contradictions map[string]string // reasons, by the key of the check
	Problem        string            // why what was sent was not recorded, as a sentence
}

// toneOfDecision returns the tone of a decision that is in a state.
func toneOfDecision(v review.Verdict, s review.DecisionState) Tone {
	switch {
	case s == review.Proposed:
		return Wait
	case s != review.Confirmed:
		return Mute
	case v == review.Approve:
		return Good
	case v == review.Reject:
		return Bad
	}
	return Wait
}

// decisionLabel says a decision and, unless it simply stands, its state.
func decisionLabel(v review.Verdict, s review.DecisionState) string {
	if s == review.Confirmed {
		return v.Done()
	}
	return v.Done() + " · " + s.Label()
}

// maySecond reports whether the reader may answer a decision as second reviewer.
func maySecond(who account.Person, d *review.Decision) bool {
	return d.State == review.Proposed && d.Author != who.ID && who.Role.May(account.ReviewSecond)
}

// mayWithdraw reports whether the reader may take a decision back.
func mayWithdraw(who account.Person, d *review.Decision) bool {
	return d.Stands() && who.Role.May(account.Decide) && (d.Author == who.ID || who.Role == account.Supervisor)
}

// isOnNewest reports whether a decision is about the newest result.
func isOnNewest(p ReviewPage, d *review.Decision) bool { return d.Digest == p.Newest.Digest }

// takesAnswer reports whether the page has a form in which an answer to a decision stands.
func takesAnswer(p ReviewPage) bool {
	for i := range p.Record.Decisions {
		d := &p.Record.Decisions[i]
		if maySecond(p.Who, d) && isOnNewest(p, d) || mayWithdraw(p.Who, d) {
			return true
		}
	}
	return false
}

// eventIcon is the symbol of a kind of event.
func eventIcon(k review.EventKind) string {
	switch k {
	case review.EventFetched, review.EventChanged:
		return "refresh-cw"
	case review.EventFailed, review.EventReset:
		return "triangle-alert"
	case review.EventDecided, review.EventSeconded:
		return "circle-check"
	case review.EventWithdrawn:
		return "circle-minus"
	case review.EventNoted, review.EventExported, review.EventExpected:
		return "file-text"
	}
	return "search"
}

// referredTo says to whom a case was referred.
func referredTo(s *review.Statement) string {
	if s.ReferredTo == "" {
		return "any supervisor"
	}
	return s.ReferredTo
}

// documentLine says a document in one line.
func documentLine(d review.DecidedPaper) string {
	return idv.DocumentType(d.Type).Label + ", " + idv.Country(d.Country).Label
}

// maxEvents is how many events a page shows.
const maxEvents = 100

// newest returns the events that a page shows.
func newest(story []review.Event) []review.Event { return story[:min(len(story), maxEvents)] }

// noteRequired reports whether every verdict on a case requires a note.
func noteRequired(p ReviewPage) bool {
	return !slices.ContainsFunc(p.Prospects, func(v review.Prospect) bool { return v.Note == "" })
}
