package pdf

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"strings"
	"unicode/utf16"

	"countersign/internal/pdf/typeface"
)

// embeddedFont is a font as a document uses it. What it draws is numbered as it comes, one
// number for each text that a drawing stands for, so that each number says its text.
type embeddedFont struct {
	face     *typeface.Face
	name     string // in the pages' resources
	letters  map[letterKey]uint16
	others   map[string]uint16 // what is shaped
	drawings []typeface.Drawing
	texts    []string
}

// letterKey is a character that is drawn by a glyph as it is in the font.
type letterKey struct {
	glyph uint16
	sign  rune
}

// letterCode returns the number of a character that is drawn by its own glyph.
func (e *embeddedFont) letterCode(s typeface.Sign, r rune) (uint16, error) {
	l := letterKey{s.Glyph, r}
	if code, ok := e.letters[l]; ok {
		return code, nil
	}
	d := typeface.Drawing{Width: s.Width}
	if s.Glyph != 0 {
		d.Glyphs = []typeface.Placed{{Glyph: s.Glyph}}
	}
	code, err := e.nextCode(d, []rune{r})
	e.letters[l] = code
	return code, err
}

// drawingCode returns the number of a drawing that stands for a text.
func (e *embeddedFont) drawingCode(d typeface.Drawing, text []rune) (uint16, error) {
	key := drawingKey(d, text)
	if code, ok := e.others[key]; ok {
		return code, nil
	}
	code, err := e.nextCode(d, text)
	e.others[key] = code
	return code, err
}

func drawingKey(d typeface.Drawing, text []rune) string {
	key := append([]byte(string(text)), 0)
	key = binary.AppendVarint(key, int64(d.Width))
	for _, g := range d.Glyphs {
		key = binary.AppendUvarint(key, uint64(g.Glyph))
		key = binary.AppendVarint(key, int64(g.X))
		key = binary.AppendVarint(key, int64(g.Y))
	}
	return string(key)
}

// nextCode gives a drawing the next number. There is room for as many parts of composed
// glyphs behind them.
func (e *embeddedFont) nextCode(d typeface.Drawing, text []rune) (uint16, error) {
	const most = 0x8000
	if len(e.drawings) == most {
		return 0, ErrLarge
	}
	e.drawings, e.texts = append(e.drawings, d), append(e.texts, string(text))
	return uint16(len(e.drawings)), nil
}

// write writes the font and returns the number of its object.
func (e *embeddedFont) write(o *objectWriter) int {
	program := e.face.Subset(e.drawings)
	sum := sha256.Sum256(program)
	tag := make([]byte, 6) // that a font is a part of another is told by six letters before its name
	for i := range tag {
		tag[i] = 'A' + sum[i]%26
	}
	name := string(tag) + "+" + e.face.Name
	file, kind, key := 0, "CIDFontType2", "FontFile2"
	if e.face.IsCFF() {
		kind, key = "CIDFontType0", "FontFile3"
		file = o.addStream("/Subtype /CIDFontType0C", program)
	} else {
		file = o.addStream(fmt.Sprintf("/Length1 %d", len(program)), program)
	}
	box := e.face.Box()
	descriptor := o.addObject("<< /Type /FontDescriptor /FontName /%s /Flags 4 /FontBBox [%d %d %d %d] /ItalicAngle 0 /Ascent %d /Descent %d /CapHeight 714 /StemV 80 /%s %d 0 R >>",
		name, box[0], box[1], box[2], box[3], e.face.Ascent(), e.face.Descent(), key, file)
	same := ""
	if !e.face.IsCFF() {
		same = " /CIDToGIDMap /Identity"
	}
	descendant := o.addObject("<< /Type /Font /Subtype /%s /BaseFont /%s /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /FontDescriptor %d 0 R /DW %d /W %s%s >>",
		kind, name, descriptor, e.face.Advance(0), e.widthArray(), same)
	unicode := o.addStream("", e.toUnicode())
	return o.addObject("<< /Type /Font /Subtype /Type0 /BaseFont /%s /Encoding /Identity-H /DescendantFonts [%d 0 R] /ToUnicode %d 0 R >>", name, descendant, unicode)
}

func (e *embeddedFont) widthArray() string {
	var b strings.Builder
	b.WriteString("[1 [")
	for i, d := range e.drawings {
		if i > 0 {
			b.WriteByte(' ')
		}
		fmt.Fprint(&b, d.Width)
	}
	b.WriteString("]]")
	return b.String()
}

// toUnicode is the table of what each number stands for (ISO 32000-1, 9.10.3).
func (e *embeddedFont) toUnicode() []byte {
	var b bytes.Buffer
	b.WriteString("/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n" +
		"/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n" +
		"1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n")
	const most = 100 // lines in a block
	for from := 0; from < len(e.texts); from += most {
		block := e.texts[from:min(from+most, len(e.texts))]
		fmt.Fprintf(&b, "%d beginbfchar\n", len(block))
		for i, text := range block {
			fmt.Fprintf(&b, "<%04X> <", from+i+1)
			for _, unit := range utf16.Encode([]rune(text)) {
				fmt.Fprintf(&b, "%04X", unit)
			}
			b.WriteString(">\n")
		}
		b.WriteString("endbfchar\n")
	}
	b.WriteString("endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n")
	return b.Bytes()
}
