package idv

import (
	"fmt"
	"strings"
	"unicode"
)

// Visible writes the signs of a text that cannot be seen, such as those that turn the
// direction of writing, by their names: "⟨U+202E⟩". It reports whether there are any.
// Line ends and tabs are left as they are.
func Visible(text string) (shown string, hidden bool) {
	if strings.IndexFunc(text, isHidden) < 0 {
		return text, false
	}
	var b strings.Builder
	for _, r := range text {
		if isHidden(r) {
			fmt.Fprintf(&b, "⟨U+%04X⟩", r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String(), true
}

// isHidden reports whether a sign takes no room of its own, or looks like a blank and
// counts as a letter.
func isHidden(r rune) bool {
	switch r {
	case '\n', '\r', '\t':
		return false
	case '\u034f', '\u115f', '\u1160', '\u2800', '\u3164', '\uffa0': // the joiner of graphemes, fillers of Hangul, Braille without a dot
		return true
	}
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp)
}
