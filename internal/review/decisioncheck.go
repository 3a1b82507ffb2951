package review

import (
	"context"
	"slices"
	"strconv"

	"countersign/internal/idv"
)

// checkDecisionForm returns the Faults of a form that lacks something which its verdict needs.
func (d *Desk) checkDecisionForm(ctx context.Context, f DecisionForm, s *Statement, a idv.Assessment) error {
	if !slices.Contains(Verdicts(), f.Verdict) {
		return Faults{{FieldVerdict, "Please choose a verdict: approve, reject or refer."}}
	}
	var faults Faults
	var err error
	s.Reasons, err = d.Policy.chosenReasons(f.Verdict, f.Reasons)
	faults.add(FieldReason, err)
	faults.add(FieldNote, noteOf(f, s, a))
	switch f.Verdict {
	case Approve:
		list, more := acceptedContradictions(f, a, faults.has(FieldNote))
		s.Contradictions, faults = list, append(faults, more...)
	case Refer:
		known, err := d.mayBeReferred(ctx, f)
		if err != nil {
			return err
		}
		if !known {
			faults = append(faults, Fault{FieldRefer, "There is nobody of that name to refer to. Please choose somebody else."})
		}
	}
	if f.Verdict != Refer {
		s.ReferredTo = ""
	}
	return faults.err()
}

// noteOf returns a *Refused when the note is missing where it is needed, or cannot be
// recorded.
func noteOf(f DecisionForm, s *Statement, a idv.Assessment) error {
	if !isBlank(f.Note) {
		return checkText("note", f.Note, MaxNoteLength)
	}
	if needs := noteNeeds(f.Verdict, s.HitReviews, a, s.Signer); len(needs) > 0 {
		return &Refused{needs[0].refusal}
	}
	return nil
}

// noteNeed is something for which a decision needs a note: in a few words for the form,
// and as the sentence with which a decision without one is refused.
type noteNeed struct{ short, refusal string }

// noteNeeds says what a decision needs a note for; nothing when it needs none.
func noteNeeds(v Verdict, hits []HitReview, a idv.Assessment, signer SignerState) []noteNeed {
	switch v {
	case Reject:
		return []noteNeed{{"why you reject", "Please say in the note why you reject."}}
	case Refer:
		return []noteNeed{{"what the next person should look at", "Please say in the note what the next person should look at."}}
	}
	var needs []noteNeed
	label := a.Bucket.Word().Label
	notes := a.NotesInShort()
	if a.Bucket != idv.Clear && a.Bucket != idv.ClearWithNotes {
		needs = append(needs, noteNeed{"the result is not clear (" + label + ")", "This result is not clear (" + label + "). Please say in the note why it is enough."})
	}
	undecided, unread, unknown := openHits(hits)
	if undecided > 0 {
		needs = append(needs, noteNeed{hitsNotReviewed(undecided), "Watchlist hits are unresolved. Please give the reason for approving in the note."})
	}
	if unread {
		needs = append(needs, noteNeed{"the search results were not opened; review the hits first", "Nobody has opened the search results, so it is not known how many watchlist hits there are. Please review them first, or give the reason for approving in the note."})
	}
	if unknown {
		needs = append(needs, noteNeed{"the number of watchlist hits is not known", "The result does not say how many watchlist hits there are. Please give the reason for approving in the note."})
	}
	needs = append(needs, signer.noteNeeds()...)
	if a.Bucket == idv.ClearWithNotes {
		needs = append(needs, noteNeed{notes, "This result is not clear (" + label + "): " + notes + ". Please say in the note why it is enough."})
	}
	return needs
}

func hitsNotReviewed(n int) string {
	if n == 1 {
		return "1 watchlist hit not reviewed"
	}
	return strconv.Itoa(n) + " watchlist hits not reviewed"
}

// maxAgainst is how long the reasons for going against checks may be altogether, in bytes:
// a result may have ten thousand of them, and the note may be that of each.
const maxAgainst = 4 << 20

// acceptedContradictions returns the contradictions of an approval, each with its reason, and what is wrong
// with the reasons. What is wrong with the note is not said again for each check of which it
// is the reason.
func acceptedContradictions(f DecisionForm, a idv.Assessment, noteFaulty bool) ([]Contradiction, Faults) {
	var list []Contradiction
	var faults Faults
	length := 0
	for _, c := range contradictedChecks(a) {
		reason := f.contradictionReason(c.Key())
		if length += len(reason); length > maxAgainst {
			return nil, Faults{{FieldNote, "The decision overrides so many checks that the reasons are too long altogether. Please shorten the note, which counts for each of them."}}
		}
		if noteFaulty && isBlank(f.Contradictions[c.Key()]) {
			continue
		}
		faults.add(FieldAgainst(c.Key()), checkText("reason for overriding", reason, MaxNoteLength))
		list = append(list, Contradiction{c.Key(), string(c.Type), string(c.Recommendation()), reason})
	}
	return list, faults
}
