package review_test

import (
	"errors"
	"io"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"countersign/internal/account"
	"countersign/internal/idv"
	"countersign/internal/ledger"
	"countersign/internal/postgrestest"
	"countersign/internal/review"
	"countersign/internal/yotisign"
	"countersign/internal/yotisign/sandbox"
	"countersign/store"
)

// TestMain runs the tests a second time on PostgreSQL.
func TestMain(m *testing.M) {
	os.Exit(postgrestest.Main(m, postgrestest.Again{}))
}

// desk is a desk with everything behind it: the sandbox, a client of it and a database. Only the
// clock is set by hand.
type desk struct {
	*review.Desk
	t             *testing.T
	store         *store.Store
	ann, bob, sue account.Person

	mu    sync.Mutex
	now   time.Time
	forms int
}

const apiKey = "a-key-of-the-desk-tests-0123456789"

func newDesk(t *testing.T) *desk {
	t.Parallel()
	d := &desk{t: t, now: time.Date(2026, 11, 23, 14, 2, 0, 0, time.UTC)}
	yoti := httptest.NewServer(sandbox.New(apiKey))
	t.Cleanup(yoti.Close)
	base, err := yotisign.ParseBaseURL(yoti.URL + "/v2")
	d.must(err)
	key, err := yotisign.NewKey(apiKey)
	d.must(err)
	dir := t.TempDir()
	d.store, err = store.Open(t.Context(), d.storeIn(dir))
	d.must(err)
	client := yotisign.New(base, key, yotisign.Options{Now: d.clock})
	d.Desk = &review.Desk{
		Results: client, Envelopes: client, Records: d.store, Now: d.clock, Patience: time.Minute,
		SealFor: time.Hour, Program: "test",
	}
	t.Cleanup(func() {
		d.Wait()
		if err := d.store.Close(); err != nil {
			t.Error(err)
		}
	})
	d.ann, d.bob, d.sue = d.person("Ann", account.Reviewer), d.person("Bob", account.Reviewer), d.person("Sue", account.Supervisor)
	d.later(24 * time.Hour)
	return d
}

// storeIn are the options of a store in a folder: of a file in it, or on PostgreSQL of a schema.
func (d *desk) storeIn(folder string) store.Options {
	d.t.Helper()
	o := store.Options{
		Path: filepath.Join(folder, "countersign.db"), DataKeyFile: filepath.Join(folder, "countersign.key"),
		SigningKeyFile: filepath.Join(folder, "countersign.signing-key"), Serve: true, Now: d.clock,
	}
	if !postgrestest.Chosen() {
		return o
	}
	address, password := postgrestest.SplitPassword(d.t, postgrestest.URL(d.t))
	var err error
	o.Postgres, err = store.ParsePostgres(address, store.PostgresOptions{Password: password, WithoutTLS: true})
	d.must(err)
	o.Upgrade = true
	return o
}

func (d *desk) person(name string, role account.Role) account.Person {
	d.t.Helper()
	p := account.Person{Name: name, Role: role, Created: d.clock()}
	id, err := d.store.AddAccount(d.t.Context(), account.Account{Person: p, Key: account.NameKey(name), Password: "hash"}, false, account.ChangedBy{At: d.clock()})
	d.must(err)
	p.ID = id
	return p
}

func (d *desk) clock() time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.now
}

func (d *desk) later(by time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.now = d.now.Add(by)
}

func (d *desk) must(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) want(err, want error) {
	d.t.Helper()
	if !errors.Is(err, want) {
		d.t.Errorf("error %v, want %v", err, want)
	}
}

// refused fails unless an error says why to the person who sent something.
func (d *desk) refused(err error, part string) {
	d.t.Helper()
	if why := (*review.Refused)(nil); !errors.As(err, &why) || !strings.Contains(err.Error(), part) {
		d.t.Errorf("error %v, want a refusal with %q", err, part)
	}
}

// signer is the recipient whom the sandbox knows by a name.
func (d *desk) signer(name string) idv.RecipientID {
	d.t.Helper()
	for _, p := range sandbox.People() {
		if p.Name == name {
			id, err := idv.ParseRecipientID(p.ID)
			d.must(err)
			return id
		}
	}
	d.t.Fatalf("the sandbox knows no %q", name)
	return idv.RecipientID{}
}

