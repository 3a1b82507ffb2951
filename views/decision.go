package views

import (
	"slices"
	"strconv"
	"strings"

	"countersign/internal/account"
	"countersign/internal/idv"
	"countersign/internal/review"
)

// AnswerForm is the form in which a decision is answered or withdrawn.
type AnswerForm struct {
	Key     string // idempotency key
	Text    string
	Problem string // why what was sent was not recorded, as a sentence
}

// DecisionChoice is what somebody has chosen in the form of a decision.
type DecisionChoice struct {
	review.Choice
	Again   bool          // whether it is that of an earlier decision, to be confirmed on this result
	Problem string        // why what was sent was not recorded, as a sentence
	Faults  review.Faults // what is wrong with single fields
}

// isTicked reports whether a reason of a verdict is chosen. While another verdict is, or none,
// the one that fits stands chosen beforehand.
func (c DecisionChoice) isTicked(v review.VerdictOption, code string) bool {
	if c.Verdict == v.Verdict {
		return slices.Contains(c.Reasons, code)
	}
	return v.Fitting == code
}

// faultText is what is wrong with a field, as a sentence; empty when nothing is.
func (c DecisionChoice) faultText(field review.Field) string {
	for _, f := range c.Faults {
		if f.Field == field {
			return f.Why
		}
	}
	return ""
}

// hasOverrides reports whether the fields for why an approval overrides Yoti hold something,
// or lack it.
func (c DecisionChoice) hasOverrides() bool {
	return len(c.Contradictions) > 0 || slices.ContainsFunc(c.Faults, func(f review.Fault) bool {
		_, ok := f.Field.Against()
		return ok
	})
}

// fieldID is the place of a field in the form, where links lead. Each verdict has reasons of
// its own.
func fieldID(field review.Field, v review.Verdict) string {
	switch field {
	case review.FieldReason:
		return string(field) + "-" + string(v)
	case review.FieldNote:
		return "field-note" // with its label
	}
	return string(field)
}

// problemID is the place of what is wrong with a field.
func problemID(field review.Field) string { return string(field) + "-problem" }

// describedBy names what describes a field: what is wrong with it, and the places in more.
func (c DecisionChoice) describedBy(field review.Field, more ...string) string {
	if c.faultText(field) != "" {
		more = append([]string{problemID(field)}, more...)
	}
	return strings.Join(more, " ")
}

// verdictKey is the key that chooses a verdict.
func verdictKey(v review.Verdict) string {
	switch v {
	case review.Approve:
		return "a"
	case review.Reject:
		return "r"
	case review.Refer:
		return "f"
	}
	return ""
}

// maxDigit is how many reasons can be ticked by a digit.
const maxDigit = 9

// toneOfDecision returns the tone of a decision that is in a state.
func toneOfDecision(v review.Verdict, s review.DecisionState) Tone {
	switch {
	case s == review.Proposed:
		return Wait
	case s != review.Confirmed:
		return Mute
	case v == review.Approve:
		return Good
	case v == review.Reject:
		return Bad
	}
	return Wait
}

// decisionLabel says a decision and, unless it simply stands, its state.
func decisionLabel(v review.Verdict, s review.DecisionState) string {
	switch {
	case s == review.Confirmed:
		return v.Done()
	case s == review.Declined && v == review.Approve:
		return "Approval not confirmed"
	case s == review.Declined && v == review.Reject:
		return "Rejection not confirmed"
	}
	return v.Done() + " · " + s.Label()
}

// standingDecision returns the decision that counts; nil when there is none.
func (p ReviewPage) standingDecision() *review.Decision { return p.Record.StandingDecision() }

// pastDecisions are those that no longer count, newest first.
func (p ReviewPage) pastDecisions() []*review.Decision {
	var list []*review.Decision
	for i := range p.Record.Decisions {
		if d := &p.Record.Decisions[i]; d != p.standingDecision() {
			list = append(list, d)
		}
	}
	return list
}

// takesForm reports whether the reader can decide on this page.
func (p ReviewPage) takesForm() bool { return p.Replay == nil && p.Current && p.MayWrite() }

// formOpen reports whether the form is of use at once, although a decision stands.
func (p ReviewPage) formOpen() bool {
	return p.Note.Saved || p.Note.Text != "" || !p.Choice.None() || len(p.Choice.Faults) > 0
}

// maySecond reports whether the reader may answer a decision as second reviewer, while its
// result is the newest.
func (p ReviewPage) maySecond(d *review.Decision) bool {
	return p.Record.MaySecond(p.Who, d.Seq, d.Digest) == nil
}

// mayWithdraw reports whether the reader may take a decision back.
func (p ReviewPage) mayWithdraw(d *review.Decision) bool {
	return p.Record.MayWithdraw(p.Who, d.Seq) == nil
}

// isOnNewest reports whether a decision is about the newest result.
func (p ReviewPage) isOnNewest(d *review.Decision) bool {
	return review.IsNewest(d.Digest, p.Newest.Digest) == nil
}

// secondNoteID is the place of a second reviewer's note.
const secondNoteID = "second-note"

// withdrawID is the place of the reason for withdrawing a decision.
func withdrawID(d *review.Decision) string { return "withdraw-" + strconv.FormatInt(d.Seq, 10) }

// answerID is the place of the first field in which an answer to the decision that counts
// can be given; empty when the reader can give none.
func answerID(p ReviewPage) string {
	d := p.standingDecision()
	switch {
	case d == nil:
		return ""
	case p.maySecond(d) && p.isOnNewest(d):
		return secondNoteID
	case p.mayWithdraw(d):
		return withdrawID(d)
	}
	return ""
}

// onResult says on which result something was recorded that is not about the one shown.
func onResult(c *review.Case, digest idv.Digest) string {
	is := func(d idv.Digest) int {
		return slices.IndexFunc(c.History, func(s review.Snapshot) bool { return s.Digest == d })
	}
	if at := is(digest); at >= 0 && at < is(c.Snapshot.Digest) {
		return "on a later result"
	}
	return "on an earlier result"
}

// decidedWords says who decided what, from where the reader stands.
func decidedWords(who account.Person, d *review.Decision) string {
	by := d.By
	if d.Author == who.ID {
		by = "You"
	}
	return by + " " + strings.ToLower(d.Verdict.Done())
}

// referredTo says to whom a case was referred.
func referredTo(s *review.Statement) string {
	if s.ReferredTo == "" {
		return "any supervisor"
	}
	return s.ReferredTo
}

// noteRequired reports whether every verdict on a case requires a note.
func noteRequired(p ReviewPage) bool {
	return !slices.ContainsFunc(p.VerdictOptions, func(v review.VerdictOption) bool { return v.Note == "" && v.Signer == "" })
}
