package pdf

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"countersign/internal/pdf/typeface"
)

// printer draws pages into a PDF that archives accept: PDF/A-2u (ISO 19005-2), tagged.
type printer struct {
	styles
	objectWriter
	fonts   map[*typeface.Face]*embeddedFont
	order   []*embeddedFont
	err     error
	content bytes.Buffer // of the page that is drawn
	page    int
	current *element     // whose text is drawn
	marked  string       // what kind of text is open: of an element, or an ornament
	owners  [][]*element // of each page, by the numbers of its pieces
	grey    int
}

func newPrinter(d Document) *printer {
	p := &printer{styles: newStyles(), fonts: map[*typeface.Face]*embeddedFont{}}
	p.plain = d.plain
	p.writeHeader()
	return p
}

// outlineItem is a section in the outline of the document.
type outlineItem struct {
	title string
	page  int // number of the object
	y     float64
}

func (p *printer) printPages(d Document, s *layouter) ([]byte, error) {
	pages, resources := p.reserve(), p.reserve()
	var numbers []int
	var outline []outlineItem
	for i, page := range s.pages {
		p.page = i
		p.content.Reset()
		p.owners = append(p.owners, nil)
		p.grey = -1
		p.drawAll(page.ops)
		p.beginOrnament("/Artifact << /Type /Pagination /Subtype /Footer >> BDC\n")
		p.drawAll(p.footerOps(s.footer, fmt.Sprintf("Page %d of %d", i+1, len(s.pages))))
		p.endContent()
		content := p.addStream("", p.content.Bytes())
		number := p.addObject("<< /Type /Page /Parent %d 0 R /MediaBox [0 0 %s %s] /Resources %d 0 R /Contents %d 0 R /StructParents %d /Tabs /S >>",
			pages, formatNumber(pageWidth), formatNumber(pageHeight), resources, content, i)
		numbers = append(numbers, number)
		for _, title := range page.titles {
			outline = append(outline, outlineItem{p.text.oneLine(title.title), number, title.y})
		}
	}
	if p.err != nil {
		return nil, p.err
	}
	p.writeObject(pages, "<< /Type /Pages /Count %d /Kids [%s] >>", len(numbers), objectReferences(numbers))
	var fonts strings.Builder
	for _, font := range p.order {
		fmt.Fprintf(&fonts, " /%s %d 0 R", font.name, font.write(&p.objectWriter))
	}
	p.writeObject(resources, "<< /Font <<%s >> >>", fonts.String())
	tree := p.writeTagTree(s.root, numbers)
	return p.writeCatalog(d, pages, tree, p.writeOutline(outline)), nil
}

func objectReferences(numbers []int) string {
	var b strings.Builder
	for i, n := range numbers {
		if i > 0 {
			b.WriteByte(' ')
		}
		fmt.Fprintf(&b, "%d 0 R", n)
	}
	return b.String()
}

// formatNumber writes a number as short as it is exact enough.
func formatNumber(n float64) string {
	text := strconv.FormatFloat(n, 'f', 3, 64)
	return strings.TrimRight(strings.TrimRight(text, "0"), ".")
}

// footerOps is what is at the end of a page: a rule, the footer's lines, and beside the first
// of them the number of the page.
func (p *printer) footerOps(lines []line, number string) []drawOp {
	y := foot - float64(len(lines))*p.footer.leading
	marks := []drawOp{{x: margin, x2: margin + width, y: y - 5, thick: 0.5, grey: rule}}
	page := line{text: number}
	marks = append(marks, p.footer.textOp(margin+width-p.footer.lineWidth(page), width, page))
	marks[1].y += y
	for i, line := range lines {
		m := p.footer.textOp(margin, footerWidth, line)
		m.y += y + float64(i)*p.footer.leading
		marks = append(marks, m)
	}
	return marks
}

func (p *printer) drawAll(marks []drawOp) {
	for _, m := range marks {
		if m.thick > 0 {
			p.drawRule(m)
			continue
		}
		if m.line.text != "" {
			p.beginElement(m.element)
			p.drawText(m)
		}
	}
}

// beginElement makes what is drawn next belong to an element. What belongs to none is an
// ornament, or there once more on another page.
func (p *printer) beginElement(e *element) {
	if e == nil {
		if p.marked == "" || p.current != nil {
			p.beginOrnament("/Artifact << /Type /Pagination >> BDC\n")
		}
		return
	}
	if p.current == e {
		return
	}
	p.endContent()
	number := len(p.owners[p.page])
	p.owners[p.page] = append(p.owners[p.page], e)
	e.shown = append(e.shown, markedPiece{p.page, number})
	p.current, p.marked = e, e.kind
	fmt.Fprintf(&p.content, "/%s << /MCID %d >> BDC\n", e.kind, number)
}

// beginOrnament makes what is drawn next belong to no element.
func (p *printer) beginOrnament(begin string) {
	if p.marked == begin {
		return
	}
	p.endContent()
	p.marked = begin
	p.content.WriteString(begin)
}

