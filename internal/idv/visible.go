package idv

import (
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Visible writes the signs of a text that cannot be seen, such as those that turn the
// direction of writing, by their names: "⟨U+202E⟩". It reports whether there are any.
// Line ends and tabs are left as they are.
func Visible(text string) (shown string, hidden bool) {
	shown = withNames(text, isHidden)
	return shown, shown != text
}

// withNames writes each character that is to be named by its name.
func withNames(text string, isNamed func(rune) bool) string {
	if strings.IndexFunc(text, isNamed) < 0 {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		if isNamed(r) {
			fmt.Fprintf(&b, "⟨U+%04X⟩", r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// VisibleControls is Visible for a text in any language: characters that join letters, or
// say in which direction the ones beside them run, belong to the writing of some, and
// stay.
func VisibleControls(text string) string { return withNames(text, IsDeceptive) }

// Deceives reports whether a character cannot be seen and belongs to no language's writing.
func IsDeceptive(r rune) bool {
	switch r {
	case '\u061c', '\u200c', '\u200d', '\u200e', '\u200f':
		return false
	}
	if ' ' <= r && r < '\x7f' {
		return false
	}
	return isHidden(r)
}

// VisibleWord is Visible for a value of Yoti's vocabulary, which is written in plain
// letters: blanks that nobody would notice stand by their names too, and every letter
// that only looks like one of ours has its name behind it.
func VisibleWord(word string) string {
	if isPlainWord(word) {
		return word
	}
	lookalikes := isCode(word)
	var b strings.Builder
	runes := []rune(word)
	for i, r := range runes {
		inside := 0 < i && i < len(runes)-1 && runes[i-1] != ' ' && runes[i+1] != ' '
		switch {
		case r == ' ' && inside, '!' <= r && r <= '~':
			b.WriteRune(r)
		case unicode.IsLetter(r) && !lookalikes && !isHidden(r):
			b.WriteRune(r)
		case unicode.In(r, unicode.L, unicode.N, unicode.P, unicode.S) && !isHidden(r):
			fmt.Fprintf(&b, "%c⟨U+%04X⟩", r, r)
		default:
			fmt.Fprintf(&b, "⟨U+%04X⟩", r)
		}
	}
	return b.String()
}

// isPlainWord reports whether there is nothing in a word that needs a name.
func isPlainWord(word string) bool {
	for i := range len(word) {
		if c := word[i]; c == ' ' && (i == 0 || i == len(word)-1 || word[i-1] == ' ') || c < ' ' || c > '~' {
			return false
		}
	}
	return true
}

// isCode reports whether a word is meant for programs, such as NOT_AVAILABLE, and not
// in some language that people write.
func isCode(word string) bool {
	plain := norm.NFKC.String(word)
	return strings.Contains(plain, "_") || !strings.ContainsFunc(plain, unicode.IsLower)
}

// isHidden reports whether a character takes no room of its own, or looks like a blank and
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
