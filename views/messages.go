package views

import (
	"countersign/internal/account"
	"countersign/internal/idv"
	"countersign/internal/review"
)

// RecordedEntry is what the reader has just recorded.
type RecordedEntry struct {
	Seq      int64
	Words    string
	Decision *review.Decision // nil when it was none
	Next     string           // address of the next case, or of the start page
}

// NewRecordedEntry returns the entry with the Seq, where who recorded it about the case and
// it still stands; otherwise nil.
func NewRecordedEntry(c *review.Case, who account.Person, seq int64) *RecordedEntry {
	e := c.Record.Entry(seq)
	if e == nil || e.Actor != who.ID {
		return nil
	}
	r := &RecordedEntry{Seq: seq, Next: HomePath}
	switch e.Act {
	case review.ActDecision:
		if r.Decision = c.Record.Decision(seq); !r.Decision.Stands() {
			return nil
		}
		r.Words = doneWords(e.Act, r.Decision.Verdict)
	case review.ActNote:
		r.Words = "Note recorded."
	case review.ActAgreed, review.ActDisagreed:
		r.Words = doneWords(e.Act, "")
	case review.ActWithdrawn:
		r.Words = "Decision withdrawn."
	default:
		return nil
	}
	return r
}

// maxShortValue is how many characters of a value stand in a line.
const maxShortValue = 60

// shortValue is the begin of a value.
func shortValue(value string) string {
	if text := []rune(value); len(text) > maxShortValue {
		return string(text[:maxShortValue]) + "…"
	}
	return value
}

// allDifferences names the way to everything that differs.
func allDifferences(list []idv.Change) string {
	if n := len(list); n > 0 && list[n-1].Subject == idv.FurtherFields {
		return "All differences"
	}
	return "All " + countNoun(len(list), "difference", "differences")
}
