package review

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"countersign/internal/idv"
	"countersign/internal/ledger"
)

// result reads a completed session with the checks.
func result(t *testing.T, checks string) (*idv.Session, idv.Assessment) {
	t.Helper()
	d, err := idv.Decode([]byte(`{"session_id":"s","state":"COMPLETED","checks":[` + checks + `]}`))
	if err != nil {
		t.Fatal(err)
	}
	return &d.Session, idv.Assess(&d.Session)
}

// check is a check with a recommendation and one row.
func check(kind, recommendation, row string) string {
	return `{"type":"` + kind + `","state":"DONE","report":{"recommendation":{"value":"` + recommendation +
		`"},"breakdown":[{"sub_check":"liveness_auth","result":"` + row + `"}]}}`
}

func TestSecondReview(t *testing.T) {
	const (
		clear  = "clear"
		notes  = "with notes"
		reject = "reject"
		asks   = "consider"
		no     = "not available"
		none   = "no checks"
	)
	results := map[string]string{
		clear: check("LIVENESS", "APPROVE", "PASS"), notes: check("LIVENESS", "APPROVE", "FAIL"), reject: check("LIVENESS", "REJECT", "PASS"),
		asks: check("LIVENESS", "CONSIDER", "PASS"), no: check("LIVENESS", "NOT_AVAILABLE", "PASS"), none: "",
	}
	for _, test := range []struct {
		policy  SecondReview
		result  string
		verdict Verdict
		want    Second
	}{
		{SecondAdverse, clear, Approve, NotNeeded},
		{SecondAdverse, notes, Approve, NotNeeded},
		{SecondAdverse, reject, Approve, Awaited},
		{SecondAdverse, asks, Approve, Awaited},
		{SecondAdverse, no, Approve, Awaited},
		{SecondAdverse, none, Approve, Awaited},
		{SecondAdverse, clear, Reject, Awaited},
		{SecondAdverse, notes, Reject, Awaited},
		{SecondAdverse, reject, Reject, Awaited},
		{SecondAdverse, reject, Refer, NotNeeded},
		{"", reject, Approve, Awaited},
		{"", clear, Approve, NotNeeded},
		{SecondNever, reject, Approve, NotNeeded},
		{SecondAlways, clear, Approve, Awaited},
		{SecondAlways, clear, Refer, NotNeeded},
	} {
		_, a := result(t, results[test.result])
		got, rule := Policy{Second: test.policy}.secondReview(test.verdict, a)
		if got != test.want || rule == "" {
			t.Errorf("%q, %s of a result that is %s: %s (%s), want %s", test.policy, test.verdict, test.result, got, rule, test.want)
		}
	}
}

