package review

import (
	"fmt"
	"slices"
	"strings"

	"countersign/internal/idv"
)

// Verdict is what a reviewer decides about a recipient.
type Verdict string

// The verdicts.
const (
	Approve Verdict = "approve"
	Reject  Verdict = "reject"
	Refer   Verdict = "refer" // to somebody else; it decides nothing by itself
)

// Verdicts returns every verdict, in the order in which a form offers them.
func Verdicts() []Verdict { return []Verdict{Approve, Reject, Refer} }

// Label is the verdict in a word for a button.
func (v Verdict) Label() string {
	switch v {
	case Approve:
		return "Approve"
	case Reject:
		return "Reject"
	case Refer:
		return "Refer"
	}
	return string(v)
}

// Done is the verdict as something that was done.
func (v Verdict) Done() string {
	switch v {
	case Approve:
		return "Approved"
	case Reject:
		return "Rejected"
	case Refer:
		return "Referred"
	}
	return string(v)
}

// Reason is one of the reasons among which a reviewer chooses.
type Reason struct {
	Verdict Verdict `json:"-"`
	Code    string  `json:"code"`
	Words   string  `json:"words"`
}

// knownReasons are those that every installation has.
func knownReasons() []Reason {
	return []Reason{
		{Approve, "verified", "Identity verified by Yoti, consistent with what I saw"},
		{Approve, "explained", "Explained by other evidence"},
		{Approve, "other-person", "Watchlist hits are false positives"},
		{Approve, "known", "Identity verified by other means"},
		{Reject, "document", "Document not genuine or not accepted"},
		{Reject, "not-the-holder", "Signer is not the document holder"},
		{Reject, "not-live", "Liveness not established"},
		{Reject, "details-differ", "Details differ from our records"},
		{Reject, "watchlist", "Confirmed watchlist match"},
		{Reject, "fraud", "Signs of fraud"},
		{Reject, "never-completed", "Verification not completed"},
		{Refer, "beyond-me", "Needs senior review"},
		{Refer, "hit-to-settle", "Watchlist hit to be resolved"},
		{Refer, "conflict", "Conflict of interest"},
		{Refer, "more-evidence", "More evidence needed"},
	}
}

