package pdf

// element is a part of the document as programs read it aloud or take it apart: a
// heading, a paragraph, a cell (ISO 32000-1, 14.7).
type element struct {
	kind   string
	parent *element
	kids   []*element
	shown  []markedPiece // what is drawn of it; an element that has kids has nothing itself
	scope  string        // of a table's head: its "Row" or its "Column"
	object int           // its number in the file
}

// markedPiece is a piece of a page that belongs to an element.
type markedPiece struct{ page, number int }

// addChild puts an element behind the others of e.
func (e *element) addChild(kind string) *element {
	kid := &element{kind: kind, parent: e}
	e.kids = append(e.kids, kid)
	return kid
}

// prune leaves out what nothing is drawn of. Cells stay: they keep their row's columns.
func (e *element) prune() {
	kept := e.kids[:0]
	for _, kid := range e.kids {
		kid.prune()
		if len(kid.kids) > 0 || len(kid.shown) > 0 || kid.kind == "TD" || kid.kind == "TH" {
			kept = append(kept, kid)
		}
	}
	e.kids = kept
}

// walk calls f for an element and those below it, in the order of reading.
func (e *element) walk(f func(*element)) {
	f(e)
	for _, kid := range e.kids {
		kid.walk(f)
	}
}