func TestWhatAVerdictNeeds(t *testing.T) {
	hits := `{"type":"WATCHLIST_SCREENING","state":"DONE","report":{"recommendation":{"value":"APPROVE"},"watchlist_summary":{"total_hits":2},"breakdown":[]}}`
	for _, test := range []struct {
		checks  string
		verdict Verdict
		reasons []string
		note    string
		want    string // part of the refusal; empty for none
	}{
		{check("LIVENESS", "APPROVE", "PASS"), Approve, []string{"verified"}, "", ""},
		{check("LIVENESS", "APPROVE", "FAIL"), Approve, []string{"verified"}, "", "not clear (Clear, with notes)"},
		{check("LIVENESS", "REJECT", "PASS"), Approve, []string{"explained"}, " \n", "not clear (Adverse)"},
		{check("LIVENESS", "REJECT", "PASS"), Approve, []string{"explained"}, "I saw it.", ""},
		{check("LIVENESS", "APPROVE", "PASS"), Reject, []string{"fraud"}, "", "why you reject"},
		{check("LIVENESS", "APPROVE", "PASS"), Refer, []string{"conflict"}, "", "next person"},
		{check("LIVENESS", "APPROVE", "PASS"), Refer, []string{"conflict"}, "Mine.", ""},
		{check("LIVENESS", "APPROVE", "PASS"), Approve, nil, "", "at least one reason"},
		{check("LIVENESS", "APPROVE", "PASS"), Approve, []string{"verified", "made-up"}, "", "does not go with"},
		{check("LIVENESS", "APPROVE", "PASS"), Approve, []string{"made-up"}, "", "does not go with"},
		{check("LIVENESS", "APPROVE", "PASS"), "perhaps", []string{"verified"}, "x", "choose a verdict"},
		{check("LIVENESS", "APPROVE", "PASS"), "", nil, "x", "choose a verdict"},
		{check("LIVENESS", "APPROVE", "PASS"), Approve, []string{"verified"}, "bell\x07", "cannot be recorded as text"},
		{check("LIVENESS", "APPROVE", "PASS"), Approve, []string{"verified"}, strings.Repeat("x", MaxNoteLength+1), "at most 10000"},
		{check("LIVENESS", "APPROVE", "FAIL"), Approve, []string{"verified"}, "", "1 failed sub-check on an approved check"},
		{hits, Approve, []string{"verified"}, "", "hits are unresolved"},
		{hits, Reject, []string{"watchlist"}, "Seen.", ""},
	} {
		s, a := result(t, test.checks)
		statement := &Statement{HitReviews: hitReviews(a, idv.Digest{}, nil, nil)}
		desk := &Desk{}
		f := DecisionForm{Verdict: test.verdict, Reasons: test.reasons, Note: test.note}
		err := desk.checkDecisionForm(t.Context(), f, statement, a)
		switch {
		case test.want == "" && err != nil:
			t.Errorf("%s with %q on %s: %v", test.verdict, test.note, s.State, err)
		case test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)):
			t.Errorf("%s with %q: %v, want %q", test.verdict, test.note, err, test.want)
		}
	}
}

// What a verdict asks for is said before it is sent, and what is refused without a note was
// said to require one.
func TestNoteIsAskedForBeforehand(t *testing.T) {
	const two = `{"type":"ID_DOCUMENT_AUTHENTICITY","state":"DONE","report":{"recommendation":{"value":"APPROVE"},"breakdown":[{"sub_check":"hologram","result":"FAIL"},{"sub_check":"document_in_date","result":"FAIL"}]}}`
	for _, test := range []struct{ checks, want string }{
		{check("LIVENESS", "APPROVE", "PASS"), ""},
		{check("LIVENESS", "APPROVE", "FAIL"), "1 failed sub-check on an approved check"},
		{two, "2 failed sub-checks on an approved check"},
		{two + "," + check("LIVENESS", "APPROVE", "FAIL"), "3 failed sub-checks on approved checks"},
		{strings.Replace(check("LIVENESS", "APPROVE", "FAIL"), `"state"`, `"colour":1,"state"`, 1), "1 failed sub-check on an approved check, 1 other point in the assessment"},
		{strings.Replace(check("LIVENESS", "APPROVE", "PASS"), `"state"`, `"colour":1,"state"`, 1), "1 point in the assessment"},
		{check("LIVENESS", "REJECT", "FAIL"), "the result is not clear (Adverse)"},
		{listing("media-1", "3"), "the result is not clear (Investigate); 3 watchlist hits not reviewed"},
	} {
		s, a := result(t, test.checks)
		c := &Case{Session: s, Assessment: a}
		for _, p := range (&Desk{}).VerdictOptions(c) {
			if p.Verdict == Approve && p.Note != test.want || p.Verdict != Approve && p.Note == "" {
				t.Errorf("%s of %s asks for %q, want %q", p.Verdict, test.checks, p.Note, test.want)
			}
			if p.Verdict == Approve && p.Second == NotNeeded && a.Bucket != idv.Clear && strings.Contains(p.Rule, "result is clear") {
				t.Errorf("a result that is %s is called clear: %s", a.Bucket, p.Rule)
			}
		}
	}
}

