package paper

import (
	"fmt"
	"slices"

	"codeberg.org/go-pdf/fpdf"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/gomono"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/sfnt"
)

// face is a font, and what is known of its signs.
type face struct {
	name  string
	font  *sfnt.Font
	buf   sfnt.Buffer
	signs map[rune]sign
	// width asks the library that writes the PDF, so that the pages are laid out with the
	// widths that their readers will have. The unit is a thousandth of the font's size.
	width func(rune) float64
}

// sign is what is known of one: whether the font has it, and how wide it is.
type sign struct {
	has   bool
	width float64
}

// sign looks at a sign once. Beyond sixteen bits fpdf has no signs, whatever the font has.
func (f *face) sign(r rune) sign {
	if known, ok := f.signs[r]; ok {
		return known
	}
	if r > 0xFFFF {
		return sign{}
	}
	var found sign
	if index, err := f.font.GlyphIndex(&f.buf, r); err == nil && index != 0 {
		found = sign{has: true, width: f.width(r)}
	}
	f.signs[r] = found
	return found
}

func (f *face) has(r rune) bool { return f.sign(r).has }

// style is how a text looks. Lengths are in points.
type style struct {
	face    *face
	size    float64
	leading float64 // from one line to the next
	grey    int     // 0 is black
}

func (s style) width(r rune) float64 { return s.face.sign(r).width * s.size / 1000 }

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

func newStyles(pdf *fpdf.Fpdf) (styles, error) {
	var err error
	load := func(name string, data []byte) *face {
		font, e := sfnt.Parse(data)
		if e != nil {
			err = fmt.Errorf("paper: font %s: %w", name, e)
		}
		// fpdf 0.12.0 writes into the bytes of a font that is of equal width (getMetrics in
		// utf8fontfile.go), and another document is not to be made of what is left.
		pdf.AddUTF8FontFromBytes(name, "", slices.Clone(data))
		return &face{name: name, font: font, signs: make(map[rune]sign), width: func(r rune) float64 {
			pdf.SetFont(name, "", 1)
			return float64(pdf.GetStringSymbolWidth(string(r)))
		}}
	}
	regular, bold, mono := load("goregular", goregular.TTF), load("gobold", gobold.TTF), load("gomono", gomono.TTF)
	return styles{
		title:    style{bold, 20, 25, black},
		subtitle: style{regular, 11, 15, grey},
		heading:  style{bold, 12.5, 17, black},
		text:     style{regular, 9.5, 13.5, black},
		label:    style{regular, 9.5, 13.5, grey},
		head:     style{bold, 8.5, 11.5, ink},
		cell:     style{regular, 8.5, 11.5, black},
		mono:     style{mono, 8, 10.5, black},
		footer:   style{regular, 8, 10.5, grey},
	}, err
}
