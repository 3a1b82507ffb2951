package paper

import (
	"bytes"
	"fmt"
	"strings"

	"codeberg.org/go-pdf/fpdf"
)

// printer draws pages into a PDF.
type printer struct {
	styles
	pdf *fpdf.Fpdf
}

func newPrinter(d Document) (*printer, error) {
	pdf := fpdf.New("P", "pt", "A4", "")
	pdf.SetMargins(0, 0, 0)
	pdf.SetAutoPageBreak(false, 0)
	pdf.SetCompression(!d.plain)
	pdf.SetCatalogSort(true) // what fpdf keeps in maps is written in one order
	pdf.SetProducer("fpdf", false)
	pdf.SetCreationDate(d.Made.UTC())
	pdf.SetModificationDate(d.Made.UTC())
	styles, err := newStyles(pdf)
	if err != nil {
		return nil, err
	}
	pdf.SetTitle(styles.title.face.oneLine(d.Title), true)
	return &printer{styles: styles, pdf: pdf}, pdf.Error()
}

// oneLine is a text where there is room for one line only. fpdf takes no text apart
// from what spell returns: it fails at bytes that are no UTF-8.
func (f *face) oneLine(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = f.spell(plain(line))
	}
	return strings.Join(lines, " ")
}

func (p *printer) print(s *sheet) ([]byte, error) {
	for i, page := range s.pages {
		p.pdf.AddPage()
		p.choose(p.text)
		for _, title := range page.titles {
			p.pdf.Bookmark(p.text.face.oneLine(title.text), 0, title.y)
		}
		p.draw(page.marks)
		p.draw(p.foot(s.footer, fmt.Sprintf("Page %d of %d", i+1, len(s.pages))))
	}
	var out bytes.Buffer
	if err := p.pdf.Output(&out); err != nil {
		return nil, fmt.Errorf("paper: %w", err)
	}
	return out.Bytes(), nil
}

// foot is what is at the end of a page: a rule, the footer's lines, and beside the first
// of them the number of the page.
func (p *printer) foot(lines []string, number string) []mark {
	y := foot - float64(len(lines))*p.footer.leading
	marks := []mark{{x: margin, x2: margin + width, y: y - 5, thick: 0.5, grey: rule}}
	marks = append(marks, p.footer.mark(margin+width-p.footer.length(number), number))
	marks[1].y += y
	for i, line := range lines {
		m := p.footer.mark(margin, line)
		m.y += y + float64(i)*p.footer.leading
		marks = append(marks, m)
	}
	return marks
}

func (p *printer) draw(marks []mark) {
	current := style{}
	for _, m := range marks {
		if m.thick > 0 {
			p.pdf.SetDrawColor(m.grey, m.grey, m.grey)
			p.pdf.SetLineWidth(m.thick)
			p.pdf.Line(m.x, m.y, m.x2, m.y)
			continue
		}
		if m.text == "" {
			continue
		}
		if m.style != current {
			current = m.style
			p.choose(current)
		}
		p.pdf.Text(m.x, m.y, m.text)
	}
}

func (p *printer) choose(s style) {
	p.pdf.SetFont(s.face.name, "", s.size)
	p.pdf.SetTextColor(s.grey, s.grey, s.grey)
}
