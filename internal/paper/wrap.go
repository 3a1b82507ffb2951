package paper

import (
	"strings"
	"unicode/utf8"
)

// lines breaks a text into the lines in which it is drawn: at its line feeds, and where
// it would be wider than the width, in points. There is at least one.
func (s style) lines(text string, width float64) []string {
	var lines []string
	for line := range strings.SplitSeq(text, "\n") {
		lines = s.wrap(lines, s.face.spell(plain(line)), width)
	}
	return lines
}

// plain returns a line without the rest of its end, and with spaces for tabs.
func plain(line string) string {
	return strings.ReplaceAll(strings.TrimSuffix(line, "\r"), "\t", "    ")
}

// wrap appends the lines of one that has no line feeds. It breaks at spaces, which are
// not drawn there; in a word that is wider than a line, behind a sign such as a hyphen
// or a slash, or else anywhere. A line has at least one letter, however narrow it is.
func (s style) wrap(lines []string, text string, width float64) []string {
	start, used := 0, 0.0
	end, next := 0, 0 // the last spaces
	for i, r := range text {
		if r == ' ' {
			if next != i {
				end = i
			}
			next = i + 1
			used += s.width(r)
			continue
		}
		for used+s.width(r) > width && i > start {
			if end <= start { // no spaces but those that the line begins with
				end = start + foldAt(text[start:i])
				next = end
			}
			lines = append(lines, strings.TrimRight(text[start:end], " "))
			start, end = next, next
			used = s.length(text[start:i])
		}
		used += s.width(r)
	}
	return append(lines, strings.TrimRight(text[start:], " "))
}

// foldAt returns how much of a long word stays on the line that it fills: up to the last
// sign behind which it may be broken, if that leaves half of the line filled.
func foldAt(word string) int {
	for i := len(word); i > len(word)/2; {
		r, n := utf8.DecodeLastRuneInString(word[:i])
		if r == opening && i-n > 0 {
			return i - n
		}
		if r == closing || strings.ContainsRune("/-_.,:;?&=|", r) {
			return i
		}
		i -= n
	}
	return len(word)
}

// length is the width of a text, in points.
func (s style) length(text string) float64 {
	length := 0.0
	for _, r := range text {
		length += s.width(r)
	}
	return length
}
