package pdf

import (
	"slices"

	"github.com/go-text/typesetting/bidi"
	class "golang.org/x/text/unicode/bidi"
)

// What follows orders lines in which there are letters that are written from right to
// left (Unicode Standard Annex 9).

// mayChangeDirection reports whether a character may change the direction of a line.
func mayChangeDirection(r rune) bool {
	if r < 0x0590 {
		return false
	}
	switch c := bidiClass(r); c {
	case class.R, class.AL, class.AN:
		return true
	}
	return false
}

func bidiClass(r rune) class.Class {
	properties, _ := class.LookupRune(r)
	return properties.Class()
}

// bidiLevels returns for each character how deep it is in text of another direction: even levels
// are written from left to right. It returns nil if all of the text is. Leftwards is the
// direction of the text as a whole.
func bidiLevels(runes []rune, leftwards bool) []bidi.Level {
	if !leftwards && !slices.ContainsFunc(runes, mayChangeDirection) {
		return nil
	}
	// What is set apart counts outside as one character without a direction.
	const stands = '\uFFFC'
	var outer []rune
	var spans [][2]int
	for i := 0; i < len(runes); i++ {
		outer = append(outer, runes[i])
		if end := isolateEnd(runes, i); end > 0 {
			outer[len(outer)-1] = stands
			spans = append(spans, [2]int{i, end})
			i = end
		}
	}
	resolved := resolveLevels(outer, leftwards)
	if spans == nil {
		return resolved
	}
	var all []bidi.Level
	next := 0
	for _, level := range resolved {
		at := len(all)
		if next == len(spans) || at != spans[next][0] {
			all = append(all, level)
			continue
		}
		begin, end := spans[next][0], spans[next][1]
		next++
		all = append(all, level)
		all = append(all, isolateLevels(runes[begin+1:end], leftwards)...)
		all = append(all, level)
	}
	return all
}

// isolateEnd returns where what is set apart from i on ends, or 0 if nothing is.
func isolateEnd(runes []rune, i int) int {
	if runes[i] != apartBegins {
		return 0
	}
	if n := slices.Index(runes[i:], apartEnds); n > 0 {
		return i + n
	}
	return 0
}

// isolateLevels returns the levels of what is set apart, which are above those of the text
// around.
func isolateLevels(runes []rune, outerLeftwards bool) []bidi.Level {
	leftwards := isLeftwards(runes)
	list := resolveLevels(runes, leftwards)
	lift := bidi.Level(2)
	if leftwards && !outerLeftwards {
		lift = 0 // level 1 is above 0 already
	}
	for i := range list {
		list[i] += lift
	}
	return list
}

// isLeftwards reports whether the first letter that has a direction is written from right
// to left. What is set apart does not count.
func isLeftwards(runes []rune) bool {
	for i := 0; i < len(runes); i++ {
		if end := isolateEnd(runes, i); end > 0 {
			i = end
			continue
		}
		switch bidiClass(runes[i]) {
		case class.L:
			return false
		case class.R, class.AL:
			return true
		}
	}
	return false
}

// resolveLevels returns the levels of a text in which nothing is set apart.
func resolveLevels(runes []rune, leftwards bool) []bidi.Level {
	direction := bidi.LeftToRight
	if leftwards {
		direction = bidi.RightToLeft
	}
	var p bidi.Paragraph
	runs := p.Segment(runes, direction)
	list := make([]bidi.Level, len(runes))
	for i := range runs.NumRuns() {
		run := runs.Run(i)
		span := list[run.Start:run.End]
		for n := range span {
			span[n] = run.Level
		}
		if !leftwards && run.IsLeftToRight() {
			raiseNumberLevels(runes[run.Start:run.End], span)
		}
	}
	return list
}

// raiseNumberLevels sets the levels in a run of even ones. The library does not tell 0 from
// 2 there, but a number that belongs to text from right to left is on level 2: one behind
// such text, or one in Arabic digits before it.
func raiseNumberLevels(runes []rune, span []bidi.Level) {
	behind := 0
	if span[0] == 2 {
		for behind < len(runes) && hasClass(runes[behind], class.EN, class.AN, class.ET, class.ES, class.CS, class.NSM) {
			behind++
		}
		for behind > 0 && hasClass(runes[behind-1], class.ES, class.CS) {
			behind--
		}
	}
	before := len(runes)
	for before > behind && hasClass(runes[before-1], class.AN, class.CS, class.NSM) {
		before--
	}
	for before < len(runes) && hasClass(runes[before], class.CS, class.NSM) {
		before++
	}
	for i := range span {
		span[i] = 0
		if i < behind || i >= before {
			span[i] = 2
		}
	}
}

func hasClass(r rune, classes ...class.Class) bool { return slices.Contains(classes, bidiClass(r)) }

// sortVisually puts the runs of a line into the order in which they are drawn (rule L2).
func sortVisually(runs []run) {
	highest := bidi.Level(0)
	for _, r := range runs {
		highest = max(highest, r.level)
	}
	for level := highest; level > 0; level-- {
		for start := 0; start < len(runs); start++ {
			end := start
			for end < len(runs) && runs[end].level >= level {
				end++
			}
			slices.Reverse(runs[start:end])
			start = max(start, end)
		}
	}
}
