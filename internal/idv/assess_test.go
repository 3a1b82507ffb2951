package idv

import (
	"slices"
	"strings"
	"testing"
)

func assess(t testing.TB, body string) Assessment {
	t.Helper()
	return Assess(&decode(t, body).Session)
}

// checkJSON is a check with one row.
func checkJSON(kind, recommendation, result string) string {
	return `{"type": "` + kind + `", "state": "DONE", "report": {"recommendation": {"value": "` + recommendation +
		`"}, "breakdown": [{"sub_check": "document_in_date", "result": "` + result + `"}]}}`
}

func completed(checks ...string) string {
	return `{"state": "COMPLETED", "checks": [` + strings.Join(checks, ",") + `]}`
}

var (
	approved = checkJSON("ID_DOCUMENT_AUTHENTICITY", "APPROVE", "PASS")
	noted    = checkJSON("ID_DOCUMENT_AUTHENTICITY", "APPROVE", "FAIL")
	rejected = checkJSON("ID_DOCUMENT_AUTHENTICITY", "REJECT", "PASS")
	consider = checkJSON("ID_DOCUMENT_AUTHENTICITY", "CONSIDER", "PASS")
	unknown  = checkJSON("PALM_VEIN_MATCH", "APPROVE", "PASS")
	missing  = checkJSON("ID_DOCUMENT_AUTHENTICITY", "NOT_AVAILABLE", "PASS")
	pending  = `{"type": "ID_DOCUMENT_FACE_MATCH", "state": "PENDING"}`
	broken   = `{"type": "ID_DOCUMENT_FACE_MATCH", "state": "INTERNAL_ERROR"}`
)

func TestAssess(t *testing.T) {
	tests := []struct {
		name, body string
		want       Bucket
	}{
		{"all approved", completed(approved, approved), Clear},
		{"a failed row on an approval", completed(approved, noted), ClearWithNotes},
		{"a check that was not available", completed(noted, missing), NotCleared},
		{"an error at Yoti", completed(noted, broken), NotCleared},
		{"one to consider", completed(missing, consider), Investigate},
		{"an unknown type", completed(missing, unknown), Investigate},
		{"no checks", completed(), Investigate},
		{"a rejection, though all rows passed", completed(consider, unknown, rejected), Adverse},
		{"a check without a report", completed(rejected, pending), NotReady},
		{"an ongoing session", `{"state": "ONGOING", "checks": [` + rejected + `]}`, NotReady},
		{"an expired session", `{"state": "EXPIRED", "checks": [` + rejected + `]}`, Incomplete},
		{"an expired session with a check that never got a report", `{"state": "EXPIRED", "checks": [` + pending + `]}`, Incomplete},
		{"an expired session without checks", `{"state": "EXPIRED"}`, Incomplete},
		{"nothing at all", `{}`, Investigate},
		{"no state", `{"checks": [` + approved + `]}`, Investigate},
		{"a state that is not known", `{"state": "PONDERING", "checks": [` + approved + `]}`, Investigate},
		{"checks that are no list", `{"state": "COMPLETED", "checks": {}}`, Investigate},
		{"a check that cannot be read", completed(approved, `"LIVENESS"`), Investigate},
		{"a report without a recommendation", completed(`{"type": "LIVENESS", "state": "DONE", "report": {}}`), Investigate},
		{"a reason that is not known", completed(strings.Replace(approved, `"APPROVE"`, `"APPROVE", "reason": "FULL_MOON"`, 1)), Investigate},
		{"a row that is not known", completed(strings.Replace(approved, "document_in_date", "microchip_resonance", 1)), Investigate},
		{"a result that is not known", completed(checkJSON("ID_DOCUMENT_AUTHENTICITY", "APPROVE", "MAYBE")), Investigate},
		{"a row without a result", completed(checkJSON("ID_DOCUMENT_AUTHENTICITY", "APPROVE", "")), Investigate},
		{"a recommendation that is not known", completed(checkJSON("ID_DOCUMENT_AUTHENTICITY", "ESCALATE", "PASS")), Investigate},
		{"a check in a state that is not known", completed(strings.Replace(approved, "DONE", "DREAMING", 1)), Investigate},
		{"a field that is not known, in a check", completed(strings.Replace(approved, `"type"`, `"colour": 1, "type"`, 1)), ClearWithNotes},
		{"a field that is not known, beside the checks", `{"state": "COMPLETED", "colour": 1, "checks": [` + approved + `]}`, ClearWithNotes},
		{"a verdict that Countersign does not assess", `{"state": "COMPLETED", "identity_profile": {"result": "FAIL"}, "checks": [` + approved + `]}`, Investigate},
		{"an error at Yoti with an approval", completed(strings.Replace(approved, "DONE", "INTERNAL_ERROR", 1)), NotCleared},
		{"an error at Yoti with a rejection", completed(strings.Replace(rejected, "DONE", "INTERNAL_ERROR", 1)), Adverse},
		{"a report beside the state CREATED, as on Yoti's page", completed(strings.Replace(approved, "DONE", "CREATED", 1)), Clear},
		{"a check that is done without a report", completed(approved, strings.Replace(pending, "PENDING", "DONE", 1)), NotReady},
		{"a rejection in a check whose type cannot be read", completed(strings.Replace(rejected, `"ID_DOCUMENT_AUTHENTICITY"`, "7", 1)), Adverse},
		{"a field that cannot be read, beside the checks", `{"state": "COMPLETED", "user_tracking_id": 7, "checks": [` + approved + `]}`, Investigate},
		{"a resource that cannot be read", `{"state": "COMPLETED", "resources": {"id_documents": [7]}, "checks": [` + approved + `]}`, ClearWithNotes},
	}
	for _, test := range tests {
		a := assess(t, test.body)
		if a.Bucket != test.want {
			t.Errorf("%s: %s because of %q, want %s", test.name, a.Bucket, a.Reasons, test.want)
		}
		if len(a.Reasons) == 0 {
			t.Errorf("%s: no reason is given", test.name)
		}
		if !a.Bucket.Word().Known {
			t.Errorf("%s: no words for %s", test.name, a.Bucket)
		}
	}
}