func (d *desk) open(who account.Person, id idv.RecipientID) *review.Case {
	d.t.Helper()
	c, err := d.Open(d.t.Context(), who, id, 0)
	d.must(err)
	return c
}

// form returns an idempotency key of its own.
func (d *desk) form() string {
	d.forms++
	return "form-" + strings.Repeat("x", d.forms)
}

// reasons returns the code of the first reason for a verdict; none for what is no verdict.
func (d *desk) reasons(v review.Verdict) []string {
	var codes []string
	for _, r := range d.Policy.Reasons(v) {
		codes = append(codes, r.Code)
	}
	return codes[:min(1, len(codes))]
}

func (d *desk) decision(c *review.Case, who account.Person, v review.Verdict, note string) review.DecisionForm {
	seen := c.Record.LastDecisionSeq
	return review.DecisionForm{
		Recipient: c.Recipient, Digest: c.Snapshot.Digest, By: who, Verdict: v, Reasons: d.reasons(v), Note: note, Seen: &seen, Key: d.form(),
	}
}

func (d *desk) decide(f review.DecisionForm) int64 {
	d.t.Helper()
	seq, err := d.Decide(d.t.Context(), f)
	d.must(err)
	return seq
}

func (d *desk) pending(who account.Person) (second, referred, changed int) {
	d.t.Helper()
	h, err := d.Home(d.t.Context(), who)
	d.must(err)
	return len(h.Pending.Second), len(h.Pending.Referred), len(h.Pending.Changed)
}

