package review

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"countersign/internal/account"
	"countersign/internal/idv"
	"countersign/internal/ledger"
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

// Statement is everything that a decision puts on record. It can be read without
// asking Yoti for anything. It is kept sealed, and the ledger commits to it.
type Statement struct {
	Version        int              `json:"version"` // of this form: 1
	Program        string           `json:"program"` // that made it
	Recipient      string           `json:"recipient"`
	Verdict        Verdict          `json:"verdict"`
	Reasons        []Reason         `json:"reasons"`
	Note           string           `json:"note"`
	ReferredTo     string           `json:"referred_to,omitempty"` // name, or empty for any supervisor
	Meaning        string           `json:"meaning"`               // of the signature, as its author read it
	Name           string           `json:"name"`
	Role           string           `json:"role"`
	Verified       *time.Time       `json:"verified,omitempty"`   // when the session took place, if the result says so
	FirstFetched   time.Time        `json:"first_fetched"`        // when Yoti first gave this result
	Fetched        time.Time        `json:"fetched"`              // when Yoti last gave it
	Unanswered     *Unanswered      `json:"unanswered,omitempty"` // since then; nil when Yoti need not be asked, or answered
	Decided        time.Time        `json:"decided"`
	Result         string           `json:"result"` // digest
	SessionState   string           `json:"session_state"`
	Assessment     idv.Bucket       `json:"assessment"`
	Checks         []DecidedCheck   `json:"checks"`
	Profiles       []DecidedProfile `json:"identity_profiles,omitempty"`
	Documents      []DecidedPaper   `json:"documents"`
	Coverage       Coverage         `json:"coverage"`
	Hits           []JudgedHit      `json:"hits"`
	Undecided      int              `json:"undecided_hits"` // of the newest search results; what stands about others is in Hits
	HitsUnknown    bool             `json:"number_of_hits_unknown,omitempty"`
	HitReviews     []HitReview      `json:"hit_reviews,omitempty"` // by check; absent from older statements
	Signer         SignerState      `json:"expected_signer,omitzero"`
	Contradictions []Contradiction  `json:"contradictions"`
	Second         Second           `json:"second_review"`
	Rule           string           `json:"second_review_rule"` // why one is needed, or why none is
	Supersedes     int64            `json:"supersedes,omitempty"`
}

// Unanswered is an attempt to have a result again that failed: whether it had changed by
// then, nobody knew.
type Unanswered struct {
	At  time.Time   `json:"at"`
	Why FailureKind `json:"why"`
}

// String is the failure in a sentence.
func (u *Unanswered) String() string { return u.Why.Word().Title }

// DecidedCheck is a check as it stood, in Yoti's words and in ours.
type DecidedCheck struct {
	Key            string     `json:"key"`
	Type           string     `json:"type"`
	State          string     `json:"state"`
	Recommendation string     `json:"recommendation"`
	Reason         string     `json:"reason,omitempty"`
	Label          string     `json:"label"`
	Verdict        string     `json:"verdict"`
	Bucket         idv.Bucket `json:"assessment"`
}

// DecidedProfile is an identity profile as it stood, in Yoti's words and in ours.
type DecidedProfile struct {
	Kind    string     `json:"kind"`
	Result  string     `json:"result"`
	Reason  string     `json:"reason,omitempty"` // of a failure
	Summary []string   `json:"summary"`
	Verdict string     `json:"verdict"`
	Bucket  idv.Bucket `json:"assessment"`
}

// CheckLabel is what the check with the key was called when the decision was made; its
// type in words where the statement does not list it.
func (s *Statement) CheckLabel(key, checkType string) string {
	for i := range s.Checks {
		if s.Checks[i].Key == key && s.Checks[i].Label != "" {
			return s.Checks[i].Label
		}
	}
	return idv.CheckType(checkType).Word().Label
}

// DecidedPaper is a document that the signer showed.
type DecidedPaper struct {
	Key     string `json:"key"`
	Type    string `json:"type"`
	Country string `json:"country"` // ISO 3166-1 alpha-3
}

