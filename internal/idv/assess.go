package idv

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
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
	Bucket    Bucket
	Reasons   []string           // sentences, the one that governs first
	Checks    []AssessedCheck    // in order of concern
	Resources []AssessedResource // in the order of the session
	// Conflicts are those of Reasons that say where sub-checks and hits contradict each other.
	// What hits there are is not in the result, so they are known when someone read them.
	Conflicts []string
	// Profiles are outcomes of their own, beside the checks.
	Profiles []AssessedProfile
	// Exceptions are what keeps the result from being clear, the gravest first; none when it is.
	Exceptions []Exception
}

// AssessedCheck is a check with its place in triage.
type AssessedCheck struct {
	*Check
	Bucket   Bucket
	Notes    []string        // sentences about what a glance at the verdict would miss
	Earlier  []AssessedCheck // attempts that this one superseded, newest first
	findings findings        // of which Notes are the sentences
}

// AssessedResource is a resource with what became of it.
type AssessedResource struct {
	*Resource
	Standing ResourceUse
	Notes    []string // sentences about what has to be read before its checks are believed
	findings findings // of which Notes are the sentences
}

// Assess sorts a result into its bucket and its checks into the order in which they
// deserve attention.
//
// A value that Countersign does not know never counts as clear, wherever it is in
// what was judged: where a verdict rests on it (a state, type, recommendation, reason,
// sub-check or result), a person must investigate; anything else that is unknown in a
// check that counts, or in a resource that such a check used, is a note. What was not
// judged decides nothing: what is unknown there is shown, and no more. That no check used
// a document or a capture is a note itself: nothing is called clear past it.
func Assess(s *Session) Assessment {
	a := Assessment{Checks: nestSuperseded(assessChecks(s)), Resources: assessResources(s), Profiles: assessProfiles(s)}
	a.conclude(s)
	return a
}

// conclude draws from what was found about each part the bucket, the reasons for it and the
// exceptions, and sorts the checks.
func (a *Assessment) conclude(s *Session) {
	reasons := reasonsOf(s, a)
	a.Bucket, a.Reasons = bucketOf(reasons)
	sortByConcern(a.Checks)
	a.Exceptions = a.exceptions(reasons)
}

func sortByConcern(checks []AssessedCheck) {
	slices.SortStableFunc(checks, func(a, b AssessedCheck) int {
		return cmp.Or(
			cmp.Compare(attentionRank(a.Bucket), attentionRank(b.Bucket)),
			cmp.Compare(a.Type.Rank(), b.Type.Rank()),
		)
	})
}

// WithConflicts returns the assessment of a session with what its sub-checks and the hits
// that someone read contradict each other in. The assessment itself stays as it is.
func (a Assessment) WithConflicts(s *Session, of func(*Check) []HitConflict) Assessment {
	checks := slices.Clone(a.Checks)
	var sentences []string
	for i := range checks {
		c := &checks[i]
		conflicts := of(c.Check)
		if len(conflicts) == 0 {
			continue
		}
		found := slices.Clone(c.findings)
		for _, conflict := range conflicts {
			text := c.ConflictText(conflict)
			found.addNote(gravityOf(conflict.SubCheck), "%s", text).withKind(ExceptionConflict, conflict.SubCheck)
			sentences = append(sentences, c.Name()+": "+text)
		}
		c.findings = found.sorted()
		if c.Bucket == Clear {
			c.Bucket = ClearWithNotes
		}
	}
	if len(sentences) == 0 {
		return a
	}
	a.Checks, a.Conflicts = checks, sentences
	a.conclude(s)
	return a
}

// NotesInShort says in a few words what has to be read of a result that Yoti approved:
// "1 failed sub-check on an approved check". It is empty for a result of another bucket
// than ClearWithNotes, whose label says it.
func (a *Assessment) NotesInShort() string {
	if a.Bucket != ClearWithNotes {
		return ""
	}
	failed, checks := 0, 0
	for i := range a.Checks {
		if n := a.Checks[i].failedLabels(); n > 0 {
			failed, checks = failed+n, checks+1
		}
	}
	unused := 0
	for _, r := range a.Resources {
		if r.Standing == NotUsedLate || r.Standing == NotUsed && r.showsSigner() {
			unused++
		}
	}
	var parts []string
	switch {
	case checks == 1:
		parts = append(parts, countWords(failed, "failed sub-check", "failed sub-checks")+" on an approved check")
	case checks > 1:
		parts = append(parts, countWords(failed, "failed sub-check", "failed sub-checks")+" on approved checks")
	}
	if unused > 0 {
		parts = append(parts, countWords(unused, "document or capture", "documents or captures")+" that no check used")
	}
	switch others := len(a.Reasons) - failed - unused; {
	case others > 0 && len(parts) > 0:
		parts = append(parts, countWords(others, "other point", "other points")+" in the assessment")
	case others > 0:
		parts = append(parts, countWords(others, "point", "points")+" in the assessment")
	}
	return strings.Join(parts, ", ")
}

