package store_test

import (
	"fmt"
	"testing"
	"time"

	"countersign/internal/review"
)

// A list of the ledger between two times has the entries of those times and no other,
// also where several entries have the same one.
func TestLedgerBetweenTimes(t *testing.T) {
	d := newDesk(t)
	digest := d.fetch(d.id, 0, d.ann, decode(t, "COMPLETED", "a"))
	for i, minute := range []int{1, 2, 2, 2, 5, 6, 6, 9} {
		must(t, d.keepNote(t.Context(), review.NewNote{
			Recipient: d.id, Digest: digest, Author: d.ann, At: after(minute), Text: "Seen.", Key: fmt.Sprint("n", i),
		}))
	}
	list := func(from, until time.Time) []review.Recorded {
		found, err := d.Ledger(t.Context(), review.LedgerQuery{From: from, Until: until, Limit: 100})
		must(t, err)
		return found
	}
	all := list(time.Time{}, time.Time{})
	times := []time.Time{{}}
	for minute := -1; minute <= 10; minute++ {
		times = append(times, after(minute), after(minute).Add(time.Millisecond))
	}
	for _, from := range times {
		for _, until := range times {
			var want []int64
			for _, e := range all {
				if !e.At.Before(from) && (until.IsZero() || e.At.Before(until)) {
					want = append(want, e.Seq)
				}
			}
			var got []int64
			for _, e := range list(from, until) {
				got = append(got, e.Seq)
			}
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("from %s until %s: entries %v, want %v", from, until, got, want)
			}
		}
	}
	if len(all) < 9 {
		t.Errorf("%d entries in all", len(all))
	}
}
