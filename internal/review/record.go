package review

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"countersign/internal/account"
	"countersign/internal/ledger"
)

// Recorded is an entry of the ledger with what it commits to.
type Recorded struct {
	ledger.Entry
	Salt    [ledger.SaltSize]byte
	Content []byte // nil when there is none, or when it was erased
}

// Facts is what the entries of every act may hold for good, beside the entry's own
// fields. They are never what people typed about a recipient.
type Facts struct {
	Form    string     `json:"form,omitempty"`        // idempotency key of the form
	Carried *time.Time `json:"recorded_at,omitempty"` // when it was recorded, if that was before there was a ledger

	Verdict Verdict `json:"verdict,omitempty"`       // of a decision
	Second  Second  `json:"second_review,omitempty"` // of a decision

	Disposition Disposition  `json:"disposition,omitempty"` // of a watchlist hit
	Outcome     ResetOutcome `json:"outcome,omitempty"`     // of a reset
	Failure     FailureKind  `json:"failure,omitempty"`     // of a reset

	Account       int64  `json:"account,omitempty"` // that was changed
	AccountName   string `json:"whose,omitempty"`   // its name
	AccountChange string `json:"deed,omitempty"`    // what was done to it
	Role          string `json:"role,omitempty"`    // of the account, afterwards
	// What the account signs in with, afterwards; nil in entries from before it was recorded.
	Credentials  *account.Credentials `json:"credentials,omitempty"`
	LinkBy       string               `json:"link_by,omitempty"`      // whose link it was by which a password was chosen; empty for the operator
	LinkByID     int64                `json:"link_by_id,omitempty"`   // ID of that account
	Factor       account.FactorKind   `json:"factor,omitempty"`       // that was added, removed or refused
	Acknowledged int64                `json:"acknowledged,omitempty"` // Seq of the last change that its owner says to have seen
	// What an admin asked for, in the entries with which it was asked, confirmed or cancelled.
	Request   *account.RequestTerms `json:"request,omitempty"`
	AskedBy   string                `json:"asked_by,omitempty"`    // who asked for a change that was carried out on request
	AskedByID int64                 `json:"asked_by_id,omitempty"` // ID of that account

	OnePerson []OnePerson `json:"one_person,omitempty"` // why author and second reviewer may be one person

	First  int64  `json:"first,omitempty"`  // ID of the first of the rows
	Last   int64  `json:"last,omitempty"`   // ID of the last of them
	Rows   int    `json:"rows,omitempty"`   // how many there are
	Items  *int   `json:"items,omitempty"`  // how many of them are of something that was viewed; nil in older entries, and of fetches
	SHA256 string `json:"sha256,omitempty"` // over them all

	DataKey        string        `json:"data_key,omitempty"`         // fingerprint of the key that seals texts, when the ledger began or from a change on
	EarlierDataKey string        `json:"earlier_data_key,omitempty"` // fingerprint of the one in whose place it is
	DataKeyChange  DataKeyChange `json:"data_key_change,omitempty"`  // how far that change is
	PublicKey      string        `json:"public_key,omitempty"`       // of the ledger's checkpoints
	KeyChange      string        `json:"key_change,omitempty"`       // by which the key before vouches for it, as ledger.KeyChange; empty where it does not
	Size           int64         `json:"size,omitempty"`             // of the newest known checkpoint, when an older file is accepted
	Reason         string        `json:"reason,omitempty"`           // of an erasure, or of taking factors away
	Version        string        `json:"version,omitempty"`          // of the program
	List           List          `json:"list,omitempty"`             // that was exported

	Import int64 `json:"import,omitempty"` // ID of a list of recipients that was started, stopped or resumed

	Log LogState `json:"log,omitempty"` // how the checkpoint log was found at a start

	Assignee     int64  `json:"assignee,omitempty"`      // to whom a case was assigned
	AssigneeName string `json:"assignee_name,omitempty"` // as it was then
	Tag          string `json:"tag,omitempty"`           // that was put on a case, or removed; see ParseTag

	View  string `json:"view,omitempty"`  // name of a view that was shared, or removed; see ParseViewName
	Query string `json:"query,omitempty"` // what the view shows, as View.Query
}

// DataKeyChange is how far a change of the data key is.
type DataKeyChange string

// The states of such a change.
const (
	DataKeyBegun    DataKeyChange = "begun"    // what is sealed from here on is sealed under the new key
	DataKeyFinished DataKeyChange = "finished" // nothing is sealed under the old key any more
)

// LogState is how the checkpoint log was found at a start.
type LogState string

