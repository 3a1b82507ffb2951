package review

import (
	"strings"
	"time"

	"countersign/internal/account"
)

// Search is what somebody looks for. Notes and other texts that people typed are sealed, and
// are not searched.
type Search struct {
	Who   account.Person
	Text  string
	Limit int
	Due   DuePolicy
	At    time.Time // when
}

// Match is what of a case a search found.
type Match string

// What can be found.
const (
	MatchRecipient Match = "recipient" // its ID, or the beginning of that
	MatchSession   Match = "session"   // ID of a session
	MatchTracking  Match = "tracking"  // user tracking ID
	MatchEnvelope  Match = "envelope"  // ID of an envelope
	MatchDigest    Match = "digest"    // of a result, or the beginning of that
	MatchDecision  Match = "decision"  // its number in the ledger
	MatchTag       Match = "tag"
	MatchReviewer  Match = "reviewer" // who made the newest decision
)

// Label is what was found in words.
func (m Match) Label() string {
	switch m {
	case MatchRecipient:
		return "Recipient ID"
	case MatchSession:
		return "Session ID"
	case MatchTracking:
		return "User tracking ID"
	case MatchEnvelope:
		return "Envelope ID"
	case MatchDigest:
		return "Digest of a result"
	case MatchDecision:
		return "Decision number"
	case MatchTag:
		return "Tag"
	case MatchReviewer:
		return "Reviewer"
	}
	return string(m)
}

// FoundLine is a case that a search found.
type FoundLine struct {
	QueueLine
	Match Match
}

// Found is what a search found.
type Found struct {
	Lines []FoundLine
	More  bool // whether there are others
}

// Bounds of what is searched for. A shorter beginning of an ID is that of too many.
const (
	MinSearchPrefix = 4
	MaxSearchLength = 200
)

// SearchError is returned for a text that nothing can be searched for.
type SearchError struct{ Why string }

func (e *SearchError) Error() string { return e.Why }

// Query returns what is searched for, without blanks around it. It returns a *SearchError for
// a text that is too long or empty.
func (s *Search) Query() (string, error) {
	text := strings.TrimSpace(s.Text)
	switch {
	case text == "":
		return "", &SearchError{"Type an ID, the beginning of one, a tag or the name of a reviewer."}
	case len(text) > MaxSearchLength:
		return "", &SearchError{"This is too long for anything that can be searched for."}
	}
	return text, nil
}
