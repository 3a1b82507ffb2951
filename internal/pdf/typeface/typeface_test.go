package typeface

import (
	"bytes"
	"io/fs"
	"testing"
	"unicode"

	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/font/opentype"
)

// All fonts together are small enough to be part of a program.
func TestBytesInTheProgram(t *testing.T) {
	const most = 12_000_000
	files, err := packed.ReadDir("fonts")
	if err != nil {
		t.Fatal(err)
	}
	sum := int64(0)
	for _, file := range files {
		info, err := file.Info()
		if err != nil {
			t.Fatal(err)
		}
		sum += info.Size()
	}
	if sum > most {
		t.Errorf("the fonts have %d bytes, more than %d", sum, most)
	}
}

// Each font can be read, is found by its scripts, and its parts are fonts that others can
// read.
func TestFonts(t *testing.T) {
	files, _ := fs.Glob(packed, "fonts/*.gz")
	used := map[string]bool{regular + ".gz": true, bold + ".gz": true, mono + ".gz": true}
	for _, s := range byScript {
		used[s.name+".gz"] = true
	}
	for _, s := range shared {
		used[s.name+".gz"] = true
	}
	if len(files) != len(used) {
		t.Errorf("%d fonts, of which %d are used", len(files), len(used))
	}
	for name := range used {
		if !bytes.Contains([]byte(name), []byte(".")) {
			t.Errorf("font %s", name)
		}
		if _, err := readFont(name[:len(name)-len(".gz")]); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The fonts have what the national standards of East Asia have, and more.
func TestCoverage(t *testing.T) {
	s := NewSet()
	for _, r := range []struct {
		name        string
		first, last rune
		missing     int
	}{
		{"Latin", 0x20, 0x7E, 0}, {"Latin-1", 0xA0, 0xFF, 0}, {"Latin Extended-A", 0x100, 0x17F, 0}, {"Latin Extended-B", 0x180, 0x24F, 0},
		{"Latin Extended Additional", 0x1E00, 0x1EFF, 0}, {"Cyrillic", 0x400, 0x52F, 0}, {"hiragana", 0x3041, 0x3096, 0}, {"katakana", 0x30A1, 0x30FF, 0},
		{"hangul", 0xAC00, 0xD7A3, 0}, {"Han", 0x4E00, 0x9FA5, 0}, {"Han, more", 0x9FA6, 0x9FEF, 0}, {"Han, Extension A", 0x3400, 0x4DB5, 0},
		{"Arabic", 0x621, 0x6D5, 8}, {"Hebrew", 0x5D0, 0x5EA, 0}, {"Thai", 0xE01, 0xE3A, 0}, {"Devanagari", 0x904, 0x939, 0}, {"Ethiopic", 0x1200, 0x1206, 0},
	} {
		for _, style := range []Style{Regular, Bold, Mono} {
			missing := 0
			for sign := r.first; sign <= r.last; sign++ {
				if unicode.IsGraphic(sign) && s.Find(style, sign).Face == nil {
					missing++
				}
			}
			if missing > r.missing {
				t.Errorf("%s, style %d: %d signs are missing", r.name, style, missing)
			}
		}
	}
	if s.Find(Regular, '\U0001F600').Face != nil || s.Find(Regular, -1).Face != nil {
		t.Error("what no font has is found")
	}
}

// A part of a font draws what the font draws.
func TestSubset(t *testing.T) {
	s := NewSet()
	for _, r := range []rune{'W', 'ễ', 'Ǻ', 'ש', 'ع', 'क', 'ก', 'አ'} {
		sign := s.Find(Regular, r)
		plain := Drawing{[]Placed{{Glyph: sign.Glyph}}, sign.Width}
		moved := Drawing{[]Placed{{Glyph: sign.Glyph}, {Glyph: sign.Glyph, X: 100, Y: -50}}, 1234}
		part := opened(t, sign.Face.fontProgram, sign.Face.Subset([]Drawing{plain, moved, {Width: 7}}))
		want, ok := opened(t, sign.Face.fontProgram, fontFile(0x00010000, sign.Face.tables)).GlyphDataOutline(font.GID(sign.Glyph))
		if got, _ := part.GlyphDataOutline(1); !ok || len(got.Segments) != len(want.Segments) || len(got.Segments) == 0 || got.Segments[1] != want.Segments[1] {
			t.Errorf("%c is drawn by %d strokes, not %d", r, len(got.Segments), len(want.Segments))
		}
		if got, _ := part.GlyphDataOutline(2); len(got.Segments) != 2*len(want.Segments) {
			t.Errorf("two of %c are drawn by %d strokes", r, len(got.Segments))
		}
		if got, _ := part.GlyphDataOutline(3); len(got.Segments) != 0 {
			t.Errorf("nothing is drawn by %d strokes", len(got.Segments))
		}
		for glyph, width := range []int{1: sign.Width, 2: 1234, 3: 7} {
			if glyph > 0 && int(part.HorizontalAdvance(font.GID(glyph))) != width {
				t.Errorf("glyph %d of %c is %v wide, not %d", glyph, r, part.HorizontalAdvance(font.GID(glyph)), width)
			}
		}
	}
}

func TestSubsetOfCFF(t *testing.T) {
	s := NewSet()
	var drawings []Drawing
	signs := []rune("王小明한글かな、𠮷")
	for _, r := range signs {
		sign := s.Find(Regular, r)
		drawings = append(drawings, Drawing{[]Placed{{Glyph: sign.Glyph}}, sign.Width})
	}
	face := s.Find(Regular, '王').Face
	part := opened(t, face.fontProgram, fontFile(0x4F54544F, map[string][]byte{"CFF ": face.Subset(drawings), "maxp": {0, 0, 0x50, 0, 0, byte(len(drawings) + 1)}}))
	whole := opened(t, face.fontProgram, fontFile(0x4F54544F, map[string][]byte{"CFF ": face.tables["CFF "]}))
	for i, r := range signs {
		got, ok := part.GlyphDataOutline(font.GID(i + 1))
		want, _ := whole.GlyphDataOutline(font.GID(drawings[i].Glyphs[0].Glyph))
		if !ok || len(got.Segments) == 0 || len(got.Segments) != len(want.Segments) || got.Segments[len(got.Segments)-1] != want.Segments[len(want.Segments)-1] {
			t.Errorf("%c is drawn by %d strokes, not %d", r, len(got.Segments), len(want.Segments))
		}
	}
}

// opened is a font file, with what of the font's tables it does not have itself.
func opened(t *testing.T, p *fontProgram, file []byte) *font.Face {
	t.Helper()
	tables := tablesOf(file)
	for _, tag := range []string{"cmap", "head", "hhea", "maxp", "hmtx", "OS/2", "name", "post"} {
		if tables[tag] == nil && (tables["CFF "] == nil || tag[0] != 'h' || tag == "head") { // widths are of all glyphs
			tables[tag] = p.tables[tag]
		}
	}
	loader, err := opentype.NewLoader(bytes.NewReader(fontFile(uint32(file[0])<<24|uint32(file[1])<<16|uint32(file[2])<<8|uint32(file[3]), tables)))
	if err != nil {
		t.Fatal(err)
	}
	f, err := font.NewFont(loader)
	if err != nil {
		t.Fatal(err)
	}
	return font.NewFace(f)
}
