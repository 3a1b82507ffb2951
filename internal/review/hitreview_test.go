package review

import (
	"strings"
	"testing"

	"countersign/internal/idv"
)

// What was read counts where it is more than what the report counts, and nobody takes hits
// for reviewed that nobody has counted.
func TestHitsReadCount(t *testing.T) {
	const medium = "9ec77ec6-8913-4377-98ca-50ee001085ca"
	read := func(n int, whole bool) []HitsRead { return []HitsRead{{List: medium, Hits: n, Whole: whole}} }
	judgedIn := func(n int) []HitDisposition {
		var list []HitDisposition
		for range n {
			list = append(list, HitDisposition{Result: idv.Digest{1}.String(), Check: string(idv.WatchlistScreening), Part: "check-1", List: medium, Disposition: HitFalsePositive})
		}
		return list
	}
	approved := strings.Replace(listing(medium, "0"), "CONSIDER", "APPROVE", 1)
	for name, test := range map[string]struct {
		check  string
		judged int
		read   []HitsRead
		want   string
		needs  bool
	}{
		"more read than reported":         {listing(medium, "100"), 101, read(130, true), "101 of 130 reviewed", true},
		"as many judged as reported":      {listing(medium, "100"), 100, read(130, true), "100 of 130 reviewed", true},
		"all judged":                      {listing(medium, "100"), 130, read(130, true), "130 of 130 reviewed", false},
		"fewer read than reported":        {listing(medium, "251"), 100, read(130, true), "100 of 251 reviewed", true},
		"not read, all reported judged":   {listing(medium, "100"), 100, nil, "100 of 100 reviewed; the search results were not opened, and may hold others", true},
		"another list read":               {listing(medium, "100"), 100, []HitsRead{{List: "other", Hits: 130, Whole: true}}, "100 of 100 reviewed; the search results were not opened, and may hold others", true},
		"read twice, differently":         {listing(medium, "100"), 130, append(read(131, true), read(130, true)...), "130 of 131 reviewed", true},
		"not wholly read":                 {listing(medium, "100"), 130, read(130, false), "130 of 130 reviewed; there may be others", true},
		"no number, not read":             {listing(medium, "null"), 0, nil, "number of hits not known", true},
		"no number, read":                 {listing(medium, "null"), 2, read(3, true), "2 of 3 reviewed", true},
		"no hit":                          {listing(medium, "0"), 0, read(0, true), "", false},
		"no hit, not read":                {listing(medium, "0"), 0, nil, "0 of 0 reviewed; the search results were not opened, and may hold others", true},
		"approved, no hit, not read":      {approved, 0, nil, "", false},
		"approved, no hit reported, read": {approved, 0, read(2, true), "0 of 2 reviewed", true},
	} {
		_, a := result(t, test.check)
		reviews := hitReviews(a, idv.Digest{1}, judgedIn(test.judged), test.read)
		got := ""
		if len(reviews) == 1 {
			got = reviews[0].String()
		}
		if got != test.want || len(reviews) > 1 {
			t.Errorf("%s: %q of %d, want %q", name, got, len(reviews), test.want)
		}
		a.Bucket = idv.Clear
		if needs := len(noteNeeds(Approve, reviews, a, SignerState{})) > 0; needs != test.needs {
			t.Errorf("%s: a note is needed: %v, want %v", name, needs, test.needs)
		}
	}
}

func TestTextsOfACheckAreNamedForItsHits(t *testing.T) {
	check := listed("11111111-1111-4111-8111-111111111111")
	if len(check.Texts()) == 0 {
		t.Fatal("the check has no search results")
	}
	for name, test := range map[string]struct {
		review *HitReview
		check  *idv.Check
		want   string
	}{
		"nothing is known of its hits": {nil, check, "Review hits"},
		"counted":                      {&HitReview{Total: 12}, check, "Review hits (12)"},
		"no search results":            {nil, &idv.Check{}, "Show details used"},
	} {
		if got := test.review.TextsLabel(test.check); got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

func TestCarriedDispositionsSayWhetherToReviewAgain(t *testing.T) {
	for want, held := range map[string]heldHit{
		"carried over: review again": {Open: true, Held: &HitDisposition{Disposition: HitFalsePositive}},
		"carried over":               {Held: &HitDisposition{Disposition: HitFalsePositive}},
	} {
		if got := (HitRow{heldHit: held}).CarriedWords(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
