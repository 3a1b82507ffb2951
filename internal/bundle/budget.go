package bundle

import (
	"fmt"
	"unicode/utf8"

	"countersign/internal/pdf"
)

// What the readable record holds of each sort. The other files hold everything, however
// much it is; so much fills some hundred pages, whatever is in it, and is written in
// seconds. Each sort has a share of its own, so that no number of notes leaves out a
// decision.
const (
	decisionsShare = 300_000 // in the unit of cost
	resultShare    = 200_000
	notesShare     = 200_000
	hitsShare      = 100_000
	maxEntryRows   = 1_000  // entries in the list of them
	maxRows        = 200    // of every other list within a decision, a check or a profile
	maxText        = 25_000 // cost of one text that someone typed: a note of ten thousand letters and some
	maxValue       = 2_000  // cost of one value of a result
)

// budget is how much of one sort may still be written.
type budget struct{ left int }

// lineCost is what a line end costs: a line may be all that is in a line.
const lineCost = 80

// runeCost is about how many letters of room a character takes.
func runeCost(r rune) int {
	switch {
	case r == '\n':
		return lineCost
	case r < utf8.RuneSelf:
		return 1
	}
	return 2
}

// isSpent reports whether nothing more of the sort is written.
func (b *budget) isSpent() bool { return b.left <= 0 }

// fits reports whether a text could be written whole, or as much of it as one text may
// take.
func (b *budget) fits(text string, most int) bool {
	n := 0
	for _, r := range text {
		if n += runeCost(r); n > most {
			n = most
			break
		}
	}
	return n <= b.left
}

// cutText returns as much of a text as there is room for, and says where it goes on.
func (b *budget) cutText(text string, most int, where string) string {
	most = min(most, max(0, b.left))
	n := 0
	for i, r := range text {
		if n+runeCost(r) > most {
			b.left -= n
			return text[:i] + "… (continues in " + where + ")"
		}
		n += runeCost(r)
	}
	b.left -= n
	return text
}

// cutTyped cuts what someone typed, which is in an entry.
func (b *budget) cutTyped(text string, entry int64) string {
	return b.cutText(text, maxText, fmt.Sprintf("%s, entry %d", entriesName, entry))
}

// cutValue cuts a value of the result.
func (b *budget) cutValue(text string) string { return b.cutText(text, maxValue, snapshotName) }

// withinListLimit returns the first entries of a list, as many as may be written.
func withinListLimit[T any](list []T) []T { return list[:min(len(list), maxRows)] }

// omittedNote says how many of a list are not written, and where they are; nothing when
// there are none.
func omittedNote(n int, one, many, where string) []pdf.Block {
	if n <= 0 {
		return nil
	}
	what := many
	if n == 1 {
		what = one
	}
	return []pdf.Block{pdf.Text(fmt.Sprintf("%d more %s not on these pages: %s has everything.", n, what, where))}
}