// A rejection awaits its second review, and is reviewed, withdrawn and made again.
func TestADecisionAndWhatBecomesOfIt(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	id := d.signer("Counterfeit document")
	c := d.open(d.ann, id)
	if options := d.VerdictOptions(c); len(options) != 3 || options[0].Verdict != review.Approve || options[0].Note == "" || options[1].Second != review.Awaited {
		t.Errorf("what each verdict would ask for: %+v", options)
	}
	if len(c.Contradicted()) == 0 {
		t.Error("an approval of a counterfeit goes against nothing")
	}
	_, err := d.Decide(ctx, d.decision(c, d.ann, review.Approve, ""))
	d.refused(err, "Please say in the note why it is enough")
	_, err = d.Decide(ctx, d.decision(c, d.ann, "guess", "x"))
	d.refused(err, "choose a verdict")
	form := d.decision(c, d.ann, review.Reject, "The hologram is printed.\r\nNot issued.")
	seq := d.decide(form)
	if again := d.decide(form); again != seq {
		t.Errorf("sent again: entry %d, want %d", again, seq)
	}
	if recorded, err := d.Recorded(ctx, d.ann, form.Key); err != nil || recorded != seq {
		t.Errorf("the form is recorded in entry %d, %v, want %d", recorded, err, seq)
	}
	stale := d.decision(c, d.bob, review.Reject, "me too")
	_, err = d.Decide(ctx, stale)
	d.want(err, review.ErrDecided)
	if second, _, _ := d.pending(d.sue); second != 1 {
		t.Errorf("%d decisions await a second review, want 1", second)
	}
	answer := review.NewSecond{Recipient: id, Digest: c.Snapshot.Digest, Decision: seq, By: d.sue, Agrees: true, Key: d.form()}
	own := answer
	own.By, own.Key = d.ann, d.form()
	d.want(d.Second(ctx, own), review.ErrOwnDecision)
	mute := answer
	mute.Agrees, mute.Key = false, d.form()
	d.refused(d.Second(ctx, mute), "why you do not confirm")
	d.must(d.Second(ctx, answer))
	d.must(d.Second(ctx, answer)) // once more
	late := answer
	late.Key = d.form()
	d.want(d.Second(ctx, late), review.ErrSettled)

	if c = d.open(d.bob, id); c.Record.Latest().State != review.Confirmed || c.Record.Latest().Statement.Note != "The hologram is printed.\nNot issued." {
		t.Errorf("the decision: %+v", c.Record.Latest())
	}
	withdrawal := review.NewWithdrawal{Recipient: id, Decision: seq, By: d.bob, Reason: "a slip", Key: d.form()}
	d.want(d.Withdraw(ctx, withdrawal), review.ErrNotYours)
	withdrawal.By, withdrawal.Key = d.ann, d.form()
	empty := withdrawal
	empty.Reason = " "
	d.refused(d.Withdraw(ctx, empty), "empty")
	d.must(d.Withdraw(ctx, withdrawal))
	withdrawal.Key = d.form()
	d.want(d.Withdraw(ctx, withdrawal), review.ErrSettled)

	c = d.open(d.ann, id)
	refers := d.decision(c, d.ann, review.Refer, "Please look at the hologram.")
	refers.ReferTo = "Nobody"
	_, err = d.Decide(ctx, refers)
	d.refused(err, "nobody of that name")
	refers.ReferTo = "Bob"
	referral := d.decide(refers)
	if _, referred, _ := d.pending(d.bob); referred != 1 {
		t.Errorf("%d cases are referred to Bob, want 1", referred)
	}
	c = d.open(d.bob, id)
	over := d.decide(d.decision(c, d.bob, review.Reject, "It is printed."))
	c = d.open(d.bob, id)
	if _, referred, _ := d.pending(d.bob); referred != 0 || c.Record.Decision(referral).SupersededBy != over || c.Record.Decision(referral).State != review.Superseded {
		t.Errorf("%d cases are referred to Bob; the referral: %+v", referred, c.Record.Decision(referral))
	}

	d.later(time.Minute)
	receipt, err := d.Receipt(ctx, d.ann, id, seq)
	d.must(err)
	if receipt.Decision.Seq != seq || !receipt.Current || receipt.Session == nil || receipt.Bucket() == "" || receipt.Proof != nil || receipt.Due.IsZero() || receipt.Overdue {
		t.Errorf("receipt %+v", receipt)
	}
	if _, err := d.Checkpoint(ctx); err != nil {
		t.Error(err)
	}
	if receipt, err = d.Receipt(ctx, d.ann, id, seq); err != nil || receipt.Proof == nil {
		t.Errorf("no proof after a checkpoint: %v", err)
	}
	_, err = d.Receipt(ctx, d.ann, id, seq+100)
	d.want(err, review.ErrNoDecision)
	replay, err := d.Replay(ctx, d.bob, id, over)
	d.must(err)
	if latest := replay.Record.Latest(); latest == nil || latest.Seq != referral || len(replay.Otherwise) != 0 {
		t.Errorf("the replay shows %+v, and otherwise %q", latest, replay.Otherwise)
	}
	deciders, err := d.Deciders(ctx)
	d.must(err)
	if len(deciders) != 3 {
		t.Errorf("%d people decide, want 3", len(deciders))
	}
}