// NotesBesideRows returns the notes on the check but those that say of a sub-check what it
// shows itself: that it failed.
func (c *AssessedCheck) NotesBesideRows() []string {
	shown := map[string]bool{}
	for _, f := range c.findings {
		if f.kind == ExceptionFailed {
			shown[f.sentence] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(c.Notes), func(note string) bool { return shown[note] })
}

// failedLabels counts the sub-checks that failed on an approved check, as its notes do:
// those with one label once.
func (c *AssessedCheck) failedLabels() int {
	failed := map[string]bool{}
	if c.Recommendation() == Approve {
		for _, row := range c.Report.Breakdown {
			if row.Result == Fail {
				failed[asItCame(c.Type.SubCheckOf(row).Label)] = true
			}
		}
	}
	return len(failed)
}

func countWords(n int, one, several string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + several
}

// attentionRank is the place of a bucket in the order of attention. It differs from the
// order of precedence: a pending check makes a result not ready, but a rejected one
// is read first.
func attentionRank(b Bucket) int {
	return slices.Index([]Bucket{Adverse, Investigate, NotCleared, NotReady, Incomplete, ClearWithNotes, Clear}, b)
}

// Concern is the place of the bucket in the order of attention, in which exceptions and
// checks stand: the smaller, the sooner it is read.
func (b Bucket) Concern() int { return attentionRank(b) }

// bucketOf returns the first bucket for which there is a reason, and the reasons: by
// the precedence of their buckets, and those of one bucket by their gravity.
func bucketOf(reasons []bucketReason) (Bucket, []string) {
	precedence := []Bucket{NotReady, Incomplete, Adverse, Investigate, NotCleared, ClearWithNotes, Clear}
	found := make(findings, len(reasons))
	for i, r := range reasons {
		found[i] = r.finding
	}
	slices.SortStableFunc(found, func(a, b finding) int {
		return cmp.Or(
			cmp.Compare(slices.Index(precedence, a.bucket), slices.Index(precedence, b.bucket)),
			cmp.Compare(a.gravity, b.gravity),
		)
	})
	if len(found) == 0 {
		return Clear, []string{"Yoti approved every check and no sub-check failed."}
	}
	return found[0].bucket, found.sentences()
}

// reasonsOf lists what keeps a result from being clear, part by part.
func reasonsOf(s *Session, a *Assessment) []bucketReason {
	list := sessionReasons(s)
	for _, p := range a.Profiles {
		for _, f := range p.Findings {
			label := p.Kind.Word().Label
			list = append(list, bucketReason{
				finding{bucket: f.Bucket, gravity: gravityIn(f.Bucket), sentence: label + ": " + f.Sentence},
				Exception{Kind: ExceptionProfile, Bucket: f.Bucket, Title: strings.TrimSuffix(f.Sentence, "."), Text: label, Part: p.Key()},
			})
		}
	}
	for i := range a.Checks {
		list = append(list, a.Checks[i].reasons()...)
	}
	for i := range a.Resources {
		list = append(list, a.Resources[i].reasons()...)
	}
	return list
}

// sessionReasons judges what is above the single checks.
func sessionReasons(s *Session) []bucketReason {
	var list []bucketReason
	add := func(b Bucket, title, sentence string) { list = append(list, sessionReason(b, title, sentence)) }
	switch s.State {
	case SessionOngoing:
		add(NotReady, "Session ongoing", "The session is ongoing: what is here is provisional.")
	case SessionExpired:
		add(Incomplete, "Session expired", "The session expired before everything was done.")
	case SessionCompleted:
	case "":
		add(Investigate, "No session state", "The result does not say in which state the session is.")
	default:
		add(Investigate, "Unknown session state: "+labelOf(string(s.State)), fmt.Sprintf("The session is in a state that Countersign does not know: %s.", labelOf(string(s.State))))
	}
	if len(s.Checks) == 0 {
		add(Investigate, "No checks", "There are no checks in this result.")
	}
	for _, p := range s.Problems {
		add(Investigate, "", fmt.Sprintf("The field %s could not be read.", labelOf(p.Path)))
	}
	if t := s.BiometricConsent; t.Wire != "" && t.At.IsZero() {
		add(ClearWithNotes, "Unreadable time of consent: "+asItCame(t.Wire), fmt.Sprintf("Countersign cannot read when the signer consented to biometrics: %s.", asItCame(t.Wire)))
	}
	for _, x := range s.Extras {
		add(ClearWithNotes, "Unknown field: "+labelOf(x.Name), fmt.Sprintf("Yoti sent a field that Countersign shows but does not assess: %s.", labelOf(x.Name)))
	}
	return list
}

// reasons lists what has to be read about a resource.
func (r *AssessedResource) reasons() []bucketReason {
	var list []bucketReason
	title := r.Title()
	for _, f := range r.findings {
		list = append(list, bucketReason{
			finding{bucket: ClearWithNotes, gravity: minor, sentence: title + ": " + f.sentence},
			Exception{Kind: ExceptionResource, Bucket: ClearWithNotes, Title: f.shortTitle(), Text: title, Part: r.Key()},
		})
	}
	return list
}

func assessChecks(s *Session) []AssessedCheck {
	checks := make([]AssessedCheck, len(s.Checks))
	known := s.resourceIDs()
	for i := range s.Checks {
		c := &s.Checks[i]
		found := c.findings(known)
		bucket := c.assessBucket(found)
		if bucket == NotReady && s.State == SessionExpired {
			bucket = Incomplete // no report will come any more
		}
		checks[i] = AssessedCheck{Check: c, Bucket: bucket, Notes: found.sentences(), findings: found}
	}
	return checks
}

// assessBucket judges one check by itself. The recommendation governs; what it leaves open
// are the findings.
func (c *Check) assessBucket(found findings) Bucket {
	switch {
	case c.Waiting():
		return NotReady
	case c.Recommendation() == Reject:
		return Adverse
	case len(found) > 0 && found[0].bucket == Investigate, c.Recommendation() == Consider:
		return Investigate
	case c.Recommendation() == NotAvailable, c.State == CheckInternalError:
		return NotCleared
	case len(found) > 0:
		return ClearWithNotes
	}
	return Clear
}

// assessResources says what became of each resource. A check that names no resource may
// have used any of a kind that the other checks do not name.
func assessResources(s *Session) []AssessedResource {
	standings, anyUsed := s.ResourceUses(), s.hasCheckOfNothing()
	named := map[ResourceKind]bool{}
	for i, standing := range standings {
		if standing != NotUsed && standing != NotUsedLate {
			named[s.Resources[i].Kind] = true
		}
	}
	resources := make([]AssessedResource, len(s.Resources))
	for i := range s.Resources {
		r, standing := &s.Resources[i], standings[i]
		decides := standing == Used || standing == Waiting || anyUsed && !named[r.Kind]
		found := r.findings(standing, decides)
		resources[i] = AssessedResource{Resource: r, Standing: standing, Notes: found.sentences(), findings: found}
	}
	return resources
}

// verdictText says in a few words where the check stands; empty where its findings say all.
func (c *AssessedCheck) verdictText() string {
	switch {
	case c.Waiting() && c.Bucket == Incomplete:
		return "no report, and none will come."
	case c.Waiting():
		return "no report yet."
	case c.Bucket == NotCleared && c.State == CheckInternalError:
		return "ended in an error at Yoti."
	case c.Unreadable(), c.Recommendation() == Approve, !c.Recommendation().Word().Known:
		return ""
	}
	text := c.Recommendation().Word().Label
	if c.Report.Reason != "" {
		text += ", " + labelOrNone(c.Type.Reason(c.Report.Reason).Word)
	}
	return text + "."
}

// nestSuperseded moves superseded liveness attempts under the newest one. An attempt is
// superseded only where that certainly began after it. Those of which no time tells the
// order keep that of their places, and all stay: nobody can say which of them counts,
// and each says so.
// Source: Yoti IDV, portal session results (the latest attempt is final).
func nestSuperseded(checks []AssessedCheck) []AssessedCheck {
	newest := newestAttempt(checks)
	var shown, superseded []AssessedCheck
	attempts, place := 0, 0
	for i, c := range checks {
		if c.Type == Liveness && c.Created.Before(checks[newest].Created) {
			superseded = append(superseded, c)
			continue
		}
		if c.Type == Liveness {
			attempts++
		}
		if i == newest {
			place = len(shown)
		}
		shown = append(shown, c)
	}
	if attempts > 1 {
		sayUnordered(shown)
	}
	if len(superseded) > 0 {
		slices.SortStableFunc(superseded, func(a, b AssessedCheck) int { return b.Created.At.Compare(a.Created.At) })
		shown[place].Earlier = superseded
	}
	return shown
}

// newestAttempt returns which liveness attempt began last, as far as times tell; 0 when
// there is none.
func newestAttempt(checks []AssessedCheck) int {
	newest := 0
	for i, c := range checks {
		if c.Type == Liveness && (checks[newest].Type != Liveness || c.Created.At.After(checks[newest].Created.At)) {
			newest = i
		}
	}
	return newest
}

// sayUnordered notes on the liveness attempts that none is known to be the newest. For
// the whole result it is said once.
func sayUnordered(checks []AssessedCheck) {
	const sentence = "No time says which liveness attempt is the newest, so every one that may be counts, in the order in which Yoti lists them."
	said := false
	for i := range checks {
		c := &checks[i]
		if c.Type != Liveness {
			continue
		}
		if !said {
			c.findings.addNote(minor, sentence)
			said = true
		}
		c.Notes = append(c.Notes, sentence)
		if c.Bucket == Clear {
			c.Bucket = ClearWithNotes
		}
	}
}
