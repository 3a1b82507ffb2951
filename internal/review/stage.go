package review

import "countersign/internal/idv"

// Stage is where a case stands in the day's work. The empty Stage is that of a case which no
// list has: nothing was ever fetched of it, or it was erased.
type Stage string

// The stages.
const (
	StageWaiting   Stage = "waiting"   // for Yoti: the newest result is not final
	StageUndecided Stage = "undecided" // nobody decided, or what was decided does not stand any more
	StageSecond    Stage = "second"    // a decision awaits its second review
	StageReferred  Stage = "referred"  // it awaits the person to whom it was referred
	StageChanged   Stage = "changed"   // the decision is about an earlier result
	StageDecided   Stage = "decided"
)

// Stages returns every stage, in the order in which a filter offers them.
func Stages() []Stage {
	return []Stage{StageUndecided, StageSecond, StageReferred, StageChanged, StageWaiting, StageDecided}
}

// Label is the stage in words.
func (s Stage) Label() string {
	switch s {
	case StageWaiting:
		return "Waiting for Yoti"
	case StageUndecided:
		return "Needs a decision"
	case StageSecond:
		return "Awaiting second review"
	case StageReferred:
		return "Referred"
	case StageChanged:
		return "Changed after decision"
	case StageDecided:
		return "Decided"
	}
	return string(s)
}

// Phase is a part of a list: what needs somebody comes first, then what waits for Yoti, then
// what is decided. Its numbers are stored.
type Phase int

// The phases.
const (
	PhaseOpen Phase = iota
	PhaseWaiting
	PhaseDecided
)

// Phase returns the part of a list in which cases of the stage stand; false for the empty
// Stage, which no list has.
func (s Stage) Phase() (Phase, bool) {
	switch s {
	case StageUndecided, StageSecond, StageReferred, StageChanged:
		return PhaseOpen, true
	case StageWaiting:
		return PhaseWaiting, true
	case StageDecided:
		return PhaseDecided, true
	}
	return 0, false
}

// Stage returns where the case stands, given the digest of the newest result and whether that
// is final. The zero digest is that of no result.
func (r *Record) Stage(newest idv.Digest, final bool) Stage {
	status := r.CaseStatus(newest)
	switch {
	case r.Erasure != nil || newest == (idv.Digest{}):
		return ""
	case status.Referred:
		return StageReferred
	case status.Changed:
		return StageChanged
	case status.State == Proposed:
		return StageSecond
	case status.State == Confirmed:
		return StageDecided
	case !final:
		return StageWaiting
	}
	return StageUndecided
}
