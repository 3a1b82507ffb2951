package idv

import (
	"encoding/json"
	"fmt"
	"log/slog"
)

// Format writes the ID and how many recipients there are, for every verb.
func (e Envelope) Format(f fmt.State, _ rune) {
	fmt.Fprintf(f, "envelope %s with %d recipients", e.ID, len(e.Recipients))
}

// Format writes the ID alone, for every verb.
func (r EnvelopeRecipient) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "recipient %s", r.ID) }

// MarshalJSON returns what Format writes: encoding an envelope is not how to keep one.
func (e Envelope) MarshalJSON() ([]byte, error) { return json.Marshal(fmt.Sprint(e)) }

// MarshalJSON returns what Format writes.
func (r EnvelopeRecipient) MarshalJSON() ([]byte, error) { return json.Marshal(fmt.Sprint(r)) }

// LogValue returns what of an envelope may be logged.
func (e Envelope) LogValue() slog.Value {
	return slog.GroupValue(slog.String("envelope", e.ID.String()), slog.Int("recipients", len(e.Recipients)))
}

// LogValue returns the ID alone.
func (r EnvelopeRecipient) LogValue() slog.Value { return slog.StringValue(r.ID.String()) }
