package review

import (
	"strings"
	"unicode/utf8"
)

// StorableText returns a text from outside as a database holds it: PostgreSQL takes neither the
// character NUL nor what is not UTF-8. Each is replaced, and not left out, so that a value that
// nobody knows does not become one that somebody does.
func StorableText(text string) string {
	if utf8.ValidString(text) && strings.IndexByte(text, 0) < 0 {
		return text
	}
	const replacement = string(utf8.RuneError)
	return strings.ReplaceAll(strings.ToValidUTF8(text, replacement), "\x00", replacement)
}
