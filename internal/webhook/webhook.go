// Package webhook reads what is posted to Countersign's webhook as an untrusted hint.
//
// Yoti Sign documents no signature, no order and no retries for its events, and no body
// for the idv_* ones. So nothing of a body is believed, shown or kept but two things: which
// kind of event it says it is, out of a fixed list, and the UUIDs in it. What is known of a
// recipient comes from a fetch alone; the hint says only for whom to ask.
//
// Sources: Yoti Sign, notifications object; Yoti IDV, notifications.
package webhook

import (
	"errors"
	"fmt"
	"io"

	"github.com/google/uuid"

	"countersign/internal/idv"
)

// Limits of a body.
const (
	// MaxBytes is the size of the largest body that is read.
	MaxBytes = 64 << 10
	// MaxIDs is how many IDs a Hint has of each sort at most. An envelope has sixty
	// recipients. Source: Yoti Sign, recipient object.
	MaxIDs = 64
)

// The reasons why a body is no hint.
var (
	// ErrTooLarge is returned for a body of more than MaxBytes.
	ErrTooLarge = errors.New("the event is too large")
	// ErrNotJSON is returned for a body that is not one JSON value.
	ErrNotJSON = errors.New("the event is not JSON")
)

// Hint is what a body names. The zero Hint names nothing.
type Hint struct {
	Kind       Kind
	Recipients []idv.RecipientID // under documented names
	Envelopes  []idv.EnvelopeID  // under documented names
	Sessions   []uuid.UUID       // under documented names
	// Others are UUIDs from anywhere in the body, when there are none under documented
	// names: each may be one of a recipient, an envelope, a session or nothing at all.
	Others []uuid.UUID
	// More reports that the body names more than MaxIDs of a sort.
	More bool
}

// Read reads a body to its end, but no more than MaxBytes of it, and returns what it names.
// Its errors are ErrTooLarge, ErrNotJSON, or wrap what r returned.
func Read(r io.Reader) (Hint, error) {
	body, err := io.ReadAll(io.LimitReader(r, MaxBytes+1))
	if err != nil {
		return Hint{}, fmt.Errorf("read event: %w", err)
	}
	return Parse(body)
}

// Parse returns what a body names. The UUID of zeros is not one that names anything.
func Parse(body []byte) (Hint, error) {
	if len(body) > MaxBytes {
		return Hint{}, ErrTooLarge
	}
	s := newScanner(body)
	if err := s.scan(); err != nil {
		return Hint{}, ErrNotJSON
	}
	return s.hint(), nil
}
