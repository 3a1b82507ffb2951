package idv

import (
	"cmp"
	"fmt"
	"slices"
)

// Bucket is where a result, or one check, falls in triage. It says what a reviewer
// has to do, never what to decide.
type Bucket string

// The buckets. A result takes the first that applies, in this order.
const (
	NotReady       Bucket = "not-ready"        // Yoti has not finished
	Incomplete     Bucket = "incomplete"       // Yoti never will
	Adverse        Bucket = "adverse"          // Yoti advises against
	Investigate    Bucket = "investigate"      // a person must look
	NotCleared     Bucket = "not-cleared"      // something could not be checked
	ClearWithNotes Bucket = "clear-with-notes" // all approved, with something to read
	Clear          Bucket = "clear"            // all approved
)

// Assessment is what follows from a result before anyone decides.
type Assessment struct {
	Bucket  Bucket
	Reasons []string        // sentences, the one that governs first
	Checks  []AssessedCheck // in order of concern
}

// AssessedCheck is a check with its place in triage.
type AssessedCheck struct {
	*Check
	Bucket  Bucket
	Notes   []string        // sentences about what a glance at the verdict would miss
	Earlier []AssessedCheck // attempts that this one superseded, newest first
}

// Assess sorts a result into its bucket and its checks into the order in which
// they deserve attention. Nothing unknown ever counts as clear.
func Assess(s *Session) Assessment {
	a := Assessment{Checks: current(assessChecks(s))}
	a.Bucket, a.Reasons = bucketOf(s, a.Checks)
	slices.SortStableFunc(a.Checks, func(a, b AssessedCheck) int {
		return cmp.Or(
			cmp.Compare(concern(a.Bucket), concern(b.Bucket)),
			cmp.Compare(a.Type.Rank(), b.Type.Rank()),
		)
	})
	return a
}

// concern is the place of a bucket in the order of attention. It differs from the
// order of precedence: a pending check makes a result not ready, but a rejected one
// is read first.
func concern(b Bucket) int {
	return slices.Index([]Bucket{Adverse, Investigate, NotCleared, NotReady, Incomplete, ClearWithNotes, Clear}, b)
}

func bucketOf(s *Session, checks []AssessedCheck) (Bucket, []string) {
	var found [7][]string // sentences by order of precedence
	precedence := []Bucket{NotReady, Incomplete, Adverse, Investigate, NotCleared, ClearWithNotes, Clear}
	add := func(b Bucket, sentence string) {
		i := slices.Index(precedence, b)
		found[i] = append(found[i], sentence)
	}
	assessSession(s, add)
	for _, c := range checks {
		if c.Bucket != Clear {
			add(c.Bucket, c.Type.Word().Label+": "+c.verdict())
		}
	}
	bucket, reasons := Clear, []string(nil)
	for i := len(found) - 1; i >= 0; i-- {
		if len(found[i]) > 0 {
			bucket, reasons = precedence[i], append(found[i], reasons...)
		}
	}
	if bucket == Clear {
		reasons = []string{"Yoti approved every check and no row failed."}
	}
	return bucket, reasons
}

// assessSession judges what stands above the single checks.
func assessSession(s *Session, add func(Bucket, string)) {
	switch s.State {
	case SessionOngoing:
		add(NotReady, "The session is ongoing: what is here is provisional.")
	case SessionExpired:
		add(Incomplete, "The session expired before everything was done.")
	case SessionCompleted:
	case "":
		add(Investigate, "The result does not say in which state the session is.")
	default:
		add(Investigate, fmt.Sprintf("The session is in a state that Countersign does not know: %s.", VisibleWord(string(s.State))))
	}
	if len(s.Checks) == 0 {
		add(Investigate, "There are no checks in this result.")
	}
	for _, p := range s.Problems {
		add(Investigate, fmt.Sprintf("The field %s could not be read.", VisibleWord(p.Path)))
	}
	for _, x := range s.Extras {
		bucket := ClearWithNotes
		if bearsVerdict(x.Name) {
			bucket = Investigate
		}
		add(bucket, fmt.Sprintf("Yoti sent a field that Countersign shows but does not judge: %s.", VisibleWord(x.Name)))
	}
	for _, r := range s.Resources {
		if len(r.Problems) > 0 {
			add(ClearWithNotes, fmt.Sprintf("Part of a resource could not be read: %s %d.", r.Kind.Word().Label, r.Index+1))
		}
	}
}

// bearsVerdict reports whether an unmodelled field of the result carries an outcome
// of its own. Source: Yoti IDV, identity profiles.
func bearsVerdict(name string) bool {
	return name == "identity_profile" || name == "advanced_identity_profile"
}

