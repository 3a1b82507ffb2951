package idv

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

// rowsJSON is a check with rows, each "name:RESULT" or "name:RESULT:PROCESS".
func rowsJSON(kind, recommendation, reason string, rows ...string) string {
	var list []string
	for _, row := range rows {
		part := append(strings.Split(row, ":"), "")
		list = append(list, fmt.Sprintf(`{"sub_check": %q, "result": %q, "process": %q}`, part[0], part[1], part[2]))
	}
	return fmt.Sprintf(`{"type": %q, "state": "DONE", "report": {"recommendation": {"value": %q, "reason": %q}, "breakdown": [%s]}}`,
		kind, recommendation, reason, strings.Join(list, ","))
}

func TestExceptions(t *testing.T) {
	tests := []struct {
		name, body string
		want       []string
	}{
		{"clear", completed(approved), nil},
		{"rejected, with rows that say why", completed(
			rowsJSON("ID_DOCUMENT_AUTHENTICITY", "REJECT", "COUNTERFEIT", "hologram:FAIL", "document_in_date:PASS", "fraud_list_check:FAIL:EXPERT_REVIEW", "hologram_movement:FAIL")), []string{
			"verdict check-1 : Counterfeit | Document authenticity: Reject",
			"failed check-1 fraud_list_check: On the fraud list | Document authenticity: sub-check failed, expert review",
			"failed check-1 hologram: Hologram not seen; hologram does not change | Document authenticity: 2 sub-checks failed",
		}},
		{"more than are named", completed(
			rowsJSON("ID_DOCUMENT_AUTHENTICITY", "REJECT", "", "hologram:FAIL", "hologram_movement:FAIL", "document_in_date:FAIL", "mrz_validation:FAIL")), []string{
			"verdict check-1 : Document authenticity | Reject",
			"failed check-1 mrz_validation: MRZ not valid; document expired; hologram not seen and 1 more | Document authenticity: 4 sub-checks failed",
		}},
		{"the check with the gravest row first", completed(
			rowsJSON("ID_DOCUMENT_AUTHENTICITY", "REJECT", "", "hologram:FAIL"), rowsJSON("LIVENESS", "REJECT", "", "liveness_auth:FAIL")), []string{
			"verdict check-2 : Liveness | Reject",
			"failed check-2 liveness_auth: Liveness not established | Liveness: sub-check failed",
			"verdict check-1 : Document authenticity | Reject",
			"failed check-1 hologram: Hologram not seen | Document authenticity: sub-check failed",
		}},
		{"failed rows on approved checks, by gravity", completed(
			rowsJSON("ID_DOCUMENT_AUTHENTICITY", "APPROVE", "", "hologram:FAIL"), rowsJSON("ID_DOCUMENT_FACE_MATCH", "APPROVE", "", "ai_face_match:FAIL")), []string{
			"failed check-2 ai_face_match: Faces too different by score | Face match: approved, sub-check failed",
			"failed check-1 hologram: Hologram not seen | Document authenticity: approved, sub-check failed",
		}},
		{"what is unknown, before what is not available", completed(missing, rowsJSON("LIVENESS", "ESCALATE", "MOON", "aura:FAIL")), []string{
			"unknown check-2 : Unknown recommendation: ESCALATE | Liveness",
			"unknown check-2 : Unknown reason: MOON | Liveness",
			"unknown check-2 aura: Unknown sub-check: aura | Liveness",
			"failed check-2 aura: aura failed | Liveness: sub-check failed",
			"verdict check-1 : Document authenticity | Not available",
		}},
		{"no report", completed(approved, pending), []string{"verdict check-2 : Face match | No report yet"}},
		{"ongoing", `{"state": "ONGOING", "checks": [` + approved + `]}`, []string{"session  : Session ongoing | The session is ongoing: what is here is provisional."}},
		{"a document that no check used", `{"state": "COMPLETED", "resources": {"id_documents": [{"id": "a", "document_type": "PASSPORT"}, {"id": "b", "document_type": "PASSPORT"}]},
			"checks": [` + strings.Replace(approved, `"state"`, `"resources_used": ["a"], "state"`, 1) + `]}`, []string{"resource id_documents-2 : Not used in checks | Passport (2 of 2)"}},
		{"hits of an approved search", completed(`{"type": "WATCHLIST_SCREENING", "state": "DONE", "report": {"recommendation": {"value": "APPROVE"},
			"breakdown": [{"sub_check": "pep", "result": "PASS"}], "watchlist_summary": {"total_hits": 2}}}`), []string{"hits check-1 : 2 hits in the search | Watchlist screening"}},
		{"a profile", withProfile("identity_profile", `{"result": "ABORTED", "failure_reason": {"reason_code": "FRAUD_DETECTED"}}`), []string{"profile identity_profile : Fraud detected | Identity profile"}},
	}
	for _, test := range tests {
		a := assess(t, test.body)
		var got []string
		for _, e := range a.Exceptions {
			got = append(got, fmt.Sprintf("%s %s %s: %s | %s", e.Kind, e.Part, e.Row, e.Title, e.Text))
		}
		if test.name == "a profile" {
			got = got[:1]
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
		exceptionsAreWhole(t, test.name, a)
	}
}

// exceptionsAreWhole checks that nothing which keeps a result from being clear is missing.
func exceptionsAreWhole(t *testing.T, name string, a Assessment) {
	t.Helper()
	if (a.Bucket == Clear) != (len(a.Exceptions) == 0) {
		t.Errorf("%s is %s, with %d exceptions", name, a.Bucket, len(a.Exceptions))
	}
	if a.Bucket != Clear && len(a.Exceptions) < len(a.Reasons) {
		t.Errorf("%s has %d reasons and %d exceptions", name, len(a.Reasons), len(a.Exceptions))
	}
	if !slices.IsSortedFunc(a.Exceptions, func(a, b Exception) int { return a.Bucket.Concern() - b.Bucket.Concern() }) {
		t.Errorf("%s: a graver exception stands behind another: %+v", name, a.Exceptions)
	}
	failed := map[string]int{} // by the key of the check
	for _, e := range a.Exceptions {
		failed[e.Part] += e.Rows
		if e.Title == "" || e.Text == "" || e.Bucket == Clear {
			t.Errorf("%s has the exception %+v", name, e)
		}
	}
	for i := range a.Checks {
		c := &a.Checks[i]
		if c.Report == nil {
			continue
		}
		rows := len(c.Report.Failed())
		if c.Recommendation() == Approve {
			rows = c.failedLabels()
		}
		if failed[c.Key()] != rows {
			t.Errorf("%s: of %d failed sub-checks of %s, %d are exceptions", name, rows, c.Key(), failed[c.Key()])
		}
	}
}

// Of every result that there is a reading of.
func TestExceptionsAreWhole(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no archives in testdata: %v", err)
	}
	for _, path := range paths {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if d, err := Decode(archive.Files[0].Data); err == nil {
			exceptionsAreWhole(t, path, Assess(&d.Session))
		}
	}
	people, err := filepath.Glob("../yotisign/sandbox/people/*.json")
	if err != nil || len(people) == 0 {
		t.Fatalf("no people of the sandbox: %v", err)
	}
	for _, path := range people {
		body, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		exceptionsAreWhole(t, path, assess(t, string(body)))
	}
}