// ParseReason reads a reason of an installation's own: "approve:vouched=The branch
// vouches for the person".
func ParseReason(s string) (Reason, error) {
	head, words, ok := strings.Cut(s, "=")
	verdict, code, okToo := strings.Cut(head, ":")
	r := Reason{Verdict(verdict), code, strings.TrimSpace(words)}
	plain := func(c rune) bool { return c == '-' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' }
	switch {
	case !ok || !okToo || !slices.Contains(Verdicts(), r.Verdict) || r.Words == "":
		return Reason{}, fmt.Errorf("%q is not a reason such as approve:vouched=The branch vouches for the person", s)
	case code == "" || strings.ContainsFunc(code, func(c rune) bool { return !plain(c) }):
		return Reason{}, fmt.Errorf("%q is not a code for a reason: use lower-case letters, digits and dashes", code)
	}
	return r, nil
}

// SecondReview says which decisions another person must agree to.
type SecondReview string

// The policies.
const (
	SecondNever   SecondReview = "never"
	SecondAdverse SecondReview = "adverse" // when a decision goes against Yoti, or the result is not clear
	SecondAlways  SecondReview = "always"
)

// Policy is how an installation decides. The zero Policy asks for a second review of
// adverse decisions and has no reasons of its own.
type Policy struct {
	Second SecondReview
	Own    []Reason // reasons beside those that are always there
}

// Reasons returns the reasons among which a verdict's are chosen.
func (p Policy) Reasons(v Verdict) []Reason {
	var list []Reason
	for _, r := range append(knownReasons(), p.Own...) {
		if r.Verdict == v {
			list = append(list, r)
		}
	}
	return list
}

// AddReason adds a reason of the installation's own, as ParseReason reads it. Two reasons
// with one code would both be chosen with one tick, so the code has to be another than
// those of the verdict's other reasons.
func (p *Policy) AddReason(text string) error {
	r, err := ParseReason(text)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(p.Reasons(r.Verdict), func(other Reason) bool { return other.Code == r.Code }) {
		return fmt.Errorf("there is a reason with the code %q to %s already", r.Code, r.Verdict)
	}
	p.Own = append(p.Own, r)
	return nil
}

// ofVerdict leaves out of codes those that are reasons of other verdicts alone: a form that
// works without script sends also what was ticked below a verdict that was not chosen in the
// end, and that nobody sees any more.
func (p Policy) ofVerdict(v Verdict, codes []string) []string {
	var list []string
	for _, code := range codes {
		is := func(r Reason) bool { return r.Code == code }
		others := slices.ContainsFunc(append(knownReasons(), p.Own...), is)
		if !others || slices.ContainsFunc(p.Reasons(v), is) {
			list = append(list, code)
		}
	}
	return list
}

// onlyFittingReason returns the code of the one reason that fits an approval of a result that is
// clear; empty where the result is not, or another reason would fit as well.
func (p Policy) onlyFittingReason(v Verdict, a idv.Assessment, hits []HitReview, signer SignerState) string {
	if v != Approve || a.Bucket != idv.Clear || len(hits) > 0 || len(noteNeeds(v, hits, a, signer)) > 0 {
		return ""
	}
	return "verified"
}

// chosenReasons finds the reasons with the codes; a *Refused when one is not the verdict's,
// or there is none.
func (p Policy) chosenReasons(v Verdict, codes []string) ([]Reason, error) {
	var chosen []Reason
	for _, r := range p.Reasons(v) {
		if slices.Contains(codes, r.Code) {
			chosen = append(chosen, r)
		}
	}
	for _, code := range codes {
		if !slices.ContainsFunc(chosen, func(r Reason) bool { return r.Code == code }) {
			return nil, &Refused{"One of the reasons does not go with this verdict. Please choose among those below it."}
		}
	}
	if len(chosen) == 0 {
		return nil, &Refused{"Please choose at least one reason for this verdict."}
	}
	return chosen, nil
}

// Second says whether a decision awaits a second review.
type Second string

// Whether a second person has to agree.
const (
	Awaited   Second = "awaited"
	NotNeeded Second = "not-needed"
)

// secondReview says whether another person has to agree, and the rule that says so.
func (p Policy) secondReview(v Verdict, a idv.Assessment) (Second, string) {
	clear := a.Bucket == idv.Clear || a.Bucket == idv.ClearWithNotes
	switch {
	case v == Refer:
		return NotNeeded, "A referral decides nothing by itself."
	case p.Second == SecondNever:
		return NotNeeded, "This installation requires no second review."
	case p.Second == SecondAlways:
		return Awaited, "This installation requires a second review of every decision."
	case v == Approve && len(contradictedChecks(a)) > 0:
		return Awaited, "The decision overrides Yoti's recommendation."
	case v == Reject && clear:
		return Awaited, "The decision overrides Yoti's recommendation."
	case !clear:
		return Awaited, "The result is not clear: " + a.Bucket.Word().Label + "."
	}
	if a.Bucket == idv.ClearWithNotes {
		return NotNeeded, "No second review needed: Yoti approved every check."
	}
	return NotNeeded, "The decision follows Yoti's recommendation, and the result is clear."
}

// contradictedChecks returns the checks that an approval goes against.
func contradictedChecks(a idv.Assessment) []*idv.AssessedCheck {
	var list []*idv.AssessedCheck
	for i := range a.Checks {
		if r := a.Checks[i].Recommendation(); r == idv.Reject || r == idv.Consider {
			list = append(list, &a.Checks[i])
		}
	}
	return list
}