func TestContradictionsHaveReasons(t *testing.T) {
	_, a := result(t, check("LIVENESS", "REJECT", "PASS")+","+check("ID_DOCUMENT_FACE_MATCH", "CONSIDER", "PASS"))
	form := DecisionForm{Note: "the note", Contradictions: map[string]string{"check-2": "the face\r\nfits"}}
	list, faults := acceptedContradictions(form, a, false)
	want := []Contradiction{{"check-1", "LIVENESS", "REJECT", "the note"}, {"check-2", "ID_DOCUMENT_FACE_MATCH", "CONSIDER", "the face\nfits"}}
	slices.SortFunc(list, func(a, b Contradiction) int { return strings.Compare(a.Check, b.Check) })
	if faults != nil || !slices.Equal(list, want) {
		t.Errorf("%+v, %v", list, faults)
	}
	form.Note, form.Contradictions["check-2"] = "", "bell\x07"
	if _, faults := acceptedContradictions(form, a, true); len(faults) != 1 || faults[0].Field != FieldAgainst("check-2") {
		t.Errorf("a missing note and a reason that is no text: %+v", faults)
	}
}

// The note may be the reason of each of very many checks; a decision does not hold it
// without end.
func TestContradictionsWithoutEnd(t *testing.T) {
	var checks []string
	for range 1000 {
		checks = append(checks, check("LIVENESS", "REJECT", "PASS"))
	}
	_, a := result(t, strings.Join(checks, ","))
	if list, faults := acceptedContradictions(DecisionForm{Note: strings.Repeat("x", 4000)}, a, false); faults != nil || len(list) != 1000 {
		t.Errorf("%d contradictions, %v", len(list), faults)
	}
	if list, faults := acceptedContradictions(DecisionForm{Note: strings.Repeat("x", 5000)}, a, false); len(faults) != 1 {
		t.Errorf("%d contradictions, %v", len(list), faults)
	}
}

func TestParseReason(t *testing.T) {
	r, err := ParseReason("approve:vouched= The branch vouches = knows them ")
	if err != nil || r != (Reason{Approve, "vouched", "The branch vouches = knows them"}) {
		t.Errorf("%+v, %v", r, err)
	}
	for _, bad := range []string{"", "approve", "approve:x", "approve:=Words", "approve:x=", "approve:X=Words", "approve:a b=Words", "perhaps:x=Words"} {
		if r, err := ParseReason(bad); err == nil {
			t.Errorf("%q is %+v", bad, r)
		}
	}
	own := Policy{Own: []Reason{r}}
	if list := own.Reasons(Approve); list[len(list)-1] != r || slices.Contains(own.Reasons(Reject), r) {
		t.Errorf("reasons are %+v", list)
	}
}

