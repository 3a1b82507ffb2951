package pdf

import (
	"bytes"
	"encoding/binary"
	"encoding/xml"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/go-text/typesetting/font"
)

// everyScript is a document that uses each of the fonts, in each of the styles.
func everyScript() Document {
	d := sample()
	var names Facts
	table := Table{Head: []string{"Script", "Name"}}
	for name, text := range scripts {
		names = append(names, Fact{name, text})
		table.Rows = append(table.Rows, []string{text, IsolateDirection(text) + ", " + text})
	}
	slices.SortFunc(names, func(a, b Fact) int { return strings.Compare(a.Label, b.Label) })
	slices.SortFunc(table.Rows, func(a, b []string) int { return strings.Compare(a[0], b[0]) })
	d.Sections = append(d.Sections, Section{Heading: "Names " + strings.Repeat("王小明 محمد हिन्दी ", 9), Blocks: []Block{names, table}})
	return d
}

// What ISO 19005-2 asks of a file of level U is so, as far as a file of ours could break
// it. The numbers are the clauses.
func TestArchive(t *testing.T) {
	for name, d := range map[string]Document{"sample": sample(), "every script": everyScript(), "nothing": {Made: made}} {
		t.Run(name, func(t *testing.T) {
			out, err := d.PDF()
			if err != nil {
				t.Fatal(err)
			}
			p := parse(t, out)
			p.checkFile()
			p.checkMetadata()
			p.checkObjects()
			for _, page := range p.pages() {
				p.checkContent(page)
			}
			for _, font := range p.fonts() {
				p.checkFont(font)
			}
		})
	}
}

// checkFile looks at 6.1: head, end, name of the file.
func (p *parsed) checkFile() {
	if !bytes.HasPrefix(p.file, []byte("%PDF-1.7\n%")) || slices.ContainsFunc(p.file[10:14], func(c byte) bool { return c < 0x80 }) {
		p.Errorf("6.1.2: the file begins %q", p.file[:15])
	}
	if !bytes.HasSuffix(p.file, []byte("\n%%EOF\n")) || bytes.Count(p.file, []byte("\nstartxref\n")) != 1 {
		p.Error("6.1.3: the file goes on behind its end")
	}
	if id := p.list(p.value(p.trailer, "ID")); len(id) != 2 || len(id[0]) != 34 {
		p.Errorf("6.1.3: ID is %s", id)
	}
	if p.value(p.trailer, "Encrypt") != nil {
		p.Error("6.1.3: encrypted")
	}
	intents := p.list(p.value(p.root(), "OutputIntents"))
	if len(intents) != 1 {
		p.Fatalf("6.2.3: %d output intents", len(intents))
	}
	intent := p.follow(intents[0])
	profile := p.at(intent, "DestOutputProfile")
	data := p.stream(profile)
	if string(p.value(intent, "S")) != "/GTS_PDFA1" || string(p.value(profile, "N")) != "3" || string(data[12:20]) != "mntrRGB " || string(data[36:40]) != "acsp" || data[8] > 4 {
		p.Errorf("6.2.3: %s", intent)
	}
}

// checkMetadata looks at 6.6: there is XMP, it is not packed, and says the same as the
// file's own description.
func (p *parsed) checkMetadata() {
	metadata := p.at(p.root(), "Metadata")
	if p.value(metadata, "Filter") != nil {
		p.Error("6.6.2.1: the metadata are packed")
	}
	text := string(p.stream(metadata))
	for decoder := xml.NewDecoder(strings.NewReader(text)); ; {
		if _, err := decoder.Token(); err == io.EOF {
			break
		} else if err != nil {
			p.Fatalf("6.6.2.1: %v", err)
		}
	}
	info := p.at(p.trailer, "Info")
	date := regexp.MustCompile(`(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)Z`).ReplaceAllString(between(text, "<xmp:CreateDate>", "</"), "(D:$1$2$3$4$5${6}Z)")
	if got := string(p.value(info, "CreationDate")); got != date || string(p.value(info, "ModDate")) != date {
		p.Errorf("6.6.2.3: made at %s and %s", date, got)
	}
	title := fromHex(strings.Trim(string(p.value(info, "Title")), "<>"))[len("\uFEFF"):]
	if got := between(text, `<rdf:li xml:lang="x-default">`, "</"); got != title && !strings.Contains(got, "&") || got == "" {
		p.Errorf("6.6.2.3: title %q and %q", title, got)
	}
	if "("+between(text, "<pdf:Producer>", "</")+")" != string(p.value(info, "Producer")) {
		p.Error("6.6.2.3: two producers")
	}
	if between(text, "<pdfaid:part>", "</") != "2" || between(text, "<pdfaid:conformance>", "</") != "U" {
		p.Error("6.6.4: it does not say which kind it is")
	}
}

