package pdf

import (
	"math"
	"slices"
	"strings"
)

func (d Document) layOut(s *layouter) {
	s.addParagraph(s.title, d.Title, s.root.addChild("H1"))
	if d.Subtitle != "" {
		s.addSpace(3)
		s.addParagraph(s.subtitle, d.Subtitle, s.root.addChild("P"))
	}
	s.addSpace(9)
	s.addRow(row{height: 1, keep: true, ops: []drawOp{{x: margin, x2: margin + width, thick: 0.8, grey: ink}}})
	for _, section := range d.Sections {
		section.layOut(s)
	}
}

func (p Section) layOut(s *layouter) {
	s.addSpace(20)
	element := s.root.addChild("Sect")
	if p.Heading != "" {
		s.beginSection(p.Heading)
		s.addParagraph(s.heading, p.Heading, element.addChild("H2"))
		s.addSpace(5)
	}
	for i, block := range p.Blocks {
		if block == nil {
			continue
		}
		if i > 0 {
			s.addSpace(9)
		}
		block.layOut(s, element)
	}
}

// beginSection makes the outline of the document point to what is added next.
func (s *layouter) beginSection(title string) {
	s.addRow(row{height: 0.01, keep: true, title: title})
}

// layOut tags what is between line feeds as paragraphs. Neither the first nor the last
// line of a text stands alone on a page.
func (t Text) layOut(s *layouter, parent *element) {
	lines := s.text.breakLines(string(t), width)
	var paragraph *element
	for i, line := range lines {
		if line.first {
			paragraph = parent.addChild("P")
		}
		s.addLine(s.text, line, paragraph, len(lines) > 1 && (i == 0 || i == len(lines)-2))
	}
}

// layOut marks the lines that continue the one above with a short rule in the margin.
func (p Preformatted) layOut(s *layouter, parent *element) {
	element := parent.addChild("P").addChild("Code")
	for _, line := range s.mono.breakLines(string(p), width) {
		st := row{height: s.mono.leading, ops: []drawOp{s.mono.textOp(margin, width, line)}}
		st.ops[0].element = element
		if !line.first {
			st.ops = append(st.ops, drawOp{x: margin - 10, x2: margin - 5, y: s.mono.leading / 2, thick: 0.5, grey: grey})
		}
		s.addRow(st)
	}
}

// addParagraph adds the lines of a text over the whole width, which keep with what follows.
func (s *layouter) addParagraph(style style, text string, element *element) {
	for _, line := range style.breakLines(text, width) {
		s.addLine(style, line, element, true)
	}
}

func (s *layouter) addLine(style style, line line, element *element, keep bool) {
	m := style.textOp(margin, width, line)
	m.element = element
	s.addRow(row{height: style.leading, ops: []drawOp{m}, keep: keep})
}

// textOp is a line of text at the top of a row, from x on or, where it is written from the
// right, up to the end of the width.
func (s style) textOp(x, width float64, line line) drawOp {
	if line.leftwards {
		x += max(0, width-s.lineWidth(line))
	}
	return drawOp{x: x, y: s.leading/2 + 0.34*s.size, line: line, style: s}
}

// textCell is a text in a row, between x and x plus width.
type textCell struct {
	x, width float64
	style    style
	text     string
	element  *element
}

// roomFor is how wide a line of the cell may be for one that begins on the right. A text of
// one line still begins on the left: beside what it belongs to.
func (c textCell) roomFor(lines []line, n int) float64 {
	if lines[n].first && (n == len(lines)-1 || lines[n+1].first) {
		return 0
	}
	return c.width
}

// maxLines is more than the pages of a document have room for.
const maxLines = 100 * MaxPages

// textRows returns the rows of texts that are beside each other: a row has a line of
// each. They keep together unless they fill much of a page.
func (s *layouter) textRows(cells []textCell, head []row) []row {
	columns, count, leading := make([][]line, len(cells)), 1, 0.0
	for i, c := range cells {
		columns[i] = c.style.breakLines(c.text, c.width)
		count, leading = max(count, len(columns[i])), max(leading, c.style.leading)
	}
	if count > maxLines {
		s.err, count = ErrLarge, maxLines
	}
	rows := make([]row, count)
	for n := range rows {
		rows[n] = row{height: leading, head: head, keep: n == 0 || n == count-2}
		for i, c := range cells {
			if n < len(columns[i]) && columns[i][n].text != "" {
				m := c.style.textOp(c.x, c.roomFor(columns[i], n), columns[i][n])
				m.element = c.element
				rows[n].ops = append(rows[n].ops, m)
			}
		}
	}
	if float64(count)*leading < s.pageHeight()/3 {
		for n := range rows {
			rows[n].keep = true
		}
	}
	rows[count-1].keep = false
	return rows
}

func (s *layouter) addRows(rows []row) {
	for _, st := range rows {
		s.addRow(st)
	}
}

// labelWidth leaves a digest of 64 digits room on one line.
const labelWidth = 108.0

func (f Facts) layOut(s *layouter, parent *element) {
	list := parent.addChild("L")
	for i, fact := range f {
		if s.err != nil {
			return
		}
		if i > 0 {
			s.addRow(row{height: 2.5, space: true}) // may end a page
		}
		item := list.addChild("LI")
		s.addRows(s.textRows([]textCell{
			{margin, labelWidth, s.label, fact.Label, item.addChild("Lbl")},
			{margin + labelWidth + 12, width - labelWidth - 12, s.text, fact.Value, item.addChild("LBody")},
		}, nil))
	}
}

