package yotisign

import (
	"errors"
	"strings"

	"countersign/internal/secret"
)

// Key is an API key of Yoti Sign. However it is printed, logged or encoded, it shows
// as [redacted]; only a request's Authorization header ever holds it.
type Key struct {
	secret.Redacted
	// reveal returns the key. It is a function because fmt reads a text past every
	// method of Key: for %p and %w, and where a Key stands in an unexported field.
	reveal func() string
}

// NewKey returns the key that s holds, without a line end after it. It refuses what
// cannot stand in a header; its errors do not repeat s.
func NewKey(s string) (Key, error) {
	s = strings.TrimRight(s, "\r\n")
	if s == "" {
		return Key{}, errors.New("the API key is empty")
	}
	if strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return Key{}, errors.New("the API key holds a blank or a character that no key has")
	}
	return Key{reveal: func() string { return s }}, nil
}

// bearer returns the value of the Authorization header. The zero Key has none.
func (k Key) bearer() string {
	if k.reveal == nil {
		return ""
	}
	return "Bearer " + k.reveal()
}

// occursIn reports whether a text holds the key, or a part of it: it must not be
// repeated then.
func (k Key) occursIn(text string) bool {
	return k.reveal != nil && text != "" && (strings.Contains(k.reveal(), text) || strings.Contains(text, k.reveal()))
}