// A contradiction leads to its row.
func TestConflictsAreExceptions(t *testing.T) {
	s := &decode(t, completed(rowsJSON("WATCHLIST_SCREENING", "APPROVE", "", "pep:PASS"))).Session
	a := Assess(s).WithConflicts(s, func(*Check) []HitConflict { return []HitConflict{{"pep", Pass, 1}} })
	if len(a.Exceptions) != 1 || a.Exceptions[0].Kind != ExceptionConflict || a.Exceptions[0].Row != "pep" || a.Exceptions[0].Part != "check-1" {
		t.Errorf("exceptions %+v", a.Exceptions)
	}
	exceptionsAreWhole(t, "a contradiction", a)
}

func TestFailedWords(t *testing.T) {
	known := map[string]bool{}
	for i, row := range failedWords {
		if i > 0 && failedWords[i-1].name >= row.name {
			t.Errorf("%s does not stand in order", row.name)
		}
		known[row.name] = true
		checkLabel(t, row.name, row.words)
	}
	for _, c := range checkTypes {
		for _, row := range c.subChecks {
			if !known[row.name] {
				t.Errorf("no words for a failed %s", row.name)
			}
			if got := c.name.FailedWords(row.name); got == row.label {
				t.Errorf("a failed %s is called %q, as one that passed", row.name, got)
			}
		}
	}
	for name := range known {
		if !slices.ContainsFunc(checkTypes, func(c checkType) bool { _, ok := c.subChecks.find(name); return ok }) {
			t.Errorf("there is no sub-check %s", name)
		}
	}
}
