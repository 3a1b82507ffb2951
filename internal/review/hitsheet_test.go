package review

import (
	"fmt"
	"strings"
	"testing"

	"countersign/internal/idv"
)

// sheetOf is what a page shows of hits with these dates of birth, of which those with the
// index have a disposition.
func sheetOf(t *testing.T, q HitQuery, births []string, held map[int]Disposition) *HitSheet {
	t.Helper()
	l := &idv.HitList{Searches: []idv.Search{{}}}
	for i, born := range births {
		h := idv.Hit{EntityID: fmt.Sprint("E", i), Name: fmt.Sprint(i), Index: i, JSON: "{}"}
		if born != "" {
			h.BirthDates = []idv.BirthDate{{Value: born}}
		}
		l.Searches[0].Hits = append(l.Searches[0].Hits, h)
	}
	part := &Part{Check: listed("media-1")}
	part.Snapshot.Digest = idv.Digest{1}
	j := &CheckDispositions{standing: map[string]*HitDisposition{}, part: part}
	for i, d := range held {
		key := HitKeyOf(&l.Searches[0].Hits[i])
		j.standing[key.ID()] = &HitDisposition{Hit: key, Disposition: d, Check: string(part.Check.Type), Part: part.Check.Key(), Result: idv.Digest{1}.String()}
	}
	q.Born = "1984-06-22"
	return j.Sheet(l, q)
}

func rowNames(s *HitSheet, chosen func(HitRow) bool) string {
	var list []string
	for _, row := range s.Rows {
		if chosen(row) {
			list = append(list, row.Name)
		}
	}
	return strings.Join(list, " ")
}

func TestDispositionFilter(t *testing.T) {
	births := []string{"1951", "1951", "1951", "1951"}
	held := map[int]Disposition{0: HitFalsePositive, 1: HitUndecided, 2: HitConfirmed}
	for filter, want := range map[DispositionFilter]string{
		AnyDisposition:                      "0 1 2 3",
		OpenHits:                            "1 3",
		NotReviewed:                         "3",
		DispositionFilter(HitFalsePositive): "0",
		DispositionFilter(HitUndecided):     "1",
		DispositionFilter(HitConfirmed):     "2",
		"sideways":                          "0 1 2 3",
	} {
		s := sheetOf(t, HitQuery{Disposition: filter}, births, held)
		if got := rowNames(s, func(HitRow) bool { return true }); got != want || len(s.Rows) != s.Page.Chosen {
			t.Errorf("%q: %q, want %q", filter, got, want)
		}
		if n := s.Dispositions[OpenHits]; n != 2 {
			t.Errorf("%q: %d hits are left, want 2", filter, n)
		}
	}
	carried := sheetOf(t, HitQuery{Disposition: OpenHits}, births, nil)
	if len(carried.Rows) != 4 || carried.Rows[0].Held != nil {
		t.Errorf("without dispositions: %+v", carried.Rows)
	}
}

// What was reviewed on other search results is left to be reviewed, and shown with what
// stood there.
func TestCarriedDispositionsAreOpen(t *testing.T) {
	l := &idv.HitList{Searches: []idv.Search{{Hits: []idv.Hit{{EntityID: "E1", JSON: "{}"}}}}}
	key := HitKeyOf(&l.Searches[0].Hits[0])
	for list, open := range map[string]bool{"media-1": false, "media-0": true} {
		part := &Part{Check: listed("media-1")}
		part.Snapshot.Digest = idv.Digest{2}
		j := &CheckDispositions{part: part, standing: map[string]*HitDisposition{key.ID(): {
			Hit: key, Disposition: HitFalsePositive, Check: string(part.Check.Type), Part: part.Check.Key(), Result: idv.Digest{1}.String(), List: list,
		}}}
		row := j.Sheet(l, HitQuery{}).Rows[0]
		if row.Open != open || row.Held == nil {
			t.Errorf("reviewed on %s: open is %v, want %v", list, row.Open, open)
		}
	}
}

// A rule selects only what it can know of, and only what is left to be reviewed.
func TestHitRules(t *testing.T) {
	births := []string{"1951", "", "1984", "1984-06-22", "about 1951", "1962", "1962-01-01"}
	all := func(n int) map[int]Disposition {
		held := map[int]Disposition{}
		for i := range n {
			held[i] = HitFalsePositive
		}
		return held
	}
	for name, test := range map[string]struct {
		held   map[int]Disposition
		labels string
		want   map[HitRule]string
	}{
		"none reviewed": {nil, "all 7, 3 with another year of birth, 1 without a birth date", map[HitRule]string{
			RuleAll: "2 3 0 1 4 5 6", RuleOtherYear: "0 5 6", RuleNoBirthDate: "1", "sideways": "",
		}},
		"one reviewed, one inconclusive": {map[int]Disposition{0: HitFalsePositive, 5: HitUndecided}, "all 6 left, 2 with another year of birth, 1 without a birth date", map[HitRule]string{
			RuleAll: "2 3 1 4 5 6", RuleOtherYear: "5 6", RuleNoBirthDate: "1",
		}},
		"all reviewed": {all(7), "all 7, 3 with another year of birth, 1 without a birth date", map[HitRule]string{RuleOtherYear: "0 5 6"}},
		"one left":     {all(6), "all 1 left, 1 with another year of birth", map[HitRule]string{RuleAll: "6", RuleNoBirthDate: ""}},
	} {
		s := sheetOf(t, HitQuery{}, births, test.held)
		for rule, want := range test.want {
			if got := rowNames(s, func(row HitRow) bool { return s.Selects(rule, row) }); got != want {
				t.Errorf("%s: %s selects %q, want %q", name, rule, got, want)
			}
		}
		var labels []string
		for _, c := range s.Rules() {
			labels = append(labels, c.Label)
		}
		if got := strings.Join(labels, ", "); got != test.labels {
			t.Errorf("%s: %q, want %q", name, got, test.labels)
		}
	}
}