const (
	gutter = 10.0 // between two columns
	narrow = 36.0 // the least a column is wide: four letters
	above  = 3.5  // the text of a row, and below it
)

func (t Table) layOut(s *layouter, parent *element) {
	count := len(t.Head)
	for _, row := range t.Rows {
		count = max(count, len(row))
	}
	if count == 0 {
		return
	}
	columns := t.columnCells(count, s.head)
	if columns == nil {
		t.layAsFacts(s, parent)
		return
	}
	table := parent.addChild("Table")
	var head []row
	if len(t.Head) > 0 {
		head = s.tableRows(columns, t.Head, table.addChild("THead"), nil)
		head = s.addHead(head)
	}
	body := table.addChild("TBody")
	for _, row := range t.Rows {
		if s.err != nil {
			return
		}
		s.addRows(s.tableRows(columns, row, body, head))
	}
}

// addHead adds a table's head, and returns what of it is repeated: nothing, if it is so
// high that little would be left of a page.
func (s *layouter) addHead(head []row) []row {
	height := 0.0
	for _, st := range head {
		height += st.height
	}
	repeated := height < s.pageHeight()/3
	for _, st := range head {
		st.keep = st.keep || repeated
		s.addRow(st)
	}
	if !repeated {
		return nil
	}
	return head
}

// columnCells returns where the columns are and how wide, without their texts. It returns
// nil if the page has no room for as many.
func (t Table) columnCells(count int, head style) []textCell {
	all := width - float64(count-1)*gutter
	if all < float64(count)*narrow {
		return nil
	}
	least := t.leastWidths(count, all, head)
	columns, x := make([]textCell, count), margin
	for i, width := range t.divideWidth(all, least) {
		columns[i] = textCell{x: x, width: width}
		x += width + gutter
	}
	return columns
}

// leastWidths returns how wide the columns are at least, so that their heads' words are not
// broken, if all of them together have as much.
func (t Table) leastWidths(count int, all float64, head style) []float64 {
	least, sum := make([]float64, count), 0.0
	for i := range least {
		least[i] = narrow
		if i < len(t.Head) {
			for word := range strings.FieldsSeq(t.Head[i]) {
				least[i] = max(least[i], head.widestLine(word)+0.01)
			}
		}
		sum += least[i]
	}
	if sum > all {
		return slices.Repeat([]float64{narrow}, count)
	}
	return least
}

// divideWidth divides a width by the columns' shares. A column whose share is less than
// its least width has that, at the cost of those that have more.
func (t Table) divideWidth(all float64, least []float64) []float64 {
	widths, spare, more := make([]float64, len(least)), all, 0.0
	for i, share := range t.columnShares(len(least)) {
		widths[i] = max(0, share*all-least[i])
		spare -= least[i]
		more += widths[i]
	}
	for i := range widths {
		if more > 0 {
			widths[i] *= max(0, spare) / more
		}
		widths[i] += least[i]
	}
	return widths
}

// columnShares returns what part of the width each column has, together 1.
func (t Table) columnShares(count int) []float64 {
	equal := slices.Repeat([]float64{1 / float64(count)}, count)
	shares, sum := slices.Clone(t.Widths), 0.0
	for _, w := range shares {
		if !(w > 0) || w > math.MaxFloat32 {
			return equal
		}
		sum += w
	}
	if len(shares) != count {
		return equal
	}
	for i := range shares {
		shares[i] /= sum
	}
	return shares
}

// tableRows returns the rows of the page that make one row of a table, in its head or body,
// with room around them and a rule below.
func (s *layouter) tableRows(columns []textCell, texts []string, group *element, head []row) []row {
	style, kind, rule := s.cell, "TD", drawOp{thick: 0.4, grey: hair}
	if group.kind == "THead" {
		style, kind, rule = s.head, "TH", drawOp{thick: 0.8, grey: ink}
	}
	tr := group.addChild("TR")
	cells := slices.Clone(columns)
	for i := range cells {
		cells[i].style, cells[i].element = style, tr.addChild(kind)
		if kind == "TH" {
			cells[i].element.scope = "Column"
		}
		if i < len(texts) {
			cells[i].text = texts[i]
		}
	}
	rows := s.textRows(cells, head)
	first, last := &rows[0], &rows[len(rows)-1]
	first.height += above
	for i := range first.ops {
		first.ops[i].y += above
	}
	last.height += above
	rule.x, rule.x2, rule.y = margin, margin+width, last.height
	last.ops = append(last.ops, rule)
	return rows
}

// layAsFacts writes a table that has too many columns: each row as facts, each cell with
// the head of its column.
func (t Table) layAsFacts(s *layouter, parent *element) {
	for i, row := range t.Rows {
		if i > 0 {
			s.addSpace(9)
		}
		facts := make(Facts, max(len(row), len(t.Head)))
		for n := range facts {
			if n < len(t.Head) {
				facts[n].Label = t.Head[n]
			}
			if n < len(row) {
				facts[n].Value = row[n]
			}
		}
		facts.layOut(s, parent)
	}
	if len(t.Rows) == 0 {
		Text(strings.Join(t.Head, "\n")).layOut(s, parent)
	}
}
