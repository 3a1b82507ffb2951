package idv

import (
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
			[]Change{{"Liveness 2", "State", "state", "Pending", "Done"}},
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
