package review_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"countersign/internal/account"
	"countersign/internal/idv"
	"countersign/internal/review"
)

// queued are people of the sandbox whose results await a decision, as many as there are
// cases on more than one page of those that TakeNext looks at.
func queued() []int { return []int{1, 2, 4, 6, 9, 13, 17, 18, 19, 21, 22, 23, 24, 25} }

// openQueued opens them, so that they come to the queue, and returns how many nobody has.
func (d *desk) openQueued() int {
	d.t.Helper()
	for _, n := range queued() {
		id, err := idv.ParseRecipientID(fmt.Sprintf("00000000-0000-4000-8000-%012d", n))
		d.must(err)
		d.open(d.sue, id)
	}
	return len(d.unassigned(d.sue))
}

func (d *desk) unassigned(who account.Person) []review.QueueLine {
	d.t.Helper()
	lines, _, err := d.QueueLines(d.t.Context(), review.View{Who: who, Tab: review.TabUnassigned}, review.PageKey{})
	d.must(err)
	return lines
}

func (d *desk) takeNext(who account.Person, key string) (idv.RecipientID, bool) {
	d.t.Helper()
	id, found, err := d.TakeNext(d.t.Context(), review.View{Who: who, Tab: review.TabMine}, key)
	d.must(err)
	return id, found
}

// The next case is the first that nobody has. The form sent once more leads to the same case,
// also when the case is done with, and there is an end to the cases.
func TestTakeNext(t *testing.T) {
	d := newDesk(t)
	all := d.openQueued()
	first := d.unassigned(d.ann)[0].Recipient
	key := d.form()
	for i := range 3 {
		if id, found := d.takeNext(d.ann, key); !found || id != first {
			t.Errorf("time %d: %s, %t, want %s", i+1, id, found, first)
		}
	}
	if left := len(d.unassigned(d.ann)); left != all-1 {
		t.Errorf("%d cases are left of %d", left, all)
	}
	d.must(d.Release(t.Context(), review.NewRelease{Recipient: first, By: d.ann, Key: d.form()}))
	if id, found := d.takeNext(d.ann, key); !found || id != first {
		t.Errorf("after it was released: %s, %t, want %s", id, found, first)
	}
	if left := len(d.unassigned(d.ann)); left != all {
		t.Errorf("%d cases are left of %d: the form took one more", left, all)
	}
	for i := range all {
		if _, found := d.takeNext(d.ann, d.form()); !found {
			t.Fatalf("nothing is left after %d of %d", i, all)
		}
		d.later(2 * time.Second)
	}
	if id, found := d.takeNext(d.ann, d.form()); found {
		t.Errorf("took %s, which somebody has", id)
	}
	other := d.form()
	d.must(d.Tag(t.Context(), review.NewTag{Recipient: first, By: d.ann, Tag: "late", Key: other}))
	_, _, err := d.TakeNext(t.Context(), review.View{Who: d.ann, Tab: review.TabMine}, other)
	d.want(err, review.ErrKeyUsed)
}

// quickerPeople take what a page of the queue lists before its reader does.
type quickerPeople struct {
	review.Records
	take  func([]review.QueueLine)
	pages int // at how many pages they are quicker
}

func (q *quickerPeople) Queue(ctx context.Context, v review.View, key review.PageKey, limit int) (review.QueuePage, error) {
	page, err := q.Records.Queue(ctx, v, key, limit)
	if err == nil && q.pages > 0 {
		q.pages--
		q.take(page.Lines)
	}
	return page, err
}

// Where others take all that a page lists, the next page has the next case.
func TestTakeNextWhereOthersAreQuicker(t *testing.T) {
	d := newDesk(t)
	d.openQueued()
	order := d.unassigned(d.ann)
	taken := 0
	d.Records = &quickerPeople{d.store, func(lines []review.QueueLine) {
		for _, l := range lines {
			d.must(d.Take(t.Context(), review.NewTake{Recipient: l.Recipient, By: d.bob, Key: d.form()}))
			taken++
		}
	}, 2}
	id, found := d.takeNext(d.ann, d.form())
	if !found || taken >= len(order) || id != order[taken].Recipient {
		t.Errorf("bob took %d, and ann %s, %t; want %s", taken, id, found, order[min(taken, len(order)-1)].Recipient)
	}
}

// Of people who take the next case at once, each gets another, and one who sends the same form
// twice at once gets one.
func TestTakeNextAtOnce(t *testing.T) {
	d := newDesk(t)
	all := d.openQueued()
	people := []account.Person{d.ann, d.bob, d.sue, d.ann, d.bob, d.sue}
	keys := []string{"a1", "b1", "s1", "a1", "b2", "s2"}
	got := make([]idv.RecipientID, len(people))
	errs := make([]error, len(people))
	var group sync.WaitGroup
	for i := range people {
		group.Go(func() {
			got[i], _, errs[i] = d.TakeNext(t.Context(), review.View{Who: people[i], Tab: review.TabMine}, keys[i])
		})
	}
	group.Wait()
	different := map[idv.RecipientID]bool{}
	for i, id := range got {
		if errs[i] != nil || id == (idv.RecipientID{}) {
			t.Errorf("%s with form %s: %s, %v", people[i].Name, keys[i], id, errs[i])
		}
		different[id] = true
	}
	// Bob and Sue may each be given with a second form what they took with the first, when both
	// look at the same moment.
	if got[0] != got[3] || got[0] == got[1] || got[0] == got[2] || got[1] == got[2] {
		t.Errorf("taken: %v", got)
	}
	if left := len(d.unassigned(d.ann)); left != all-len(different) {
		t.Errorf("%d cases are left of %d, and %d are taken", left, all, len(different))
	}
}

// Something done about several cases is one form of those that somebody can record, however
// many cases it is about; what was sent before passes when there are too many.
func TestSeveralCasesAreOneForm(t *testing.T) {
	d := newDesk(t)
	d.openQueued()
	var ids []idv.RecipientID
	for _, l := range d.unassigned(d.ann) {
		ids = append(ids, l.Recipient)
	}
	act := func(n int) review.CasesAct {
		return review.CasesAct{Cases: ids, By: d.ann, Act: review.ActTagged, Tag: fmt.Sprintf("tag-%d", n), Key: fmt.Sprintf("several-%d", n)}
	}
	for n := range 10 {
		outcomes, err := d.ActOnCases(t.Context(), act(n))
		d.must(err)
		for _, o := range outcomes {
			if o.Err != nil {
				t.Fatalf("form %d, case %s: %v", n+1, o.Recipient, o.Err)
			}
		}
	}
	for range 50 {
		d.must(d.Tag(t.Context(), review.NewTag{Recipient: ids[0], By: d.ann, Tag: "tag-0", Key: d.form()}))
	}
	_, err := d.ActOnCases(t.Context(), act(10))
	d.want(err, review.ErrTooFast)
	if _, err := d.ActOnCases(t.Context(), act(9)); err != nil {
		t.Errorf("a form that is on record, sent again: %v", err)
	}
}