// Whatever single value of a clear result becomes one that nobody knows, the result is
// not clear any more.
func TestUnknownIsNeverClear(t *testing.T) {
	const clear = `{"state": "COMPLETED", "checks": [{"type": "ID_DOCUMENT_AUTHENTICITY", "state": "DONE", "report": {` +
		`"recommendation": {"value": "APPROVE"}, "breakdown": [{"sub_check": "document_in_date", "result": "PASS"}]}}]}`
	if a := assess(t, clear); a.Bucket != Clear {
		t.Fatalf("the result to begin with is %s because of %q", a.Bucket, a.Reasons)
	}
	for _, value := range []string{"COMPLETED", "ID_DOCUMENT_AUTHENTICITY", "DONE", "APPROVE", "document_in_date", "PASS"} {
		for _, other := range []string{`"?"`, `""`, `7`, `null`, `["` + value + `"]`, `"` + value + `ED"`, `"` + strings.ToLower(value) + `X"`} {
			body := strings.Replace(clear, `"`+value+`"`, other, 1)
			if a := assess(t, body); a.Bucket == Clear || a.Bucket == ClearWithNotes {
				t.Errorf("%s in the place of %s is %s", other, value, a.Bucket)
			}
		}
	}
}

func liveness(id, recommendation, created string) string {
	return `{"id": "` + id + `", "type": "LIVENESS", "state": "DONE", "created": "` + created +
		`", "report": {"recommendation": {"value": "` + recommendation + `"}, "breakdown": [{"sub_check": "liveness_auth", "result": "PASS"}]}}`
}