// record makes the record of entries that follow on each other.
func record(t *testing.T, list ...Recorded) *Record {
	t.Helper()
	for i := range list {
		list[i].Seq = int64(i + 1)
		list[i].At = time.Date(2026, 3, 4, 12, i, 0, 0, time.UTC)
		if list[i].Facts == "" {
			list[i].Facts = "{}"
		}
	}
	r, err := ReadRecord(list)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func decided(verdict Verdict, second Second, about int64) Recorded {
	content, _ := json.Marshal(Statement{Verdict: verdict})
	return Recorded{Entry: ledger.Entry{Act: ActDecision, About: about, Facts: Facts{Verdict: verdict, Second: second}.String()}, Content: content}
}

func answered(act ledger.Act, about int64) Recorded {
	return Recorded{Entry: ledger.Entry{Act: act, About: about}, Content: []byte("why")}
}

func TestStatesOfADecision(t *testing.T) {
	for name, test := range map[string]struct {
		list []Recorded
		want []DecisionState // newest first
	}{
		"stands at once":             {[]Recorded{decided(Approve, NotNeeded, 0)}, []DecisionState{Confirmed}},
		"awaits":                     {[]Recorded{decided(Approve, Awaited, 0)}, []DecisionState{Proposed}},
		"agreed":                     {[]Recorded{decided(Approve, Awaited, 0), answered(ActAgreed, 1)}, []DecisionState{Confirmed}},
		"disagreed":                  {[]Recorded{decided(Approve, Awaited, 0), answered(ActDisagreed, 1)}, []DecisionState{Declined}},
		"withdrawn":                  {[]Recorded{decided(Approve, NotNeeded, 0), answered(ActWithdrawn, 1)}, []DecisionState{Withdrawn}},
		"agreed, then withdrawn":     {[]Recorded{decided(Approve, Awaited, 0), answered(ActAgreed, 1), answered(ActWithdrawn, 1)}, []DecisionState{Withdrawn}},
		"superseded":                 {[]Recorded{decided(Approve, Awaited, 0), decided(Reject, NotNeeded, 1)}, []DecisionState{Confirmed, Superseded}},
		"anew after a disagreement":  {[]Recorded{decided(Approve, Awaited, 0), answered(ActDisagreed, 1), decided(Reject, Awaited, 0)}, []DecisionState{Proposed, Declined}},
		"without a word on a second": {[]Recorded{decided(Approve, "", 0)}, []DecisionState{Proposed}},
	} {
		var got []DecisionState
		for _, d := range record(t, test.list...).Decisions {
			got = append(got, d.State)
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: %v, want %v", name, got, test.want)
		}
	}
}

func TestRecordThatDoesNotFit(t *testing.T) {
	for name, list := range map[string][]Recorded{
		"no facts":               {{Entry: ledger.Entry{Act: ActNote, Facts: "x"}}},
		"answer to nothing":      {answered(ActAgreed, 7)},
		"statement of no form":   {{Entry: ledger.Entry{Act: ActDecision, Facts: "{}"}, Content: []byte("x")}},
		"disposition of no form": {{Entry: ledger.Entry{Act: ActDisposition, Facts: "{}"}, Content: []byte("[]")}},
	} {
		if _, err := ReadRecord(list); err == nil {
			t.Errorf("%s: it was read", name)
		}
	}
}

// hit is an entry of a list.
func hit(entity, json string, lists ...string) *idv.Hit {
	return &idv.Hit{EntityID: entity, Types: lists, JSON: json}
}

// listed is a watchlist check whose search results stand in a medium.
func listed(medium string) *idv.Check {
	return &idv.Check{Type: idv.WatchlistScreening, Report: &idv.Report{Watchlist: &idv.WatchlistSummary{RawResults: &idv.Media{ID: medium}}}}
}

// listing is such a check as Yoti writes it.
func listing(medium, hits string) string {
	return `{"type":"WATCHLIST_SCREENING","state":"DONE","report":{"recommendation":{"value":"CONSIDER"},"watchlist_summary":{"total_hits":` + hits +
		`,"raw_results":{"media":{"id":"` + medium + `"}}},"breakdown":[]}}`
}

func judged(t *testing.T, h *idv.Hit, d Disposition, note string) Recorded {
	t.Helper()
	n := NewDispositions{Check: listed("media-1"), Hits: []*idv.Hit{h}, Disposition: d, Note: note}
	contents, err := n.Contents()
	if err != nil {
		t.Fatal(err)
	}
	return Recorded{Entry: ledger.Entry{Act: ActDisposition, Facts: Facts{Disposition: d}.String(), Snapshot: idv.Digest{1}}, Content: contents[0]}
}

// A hit is the same as long as its entity and its lists are.
func TestDispositionsAreCarried(t *testing.T) {
	before := hit("E1", `{"a":1}`, "pep", "sanction")
	r := record(t, judged(t, before, HitUndecided, ""), judged(t, before, HitFalsePositive, "another year"), judged(t, hit("E2", "{}", "pep"), HitConfirmed, "it is him"))
	standing := r.CurrentDispositions()
	same := standing[HitKeyOf(hit("E1", `{"a":1}`, "sanction", "pep")).ID()]
	if same == nil || same.Disposition != HitFalsePositive || same.Changed(before) || !same.CarriedTo(idv.Digest{2}) || same.CarriedTo(idv.Digest{1}) {
		t.Errorf("the same hit: %+v", same)
	}
	if again := hit("E1", `{"a":2}`, "sanction", "pep"); !standing[HitKeyOf(again).ID()].Changed(again) {
		t.Error("the list says something else, and nobody is told")
	}
	for _, other := range []*idv.Hit{hit("E1", `{"a":1}`, "sanction"), hit("E1", `{"a":1}`, "pep", "sanction", "warning"), hit("E3", `{"a":1}`, "pep", "sanction")} {
		if j := standing[HitKeyOf(other).ID()]; j != nil {
			t.Errorf("another hit is held for %s", j.Disposition)
		}
	}
}

// Nobody's judgement of a hit counts for another hit, of another list or another check.
func TestUndecidedHits(t *testing.T) {
	r := record(t, judged(t, hit("E1", "{}"), HitFalsePositive, "x"), judged(t, hit("E2", "{}"), HitConfirmed, "x"), judged(t, hit("E3", "{}"), HitUndecided, ""))
	same, other := idv.Digest{1}, idv.Digest{2} // they were judged in the first
	for name, test := range map[string]struct {
		digest idv.Digest
		checks string
		want   int
	}{
		"the same result":       {same, listing("media-1", "3"), 1},
		"the same list":         {other, listing("media-1", "3"), 1},
		"a longer list":         {other, listing("media-2", "5"), 5},
		"another list":          {other, listing("media-2", "2"), 2},
		"a further check":       {same, listing("media-1", "3") + "," + listing("media-2", "2"), 3},
		"a further check later": {other, listing("media-1", "3") + "," + listing("media-2", "2"), 3},
		"fewer than judged":     {same, listing("media-1", "1"), 0},
	} {
		s, a := result(t, test.checks)
		if n, _, unknown := openHits(hitReviews(a, test.digest, r.HitsOn(s), nil)); n != test.want || unknown {
			t.Errorf("%s: %d are undecided, %t; want %d", name, n, unknown, test.want)
		}
	}
}

// One tick never puts two reasons on record.
func TestReasonsHaveCodesOfTheirOwn(t *testing.T) {
	var p Policy
	for _, text := range []string{"approve:vouched=A", "reject:vouched=B"} {
		if err := p.AddReason(text); err != nil {
			t.Error(err)
		}
	}
	for _, text := range []string{"approve:vouched=C", "approve:verified=D", "approve"} {
		if err := p.AddReason(text); err == nil {
			t.Errorf("%s was added", text)
		}
	}
	if len(p.Own) != 2 {
		t.Errorf("own reasons are %v", p.Own)
	}
}

// Hits of which the provider gives no ID are not all held for what one of them is.
func TestHitsWithoutAnIDAreNotTheSame(t *testing.T) {
	one, other := hit("", `{"doc":{"name":"A"}}`, "pep"), hit("", `{"doc":{"name":"B"}}`, "pep")
	standing := record(t, judged(t, one, HitFalsePositive, "another year")).CurrentDispositions()
	if standing[HitKeyOf(one).ID()] == nil {
		t.Error("the hit that was judged is not known again")
	}
	if j := standing[HitKeyOf(other).ID()]; j != nil {
		t.Errorf("a hit that nobody judged is held for %s", j.Disposition)
	}
}

func TestTimelineIsOneStory(t *testing.T) {
	at := func(minute int) time.Time { return time.Date(2026, 3, 4, 12, minute, 0, 0, time.UTC) }
	f := File{
		History: []Snapshot{{First: at(3), FirstBy: "bob"}, {First: at(0), FirstBy: "ann"}},
		Record: record(t, Recorded{Entry: ledger.Entry{Act: ActNote, Name: "ann"}, Content: []byte("hm")}, // at minute 0
			decided(Approve, Awaited, 0), answered(ActAgreed, 2), answered(ActWithdrawn, 2),
			judged(t, hit("E1", "{}"), HitConfirmed, "x"), judged(t, hit("E2", "{}"), HitConfirmed, "x")),
	}
	f.Record.Dispositions[0].At = f.Record.Dispositions[1].At // as of one form
	var got []string
	for _, e := range Timeline(&f, []ViewSummary{{At: at(1), By: "cy", Times: 2}}) {
		got = append(got, string(e.Kind))
	}
	want := "judged withdrawn changed seconded decided opened noted fetched"
	if strings.Join(got, " ") != want {
		t.Errorf("the story is %v, want %s", got, want)
	}
}
