package arrivals

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"time"

	"countersign/internal/account"
	"countersign/internal/idv"
	"countersign/internal/review"
)

// MaxLines is how many recipients one import has at most.
const MaxLines = 10_000

var (
	// ErrNoLines is returned for an import of nothing.
	ErrNoLines = errors.New("the list has no recipient ID")
	// ErrTooMany is returned for an import of more than MaxLines.
	ErrTooMany = errors.New("the list has too many recipient IDs")
)

// Line is a recipient in a list, with the number of its line there.
type Line struct {
	Number    int
	Recipient idv.RecipientID
}

// NewImport is an import that somebody starts. No recipient is in it twice.
type NewImport struct {
	By    account.Person
	At    time.Time
	Key   string // idempotency key of the form
	Lines []Line
}

// SHA256 is the digest of the list for the record, in hex: over the IDs, each on a line.
func (n *NewImport) SHA256() string {
	sum := sha256.New()
	for _, l := range n.Lines {
		sum.Write([]byte(l.Recipient.String() + "\n")) // a hash takes everything
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// ImportState is how far an import is.
type ImportState string

// The states of an import.
const (
	Running ImportState = "running"
	Stopped ImportState = "stopped" // until somebody starts it again
	Done    ImportState = "done"    // every line has come to something
)

// Label is the state in a word for people.
func (s ImportState) Label() string {
	switch s {
	case Running:
		return "Running"
	case Stopped:
		return "Stopped"
	case Done:
		return "Finished"
	}
	return string(s)
}

// ImportChange stops an import or starts it again.
type ImportChange struct {
	ID int64
	By account.Person
	At time.Time
	To ImportState // Running or Stopped
}

// Import is a list that somebody imports.
type Import struct {
	ID      int64
	By      string // name of who started it
	Started time.Time
	State   ImportState
	Counts  ImportCounts
}

// ImportCounts are how many lines have come to what.
type ImportCounts struct {
	Total   int
	Waiting int
	Fetched int // a result was had
	Known   int // something was stored before
	Failed  int // Yoti gave nothing
}

// Ended is how many lines have come to something.
func (c ImportCounts) Ended() int { return c.Total - c.Waiting }

// LineState is what came of a line of an import: one of those below, or the kind of failure
// for which Yoti gave nothing.
type LineState string

// The states of a line that are not failures.
const (
	LineWaiting LineState = "waiting"
	LineFetched LineState = "fetched"
	LineKnown   LineState = "known"
	LineErased  LineState = "erased"
)

// Failure returns why Yoti gave nothing; false when that is not what came of the line.
func (s LineState) Failure() (review.FailureKind, bool) {
	switch s {
	case LineWaiting, LineFetched, LineKnown, LineErased:
		return "", false
	}
	return review.FailureKind(s), true
}

// ImportLine is a line of an import with what came of it.
type ImportLine struct {
	Line
	State LineState
	At    time.Time // when it came to that; zero while it waits
	Again bool      // whether Yoti is asked again by itself
}

// LineQuery picks lines of an import.
type LineQuery struct {
	Import int64
	Failed bool // only lines for which Yoti gave nothing
	After  int  // number of a line; zero begins with the first
	Limit  int
}
