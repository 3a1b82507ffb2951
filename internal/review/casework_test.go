package review_test

import (
	"errors"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"countersign/internal/account"
	"countersign/internal/idv"
	"countersign/internal/review"
	"countersign/internal/yotisign/sandbox"
)

// lines returns the recipients of a tab of somebody's queue.
func (d *desk) lines(who account.Person, tab review.Tab) []idv.RecipientID {
	d.t.Helper()
	list, err := d.QueueList(d.t.Context(), review.View{Who: who, Tab: tab}, review.PageKey{})
	d.must(err)
	var ids []idv.RecipientID
	for _, l := range list.Lines {
		ids = append(ids, l.Recipient)
	}
	return ids
}

func (d *desk) wantLines(who account.Person, tab review.Tab, want ...idv.RecipientID) {
	d.t.Helper()
	if got := d.lines(who, tab); !slices.Equal(got, want) {
		d.t.Errorf("%s has in %s: %v, want %v", who.Name, tab, got, want)
	}
}

// A case is nobody's, taken, given to somebody else, and released.
func TestACaseGoesFromHandToHand(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	id := d.signer("Counterfeit document")
	d.open(d.ann, id)
	d.wantLines(d.ann, review.TabUnassigned, id)
	take := review.NewTake{Recipient: id, By: d.ann, Key: d.form()}
	d.must(d.Take(ctx, take))
	d.must(d.Take(ctx, take)) // sent again
	d.wantLines(d.ann, review.TabMine, id)
	d.wantLines(d.bob, review.TabUnassigned)

	err := d.Take(ctx, review.NewTake{Recipient: id, By: d.bob, Key: d.form()})
	d.want(err, review.ErrTaken)
	if taken := (*review.TakenError)(nil); !errors.As(err, &taken) || taken.By != "Ann" || !taken.Since.Equal(d.clock()) || !strings.Contains(err.Error(), "Ann") {
		t.Errorf("error %v does not say who has the case since when", err)
	}
	d.want(d.Release(ctx, review.NewRelease{Recipient: id, By: d.bob, Key: d.form()}), review.ErrTaken)
	d.want(d.Release(ctx, review.NewRelease{Recipient: id, By: d.ann, Key: take.Key}), review.ErrKeyUsed)

	give := review.NewAssign{Recipient: id, By: d.sue, To: "Bob", Key: d.form()}
	d.must(d.Assign(ctx, give))
	d.must(d.Assign(ctx, give))
	d.wantLines(d.bob, review.TabMine, id)
	d.want(d.Assign(ctx, review.NewAssign{Recipient: id, By: d.sue, To: "Nobody", Key: d.form()}), review.ErrNoAssignee)
	d.want(d.Assign(ctx, review.NewAssign{Recipient: id, By: d.ann, To: "Ann", Key: d.form()}), review.ErrMayNotAssign)

	release := review.NewRelease{Recipient: id, By: d.bob, Key: d.form()}
	d.must(d.Release(ctx, release))
	d.must(d.Release(ctx, release))
	d.wantLines(d.bob, review.TabUnassigned, id)
	d.want(d.Take(ctx, review.NewTake{Recipient: d.signer("All clear"), By: d.ann, Key: d.form()}), review.ErrNoCase)
}

// A case goes back to the others when whoever has it does nothing about it.
func TestIdleCasesGoBack(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	idle, busy := d.signer("Counterfeit document"), d.signer("Watchlist hits")
	d.open(d.ann, idle)
	d.open(d.ann, busy)
	d.must(d.Take(ctx, review.NewTake{Recipient: idle, By: d.ann, Key: d.form()}))
	d.later(review.IdleTime / 2)
	d.must(d.Take(ctx, review.NewTake{Recipient: busy, By: d.ann, Key: d.form()}))
	if n, more, err := d.ReleaseIdle(ctx); n != 0 || more || err != nil {
		t.Errorf("too early: %d released, more %v, %v", n, more, err)
	}
	d.later(review.IdleTime/2 + time.Second)
	if n, more, err := d.ReleaseIdle(ctx); n != 1 || more || err != nil {
		t.Errorf("%d released, more %v, %v, want 1", n, more, err)
	}
	d.wantLines(d.ann, review.TabMine, busy)
	c := d.open(d.bob, idle)
	story := review.Timeline(&c.File, nil)
	if !slices.ContainsFunc(story, func(e review.Event) bool { return strings.Contains(e.Words, "released") }) {
		t.Errorf("the history does not say that the case was released: %+v", story)
	}
}