// A decision on a result that changed since is said to be, and can be confirmed again.
func TestAResultThatChanges(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	id := d.signer("Changes while you look")
	c := d.open(d.ann, id)
	old := c.Snapshot.Digest
	seq := d.decide(d.decision(c, d.ann, review.Reject, "There is a hit."))
	d.must(d.Refresh(ctx, d.ann, id))
	c = d.open(d.sue, id)
	if !c.ResultChanged() || len(c.Since) == 0 || len(c.Changes) == 0 || len(c.History) != 2 {
		t.Errorf("overtaken %v, with %d changes since", c.ResultChanged(), len(c.Since))
	}
	if again := c.RepeatedChoice(); again.Verdict != review.Reject || !slices.Equal(again.Reasons, d.reasons(review.Reject)) {
		t.Errorf("to be confirmed again: %+v", again)
	}
	if _, _, changed := d.pending(d.ann); changed != 1 {
		t.Errorf("%d cases changed, want 1", changed)
	}
	d.want(d.Second(ctx, review.NewSecond{Recipient: id, Digest: c.Snapshot.Digest, Decision: seq, By: d.sue, Agrees: true, Key: d.form()}), review.ErrStale)
	onOld := d.decision(c, d.ann, review.Approve, "fine")
	onOld.Digest = old
	_, err := d.Decide(ctx, onOld)
	d.want(err, review.ErrStale)
	d.want(d.Note(ctx, review.NewNote{Recipient: id, Digest: old, Author: d.ann, Text: "late", Key: d.form()}), review.ErrStale)

	was, err := d.Snapshot(ctx, d.bob, id, old)
	d.must(err)
	if was.Current || was.Snapshot.Digest != old {
		t.Error("the older result is shown as the newest")
	}
	compared, err := d.Compare(ctx, d.bob, id, old, c.Snapshot.Digest)
	d.must(err)
	if len(compared.Changes) != len(c.Changes) {
		t.Errorf("%d changes compared, want %d", len(compared.Changes), len(c.Changes))
	}
	_, err = d.Compare(ctx, d.bob, id, idv.Digest{1}, old)
	d.want(err, review.ErrNoSnapshot)
	_, err = d.Snapshot(ctx, d.bob, id, idv.Digest{1})
	d.want(err, review.ErrNoSnapshot)
	text, err := d.JSON(ctx, d.bob, id, old)
	d.must(err)
	if decoded, err := idv.Decode(text); err != nil || decoded.Digest != old {
		t.Errorf("the JSON is of another result: %v", err)
	}
	d.decide(d.decision(c, d.ann, review.Approve, "The hit is gone."))
	if _, _, changed := d.pending(d.ann); changed != 0 {
		t.Errorf("%d cases changed after a new decision, want 0", changed)
	}
	replay, err := d.Replay(ctx, d.sue, id, seq)
	d.must(err)
	if replay.Snapshot.Digest != old || replay.Record.Latest() != nil {
		t.Error("the replay shows what came after the decision")
	}
	list, next, err := d.PageViews(ctx, review.AccessQuery{Recipient: id, Limit: 50})
	d.must(err)
	if len(list) < 6 || next != 0 || list[0].What != review.AccessReplay {
		t.Errorf("%d page views, the newest %+v", len(list), list[0])
	}
	lines, err := d.AccessLog(ctx, review.AccessQuery{Recipient: id, What: review.AccessJSON, Limit: 9})
	if d.must(err); len(lines) != 1 || lines[0].Who.Name != "Bob" || !slices.Equal(review.AccessRow(&lines[0])[3:6], []string{"Bob", "json", id.String()}) {
		t.Errorf("who saw the JSON: %+v", lines)
	}
}

