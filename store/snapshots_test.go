package store_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"countersign/internal/idv"
	"countersign/internal/review"
	"countersign/store"
)

var compare = cmp.Options{
	cmp.Comparer(func(a, b idv.RecipientID) bool { return a == b }), cmp.Comparer(func(a, b idv.MediaID) bool { return a == b }),
	cmp.Comparer(func(a, b idv.Date) bool { return a == b }),
	cmpopts.EquateEmpty(),
}

func wantEqual(t testing.TB, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got, compare); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func TestNeverFetched(t *testing.T) {
	d := newDesk(t)
	wantEqual(t, "file", d.file(d.id, d.ann), review.File{Record: &review.Record{}})
	_, err := d.Store.Snapshot(t.Context(), d.id, idv.Digest{})
	wantErr(t, err, review.ErrNoSnapshot)
}

// snapshot is a result as it is expected, first fetched by Ann and last by Bob.
func (d *desk) snapshot(result *idv.Decoded, first, fetched int) review.Snapshot {
	return review.Snapshot{
		Recipient: d.id, Digest: result.Digest, TokenTTL: result.TokenTTL,
		First: after(first), FirstBy: "Ann", Fetched: after(fetched), FetchedBy: "Bob",
		Place: review.LedgerPosition{After: 2, Known: true}, // behind the two accounts
	}
}

func full(s review.Snapshot, result *idv.Decoded) *review.Snapshot {
	s.Canonical = result.Canonical
	return &s
}

// fetchTwice records a result by Ann and again, five minutes later, by Bob.
func (d *desk) fetchTwice(result *idv.Decoded, minutes int) {
	d.t.Helper()
	d.fetch(d.id, minutes, d.ann, result)
	d.fetch(d.id, minutes+5, d.bob, result)
}

func TestUnchangedAndChangedResults(t *testing.T) {
	d := newDesk(t)
	a, b := decode(t, "ONGOING", "a"), decode(t, "COMPLETED", "b")
	d.fetchTwice(a, 0)
	first := d.snapshot(a, 0, 5)
	wantEqual(t, "unchanged", d.file(d.id, d.ann), review.File{
		Record: &review.Record{},
		Newest: full(first, a), History: []review.Snapshot{first},
	})

	d.fetchTwice(b, 10)
	second := d.snapshot(b, 10, 15)
	wantEqual(t, "changed", d.file(d.id, d.ann), review.File{
		Record: &review.Record{},
		Newest: full(second, b), Previous: full(first, a), History: []review.Snapshot{second, first},
	})

	// It becomes again what it was.
	d.fetchTwice(a, 20)
	third := d.snapshot(a, 20, 25)
	wantEqual(t, "changed back", d.file(d.id, d.ann), review.File{
		Record: &review.Record{},
		Newest: full(third, a), Previous: full(second, b), History: []review.Snapshot{third, second, first},
	})
	got, err := d.Store.Snapshot(t.Context(), d.id, a.Digest)
	must(t, err)
	wantEqual(t, "stored result", got, *full(third, a))

	var bodies int
	must(t, d.raw().QueryRow(`SELECT count(*) FROM snapshots`).Scan(&bodies))
	if bodies != 2 {
		t.Errorf("%d bodies are stored, want 2", bodies)
	}
	_, err = d.Store.Snapshot(t.Context(), d.id2, a.Digest)
	wantErr(t, err, review.ErrNoSnapshot)
}

// An answer that was asked for earlier, and comes later, is the newest.
func TestLateAnswer(t *testing.T) {
	d := newDesk(t)
	a, b := decode(t, "ONGOING", "a"), decode(t, "COMPLETED", "b")
	d.fetch(d.id, 9, d.ann, a)
	d.fetch(d.id, 3, d.ann, b)
	f := d.file(d.id, d.ann)
	if f.Newest.Digest != b.Digest || f.Previous.Digest != a.Digest || !f.Newest.Fetched.Equal(after(3)) {
		t.Errorf("newest %s of %s, previous %s", f.Newest.Digest.Short(), f.Newest.Fetched, f.Previous.Digest.Short())
	}
}

func TestFailures(t *testing.T) {
	d := newDesk(t)
	failure := review.Failure{At: after(1), By: d.ann, Kind: review.RateLimited, Until: after(3)}
	must(t, d.KeepFailure(t.Context(), d.id, failure))
	failure.Place = review.LedgerPosition{After: 2, Known: true}
	wantEqual(t, "failure first", d.file(d.id, d.bob), review.File{Failure: &failure, Record: &review.Record{}})

	a := decode(t, "ONGOING", "a")
	d.fetch(d.id, 4, d.ann, a)
	if f := d.file(d.id, d.ann); f.Failure != nil {
		t.Errorf("failure after a result: %+v", f.Failure)
	}

	failure = review.Failure{At: after(5), By: d.bob, Kind: review.TimedOut}
	must(t, d.KeepFailure(t.Context(), d.id, failure))
	f := d.file(d.id, d.ann)
	failure.Place = review.LedgerPosition{After: 2, Known: true}
	wantEqual(t, "failure after a result", f.Failure, &failure)
	if f.Newest == nil || f.Newest.Digest != a.Digest {
		t.Error("a failure hides the result")
	}

	// A failure between two equal results is no change.
	d.fetch(d.id, 6, d.bob, a)
	wantEqual(t, "file", d.file(d.id, d.ann).History, []review.Snapshot{d.snapshot(a, 4, 6)})
}

func TestHistoryIsBounded(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	results := []*idv.Decoded{decode(t, "ONGOING", "a"), decode(t, "ONGOING", "b")}
	for i := range store.MaxHistory + 5 {
		d.fetch(d.id, i, d.ann, results[i%2])
	}
	f := d.file(d.id, d.ann)
	if len(f.History) != store.MaxHistory || !f.History[0].Fetched.Equal(after(store.MaxHistory+4)) {
		t.Errorf("%d results, newest of %s", len(f.History), f.History[0].Fetched)
	}
}

func TestNoSecretInTheFile(t *testing.T) {
	d := newDesk(t)
	d.fetch(d.id, 0, d.ann, decode(t, "COMPLETED", "a"))
	d.wantAbsent("hunter2")
}

func TestRecorded(t *testing.T) {
	d := newDesk(t)
	digest := d.fetch(d.id, 0, d.ann, decode(t, "COMPLETED", "a"))
	must(t, d.note(digest, "k", "text"))
	must(t, d.KeepAccess(t.Context(), review.Access{At: noon, Who: d.ann, Recipient: d.id, Digest: digest, What: review.AccessResult}))
	db := d.raw()
	for table, want := range map[string]int{"ledger": 4, "snapshots": 1, "fetches": 1, "access_log": 1} {
		for _, statement := range []string{"DELETE FROM " + table, "UPDATE " + table + " SET recipient = recipient"} {
			if _, err := db.Exec(statement); err == nil {
				t.Errorf("%s was carried out", statement)
			}
		}
		var rows int
		must(t, db.QueryRow("SELECT count(*) FROM "+table).Scan(&rows))
		if rows != want {
			t.Errorf("%s has %d rows, want %d", table, rows, want)
		}
	}
}