func TestTagsOfACase(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	id := d.signer("All clear")
	d.open(d.ann, id)
	add := review.NewTag{Recipient: id, By: d.ann, Tag: "High Value", Key: d.form()}
	d.must(d.Tag(ctx, add))
	d.must(d.Tag(ctx, add))
	d.must(d.Tag(ctx, review.NewTag{Recipient: id, By: d.bob, Tag: "high-value", Key: d.form()})) // it stands already
	if offered, err := d.OfferedTags(ctx); err != nil || !slices.Equal(offered, []string{"high-value"}) {
		t.Errorf("tags %q, %v", offered, err)
	}
	d.refused(d.Tag(ctx, review.NewTag{Recipient: id, By: d.ann, Tag: "born-12-03-1980", Key: d.form()}), "digits")
	d.want(d.Tag(ctx, review.NewTag{Recipient: id, By: d.ann, Tag: "other", Key: add.Key}), review.ErrKeyUsed)
	d.want(d.Tag(ctx, review.NewTag{Recipient: d.signer("Watchlist hits"), By: d.ann, Tag: "other", Key: d.form()}), review.ErrNoCase)
	d.must(d.Tag(ctx, review.NewTag{Recipient: id, By: d.ann, Tag: "high-value", Remove: true, Key: d.form()}))
	if tags := d.open(d.ann, id).Record.TagNames(); len(tags) > 0 {
		t.Errorf("tags %q are left", tags)
	}
}

// What is done for several cases says of each what came of it.
func TestActsOnSeveralCases(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	mine, bobs, unknown := d.signer("Counterfeit document"), d.signer("Watchlist hits"), d.signer("Clear with notes")
	d.open(d.ann, mine)
	d.open(d.bob, bobs)
	d.must(d.Take(ctx, review.NewTake{Recipient: bobs, By: d.bob, Key: d.form()}))
	act := review.CasesAct{Cases: []idv.RecipientID{mine, bobs, unknown}, By: d.ann, Act: review.ActTaken, Key: d.form()}
	for range 2 { // the second time it was sent before
		list, err := d.ActOnCases(ctx, act)
		d.must(err)
		if len(list) != 3 || list[0].Recipient != mine || list[0].Err != nil {
			t.Fatalf("outcomes %+v", list)
		}
		d.want(list[1].Err, review.ErrTaken)
		d.want(list[2].Err, review.ErrNoCase)
	}
	done := func(a review.CasesAct) {
		t.Helper()
		a.Cases, a.Key = []idv.RecipientID{mine}, d.form()
		list, err := d.ActOnCases(ctx, a)
		d.must(err)
		d.must(list[0].Err)
	}
	done(review.CasesAct{By: d.ann, Act: review.ActTagged, Tag: "urgent"})
	if tags := d.open(d.ann, mine).Record.TagNames(); !slices.Equal(tags, []string{"urgent"}) {
		t.Errorf("tags %q", tags)
	}
	done(review.CasesAct{By: d.ann, Act: review.ActUntagged, Tag: "urgent"})
	done(review.CasesAct{By: d.sue, Act: review.ActAssigned, To: "Bob"})
	d.wantLines(d.ann, review.TabMine)
	done(review.CasesAct{By: d.bob, Act: review.ActReleased})
	if c := d.open(d.ann, mine); c.Record.Assignee != nil || len(c.Record.Tags) > 0 {
		t.Errorf("the case is still with %+v, tags %v", c.Record.Assignee, c.Record.Tags)
	}

	for part, a := range map[string]review.CasesAct{
		"No case is selected": {Act: review.ActTaken, Key: "k"},
		"Too many cases":      {Act: review.ActTaken, Key: "k", Cases: make([]idv.RecipientID, review.MaxCasesAct+1)},
		"digits and dashes":   {Act: review.ActTagged, Tag: "a/b", Key: "k", Cases: act.Cases},
		"cannot be done":      {Act: review.ActDecision, Key: "k", Cases: act.Cases},
	} {
		a.By = d.ann
		_, err := d.ActOnCases(ctx, a)
		d.refused(err, part)
	}
	_, err := d.ActOnCases(ctx, review.CasesAct{Cases: act.Cases, By: account.Person{Role: account.Auditor}, Act: review.ActTaken, Key: "k"})
	d.want(err, review.ErrNoCases)
}