func TestNewestLivenessAttemptCounts(t *testing.T) {
	const early, late = "2026-11-01T10:00:00Z", "2026-11-01T10:05:00Z"
	tests := []struct {
		name   string
		checks []string
		want   Bucket
		shown  []string // ids of the attempts that count
		under  []string // ids of those under them
	}{
		{"newest approved", []string{liveness("a", "REJECT", early), liveness("b", "APPROVE", late)}, Clear, []string{"b"}, []string{"a"}},
		{"newest approved, listed first", []string{liveness("b", "APPROVE", late), liveness("a", "REJECT", early)}, Clear, []string{"b"}, []string{"a"}},
		{"newest rejected", []string{liveness("a", "APPROVE", early), liveness("b", "REJECT", late)}, Adverse, []string{"b"}, []string{"a"}},
		{"at the same time", []string{liveness("a", "APPROVE", late), liveness("b", "REJECT", late)}, Adverse, []string{"b", "a"}, nil},
		{"one without a time", []string{liveness("a", "REJECT", ""), liveness("b", "APPROVE", late)}, Adverse, []string{"a", "b"}, nil},
		{"two at the same time after another", []string{liveness("a", "APPROVE", late), liveness("b", "REJECT", late), liveness("c", "REJECT", early)}, Adverse, []string{"b", "a"}, []string{"c"}},
		{"no times at all", []string{liveness("a", "APPROVE", ""), liveness("b", "NOT_AVAILABLE", "soon")}, NotCleared, []string{"b", "a"}, nil},
		{"three", []string{liveness("b", "REJECT", "2026-11-01T10:04:59.999Z"), liveness("c", "APPROVE", late), liveness("a", "REJECT", early)}, Clear, []string{"c"}, []string{"b", "a"}},
		{"newest still waiting", []string{liveness("a", "APPROVE", early), `{"id": "b", "type": "LIVENESS", "state": "PENDING", "created": "` + late + `"}`}, NotReady, []string{"b"}, []string{"a"}},
		{"two approved at the same time", []string{liveness("a", "APPROVE", late), liveness("b", "APPROVE", late)}, ClearWithNotes, []string{"a", "b"}, nil},
		{"two approved without a time", []string{liveness("a", "APPROVE", ""), liveness("b", "APPROVE", "")}, ClearWithNotes, []string{"a", "b"}, nil},
		{"one without a time, alone", []string{liveness("a", "APPROVE", "")}, Clear, []string{"a"}, nil},
		{"a day that another lies in", []string{liveness("a", "REJECT", "2026-11-01"), liveness("b", "APPROVE", late)}, Adverse, []string{"a", "b"}, nil},
		{"a day after another", []string{liveness("a", "REJECT", early), liveness("b", "APPROVE", "2026-11-02")}, Clear, []string{"b"}, []string{"a"}},
		{"in other forms", []string{liveness("b", "APPROVE", "20261101T110500+0100"), liveness("a", "REJECT", "2026-11-01T10:04:59,9z"), liveness("c", "REJECT", "2026-W44-7T08:04+01")}, Clear, []string{"b"}, []string{"a", "c"}},
		{"times in other zones", []string{liveness("a", "REJECT", "2026-11-01T12:00:00+02:00"), liveness("b", "APPROVE", late)}, Clear, []string{"b"}, []string{"a"}},
	}
	for _, test := range tests {
		a := assess(t, completed(test.checks...))
		var shown, under []string
		for _, c := range a.Checks {
			shown = append(shown, c.ID)
		}
		for _, current := range a.Checks {
			for _, c := range current.Earlier {
				under = append(under, c.ID)
			}
		}
		if a.Bucket != test.want || !slices.Equal(shown, test.shown) || !slices.Equal(under, test.under) {
			t.Errorf("%s: %s, shown %q, under it %q", test.name, a.Bucket, shown, under)
		}
	}
}

// Attempts of which the newest is not known say so, wherever one of them stands.
func TestUnorderedAttemptsSaySo(t *testing.T) {
	const late = "2026-11-01T10:05:00Z"
	for name, test := range map[string]struct {
		body string
		want bool
	}{
		"at the same time":  {completed(liveness("a", "REJECT", late), liveness("b", "APPROVE", late)), true},
		"without times":     {completed(liveness("a", "APPROVE", ""), liveness("b", "APPROVE", "soon")), true},
		"one after another": {completed(liveness("a", "REJECT", "2026-11-01"), liveness("b", "APPROVE", "2026-11-02")), false},
		"one":               {completed(liveness("a", "APPROVE", ""), approved), false},
	} {
		for _, c := range assess(t, test.body).Checks {
			said := slices.ContainsFunc(c.Notes, func(note string) bool {
				return strings.Contains(note, "No time says which liveness attempt is the newest")
			})
			if said != (test.want && c.Type == Liveness) {
				t.Errorf("%s: %s has notes %q", name, c.ID, c.Notes)
			}
		}
	}
}

