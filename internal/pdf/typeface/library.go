package typeface

import (
	"bytes"
	"compress/gzip"
	"embed"
	"encoding/binary"
	"fmt"
	"io"
	"slices"
	"sync"
	"unicode"

	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/font/opentype"
)

//go:embed fonts/*.gz
var packed embed.FS

const (
	regular = "NotoSans-Regular.ttf"
	bold    = "NotoSans-Bold.ttf"
	mono    = "NotoSansMono-Regular.ttf"
	east    = "NotoSansCJKsc.otf"
)

// byScript are the fonts of the scripts that have one of their own.
var byScript = []struct {
	table *unicode.RangeTable
	name  string
}{
	{unicode.Han, east}, {unicode.Hiragana, east}, {unicode.Katakana, east}, {unicode.Hangul, east}, {unicode.Bopomofo, east},
	{unicode.Arabic, "NotoSansArabic.ttf"},
	{unicode.Hebrew, "NotoSansHebrew.ttf"},
	{unicode.Devanagari, "NotoSansDevanagari.ttf"},
	{unicode.Thai, "NotoSansThai.ttf"},
	{unicode.Adlam, "NotoSansAdlam.ttf"},
	{unicode.Armenian, "NotoSansArmenian.ttf"},
	{unicode.Balinese, "NotoSansBalinese.ttf"},
	{unicode.Batak, "NotoSansBatak.ttf"},
	{unicode.Bengali, "NotoSansBengali.ttf"},
	{unicode.Buginese, "NotoSansBuginese.ttf"},
	{unicode.Canadian_Aboriginal, "NotoSansCanadianAboriginal.ttf"},
	{unicode.Chakma, "NotoSansChakma.ttf"},
	{unicode.Cham, "NotoSansCham.ttf"},
	{unicode.Cherokee, "NotoSansCherokee.ttf"},
	{unicode.Coptic, "NotoSansCoptic.ttf"},
	{unicode.Ethiopic, "NotoSansEthiopic.ttf"},
	{unicode.Georgian, "NotoSansGeorgian.ttf"},
	{unicode.Gujarati, "NotoSansGujarati.ttf"},
	{unicode.Gurmukhi, "NotoSansGurmukhi.ttf"},
	{unicode.Hanifi_Rohingya, "NotoSansHanifiRohingya.ttf"},
	{unicode.Javanese, "NotoSansJavanese.ttf"},
	{unicode.Kannada, "NotoSansKannada.ttf"},
	{unicode.Kayah_Li, "NotoSansKayahLi.ttf"},
	{unicode.Khmer, "NotoSansKhmer.ttf"},
	{unicode.Lao, "NotoSansLao.ttf"},
	{unicode.Lepcha, "NotoSansLepcha.ttf"},
	{unicode.Limbu, "NotoSansLimbu.ttf"},
	{unicode.Lisu, "NotoSansLisu.ttf"},
	{unicode.Malayalam, "NotoSansMalayalam.ttf"},
	{unicode.Meetei_Mayek, "NotoSansMeeteiMayek.ttf"},
	{unicode.Mongolian, "NotoSansMongolian.ttf"},
	{unicode.Myanmar, "NotoSansMyanmar.ttf"},
	{unicode.New_Tai_Lue, "NotoSansNewTaiLue.ttf"},
	{unicode.Newa, "NotoSansNewa.ttf"},
	{unicode.Nko, "NotoSansNKo.ttf"},
	{unicode.Ol_Chiki, "NotoSansOlChiki.ttf"},
	{unicode.Oriya, "NotoSansOriya.ttf"},
	{unicode.Osage, "NotoSansOsage.ttf"},
	{unicode.Saurashtra, "NotoSansSaurashtra.ttf"},
	{unicode.Sinhala, "NotoSansSinhala.ttf"},
	{unicode.Sundanese, "NotoSansSundanese.ttf"},
	{unicode.Syloti_Nagri, "NotoSansSylotiNagri.ttf"},
	{unicode.Syriac, "NotoSansSyriac.ttf"},
	{unicode.Tagalog, "NotoSansTagalog.ttf"},
	{unicode.Tai_Le, "NotoSansTaiLe.ttf"},
	{unicode.Tai_Tham, "NotoSansTaiTham.ttf"},
	{unicode.Tamil, "NotoSansTamil.ttf"},
	{unicode.Telugu, "NotoSansTelugu.ttf"},
	{unicode.Thaana, "NotoSansThaana.ttf"},
	{unicode.Tibetan, "NotoSerifTibetan.ttf"},
	{unicode.Tifinagh, "NotoSansTifinagh.ttf"},
	{unicode.Vai, "NotoSansVai.ttf"},
	{unicode.Wancho, "NotoSansWancho.ttf"},
	{unicode.Yi, "NotoSansYi.ttf"},
}

// shared are the fonts of characters that are of no script, by where those are.
var shared = []struct {
	first, last rune
	name        string
}{
	{0x0600, 0x06FF, "NotoSansArabic.ttf"},
	{0x0900, 0x0FFF, "NotoSansDevanagari.ttf"},
	{0x0E00, 0x0EFF, "NotoSansThai.ttf"},
	{0x1000, 0x10FF, "NotoSansGeorgian.ttf"},
	{0x1700, 0x173F, "NotoSansTagalog.ttf"},
	{0x2190, 0x2BFF, "NotoSansSymbols.ttf"},
	{0x2190, 0x2BFF, "NotoSansSymbols2.ttf"},
	{0x2190, 0x2BFF, "NotoSansMath.ttf"},
	{0x1F100, 0x1F1FF, "NotoSansSymbols.ttf"},
	{0x2000, 0xFFFF, east},
	{0x1F200, 0x1F2FF, east},
}