// The next case is the first of those that nobody has; a form that is sent twice takes one.
func TestTakeNextInOrderOfConcern(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	worst, clear := d.signer("Counterfeit document"), d.signer("All clear")
	d.open(d.ann, clear)
	d.open(d.ann, worst)
	form := d.form()
	if id, ok, err := d.TakeNext(ctx, review.View{Who: d.ann}, form); id != worst || !ok || err != nil {
		t.Errorf("took %v, %v, %v, want the counterfeit", id, ok, err)
	}
	if id, ok, err := d.TakeNext(ctx, review.View{Who: d.ann}, form); id != worst || !ok || err != nil {
		t.Errorf("sent again: %v, %v, %v, want the same case", id, ok, err)
	}
	d.wantLines(d.ann, review.TabMine, worst)
	if id, ok, err := d.TakeNext(ctx, review.View{Who: d.bob}, d.form()); id != clear || !ok || err != nil {
		t.Errorf("took %v, %v, %v, want the other", id, ok, err)
	}
	if _, ok, err := d.TakeNext(ctx, review.View{Who: d.bob}, d.form()); ok || err != nil {
		t.Errorf("with nothing left: %v, %v", ok, err)
	}
	_, _, err := d.TakeNext(ctx, review.View{Who: account.Person{Role: account.Auditor}}, d.form())
	d.want(err, review.ErrNoCases)
}

// The queue says what is overdue and what awaits its reader; a file of it has every line.
func TestQueueOfAReader(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	d.Due = review.DuePolicy{idv.Adverse: time.Hour}
	adverse, clear := d.signer("Counterfeit document"), d.signer("All clear")
	d.open(d.ann, adverse)
	d.open(d.ann, clear)
	for _, id := range []idv.RecipientID{adverse, clear} {
		d.must(d.Take(ctx, review.NewTake{Recipient: id, By: d.ann, Key: d.form()}))
	}
	due := d.clock().Add(time.Hour)
	d.later(2 * time.Hour)
	list, err := d.QueueList(ctx, review.View{Who: d.ann, Tab: review.TabMine}, review.PageKey{})
	d.must(err)
	if list.Overdue.N != 1 || list.Counts[review.TabMine].N != 2 || len(list.Lines) != 2 || len(list.People) != 3 {
		t.Fatalf("the queue is %+v", list)
	}
	first := list.Lines[0]
	if first.Recipient != adverse || !first.Overdue || !first.Due.Equal(due) || !first.Mine || list.Lines[1].Overdue {
		t.Errorf("the lines are %+v", list.Lines)
	}
	if n, counted, err := d.Awaiting(ctx, d.ann); n.N != 2 || !counted || err != nil {
		t.Errorf("%v awaits, counted %v, %v", n, counted, err)
	}
	auditor := account.Person{ID: 99, Name: "Aud", Role: account.Auditor}
	if _, counted, err := d.Awaiting(ctx, auditor); counted || err != nil {
		t.Errorf("something awaits an auditor: %v", err)
	}
	_, err = d.QueueList(ctx, review.View{Who: auditor, Tab: review.TabMine}, review.PageKey{})
	d.want(err, review.ErrNoCases)
	_, _, err = d.QueueLines(ctx, review.View{Who: auditor, Tab: review.TabMine}, review.PageKey{})
	d.want(err, review.ErrNoCases)

	lines, next, err := d.QueueLines(ctx, review.View{Who: d.bob, Tab: review.TabAll}, review.PageKey{})
	d.must(err)
	if len(lines) != 2 || !next.IsZero() || lines[0].Mine {
		t.Fatalf("lines %+v, next %v", lines, next)
	}
	row := review.QueueRow(&lines[0])
	cell := func(column string) string { return row[slices.Index(review.QueueColumns(), column)] }
	if len(row) != len(review.QueueColumns()) || cell("recipient") != adverse.String() || cell("bucket") != "adverse" || cell("assignee") != "Ann" ||
		cell("due") != due.Format("2006-01-02T15:04:05.000Z") || cell("overdue") != "true" || cell("decided") != "" {
		t.Errorf("the row is %q", row)
	}
}

// Pages that ask by themselves what awaits somebody are many, but not any number.
func TestPagesAskAtTheirPace(t *testing.T) {
	d := newDesk(t)
	for range 120 {
		_, _, err := d.AwaitingAgain(t.Context(), d.ann)
		d.must(err)
	}
	_, _, err := d.AwaitingAgain(t.Context(), d.ann)
	d.want(err, review.ErrTooFast)
	if _, _, err := d.AwaitingAgain(t.Context(), d.bob); err != nil {
		t.Errorf("somebody else is kept out: %v", err)
	}
	d.later(time.Minute)
	_, _, err = d.AwaitingAgain(t.Context(), d.ann)
	d.must(err)
}

