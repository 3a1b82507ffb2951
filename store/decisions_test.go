package store_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"countersign/internal/account"
	"countersign/internal/idv"
	"countersign/internal/review"
)

// newSigningDesk is a desk whose ledger is signed, with a supervisor.
func newSigningDesk(t testing.TB) (*desk, account.Person) {
	t.Helper()
	d := newDesk(t)
	return d, d.startSigning()
}

// startSigning has a desk sign checkpoints, and adds a supervisor.
func (d *desk) startSigning() account.Person {
	t := d.t
	t.Helper()
	must(t, d.Close())
	d.options.SigningKeyFile = d.options.DataKeyFile + ".signing"
	d.options.Serve = true
	d.Store = mustOpen(t, d.options)
	sue := account.Person{Name: "Sue", Role: account.Supervisor, Created: noon}
	id, err := d.AddAccount(t.Context(), account.Account{Person: sue, Key: "sue", Password: "hash"}, false, account.ChangedBy{At: noon})
	must(t, err)
	sue.ID = id
	return sue
}

// decision is one that awaits a second review.
func (d *desk) decision(id idv.RecipientID, digest idv.Digest, by account.Person, key string) review.NewDecision {
	return review.NewDecision{Recipient: id, Digest: digest, By: by, Key: key, Statement: review.Statement{
		Version: 1, Verdict: review.Approve, Note: "It is her.", Second: review.Awaited, Decided: after(30), Result: digest.String(),
		Reasons: []review.Reason{{Code: "verified", Words: "Verified"}}, Fetched: noon,
	}}
}

func (d *desk) decide(id idv.RecipientID, digest idv.Digest, by account.Person, key string) int64 {
	d.t.Helper()
	seq, err := d.keepDecision(d.t.Context(), d.decision(id, digest, by, key))
	must(d.t, err)
	return seq
}

// What the program refuses, the database refuses too.
func TestTheSchemaKeepsTheRulesOfSecondReviews(t *testing.T) {
	d, sue := newSigningDesk(t)
	a := d.fetch(d.id, 0, d.ann, decode(t, "COMPLETED", "a"))
	other := d.fetch(d.id2, 0, d.ann, decode(t, "COMPLETED", "b"))
	seq := d.decide(d.id, a, d.ann, "k1")
	stands := d.decision(d.id2, other, d.ann, "k2")
	stands.Statement.Second = review.NotNeeded
	settled, err := d.keepDecision(t.Context(), stands)
	must(t, err)
	insert := func(act string, by account.Person, recipient idv.RecipientID, digest idv.Digest, about int64) error {
		_, err := d.raw().Exec(dialect(`
			INSERT INTO ledger (seq, at, actor, name, role, recipient, snapshot, act, about, facts, content, sealed, hashes)
			SELECT max(seq) + 1, max(at), $1, $2, $3, $4, $5, $6, $7, '{}', x'', x'', x'' FROM ledger`),
			by.ID, by.Name, string(by.Role), recipient.String(), digest[:], act, about)
		return err
	}
	supervisorAnn := d.ann
	supervisorAnn.Role = account.Supervisor
	for name, test := range map[string]struct {
		err  error
		want string
	}{
		"by its author":         {insert("second-agreed", supervisorAnn, d.id, a, seq), "nobody reviews their own"},
		"by a reviewer":         {insert("second-agreed", d.bob, d.id, a, seq), "by a supervisor"},
		"on another result":     {insert("second-disagreed", sue, d.id, other, seq), "of the same result"},
		"on another recipient":  {insert("second-agreed", sue, d.id2, a, seq), "that awaits one"},
		"of what needs none":    {insert("second-agreed", sue, d.id2, other, settled), "that awaits one"},
		"of nothing":            {insert("second-agreed", sue, d.id, a, 99), "that awaits one"},
		"with a gap before it":  {gap(t, d), "no gaps"},
		"a decision superseded": {supersedeTwice(t, d, insert, a), "unique"},
	} {
		if test.err == nil || !strings.Contains(strings.ToLower(test.err.Error()), test.want) {
			t.Errorf("a second review %s: %v, want %q", name, test.err, test.want)
		}
	}
	must(t, d.keepSecond(t.Context(), review.NewSecond{At: after(31), Recipient: d.id, Digest: a, Decision: d.file(d.id, d.ann).Record.Latest().Seq, By: sue, Agrees: true, Key: "s"}))
	if err := insert("second-disagreed", sue, d.id, a, d.file(d.id, d.ann).Record.Latest().Seq); err == nil {
		t.Error("a decision was reviewed twice")
	}
}

