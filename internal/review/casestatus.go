package review

import "countersign/internal/idv"

// CaseStatus is the status of a case by which lists of cases find it. The zero CaseStatus
// is that of a case without decisions.
type CaseStatus struct {
	Decision int64 // Seq of the newest decision, whether or not it stands
	Verdict  Verdict
	State    DecisionState
	Referred bool // whether it awaits somebody to whom it was referred
	Changed  bool // whether the decision that stands is about another result than the newest
}

// CaseStatus returns the status of the case, given the digest of the newest result; the zero
// digest where there is none. Nobody has to look at an erased case again.
func (r *Record) CaseStatus(newest idv.Digest) CaseStatus {
	d := r.Latest()
	if d == nil {
		return CaseStatus{}
	}
	open := d.Stands() && r.Erasure == nil
	return CaseStatus{
		Decision: d.Seq, Verdict: d.Verdict, State: d.State,
		Referred: open && d.Verdict == Refer,
		Changed:  open && newest != (idv.Digest{}) && d.Digest != newest,
	}
}