// Somebody who goes through a view is led from case to case, also past one that left it.
func TestWhatStandsBesideACase(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	worst, hits, clear := d.signer("Counterfeit document"), d.signer("Watchlist hits"), d.signer("All clear")
	for _, id := range []idv.RecipientID{worst, hits, clear} {
		d.open(d.ann, id)
	}
	view := review.View{Who: d.ann, Tab: review.TabUnassigned}
	b, err := d.Beside(ctx, view, hits, review.PageKey{})
	d.must(err)
	if b == nil || b.Previous == nil || b.Previous.Recipient != worst || b.Next == nil || b.Next.Recipient != clear || b.Position() != "2 of 3" {
		t.Fatalf("beside it stand %+v", b)
	}
	if !b.Page().IsZero() {
		t.Errorf("the case is on the page from %v on, want the first", b.Page())
	}
	d.must(d.Take(ctx, review.NewTake{Recipient: hits, By: d.ann, Key: d.form()}))
	if b, err = d.Beside(ctx, view, hits, b.Place); err != nil || b.Inside || b.Position() != "" || b.Next == nil || b.Next.Recipient != clear {
		t.Errorf("after it left the view: %+v, %v", b, err)
	}
	if b, err := d.Beside(ctx, view, d.signer("Clear with notes"), review.PageKey{}); b != nil || err != nil {
		t.Errorf("of a case that no list has: %+v, %v", b, err)
	}
	c := d.open(d.ann, hits)
	seq := d.decide(d.decision(c, d.ann, review.Reject, "It is the signer."))
	own, err := d.OwnEntry(ctx, d.ann, hits, seq)
	if err != nil || own == nil || own.Verdict != review.Reject || own.Act != review.ActDecision || own.Recipient != hits {
		t.Errorf("the entry is %+v, %v", own, err)
	}
	if own, err := d.OwnEntry(ctx, d.bob, hits, seq); own != nil || err != nil {
		t.Errorf("somebody else's entry is %+v, %v", own, err)
	}
}

func TestSavedViews(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	auditor := d.person("Aud", account.Auditor)
	view, err := review.ParseView(d.ann, url.Values{"tab": {"mine"}, "bucket": {"adverse"}})
	d.must(err)
	d.must(d.SaveView(ctx, view, "  My   worst ", true))
	d.refused(d.SaveView(ctx, view, "born 12.03.1980", false), "four digits")
	d.refused(d.SaveView(ctx, view, " ", false), "Give the view a name")
	d.refused(d.SaveView(ctx, view, "a<b", false), "simple marks")
	d.refused(d.SaveView(ctx, view, strings.Repeat("a", review.MaxViewNameLength+1), false), "too long")
	d.want(d.SaveView(ctx, review.View{Who: account.Person{}}, "x", false), review.ErrNoCases)

	saved := func(who account.Person) []review.SavedView {
		t.Helper()
		list, err := d.QueueList(ctx, review.View{Who: who, Tab: review.TabAll}, review.PageKey{})
		d.must(err)
		return list.Saved
	}
	list := saved(d.bob)
	if len(list) != 1 || list[0].Name != "My worst" || list[0].Own || !list[0].SameQuery(view.Query()) || list[0].SameQuery(url.Values{}) {
		t.Fatalf("shared views %+v", list)
	}
	if list[0].MayRemove(d.bob) || !list[0].MayRemove(d.ann) || !list[0].MayRemove(d.sue) {
		t.Error("its owner and supervisors, and nobody else, remove a shared view")
	}
	if list := saved(auditor); len(list) > 0 {
		t.Errorf("an auditor, who has no tab of their own, is offered %+v", list)
	}
	d.must(d.RemoveView(ctx, d.bob, list[0].ID))
	if len(saved(d.ann)) != 1 {
		t.Error("somebody else removed the view")
	}
	d.must(d.RemoveView(ctx, d.ann, list[0].ID))
	if list := saved(d.ann); len(list) > 0 {
		t.Errorf("views %+v are left", list)
	}
	d.want(d.RemoveView(ctx, account.Person{}, list[0].ID), review.ErrNoCases)
}

