package review

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"countersign/internal/account"
	"countersign/internal/idv"
)

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
	if reason := UnixLines(f.Contradictions[check]); !isBlank(reason) {
		return reason
	}
	return f.Note
}

// Meaning says what a signature under a decision means. Which result the decision applies to
// is said before it.
func SignatureMeaning(who account.Person) string {
	return fmt.Sprintf("I sign as %s, %s: this is my own judgement. It stays on record with my name and cannot be edited.", who.Name, who.Role)
}

// ErrDecided is returned when somebody decided, or answered a decision, since the form was shown.
var ErrDecided = errors.New("there is a newer decision than the form knew of")

// Decide records a decision, once however often it is sent, and returns its Seq. Where
// the result may have changed, Yoti is asked first. It returns Faults when
// something is missing, ErrStale when the form is about another result than the newest,
// ErrDecided when there is a decision that its author has not been shown, and ErrKeyUsed
// when the form stands for something else.
func (d *Desk) Decide(ctx context.Context, f DecisionForm) (int64, error) {
	f.Note, f.Reasons = UnixLines(f.Note), d.Policy.ofVerdict(f.Verdict, f.Reasons)
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
	n := NewDecision{Recipient: f.Recipient, Digest: f.Digest, By: f.By, Statement: *statement, Seen: f.Seen, Key: f.Key}
	if _, err := n.encoded(); err != nil { // before the transaction, for whose end others wait
		return 0, fmt.Errorf("decide on %s: %w", f.Recipient, err)
	}
	seqs, err := d.Records.Record(ctx, n.By, n.Recipient, n.Key, n.Acts)
	if err != nil {
		return 0, fmt.Errorf("decide on %s: %w", f.Recipient, err)
	}
	return seqs[0], nil
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

// NewDecision is a decision to be recorded.
type NewDecision struct {
	Recipient idv.RecipientID
	Digest    idv.Digest
	By        account.Person
	Statement Statement
	Seen      *int64
	Key       string

	content []byte // the statement as it is recorded; nil until it is asked for
}

// encoded returns the statement as it is recorded.
func (n *NewDecision) encoded() (_ []byte, err error) {
	if n.content == nil {
		n.content, err = json.Marshal(&n.Statement)
	}
	return n.content, err
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
	content, err := n.encoded()
	return []Act{{
		At: s.Decided, Act: ActDecision, Snapshot: n.Digest, About: s.Supersedes,
		Facts: Facts{Verdict: s.Verdict, Second: s.Second}, Content: content, ReferTo: s.ReferredTo,
	}}, err
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

func reasonCodes(list []Reason) []string {
	var codes []string
	for _, r := range list {
		codes = append(codes, r.Code)
	}
	return codes
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