func (p *printer) endContent() {
	if p.marked != "" {
		p.content.WriteString("EMC\n")
	}
	p.current, p.marked = nil, ""
}

func (p *printer) drawRule(m drawOp) {
	if p.current != nil || p.marked == "" {
		p.beginOrnament("/Artifact << /Type /Layout >> BDC\n")
	}
	y := formatNumber(pageHeight - m.y)
	fmt.Fprintf(&p.content, "%s G %s w %s %s m %s %s l S\n", formatNumber(float64(m.grey)/255), formatNumber(m.thick), formatNumber(m.x), y, formatNumber(m.x2), y)
}

// drawText draws a line of text.
func (p *printer) drawText(m drawOp) {
	c := &p.content
	if p.grey != m.style.grey {
		p.grey = m.style.grey
		fmt.Fprintf(c, "%s g\n", formatNumber(float64(p.grey)/255))
	}
	c.WriteString("BT\n")
	x := m.x
	parts := m.style.visualParts(m.line)
	for i := range parts {
		parts[i].x = x
		x += parts[i].width()
	}
	slices.SortStableFunc(parts, func(a, b linePart) int { return cmp.Compare(a.start, b.start) }) // the order of reading
	if m.line.spaced && !m.line.leftwards {                                                        // so that words are apart where the line is read on
		parts = append(parts, m.style.visualParts(line{text: " "})...)
		parts[len(parts)-1].x = x
	}
	y := formatNumber(pageHeight - m.y)
	for _, part := range parts {
		fmt.Fprintf(c, "1 0 0 1 %s %s Tm\n", formatNumber(part.x), y)
		p.drawPart(m.style, part)
	}
	c.WriteString("ET\n")
}

// drawPart draws a run. Letters that are to be bold and have no bold font are drawn with
// their edges.
func (p *printer) drawPart(s style, part linePart) {
	c := &p.content
	font := p.embedFont(part.face)
	fmt.Fprintf(c, "/%s %s Tf\n", font.name, formatNumber(s.size))
	heavy := s.look == typeface.Bold && !part.face.IsBold()
	if heavy {
		fmt.Fprintf(c, "2 Tr %s w %s G\n", formatNumber(s.size/32), formatNumber(float64(s.grey)/255))
	}
	p.drawGlyphs(font, part)
	if heavy {
		c.WriteString("0 Tr\n")
	}
}

func (p *printer) drawGlyphs(font *embeddedFont, part linePart) {
	if part.level%2 == 1 {
		p.drawLeftwards(font, part)
		return
	}
	p.content.WriteByte('<')
	if part.shaped {
		ends := part.clusterEnds(part.clusters)
		for i, cluster := range part.clusters {
			p.showCode(font.drawingCode(cluster.Drawing, part.runes[cluster.Start:ends[i]]))
		}
	} else {
		for _, r := range part.runes[part.start:part.end] {
			p.showCode(font.letterCode(part.style.glyphOf(r), r))
		}
	}
	p.content.WriteString("> Tj\n")
}

// rightToLeftMark is a character without a look that is as much from right to left as a letter.
const rightToLeftMark = '\u200F'

// drawLeftwards draws what is read from right to left, but from left to right, as the tag
// says (ISO 32000-1, 14.8.2.3.3). Programs that search the text turn it round character by
// character: so each has a place of its own, even if one drawing stands for several. Some do so
// from the first letter on: where a mark comes before that, a character without a look does.
func (p *printer) drawLeftwards(font *embeddedFont, part linePart) {
	ends := part.clusterEnds(part.clusters)
	p.content.WriteString("/ReversedChars BMC <")
	for i, cluster := range part.clusters {
		text := part.runes[cluster.Start:ends[i]]
		n := len(text)
		if i == 0 && unicode.Is(unicode.M, text[n-1]) {
			p.showCode(font.drawingCode(typeface.Drawing{}, []rune{rightToLeftMark}))
		}
		drawing := cluster.Drawing
		for k := n - 1; k >= 0; k-- {
			drawing.Width = cluster.Width*(n-k)/n - cluster.Width*(n-k-1)/n
			p.showCode(font.drawingCode(drawing, text[k:k+1]))
			drawing.Glyphs = nil
		}
	}
	p.content.WriteString("> Tj EMC\n")
}

// showCode writes the number of a drawing.
func (p *printer) showCode(code uint16, err error) {
	if err != nil {
		p.err = err
	}
	const digits = "0123456789ABCDEF"
	p.content.Write([]byte{digits[code>>12], digits[code>>8&15], digits[code>>4&15], digits[code&15]})
}

func (p *printer) embedFont(face *typeface.Face) *embeddedFont {
	if font, ok := p.fonts[face]; ok {
		return font
	}
	font := &embeddedFont{face: face, name: "F" + strconv.Itoa(len(p.order)+1), letters: map[letterKey]uint16{}, others: map[string]uint16{}}
	p.fonts[face] = font
	p.order = append(p.order, font)
	return font
}
