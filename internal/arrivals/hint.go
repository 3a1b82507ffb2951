package arrivals

import (
	"regexp"
	"strings"
	"time"

	"countersign/internal/idv"
)

// Hint is what the body of an event names, as somebody said who knows the secret of the
// webhook and nothing else.
type Hint struct {
	Kind       string   // of the event, such as signer_completion; empty when it has none
	Envelopes  []string // UUIDs, in their canonical form
	Sessions   []string
	Recipients []idv.RecipientID
	Digest     idv.Digest // SHA-256 of the body
	Unreadable bool       // whether the body is not JSON
}

// maxNamed is how many IDs of a sort are taken from one event.
const maxNamed = 200

// kindForm is how kinds of events are written. Source: Yoti Sign, Notifications object.
var kindForm = regexp.MustCompile(`^[a-z][a-z_]{0,63}$`)

// sanitised leaves out what is not the name of a kind, since anything could stand there, and
// more IDs than an event has.
func (h Hint) sanitised() Hint {
	if !kindForm.MatchString(h.Kind) {
		h.Kind = ""
	}
	h.Envelopes = h.Envelopes[:min(len(h.Envelopes), maxNamed)]
	h.Sessions = h.Sessions[:min(len(h.Sessions), maxNamed)]
	h.Recipients = h.Recipients[:min(len(h.Recipients), maxNamed)]
	return h
}

// BringsIn reports whether an event of its kind is about a result that there may be: somebody
// has signed, or something happened in a session. Others, such as that an envelope was
// created, come before there is anything to fetch. Source: Yoti Sign, Notifications object.
func (h *Hint) BringsIn() bool {
	return h.Kind == "signer_completion" || h.Kind == "envelope_completion" || strings.HasPrefix(h.Kind, "idv_")
}

// Names reports whether it names anything that could be looked up.
func (h *Hint) Names() bool { return len(h.Envelopes)+len(h.Sessions)+len(h.Recipients) > 0 }

// Hook is an event that is to be recorded.
type Hook struct {
	Hint
	At time.Time
}

// RepeatedWithin is how long after an event one with the very same body is taken for the same.
// It is short: bodies of events about sessions are not documented, and two that say the same
// may be about different things. What was missed so is asked for again by its schedule.
const RepeatedWithin = time.Minute

// Outcome is what came of an event, as one word for records.
type Outcome string

// The outcomes of an event.
const (
	Queued     Outcome = "queued"     // something is asked of Yoti because of it
	AlreadyDue Outcome = "waiting"    // all that it names was about to be asked for
	Repeated   Outcome = "repeated"   // the same body had just come
	Ignored    Outcome = "ignored"    // of a kind that brings no recipients in
	NamesNone  Outcome = "names-none" // it names nothing that is known or could be asked for
	Unreadable Outcome = "unreadable" // not JSON
)

// Word says an outcome in a few words.
func (o Outcome) Word() string {
	switch o {
	case Queued:
		return "Queued"
	case AlreadyDue:
		return "Was queued already"
	case Repeated:
		return "Same as the one before"
	case Ignored:
		return "Ignored: this kind brings no results"
	case NamesNone:
		return "Names no recipient, envelope or known session"
	case Unreadable:
		return "Refused: not JSON"
	}
	return string(o)
}

// Event is an event of the webhook on record.
type Event struct {
	ID         int64
	At         time.Time
	Kind       string
	Envelopes  []string
	Sessions   []string
	Recipients []NamedRecipient
	Outcome    Outcome
}

// NamedRecipient is a recipient that an event names, with what came of it since.
type NamedRecipient struct {
	ID      idv.RecipientID
	Waiting bool      // whether it is still to be asked for
	Asked   time.Time // when Yoti was first asked after the event; zero when it was not
	Failed  bool      // whether that gave nothing
}
