package idv

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func changes(t testing.TB, before, after string) []Change {
	t.Helper()
	found, err := Changes(decode(t, before).Canonical, decode(t, after).Canonical)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func twoDocuments(checks ...string) string {
	return `{"resources": {"id_documents": [{"id": "P", "document_type": "PASSPORT"}, {"id": "L", "document_type": "DRIVING_LICENCE"}]}, "checks": [` + strings.Join(checks, ",") + `]}`
}

func TestChanges(t *testing.T) {
	tests := []struct {
		name, before, after string
		want                []Change
	}{
		{"nothing", completed(approved), completed(approved), nil},
		{
			"a recommendation and a row", completed(consider), completed(noted),
			[]Change{
				{"Document authenticity", "Recommendation", "report.recommendation.value", "Consider", "Approve"},
				{"Document authenticity", "Document in date: result", "report.breakdown[document_in_date].result", "Pass", "Fail"},
			},
		},
		{
			"the state of the session", `{"state": "ONGOING"}`, `{"state": "COMPLETED"}`,
			[]Change{{"Session", "State", "state", "Ongoing", "Completed"}},
		},
		{
			"a report that arrived", completed(`{"type": "LIVENESS", "state": "PENDING"}`),
			completed(`{"type": "LIVENESS", "state": "DONE", "report": {"recommendation": {"value": "REJECT"}}}`),
			[]Change{
				{"Liveness", "Recommendation", "report.recommendation.value", "", "Reject"},
				{"Liveness", "State", "state", "Pending", "Done"},
			},
		},
		{
			"a check that is gone", completed(approved, `{"type": "LIVENESS"}`), completed(approved),
			[]Change{{"Liveness", "type", "type", "LIVENESS", ""}},
		},
		{
			"ids that are all the same", completed(`{"id": "x", "type": "LIVENESS", "state": "DONE"}`, `{"id": "x", "type": "LIVENESS", "state": "PENDING"}`),
			completed(`{"id": "x", "type": "LIVENESS", "state": "DONE"}`, `{"id": "x", "type": "LIVENESS", "state": "DONE"}`),
			[]Change{{"Liveness (2 of 2)", "State", "state", "Pending", "Done"}},
		},
		{
			"a row among its neighbours, by its name",
			completed(`{"type": "LIVENESS", "report": {"breakdown": [{"sub_check": "liveness_auth", "result": "PASS"}]}}`),
			completed(`{"type": "LIVENESS", "report": {"breakdown": [{"sub_check": "new"}, {"sub_check": "liveness_auth", "result": "FAIL"}]}}`),
			[]Change{
				{"Liveness", "Person present: result", "report.breakdown[liveness_auth].result", "Pass", "Fail"},
				{"Liveness", "new: sub check", "report.breakdown[new].sub_check", "", "new"},
			},
		},
		{
			"the second of two rows of one name",
			completed(`{"type": "LIVENESS", "report": {"breakdown": [{"sub_check": "liveness_auth"}, {"sub_check": "liveness_auth", "result": "PASS"}]}}`),
			completed(`{"type": "LIVENESS", "report": {"breakdown": [{"sub_check": "liveness_auth"}, {"sub_check": "liveness_auth", "result": "NEW"}]}}`),
			[]Change{{"Liveness", "Person present 2: result", "report.breakdown[liveness_auth#2].result", "Pass", "NEW"}},
		},
		{
			"a detail of a row",
			completed(`{"type": "LIVENESS", "report": {"breakdown": [{"sub_check": "liveness_auth", "details": [{"name": "confidence_score", "value": "0.6"}]}]}}`),
			completed(`{"type": "LIVENESS", "report": {"breakdown": [{"sub_check": "liveness_auth", "details": [{"name": "confidence_score", "value": "0.7"}]}]}}`),
			[]Change{{"Liveness", "Person present: Similarity score", "report.breakdown[liveness_auth].details[confidence_score].value", "0.6", "0.7"}},
		},
		{
			"a check that came", completed(approved), completed(approved, `{"type": "NEW", "state": "DONE"}`),
			[]Change{{"NEW", "type", "type", "", "NEW"}, {"NEW", "State", "state", "", "Done"}},
		},
		{
			"the state of a check without a type", completed(`{"state": "PENDING"}`), completed(`{"state": "DONE"}`),
			[]Change{{"Check without a type", "State", "state", "Pending", "Done"}},
		},
		{
			"a number that became a text, and nothing that became one", `{"a": 7, "b": null}`, `{"a": "7", "b": "null"}`,
			[]Change{{"Session", "a", "a", "7", `"7"`}, {"Session", "b", "b", "null", `"null"`}},
		},
		{
			"names that look like paths", `{"a": {"b": 1}, "a.b": 2}`, `{"a": {"b": 2}, "a.b": 2}`,
			[]Change{{"Session", "a.b", "a.b", "1", "2"}},
		},
		{
			"a check that is no object", completed(`7`), completed(`8`),
			[]Change{{"Check without a type", "Whole entry", "", "7", "8"}},
		},
		{
			"checks that became a text", completed(), `{"state": "COMPLETED", "checks": "none"}`,
			[]Change{{"Session", "checks", "checks", "[]", "none"}},
		},
		{
			"a document", `{"resources": {"id_documents": [{"id": "x", "document_type": "PASSPORT"}, {"id": "x"}]}}`,
			`{"resources": {"id_documents": [{"id": "x", "document_type": "PASSPORT"}, {"id": "x", "issuing_country": "GBR"}]}}`,
			[]Change{{"Identity document 2", "issuing_country", "issuing_country", "", "GBR"}},
		},
		{
			"a check of the second document",
			twoDocuments(`{"type": "ID_DOCUMENT_FACE_MATCH", "id": "1", "resources_used": ["P"]}`, `{"type": "ID_DOCUMENT_FACE_MATCH", "id": "2", "resources_used": ["L"], "state": "PENDING"}`),
			twoDocuments(`{"type": "ID_DOCUMENT_FACE_MATCH", "id": "1", "resources_used": ["P"]}`, `{"type": "ID_DOCUMENT_FACE_MATCH", "id": "2", "resources_used": ["L"], "state": "DONE"}`),
			[]Change{{"Face match (Driving licence)", "State", "state", "Pending", "Done"}},
		},
		{
			"an identity profile",
			`{"identity_profile": {"result": "DONE", "identity_profile_report": {"trust_framework": "UK_TFIDA", "schemes_compliance": [{"scheme": {"type": "DBS", "objective": "BASIC"}, "requirements_met": true}]}}}`,
			`{"identity_profile": {"result": "ABORTED", "failure_reason": {"reason_code": "FRAUD_DETECTED"}, "identity_profile_report": {"trust_framework": "UK_TFIDA", "schemes_compliance": [{"scheme": {"type": "DBS", "objective": "BASIC"}, "requirements_met": false}]}}}`,
			[]Change{
				{"Identity profile", "Result", "result", "Done", "Aborted"},
				{"Identity profile", "Failure reason", "failure_reason.reason_code", "", "Fraud detected"},
				{"Identity profile", "Criminal record check (DBS), Basic: requirements met", "identity_profile_report.schemes_compliance[DBS BASIC].requirements_met", "Yes", "No"},
			},
		},
		{
			"a profile that came", `{}`, `{"advanced_identity_profile": {"identity_profile_report": {"compliance": [{"trust_framework": "YOTI_GLOBAL"}]}}}`,
			[]Change{{"Advanced identity profile", "Trust framework", "identity_profile_report.compliance[YOTI_GLOBAL].trust_framework", "", "Yoti global framework"}},
		},
		{
			"a profile that is no object", `{"identity_profile": 7}`, `{"identity_profile": 8}`,
			[]Change{{"Session", "identity_profile", "identity_profile", "7", "8"}},
		},
		{
			"only the order", completed(`{"type": "LIVENESS"}`, approved), completed(approved, `{"type": "LIVENESS"}`),
			[]Change{{"Session", "Order of the entries", "", "as before", "another order"}},
		},
		{
			"a field without words", completed(approved), completed(strings.Replace(approved, `"type"`, `"colour": "red", "type"`, 1)),
			[]Change{{"Document authenticity", "colour", "colour", "", "red"}},
		},
	}
	for _, test := range tests {
		got := changes(t, test.before, test.after)
		// Verdicts first; the order within one weight is not promised.
		if diff := cmp.Diff(sorted(test.want), sorted(got)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

func sorted(list []Change) map[Change]bool {
	set := map[Change]bool{}
	for _, c := range list {
		set[c] = true
	}
	return set
}

func TestChangesVerdictsFirst(t *testing.T) {
	before := completed(`{"type": "LIVENESS", "last_updated": "a", "id": "x", "resources_used": ["a"], "report": {"x": 1, "recommendation": {"value": "APPROVE"}, "breakdown": [{"sub_check": "a", "result": "PASS"}]}}`)
	after := completed(`{"type": "LIVENESS", "last_updated": "b", "id": "x", "resources_used": ["b"], "report": {"x": 2, "recommendation": {"value": "REJECT"}, "breakdown": [{"sub_check": "a", "result": "FAIL"}]}}`)
	var got []string
	for _, c := range changes(t, before, after) {
		got = append(got, c.Path)
	}
	want := []string{"report.recommendation.value", "report.breakdown[a].result", "report.x", "resources_used[0]", "last_updated"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
}

func TestChangesOfNoResult(t *testing.T) {
	for _, text := range []string{"", "{", "[]", `{"a":1,"A":2}`, "{} {}"} {
		_, before := Changes([]byte(text), []byte("{}"))
		_, after := Changes([]byte("{}"), []byte(text))
		if !errors.Is(before, ErrInvalid) || !errors.Is(after, ErrInvalid) {
			t.Errorf("%q: errors %v and %v", text, before, after)
		}
	}
}

// Whatever changes a digest is listed.
func TestEveryChangeIsListed(t *testing.T) {
	const before = `{"state": "COMPLETED", "session_id": "s", "resources": {"id_documents": [{"id": "d", "pages": [{"frames": [{}, {}]}]}]},
		"checks": [{"type": "LIVENESS", "state": "DONE", "report": {"breakdown": [{"sub_check": "a", "details": []}]}}, {"type": "ID_DOCUMENT_AUTHENTICITY"}]}`
	for _, edit := range [][2]string{
		{`"s"`, `"t"`}, {`{}, {}`, `{}`}, {`"details": []`, `"details": null`}, {`"details": []`, `"details": [{}]`}, {`"d"`, `"D"`},
		{`"DONE"`, `"done"`}, {`"LIVENESS"`, `"FACE"`}, {`[{"id"`, `[{}, {"id"`}, {`"COMPLETED"`, `null`},
	} {
		after := strings.Replace(before, edit[0], edit[1], 1)
		if decode(t, before).Digest != decode(t, after).Digest && len(changes(t, before, after)) == 0 {
			t.Errorf("%s in the place of %s is not listed", edit[1], edit[0])
		}
	}
	swapped := completed(`{"type": "ID_DOCUMENT_AUTHENTICITY"}`, `{"type": "LIVENESS"}`)
	if got := changes(t, completed(`{"type": "LIVENESS"}`, `{"type": "ID_DOCUMENT_AUTHENTICITY"}`), swapped); len(got) != 1 {
		t.Errorf("another order gives %v", got)
	}
}

// A check whose recommendation changed has one line, with its direction.
func TestDirections(t *testing.T) {
	const pending = `{"type": "LIVENESS", "state": "PENDING"}`
	const done = `{"type": "LIVENESS", "state": "DONE", "report": {"recommendation": {"value": "REJECT"}}}`
	for _, test := range []struct {
		name, before, after string
		want                []string
	}{
		{"a report that arrived", completed(pending), completed(done), []string{"Liveness: Pending to Reject"}},
		{"a report that is gone", completed(done), completed(pending), []string{"Liveness: Reject to Pending"}},
		{"another recommendation", completed(consider), completed(approved), []string{"Document authenticity: Consider to Approve"}},
		{"a state alone", completed(pending), completed(strings.Replace(pending, "PENDING", "DONE", 1)), []string{"Liveness: Pending to Done"}},
	} {
		var got []string
		for _, c := range Directions(changes(t, test.before, test.after)) {
			got = append(got, c.Subject+": "+c.Before+" to "+c.After)
		}
		if diff := cmp.Diff(test.want, got[:min(len(got), len(test.want))]); diff != "" {
			t.Errorf("%s:\n%s", test.name, diff)
		}
		for _, line := range got[len(test.want):] {
			if strings.HasPrefix(line, "Liveness") && strings.Contains(line, "Done") {
				t.Errorf("%s: a second line: %s", test.name, line)
			}
		}
	}
}
