package idv

import (
	"slices"
	"testing"
)

func TestConflicts(t *testing.T) {
	on := func(lists ...string) Hit { return Hit{Types: lists} }
	from := func(list string) Hit { return Hit{Sources: []HitSource{{Types: []string{list}}}} }
	const sanctionPassed, warningFailed = `"Sanctions" passed although 1 hit of the search stands on such a list.`, `"Warnings" failed although no hit of the search stands on such a list.`
	rows := func(pairs ...string) []SubCheck {
		var list []SubCheck
		for i := 0; i < len(pairs); i += 2 {
			list = append(list, SubCheck{Name: pairs[i], Result: Result(pairs[i+1])})
		}
		return list
	}
	two := 2
	for _, test := range []struct {
		name   string
		rows   []SubCheck
		search Search
		want   []string
	}{
		{"a hit on the list that passed", rows("sanction", "PASS"), Search{Hits: []Hit{on("sanction")}}, []string{sanctionPassed}},
		{"named by a source alone", rows("sanction", "PASS"), Search{Hits: []Hit{from("sanction")}}, []string{sanctionPassed}},
		{"a sort of the list", rows("pep", "PASS"), Search{Hits: []Hit{on("pep-class-2"), on("pep")}}, []string{`"PEP (politically exposed person)" passed although 2 hits of the search stand on such a list.`}},
		{"adverse media", rows("adverse_media", "PASS"), Search{Hits: []Hit{on("adverse-media-fraud")}}, []string{`"Adverse media" passed although 1 hit of the search stands on such a list.`}},
		{"fitness and probity", rows("fitness_probity", "PASS"), Search{Hits: []Hit{on("fitness-probity")}}, []string{`"Fitness and probity" passed although 1 hit of the search stands on such a list.`}},
		{"a profile as a whole", rows("custom_search", "PASS"), Search{Hits: []Hit{on("odd")}}, []string{`"Search profile as a whole" passed although 1 hit of the search stands on such a list.`}},
		{"another list", rows("sanction", "PASS", "pep", "FAIL"), Search{Hits: []Hit{on("pep")}}, nil},
		{"a list that only begins alike", rows("pep", "PASS"), Search{Hits: []Hit{on("pepper")}}, nil},
		{"no hit", rows("sanction", "PASS"), Search{}, nil},
		{"failed beside a hit", rows("sanction", "FAIL"), Search{Hits: []Hit{on("sanction")}}, nil},
		{"failed beside none", rows("warning", "FAIL"), Search{HitsListed: true, Hits: []Hit{on("pep")}}, []string{warningFailed}},
		{"failed beside none that was given", rows("warning", "FAIL"), Search{HitsListed: true, TotalHits: &two, Hits: []Hit{on("pep")}}, nil},
		{"failed beside none that was read", rows("warning", "FAIL"), Search{HitsListed: true, Broken: []BrokenHit{{}}}, nil},
		{"failed beside an answer that was not read", rows("warning", "FAIL"), Search{Unread: &Unread{}}, nil},
		{"no result", rows("sanction", ""), Search{Hits: []Hit{on("sanction")}}, nil},
		{"not about lists", rows("deceased", "PASS"), Search{Hits: []Hit{on("sanction")}}, nil},
	} {
		c := &Check{Type: WatchlistScreening, Report: &Report{Breakdown: test.rows}}
		var got []string
		for _, conflict := range c.Conflicts(&HitList{Searches: []Search{test.search}}) {
			got = append(got, c.ConflictText(conflict))
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

// A contradiction is a note of the result that was clear without it, and takes no side.
func TestConflictsStandInTheAssessment(t *testing.T) {
	s, err := Decode([]byte(spotless))
	if err != nil {
		t.Fatal(err)
	}
	a := Assess(&s.Session)
	with := a.WithConflicts(&s.Session, func(c *Check) []HitConflict {
		if c.Type != WatchlistAdvanced {
			return nil
		}
		return []HitConflict{{"sanction", Pass, 1}}
	})
	want := []string{`Advanced watchlist search: "Sanctions" passed although 1 hit of the search stands on such a list.`}
	if with.Bucket != ClearWithNotes || !slices.Equal(with.Reasons, want) || !slices.Equal(with.Conflicts, want) {
		t.Errorf("%s because of %q, in conflict %q; want %q", with.Bucket, with.Reasons, with.Conflicts, want)
	}
	if a.Bucket != Clear || len(a.Conflicts) > 0 {
		t.Errorf("the assessment before became %s", a.Bucket)
	}
	for _, c := range a.Checks {
		if c.Bucket != Clear {
			t.Errorf("%s became %s", c.Type, c.Bucket)
		}
	}
	if none := a.WithConflicts(&s.Session, func(*Check) []HitConflict { return nil }); none.Bucket != Clear {
		t.Errorf("without a conflict it is %s", none.Bucket)
	}
}