func between(text, begin, end string) string {
	_, rest, _ := strings.Cut(text, begin)
	found, _, _ := strings.Cut(rest, end)
	return found
}

// checkObjects looks at what no object may have, and at the limits of 6.1.13.
func (p *parsed) checkObjects() {
	texts := regexp.MustCompile(`<[0-9A-F]{4,}>`)
	for number, object := range p.objects {
		head, _, _ := bytes.Cut(object, []byte("\nstream\n"))
		for _, never := range []string{"/AA ", "/JavaScript", "/JS ", "/Launch", "/EmbeddedFiles", "/Encrypt", "/LZWDecode", "/SMask", "/BM ", "/CA ", "/ca ", "/Group", "/Annots", "/OCProperties", "/F (", "/Ref ", "/PS "} {
			if bytes.Contains(head, []byte(never)) {
				p.Errorf("object %d has %s", number, never)
			}
		}
		for _, text := range texts.FindAll(head, -1) {
			if len(text)/2 > 32_767 {
				p.Errorf("6.1.13: object %d has a text of %d bytes", number, len(text)/2)
			}
		}
	}
	if len(p.objects) > 8_388_607 {
		p.Errorf("6.1.13: %d objects", len(p.objects))
	}
}

// checkContent looks at 6.2: only greys, which the output intent describes, only operators
// of ISO 32000-1, and everything either an ornament or a piece of an element.
func (p *parsed) checkContent(page []byte) {
	allowed := []string{"g", "G", "w", "m", "l", "S", "BT", "ET", "Tm", "Tf", "Tj", "Tr", "BDC", "BMC", "EMC"}
	depth := 0
	for line := range strings.Lines(string(p.stream(p.at(page, "Contents")))) {
		for _, word := range regexp.MustCompile(`(?:^|\s)([A-Za-z]+)(?:\s|$)`).FindAllStringSubmatch(strings.TrimSpace(line), -1) {
			if !slices.Contains(allowed, word[1]) {
				p.Errorf("6.2.2: operator %s", word[1])
			}
		}
		depth += strings.Count(line, "BDC") + strings.Count(line, "BMC") - strings.Count(line, "EMC")
		if depth < 0 || depth > 2 || depth == 0 && strings.Contains(line, "Tj") {
			p.Errorf("%q is in %d tags", line, depth)
		}
	}
	if depth != 0 {
		p.Error("a tag is not closed")
	}
	if string(p.value(page, "Tabs")) != "/S" || p.value(page, "StructParents") == nil {
		p.Errorf("page %s", page)
	}
}

func (p *parsed) fonts() [][]byte {
	var all [][]byte
	for _, page := range p.pages()[:1] {
		resources := p.at(page, "Resources", "Font")
		for _, name := range regexp.MustCompile(`/(F\d+) `).FindAllSubmatch(resources, -1) {
			all = append(all, p.at(resources, string(name[1])))
		}
	}
	return all
}

var ascii = regexp.MustCompile(`^/[A-Z]{6}\+[A-Za-z0-9-]+$`)

