// Package pdf writes plain documents as PDF.
//
// What it writes is meant to be printed, filed and read years later by someone who
// has nothing else: A4 pages with numbers, fonts that come along with the document,
// and no character of the text that is cut off, drawn over another or left out. It is PDF/A-2u,
// which archives ask for, and tagged: programs find its headings, paragraphs and tables,
// and all of its text as it was written.
//
// Texts may be in any script that people write today (package typeface), and are composed
// (Unicode's form NFC). A character that the fonts do not have, or that has no look of its own,
// stands there by its code, as in ‹U+1F600›.
//
// The text may come from anywhere. It is only ever drawn, never interpreted, and what
// it costs is bounded: two megabytes take some seconds, whatever is in them, and a
// document of more than MaxText bytes or MaxPages pages is refused with ErrLarge.
package pdf

import (
	"errors"
	"time"
)

const (
	// MaxText is how many bytes of text a document may have.
	MaxText = 8 << 20
	// MaxPages is how many pages a document may fill. Two megabytes of words fill 370,
	// and of nothing but characters that have no look, 3100.
	MaxPages = 5000
)

var (
	// ErrLarge is returned when the document has more text than MaxText or fills more than
	// MaxPages.
	ErrLarge = errors.New("pdf: the document is too large")
	// ErrNoDate is returned when the document does not say when it was made, or names a year
	// that a PDF cannot.
	ErrNoDate = errors.New("pdf: the document has no date")
)

// Document is what is to be written. In all its texts line feeds begin new lines, and a
// tab is four spaces.
type Document struct {
	Title    string // on the first page and in the PDF's metadata
	Subtitle string // under the title
	// Footer is on every page, beside "Page 2 of 7". What of it does not fit in three
	// lines is left out, and "…" says so.
	Footer   string
	Made     time.Time // when it was made, for the metadata; required
	Sections []Section

	plain bool // the pages are not compressed, for tests
}

// Section is a part of a document. One without a heading continues what is before it.
type Section struct {
	Heading string
	Blocks  []Block
}

// Block is what a section consists of: Text, Facts, a Table or Preformatted.
type Block interface {
	// size is how many bytes of text the block has, and one for each of its pieces.
	size() int
	// layOut puts the block on the sheet, as part of an element.
	layOut(*layouter, *element)
}

// Text is paragraphs.
type Text string

// Facts are labels, in a column on the left, and the values that belong to them.
type Facts []Fact

// Fact is what is so.
type Fact struct{ Label, Value string }

// Table has a head, which each of its pages repeats, and rows. Rows need not be of the
// same length, and none of their cells is left out. A table with more columns than a
// page has room for is written as facts, row by row.
type Table struct {
	Head []string
	Rows [][]string
	// Widths are the columns' shares of the width. Nil is as good as equal ones, and so
	// are shares that make no sense.
	Widths []float64
}

// Preformatted is text such as JSON, in letters of equal width and with its spaces.
type Preformatted string

// PDF returns the document as a PDF. The same document gives the same bytes. It returns
// ErrLarge or ErrNoDate for a document that is not fit to be written.
func (d Document) PDF() ([]byte, error) {
	if year := d.Made.UTC().Year(); d.Made.IsZero() || year < 1 || year > 9999 {
		return nil, ErrNoDate
	}
	if d.size() > MaxText {
		return nil, ErrLarge
	}
	printer := newPrinter(d)
	s := newLayouter(printer.styles, d.Footer)
	d.layOut(s)
	if err := s.finishPages(); err != nil {
		return nil, err
	}
	return printer.printPages(d, s)
}

func (d Document) size() int {
	n := len(d.Title) + len(d.Subtitle) + len(d.Footer)
	for _, section := range d.Sections {
		n += 1 + len(section.Heading)
		for _, block := range section.Blocks {
			if block != nil {
				n += 1 + block.size()
			}
		}
	}
	return n
}

func (t Text) size() int         { return len(t) }
func (p Preformatted) size() int { return len(p) }

func (f Facts) size() int {
	n := 0
	for _, fact := range f {
		n += 1 + len(fact.Label) + len(fact.Value)
	}
	return n
}

func (t Table) size() int {
	n := cellsSize(t.Head)
	for _, row := range t.Rows {
		n += cellsSize(row)
	}
	return n
}

func cellsSize(cells []string) int {
	n := 1
	for _, cell := range cells {
		n += 1 + len(cell)
	}
	return n
}
