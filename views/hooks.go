package views

import (
	"strconv"

	"countersign/internal/arrivals"
)

// HooksPath is where events of the webhook are listed, and below which Yoti sends them.
const HooksPath = "/hooks"

// HooksFrom is the page of events before one.
func HooksFrom(before int64) string {
	return HooksPath + "?before=" + strconv.FormatInt(before, 10)
}

// HooksPage lists what came by the webhook.
type HooksPage struct {
	Frame
	On     bool // whether events are taken
	Events []arrivals.Event
	Next   int64 // ID of the event before which the next page begins; zero when there is none
}

// namedGroup is IDs of a sort that an event names.
type namedGroup struct {
	Label string
	IDs   []string
}

// namedGroups are the IDs that an event names besides recipients.
func namedGroups(e *arrivals.Event) []namedGroup {
	var list []namedGroup
	if len(e.Envelopes) > 0 {
		list = append(list, namedGroup{"Envelope", e.Envelopes})
	}
	if len(e.Sessions) > 0 {
		list = append(list, namedGroup{"Session", e.Sessions})
	}
	if len(e.Others) > 0 {
		list = append(list, namedGroup{"Unspecified", e.Others})
	}
	return list
}

// toneOfOutcome is how loud what came of an event is.
func toneOfOutcome(o arrivals.Outcome) Tone {
	switch o {
	case arrivals.Queued:
		return Good
	case arrivals.AlreadyDue, arrivals.Repeated, arrivals.Ignored:
		return Mute
	}
	return Warn
}

// cameOf says what came of a recipient since an event named it, to stand before a time where
// there is one.
func cameOf(r arrivals.NamedRecipient) string {
	switch {
	case r.Waiting:
		return "waiting to be fetched"
	case r.Asked.IsZero():
		return "no result fetched since"
	case r.Failed:
		return "Yoti gave nothing"
	}
	return "fetched"
}
