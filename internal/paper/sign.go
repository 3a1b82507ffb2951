package paper

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Codes stand between these two. A text that has the first of them itself is written
// with its code, so that what looks like a code is one.
const (
	opening = '‹'
	closing = '›'
)

// spell returns a line as it is drawn: with the codes of the signs that have no look.
// Codes in a row share the signs around them: "‹U+738B U+5C0F›". A byte that is no
// UTF-8 is written as "‹0xFF›".
func (f *face) spell(line string) string {
	if strings.IndexFunc(line, f.lacks) < 0 {
		return line
	}
	var b strings.Builder
	inside := false
	for i := 0; i < len(line); {
		r, n := utf8.DecodeRuneInString(line[i:])
		if !f.lacks(r) {
			if inside {
				b.WriteRune(closing)
				inside = false
			}
			b.WriteRune(r)
			i += n
			continue
		}
		if inside {
			b.WriteByte(' ')
		} else {
			b.WriteRune(opening)
			inside = true
		}
		if r == utf8.RuneError && n == 1 {
			fmt.Fprintf(&b, "0x%02X", line[i])
		} else {
			fmt.Fprintf(&b, "U+%04X", r)
		}
		i += n
	}
	if inside {
		b.WriteRune(closing)
	}
	return b.String()
}

// lacks reports whether a sign is not to be drawn: the font does not have it, it cannot
// be seen, or it cannot be told from another. The code of a sign that is no UTF-8 is
// that of the replacement, which is not to be drawn either.
func (f *face) lacks(r rune) bool {
	switch {
	case r == ' ':
		return false
	case r == opening, r == utf8.RuneError, r > unicode.MaxLatin1 && unicode.Is(unicode.Zs, r):
		return true
	case !unicode.IsGraphic(r), unicode.Is(unicode.M, r):
		return true
	}
	return !f.has(r)
}
