package review

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"countersign/internal/account"
	"countersign/internal/idv"
	"countersign/internal/ledger"
)

// This file holds the rules of what may be recorded after what. They are asked before
// something is recorded, by pages before they offer it, and again by the verifier of
// every entry. Triggers in the schema repeat some of them.

var (
	// ErrNotSupervisor is returned when somebody without the right to it reviews a decision.
	ErrNotSupervisor = errors.New("a second review is by a supervisor")
	// ErrOtherResult is returned when an entry names another result than the decision that
	// it answers.
	ErrOtherResult = errors.New("the entry is about another result than the decision")
	// ErrNoExpected is returned when an expected signer is cleared where none is set.
	ErrNoExpected = errors.New("there is no expected signer to clear")
	// ErrResetEnded is returned when the outcome of a reset is recorded that was never
	// requested, or whose outcome is on record.
	ErrResetEnded = errors.New("there is no reset that awaits its outcome")
	// ErrNoCase is returned when there is nothing to take or tag, since no result of the
	// recipient was ever had.
	ErrNoCase = errors.New("there is no result of this recipient")
	// ErrTaken is returned when somebody else has a case; a *TakenError says who.
	ErrTaken = errors.New("somebody else has the case")
	// ErrCaseDecided is returned when a case is to be taken that awaits nobody.
	ErrCaseDecided = errors.New("the case is decided")
	// ErrMayNotTake is returned when somebody takes, releases or tags a case without the right
	// to it.
	ErrMayNotTake = errors.New("cases are taken by those who decide them")
	// ErrMayNotAssign is returned when somebody without the right to it assigns a case.
	ErrMayNotAssign = errors.New("cases are assigned by supervisors")
	// ErrNoAssignee is returned when there is nobody of the name who may decide.
	ErrNoAssignee = errors.New("nobody of that name decides cases")
	// ErrNotTaken is returned when a case is released that nobody has.
	ErrNotTaken = errors.New("nobody has the case")
	// ErrTagStands is returned when a tag is added that the case has, or removed that it has
	// not.
	ErrTagStands = errors.New("the tag is as it should become")
)

// DecisiveActs returns the acts that change the status of a case.
func DecisiveActs() []ledger.Act {
	return []ledger.Act{ActDecision, ActAgreed, ActDisagreed, ActWithdrawn}
}

// IsNewest returns ErrStale unless the digest is that of the newest result. The zero digest
// is that of no result.
func IsNewest(digest, newest idv.Digest) error {
	if newest == (idv.Digest{}) || digest != newest {
		return ErrStale
	}
	return nil
}

// StandingDecision returns the decision that counts; nil when there is none.
func (r *Record) StandingDecision() *Decision {
	if d := r.Latest(); d != nil && d.Stands() {
		return d
	}
	return nil
}

// Supersedes returns the Seq of the decision whose place the next one takes; zero when no
// decision stands.
func (r *Record) Supersedes() int64 {
	if d := r.StandingDecision(); d != nil {
		return d.Seq
	}
	return 0
}

// MayDecide returns ErrDecided unless a decision takes the place of the one that stands, and
// its author has seen the newest act on decisions. Where the form does not say what it
// showed, the author's own act counts as seen, and one after which the author opened the
// page; opened is asked about that only where it matters.
func (r *Record) MayDecide(n *NewDecision, opened func(since *Recorded) (bool, error)) error {
	newest := r.Entry(r.LastDecisionSeq)
	switch {
	case newest == nil:
		return nil
	case n.Statement.Supersedes != r.Supersedes(), n.Seen != nil && *n.Seen != newest.Seq:
		return ErrDecided
	case n.Seen != nil || newest.Actor == n.By.ID:
		return nil
	}
	seen, err := opened(newest)
	if err == nil && !seen {
		err = ErrDecided
	}
	return err
}

// MayExport returns ErrDecided unless a bundle holds the newest act on decisions.
func (r *Record) MayExport(n *NewExport) error {
	if r.LastDecisionSeq != n.LastDecisionSeq {
		return ErrDecided
	}
	return nil
}

// answerableDecision returns the decision with the Seq. It returns ErrNoDecision when there is none,
// and ErrErased when nobody can read it any more.
func (r *Record) answerableDecision(decision int64) (*Decision, error) {
	d := r.Decision(decision)
	switch {
	case d == nil:
		return nil, ErrNoDecision
	case r.Erasure != nil:
		return nil, ErrErased
	}
	return d, nil
}

