package paper

import (
	"math"
	"slices"
	"strings"
)

func (d Document) lay(s *sheet) {
	s.paragraph(s.title, d.Title, s.root.add("H1"))
	if d.Subtitle != "" {
		s.space(3)
		s.paragraph(s.subtitle, d.Subtitle, s.root.add("P"))
	}
	s.space(9)
	s.add(strip{height: 1, keep: true, marks: []mark{{x: margin, x2: margin + width, thick: 0.8, grey: ink}}})
	for _, section := range d.Sections {
		section.lay(s)
	}
}

func (p Section) lay(s *sheet) {
	s.space(20)
	element := s.root.add("Sect")
	if p.Heading != "" {
		s.begin(p.Heading)
		s.paragraph(s.heading, p.Heading, element.add("H2"))
		s.space(5)
	}
	for i, block := range p.Blocks {
		if block == nil {
			continue
		}
		if i > 0 {
			s.space(9)
		}
		block.lay(s, element)
	}
}

// begin has the outline of the document point to what is added next.
func (s *sheet) begin(title string) {
	s.add(strip{height: 0.01, keep: true, title: title})
}

// lay tags what stands between line feeds as paragraphs. Neither the first nor the last
// line of a text stands alone on a page.
func (t Text) lay(s *sheet, parent *element) {
	lines := s.text.lines(string(t), width)
	var paragraph *element
	for i, line := range lines {
		if line.first {
			paragraph = parent.add("P")
		}
		s.addLine(s.text, line, paragraph, len(lines) > 1 && (i == 0 || i == len(lines)-2))
	}
}

// lay marks the lines that continue the one above with a short rule in the margin.
func (p Preformatted) lay(s *sheet, parent *element) {
	element := parent.add("P").add("Code")
	for _, line := range s.mono.lines(string(p), width) {
		st := strip{height: s.mono.leading, marks: []mark{s.mono.mark(margin, width, line)}}
		st.marks[0].element = element
		if !line.first {
			st.marks = append(st.marks, mark{x: margin - 10, x2: margin - 5, y: s.mono.leading / 2, thick: 0.5, grey: grey})
		}
		s.add(st)
	}
}

// paragraph adds the lines of a text over the whole width, which keep with what follows.
func (s *sheet) paragraph(style style, text string, element *element) {
	for _, line := range style.lines(text, width) {
		s.addLine(style, line, element, true)
	}
}

func (s *sheet) addLine(style style, line line, element *element, keep bool) {
	m := style.mark(margin, width, line)
	m.element = element
	s.add(strip{height: style.leading, marks: []mark{m}, keep: keep})
}

// mark is a line of text at the top of a strip, from x on or, where it is written from the
// right, up to the end of the width.
func (s style) mark(x, width float64, line line) mark {
	if line.leftwards {
		x += max(0, width-s.length(line))
	}
	return mark{x: x, y: s.leading/2 + 0.34*s.size, line: line, style: s}
}

// cell is a text in a row, between x and x plus width.
type cell struct {
	x, width float64
	style    style
	text     string
	element  *element
}

// room is how wide a line of the cell may be for one that begins on the right. A text of
// one line begins on the left all the same: beside what it belongs to.
func (c cell) room(lines []line, n int) float64 {
	if lines[n].first && (n == len(lines)-1 || lines[n+1].first) {
		return 0
	}
	return c.width
}

// maxLines is more than the pages of a document have room for.
const maxLines = 100 * MaxPages

// row returns the strips of texts that are beside each other: a strip has a line of
// each. They keep together unless they fill much of a page.
func (s *sheet) row(cells []cell, head []strip) []strip {
	columns, count, leading := make([][]line, len(cells)), 1, 0.0
	for i, c := range cells {
		columns[i] = c.style.lines(c.text, c.width)
		count, leading = max(count, len(columns[i])), max(leading, c.style.leading)
	}
	if count > maxLines {
		s.err, count = ErrLarge, maxLines
	}
	strips := make([]strip, count)
	for n := range strips {
		strips[n] = strip{height: leading, head: head, keep: n == 0 || n == count-2}
		for i, c := range cells {
			if n < len(columns[i]) && columns[i][n].text != "" {
				m := c.style.mark(c.x, c.room(columns[i], n), columns[i][n])
				m.element = c.element
				strips[n].marks = append(strips[n].marks, m)
			}
		}
	}
	if float64(count)*leading < s.room()/3 {
		for n := range strips {
			strips[n].keep = true
		}
	}
	strips[count-1].keep = false
	return strips
}

func (s *sheet) addAll(strips []strip) {
	for _, st := range strips {
		s.add(st)
	}
}

// labelWidth leaves a digest of 64 digits room on one line.
const labelWidth = 108.0

