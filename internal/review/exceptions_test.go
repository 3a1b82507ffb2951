package review

import (
	"fmt"
	"strings"
	"testing"

	"countersign/internal/idv"
)

// The hits that nobody reviewed are an exception of their check, and the only one where
// the check is to be considered because of them.
func TestHitsToReviewAreExceptions(t *testing.T) {
	const medium = "9ec77ec6-8913-4377-98ca-50ee001085ca"
	judgedIn := func(n int) []HitDisposition {
		var list []HitDisposition
		for range n {
			list = append(list, HitDisposition{Result: idv.Digest{1}.String(), Check: string(idv.WatchlistScreening), Part: "check-1", List: medium, Disposition: HitFalsePositive})
		}
		return list
	}
	read := func(n int, whole bool) []HitsRead { return []HitsRead{{List: medium, Hits: n, Whole: whole}} }
	approved := func(total string) string { return strings.Replace(listing(medium, total), "CONSIDER", "APPROVE", 1) }
	for name, test := range map[string]struct {
		check  string
		judged int
		read   []HitsRead
		want   string
	}{
		"none reviewed":               {listing(medium, "100"), 0, read(130, true), "hits investigate 130 hits to review | Watchlist screening: Consider"},
		"some reviewed":               {listing(medium, "100"), 101, read(130, true), "hits investigate 29 of 130 hits to review | Watchlist screening: Consider"},
		"not opened":                  {listing(medium, "1"), 1, nil, "hits investigate Search results not opened | Watchlist screening: Consider"},
		"all reviewed":                {listing(medium, "100"), 130, read(130, true), "verdict investigate Watchlist screening | Consider"},
		"all reviewed, others left":   {listing(medium, "100"), 130, read(130, false), "hits investigate There may be other hits | Watchlist screening: Consider"},
		"rejected":                    {strings.Replace(listing(medium, "1"), "CONSIDER", "REJECT", 1), 0, read(1, true), "verdict adverse Watchlist screening | Reject; hits clear-with-notes 1 hit to review | Watchlist screening: Reject"},
		"approved, no hit":            {approved("0"), 0, nil, ""},
		"approved, no hit counted":    {approved("0"), 0, read(2, true), "hits clear-with-notes 2 hits to review | Watchlist screening: Approve"},
		"approved, two hits":          {approved("2"), 0, read(2, true), "hits clear-with-notes 2 hits to review | Watchlist screening: Approve"},
		"approved, two hits reviewed": {approved("2"), 2, read(2, true), "hits clear-with-notes 2 hits in the search | Watchlist screening"},
	} {
		s, a := result(t, test.check)
		a = a.WithConflicts(s, func(*idv.Check) []idv.HitConflict { return nil })
		reviews := hitReviews(a, idv.Digest{1}, judgedIn(test.judged), test.read)
		c := &Case{Session: s, Assessment: a, reviews: &reviews}
		var got []string
		for _, e := range c.Exceptions() {
			if e.Kind != idv.ExceptionNote {
				got = append(got, fmt.Sprintf("%s %s %s | %s", e.Kind, e.Bucket, e.Title, e.Text))
			}
		}
		if text := strings.Join(got, "; "); text != test.want {
			t.Errorf("%s: %q, want %q", name, text, test.want)
		}
		open, unread, unknown := openHits(reviews)
		if clear := a.Bucket == idv.Clear && open == 0 && !unread && !unknown; clear != (len(c.Exceptions()) == 0) {
			t.Errorf("%s: %s with %d hits left, and %d exceptions", name, a.Bucket, open, len(c.Exceptions()))
		}
	}
}