// After some hits one goes on behind them, and then from the top.
func TestNextHit(t *testing.T) {
	births := []string{"1951", "1951", "1951", "1951", "1951"}
	held := map[int]Disposition{0: HitFalsePositive, 3: HitUndecided}
	s := sheetOf(t, HitQuery{}, births, held)
	for done, want := range map[string]string{"": "1", "1": "2", "2": "3", "1 2": "3", "3": "4", "4": "1", "1 4": "2", "1 2 3 4": "", "0": "1"} {
		var ids []string
		for name := range strings.FieldsSeq(done) {
			for _, row := range s.Rows {
				if row.Name == name {
					ids = append(ids, row.ID)
				}
			}
		}
		got := ""
		if next := s.Next(ids); next != nil {
			got = next.Name
		}
		if got != want {
			t.Errorf("after %q comes %q, want %q", done, got, want)
		}
	}
	if row := s.Row(s.Rows[1].ID); row != &s.Rows[1] || s.Row("nonsense") != nil {
		t.Error("rows are not found by their IDs")
	}
}

func TestRationales(t *testing.T) {
	one := []*idv.Hit{{EntityID: "E1", JSON: "{}"}}
	for name, test := range map[string]struct {
		form   NewDispositions
		note   string
		refuse string
	}{
		"written":                    {NewDispositions{Hits: one, Disposition: HitConfirmed, Note: "It is her."}, "It is her.", ""},
		"a template alone":           {NewDispositions{Hits: one, Disposition: HitFalsePositive, Rationale: "other-year"}, "Not the signer: the year of birth on the list differs from the signer's.", ""},
		"a template that was edited": {NewDispositions{Hits: one, Disposition: HitFalsePositive, Rationale: "other-year", Note: "Born in 1951."}, "Born in 1951.", ""},
		"for another disposition":    {NewDispositions{Hits: one, Disposition: HitConfirmed, Rationale: "other-year"}, "", `"Another year of birth" goes with "False positive"`},
		"blanks are no text":         {NewDispositions{Hits: one, Disposition: HitFalsePositive, Rationale: "name-only", Note: " \n"}, "Not the signer: only the name is similar, and the other identifiers on the list differ.", ""},
		"unknown template":           {NewDispositions{Hits: one, Disposition: HitFalsePositive, Rationale: "nonsense"}, "", "does not exist"},
		"neither":                    {NewDispositions{Hits: one, Disposition: HitFalsePositive}, "", "Rationale required"},
		"neither, inconclusive":      {NewDispositions{Hits: one, Disposition: HitUndecided}, "", ""},
		"no disposition":             {NewDispositions{Hits: one, Note: "x"}, "", "Choose a disposition"},
		"no hit":                     {NewDispositions{Disposition: HitConfirmed, Note: "x"}, "", "Select at least one hit"},
		"too many":                   {NewDispositions{Hits: make([]*idv.Hit, maxJudged+1), Disposition: HitConfirmed, Note: "x"}, "", "At most 1000 hits"},
	} {
		err := test.form.fillIn()
		if test.refuse == "" && (err != nil || test.form.Note != test.note) {
			t.Errorf("%s: %q, %v, want %q", name, test.form.Note, err, test.note)
		}
		if test.refuse != "" && (err == nil || !strings.Contains(err.Error(), test.refuse)) {
			t.Errorf("%s: %v, want %q", name, err, test.refuse)
		}
	}
	for _, r := range Rationales() {
		if text, err := rationaleFor(r.Code, r.For); text == "" || err != nil || checkText("rationale", text, MaxNoteLength) != nil {
			t.Errorf("%s: %q, %v", r.Code, text, err)
		}
	}
}

// However many hits were opened, a receipt says so in one line.
func TestShownHits(t *testing.T) {
	c := &Coverage{Hits: []ViewedHits{{"check-1", "1 to 130 of 130"}, {"check-1", HitInDetail(1)}, {"check-2", HitInDetail(7)}, {"check-1", "none of 130"}, {"check-1", HitInDetail(12)}}}
	var got []string
	for _, h := range c.ShownHits() {
		got = append(got, h.Check+": "+h.Which)
	}
	want := "check-1: 1 to 130 of 130; check-1: hits 1, 12 in detail; check-2: hit 7 in detail; check-1: none of 130"
	if got := strings.Join(got, "; "); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
