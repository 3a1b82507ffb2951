package paper

import (
	"math"
	"slices"
	"strings"
)

func (d Document) lay(s *sheet) {
	s.paragraph(s.title, d.Title, true)
	if d.Subtitle != "" {
		s.space(3)
		s.paragraph(s.subtitle, d.Subtitle, true)
	}
	s.space(9)
	s.add(strip{height: 1, keep: true, marks: []mark{{x: margin, x2: margin + width, thick: 0.8, grey: ink}}})
	for _, section := range d.Sections {
		section.lay(s)
	}
}

func (p Section) lay(s *sheet) {
	s.space(20)
	if p.Heading != "" {
		s.begin(p.Heading)
		s.paragraph(s.heading, p.Heading, true)
		s.space(5)
	}
	for i, block := range p.Blocks {
		if block == nil {
			continue
		}
		if i > 0 {
			s.space(9)
		}
		block.lay(s)
	}
}

// begin has the outline of the document point to what is added next.
func (s *sheet) begin(title string) {
	s.add(strip{height: 0.01, keep: true, title: title})
}

func (t Text) lay(s *sheet) { s.paragraph(s.text, string(t), false) }

// lay marks the lines that continue the one above with a short rule in the margin.
func (p Preformatted) lay(s *sheet) {
	for text := range strings.SplitSeq(string(p), "\n") {
		for i, line := range s.mono.lines(text, width) {
			st := strip{height: s.mono.leading, marks: []mark{s.mono.mark(margin, line)}}
			if i > 0 {
				st.marks = append(st.marks, mark{x: margin - 10, x2: margin - 5, y: s.mono.leading / 2, thick: 0.5, grey: grey})
			}
			s.add(st)
		}
	}
}

// paragraph adds the lines of a text over the whole width. Neither the first nor the
// last of them stands alone on a page.
func (s *sheet) paragraph(style style, text string, keep bool) {
	lines := style.lines(text, width)
	for i, line := range lines {
		s.add(strip{
			height: style.leading,
			marks:  []mark{style.mark(margin, line)},
			keep:   keep || len(lines) > 1 && (i == 0 || i == len(lines)-2),
		})
	}
}

// mark is a line of text, from x on, at the top of a strip.
func (s style) mark(x float64, text string) mark {
	return mark{x: x, y: s.leading/2 + 0.34*s.size, text: text, style: s}
}

// cell is a text in a row, between x and x plus width.
type cell struct {
	x, width float64
	style    style
	text     string
}

// maxLines is more than the pages of a document have room for.
const maxLines = 100 * MaxPages

// row returns the strips of texts that are beside each other: a strip has a line of
// each. They keep together unless they fill much of a page.
func (s *sheet) row(cells []cell, head []strip) []strip {
	columns, count, leading := make([][]string, len(cells)), 1, 0.0
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
			if n < len(columns[i]) && columns[i][n] != "" {
				strips[n].marks = append(strips[n].marks, c.style.mark(c.x, columns[i][n]))
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
const labelWidth = 118.0

func (f Facts) lay(s *sheet) {
	for i, fact := range f {
		if s.err != nil {
			return
		}
		if i > 0 {
			s.add(strip{height: 2.5, space: true}) // may end a page
		}
		s.addAll(s.row([]cell{
			{x: margin, width: labelWidth, style: s.label, text: fact.Label},
			{x: margin + labelWidth + 12, width: width - labelWidth - 12, style: s.text, text: fact.Value},
		}, nil))
	}
}

const (
	gutter = 10.0 // between two columns
	narrow = 36.0 // the least a column is wide: four letters
	above  = 3.5  // the text of a row, and below it
)

func (t Table) lay(s *sheet) {
	count := len(t.Head)
	for _, row := range t.Rows {
		count = max(count, len(row))
	}
	if count == 0 {
		return
	}
	columns := t.columns(count, s.head)
	if columns == nil {
		t.layAsFacts(s)
		return
	}
	var head []strip
	if len(t.Head) > 0 {
		head = s.tableRow(columns, t.Head, s.head, nil, mark{thick: 0.8, grey: ink})
		head = s.layHead(head)
	}
	for _, row := range t.Rows {
		if s.err != nil {
			return
		}
		s.addAll(s.tableRow(columns, row, s.cell, head, mark{thick: 0.4, grey: hair}))
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
				least[i] = max(least[i], head.length(head.face.spell(word))+0.01)
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

// tableRow returns the strips of a row, with room around them and a rule below.
func (s *sheet) tableRow(columns []cell, texts []string, style style, head []strip, rule mark) []strip {
	cells := make([]cell, len(texts))
	for i, text := range texts {
		cells[i] = columns[i]
		cells[i].style, cells[i].text = style, text
	}
	if len(cells) == 0 {
		cells = []cell{{style: style}}
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
func (t Table) layAsFacts(s *sheet) {
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
		facts.lay(s)
	}
	if len(t.Rows) == 0 {
		Text(strings.Join(t.Head, "\n")).lay(s)
	}
}
