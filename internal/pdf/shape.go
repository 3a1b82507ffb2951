package pdf

import (
	"iter"
	"slices"
	"unicode"

	"github.com/go-text/typesetting/bidi"

	"countersign/internal/pdf/typeface"
)

// run is a part of a line in one font and one direction.
type run struct {
	face       *typeface.Face
	start, end int // of the runes
	level      bidi.Level
	script     typeface.Script
	named      bool // the script is that of a letter in the run
	shaped     bool // its characters are not just glyphs one beside the other
}

// splitRuns divides a text into those, in the order of reading. Signs that set something apart
// are in none.
func (s style) splitRuns(runes []rune, levels []bidi.Level) []run {
	var runs []run
	for start, end := range s.letterSpans(runes) {
		if isIsolate(runes[start]) {
			runs = append(runs, run{start: start, end: end, level: levelAt(levels, start)})
			continue
		}
		g := run{face: s.glyphOf(runes[start]).Face, start: start, end: end, level: levelAt(levels, start)}
		if g.face == nil {
			continue // spell leaves nothing that no font has
		}
		g.shaped = g.level%2 == 1 || slices.ContainsFunc(runes[start:end], typeface.NeedsShaping)
		g.script, g.named = typeface.ScriptOf(runes[start])
		if len(runs) == 0 || !runs[len(runs)-1].extendBy(g) {
			runs = append(runs, g)
		}
	}
	return runs
}

// letterSpans yields where letters with their marks begin and end. What Unicode has as one
// character is two where it is in two fonts, such as a Thai vowel behind a space.
func (s style) letterSpans(runes []rune) iter.Seq2[int, int] {
	return func(yield func(start, end int) bool) {
		for start, end := range graphemeBounds(runes) {
			for i := start + 1; i < end; i++ {
				if r := runes[i]; !unicode.Is(unicode.M, r) && !typeface.IsJoiner(r) && s.glyphOf(r).Face != s.glyphOf(runes[start]).Face {
					if !yield(start, i) {
						return
					}
					start = i
				}
			}
			if !yield(start, end) {
				return
			}
		}
	}
}

// wideSpace is as wide as a Han character, but drawn narrower: programs that find the text of a
// page take a gap of that width for one between columns.
const (
	wideSpace      = '\u3000'
	wideSpaceWidth = 600
)

// glyphOf is a character as it is drawn if its run needs no shaping.
func (s style) glyphOf(r rune) typeface.Sign {
	if r == wideSpace {
		return typeface.Sign{Face: s.set.Find(s.look, ' ').Face, Width: wideSpaceWidth}
	}
	return s.set.Find(s.look, r)
}

func levelAt(levels []bidi.Level, i int) bidi.Level {
	if levels == nil {
		return 0
	}
	return levels[i]
}

// extendBy extends a run by the next character, if that is of its kind.
func (r *run) extendBy(next run) bool {
	if r.face != next.face || r.level != next.level || r.shaped != next.shaped || r.end != next.start {
		return false
	}
	if r.named && next.named && r.script != next.script && r.shaped {
		return false
	}
	if !r.named {
		r.script, r.named = next.script, next.named
	}
	r.end = next.end
	return true
}

// clusters returns the glyphs of a run that is shaped, from left to right.
func (r run) clusters(runes []rune) []typeface.Cluster {
	return r.face.Shape(runes, r.start, r.end, r.script, r.level%2 == 1)
}

// clusterEnds returns where the text of each of a run's clusters ends.
func (r run) clusterEnds(list []typeface.Cluster) []int {
	starts := make([]int, 0, len(list)+1)
	for _, c := range list {
		starts = append(starts, c.Start)
	}
	starts = append(starts, r.end)
	slices.Sort(starts)
	ends := make([]int, len(list))
	for i, c := range list {
		at, _ := slices.BinarySearch(starts, c.Start+1)
		ends[i] = starts[min(at, len(starts)-1)]
	}
	return ends
}
