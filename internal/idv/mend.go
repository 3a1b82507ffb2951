package idv

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// byteOrderMark is what some writers put before a text in UTF-8.
const byteOrderMark = "\uFEFF"

// wantWhole is what a text should be in which a character is lost.
const wantWhole = "text of which no character is lost"

// lost stands for a character that is lost.
const lost = "\uFFFD"

// isDamaged reports whether a character of a text is lost: mend wrote U+FFFD for it, or
// someone who had the text before.
func isDamaged(text string) bool { return strings.Contains(text, lost) }

// mendJSON returns JSON in which whatever is wrong within a string is wrong no more, so that
// it costs that string and not all the others: what stands for no character becomes
// U+FFFD, a bare control character is escaped. A byte order mark before the JSON is left
// out, and what some writers take for numbers becomes text. Anything else stays as it
// is, for the parser to refuse.
func mendJSON(body []byte) []byte {
	body = trimByteOrderMark(body)
	m := mender{in: body}
	for m.at < len(body) {
		if body[m.at] == '"' {
			m.passString()
		} else {
			m.passOutside()
		}
	}
	if m.taken == 0 { // nothing was wrong
		return body
	}
	return append(m.out, body[m.taken:]...)
}

// trimByteOrderMark leaves out byte order marks, and blanks before them.
func trimByteOrderMark(body []byte) []byte {
	for {
		rest, ok := bytes.CutPrefix(bytes.TrimLeft(body, " \t\r\n"), []byte(byteOrderMark))
		if !ok {
			return body
		}
		body = rest
	}
}

// mender goes through JSON once.
type mender struct {
	in    []byte
	at    int
	out   []byte
	taken int // how much of in is in out
}

// replace puts text in the place of the next n bytes.
func (m *mender) replace(n int, text string) {
	m.out = append(append(m.out, m.in[m.taken:m.at]...), text...)
	m.at += n
	m.taken = m.at
}

// passOutside passes a byte outside of strings, or a number that is none. Source: the JSON
// modules of Python and others, which write these.
func (m *mender) passOutside() {
	switch m.in[m.at] {
	case 'N', 'I', '-':
		for _, word := range []string{"NaN", "Infinity", "-Infinity"} {
			if bytes.HasPrefix(m.in[m.at:], []byte(word)) {
				m.replace(len(word), `"`+word+`"`)
				return
			}
		}
	}
	m.at++
}

// passString passes a string with its quotes.
func (m *mender) passString() {
	for m.at++; m.at < len(m.in); {
		switch c := m.in[m.at]; {
		case c == '"':
			m.at++
			return
		case c == '\\':
			m.passEscape()
		case c < ' ':
			m.replace(1, controlEscape(c))
		case c < utf8.RuneSelf:
			m.at++
		default:
			m.passCharacter()
		}
	}
}

func controlEscape(c byte) string {
	const digits = "0123456789abcdef"
	return `\u00` + string(digits[c>>4]) + string(digits[c&0xf])
}

func (m *mender) passCharacter() {
	if r, size := utf8.DecodeRune(m.in[m.at:]); r != utf8.RuneError || size > 1 {
		m.at += size
		return
	}
	m.replace(1, lost)
}

// passEscape passes an escape sequence. Of one that there is not, the backslash is replaced.
func (m *mender) passEscape() {
	rest := m.in[m.at+1:]
	if len(rest) > 0 && strings.IndexByte(`"\/bfnrt`, rest[0]) >= 0 {
		m.at += 2
		return
	}
	const length = len(`\u0000`)
	first, ok := unicodeEscape(m.in[m.at:])
	if !ok {
		m.replace(1, lost)
		return
	}
	if !utf16.IsSurrogate(first) {
		m.at += length
		return
	}
	if second, ok := unicodeEscape(m.in[m.at+length:]); ok && utf16.DecodeRune(first, second) != utf8.RuneError {
		m.at += 2 * length
		return
	}
	m.replace(length, lost)
}

// unicodeEscape reads an escape sequence of four hexadecimal digits.
func unicodeEscape(text []byte) (rune, bool) {
	digits, ok := bytes.CutPrefix(text, []byte(`\u`))
	if !ok || len(digits) < 4 {
		return 0, false
	}
	r, err := strconv.ParseUint(string(digits[:4]), 16, 16)
	return rune(r), err == nil
}