// A typed text leads to the recipient whom it names, or to cases.
func TestLookup(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	known, other := d.signer("All clear"), d.signer("Watchlist hits")
	c := d.open(d.ann, known)
	d.must(d.Tag(ctx, review.NewTag{Recipient: known, By: d.ann, Tag: "urgent", Key: d.form()}))
	for text, want := range map[string]idv.RecipientID{
		"see https://example.org/" + known.String(): known,
		other.String(): other, // of whom nothing is known yet
	} {
		if l, err := d.Lookup(ctx, d.ann, text); err != nil || l.Open != want {
			t.Errorf("%q opens %v, %v, want %v", text, l.Open, err, want)
		}
	}
	if l, err := d.Lookup(ctx, d.ann, known.String()+" "+other.String()); err != nil || len(l.IDs) != 2 || l.Open != (idv.RecipientID{}) {
		t.Errorf("two IDs open %+v, %v", l, err)
	}
	for text, want := range map[string]review.Match{"urgent": review.MatchTag, c.Snapshot.Digest.String(): review.MatchDigest, c.Session.ID: review.MatchSession} {
		l, err := d.Lookup(ctx, d.ann, text)
		if err != nil || len(l.Found.Lines) != 1 || l.Found.Lines[0].Recipient != known || l.Found.Lines[0].Match != want {
			t.Errorf("%q finds %+v, %v, want the case by its %s", text, l, err, want.Label())
		}
	}
	for _, text := range []string{" ", strings.Repeat("a", review.MaxSearchLength+1)} {
		_, err := d.Lookup(ctx, d.ann, text)
		if why := (*review.SearchError)(nil); !errors.As(err, &why) || why.Error() == "" {
			t.Errorf("a text of %d bytes: %v", len(text), err)
		}
	}
}

func TestFetchInBackground(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	id, lost := d.signer("All clear"), d.signer("Not found")
	d.must(d.FetchInBackground(ctx, id))
	d.wantLines(d.ann, review.TabUnassigned, id)
	d.want(d.FetchInBackground(ctx, lost), idv.ErrNotFound)
	if list := d.lines(d.ann, review.TabAll); len(list) != 1 {
		t.Errorf("somebody whom Yoti does not know is a case: %v", list)
	}
	d.must(d.FetchInBackground(ctx, id)) // again, of a recipient who is known
}

// The people of an envelope are shown once it is on record who sees them, and their results are
// fetched as far as one person may ask.
func TestAnEnvelopeAndItsRecipients(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	var id idv.EnvelopeID
	for _, e := range sandbox.Envelopes() {
		if e.Name == "Two tenants" {
			var err error
			id, err = idv.ParseEnvelopeID(e.ID)
			d.must(err)
		}
	}
	e, err := d.Envelope(ctx, d.ann, id)
	d.must(err)
	if len(e.Members) != 3 || e.Unfetched() != 2 {
		t.Fatalf("%d members, %d of them without a result, want 3 and 2", len(e.Members), e.Unfetched())
	}
	if fetched, err := d.FetchEnvelope(ctx, d.ann, id); err != nil || fetched.Fetched != 2 || fetched.Failed+fetched.Left > 0 {
		t.Errorf("fetched %+v, %v", fetched, err)
	}
	e, err = d.Envelope(ctx, d.ann, id)
	d.must(err)
	if e.Unfetched() != 0 || !e.Members[0].Fetched() || !e.Members[0].MayOpen() || e.Members[2].MayOpen() {
		t.Errorf("after the results came: %+v", e.Members)
	}
	d.OpeningsPerMinute = 1
	d.later(time.Hour)
	_, err = d.Envelope(ctx, d.bob, id)
	d.must(err)
	_, err = d.Envelope(ctx, d.bob, id)
	d.want(err, review.ErrTooFast)
	_, err = d.FetchEnvelope(ctx, d.bob, id)
	d.want(err, review.ErrTooFast)
}

// Whoever reads a case is told who else looks at it.
func TestViewers(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	id := d.signer("All clear")
	d.open(d.ann, id)
	opened := d.clock()
	d.later(5 * time.Minute)
	d.open(d.bob, id)
	if list, err := d.Viewers(ctx, d.bob, id); err != nil || len(list) != 1 || list[0].Name != "Ann" || !list[0].Since.Equal(opened) {
		t.Errorf("Bob sees %+v, %v", list, err)
	}
	d.later(6 * time.Minute)
	if list, err := d.Viewers(ctx, d.bob, id); err != nil || len(list) > 0 {
		t.Errorf("a while later Bob sees %+v, %v", list, err)
	}
}