func gap(t *testing.T, d *desk) error {
	_, err := d.raw().Exec(dialect(`
		INSERT INTO ledger (seq, at, actor, name, role, recipient, snapshot, act, about, facts, content, sealed, hashes)
		SELECT max(seq) + 2, max(at), 0, '', '', '', x'', 'note', 0, '{}', x'', x'', x'' FROM ledger`))
	return err
}

// supersedeTwice puts two decisions in the place of one.
func supersedeTwice(t *testing.T, d *desk, insert func(string, account.Person, idv.RecipientID, idv.Digest, int64) error, digest idv.Digest) error {
	first := d.file(d.id, d.ann).Record.Latest().Seq
	again := d.decision(d.id, digest, d.ann, "k3")
	again.Statement.Supersedes = first
	_, err := d.keepDecision(t.Context(), again)
	must(t, err)
	return insert("decision", d.ann, d.id, digest, first)
}

func TestSecondReviewsInTheStore(t *testing.T) {
	d, sue := newSigningDesk(t)
	a := d.fetch(d.id, 0, d.ann, decode(t, "COMPLETED", "a"))
	seq := d.decide(d.id, a, d.ann, "k1")
	second := func(n review.NewSecond) error { return d.keepSecond(t.Context(), n) }
	good := review.NewSecond{At: after(40), Recipient: d.id, Digest: a, Decision: seq, By: sue, Agrees: true, Note: "Seen.", Key: "s1"}
	own := good
	own.By = d.ann
	wantErr(t, second(own), review.ErrOwnDecision)
	none := good
	none.Decision = seq + 5
	wantErr(t, second(none), review.ErrNoDecision)
	elsewhere := good
	elsewhere.Recipient = d.id2
	wantErr(t, second(elsewhere), review.ErrNoDecision)
	b := d.fetch(d.id, 31, d.ann, decode(t, "COMPLETED", "b"))
	wantErr(t, second(good), review.ErrStale)
	newer := good
	newer.Digest = b
	wantErr(t, second(newer), review.ErrStale)
	if p, err := d.Pending(t.Context(), sue, 9); err != nil || len(p.Second) != 1 || len(p.Changed) != 1 {
		t.Errorf("pending %+v, %v", p, err)
	}
	d.fetch(d.id, 32, d.ann, decode(t, "COMPLETED", "a")) // it is as it was
	must(t, second(good))
	must(t, second(good))
	if p, err := d.Pending(t.Context(), sue, 9); err != nil || len(p.Second)+len(p.Changed) != 0 {
		t.Errorf("pending %+v, %v", p, err)
	}
	other := good
	other.Note = "Otherwise."
	wantErr(t, second(other), review.ErrKeyUsed)
	other.Key = "s2"
	wantErr(t, second(other), review.ErrSettled)
}

// Of decisions that are made at the same moment on the same knowledge, one is recorded.
func TestOneOfManyDecisionsIsRecorded(t *testing.T) {
	t.Parallel()
	d, _ := newSigningDesk(t)
	a := d.fetch(d.id, 0, d.ann, decode(t, "COMPLETED", "a"))
	var seen int64
	errs := make([]error, 16)
	var all sync.WaitGroup
	for i := range errs {
		n := d.decision(d.id, a, []account.Person{d.ann, d.bob}[i%2], fmt.Sprint("k", i))
		n.Seen = &seen
		all.Go(func() { _, errs[i] = d.keepDecision(t.Context(), n) })
	}
	all.Wait()
	recorded := 0
	for _, err := range errs {
		if err == nil {
			recorded++
		} else if !errors.Is(err, review.ErrDecided) {
			t.Error(err)
		}
	}
	if n := len(d.file(d.id, d.ann).Record.Decisions); recorded != 1 || n != 1 {
		t.Errorf("%d were confirmed and %d are recorded", recorded, n)
	}
}

