package paper

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

// mark is what is drawn: a text, or a rule where there is none.
type mark struct {
	x, y    float64 // y is the base line of a text
	line    line
	style   style
	element *element // that the text belongs to

	x2, thick float64 // where the rule ends
	grey      int
}

// strip is a piece of a page over its whole width. It is never broken, and where it
// stands nothing else does.
type strip struct {
	height float64
	marks  []mark // y is from the strip's top
	space  bool   // it only keeps others apart, and is left out where a page begins
	keep   bool   // the next strip is on the same page, if there is one that has room
	head   []strip
	title  string // it begins a section of that name
}

// page is what is drawn on one, y being from the page's top.
type page struct {
	marks  []mark
	titles []titled
}

// titled is where a section begins.
type titled struct {
	y     float64
	title string
}

// sheet puts strips one below the other, and on the next page where one is full.
type sheet struct {
	styles
	footer []line
	root   *element
	pages  []page
	err    error

	bottom  float64 // where a page's text ends
	y       float64
	blank   bool    // nothing but a head is on the page yet
	waiting []strip // that keep with the next
	height  float64 // of those
}

// footerLines is how many lines of a footer there are at most.
const footerLines = 3

// footerWidth leaves room for the number of the page.
const footerWidth = width - 90

func newSheet(styles styles, footer string) *sheet {
	s := &sheet{styles: styles, root: &element{kind: "Document"}}
	s.footer = styles.footer.lines(footer, footerWidth)
	if len(s.footer) > footerLines {
		s.footer = s.footer[:footerLines]
		s.footer[footerLines-1].cut()
	}
	s.bottom = foot - float64(len(s.footer))*styles.footer.leading - 18
	s.turn(nil)
	return s
}

// room is the height of a page's text.
func (s *sheet) room() float64 { return s.bottom - top }

// add puts a strip below the last, or has it wait for the strip that it keeps with.
func (s *sheet) add(st strip) {
	if s.err != nil {
		return
	}
	s.waiting = append(s.waiting, st)
	s.height += st.height
	if !st.keep || s.height > s.room() {
		s.settle()
	}
}

// space keeps the last strip and the next apart.
func (s *sheet) space(height float64) { s.add(strip{height: height, space: true, keep: true}) }

// settle puts the strips that wait on the page if it has room for all of them, and
// otherwise on the next. More than a page of them cannot be kept together.
func (s *sheet) settle() {
	together := s.height <= s.room()
	if together && !s.fits(s.height) && !s.blank {
		s.turn(s.waiting[0].head)
	}
	for _, st := range s.waiting {
		if !s.fits(st.height) && !s.blank && !st.space {
			s.turn(st.head)
		}
		s.put(st)
	}
	s.waiting, s.height = s.waiting[:0], 0
}

func (s *sheet) fits(height float64) bool { return s.y+height <= s.bottom }

func (s *sheet) put(st strip) {
	if st.space && s.blank || s.err != nil {
		return
	}
	s.blank = false
	s.draw(st)
}

func (s *sheet) draw(st strip) {
	p := &s.pages[len(s.pages)-1]
	for _, m := range st.marks {
		m.y += s.y
		p.marks = append(p.marks, m)
	}
	if st.title != "" {
		p.titles = append(p.titles, titled{s.y, st.title})
	}
	s.y += st.height
}

// turn begins a page, with the head of the table that goes on there.
func (s *sheet) turn(head []strip) {
	if len(s.pages) == MaxPages {
		s.err = ErrLarge
		return
	}
	s.pages = append(s.pages, page{})
	s.y, s.blank = top, true
	for _, st := range head {
		s.draw(st.again())
	}
	if len(head) > 0 {
		s.y += above // the rest of a row has no room above it
	}
}

// again is a strip of which the same was drawn before: it belongs to no element any more.
func (st strip) again() strip {
	marks := slices.Clone(st.marks)
	for i := range marks {
		marks[i].element = nil
	}
	st.marks = marks
	return st
}

// end settles what still waits for a strip to keep with, and tells whether there was
// room for everything.
func (s *sheet) end() error {
	for n := len(s.waiting); n > 0 && s.waiting[n-1].space; n = len(s.waiting) {
		s.height -= s.waiting[n-1].height
		s.waiting = s.waiting[:n-1]
	}
	if len(s.waiting) > 0 {
		s.settle()
	}
	return s.err
}