// What people type about a recipient is kept once, and as it was typed.
func TestNotesAndDrafts(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	id := d.signer("All clear")
	c := d.open(d.ann, id)
	note := review.NewNote{Recipient: id, Digest: c.Snapshot.Digest, Author: d.ann, Text: "One.\r\nTwo.", Key: d.form()}
	d.must(d.KeepDraft(ctx, review.NewDraft{Recipient: id, Author: d.ann, Text: "One", Choice: review.Choice{Verdict: review.Refer, ReferTo: "Bob", Reasons: []string{"made-up"}}, Key: note.Key}))
	d.must(d.AddToDraft(ctx, review.NewDraft{Recipient: id, Author: d.ann, Text: "More", Key: d.form()}))
	if c = d.open(d.ann, id); c.Draft == nil || c.Draft.Text != "One\n\nMore" || c.Draft.Choice.ReferTo != "Bob" || len(c.Draft.Choice.Reasons) != 0 {
		t.Errorf("draft %+v", c.Draft)
	}
	if other := d.open(d.bob, id); other.Draft != nil {
		t.Error("a draft is shown to somebody else")
	}
	d.refused(d.KeepDraft(ctx, review.NewDraft{Recipient: id, Author: d.ann, Text: strings.Repeat("x", 1<<20), Key: d.form()}), "too long")
	if h, err := d.Home(ctx, d.ann); err != nil || len(h.Drafts) != 1 || h.Drafts[0].Bucket != c.Assessment.Bucket || len(h.Recent) != 1 {
		t.Errorf("the start page: %+v, %v", h, err)
	}
	d.must(d.Note(ctx, note))
	d.must(d.Note(ctx, note))
	changed := note
	changed.Text = "Three."
	d.want(d.Note(ctx, changed), review.ErrKeyUsed)
	for text, why := range map[string]string{" ": "empty", "a\x00b": "cannot be recorded", strings.Repeat("é", review.MaxNoteLength+1): "at most 10000"} {
		bad := review.NewNote{Recipient: id, Digest: c.Snapshot.Digest, Author: d.ann, Text: text, Key: d.form()}
		d.refused(d.Note(ctx, bad), why)
	}
	keyless := note
	keyless.Key = ""
	if err := d.Note(ctx, keyless); err == nil {
		t.Error("a form without a key was recorded")
	}
	if c = d.open(d.ann, id); c.Draft != nil || len(c.Record.Notes) != 1 || c.Record.Notes[0].Text != "One.\nTwo." {
		t.Errorf("notes %+v, draft %+v", c.Record.Notes, c.Draft)
	}
	for range 60 {
		err := d.Note(ctx, review.NewNote{Recipient: id, Digest: c.Snapshot.Digest, Author: d.bob, Text: " ", Key: d.form()})
		d.refused(err, "empty") // and counts for nothing
	}
	d.must(d.Note(ctx, review.NewNote{Recipient: id, Digest: c.Snapshot.Digest, Author: d.bob, Text: "mine", Key: d.form()}))

	d.must(d.SetExpected(ctx, review.ExpectedForm{Recipient: id, By: d.ann, Name: "Ada Byron", BirthDate: "10 December 1985", Key: d.form()}))
	none := int64(0)
	d.want(d.SetExpected(ctx, review.ExpectedForm{Recipient: id, By: d.bob, Name: "Ada", Seen: &none, Key: d.form()}), review.ErrExpectedChanged)
	d.refused(d.SetExpected(ctx, review.ExpectedForm{Recipient: id, By: d.bob, Name: "Ada", BirthDate: "yesterday", Key: d.form()}), "not a date")
	if c = d.open(d.ann, id); c.Record.Expected() == nil || c.Record.Expected().Expected.Name != "Ada Byron" {
		t.Errorf("expected signer %+v", c.Record.Expected())
	}
	d.must(d.SetExpected(ctx, review.ExpectedForm{Recipient: id, By: d.ann, Key: d.form()}))
	if c = d.open(d.ann, id); c.Record.Expected() != nil {
		t.Errorf("cleared, and still %+v", c.Record.Expected())
	}
}

// Why a result could not be had is told apart, and kept.
func TestResultsThatCannotBeHad(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	for name, want := range map[string]error{
		"Not found": idv.ErrNotFound, "Key refused": idv.ErrUnauthorised, "Not allowed": idv.ErrForbidden, "Not ready": idv.ErrNotReady,
		"Cut short": idv.ErrInvalid, "Two meanings": idv.ErrInvalid, "Too many requests": idv.ErrRateLimited,
	} {
		_, err := d.Open(ctx, d.ann, d.signer(name), 0)
		d.want(err, want)
		kind, known := review.KindOf(err)
		if !known || kind.Word().Title == "" {
			t.Errorf("%s: kind %q", name, kind)
		}
		file, err := d.store.Recipient(ctx, d.signer(name), d.ann, review.NotePage{})
		d.must(err)
		if file.Failure == nil || file.Failure.Kind != kind {
			t.Errorf("%s: kept is %+v", name, file.Failure)
		}
	}
	limit := (*idv.RateLimit)(nil)
	if _, err := d.Open(ctx, d.bob, d.signer("Too many requests"), 0); !errors.As(err, &limit) || !limit.Until.After(d.clock()) {
		t.Errorf("while Yoti wants to be left alone: %v", err)
	}
	d.OpeningsPerMinute = 1
	d.open(d.bob, d.signer("All clear"))
	fast := (*review.TooFast)(nil)
	if _, err := d.Open(ctx, d.bob, d.signer("Chip read"), 0); !errors.As(err, &fast) || !fast.Until.After(d.clock()) {
		t.Errorf("a second result within a minute: %v", err)
	}
	d.open(d.bob, d.signer("All clear")) // a stored one is shown all the same
}