// MaySecond returns nil when somebody who has read the result with the digest may give a
// decision its second review. It returns ErrNoDecision, ErrErased, ErrOwnDecision,
// ErrNotSupervisor, ErrSettled, or ErrStale when the decision is about another result.
func (r *Record) MaySecond(who account.Person, decision int64, digest idv.Digest) error {
	d, err := r.answerableDecision(decision)
	switch {
	case err != nil:
		return err
	case d.Author == who.ID:
		return ErrOwnDecision
	case !who.Role.May(account.ReviewSecond):
		return ErrNotSupervisor
	case d.State != Proposed:
		return ErrSettled
	case d.Digest != digest:
		return ErrStale
	}
	return nil
}

// MayWithdraw returns nil when somebody may withdraw a decision. It returns ErrNoDecision,
// ErrErased, ErrNotYours, or ErrSettled when the decision no longer stands.
func (r *Record) MayWithdraw(who account.Person, decision int64) error {
	d, err := r.answerableDecision(decision)
	switch {
	case err != nil:
		return err
	case !who.Role.May(account.Decide), d.Author != who.ID && who.Role != account.Supervisor:
		return ErrNotYours
	case !d.Stands():
		return ErrSettled
	}
	return nil
}

// ExpectedSeq returns the Seq of the entry that says who the signer should be, whether or not
// its text was erased; zero when none does.
func (r *Record) ExpectedSeq() int64 {
	if len(r.Signers) == 0 || r.Signers[0].Cleared {
		return 0
	}
	return r.Signers[0].Seq
}

// MayExpect returns ErrExpectedChanged unless the form showed the expected signer that is
// set. Seen is nil where the form does not say.
func (r *Record) MayExpect(seen *int64) error {
	if seen != nil && *seen != r.ExpectedSeq() {
		return ErrExpectedChanged
	}
	return nil
}

// mayEndReset returns ErrResetEnded unless the reset awaits its outcome.
func (r *Record) mayEndReset(reset int64) error {
	at := slices.IndexFunc(r.Resets, func(one Reset) bool { return one.ID == reset })
	if at < 0 || !r.Resets[at].End.At.IsZero() {
		return ErrResetEnded
	}
	return nil
}

// isWith reports whether somebody has the case.
func (r *Record) isWith(who account.Person) bool {
	return r.Assignee != nil && r.Assignee.Account == who.ID
}

// awaitsSomebody returns ErrErased, ErrNoCase or ErrCaseDecided where there is nothing to do
// about a case whose newest result has the digest; the zero digest is that of no result.
func (r *Record) awaitsSomebody(newest idv.Digest) error {
	switch {
	case r.Erasure != nil:
		return ErrErased
	case newest == idv.Digest{}:
		return ErrNoCase
	case r.Stage(newest, true) == StageDecided:
		return ErrCaseDecided
	}
	return nil
}

// MayTake returns nil when somebody may take a case that nobody has, given the digest of its
// newest result. It returns ErrMayNotTake, ErrErased, ErrNoCase, ErrCaseDecided, or a
// *TakenError when somebody has it.
func (r *Record) MayTake(who account.Person, newest idv.Digest) error {
	if !who.Role.May(account.TakeCases) {
		return ErrMayNotTake
	}
	if err := r.awaitsSomebody(newest); err != nil {
		return err
	}
	if a := r.Assignee; a != nil {
		return &TakenError{a.Name, a.At}
	}
	return nil
}

// MayRelease returns nil when somebody may release a case: whoever has it, supervisors, and
// the system. It returns ErrNotTaken, ErrMayNotTake, or a *TakenError when somebody else has it.
func (r *Record) MayRelease(who account.Person) error {
	a := r.Assignee
	switch {
	case a == nil:
		return ErrNotTaken
	case who.IsSystem(), who.Role.May(account.AssignCases):
		return nil
	case !who.Role.May(account.TakeCases):
		return ErrMayNotTake
	case a.Account != who.ID:
		return &TakenError{a.Name, a.At}
	}
	return nil
}

// MayAssign returns nil when somebody may assign a case, given the digest of its newest
// result. It returns ErrMayNotAssign, ErrErased, ErrNoCase or ErrCaseDecided.
func (r *Record) MayAssign(who account.Person, newest idv.Digest) error {
	if !who.Role.May(account.AssignCases) {
		return ErrMayNotAssign
	}
	return r.awaitsSomebody(newest)
}

// MayTag returns nil when somebody may add a tag or remove it. It returns ErrMayNotTake,
// ErrErased, ErrTagStands, or a *Refused for one tag too many.
func (r *Record) MayTag(who account.Person, act ledger.Act, tag string) error {
	switch {
	case !who.Role.May(account.TakeCases):
		return ErrMayNotTake
	case r.Erasure != nil:
		return ErrErased
	case r.HasTag(tag) == (act == ActTagged):
		return ErrTagStands
	case act == ActTagged && len(r.Tags) >= MaxTags:
		return &Refused{fmt.Sprintf("A case has at most %d tags. Remove one first.", MaxTags)}
	}
	return nil
}

