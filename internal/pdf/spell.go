package pdf

import (
	"fmt"
	"iter"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/go-text/typesetting/segmenter"
	"golang.org/x/text/unicode/norm"

	"countersign/internal/pdf/typeface"
)

// Codes are between these two. A text that has the first of them itself is written
// with its code, so that what looks like a code is one.
const (
	opening = '‹'
	closing = '›'
)

// A name that Apart sets apart is between these two, which are not characters and in
// no text. They are not drawn.
const (
	apartBegins = '\uFDD0'
	apartEnds   = '\uFDD1'
)

// Apart has a name keep its own direction of writing in the sentence that it is put into:
// what is beside a Hebrew or Arabic name is not drawn into it.
func IsolateDirection(name string) string {
	if strings.IndexFunc(name, mayChangeDirection) < 0 {
		return name
	}
	return string(apartBegins) + strings.ReplaceAll(name, "\n", string(apartEnds)+"\n"+string(apartBegins)) + string(apartEnds)
}

// spellOut returns a line as it is drawn: in composed letters, and with the codes of the
// characters that have no look. Codes in a row share the characters around them:
// "‹U+1F600 U+1F389›". A byte that is not UTF-8 is written as "‹0xFF›".
func (s style) spellOut(line string) string {
	if isPrintableASCII(line) {
		return line
	}
	line = s.normalize(line)
	runes, invalid := decodeRunes(line)
	sp := speller{style: s, runes: runes, invalid: invalid, apart: isolatePairs(runes)}
	for i := range runes {
		sp.writeSign(i)
	}
	return sp.String()
}

func isPrintableASCII(line string) bool {
	for i := range len(line) {
		if line[i] < ' ' || line[i] > '~' {
			return false
		}
	}
	return true
}

// normalize returns a line in Unicode's composed form, so that a letter is the same however
// it was typed. Han characters that exist for compatibility stay as they are if there is a
// glyph: to people whose names have them they are others.
func (s style) normalize(line string) string {
	if norm.NFC.IsNormalString(line) {
		return line
	}
	var b strings.Builder
	rest := line
	for i, r := range line {
		if unicode.Is(unicode.Han, r) && !norm.NFC.IsNormalString(string(r)) && s.hasGlyph(r) {
			b.WriteString(norm.NFC.String(rest[:i-(len(line)-len(rest))]))
			b.WriteRune(r)
			rest = line[i+utf8.RuneLen(r):]
		}
	}
	b.WriteString(norm.NFC.String(rest))
	return b.String()
}

// decodeRunes returns the signs of a line, and which bytes are none, by the place of the sign
// that stands for them.
func decodeRunes(line string) (runes []rune, invalid map[int]byte) {
	for i := 0; i < len(line); {
		r, n := utf8.DecodeRuneInString(line[i:])
		if r == utf8.RuneError && n == 1 {
			if invalid == nil {
				invalid = map[int]byte{}
			}
			invalid[len(runes)] = line[i]
		}
		runes = append(runes, r)
		i += n
	}
	return runes, invalid
}

// graphemeBounds yields where what people see as one character begins and ends.
func graphemeBounds(runes []rune) iter.Seq2[int, int] {
	return func(yield func(start, end int) bool) {
		if isSimple(runes) {
			for i := range runes {
				if !yield(i, i+1) {
					return
				}
			}
			return
		}
		var s segmenter.Segmenter
		s.Init(runes)
		for it := s.GraphemeIterator(); it.Next(); {
			g := it.Grapheme()
			if !yield(g.Offset, g.Offset+len(g.Text)) {
				return
			}
		}
	}
}

// isSimple reports whether a text consists of Latin letters and what is written among
// them: each is a character by itself, and they stand from left to right.
func isSimple(runes []rune) bool {
	for _, r := range runes {
		if r >= 0x0300 && (r < 0x2010 || r > 0x205E || 0x2028 <= r && r <= 0x202F) {
			return false
		}
	}
	return true
}

// isolatePairs returns the places of the characters that begin and end what is set apart.
// One without the other is none.
func isolatePairs(runes []rune) map[int]bool {
	var places map[int]bool
	begin := -1
	for i, r := range runes {
		switch {
		case r == apartBegins:
			begin = i
		case r == apartEnds && begin >= 0:
			if places == nil {
				places = map[int]bool{}
			}
			places[begin], places[i] = true, true
			begin = -1
		}
	}
	return places
}

