// Package typeface has the fonts of our documents: parts of Noto for the scripts that
// people write today. It says which font has a character, shapes text (joins Arabic letters,
// orders Indic ones, puts marks where they belong), and cuts out of a font the glyphs
// that a file is to embed.
//
// The fonts are packed in the program and unpacked when a text first needs one.
// fonts/README.md says where they are from. All lengths are in thousandths of the size in
// which a text is set.
package typeface

import (
	"unicode"

	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/harfbuzz"
	"github.com/go-text/typesetting/language"
)

// Style is how letters look. Scripts beyond Latin, Greek and Cyrillic have one look only.
type Style int

const (
	Regular Style = iota
	Bold
	Mono // letters of equal width
)

// Face is a font, for the use of one goroutine.
type Face struct {
	*fontProgram
	style  Style
	shaper *harfbuzz.Font
	buffer *harfbuzz.Buffer
}

// IsBold reports whether the letters of the font are bold themselves.
func (f *Face) IsBold() bool { return f.style == Bold }

// Set finds the fonts for the texts of one document. It is for the use of one goroutine.
type Set struct {
	faces map[string]*Face
	latin [Mono + 1][0x0300]Sign // known ones
	found [Mono + 1]map[rune]Sign
}

// Sign is a sign in the font that has it. Without a font there is no glyph for it.
type Sign struct {
	*Face
	Glyph uint16
	Width int
}

// NewSet returns a set that has loaded nothing yet.
func NewSet() *Set {
	s := &Set{faces: map[string]*Face{}}
	for i := range s.found {
		s.found[i] = map[rune]Sign{}
	}
	return s
}

// Find returns a sign in the first of our fonts that has it. It is the same one wherever
// the character stands.
func (s *Set) Find(style Style, r rune) Sign {
	if 0 <= r && int(r) < len(s.latin[style]) {
		known := &s.latin[style][r]
		if known.Face == nil {
			*known = s.findSign(style, r)
		}
		return *known
	}
	if sign, known := s.found[style][r]; known {
		return sign
	}
	sign := s.findSign(style, r)
	s.found[style][r] = sign
	return sign
}

func (s *Set) findSign(style Style, r rune) Sign {
	for _, name := range candidateFonts(style, r) {
		face := s.loadFace(name)
		if glyph := face.glyphOf(r); glyph != 0 {
			return Sign{face, glyph, face.Advance(glyph)}
		}
	}
	return Sign{}
}

func (s *Set) loadFace(name string) *Face {
	if face, ok := s.faces[name]; ok {
		return face
	}
	face := &Face{fontProgram: loadFont(name), buffer: harfbuzz.NewBuffer()}
	switch name {
	case bold:
		face.style = Bold
	case mono:
		face.style = Mono
	}
	face.shaper = harfbuzz.NewFont(font.NewFace(face.font))
	face.shaper.XScale, face.shaper.YScale = 1000, 1000
	s.faces[name] = face
	return face
}

// Takes reports whether the font can put a mark on its letters. One of CFF outlines has
// no composed glyphs.
func (f *Face) Takes(mark rune) bool { return !f.IsCFF() && f.Has(mark) }

// Has reports whether the font has a glyph for a character.
func (f *Face) Has(r rune) bool { return f.glyphOf(r) != 0 }

func (f *Face) glyphOf(r rune) uint16 {
	glyph, _ := f.font.NominalGlyph(r)
	return uint16(glyph)
}

// NeedsShaping reports whether a character is more than a glyph beside the one before: it is a
// mark, or of a script whose letters change with their neighbours.
func NeedsShaping(r rune) bool {
	if r < 0x0300 {
		return false
	}
	return unicode.Is(unicode.M, r) || IsJoiner(r) || !unicode.In(r, apart...)
}

// apart are the scripts whose letters stand one beside the other, as do characters that are of
// no script.
var apart = []*unicode.RangeTable{
	unicode.Common, unicode.Latin, unicode.Greek, unicode.Cyrillic, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul,
	unicode.Bopomofo, unicode.Armenian, unicode.Georgian, unicode.Ethiopic, unicode.Cherokee, unicode.Yi, unicode.Canadian_Aboriginal,
	unicode.Lisu, unicode.Vai, unicode.Osage, unicode.Coptic,
}

// IsJoiner reports whether a character only says how its neighbours are joined.
func IsJoiner(r rune) bool { return r == zeroWidthNonJoiner || r == zeroWidthJoiner }

const (
	zeroWidthNonJoiner = '\u200C'
	zeroWidthJoiner    = '\u200D'
)

// TakesJoiners reports whether a joiner beside a letter has a meaning: the script is one
// whose letters join.
func TakesJoiners(r rune) bool {
	return unicode.In(r, unicode.Arabic, unicode.Syriac, unicode.Nko, unicode.Mongolian, unicode.Devanagari, unicode.Bengali, unicode.Gurmukhi,
		unicode.Gujarati, unicode.Oriya, unicode.Tamil, unicode.Telugu, unicode.Kannada, unicode.Malayalam, unicode.Sinhala, unicode.Khmer, unicode.Myanmar)
}

// Script is the script of a character, by which it is shaped.
type Script = language.Script

// ScriptOf returns the script of a character, and false for characters that all scripts share.
func ScriptOf(r rune) (Script, bool) {
	script := language.LookupScript(r)
	return script, script != language.Common && script != language.Inherited && script != language.Unknown
}

// Placed is a glyph and where it is drawn, from where the pen is.
type Placed struct {
	Glyph uint16
	X, Y  int
}

// Drawing is glyphs that are drawn together, and how far the pen moves on. One of no
// glyphs is blank.
type Drawing struct {
	Glyphs []Placed
	Width  int
}

// Cluster is what is drawn for some signs of a text that cannot be told apart further.
type Cluster struct {
	Start int // of the first character, as an index of the text's runes
	Drawing
}

// Shape returns the clusters of text[start:end], from left to right. The rest of the text
// is its context.
func (f *Face) Shape(text []rune, start, end int, script Script, leftwards bool) []Cluster {
	b := f.buffer
	b.Clear()
	b.Props = harfbuzz.SegmentProperties{Script: script, Direction: harfbuzz.LeftToRight, Language: "und"}
	if leftwards {
		b.Props.Direction = harfbuzz.RightToLeft
	}
	b.AddRunes(text, start, end-start)
	b.Shape(f.shaper, nil)
	var clusters []Cluster
	for i, info := range b.Info {
		if i == 0 || info.Cluster != b.Info[i-1].Cluster {
			clusters = append(clusters, Cluster{Start: info.Cluster})
		}
		last, pos := &clusters[len(clusters)-1], b.Pos[i]
		last.Glyphs = append(last.Glyphs, Placed{Glyph: uint16(info.Glyph), X: last.Width + int(pos.XOffset), Y: int(pos.YOffset)})
		last.Width += int(pos.XAdvance)
	}
	return clusters
}
