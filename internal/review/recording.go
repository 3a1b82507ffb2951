package review

import (
	"context"
	"errors"
	"slices"
	"time"

	"countersign/internal/account"
	"countersign/internal/idv"
	"countersign/internal/ledger"
)

// Whatever people do about a recipient is recorded in one way: what is to be recorded, such
// as a NewNote, has a method Acts, which is given what is on record and returns the acts to
// append, and Recorder appends them. Acts is pure: it may be called twice, and nothing
// changes between what it was given and what is appended.

// Act is an entry of the ledger that is to be made.
type Act struct {
	At       time.Time
	Act      ledger.Act
	Snapshot idv.Digest // of the result that it is about; zero when none
	About    int64      // Seq of the entry that it answers; zero when it answers none
	Facts    Facts      // without Form, which the first act of a form is given
	Content  []byte     // what is sealed, and what the entry commits to; nil when nothing is
	ReferTo  string     // name of the person to whom a referral goes; empty for any supervisor
}

// Recorder is where acts are recorded: *store.Store.
type Recorder interface {
	// Record appends the acts that decide returns, all or none, and returns their Seqs. A
	// recipient that is new gets a row; the zero ID is that of no recipient. What follows from
	// the acts is recorded with them: the status of the case, and that the author's draft is
	// done with. Form is the idempotency key of a form, and empty where there is none. For a
	// form that was recorded before, Record returns the Seqs of what is on record for it, and
	// appends nothing. The error of decide is returned as it is, but wrapped.
	Record(ctx context.Context, by account.Person, id idv.RecipientID, form string, decide func(now *OnRecord) ([]Act, error)) ([]int64, error)
	// FormEntry returns the first entry that somebody made with the form with the key; nil when
	// there is none.
	FormEntry(ctx context.Context, who account.Person, key string) (*ledger.Entry, error)
}

// OnRecord is what the rules for a new entry look at, as it stands when the entry is made.
type OnRecord struct {
	Newest idv.Digest // of the newest result; zero when there is none
	Sent   []Recorded // what was recorded with the same form before, with its texts, oldest first

	// Record returns of the record the acts of a family, without texts: the newest Act with the
	// answers that came after it, and the erasure. However long the record is, that is no more.
	Record func(ActFamily) (*Record, error)
	// Case returns the acts on decisions, the CaseActs and the erasure, all of them, without
	// texts.
	Case func() (*Record, error)
	// Active returns when whoever has the case last did something about it; the zero Time when
	// nobody has it.
	Active func() (time.Time, error)
	// Opened reports whether the person opened the recipient's page after an entry.
	Opened func(since *Recorded) (bool, error)
	// AccountChanges returns the changes of accounts since a time that may let somebody act as
	// another.
	AccountChanges func(since time.Time) ([]AccountChange, error)
	// Content returns what an entry of the record commits to; nil when there is nothing, or it
	// was erased.
	Content func(seq int64) ([]byte, error)
}

// ActFamily is an act with those that answer it. Rules look at the newest of an act.
type ActFamily struct {
	Act     ledger.Act
	Answers []ledger.Act
}

// OfDecisions returns the acts on decisions.
func OfDecisions() ActFamily {
	return ActFamily{ActDecision, []ledger.Act{ActAgreed, ActDisagreed, ActWithdrawn}}
}

// OfExpected returns the acts on who the signer should be.
func OfExpected() ActFamily { return ActFamily{ActExpectedSet, []ledger.Act{ActExpectedCleared}} }

// OfResets returns the acts on resets of the session limit.
func OfResets() ActFamily { return ActFamily{ActReset, []ledger.Act{ActResetEnded}} }

// MayBeOlder reports whether an error may come from an entry that is older than those that
// OnRecord gives. Then the rules are asked again with all of the record.
func MayBeOlder(err error) bool {
	return errors.Is(err, ErrNoDecision) || errors.Is(err, ErrResetEnded)
}

// sentBefore reports whether the form was recorded before. It returns ErrKeyUsed when that
// was something else.
func (now *OnRecord) sentBefore(same func(first *Recorded) bool) (bool, error) {
	switch {
	case len(now.Sent) == 0:
		return false, nil
	case !same(&now.Sent[0]):
		return true, ErrKeyUsed
	}
	return true, nil
}

// Continues reports whether an entry was made with the same form as another, whose other
// entries come right before it. Only the first entry of a form names the form.
func (e *Recorded) Continues(first *Recorded) bool {
	facts, err := ParseFacts(e.Entry)
	return err == nil && facts.Form == "" && e.Act == first.Act && e.Actor == first.Actor && e.Recipient == first.Recipient
}

// Decides reports whether the act changes the status of a case.
func (a *Act) Decides() bool {
	return slices.Contains(DecisiveActs(), a.Act)
}

// EndsDraft reports whether with the act its author is done with what they were typing about
// the recipient.
func (a *Act) EndsDraft() bool { return a.Act == ActNote || a.Act == ActDecision }