// Only liveness has attempts: of two checks of another type both count.
func TestOtherChecksSupersedeNothing(t *testing.T) {
	older := strings.Replace(liveness("a", "REJECT", "2026-11-01T10:00:00Z"), "LIVENESS", "ID_DOCUMENT_FACE_MATCH", 1)
	newer := strings.Replace(liveness("b", "APPROVE", "2026-11-01T11:00:00Z"), "LIVENESS", "ID_DOCUMENT_FACE_MATCH", 1)
	if a := assess(t, completed(older, newer)); a.Bucket != Adverse || len(a.Checks) != 2 {
		t.Errorf("%s with %d checks, want adverse with two", a.Bucket, len(a.Checks))
	}
}

// Of two findings the graver one governs, whichever comes first and whatever the
// state of the session adds.
func TestGraverFindingGoverns(t *testing.T) {
	order := []struct {
		bucket Bucket
		check  string
	}{
		{NotReady, pending}, {Adverse, rejected}, {Investigate, consider}, {NotCleared, missing}, {ClearWithNotes, noted}, {Clear, approved},
	}
	for i, graver := range order {
		for _, lesser := range order[i:] {
			for _, body := range []string{completed(graver.check, lesser.check), completed(lesser.check, graver.check)} {
				if got := assess(t, body).Bucket; got != graver.bucket {
					t.Errorf("%s with %s is %s", graver.bucket, lesser.bucket, got)
				}
			}
		}
		for state, want := range map[string]Bucket{"ONGOING": NotReady, "EXPIRED": Incomplete} {
			body := strings.Replace(completed(graver.check), "COMPLETED", state, 1)
			if got := assess(t, body).Bucket; got != want {
				t.Errorf("%s in a session that is %s is %s", graver.bucket, state, got)
			}
		}
	}
}

func TestReasonsGoverningFirst(t *testing.T) {
	failed := strings.Replace(approved, "DONE", "INTERNAL_ERROR", 1)
	got := assess(t, completed(noted, missing, failed, broken, rejected)).Reasons
	want := []string{
		"Document authenticity (4 of 4): Reject.",
		"Document authenticity (2 of 4): Not available.",
		"Document authenticity (3 of 4): ended in an error at Yoti.",
		"Face match: ended in an error at Yoti.",
		"Document authenticity (1 of 4): Yoti approved this check although \"Document in date\" failed.",
		"Document authenticity (3 of 4): Yoti reports an error of its own in this check, although there is a report.",
		"Document authenticity (4 of 4): Recommendation and sub-checks differ: Yoti recommends rejecting this check although no sub-check failed; the recommendation governs.",
	}
	if !slices.Equal(got, want) {
		t.Errorf("reasons %q, want %q", got, want)
	}
}

func TestZeroSessionIsNotClear(t *testing.T) {
	for _, s := range []Session{
		{}, {State: SessionCompleted}, {State: SessionCompleted, Checks: []Check{{}}},
		{State: SessionCompleted, Checks: []Check{{Report: &Report{}}}},
	} {
		if b := Assess(&s).Bucket; b == Clear || b == ClearWithNotes {
			t.Errorf("%+v is %s", s, b)
		}
	}
}

func TestChecksStandInOrderOfConcern(t *testing.T) {
	a := assess(t, completed(approved, noted, broken, consider, rejected, pending))
	var got []Bucket
	for _, c := range a.Checks {
		got = append(got, c.Bucket)
	}
	want := []Bucket{Adverse, Investigate, NotCleared, NotReady, ClearWithNotes, Clear}
	if !slices.Equal(got, want) {
		t.Errorf("order %v, want %v", got, want)
	}
}

func TestVerdict(t *testing.T) {
	for body, want := range map[string]string{
		completed(approved): "Approve",
		completed(pending):  "No report yet",
		`{"state":"EXPIRED","checks":[` + pending + `]}`: "No report",
		completed(broken):           "Error at Yoti",
		completed(`7`):              "Could not be read",
		completed(`{"report": {}}`): "No recommendation",
		completed(checkJSON("LIVENESS", "ESCALATE", "PASS")):                                     "ESCALATE (unknown)",
		completed(strings.Replace(rejected, `"REJECT"`, `"REJECT", "reason": "COUNTERFEIT"`, 1)): "Reject · Counterfeit",
	} {
		if got := assess(t, body).Checks[0].Verdict(); got != want {
			t.Errorf("%s: %q, want %q", body, got, want)
		}
	}
}
