package arrivals

import (
	"crypto/sha256"
	"time"

	"github.com/google/uuid"

	"countersign/internal/idv"
	"countersign/internal/webhook"
)

// Hook is an event that is to be recorded: what its body names, and nothing else of it.
type Hook struct {
	webhook.Hint
	At         time.Time
	Digest     idv.Digest // SHA-256 of the body
	Unreadable bool       // whether the body is not JSON
}

// maxGuessed is how many IDs are looked up of which the event does not say what they are of.
const maxGuessed = 4

// Guessed are the IDs of which the event does not say what they are of.
func (h *Hook) Guessed() []uuid.UUID { return h.Others[:min(len(h.Others), maxGuessed)] }

// readHook reads the body of an event.
func readHook(body []byte, at time.Time) Hook {
	hint, err := webhook.Parse(body)
	return Hook{Hint: hint, At: at, Digest: sha256.Sum256(body), Unreadable: err != nil}
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
	Others     []string // of which the event does not say what they are of
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
