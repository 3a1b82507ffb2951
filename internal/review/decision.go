package review

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"countersign/internal/idv"
)

// Decision is what a reviewer decided, with what became of it. It is never changed:
// a later one takes its place, or it is withdrawn.
type Decision struct {
	Seq          int64 // of its entry in the ledger
	At           time.Time
	Author       int64 // ID of the account
	By           string
	Role         string
	Digest       idv.Digest
	Verdict      Verdict
	State        DecisionState
	Awaited      bool           // whether a second review was asked for
	Statement    *Statement     // what was put on record; nil when it was erased
	Second       *SecondOpinion // nil while there is none
	Withdrawal   *Withdrawal    // nil unless it was withdrawn
	Behind       time.Duration  // by which the clock stood behind the entry before
	Supersedes   int64          // Seq of the decision before; zero when there is none
	SupersededBy int64          // Seq of the decision after; zero when there is none
}

// DecisionState is where a decision stands.
type DecisionState string

// The states.
const (
	Proposed   DecisionState = "proposed"  // it awaits its second review
	Confirmed  DecisionState = "confirmed" // it stands
	Declined   DecisionState = "declined"  // the second reviewer disagreed
	Superseded DecisionState = "superseded"
	Withdrawn  DecisionState = "withdrawn"
)

// Label is the state in words.
func (s DecisionState) Label() string {
	switch s {
	case Proposed:
		return "Awaiting second review"
	case Confirmed:
		return "Confirmed"
	case Declined:
		return "Not confirmed in second review"
	case Superseded:
		return "Superseded by a later decision"
	case Withdrawn:
		return "Withdrawn"
	}
	return string(s)
}

// Stands reports whether the decision is the one that counts, if a second reviewer
// agrees where one has to.
func (d *Decision) Stands() bool { return d.State == Proposed || d.State == Confirmed }

// SecondOpinion is what the second reviewer said.
type SecondOpinion struct {
	Seq    int64
	At     time.Time
	By     string
	Agrees bool
	Note   string
	Erased bool          // whether the note is gone for good
	Behind time.Duration // by which the clock stood behind the entry before
	// OnePerson says why whoever reviewed and the author of the decision may be one
	// person; empty when nothing on record does.
	OnePerson []OnePerson
}

// Withdrawal is why a decision was taken back.
type Withdrawal struct {
	Seq    int64
	At     time.Time
	By     string
	Reason string
	Erased bool          // whether the reason is gone for good
	Behind time.Duration // by which the clock stood behind the entry before
}

// Latest returns the newest decision; nil when there is none.
func (r *Record) Latest() *Decision {
	if r == nil || len(r.Decisions) == 0 {
		return nil
	}
	return &r.Decisions[0]
}

// Decision returns the decision with the Seq; nil when there is none.
func (r *Record) Decision(seq int64) *Decision {
	for i := range r.Decisions {
		if r.Decisions[i].Seq == seq {
			return &r.Decisions[i]
		}
	}
	return nil
}

func (r *Record) addDecision(e *Recorded, facts Facts) error {
	d := Decision{
		Seq: e.Seq, At: e.At, Author: e.Actor, By: e.Name, Role: e.Role, Digest: e.Snapshot,
		Verdict: facts.Verdict, State: Confirmed, Awaited: facts.Second != NotNeeded, Supersedes: e.About, Behind: e.Behind,
	}
	if d.Awaited {
		d.State = Proposed
	}
	if e.Content != nil {
		d.Statement = new(Statement)
		if err := json.Unmarshal(e.Content, d.Statement); err != nil {
			return fmt.Errorf("read decision %d: %w", e.Seq, err)
		}
	}
	if before := r.Decision(e.About); before != nil {
		before.State, before.SupersededBy = Superseded, e.Seq
	}
	r.Decisions = slices.Insert(r.Decisions, 0, d)
	r.LastDecisionSeq = e.Seq
	return nil
}

// answerDecision adds what was said to a decision.
func (r *Record) answerDecision(e *Recorded, facts Facts) error {
	d := r.Decision(e.About)
	if d == nil {
		return fmt.Errorf("entry %d is about decision %d, which is not there", e.Seq, e.About)
	}
	r.LastDecisionSeq = e.Seq
	if e.Act == ActWithdrawn {
		d.State = Withdrawn
		d.Withdrawal = &Withdrawal{e.Seq, e.At, e.Name, string(e.Content), e.Content == nil, e.Behind}
		return nil
	}
	d.State = Declined
	if e.Act == ActAgreed {
		d.State = Confirmed
	}
	d.Second = &SecondOpinion{
		Seq: e.Seq, At: e.At, By: e.Name, Agrees: e.Act == ActAgreed, Note: string(e.Content),
		Erased: e.Content == nil && e.Entry.Content != idv.Digest{}, Behind: e.Behind, OnePerson: facts.OnePerson,
	}
	return nil
}