// speller writes a line's characters or their codes.
type speller struct {
	style
	strings.Builder
	runes   []rune
	invalid map[int]byte
	apart   map[int]bool
	inside  bool           // a code was the last that was written
	face    *typeface.Face // of the letter that was written last, if it can carry marks
	marks   int            // that it carries
}

func (sp *speller) String() string {
	sp.leaveCode()
	return sp.Builder.String()
}

func (sp *speller) leaveCode() {
	if sp.inside {
		sp.WriteRune(closing)
		sp.inside = false
	}
}

// maxMarks is how many marks a letter may carry. More of them are drawn over other lines.
const maxMarks = 6

// writeSign writes a character. Marks stand there by their codes if there is no letter
// before them, or if its font does not have them.
func (sp *speller) writeSign(i int) {
	r := sp.runes[i]
	switch {
	case sp.apart[i]:
		sp.leaveCode()
		sp.WriteRune(r)
		sp.face = nil
	case unicode.Is(unicode.M, r):
		sp.marks++
		if sp.face == nil || sp.marks > maxMarks || !sp.face.Takes(r) || unicode.Is(unicode.Variation_Selector, r) {
			sp.writeCode(i)
			return
		}
		sp.WriteRune(r)
	case typeface.IsJoiner(r):
		if !sp.isJoiner(i) {
			sp.writeCode(i)
			return
		}
		sp.WriteRune(r)
	case sp.isUndrawable(i):
		sp.writeCode(i)
	default:
		sp.leaveCode()
		sp.WriteRune(r)
		sp.face, sp.marks = sp.set.Find(sp.look, r).Face, 0
		if r == ' ' || r == '\u00A0' || r == wideSpace {
			sp.face = nil // it can be told from others only without marks
		}
	}
}

// writeCode writes a character's code.
func (sp *speller) writeCode(i int) {
	sp.face = nil
	if sp.inside {
		sp.WriteByte(' ')
	} else {
		sp.WriteRune(opening)
		sp.inside = true
	}
	if b, ok := sp.invalid[i]; ok {
		fmt.Fprintf(sp, "0x%02X", b)
		return
	}
	fmt.Fprintf(sp, "U+%04X", sp.runes[i])
}

// isJoiner reports whether a joiner is between letters of a script in which it tells how
// they are written.
func (sp *speller) isJoiner(i int) bool {
	if i == 0 || i+1 == len(sp.runes) || sp.inside {
		return false
	}
	before, after := sp.runes[i-1], sp.runes[i+1]
	return typeface.TakesJoiners(before) && typeface.TakesJoiners(after) && !unicode.Is(unicode.M, after) && !sp.isUndrawable(i+1) &&
		sp.set.Find(sp.look, after).Has(sp.runes[i])
}

// isUndrawable reports whether a character is not to be drawn: no font has it, it cannot be
// seen, or it cannot be told from another. The wide space is seen beside the wide characters
// among which it is used.
func (sp *speller) isUndrawable(i int) bool {
	r := sp.runes[i]
	switch {
	case r == ' ':
		return false
	case r == wideSpace:
		return i == 0 || !isWide(sp.runes[i-1])
	case r == opening, r == utf8.RuneError, r > unicode.MaxLatin1 && unicode.Is(unicode.Zs, r):
		return true
	case !unicode.IsGraphic(r):
		return true
	}
	return !sp.hasGlyph(r)
}

// isWide reports whether a character is as wide as it is high.
func isWide(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Bopomofo) || '\uFF01' <= r && r <= '\uFF60'
}

// hasGlyph reports whether a font has a glyph for a character.
func (s style) hasGlyph(r rune) bool { return s.set.Find(s.look, r).Face != nil }

// oneLine is a text where there is room for one line only, and none for more than some
// hundred letters.
func (s style) oneLine(text string) string {
	const most = 1000
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = s.spellOut(drawnText(line))
	}
	all := []rune(withoutIsolates(strings.Join(lines, " ")))
	if len(all) > most {
		return string(all[:most]) + "…"
	}
	return string(all)
}

// withoutIsolates is a line without the characters that set something apart.
func withoutIsolates(line string) string {
	return strings.Map(func(r rune) rune {
		if isIsolate(r) {
			return -1
		}
		return r
	}, line)
}

func isIsolate(r rune) bool { return r == apartBegins || r == apartEnds }
