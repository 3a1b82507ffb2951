package pdf

import (
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/go-text/typesetting/bidi"
	"github.com/go-text/typesetting/segmenter"

	"countersign/internal/pdf/typeface"
)

// line is a line as it is drawn.
type line struct {
	text      string       // in the order of reading
	levels    []bidi.Level // of its runes; nil where all of them go from left to right
	leftwards bool         // it begins on the right
	// before and after are letters of the same word, which was broken: they still join
	// with those of the line.
	before, after string
	spaced        bool // a space was where the next line begins
	first         bool // of those that a line feed ends
}

// breakLines breaks a text into the lines in which it is drawn: at its line feeds, and where
// it would be wider than the width, in points. There is at least one.
func (s style) breakLines(text string, width float64) []line {
	var lines []line
	for line := range strings.SplitSeq(text, "\n") {
		if len(lines) > maxLines {
			break // there is no room for them on the pages
		}
		first := len(lines)
		lines = s.appendLines(lines, s.spellOut(drawnText(line)), width)
		lines[first].first = true
	}
	return lines
}

// portion is about how many bytes of a text are measured at once: more than have room on
// a page, so that this is not seen, and so few that long texts need no more memory.
const portion = 16 << 10

// appendLines appends the lines of a text without line feeds.
func (s style) appendLines(lines []line, text string, width float64) []line {
	if text == "" {
		return append(lines, line{})
	}
	leftwards := s.turning && isLeftwards([]rune(text[:portionEnd(text)]))
	for {
		end := portionEnd(text)
		var last int
		m := s.measureText(text[:end], leftwards)
		lines, last = m.wrap(lines, width)
		if end == len(text) {
			return lines
		}
		if last > 0 { // the last line goes on in the next portion
			lines = lines[:len(lines)-1]
			end = len(string(m.runes[:m.runeAt(last)]))
		}
		text = text[end:]
	}
}

// portionEnd returns where a portion of a text ends: at a space, or else before a character
// that does not belong to the one before.
func portionEnd(text string) int {
	if len(text) <= 2*portion {
		return len(text)
	}
	if n := strings.IndexByte(text[portion:2*portion], ' '); n >= 0 {
		return portion + n
	}
	for i, r := range text[portion:] {
		if utf8.ValidRune(r) && r != utf8.RuneError && !typeface.NeedsShaping(r) {
			return portion + i
		}
		if i > portion && r != utf8.RuneError && !unicode.Is(unicode.M, r) {
			return portion + i
		}
	}
	return len(text)
}

// markCut says that a line does not have the rest of its text.
func (l *line) markCut() {
	const rest = " …"
	l.text += rest
	if l.levels != nil {
		base := bidi.Level(0)
		if l.leftwards {
			base = 1
		}
		l.levels = append(slices.Clone(l.levels), base, base)
	}
	l.after = ""
}

// drawnText returns a line without the rest of its end, and with spaces for tabs.
func drawnText(line string) string {
	return strings.ReplaceAll(strings.TrimSuffix(line, "\r"), "\t", "    ")
}

// measuredText is a text of which the widths are known.
type measuredText struct {
	style
	runes     []rune
	levels    []bidi.Level
	leftwards bool
	pieces    []piece
}

// piece is what no line may divide: a letter with its marks, or some that are drawn as
// one.
type piece struct {
	start int32  // of the runes
	width uint16 // in thousandths of the size
	space bool
	fresh bool // a line may begin here although there is no space before
}

func (s style) measureText(text string, leftwards bool) *measuredText {
	m := &measuredText{style: s, runes: []rune(text), leftwards: leftwards}
	m.levels = bidiLevels(m.runes, m.leftwards)
	m.pieces = make([]piece, 0, len(m.runes))
	for _, r := range s.splitRuns(m.runes, m.levels) {
		switch {
		case r.face == nil:
			m.addPiece(r.start, 0)
		case r.shaped:
			from := len(m.pieces)
			for _, c := range r.clusters(m.runes) {
				m.addPiece(c.Start, c.Width)
			}
			if r.level%2 == 1 {
				slices.Reverse(m.pieces[from:])
			}
		default:
			for i := r.start; i < r.end; i++ {
				m.addPiece(i, s.glyphOf(m.runes[i]).Width)
			}
		}
	}
	m.findBreaks()
	return m
}

func (m *measuredText) addPiece(start, width int) {
	m.pieces = append(m.pieces, piece{start: int32(start), width: uint16(max(0, min(width, math.MaxUint16))), space: m.runes[start] == ' '})
}

// findBreaks marks where scripts that put no spaces between words may begin a line
// (Unicode Standard Annex 14). Latin ones are broken at spaces alone.
func (m *measuredText) findBreaks() {
	if !slices.ContainsFunc(m.runes, isSpaceless) {
		return
	}
	var s segmenter.Segmenter
	s.Init(m.runes)
	next := 0
	for it := s.LineIterator(); it.Next(); {
		at := it.Line().Offset
		if at == 0 || !isSpaceless(m.runes[at-1]) && !isSpaceless(m.runes[at]) {
			continue
		}
		for next < len(m.pieces) && int(m.pieces[next].start) < at {
			next++
		}
		if next < len(m.pieces) && int(m.pieces[next].start) == at {
			m.pieces[next].fresh = true
		}
	}
}