// checkFont looks at 6.2.11: the font is embedded, its widths are those of the file, and
// each number has a meaning.
func (p *parsed) checkFont(dictionary []byte) {
	descendant := p.follow(p.list(p.value(dictionary, "DescendantFonts"))[0])
	descriptor := p.at(descendant, "FontDescriptor")
	name := string(p.value(dictionary, "BaseFont"))
	if !ascii.MatchString(name) || name != string(p.value(descendant, "BaseFont")) || name != string(p.value(descriptor, "FontName")) {
		p.Errorf("6.2.11.2: names of %s", name)
	}
	if string(p.value(dictionary, "Encoding")) != "/Identity-H" {
		p.Error("6.2.11.3.3: encoding")
	}
	if p.value(descriptor, "CIDSet") != nil {
		p.Error("6.2.11.4.2: a set of numbers that nobody needs")
	}
	widths := widthsOf(string(p.value(descendant, "W")))
	meanings := p.meanings(dictionary)
	if len(meanings) != len(widths) {
		p.Errorf("6.2.11.7.2: %s has %d meanings of %d numbers", name, len(meanings), len(widths))
	}
	for code, text := range meanings {
		if text == "" || strings.ContainsAny(text, "\x00\uFEFF\uFFFE") {
			p.Errorf("6.2.11.7.2: %s of %s is %q", code, name, text)
		}
	}
	switch file := p.at(descriptor, "FontFile2"); {
	case file != nil:
		if string(p.value(descendant, "Subtype")) != "/CIDFontType2" || string(p.value(descendant, "CIDToGIDMap")) != "/Identity" {
			p.Errorf("6.2.11.3.2: %s", descendant)
		}
		p.checkTrueType(name, p.stream(file), widths)
	default:
		file = p.at(descriptor, "FontFile3")
		if string(p.value(descendant, "Subtype")) != "/CIDFontType0" || string(p.value(file, "Subtype")) != "/CIDFontType0C" {
			p.Errorf("6.2.11.4.1: %s", descendant)
		}
		p.checkCFF(name, p.stream(file), len(widths))
	}
}

func widthsOf(array string) []int {
	var widths []int
	for _, w := range strings.Fields(strings.TrimSuffix(strings.TrimPrefix(array, "[1 ["), "]]")) {
		n, _ := strconv.Atoi(w)
		widths = append(widths, n)
	}
	return widths
}

// checkTrueType has another program read an embedded font, with a table of characters that it
// asks for.
func (p *parsed) checkTrueType(name string, file []byte, widths []int) {
	face, err := font.ParseTTF(bytes.NewReader(withCmap(file)))
	if err != nil {
		p.Errorf("6.2.11.4: %s: %v", name, err)
		return
	}
	for i, width := range widths {
		glyph := font.GID(i + 1)
		perEm := int(face.Upem())
		got := (int(face.HorizontalAdvance(glyph))*1000 + perEm/2) / perEm
		if got-width > 1 || width-got > 1 {
			p.Errorf("6.2.11.5: glyph %d of %s is %d wide, said to be %d", glyph, name, got, width)
		}
		if _, ok := face.GlyphDataOutline(glyph); !ok {
			p.Errorf("6.2.11.4.1: glyph %d of %s cannot be drawn", glyph, name)
		}
	}
}

// withCmap is a font file with a table that says that it has no characters. A PDF needs none.
func withCmap(file []byte) []byte {
	cmap := []byte{0, 0, 0, 1, 0, 3, 0, 10, 0, 0, 0, 12, 0, 12, 0, 0, 0, 0, 0, 16, 0, 0, 0, 0, 0, 0, 0, 0}
	count := int(binary.BigEndian.Uint16(file[4:]))
	const entry = 16
	out := append([]byte{}, file[:12]...)
	binary.BigEndian.PutUint16(out[4:], uint16(count+1))
	out = append(out, "cmap\x00\x00\x00\x00"...)
	out = binary.BigEndian.AppendUint32(out, uint32(len(file)+entry))
	out = binary.BigEndian.AppendUint32(out, uint32(len(cmap)))
	for i := range count {
		at := 12 + entry*i
		out = append(out, file[at:at+8]...)
		out = binary.BigEndian.AppendUint32(out, binary.BigEndian.Uint32(file[at+8:])+entry)
		out = append(out, file[at+12:at+entry]...)
	}
	return append(append(out, file[12+entry*count:]...), cmap...)
}

func (p *parsed) checkCFF(name string, file []byte, count int) {
	if !bytes.HasPrefix(file, []byte{1, 0, 4}) || !bytes.Contains(file, []byte("AdobeIdentity")) {
		p.Errorf("6.2.11.4: %s is no CFF with numbers: % X", name, file[:8])
	}
	if len(file) < 20*count {
		p.Errorf("%s has %d bytes for %d glyphs", name, len(file), count)
	}
}

