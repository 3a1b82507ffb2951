// Package spreadsheet writes lists as CSV for people who open them in a spreadsheet:
// no cell runs as a formula there, and nothing in one is hidden from the eye. Whatever
// Countersign writes as CSV goes through it.
package spreadsheet

import (
	"encoding/csv"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"countersign/internal/idv"
)

// ByteOrderMark is what a file begins with so that a spreadsheet reads it as UTF-8.
// Programs that read a list from a pipe do without.
const ByteOrderMark = "\ufeff"

// Writer writes a list. Flush is to be called at its end.
type Writer struct{ csv *csv.Writer }

// NewWriter returns a Writer to w.
func NewWriter(w io.Writer) *Writer { return &Writer{csv.NewWriter(w)} }

// Write writes a row, each of its values as Cell has it.
func (w *Writer) Write(row []string) error {
	cells := make([]string, len(row))
	for i, value := range row {
		cells[i] = Cell(value)
	}
	return w.csv.Write(cells)
}

// Flush writes what is left and returns the first error there was.
func (w *Writer) Flush() error {
	w.csv.Flush()
	return w.csv.Error()
}

// Cell writes a value for a file that a spreadsheet may open. What looks like the
// beginning of a formula has an apostrophe before it, and characters that nobody sees stand
// by their names. A value can also begin in the middle of ours, where a spreadsheet
// parts cells at semicolons, tabs or line ends. Source: OWASP, CSV Injection.
func Cell(value string) string {
	value, _ = idv.Visible(strings.ToValidUTF8(value, "\uFFFD"))
	var b strings.Builder
	for {
		if strings.HasPrefix(value, "'") || beginsFormula(value) {
			b.WriteByte('\'')
		}
		end := strings.IndexAny(value, ";\t\r\n")
		if end < 0 {
			b.WriteString(value)
			return b.String()
		}
		b.WriteString(value[:end+1])
		value = value[end+1:]
	}
}

// beginsFormula reports whether a value may be taken for a formula: some spreadsheets
// read on past blanks and quotes, and take full-width characters for the plain ones.
func beginsFormula(value string) bool {
	if strings.HasPrefix(value, "\t") || strings.HasPrefix(value, "\r") || strings.HasPrefix(value, "\n") {
		return true
	}
	value = strings.TrimLeftFunc(value, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.In(r, unicode.Mn, unicode.Quotation_Mark) || r == '`' || r == '´'
	})
	first, _ := utf8.DecodeRuneInString(value)
	switch norm.NFKC.String(string(first)) {
	case "=", "+", "-", "@", "\u2212":
		return true
	}
	return false
}
