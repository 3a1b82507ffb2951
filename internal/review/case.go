package review

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"countersign/internal/account"
	"countersign/internal/idv"
	"countersign/internal/ledger"
)

// VerdictOption is what a verdict on a case would ask for.
type VerdictOption struct {
	Verdict Verdict
	Reasons []Reason // to choose from
	Second  Second
	Rule    string // why a second review is needed, or why none is
	Note    string // what a note is required for, in a few words; empty when none is
	Signer  string // what a note is required for besides, by how the expected signer compares; empty when for nothing
	Fitting string // code of the one reason that fits, to be chosen beforehand; empty when there is none
}

// VerdictOptions returns what each verdict on a case would ask for.
func (d *Desk) VerdictOptions(c *Case) []VerdictOption {
	var list []VerdictOption
	hits, signer := c.HitReviews(), c.Signer()
	for _, v := range Verdicts() {
		second, rule := d.Policy.secondReview(v, c.Assessment)
		var needs []string
		for _, need := range noteNeeds(v, hits, c.Assessment, SignerState{}) {
			needs = append(needs, need.short)
		}
		p := VerdictOption{v, d.Policy.Reasons(v), second, rule, strings.Join(needs, "; "), "", d.Policy.onlyFittingReason(v, c.Assessment, hits, signer)}
		if v == Approve {
			p.Signer = signer.NoteNeed()
		}
		list = append(list, p)
	}
	return list
}

// Contradicted returns the checks that an approval of the case would go against.
func (c *Case) Contradicted() []*idv.AssessedCheck { return contradictedChecks(c.Assessment) }

// ResultChanged reports whether the decision that stands is about another result than the
// newest.
func (c *Case) ResultChanged() bool {
	return c.Newest != nil && c.Record.CaseStatus(c.Newest.Digest).Changed
}

// Again is what the decision that stands would choose once more, for the result that took
// the place of its own. It is none where the decision is about the newest result, or its
// text was erased.
func (c *Case) RepeatedChoice() Choice {
	if !c.ResultChanged() || c.Record.Latest().Statement == nil {
		return Choice{}
	}
	s := c.Record.Latest().Statement
	return Choice{Verdict: s.Verdict, Reasons: reasonCodes(s.Reasons), ReferTo: s.ReferredTo}
}

// sinceDecision lists what changed since the decision that stands.
func (d *Desk) sinceDecision(ctx context.Context, c *Case) ([]idv.Change, error) {
	if !c.Current || !c.ResultChanged() {
		return nil, nil
	}
	return d.Since(ctx, c, c.Record.Latest().Digest)
}

// Receipt is a decision with what proves it.
type Receipt struct {
	Recipient idv.RecipientID
	Decision  *Decision
	Entry     ledger.Entry
	Proof     *ledger.Proof   // nil while no checkpoint covers the decision
	Due       time.Time       // by when one that covers it is signed; zero while nothing is
	Overdue   bool            // whether Due is over
	Current   bool            // whether the decision is about the newest result
	Session   *idv.Session    // of the result that was decided on; nil when that was erased
	Expected  *ExpectedSigner // when it was made; nil when nobody said so
}

// Bucket is what the result amounted to when the decision was made; empty when that was
// erased.
func (r *Receipt) Bucket() idv.Bucket {
	if r.Decision.Statement == nil {
		return ""
	}
	return r.Decision.Statement.Assessment
}

// Receipt returns a decision about a recipient; ErrNoDecision when there is none with that
// Seq. It only reads: it signs nothing.
func (d *Desk) Receipt(ctx context.Context, who account.Person, id idv.RecipientID, seq int64) (*Receipt, error) {
	file, decision, _, err := d.decisionView(ctx, who, id, seq, AccessReceipt)
	if err != nil {
		return nil, err
	}
	r := &Receipt{Recipient: id, Decision: decision, Entry: file.Record.Entry(seq).Entry}
	if r.Session, err = d.storedSession(ctx, id, decision.Digest); err != nil {
		return nil, fmt.Errorf("open decision %d on %s: %w", seq, id, err)
	}
	r.Current = file.Newest != nil && file.Newest.Digest == decision.Digest
	r.Expected = file.Record.ExpectedBefore(seq)
	if r.Proof, err = d.Records.SignedProof(ctx, seq); err != nil {
		return nil, fmt.Errorf("prove decision %d: %w", seq, err)
	}
	health, err := d.Records.Health(ctx)
	if err != nil {
		return nil, fmt.Errorf("prove decision %d: %w", seq, err)
	}
	if health.Signs() {
		r.Due = decision.At.Add(CheckpointEvery)
		r.Overdue = d.Now().After(r.Due)
	}
	return r, nil
}

// decisionView returns a decision with the file that it is in, and the ID of the access entry,
// which is kept before.
func (d *Desk) decisionView(ctx context.Context, who account.Person, id idv.RecipientID, seq int64, what AccessKind) (*File, *Decision, int64, error) {
	file, err := d.Records.Recipient(ctx, id, who, NotePage{})
	if err != nil {
		return nil, nil, 0, fmt.Errorf("open decision %d on %s: %w", seq, id, err)
	}
	decision := file.Record.Decision(seq)
	if decision == nil {
		return nil, nil, 0, fmt.Errorf("open decision %d on %s: %w", seq, id, ErrNoDecision)
	}
	entry := Access{At: d.Now(), Who: who, Recipient: id, Digest: decision.Digest, What: what}
	view, err := d.Records.KeepView(ctx, entry)
	if err != nil {
		return nil, nil, 0, fmt.Errorf("log access to %s: %w", id, err)
	}
	return &file, decision, view, nil
}