// BenchmarkDecision compares the recording of a decision with one bare INSERT on the
// same disk, and 32 reviewers with one. Each reviewer has recipients of their own, and
// comes back to them: a later decision takes the place of the earlier.
func BenchmarkDecision(b *testing.B) {
	const reviewers, each = 32, 20
	d, _ := newSigningDesk(b)
	result := nineChecks(b)
	var desks [reviewers]caseload
	for i := range desks {
		for k := range each {
			id := mustID(b, fmt.Sprintf("00000000-0000-4000-8000-%06d%06d", i+1, k+1))
			d.fetch(id, 0, d.ann, result)
			desks[i].ids = append(desks[i].ids, id)
		}
		desks[i].stands = make([]int64, each)
	}
	_, err := d.Writer().Exec(`CREATE TABLE bare (id INTEGER PRIMARY KEY, text BLOB)`)
	must(b, err)
	b.Run("bare INSERT", func(b *testing.B) {
		for b.Loop() {
			_, err := d.Writer().Exec(`INSERT INTO bare (text) VALUES ($1)`, []byte("The document was checked against the register."))
			must(b, err)
		}
	})
	b.Run("one reviewer", func(b *testing.B) {
		for b.Loop() {
			must(b, desks[0].decide(d, 0, result.Digest))
		}
	})
	b.Run("32 reviewers", func(b *testing.B) {
		work := make(chan bool)
		var all sync.WaitGroup
		for i := range desks {
			all.Go(func() {
				for range work {
					if err := desks[i].decide(d, i, result.Digest); err != nil {
						b.Error(err)
					}
				}
			})
		}
		before := d.size()
		for b.Loop() {
			work <- true
		}
		close(work)
		all.Wait()
		if recorded := d.size() - before; recorded != b.N {
			b.Errorf("%d were confirmed and %d are recorded", b.N, recorded)
		}
	})
}

// nineChecks is a result of the usual size, of which Yoti does not recommend one check.
func nineChecks(b *testing.B) *idv.Decoded {
	var checks []string
	for i, kind := range []string{"ID_DOCUMENT_AUTHENTICITY", "ID_DOCUMENT_TEXT_DATA_CHECK", "ID_DOCUMENT_FACE_MATCH", "LIVENESS", "WATCHLIST_SCREENING", "FACE_COMPARISON", "ID_DOCUMENT_COMPARISON", "THIRD_PARTY_IDENTITY", "SYNTHETIC_MEDIA"} {
		recommendation := `"value":"APPROVE"`
		if i == 0 {
			recommendation = `"value":"REJECT","reason":"COUNTERFEIT"`
		}
		checks = append(checks, fmt.Sprintf(`{"id":"c%d","type":"%s","state":"DONE","report":{"recommendation":{%s},"breakdown":[]}}`, i, kind, recommendation))
	}
	d, err := idv.Decode([]byte(`{"session_id":"s","state":"COMPLETED","resources":{"id_documents":[{"id":"d1","document_type":"PASSPORT","issuing_country":"GBR"}]},"checks":[` + strings.Join(checks, ",") + `]}`))
	must(b, err)
	return d
}

// size is how many entries the ledger has.
func (d *desk) size() int {
	var n int
	must(d.t, d.raw().QueryRow(`SELECT count(*) FROM ledger`).Scan(&n))
	return n
}

// caseload is the recipients of one reviewer, with the decision that stands on each.
type caseload struct {
	ids    []idv.RecipientID
	stands []int64
	made   int
}

// decide records a decision on the next recipient.
func (c *caseload) decide(d *desk, reviewer int, digest idv.Digest) error {
	c.made++
	i := c.made % len(c.ids)
	n := d.decision(c.ids[i], digest, d.ann, fmt.Sprint(reviewer, "-", c.made))
	stands := c.stands[i]
	n.Seen, n.Statement.Supersedes = &stands, stands
	seq, err := d.keepDecision(d.t.Context(), n)
	c.stands[i] = seq
	return err
}
