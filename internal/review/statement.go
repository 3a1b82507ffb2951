package review

import (
	"context"
	"fmt"
	"time"

	"countersign/internal/idv"
)

// Statement is everything that a decision puts on record. It can be read without
// asking Yoti for anything. It is kept sealed, and the ledger commits to it.
type Statement struct {
	Version        int               `json:"version"` // of this form: 1
	Program        string            `json:"program"` // that made it
	Recipient      string            `json:"recipient"`
	Verdict        Verdict           `json:"verdict"`
	Reasons        []Reason          `json:"reasons"`
	Note           string            `json:"note"`
	ReferredTo     string            `json:"referred_to,omitempty"` // name, or empty for any supervisor
	Meaning        string            `json:"meaning"`               // of the signature, as its author read it
	Name           string            `json:"name"`
	Role           string            `json:"role"`
	Verified       *time.Time        `json:"verified,omitempty"`   // when the session took place, if the result says so
	FirstFetched   time.Time         `json:"first_fetched"`        // when Yoti first gave this result
	Fetched        time.Time         `json:"fetched"`              // when Yoti last gave it
	Unanswered     *Unanswered       `json:"unanswered,omitempty"` // since then; nil when Yoti need not be asked, or answered
	Decided        time.Time         `json:"decided"`
	Result         string            `json:"result"` // digest
	SessionState   string            `json:"session_state"`
	Assessment     idv.Bucket        `json:"assessment"`
	Checks         []DecidedCheck    `json:"checks"`
	Profiles       []DecidedProfile  `json:"identity_profiles,omitempty"`
	Documents      []DecidedDocument `json:"documents"`
	Coverage       Coverage          `json:"coverage"`
	Hits           []HitDisposition  `json:"hits"`
	Undecided      int               `json:"undecided_hits"` // of the newest search results; what stands about others is in Hits
	HitsUnknown    bool              `json:"number_of_hits_unknown,omitempty"`
	HitReviews     []HitReview       `json:"hit_reviews,omitempty"` // by check; absent from older statements
	Signer         SignerState       `json:"expected_signer,omitzero"`
	Contradictions []Contradiction   `json:"contradictions"`
	Second         Second            `json:"second_review"`
	Rule           string            `json:"second_review_rule"` // why one is needed, or why none is
	Supersedes     int64             `json:"supersedes,omitempty"`
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

// DecidedDocument is a document that the signer showed.
type DecidedDocument struct {
	Key     string `json:"key"`
	Type    string `json:"type"`
	Country string `json:"country"` // ISO 3166-1 alpha-3
}

// String names the document: what it is, and of which country.
func (d DecidedDocument) String() string {
	return idv.DocumentType(d.Type).Label + ", " + idv.Country(d.Country).Label
}

// Contradiction is a check that an approval goes against, and why it does.
type Contradiction struct {
	Check          string `json:"check"` // key
	Type           string `json:"type"`
	Recommendation string `json:"recommendation"`
	Reason         string `json:"reason"`
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
		Meaning: "Applies to result " + f.Digest.Short() + ". " + SignatureMeaning(f.By), Name: f.By.Name, Role: string(f.By.Role),
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

func decidedPapers(s *idv.Session) []DecidedDocument {
	list := []DecidedDocument{}
	for i := range s.Resources {
		r := &s.Resources[i]
		if r.Kind == idv.IDDocuments || r.Kind == idv.SupplementaryDocuments {
			list = append(list, DecidedDocument{r.Key(), r.DocumentType, r.IssuingCountry})
		}
	}
	return list
}
