// Package idlist reads a list of recipient IDs that somebody pasted or uploaded: a CSV as a
// spreadsheet or a database wrote it, or IDs one under the other.
//
// It says of every line what it gives, so that somebody can look before anything is asked
// of Yoti, and asks for nothing itself. Nothing in a list is executed: a formula is a text
// that is not an ID. The texts that it returns may be personal data, such as a name that
// stands in the column by mistake: they are for the page that shows the list, and for no
// error or log; the errors of this package have none of them.
package idlist

import (
	"errors"
	"fmt"
	"io"

	"countersign/internal/idv"
)

// Limits of a list.
const (
	// MaxLines is how many lines a list may have, the line with the names of its columns
	// and empty lines at the end not counted.
	MaxLines = 10_000
	// MaxLineBytes is how long a line may be, in UTF-8.
	MaxLineBytes = 4 << 10
	// MaxBytes is how large the file may be, in whichever encoding.
	MaxBytes = 8 << 20
	// maxColumns is in how many columns IDs are looked for.
	maxColumns = 200
	// maxShown is how many characters of a cell are kept to be shown.
	maxShown = 100
)

// The reasons why a list is refused as a whole.
var (
	// ErrTooLarge is returned for more than MaxBytes.
	ErrTooLarge = fmt.Errorf("the list has more than %d MB", MaxBytes>>20)
	// ErrTooManyLines is returned for more than MaxLines.
	ErrTooManyLines = fmt.Errorf("the list has more than %d lines", MaxLines)
	// ErrNotText is returned for a file that is not text, such as a workbook.
	ErrNotText = errors.New("the list is not text: save it as CSV")
	// ErrNoIDs is returned where no column holds a recipient ID.
	ErrNoIDs = errors.New("no column of the list holds a recipient ID")
)

// LongLineError is returned for a list with a line of more than MaxLineBytes.
type LongLineError struct{ Line int }

func (e *LongLineError) Error() string {
	return fmt.Sprintf("line %d of the list is longer than %d bytes", e.Line, MaxLineBytes)
}

// List is a list that was read.
type List struct {
	Separator rune   // what parts its columns: a comma, a semicolon or a tab
	Column    int    // the column that holds the IDs, counted from one
	Header    string // what the first line calls it; empty where the first line is not one of names
	// OtherColumns are those, counted from one, in which IDs stand too, of which at least
	// half as many can be read: they may be those of envelopes.
	OtherColumns []int
	Lines        []Line
}

// Line is what a line of the list gives.
type Line struct {
	Number int // in the file, counted from one
	Kind   Kind
	ID     idv.RecipientID // of IsID and IsDuplicate
	First  int             // of IsDuplicate: the number of the line that has the ID first
	Text   string          // of IsNotID: what stands there instead, cut short; may be personal data
	Reason Reason          // of IsNotID
}

// Kind is which of four things a line is.
type Kind string

// The kinds of lines.
const (
	IsID        Kind = "id"
	IsDuplicate Kind = "duplicate"
	IsBlank     Kind = "blank"
	IsNotID     Kind = "not-id"
)

// Reason is why the text of a line is not an ID.
type Reason string

// The reasons.
const (
	Formula    Reason = "formula"    // it begins as a formula does
	Incomplete Reason = "incomplete" // it has the characters of an ID, but too few or too many
	MoreThanID Reason = "more"       // there is an ID in it, beside other text
	NoSuchCell Reason = "no-cell"    // the line ends before the column
	NoID       Reason = "no-id"      // anything else
)

// Says returns the reason as a sentence.
func (r Reason) Says() string {
	switch r {
	case Formula:
		return "This begins as a formula does. Nothing is calculated here."
	case Incomplete:
		return "An ID has 32 hexadecimal digits; this has fewer or more."
	case MoreThanID:
		return "An ID stands here beside other text. Leave only the ID."
	case NoSuchCell:
		return "The line ends before the column with the IDs."
	}
	return "This is not an ID, such as 7c9e6679-7425-40de-944b-e07fc1f90ae7."
}

// IDs returns the IDs of the list, each once, in their order.
func (l *List) IDs() []idv.RecipientID {
	var ids []idv.RecipientID
	for i := range l.Lines {
		if l.Lines[i].Kind == IsID {
			ids = append(ids, l.Lines[i].ID)
		}
	}
	return ids
}

// Count returns how many lines are of a kind.
func (l *List) Count(kind Kind) int {
	n := 0
	for i := range l.Lines {
		if l.Lines[i].Kind == kind {
			n++
		}
	}
	return n
}

// Read reads a list to its end. Its errors are those of this package, or wrap what r
// returned.
func Read(r io.Reader) (*List, error) {
	file, err := io.ReadAll(io.LimitReader(r, MaxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read list: %w", err)
	}
	return Parse(file)
}
