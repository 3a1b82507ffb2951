package pdf

import "slices"

// The measures of an A4 page, in points of 1/72 inch.
const (
	pageWidth  = 595.28
	pageHeight = 841.89
	margin     = 60.0 // left and right; room for holes
	top        = 58.0
	foot       = 790.0 // where the last line of the footer ends
	width      = pageWidth - 2*margin
)

// drawOp is what is drawn: a text, or a rule where there is none.
type drawOp struct {
	x, y    float64 // y is the base line of a text
	line    line
	style   style
	element *element // that the text belongs to

	x2, thick float64 // where the rule ends
	grey      int
}

// row is a piece of a page over its whole width. It is never broken, and where it
// stands nothing else does.
type row struct {
	height float64
	ops    []drawOp // y is from the row's top
	space  bool     // it only keeps others apart, and is left out where a page begins
	keep   bool     // the next row is on the same page, if there is one that has room
	head   []row
	title  string // it begins a section of that name
}

// page is what is drawn on one, y being from the page's top.
type page struct {
	ops    []drawOp
	titles []sectionStart
}

// sectionStart is where a section begins.
type sectionStart struct {
	y     float64
	title string
}

// layouter puts rows one below the other, and on the next page where one is full.
type layouter struct {
	styles
	footer []line
	root   *element
	pages  []page
	err    error

	bottom  float64 // where a page's text ends
	y       float64
	blank   bool    // nothing but a head is on the page yet
	waiting []row   // that keep with the next
	height  float64 // of those
}

// footerLines is how many lines of a footer there are at most.
const footerLines = 3

// footerWidth leaves room for the number of the page.
const footerWidth = width - 90

func newLayouter(styles styles, footer string) *layouter {
	s := &layouter{styles: styles, root: &element{kind: "Document"}}
	s.footer = styles.footer.breakLines(footer, footerWidth)
	if len(s.footer) > footerLines {
		s.footer = s.footer[:footerLines]
		s.footer[footerLines-1].markCut()
	}
	s.bottom = foot - float64(len(s.footer))*styles.footer.leading - 18
	s.beginPage(nil)
	return s
}

// pageHeight is the height of a page's text.
func (s *layouter) pageHeight() float64 { return s.bottom - top }

// addRow puts a row below the last, or has it wait for the row that it keeps with.
func (s *layouter) addRow(st row) {
	if s.err != nil {
		return
	}
	s.waiting = append(s.waiting, st)
	s.height += st.height
	if !st.keep || s.height > s.pageHeight() {
		s.placeWaiting()
	}
}

// addSpace keeps the last row and the next apart.
func (s *layouter) addSpace(height float64) { s.addRow(row{height: height, space: true, keep: true}) }

// placeWaiting puts the rows that wait on the page if it has room for all of them, and
// otherwise on the next. More than a page of them cannot be kept together.
func (s *layouter) placeWaiting() {
	together := s.height <= s.pageHeight()
	if together && !s.fits(s.height) && !s.blank {
		s.beginPage(s.waiting[0].head)
	}
	for _, st := range s.waiting {
		if !s.fits(st.height) && !s.blank && !st.space {
			s.beginPage(st.head)
		}
		s.placeRow(st)
	}
	s.waiting, s.height = s.waiting[:0], 0
}

func (s *layouter) fits(height float64) bool { return s.y+height <= s.bottom }

func (s *layouter) placeRow(st row) {
	if st.space && s.blank || s.err != nil {
		return
	}
	s.blank = false
	s.drawRow(st)
}

func (s *layouter) drawRow(st row) {
	p := &s.pages[len(s.pages)-1]
	for _, m := range st.ops {
		m.y += s.y
		p.ops = append(p.ops, m)
	}
	if st.title != "" {
		p.titles = append(p.titles, sectionStart{s.y, st.title})
	}
	s.y += st.height
}

// beginPage begins a page, with the head of the table that goes on there.
func (s *layouter) beginPage(head []row) {
	if len(s.pages) == MaxPages {
		s.err = ErrLarge
		return
	}
	s.pages = append(s.pages, page{})
	s.y, s.blank = top, true
	for _, st := range head {
		s.drawRow(st.withoutElements())
	}
	if len(head) > 0 {
		s.y += above // the rest of a row has no room above it
	}
}

// withoutElements is a row of which the same was drawn before: it belongs to no element any more.
func (st row) withoutElements() row {
	marks := slices.Clone(st.ops)
	for i := range marks {
		marks[i].element = nil
	}
	st.ops = marks
	return st
}

// finishPages settles what still waits for a row to keep with, and tells whether there was
// room for everything.
func (s *layouter) finishPages() error {
	for n := len(s.waiting); n > 0 && s.waiting[n-1].space; n = len(s.waiting) {
		s.height -= s.waiting[n-1].height
		s.waiting = s.waiting[:n-1]
	}
	if len(s.waiting) > 0 {
		s.placeWaiting()
	}
	return s.err
}
