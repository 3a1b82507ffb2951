package yotisign

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
)

// Key is an API key of Yoti Sign. However it is printed, logged or encoded, it shows
// as [redacted]; only a request's Authorization header ever holds it.
type Key struct{ secret string }

// redacted stands wherever a key would be printed.
const redacted = "[redacted]"

// NewKey returns the key that s holds, without a line end after it. It refuses what
// cannot stand in a header.
func NewKey(s string) (Key, error) {
	s = strings.TrimRight(s, "\r\n")
	if s == "" {
		return Key{}, errors.New("the API key is empty")
	}
	if strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return Key{}, errors.New("the API key holds a blank or a character that no key has")
	}
	return Key{s}, nil
}

// String returns [redacted].
func (Key) String() string { return redacted }

// Format writes [redacted] for every verb.
func (Key) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// MarshalText returns [redacted].
func (Key) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// LogValue returns [redacted].
func (Key) LogValue() slog.Value { return slog.StringValue(redacted) }