// String names the document: what it is, and of which country.
func (d DecidedPaper) String() string {
	return idv.DocumentType(d.Type).Label + ", " + idv.Country(d.Country).Label
}

// Contradiction is a check that an approval goes against, and why it does.
type Contradiction struct {
	Check          string `json:"check"` // key
	Type           string `json:"type"`
	Recommendation string `json:"recommendation"`
	Reason         string `json:"reason"`
}

// DecisionForm is what a reviewer sends.
type DecisionForm struct {
	Recipient      idv.RecipientID
	Digest         idv.Digest
	By             account.Person
	Verdict        Verdict
	Reasons        []string // codes
	Note           string
	ReferTo        string            // name; empty for any supervisor
	Contradictions map[string]string // reasons, by the key of the check
	Seen           *int64            // Seq of the newest act on decisions that was shown; nil when the form does not say
	Key            string            // idempotency key
}

// NewDecision is a decision to be recorded.
type NewDecision struct {
	Recipient idv.RecipientID
	Digest    idv.Digest
	By        account.Person
	Statement Statement
	Seen      *int64
	Key       string
}

// Meaning says what a signature under a decision means. Which result the decision applies to
// is said before it.
func Meaning(who account.Person) string {
	return fmt.Sprintf("I sign as %s, %s: this is my own judgement. It stays on record with my name and cannot be edited.", who.Name, who.Role)
}

// ErrDecided: somebody decided, or answered a decision, since the form was shown.
var ErrDecided = errors.New("there is a newer decision than the form knew of")

// Decide records a decision, once however often it is sent, and returns its Seq. Where
// the result may have changed, Yoti is asked first. It returns Faults when
// something is missing, ErrStale when the form is about another result than the newest,
// ErrDecided when there is a decision that its author has not been shown, and ErrKeyUsed
// when the form stands for something else.
func (d *Desk) Decide(ctx context.Context, f DecisionForm) (int64, error) {
	f.Note, f.Reasons = Lines(f.Note), d.Policy.ofVerdict(f.Verdict, f.Reasons)
	if err := d.mayRecord(ctx, f.By, f.Key); err != nil {
		return 0, err
	}
	file, err := d.freshFile(ctx, f.By, f.Recipient)
	if err != nil {
		return 0, fmt.Errorf("decide on %s: %w", f.Recipient, err)
	}
	if seq, ok := file.Record.sentBefore(&f); ok { // whatever the result says today
		return seq, nil
	}
	statement, err := d.makeStatement(ctx, f, file)
	if err != nil {
		return 0, err
	}
	n := NewDecision{f.Recipient, f.Digest, f.By, *statement, f.Seen, f.Key}
	seqs, err := d.Records.Record(ctx, n.By, n.Recipient, n.Key, n.Acts)
	if err != nil {
		return 0, fmt.Errorf("decide on %s: %w", f.Recipient, err)
	}
	return seqs[0], nil
}

// Acts returns what the decision puts on record: nothing when it was sent before. See
// Desk.Decide for its errors.
func (n *NewDecision) Acts(now *OnRecord) ([]Act, error) {
	if sent, err := now.sentBefore(n.Same); sent || err != nil {
		return nil, err
	}
	if err := IsNewest(n.Digest, now.Newest); err != nil {
		return nil, err
	}
	record, err := now.Record(OfDecisions())
	if err != nil {
		return nil, err
	}
	if err := record.MayDecide(n, now.Opened); err != nil {
		return nil, err
	}
	s := &n.Statement
	content, err := json.Marshal(s)
	return []Act{{
		At: s.Decided, Act: ActDecision, Snapshot: n.Digest, About: s.Supersedes,
		Facts: Facts{Verdict: s.Verdict, Second: s.Second}, Content: content, ReferTo: s.ReferredTo,
	}}, err
}