// isSpaceless reports whether a character is of a script that is written without spaces.
func isSpaceless(r rune) bool {
	return 0x0E00 <= r && r < 0x2000 && r != 0x1680 || 0x2E80 <= r && !mayChangeDirection(r) && !isIsolate(r)
}

// wrap appends the lines of a text, and returns with which piece the last of them begins.
// It breaks at spaces, which are not drawn there; in a word that is wider than a line,
// behind a character such as a hyphen or a slash, or else anywhere. A line has at least one
// letter, however narrow it is.
func (m *measuredText) wrap(lines []line, width float64) ([]line, int) {
	room := int(width * 1000 / m.size)
	start, used := 0, 0
	end, next := 0, 0 // the last spaces
	for i, p := range m.pieces {
		w := int(p.width)
		if p.space {
			if next != i {
				end = i
			}
			next = i + 1
			used += w
			continue
		}
		if p.fresh && next != i {
			end, next = i, i
		}
		for used+w > room && i > start {
			if end <= start { // no spaces but those that the line begins with
				end = start + m.foldAt(start, i)
				next = end
			}
			lines = append(lines, m.lineOf(start, end, next > end))
			start, end = next, next
			used = 0
			for _, before := range m.pieces[start:i] {
				used += int(before.width)
			}
		}
		used += w
	}
	return append(lines, m.lineOf(start, len(m.pieces), false)), start
}

// foldAt returns how much of a long word stays on the line that it fills: up to the last
// character behind which it may be broken, if that leaves half of the line filled.
func (m *measuredText) foldAt(start, end int) int {
	length := end - start
	for i := length; i > 0 && i >= length/2; i-- {
		r := m.runes[m.pieces[start+i].start-1]
		if r == opening && i > 1 && int(m.pieces[start+i-1].start) == int(m.pieces[start+i].start)-1 {
			return i - 1
		}
		if r == closing || strings.ContainsRune("/-_.,:;?&=|", r) {
			return i
		}
	}
	return length
}

// lineOf is the one that has the given pieces, without the spaces at its end.
func (m *measuredText) lineOf(start, end int, spaced bool) line {
	for end > start && m.pieces[end-1].space {
		end--
	}
	from, to := m.runeAt(start), m.runeAt(end)
	l := line{text: string(m.runes[from:to]), leftwards: m.leftwards, spaced: spaced}
	if m.levels != nil {
		l.levels = m.levels[from:to]
	}
	const context = 5 // as much as the shaper looks at
	if to > from && !isSimple(m.runes[from:to]) {
		l.before, l.after = string(m.runes[max(0, from-context):from]), string(m.runes[to:min(to+context, len(m.runes))])
	}
	return l
}

func (m *measuredText) runeAt(piece int) int {
	if piece == len(m.pieces) {
		return len(m.runes)
	}
	return int(m.pieces[piece].start)
}

// lineWidth is the width of a line, in points.
func (s style) lineWidth(l line) float64 {
	length := 0.0
	for _, part := range s.visualParts(l) {
		length += part.width()
	}
	return length
}

// linePart is a run of a line, with what of it is drawn.
type linePart struct {
	run
	style    style
	runes    []rune
	clusters []typeface.Cluster // if it is shaped
	x        float64
}

// width is that of a part, in points.
func (p linePart) width() float64 {
	width := 0
	for _, c := range p.clusters {
		width += c.Width
	}
	if !p.shaped {
		for _, r := range p.runes[p.start:p.end] {
			width += p.style.glyphOf(r).Width
		}
	}
	return float64(width) * p.style.size / 1000
}

// visualParts returns the parts of a line from left to right.
func (s style) visualParts(l line) []linePart {
	before, after := []rune(l.before), []rune(l.after)
	text := []rune(l.text)
	all := text
	if len(before)+len(after) > 0 {
		all = slices.Concat(before, text, after)
	}
	runs := s.splitRuns(text, l.levels)
	sortVisually(runs)
	parts := make([]linePart, 0, len(runs))
	for _, r := range runs {
		if r.face == nil {
			continue
		}
		r.start, r.end = r.start+len(before), r.end+len(before)
		p := linePart{run: r, style: s, runes: all}
		if r.shaped {
			p.clusters = r.clusters(all)
		}
		parts = append(parts, p)
	}
	return parts
}

// widestLine is how wide a text is that is not broken.
func (s style) widestLine(text string) float64 {
	width := 0
	for _, p := range s.measureText(s.spellOut(text), false).pieces {
		width += int(p.width)
	}
	return float64(width) * s.size / 1000
}