// A reset is on record before Yoti is asked, with what came of it.
func TestResets(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	id := d.signer("Session expired")
	form := review.NewReset{Recipient: id, By: d.sue, Reason: "Lost the phone.", Key: d.form()}
	end, err := d.ResetLimit(ctx, form)
	d.must(err)
	if end.Outcome != review.ResetDone || !end.Known() {
		t.Errorf("the reset ended %+v", end)
	}
	_, err = d.ResetLimit(ctx, form)
	d.want(err, review.ErrKeyUsed)
	_, err = d.ResetLimit(ctx, review.NewReset{Recipient: id, By: d.sue, Reason: " ", Key: d.form()})
	d.refused(err, "empty")
	lost, err := d.ResetLimit(ctx, review.NewReset{Recipient: d.signer("Cut short"), By: d.sue, Reason: "x", Key: d.form()})
	d.must(err)
	if lost.Outcome != review.ResetUnknown || lost.Known() {
		t.Errorf("a reset without an answer ended %+v", lost)
	}
	list, err := d.Resets(ctx, d.ann, id)
	d.must(err)
	if len(list) != 1 || list[0].Reason != "Lost the phone." || list[0].End.Outcome != review.ResetDone {
		t.Errorf("resets %+v", list)
	}
}

// Nothing of a result is shown without an entry of the access log, and what was shown to its
// end is kept for as long as is set.
func TestEvidenceIsLogged(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	id := d.signer("Watchlist hits")
	c := d.open(d.ann, id)
	var list *idv.Check
	for i := range c.Session.Checks {
		if r := c.Session.Checks[i].Report; r != nil && r.Watchlist != nil {
			list = &c.Session.Checks[i]
		}
	}
	part, err := d.Part(ctx, d.ann, id, idv.Digest{}, list.Key())
	d.must(err)
	if part.Check == nil || part.View == 0 || part.Bucket != c.Assessment.Bucket {
		t.Errorf("part %+v", part)
	}
	_, err = d.Details(ctx, d.ann, id, c.Snapshot.Digest, "no such part")
	d.want(err, review.ErrNoPart)
	head, err := d.Person(ctx, d.ann, id, c.Snapshot.Digest, false)
	d.must(err)
	if head.Resource == nil || head.Resource.Kind != idv.IDDocuments {
		t.Errorf("the head of the case is of %+v", head.Resource)
	}

	medium, ok := part.Check.Report.Watchlist.RawResults.MediaID()
	if !ok {
		t.Fatal("the search results cannot be asked for")
	}
	hits := idv.ReadHits(d.read(review.MediumRequest{Recipient: id, Medium: medium, As: review.AccessConsulted, View: part.View}))
	before, err := d.CheckDispositions(ctx, d.ann, part, hits)
	d.must(err)
	d.must(d.RecordHitsView(ctx, d.ann, part, "1 to 2 of 2", hits))
	sheet := before.Sheet(hits, review.HitQuery{})
	if len(sheet.Rows) == 0 || before.Review == nil || before.Review.Reviewed != 0 || before.RecordedBy(d.ann) != 0 {
		t.Fatalf("%d hits, reviewed %+v", len(sheet.Rows), before.Review)
	}
	judged := review.NewDispositions{
		Recipient: id, Digest: c.Snapshot.Digest, By: d.ann, Check: part.Check, Hits: []*idv.Hit{sheet.Rows[0].Hit},
		Disposition: review.HitFalsePositive, Note: "Born in another year.", Key: d.form(),
	}
	mute := judged
	mute.Note, mute.Key = "", d.form()
	d.refused(d.SetDispositions(ctx, mute), "Rationale required")
	d.must(d.SetDispositions(ctx, judged))
	d.must(d.SetDispositions(ctx, judged))
	other := judged
	other.Hits = []*idv.Hit{sheet.Rows[len(sheet.Rows)-1].Hit}
	d.want(d.SetDispositions(ctx, other), review.ErrKeyUsed)
	after, err := d.CheckDispositions(ctx, d.ann, part, hits)
	d.must(err)
	if after.Review.Reviewed != 1 || after.RecordedBy(d.ann) != 1 || after.RecordedBy(d.bob) != 0 {
		t.Errorf("reviewed %+v, by Ann %d", after.Review, after.RecordedBy(d.ann))
	}
	c = d.open(d.ann, id)
	if r := c.HitReview(list.Key()); r == nil || !r.Read || r.Reviewed != 1 || c.HitReview("other") != nil || r.Short() == "" {
		t.Errorf("the hits of the case: %+v", r)
	}

	pages := d.pictures(c.Session)
	picture := d.read(review.MediumRequest{Recipient: id, Medium: pages[0], As: review.AccessThumbnail, View: c.View})
	if len(picture) == 0 {
		t.Error("an empty picture")
	}
	_, err = d.Medium(ctx, d.ann, review.MediumRequest{Recipient: d.signer("All clear"), Medium: medium, As: review.AccessOpened})
	d.want(err, idv.ErrNotNamed)
	shown, covered, err := d.OnScreen(ctx, review.NewOnScreen{Recipient: id, Digest: c.Snapshot.Digest, By: d.ann, View: c.View, Media: pages[:1]})
	d.must(err)
	if shown.View != c.View || len(covered.Media) == 0 {
		t.Errorf("covered so far: %+v", covered)
	}
	_, _, err = d.OnScreen(ctx, review.NewOnScreen{Recipient: id, Digest: c.Snapshot.Digest, By: d.bob, View: c.View, Media: pages[:1]})
	d.want(err, review.ErrNoView)
	_, _, err = d.OnScreen(ctx, review.NewOnScreen{Recipient: id, By: d.ann, View: c.View, Media: make([]idv.MediaID, 201)})
	d.refused(err, "At most 200")

	report, err := d.Report(ctx, d.ann, id)
	d.must(err)
	if !strings.HasPrefix(string(report), "%PDF-") {
		t.Error("the report is no PDF")
	}
	ticket, err := d.ViewTicket(ctx, d.ann, id, idv.Digest{}, "")
	d.must(err)
	if ticket.Ticket("").Recipient != id || !ticket.Current {
		t.Errorf("the ticket is of %+v", ticket.Ticket(""))
	}
	_, err = d.ViewTicket(ctx, d.ann, id, idv.Digest{}, "no such check")
	d.want(err, review.ErrNoPart)
	text, err := d.JSON(ctx, d.ann, id, c.Snapshot.Digest)
	d.must(err)
	decoded, err := idv.Decode(text)
	d.must(err)
	brought, err := d.ViewFile(ctx, d.bob, decoded, review.FileSource{Where: "line 3"})
	d.must(err)
	if brought.Source.Where != "line 3" || brought.HitReviews() != nil || brought.Ticket("").Recipient == id {
		t.Errorf("the result of a file: %+v", brought.Source)
	}

	log, err := d.AccessLog(ctx, review.AccessQuery{Person: "Ann", Limit: 100})
	d.must(err)
	kinds := map[review.AccessKind]bool{}
	for _, a := range log {
		kinds[a.What] = true
	}
	for _, what := range []review.AccessKind{
		review.AccessResult, review.AccessPart, review.AccessPerson, review.AccessMedium, review.AccessConsulted, review.AccessHitPage, review.AccessThumbnail,
		review.AccessOnScreen, review.AccessReport, review.AccessReportSent, review.AccessTicket, review.AccessJSON,
	} {
		if !kinds[what] {
			t.Errorf("the access log has no %q", what)
		}
	}
}