func (f Facts) lay(s *sheet, parent *element) {
	list := parent.add("L")
	for i, fact := range f {
		if s.err != nil {
			return
		}
		if i > 0 {
			s.add(strip{height: 2.5, space: true}) // may end a page
		}
		item := list.add("LI")
		s.addAll(s.row([]cell{
			{margin, labelWidth, s.label, fact.Label, item.add("Lbl")},
			{margin + labelWidth + 12, width - labelWidth - 12, s.text, fact.Value, item.add("LBody")},
		}, nil))
	}
}

const (
	gutter = 10.0 // between two columns
	narrow = 36.0 // the least a column is wide: four letters
	above  = 3.5  // the text of a row, and below it
)

func (t Table) lay(s *sheet, parent *element) {
	count := len(t.Head)
	for _, row := range t.Rows {
		count = max(count, len(row))
	}
	if count == 0 {
		return
	}
	columns := t.columns(count, s.head)
	if columns == nil {
		t.layAsFacts(s, parent)
		return
	}
	table := parent.add("Table")
	var head []strip
	if len(t.Head) > 0 {
		head = s.tableRow(columns, t.Head, table.add("THead"), nil)
		head = s.layHead(head)
	}
	body := table.add("TBody")
	for _, row := range t.Rows {
		if s.err != nil {
			return
		}
		s.addAll(s.tableRow(columns, row, body, head))
	}
}

// layHead adds a table's head, and returns what of it is repeated: nothing, if it is so
// high that little would be left of a page.
func (s *sheet) layHead(head []strip) []strip {
	height := 0.0
	for _, st := range head {
		height += st.height
	}
	repeated := height < s.room()/3
	for _, st := range head {
		st.keep = st.keep || repeated
		s.add(st)
	}
	if !repeated {
		return nil
	}
	return head
}

// columns returns where the columns are and how wide, without their texts. It returns
// nil if the page has no room for as many.
func (t Table) columns(count int, head style) []cell {
	all := width - float64(count-1)*gutter
	if all < float64(count)*narrow {
		return nil
	}
	least := t.least(count, all, head)
	columns, x := make([]cell, count), margin
	for i, width := range t.shareOut(all, least) {
		columns[i] = cell{x: x, width: width}
		x += width + gutter
	}
	return columns
}

// least returns how wide the columns are at least, so that their heads' words are not
// broken, if all of them together have as much.
func (t Table) least(count int, all float64, head style) []float64 {
	least, sum := make([]float64, count), 0.0
	for i := range least {
		least[i] = narrow
		if i < len(t.Head) {
			for word := range strings.FieldsSeq(t.Head[i]) {
				least[i] = max(least[i], head.widest(word)+0.01)
			}
		}
		sum += least[i]
	}
	if sum > all {
		return slices.Repeat([]float64{narrow}, count)
	}
	return least
}

// shareOut divides a width by the columns' shares. A column whose share is less than
// its least width has that, at the cost of those that have more.
func (t Table) shareOut(all float64, least []float64) []float64 {
	widths, spare, more := make([]float64, len(least)), all, 0.0
	for i, share := range t.shares(len(least)) {
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

// shares returns what part of the width each column has, together 1.
func (t Table) shares(count int) []float64 {
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

// tableRow returns the strips of a row, with room around them and a rule below. It is a
// row of the table's head or body.
func (s *sheet) tableRow(columns []cell, texts []string, group *element, head []strip) []strip {
	style, kind, rule := s.cell, "TD", mark{thick: 0.4, grey: hair}
	if group.kind == "THead" {
		style, kind, rule = s.head, "TH", mark{thick: 0.8, grey: ink}
	}
	row := group.add("TR")
	cells := slices.Clone(columns)
	for i := range cells {
		cells[i].style, cells[i].element = style, row.add(kind)
		if kind == "TH" {
			cells[i].element.scope = "Column"
		}
		if i < len(texts) {
			cells[i].text = texts[i]
		}
	}
	strips := s.row(cells, head)
	first, last := &strips[0], &strips[len(strips)-1]
	first.height += above
	for i := range first.marks {
		first.marks[i].y += above
	}
	last.height += above
	rule.x, rule.x2, rule.y = margin, margin+width, last.height
	last.marks = append(last.marks, rule)
	return strips
}

// layAsFacts writes a table that has too many columns: each row as facts, each cell with
// the head of its column.
func (t Table) layAsFacts(s *sheet, parent *element) {
	for i, row := range t.Rows {
		if i > 0 {
			s.space(9)
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
		facts.lay(s, parent)
	}
	if len(t.Rows) == 0 {
		Text(strings.Join(t.Head, "\n")).lay(s, parent)
	}
}