// storedSession is what a stored result of a recipient says; nil when it is stored no more.
func (d *Desk) storedSession(ctx context.Context, id idv.RecipientID, digest idv.Digest) (*idv.Session, error) {
	snapshot, err := d.Records.Snapshot(ctx, id, digest)
	if errors.Is(err, ErrNoSnapshot) || errors.Is(err, ErrErased) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	read, err := d.readResult(&snapshot)
	return read.session, err
}

// Replay is a case as it stood on the screen when a decision was made.
type Replay struct {
	*Case
	Decision *Decision
	// Otherwise says how Countersign reads the result today, where that is not how it
	// read it then; empty when nothing differs.
	Otherwise []string
}

// Replay returns the case as it was shown to whoever made a decision: that result, with
// what was on record before. It returns ErrErased when the result is gone.
func (d *Desk) Replay(ctx context.Context, who account.Person, id idv.RecipientID, seq int64) (*Replay, error) {
	file, decision, view, err := d.decisionView(ctx, who, id, seq, AccessReplay)
	if err != nil {
		return nil, err
	}
	if decision.Statement == nil {
		return nil, fmt.Errorf("replay decision %d on %s: %w", seq, id, ErrErased)
	}
	snapshot, err := d.Records.Snapshot(ctx, id, decision.Digest)
	if err != nil {
		return nil, fmt.Errorf("replay decision %d on %s: %w", seq, id, err)
	}
	snapshot.First, snapshot.Fetched = decision.Statement.FirstFetched, decision.Statement.Fetched
	then := File{Newest: &snapshot}
	if then.Record, err = file.Record.Before(seq); err != nil {
		return nil, fmt.Errorf("replay decision %d on %s: %w", seq, id, err)
	}
	for _, s := range file.History {
		if s.Place.before(decision.Seq, !s.First.After(decision.At)) {
			then.History = append(then.History, s)
		}
	}
	for _, read := range file.HitsRead {
		if read.Place.before(decision.Seq, true) {
			then.HitsRead = append(then.HitsRead, read)
		}
	}
	for _, compared := range file.Compared {
		if compared.Place.before(decision.Seq, true) {
			then.Compared = append(then.Compared, compared)
		}
	}
	if at := slices.IndexFunc(then.History, func(s Snapshot) bool { return s.Digest == decision.Digest }); at >= 0 {
		snapshot.FirstBy = then.History[at].FirstBy
		then.History[at].Fetched = snapshot.Fetched
		if then.Previous, err = d.previousResult(ctx, id, then.History[at:]); err != nil {
			return nil, fmt.Errorf("replay decision %d on %s: %w", seq, id, err)
		}
	}
	read, err := d.readResult(&snapshot)
	if err != nil {
		return nil, fmt.Errorf("replay decision %d on %s: %w", seq, id, err)
	}
	c := &Case{File: then, Recipient: id, Snapshot: snapshot, Session: read.session, Assessment: read.withConflicts(then.HitsRead), Current: true, At: decision.At, View: view}
	if err := d.addComparisons(ctx, c); err != nil {
		return nil, err
	}
	return &Replay{c, decision, assessmentDifferences(decision.Statement, c.Assessment)}, nil
}

// previousResult returns the result before the first of a history, with its body; nil when there
// is none.
func (d *Desk) previousResult(ctx context.Context, id idv.RecipientID, history []Snapshot) (*Snapshot, error) {
	if len(history) < 2 {
		return nil, nil
	}
	before := history[1]
	stored, err := d.Records.Snapshot(ctx, id, before.Digest)
	before.Canonical = stored.Canonical
	return &before, err
}

// assessmentDifferences says how an assessment differs from the one that a statement holds.
func assessmentDifferences(s *Statement, a idv.Assessment) []string {
	var list []string
	if s.Assessment != a.Bucket {
		list = append(list, fmt.Sprintf("Then the result counted as %q; today it would count as %q.", s.Assessment.Word().Label, a.Bucket.Word().Label))
	}
	now := map[string]string{} // verdicts by key
	for _, c := range decidedChecks(a) {
		now[c.Key] = c.Verdict
	}
	for _, then := range s.Checks {
		if verdict, listed := now[then.Key]; !listed {
			list = append(list, then.Label+" is no longer listed by itself.")
		} else if verdict != then.Verdict {
			list = append(list, fmt.Sprintf("%s: then %q, today %q.", then.Label, then.Verdict, verdict))
		}
	}
	return list
}

// RecordHitsView records which hits of a check somebody is shown, and how many there are in all.
func (d *Desk) RecordHitsView(ctx context.Context, who account.Person, part *Part, which string, hits *idv.HitList) error {
	entry := Access{At: d.Now(), Who: who, Recipient: part.Recipient, Digest: part.Snapshot.Digest, What: AccessHitPage, Part: part.Key, Hits: which, View: part.View}
	entry.HitsRead = countHits(part.Check, hits)
	if err := d.Records.KeepAccess(ctx, entry); err != nil {
		return fmt.Errorf("log access to %s: %w", part.Recipient, err)
	}
	return nil
}
