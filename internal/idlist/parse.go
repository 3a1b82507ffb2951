package idlist

import (
	"bytes"
	"encoding/csv"
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"countersign/internal/idv"
	"countersign/internal/spreadsheet"
	"countersign/internal/textfile"
)

// Parse reads a list in UTF-8 or UTF-16. The separator and the column with the IDs are
// found by what stands in them: whichever gives most IDs, unless a column is called for
// recipients. Where quotes do not match, each line is read by itself, so that a lost quote
// costs its line and not the rest of the list.
func Parse(file []byte) (*List, error) {
	if len(file) > MaxBytes {
		return nil, ErrTooLarge
	}
	text := lineEnds(textfile.UTF8(file))
	if bytes.HasPrefix(file, []byte("PK\x03\x04")) || bytes.IndexByte(text, 0) >= 0 {
		return nil, ErrNotText
	}
	if err := checkLines(text); err != nil {
		return nil, err
	}
	t, column := bestTable(text)
	if column < 0 {
		return nil, ErrNoIDs
	}
	l := t.list(column)
	if len(l.Lines) > MaxLines {
		return nil, ErrTooManyLines
	}
	return l, nil
}

// lineEnds writes every line end as a newline, and leaves out blank lines at the end.
func lineEnds(text []byte) []byte {
	text = bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))
	text = bytes.ReplaceAll(text, []byte("\r"), []byte("\n"))
	return bytes.TrimRight(text, " \t\n")
}

// checkLines returns the error for a text with too many lines, or too long ones.
func checkLines(text []byte) error {
	number := 0
	for line := range bytes.Lines(text) {
		if number++; number > MaxLines+1 { // one may have the names of the columns
			return ErrTooManyLines
		}
		if len(bytes.TrimSuffix(line, []byte("\n"))) > MaxLineBytes {
			return &LongLineError{number}
		}
	}
	return nil
}

// table is a text taken apart into rows.
type table struct {
	separator rune
	rows      []row
}

// row is a line, or several where a quoted cell has line ends in it.
type row struct {
	number int // of its first line
	cells  []string
}

// bestTable takes a text apart at the separator that gives most IDs, and returns the
// column to read; -1 where there is no ID.
func bestTable(text []byte) (best table, column int) {
	column = -1
	most := 0
	for _, separator := range []rune{',', ';', '\t'} {
		t := newTable(text, separator)
		chosen, n := t.column()
		if n > most {
			best, column, most = t, chosen, n
		}
	}
	return best, column
}

func newTable(text []byte, separator rune) table {
	rows, err := readRows(text, separator, false, 0)
	if err == nil && !slices.ContainsFunc(rows, row.hasUnbalancedQuote) {
		return table{separator, rows}
	}
	rows = nil
	number := 0
	for line := range bytes.Lines(text) {
		alone, err := readRows(line, separator, true, number)
		if number++; err != nil || len(alone) == 0 {
			alone = []row{{number, nil}}
		}
		rows = append(rows, alone...)
	}
	return table{separator, rows}
}

// idWithin finds an ID in a text. A list has ten thousand cells, each as long as somebody
// likes, so nothing is decoded to find one.
var idWithin = regexp.MustCompile(`[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}`)

// hasUnbalancedQuote reports whether a cell of the row has line ends and an ID in it: a quote is lost
// before it, and another behind.
func (r row) hasUnbalancedQuote() bool {
	return slices.ContainsFunc(r.cells, func(cell string) bool {
		return strings.Contains(cell, "\n") && idWithin.MatchString(cell)
	})
}

// readRows reads rows of which the first has the number after so many lines. A line with
// nothing in it is a row without cells.
func readRows(text []byte, separator rune, lazy bool, before int) ([]row, error) {
	r := csv.NewReader(bytes.NewReader(text))
	r.Comma, r.LazyQuotes, r.FieldsPerRecord, r.ReuseRecord = separator, lazy, -1, true
	var rows []row
	read := 0   // lines of text that are in rows
	ended := 0  // lines of text that ended so far
	offset := 0 // up to which they were counted
	for {
		cells, err := r.Read()
		if err == io.EOF {
			return rows, nil
		}
		if err != nil {
			return nil, err
		}
		first, _ := r.FieldPos(0)
		for ; read < first-1; read++ {
			rows = append(rows, row{before + read + 1, nil})
		}
		rows = append(rows, row{before + first, slices.Clone(cells[:min(len(cells), maxColumns)])})
		end := int(r.InputOffset())
		ended += bytes.Count(text[offset:end], []byte("\n"))
		offset = end
		read = max(first, ended)
	}
}