// checkCaseAct is Check for the acts that say who has a case, and how it is labelled.
func (r *Record) checkCaseAct(author account.Person, e *ledger.Entry) error {
	facts, err := ParseFacts(*e)
	if err != nil {
		return err
	}
	switch e.Act {
	case ActTaken:
		return r.MayTake(author, e.Snapshot)
	case ActReleased:
		return r.MayRelease(author)
	case ActAssigned:
		return r.MayAssign(author, e.Snapshot)
	}
	return r.MayTag(author, e.Act, facts.Tag)
}

// Check returns the rule that an entry would break as the next one of the record; nil when
// it breaks none.
func (r *Record) Check(e *ledger.Entry) error {
	author := account.Person{ID: e.Actor, Role: account.Role(e.Role)}
	switch e.Act {
	case ActDecision:
		return r.checkDecision(e)
	case ActAgreed, ActDisagreed:
		err := r.MaySecond(author, e.About, e.Snapshot)
		if errors.Is(err, ErrStale) {
			return ErrOtherResult
		}
		return err
	case ActWithdrawn:
		if err := r.MayWithdraw(author, e.About); err != nil {
			return err
		}
		if r.Decision(e.About).Digest != e.Snapshot {
			return ErrOtherResult
		}
	case ActExpectedSet, ActExpectedCleared:
		return r.checkExpected(e)
	case ActResetEnded:
		return r.mayEndReset(e.About)
	case ActTaken, ActReleased, ActAssigned, ActTagged, ActUntagged:
		return r.checkCaseAct(author, e)
	}
	return nil
}

func (r *Record) checkDecision(e *ledger.Entry) error {
	switch {
	case e.About != 0 && r.Decision(e.About) == nil:
		return ErrNoDecision
	case e.About != r.Supersedes():
		return ErrDecided
	}
	return nil
}

func (r *Record) checkExpected(e *ledger.Entry) error {
	switch {
	case e.About != r.ExpectedSeq():
		return ErrExpectedChanged
	case e.Act == ActExpectedCleared && e.About == 0:
		return ErrNoExpected
	}
	return nil
}

// isOn reports whether an entry is about a result of a recipient.
func (e *Recorded) isOn(id idv.RecipientID, digest idv.Digest) bool {
	return e.Recipient == id.String() && e.Snapshot == digest
}

// Same reports whether an entry records this very note, sent once more.
func (n *NewNote) Same(old *Recorded) bool {
	return old.Act == ActNote && old.isOn(n.Recipient, n.Digest) && string(old.Content) == n.Text
}

// Act is what the second review records.
func (n *NewSecond) Act() ledger.Act {
	if n.Agrees {
		return ActAgreed
	}
	return ActDisagreed
}

// Same reports whether an entry records this very second review, sent once more.
func (n *NewSecond) Same(old *Recorded) bool {
	return old.Act == n.Act() && old.isOn(n.Recipient, n.Digest) && old.About == n.Decision && string(old.Content) == n.Note
}

// Same reports whether an entry records this very withdrawal, sent once more.
func (n *NewWithdrawal) Same(old *Recorded) bool {
	return old.Act == ActWithdrawn && old.Recipient == n.Recipient.String() && old.About == n.Decision && string(old.Content) == n.Reason
}

// Act is what the expected signer records: that one is set, or cleared.
func (n *NewExpected) Act() ledger.Act {
	if n.Expected.Empty() {
		return ActExpectedCleared
	}
	return ActExpectedSet
}

// Same reports whether an entry records this very expected signer, sent once more.
func (n *NewExpected) Same(old *Recorded) bool {
	content, err := n.Content()
	return err == nil && old.Act == n.Act() && old.Recipient == n.Recipient.String() && bytes.Equal(old.Content, content)
}

// Same reports whether an entry records one of these dispositions, sent once more. Whether
// all of them are the same, sameContents tells.
func (n *NewDispositions) Same(old *Recorded) bool {
	facts, err := ParseFacts(old.Entry)
	return err == nil && old.Act == ActDisposition && old.isOn(n.Recipient, n.Digest) && facts.Disposition == n.Disposition
}

// sameContents reports whether the entries that were made with one form hold these very
// dispositions.
func (n *NewDispositions) sameContents(sent []Recorded, contents [][]byte) bool {
	return slices.EqualFunc(sent, contents, func(e Recorded, content []byte) bool { return bytes.Equal(e.Content, content) })
}
