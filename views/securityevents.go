package views

import "countersign/internal/securityevent"

// toneOfEvent is the tone in which an event is shown. What failed is no news by itself: people
// mistype.
func toneOfEvent(e *securityevent.Event) Tone {
	switch {
	case e.Kind == securityevent.RecordingEnded, e.Kind == securityevent.CounterBack:
		return Bad
	case e.Outcome == securityevent.Failure:
		return Warn
	}
	return Mute
}