// pictures returns the pages of the documents of a session.
func (d *desk) pictures(s *idv.Session) []idv.MediaID {
	d.t.Helper()
	var list []idv.MediaID
	for _, r := range s.Resources {
		for _, page := range r.Pages {
			if id, ok := page.Media.MediaID(); ok {
				list = append(list, id)
			}
		}
	}
	if len(list) == 0 {
		d.t.Fatal("the session has no pages")
	}
	return list
}

// read returns the bytes of a medium, as somebody who reads it to its end.
func (d *desk) read(r review.MediumRequest) []byte {
	d.t.Helper()
	m, err := d.Medium(d.t.Context(), d.ann, r)
	d.must(err)
	body, err := io.ReadAll(m)
	d.must(errors.Join(err, m.Close()))
	return body
}

// A bundle holds every entry up to the one of its own making, each proved.
func TestBundleContents(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	id := d.signer("Clear with notes")
	c := d.open(d.ann, id)
	d.decide(d.decision(c, d.ann, review.Approve, "The notes are harmless."))
	media := d.pictures(c.Session)[:1]
	contents, err := d.BundleContents(ctx, d.bob, id, media)
	d.must(err)
	if last := contents.Entries[len(contents.Entries)-1]; last.Act != review.ActExport || last.Name != "Bob" || len(contents.Proofs) != len(contents.Entries) || len(contents.Media) != 1 {
		t.Errorf("the bundle ends with %+v, with %d proofs of %d entries", last.Entry, len(contents.Proofs), len(contents.Entries))
	}
	_, err = d.BundleContents(ctx, d.bob, d.signer("Chip read"), nil)
	d.want(err, review.ErrNoSnapshot)
	d.must(d.ExportList(ctx, d.bob, review.LedgerList))
	entries, err := d.Ledger(ctx, review.LedgerQuery{Limit: 1})
	d.must(err)
	if row := review.LedgerRow(entries[0].Entry); len(row) != len(review.LedgerColumns()) || row[5] != "exported a list" || row[6] != "the ledger" {
		t.Errorf("the newest entry: %q", row)
	}
	health, err := d.Health(ctx)
	d.must(err)
	if !health.Signs() || health.Size == 0 || health.Signed == 0 {
		t.Errorf("health %+v", health)
	}
	if clock, err := d.Clock(ctx); err != nil || clock.Behind() != 0 {
		t.Errorf("clock %+v, %v", clock, err)
	}
	d.later(-time.Hour)
	if clock, err := d.Clock(ctx); err != nil || clock.Behind() == 0 {
		t.Errorf("an hour back: %+v, %v", clock, err)
	}
}