func assessChecks(s *Session) []AssessedCheck {
	checks := make([]AssessedCheck, len(s.Checks))
	for i := range s.Checks {
		c := &s.Checks[i]
		bucket, notes := assessCheck(c)
		if bucket == NotReady && s.State == SessionExpired {
			bucket = Incomplete // no report will come any more
		}
		checks[i] = AssessedCheck{Check: c, Bucket: bucket, Notes: notes}
	}
	return checks
}

// assessCheck judges one check by itself. The recommendation governs; what it
// leaves open becomes notes.
func assessCheck(c *Check) (Bucket, []string) {
	notes := c.notes()
	unknown := c.unknowns()
	switch {
	case c.Waiting():
		return NotReady, append(unknown, notes...)
	case c.Recommendation() == Reject:
		return Adverse, append(unknown, notes...)
	case len(unknown) > 0, c.Recommendation() == Consider:
		return Investigate, append(unknown, notes...)
	case c.Recommendation() == NotAvailable, c.State == CheckInternalError:
		return NotCleared, notes
	case len(notes) > 0:
		return ClearWithNotes, notes
	}
	return Clear, nil
}

// unknowns lists, as sentences, what keeps anyone from taking the check at its word.
func (c *Check) unknowns() []string {
	var found []string
	add := func(format string, args ...any) { found = append(found, fmt.Sprintf(format, args...)) }
	for _, p := range c.Problems {
		add("%s could not be read.", cmp.Or(VisibleWord(p.Path), "The check"))
	}
	if !c.Type.Known() && !c.Unreadable() {
		add("Countersign does not know this type of check: %s.", orNone(string(c.Type)))
	}
	if !c.State.Word().Known && !c.Unreadable() {
		add("Countersign does not know this state: %s.", orNone(string(c.State)))
	}
	if c.Report == nil {
		return found
	}
	if !c.Report.Recommendation.Word().Known {
		add("Countersign does not know this recommendation: %s.", orNone(string(c.Report.Recommendation)))
	}
	if reason := c.Report.Reason; reason != "" && !c.Type.Reason(reason).Known {
		add("Countersign does not know this reason: %s.", VisibleWord(reason))
	}
	for _, row := range c.Report.Breakdown {
		if !c.Type.SubCheck(row.Name).Known {
			add("Countersign does not know this sub-check: %s.", orNone(row.Name))
		}
		if !row.Result.Word().Known {
			add("Countersign does not know the result of %s: %s.", orNone(row.Name), orNone(string(row.Result)))
		}
	}
	return found
}

// orNone is a value that Countersign does not know, for a sentence.
func orNone(value string) string { return cmp.Or(VisibleWord(value), "(none)") }

// notes lists, as sentences, what an approval leaves to be read.
func (c *Check) notes() []string {
	var notes []string
	if c.Report != nil && c.Report.Recommendation == Approve {
		for _, row := range c.Report.Failed() {
			notes = append(notes, fmt.Sprintf("Yoti approved this check although %q failed.", c.Type.SubCheck(row.Name).Label))
		}
	}
	if c.Report != nil && c.State == CheckInternalError {
		notes = append(notes, "Yoti reports an error of its own in this check, although there is a report.")
	}
	for _, x := range c.Extras {
		notes = append(notes, fmt.Sprintf("Yoti sent a field that Countersign shows but does not judge: %s.", VisibleWord(x.Name)))
	}
	return notes
}

// verdict says in a few words where the check stands.
func (c *AssessedCheck) verdict() string {
	switch {
	case c.Unreadable():
		return "could not be read."
	case c.Waiting() && c.Bucket == Incomplete:
		return "no report, and none will come."
	case c.Waiting():
		return "no report yet."
	case c.Bucket == NotCleared && c.State == CheckInternalError:
		return "ended in an error at Yoti."
	case c.Bucket == Investigate && c.Recommendation() != Consider, c.Bucket == ClearWithNotes:
		return c.Notes[0]
	}
	text := c.Recommendation().Word().Label
	if c.Report.Reason != "" {
		text += ", " + c.Type.Reason(c.Report.Reason).Label
	}
	return text + "."
}

// current moves superseded liveness attempts under the newest one. Attempts of
// which no time tells the order all stay: nobody can say which of them counts.
// Source: Yoti IDV, portal session results (the latest attempt is final).
func current(checks []AssessedCheck) []AssessedCheck {
	var attempts, others []AssessedCheck
	for _, c := range checks {
		if c.Type == Liveness && !c.Created.At.IsZero() {
			attempts = append(attempts, c)
		} else {
			others = append(others, c)
		}
	}
	slices.SortStableFunc(attempts, func(a, b AssessedCheck) int { return b.Created.At.Compare(a.Created.At) })
	newest := 0
	for newest < len(attempts) && attempts[newest].Created.At.Equal(attempts[0].Created.At) {
		newest++
	}
	if newest > 0 {
		attempts[0].Earlier = slices.Clone(attempts[newest:])
	}
	return append(others, attempts[:newest]...)
}
