package store_test

import (
	"bytes"
	"fmt"
	"slices"
	"testing"

	"countersign/internal/idv"
	"countersign/internal/review"
)

func (d *desk) see(id idv.RecipientID, minutes int, digest idv.Digest) {
	d.t.Helper()
	must(d.t, d.KeepAccess(d.t.Context(), review.Access{
		At: after(minutes), Who: d.ann, Recipient: id, Digest: digest, What: review.AccessResult,
	}))
}

func TestRecent(t *testing.T) {
	d := newDesk(t)
	a := d.fetch(d.id, 0, d.ann, decode(t, "ONGOING", "a"))
	b := d.fetch(d.id2, 0, d.ann, decode(t, "COMPLETED", "b"))
	must(t, d.note(a, "k1", "one"))
	must(t, d.note(a, "k2", "two"))
	d.see(d.id, 1, a)
	d.see(d.id2, 2, b)
	d.see(d.id, 3, a)
	first := review.Visit{Recipient: d.id, At: after(3), State: idv.SessionOngoing, Notes: 2, Digest: a}
	second := review.Visit{Recipient: d.id2, At: after(2), State: idv.SessionCompleted, Digest: b}
	for _, test := range []struct {
		limit int
		want  []review.Visit
	}{{0, nil}, {1, []review.Visit{first}}, {9, []review.Visit{first, second}}} {
		got, err := d.Recent(t.Context(), d.ann, test.limit)
		must(t, err)
		wantEqual(t, "recent", got, test.want)
	}
	got, err := d.Recent(t.Context(), d.bob, 9)
	must(t, err)
	wantEqual(t, "recent of somebody else", got, []review.Visit(nil))
}

func TestAccessEntry(t *testing.T) {
	d := newDesk(t)
	a := d.fetch(d.id, 0, d.ann, decode(t, "ONGOING", "a"))
	d.see(d.id, 1, a)
	var at, who int64
	var recipient, what string
	var digest []byte
	must(t, d.raw().QueryRow(`SELECT at, account, recipient, digest, what FROM access_log`).
		Scan(&at, &who, &recipient, &digest, &what))
	if at != after(1).UnixMilli() || who != d.ann.ID || recipient != d.id.String() || !bytes.Equal(digest, a[:]) || what != "result" {
		t.Errorf("entry is %d, %d, %s, %x, %s", at, who, recipient, digest, what)
	}
	// Nobody is shown anything that is not kept.
	err := d.KeepAccess(t.Context(), review.Access{At: noon, Who: d.ann, Recipient: d.id2, Digest: a, What: review.AccessResult})
	if err == nil {
		t.Error("an entry about an unknown recipient was kept")
	}
}

// Between times, the access log has what was shown then, the latest first, also where a
// clock was set back meanwhile, and a page goes on where the one before it ended.
func TestAccessLogBetweenTimes(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	a := d.fetch(d.id, 0, d.ann, decode(t, "ONGOING", "a"))
	for _, minute := range []int{1, 5, 3, 3, 9, 2, 5, 9, 4} {
		d.see(d.id, minute, a)
	}
	list := func(q review.AccessQuery) (all []review.Access) {
		for {
			found, err := d.AccessLog(t.Context(), q)
			must(t, err)
			if len(found) == 0 {
				return all
			}
			all = append(all, found...)
			q.Before = found[len(found)-1].ID
		}
	}
	all := list(review.AccessQuery{Limit: 100})
	slices.SortStableFunc(all, func(a, b review.Access) int { return b.At.Compare(a.At) })
	for from := range 11 {
		for until := from; until < 11; until++ {
			var want []review.Access
			for _, e := range all {
				if !e.At.Before(after(from)) && e.At.Before(after(until)) {
					want = append(want, e)
				}
			}
			for _, limit := range []int{1, 2, 100} {
				got := list(review.AccessQuery{From: after(from), Until: after(until), Limit: limit})
				wantEqual(t, fmt.Sprintf("from %d until %d, %d at a time", from, until, limit), got, want)
			}
		}
	}
	if got := list(review.AccessQuery{From: after(3), Person: "ann", What: review.AccessResult, Limit: 2}); len(got) != 7 {
		t.Errorf("%d results were shown to her since then", len(got))
	}
}

// Drafts are those of whoever asks, the newest first, also about a recipient that was never
// fetched, and whoever read hits is known.
func TestListOfDrafts(t *testing.T) {
	d := newDesk(t)
	a := d.fetch(d.id, 0, d.ann, decode(t, "COMPLETED", "a"))
	must(t, d.KeepAccess(t.Context(), review.Access{At: after(1), Who: d.bob, Recipient: d.id, Digest: a, What: review.AccessHitPage, HitsRead: &review.HitsRead{}}))
	for _, draft := range []review.NewDraft{
		{Recipient: d.id, Author: d.ann, At: after(2), Text: "one", Key: "1"},
		{Recipient: d.id2, Author: d.ann, At: after(3), Text: "two", Key: "2"},
		{Recipient: d.id, Author: d.bob, At: after(4), Text: "three", Key: "3"},
	} {
		must(t, d.KeepDraft(t.Context(), draft))
	}
	unfetched := review.Visit{Recipient: d.id2, At: after(3)}
	fetched := review.Visit{Recipient: d.id, At: after(2), State: idv.SessionCompleted, Digest: a, ReadHits: true}
	for limit, want := range [][]review.Visit{nil, {unfetched}, {unfetched, fetched}, {unfetched, fetched}} {
		got, err := d.Drafts(t.Context(), d.ann, limit)
		must(t, err)
		wantEqual(t, "drafts", got, want)
	}
	must(t, d.note(a, "1", "one"))
	got, err := d.Drafts(t.Context(), d.ann, 9)
	must(t, err)
	wantEqual(t, "drafts after one was recorded", got, []review.Visit{unfetched})
}

// A result from a file is about no recipient, and nothing else is about none.
func TestAccessToFiles(t *testing.T) {
	d := newDesk(t)
	a := d.fetch(d.id, 0, d.ann, decode(t, "ONGOING", "a"))
	d.see(d.id, 1, a)
	other := decode(t, "COMPLETED", "of a file").Digest
	must(t, d.KeepAccess(t.Context(), review.Access{At: after(2), Who: d.bob, Digest: other, What: review.AccessFile}))
	list, err := d.AccessLog(t.Context(), review.AccessQuery{Limit: 9})
	must(t, err)
	if len(list) != 2 || list[0].Who.ID != d.bob.ID || list[0].Digest != other || list[0].What != review.AccessFile || list[0].Recipient != (idv.RecipientID{}) || list[1].Recipient != d.id {
		t.Errorf("the access log is %+v", list)
	}
	if row := review.AccessRow(&list[0]); row[5] != "" || row[6] != other.String() {
		t.Errorf("as a row of a table it is %q", row)
	}
	if recent, err := d.Recent(t.Context(), d.bob, 9); err != nil || len(recent) != 0 {
		t.Errorf("recently opened by somebody who opened a file: %v, %v", recent, err)
	}
	if err := d.KeepAccess(t.Context(), review.Access{At: after(3), Who: d.ann, Digest: a, What: review.AccessResult}); err == nil {
		t.Error("an entry about nobody was kept")
	}
	if err := d.KeepAccess(t.Context(), review.Access{At: after(3), Who: d.ann, Recipient: d.id, Digest: a, What: review.AccessFile}); err == nil {
		t.Error("a result from a file was said to be that of a recipient")
	}
}