// sentBefore returns the Seq of the decision that is on record for the very same form.
func (r *Record) sentBefore(f *DecisionForm) (int64, bool) {
	for i := range r.Decisions {
		made := &r.Decisions[i]
		if made.Author != f.By.ID || made.Digest != f.Digest || made.Statement == nil {
			continue
		}
		facts, err := ParseFacts(r.Entry(made.Seq).Entry)
		if err == nil && facts.Form == f.Key && f.matches(made.Statement) {
			return made.Seq, true
		}
	}
	return 0, false
}

// matches reports whether a form asks for what a statement has put on record.
func (f *DecisionForm) matches(s *Statement) bool {
	asked, made := slices.Clone(f.Reasons), reasonCodes(s.Reasons)
	slices.Sort(asked)
	slices.Sort(made)
	if s.Verdict != f.Verdict || s.Note != f.Note || f.Verdict == Refer && s.ReferredTo != f.ReferTo || !slices.Equal(slices.Compact(asked), made) {
		return false
	}
	return !slices.ContainsFunc(s.Contradictions, func(c Contradiction) bool { return f.contradictionReason(c.Check) != c.Reason })
}

// contradictionReason is why the author of a form approves against the check with a key: where nothing
// was written for it alone, the note says it.
func (f *DecisionForm) contradictionReason(check string) string {
	if reason := Lines(f.Contradictions[check]); !isBlank(reason) {
		return reason
	}
	return f.Note
}

// freshFile returns what is kept about a recipient, after asking Yoti when the newest
// result is old and may have changed. When Yoti gives nothing, the stored result stands.
func (d *Desk) freshFile(ctx context.Context, who account.Person, id idv.RecipientID) (File, error) {
	file, err := d.Records.Recipient(ctx, id, who, NotePage{Limit: 1})
	if err != nil || file.Newest == nil {
		return file, err
	}
	due, err := d.mustAskYoti(&file)
	if err != nil || !due {
		return file, err
	}
	if err := d.fetch(ctx, who, id, 0); err != nil {
		if _, upstream := KindOf(err); !upstream {
			return file, err
		}
	}
	return d.Records.Recipient(ctx, id, who, NotePage{Limit: 1})
}

// makeStatement makes what a decision puts on record, or says what is missing.
func (d *Desk) makeStatement(ctx context.Context, f DecisionForm, file File) (*Statement, error) {
	if file.Newest == nil || file.Newest.Digest != f.Digest {
		return nil, fmt.Errorf("decide on %s: %w", f.Recipient, ErrStale)
	}
	read, err := d.readResult(file.Newest)
	if err != nil {
		return nil, err
	}
	assessment := read.withConflicts(file.HitsRead)
	s := &Statement{
		Version: 1, Program: d.Program, Recipient: f.Recipient.String(), Verdict: f.Verdict, Note: f.Note, ReferredTo: f.ReferTo,
		Meaning: "Applies to result " + f.Digest.Short() + ". " + Meaning(f.By), Name: f.By.Name, Role: string(f.By.Role),
		FirstFetched: file.Newest.First, Fetched: file.Newest.Fetched, Decided: d.Now().UTC(),
		Result: f.Digest.String(), SessionState: string(read.session.State), Assessment: assessment.Bucket,
		Checks: decidedChecks(assessment), Profiles: decidedProfiles(assessment), Documents: decidedPapers(read.session),
		Hits: file.Record.HitsOn(read.session),
	}
	if at := read.session.At(); !at.IsZero() {
		s.Verified = &at
	}
	if file.Failure != nil {
		s.Unanswered = &Unanswered{file.Failure.At, file.Failure.Kind}
	}
	s.HitReviews = hitReviews(assessment, f.Digest, s.Hits, file.HitsRead)
	s.Signer = signerState(file.Record.Expected(), f.Digest, file.Compared)
	s.Undecided, _, s.HitsUnknown = openHits(s.HitReviews)
	if s.Coverage, err = d.Records.Coverage(ctx, f.Recipient, f.Digest, f.By); err != nil {
		return nil, fmt.Errorf("decide on %s: %w", f.Recipient, err)
	}
	s.Coverage.nameAndOrder(read.inventory, s.HitReviews)
	s.Supersedes = file.Record.Supersedes()
	s.Second, s.Rule = d.Policy.secondReview(f.Verdict, assessment)
	return s, d.checkDecisionForm(ctx, f, s, assessment)
}

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