// candidateFonts are the fonts that may have a character, the first that has it being the one.
func candidateFonts(style Style, r rune) []string {
	names := []string{regular}
	switch style {
	case Bold:
		names = []string{bold, regular}
	case Mono:
		names = []string{mono, regular}
	}
	for _, s := range byScript {
		if unicode.Is(s.table, r) {
			return []string{s.name}
		}
	}
	for _, s := range shared {
		if s.first <= r && r <= s.last {
			names = append(names, s.name)
		}
	}
	return names
}

// fontProgram is a font as it was unpacked. Nothing changes it.
type fontProgram struct {
	Name    string            // without the ending of its file
	tables  map[string][]byte // of the file, by tag
	font    *font.Font        // without outlines
	metrics metrics
}

type metrics struct {
	perEm                int // units of the font
	ascent, descent      int
	box                  [4]int
	glyphs, longAdvances int
}

// programs unpacks each font once for all documents. To unpack the largest takes a tenth
// of a second.
var programs = func() map[string]func() *fontProgram {
	files, err := packed.ReadDir("fonts")
	if err != nil {
		panic(err)
	}
	all := make(map[string]func() *fontProgram, len(files))
	for _, file := range files {
		name := file.Name()[:len(file.Name())-len(".gz")]
		all[name] = sync.OnceValue(func() *fontProgram { return mustReadFont(name) })
	}
	return all
}()

func loadFont(name string) *fontProgram { return programs[name]() }

// mustReadFont panics at a font that cannot be read: the fonts are part of the program, and a
// test reads each of them.
func mustReadFont(name string) *fontProgram {
	p, err := readFont(name)
	if err != nil {
		panic(fmt.Errorf("typeface: %s: %w", name, err))
	}
	return p
}

func readFont(name string) (*fontProgram, error) {
	file, err := packed.Open("fonts/" + name + ".gz")
	if err != nil {
		return nil, err
	}
	defer file.Close()
	unzipped, err := gzip.NewReader(file)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(unzipped)
	if err != nil {
		return nil, err
	}
	p := &fontProgram{Name: name[:len(name)-len(".ttf")], tables: tablesOf(data)}
	p.metrics = p.readMetrics()
	loader, err := opentype.NewLoader(bytes.NewReader(p.withoutOutlines(binary.BigEndian.Uint32(data))))
	if err != nil {
		return nil, err
	}
	p.font, err = font.NewFont(loader)
	return p, err
}

// tablesOf returns the tables of a font file.
func tablesOf(data []byte) map[string][]byte {
	tables := map[string][]byte{}
	for i := range int(binary.BigEndian.Uint16(data[4:])) {
		entry := data[12+16*i:]
		at, size := binary.BigEndian.Uint32(entry[8:]), binary.BigEndian.Uint32(entry[12:])
		tables[string(entry[:4])] = data[at : at+size : at+size]
	}
	return tables
}

func (p *fontProgram) readMetrics() metrics {
	head, hhea := p.tables["head"], p.tables["hhea"]
	at := func(table []byte, offset int) int { return int(int16(binary.BigEndian.Uint16(table[offset:]))) }
	return metrics{
		perEm: at(head, 18), ascent: at(hhea, 4), descent: at(hhea, 6),
		box:    [4]int{at(head, 36), at(head, 38), at(head, 40), at(head, 42)},
		glyphs: int(binary.BigEndian.Uint16(p.tables["maxp"][4:])), longAdvances: int(binary.BigEndian.Uint16(hhea[34:])),
	}
}

// withoutOutlines is the font without what is only needed to draw it. The shaper copies
// what it gets.
func (p *fontProgram) withoutOutlines(version uint32) []byte {
	kept := map[string][]byte{}
	for tag, table := range p.tables {
		if !slices.Contains([]string{"glyf", "loca", "CFF "}, tag) {
			kept[tag] = table
		}
	}
	return fontFile(version, kept)
}

// toThousandths converts a length in units of the font.
func (p *fontProgram) toThousandths(units int) int {
	n := units * 1000
	if n < 0 {
		return -((-n + p.metrics.perEm/2) / p.metrics.perEm)
	}
	return (n + p.metrics.perEm/2) / p.metrics.perEm
}

// toUnits converts thousandths to units of the font.
func (p *fontProgram) toUnits(thousandths int) int {
	n := thousandths * p.metrics.perEm
	if n < 0 {
		return -((-n + 500) / 1000)
	}
	return (n + 500) / 1000
}

// Advance returns how wide a glyph is.
func (p *fontProgram) Advance(glyph uint16) int {
	return p.toThousandths(int(binary.BigEndian.Uint16(p.tables["hmtx"][4*min(int(glyph), p.metrics.longAdvances-1):])))
}

// Ascent returns how far above the base line letters reach.
func (p *fontProgram) Ascent() int { return p.toThousandths(p.metrics.ascent) }

// Descent returns how far below the base line letters reach; it is negative.
func (p *fontProgram) Descent() int { return p.toThousandths(p.metrics.descent) }

// Box returns where the glyphs are: left, bottom, right, top.
func (p *fontProgram) Box() [4]int {
	var box [4]int
	for i, units := range p.metrics.box {
		box[i] = p.toThousandths(units)
	}
	return box
}