// The states of a checkpoint log that stand in the ledger.
const (
	LogMissing  LogState = "missing"
	LogFound    LogState = "found"    // after it was missing
	LogAccepted LogState = "accepted" // that it is missing
)

// String writes the facts as they stand in an entry.
func (f Facts) String() string {
	text, err := json.Marshal(f)
	if err != nil {
		panic(err) // text, numbers and times alone always can be written
	}
	return string(text)
}

// ParseFacts reads the facts of an entry.
func ParseFacts(e ledger.Entry) (Facts, error) {
	var f Facts
	if err := json.Unmarshal([]byte(e.Facts), &f); err != nil {
		return Facts{}, fmt.Errorf("read the facts of entry %d: %w", e.Seq, err)
	}
	return f, nil
}

// Record is what the ledger says about a recipient, as values.
type Record struct {
	Notes           []Note           // newest first
	Decisions       []Decision       // newest first
	Dispositions    []HitDisposition // newest first; a later one takes the place of earlier ones of the same hit
	Signers         []ExpectedSigner // newest first; a later one takes the place of earlier ones
	Resets          []Reset          // newest first
	Exports         []Export         // newest first
	Erasure         *Erasure         // nil unless the texts were erased
	Assignee        *Assignment      // who has the case; nil when nobody does
	Tags            []Tagged         // in the order of the alphabet
	LastDecisionSeq int64            // Seq of the newest act on decisions; zero when there is none
	Entries         []Recorded       // everything, oldest first
}

// Export is an evidence bundle that was taken.
type Export struct {
	Seq int64
	At  time.Time
	By  string
}

// Erasure is when, by whom and why the texts and results of a recipient were erased.
type Erasure struct {
	Seq    int64
	At     time.Time
	By     string
	Reason string
}

// ReadRecord reads the entries of one recipient, which come oldest first.
func ReadRecord(list []Recorded) (*Record, error) {
	r := &Record{}
	for i := range list {
		if err := r.addEntry(&list[i]); err != nil {
			return nil, err
		}
	}
	r.Entries = list
	slices.Reverse(r.Notes)
	slices.Reverse(r.Dispositions)
	slices.Reverse(r.Resets)
	slices.Reverse(r.Exports)
	return r, nil
}

// Follow adds an act on decisions, on the expected signer or on a reset, or an erasure, that
// is newer than all of the record. It returns an error, and adds nothing, when the entry
// cannot be read.
func (r *Record) Follow(e Recorded) error {
	if err := r.addEntry(&e); err != nil {
		return err
	}
	r.Entries = append(r.Entries, e)
	return nil
}

// addEntry adds an entry. Decisions and expected signers, which the rules look at, come newest
// first at once; the rest waits for ReadRecord.
func (r *Record) addEntry(e *Recorded) error {
	facts, err := ParseFacts(e.Entry)
	if err != nil {
		return err
	}
	at := e.At
	if facts.Carried != nil {
		at = facts.Carried.UTC()
	}
	switch e.Act {
	case ActNote:
		r.Notes = append(r.Notes, Note{ID: e.Seq, Digest: e.Snapshot, Author: e.Name, At: at, Text: string(e.Content), Erased: e.Content == nil})
	case ActTaken, ActReleased, ActAssigned:
		r.addAssignment(e, facts)
	case ActTagged, ActUntagged:
		r.addTag(e, facts)
	case ActDecision:
		r.Assignee = nil
		return r.addDecision(e, facts)
	case ActAgreed, ActDisagreed, ActWithdrawn:
		r.Assignee = nil
		return r.answerDecision(e, facts)
	case ActDisposition:
		return r.addDisposition(e, facts)
	case ActExpectedSet, ActExpectedCleared:
		return r.addExpected(e)
	case ActReset:
		r.Resets = append(r.Resets, Reset{ID: e.Seq, By: e.Name, At: at, Reason: string(e.Content), Erased: e.Content == nil})
	case ActResetEnded:
		r.endReset(e.About, ResetEnd{At: at, Outcome: facts.Outcome, Failure: facts.Failure})
	case ActExport:
		r.Exports = append(r.Exports, Export{Seq: e.Seq, At: at, By: e.Name})
	case ActErasure:
		r.Erasure = &Erasure{Seq: e.Seq, At: at, By: cmp.Or(e.Name, "the operator"), Reason: facts.Reason}
	}
	return nil
}

func (r *Record) endReset(seq int64, end ResetEnd) {
	for i := range r.Resets {
		if r.Resets[i].ID == seq {
			r.Resets[i].End = end
		}
	}
}
