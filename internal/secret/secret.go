// Package secret keeps what must not be read out of logs, pages and errors. A type that
// holds a secret embeds Redacted and keeps the secret itself behind a function.
package secret

import (
	"fmt"
	"io"
	"log/slog"
)

// text stands wherever a secret would be printed.
const text = "[redacted]"

// Redacted makes whatever embeds it print, log and encode as [redacted]. It has no field.
// What is beside it should be a function that returns the secret: fmt reads a text past
// every method for %p and %w, and where a value stands in an unexported field.
type Redacted struct{}

// String returns [redacted].
func (Redacted) String() string { return text }

// GoString returns [redacted].
func (Redacted) GoString() string { return text }

// Format writes [redacted] for every verb.
func (Redacted) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, text) }

// MarshalText returns [redacted].
func (Redacted) MarshalText() ([]byte, error) { return []byte(text), nil }

// MarshalJSON returns "[redacted]".
func (Redacted) MarshalJSON() ([]byte, error) { return []byte(`"` + text + `"`), nil }

// LogValue returns [redacted].
func (Redacted) LogValue() slog.Value { return slog.StringValue(text) }