// column returns the column with the IDs, and how many it has. Of those that have at least
// half as many as the one with most, that which is called for recipients is taken, or else
// one that is not called for anything else that has IDs.
func (t table) column() (column, n int) {
	counts := t.idCounts()
	most := 0
	for _, n := range counts {
		most = max(most, n)
	}
	if most == 0 {
		return -1, 0
	}
	column, rank := -1, 0
	for i, n := range counts {
		if n == 0 || 2*n < most {
			continue
		}
		if r := t.columnRank(i); column < 0 || r > rank || r == rank && n > counts[column] {
			column, rank = i, r
		}
	}
	return column, counts[column]
}

// idCounts is how many IDs each column has.
func (t table) idCounts() []int {
	var counts []int
	for _, row := range t.rows {
		for i, cell := range row.cells {
			if i == len(counts) {
				counts = append(counts, 0)
			}
			if isID(cell) {
				counts[i]++
			}
		}
	}
	return counts
}

// columnRank says how well the name of a column fits: 2 for one of recipients, 0 for one of
// something else that Yoti gives IDs to, 1 for any other and for none.
func (t table) columnRank(column int) int {
	name := strings.ToLower(t.header(column))
	switch {
	case strings.Contains(name, "recipient"), strings.Contains(name, "signer"):
		return 2
	case strings.Contains(name, "envelope"), strings.Contains(name, "session"), strings.Contains(name, "media"), strings.Contains(name, "tracking"):
		return 0
	}
	return 1
}

// header is the name of a column; empty where the first row is not one of names: there
// is an ID in it, or the cell could be one that was damaged.
func (t table) header(column int) string {
	if len(t.rows) == 0 || column >= len(t.rows[0].cells) || slices.ContainsFunc(t.rows[0].cells, isID) {
		return ""
	}
	cell := strings.TrimSpace(t.rows[0].cells[column])
	if !strings.ContainsFunc(cell, unicode.IsLetter) || isFormula(cell) || hexDigits(cell) >= 8 {
		return ""
	}
	return cellExcerpt(cell)
}

// list says what each row gives.
func (t table) list(column int) *List {
	l := &List{Separator: t.separator, Column: column + 1, Header: t.header(column)}
	counts := t.idCounts()
	for i, n := range counts {
		if i != column && n > 0 && 2*n >= counts[column] {
			l.OtherColumns = append(l.OtherColumns, i+1)
		}
	}
	rows := t.rows
	if l.Header != "" {
		rows = rows[1:]
	}
	first := make(map[idv.RecipientID]int, len(rows))
	for _, row := range rows {
		line := row.line(column)
		if at, again := first[line.ID]; line.Kind == IsID && again {
			line.Kind, line.First = IsDuplicate, at
		} else if line.Kind == IsID {
			first[line.ID] = line.Number
		}
		l.Lines = append(l.Lines, line)
	}
	return l
}

// line says what the row gives by itself.
func (r row) line(column int) Line {
	line := Line{Number: r.number}
	if column >= len(r.cells) {
		if strings.TrimSpace(strings.Join(r.cells, "")) == "" {
			line.Kind = IsBlank
		} else {
			line.Kind, line.Reason = IsNotID, NoSuchCell
		}
		return line
	}
	cell := strings.TrimSpace(r.cells[column])
	id, err := idv.ParseRecipientID(cell)
	switch {
	case cell == "":
		line.Kind = IsBlank
	case err == nil:
		line.Kind, line.ID = IsID, id
	default:
		line.Kind, line.Reason, line.Text = IsNotID, reasonNotID(cell), cellExcerpt(cell)
	}
	return line
}

// reasonNotID says why a cell is not an ID.
func reasonNotID(cell string) Reason {
	switch {
	case isFormula(cell):
		return Formula
	case strings.Trim(strings.ToLower(cell), "0123456789abcdef-{} ") == "":
		return Incomplete
	case idWithin.MatchString(cell):
		return MoreThanID
	}
	return NoID
}

func isID(cell string) bool {
	if len(cell) < minIDBytes { // a shortcut for most
		return false
	}
	_, err := idv.ParseRecipientID(cell)
	return err == nil
}

// minIDBytes is how long the shortest notation of an ID is.
const minIDBytes = 32

// isFormula reports whether a spreadsheet would take the cell for a formula, or would if an
// apostrophe did not keep it from that.
func isFormula(cell string) bool {
	cell = strings.TrimLeft(cell, "'")
	return strings.HasPrefix(spreadsheet.Cell(cell), "'")
}

// hexDigits is how many hexadecimal digits stand in a row at most.
func hexDigits(text string) int {
	most, n := 0, 0
	for _, r := range text {
		if n++; !unicode.Is(unicode.ASCII_Hex_Digit, r) {
			n = 0
		}
		most = max(most, n)
	}
	return most
}

// cellExcerpt is the beginning of a cell, for the page that shows the list.
func cellExcerpt(cell string) string {
	cell = strings.ToValidUTF8(cell, string(utf8.RuneError))
	n := 0
	for i := range cell {
		if n++; n > maxShown {
			return cell[:i] + "…"
		}
	}
	return cell
}