// Of an erased recipient nothing can be opened, decided or taken along; what was done stays.
func TestWhatAnErasureLeaves(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	id := d.signer("Watchlist hits")
	c := d.open(d.ann, id)
	seq := d.decide(d.decision(c, d.ann, review.Refer, "Look at the hits."))
	if _, referred, _ := d.pending(d.sue); referred != 1 {
		t.Errorf("%d cases are referred, want 1", referred)
	}
	_, err := d.ErasedRecord(ctx, d.ann, id)
	d.want(err, review.ErrNoSnapshot)
	d.must(d.NotErased(ctx, d.ann, id))
	reason, err := review.ErasureReason(" asked to be forgotten \n")
	d.must(err)
	d.must(d.store.Erase(ctx, id, account.Person{}, reason))
	if _, referred, _ := d.pending(d.sue); referred != 0 {
		t.Errorf("%d erased cases are referred, want 0", referred)
	}
	left, err := d.ErasedRecord(ctx, d.ann, id)
	d.must(err)
	acts := map[ledger.Act]bool{}
	for _, e := range left.Entries {
		acts[e.Act] = true
	}
	if left.Erasure.Reason != "asked to be forgotten" || !acts[review.ActDecision] || !acts[review.ActErasure] {
		t.Errorf("what is left: %+v, %v", left.Erasure, acts)
	}
	_, err = d.Open(ctx, d.ann, id, 0)
	d.want(err, review.ErrErased)
	d.want(d.Refresh(ctx, d.ann, id), review.ErrErased)
	d.want(d.NotErased(ctx, d.ann, id), review.ErrErased)
	_, err = d.Resets(ctx, d.ann, id)
	d.want(err, review.ErrErased)
	_, err = d.BundleContents(ctx, d.ann, id, nil)
	d.want(err, review.ErrErased)
	_, err = d.Replay(ctx, d.ann, id, seq)
	d.want(err, review.ErrErased)
	d.want(d.Withdraw(ctx, review.NewWithdrawal{Recipient: id, Decision: seq, By: d.ann, Reason: "x", Key: d.form()}), review.ErrErased)
	if receipt, err := d.Receipt(ctx, d.ann, id, seq); err != nil || receipt.Session != nil || receipt.Bucket() != "" {
		t.Errorf("the receipt of an erased decision: %+v, %v", receipt, err)
	}
}