// TestTags has each piece of text in one element, in the order of reading, and tables and
// lists made of what they are made of.
func TestTags(t *testing.T) {
	d := everyScript()
	out, err := d.PDF()
	if err != nil {
		t.Fatal(err)
	}
	p := parse(t, out)
	if string(p.value(p.root(), "Lang")) != "(en-GB)" || string(p.at(p.root(), "MarkInfo", "Marked")) != "true" {
		t.Errorf("root %s", p.root())
	}
	said := map[string]string{} // by page and number
	for _, line := range p.drawn() {
		if line.number >= 0 {
			key := fmt.Sprint(line.page, " ", line.number)
			said[key] = strings.TrimSpace(said[key] + " " + line.text)
		}
	}
	tree := p.at(p.root(), "StructTreeRoot")
	document := p.follow(p.list(p.value(tree, "K"))[0])
	w := walker{parsed: p, said: said, owners: p.owners(tree)}
	w.walk("StructTreeRoot", document, p.list(p.value(tree, "K"))[0])
	if len(w.said) != 0 {
		t.Errorf("in no element: %q", w.said)
	}
	text := strings.Join(w.text, "\n")
	at := 0
	for _, want := range []string{"H1: " + d.Title, "P: " + d.Subtitle, "H2: Summary", "P: A second paragraph.", "Lbl: Name", "LBody: Jane Q. Example",
		"H2: Checks", "TH: Check", "TH: Detail", "TD: ID_DOCUMENT_AUTHENTICITY", "TD: LIVENESS", "TD: REJECT", "H2: Who read what", "Code: {", "LBody: محمد عبد الله الراشدي لا الإسلام"} {
		n := strings.Index(text[at:], want)
		if n < 0 {
			t.Errorf("no %q where it should be", want)
			continue
		}
		at += n
	}
	if heads := strings.Count(text, "TH: When (UTC)"); heads != 1 {
		t.Errorf("a head that is on each page is said %d times", heads)
	}
}

// owners returns the element of each piece, by page and number.
func (p *parsed) owners(tree []byte) map[string]string {
	owners := map[string]string{}
	list := p.list(p.at(tree, "ParentTree", "Nums"))
	for i := 0; i+1 < len(list); i += 2 {
		for number, owner := range p.list(list[i+1]) {
			owners[fmt.Sprintf("%s %d", list[i], number)] = string(owner)
		}
	}
	return owners
}

// walker goes through the elements in the order of reading.
type walker struct {
	*parsed
	said   map[string]string
	owners map[string]string
	text   []string
}

var inside = map[string][]string{
	"StructTreeRoot": {"Document"}, "Document": {"H1", "P", "Sect"}, "Sect": {"H2", "P", "L", "Table"}, "L": {"LI"}, "LI": {"Lbl", "LBody"},
	"Table": {"THead", "TBody"}, "THead": {"TR"}, "TBody": {"TR"}, "TR": {"TH", "TD"}, "P": {"Code"},
}

func (w *walker) walk(parent string, element, self []byte) {
	kind := string(w.value(element, "S")[1:])
	if !slices.Contains(inside[parent], kind) {
		w.Errorf("%s in %s", kind, parent)
	}
	var text []string
	for _, kid := range w.list(w.value(element, "K")) {
		page, number := w.value(element, "Pg"), string(kid)
		switch {
		case reference.Match(kid):
			object := w.follow(kid)
			if string(w.value(object, "P")) != string(self) {
				w.Errorf("%s does not know its parent", object)
			}
			w.walk(kind, object, kid)
			continue
		case bytes.HasPrefix(kid, []byte("<<")):
			page, number = w.value(kid, "Pg"), string(w.value(kid, "MCID"))
		}
		key := string(w.value(w.follow(page), "StructParents")) + " " + number
		if w.owners[key] != string(self) {
			w.Errorf("piece %s is of %s, not of %s", key, w.owners[key], self)
		}
		if _, ok := w.said[key]; !ok {
			w.Errorf("nothing is drawn of piece %s, or it is in two elements", key)
		}
		text = append(text, w.said[key])
		delete(w.said, key)
	}
	if len(text) > 0 {
		w.text = append(w.text, kind+": "+strings.Join(text, " "))
	}
}
