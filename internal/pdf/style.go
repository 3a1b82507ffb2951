package pdf

import "countersign/internal/pdf/typeface"

// style is how a text looks. Lengths are in points.
type style struct {
	set     *typeface.Set
	look    typeface.Style
	size    float64
	leading float64 // from one line to the next
	grey    int     // 0 is black
	turning bool    // lines in Hebrew or Arabic begin on the right
}

// styles are those of a document.
type styles struct {
	title, subtitle, heading, text, label, head, cell, mono, footer style
}

const (
	black = 0
	ink   = 45  // of what is said about the text, such as a table's head
	grey  = 105 // of labels: quieter, and still to be read in a copy of a copy
	rule  = 190
	hair  = 222
)

func newStyles() styles {
	const regular, bold = typeface.Regular, typeface.Bold
	set := typeface.NewSet()
	return styles{
		title:    style{set, bold, 20, 27, black, true},
		subtitle: style{set, regular, 11, 16, grey, true},
		heading:  style{set, bold, 12.5, 18, black, true},
		text:     style{set, regular, 9.25, 14, black, true},
		label:    style{set, regular, 9.25, 14, grey, true},
		head:     style{set, bold, 8.25, 12.5, ink, true},
		cell:     style{set, regular, 8.25, 12.5, black, true},
		mono:     style{set, typeface.Mono, 8, 11, black, false},
		footer:   style{set, regular, 8, 11, grey, true},
	}
}