// mayBeReferred reports whether there is somebody of the name in a form who may decide.
func (d *Desk) mayBeReferred(ctx context.Context, f DecisionForm) (bool, error) {
	if f.ReferTo == "" {
		return true, nil
	}
	people, err := d.Records.Deciders(ctx)
	if err != nil {
		return false, fmt.Errorf("refer %s: %w", f.Recipient, err)
	}
	return slices.ContainsFunc(people, func(p account.Person) bool { return p.Name == f.ReferTo && p.ID != f.By.ID }), nil
}

// Deciders lists the people who may decide, by name.
func (d *Desk) Deciders(ctx context.Context) ([]account.Person, error) {
	list, err := d.Records.Deciders(ctx)
	if err != nil {
		return nil, fmt.Errorf("list reviewers: %w", err)
	}
	return list, nil
}

func decidedChecks(a idv.Assessment) []DecidedCheck {
	list := []DecidedCheck{}
	for i := range a.Checks {
		c := &a.Checks[i]
		decided := DecidedCheck{
			Key: c.Key(), Type: string(c.Type), State: string(c.State), Recommendation: string(c.Recommendation()),
			Label: c.Name(), Verdict: c.Verdict(), Bucket: c.Bucket,
		}
		if c.Report != nil {
			decided.Reason = c.Report.Reason
		}
		list = append(list, decided)
	}
	return list
}

func decidedProfiles(a idv.Assessment) []DecidedProfile {
	var list []DecidedProfile
	for _, p := range a.Profiles {
		decided := DecidedProfile{Kind: p.Key(), Result: string(p.Result), Summary: p.Summary(), Verdict: p.Verdict(), Bucket: p.Bucket}
		if p.Failure != nil {
			decided.Reason = p.Failure.Reason
		}
		list = append(list, decided)
	}
	return list
}

func decidedPapers(s *idv.Session) []DecidedPaper {
	list := []DecidedPaper{}
	for i := range s.Resources {
		r := &s.Resources[i]
		if r.Kind == idv.IDDocuments || r.Kind == idv.SupplementaryDocuments {
			list = append(list, DecidedPaper{r.Key(), r.DocumentType, r.IssuingCountry})
		}
	}
	return list
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
		Seq: e.Seq, At: e.At, Author: e.Actor, By: e.Name, Role: e.Role, Digest: idv.Digest(e.Snapshot),
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
	r.Judged = e.Seq
	return nil
}

// answerDecision adds what was said to a decision.
func (r *Record) answerDecision(e *Recorded, facts Facts) error {
	d := r.Decision(e.About)
	if d == nil {
		return fmt.Errorf("entry %d is about decision %d, which is not there", e.Seq, e.About)
	}
	r.Judged = e.Seq
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
		Erased: e.Content == nil && e.Entry.Content != ledger.Digest{}, Behind: e.Behind, OnePerson: facts.OnePerson,
	}
	return nil
}

// Same reports whether an entry records this very decision, sent once more.
func (n *NewDecision) Same(old *Recorded) bool {
	var s Statement
	if old.Act != ActDecision || !old.isOn(n.Recipient, n.Digest) || json.Unmarshal(old.Content, &s) != nil {
		return false
	}
	return s.Verdict == n.Statement.Verdict && s.Note == n.Statement.Note && slices.Equal(reasonCodes(s.Reasons), reasonCodes(n.Statement.Reasons)) &&
		s.ReferredTo == n.Statement.ReferredTo && slices.Equal(s.Contradictions, n.Statement.Contradictions)
}

func reasonCodes(list []Reason) []string {
	var codes []string
	for _, r := range list {
		codes = append(codes, r.Code)
	}
	return codes
}
