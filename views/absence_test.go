package views

import (
	"strings"
	"testing"

	"countersign/internal/idv"
	"countersign/internal/review"
)

// findingsOf is what a page says that was found, and on what.
func findingsOf(t *testing.T, result string) string {
	t.Helper()
	decoded, err := idv.Decode([]byte(result))
	if err != nil {
		t.Fatal(err)
	}
	c := &review.Case{Session: &decoded.Session, Assessment: idv.Assess(&decoded.Session)}
	return textOf(rendering(t, findings(newCaseView(c, true))).Selection)
}

// A page says what is absent, what could not be read and what cannot be had, and takes
// none for the other.
func TestNothingIsClaimedOfWhatIsAbsent(t *testing.T) {
	const nothing, cannot = "No data was extracted from this document", "so it cannot be had"
	document := func(fields string) string {
		return `{"resources": {"id_documents": [{"id": "1"` + fields + `}]}}`
	}
	check := func(report string) string {
		return `{"checks": [{"type": "WATCHLIST_SCREENING", "state": "DONE", "report": ` + report + `}]}`
	}
	tests := []struct {
		name, result string
		says, not    string
	}{
		{"no text", document(``), nothing, cannot},
		{"a text without an ID", document(`, "document_fields": {"media": {"type": "JSON"}}`), "Extracted data: The result mentions this", nothing},
		{"a text without a medium", document(`, "document_fields": {}`), cannot, nothing},
		{"a text whose ID is none", document(`, "document_fields": {"media": {"id": "<uuid>"}}`), cannot, nothing},
		{"a text that is no object", document(`, "document_fields": "lost"`), "is not known", nothing},
		{"a portrait without an ID", document(`, "document_id_photo": {"media": {}}`), "Portrait: The result mentions this", "x"},
		{"a page without an ID", document(`, "document_type": "PASSPORT", "pages": [{"media": {}}]`), "Page 1: The result mentions this", "x"},
		{"no checks", `{}`, "There are no checks", "could not be read"},
		{"checks that are no list", `{"checks": 7}`, "The checks in this result could not be read", "There are no checks"},
		{"documents that are no list", `{"resources": {"id_documents": 7}}`, "Could not be read: Identity document", "Not in this result: Identity document"},
		{"no documents", `{"resources": {"face_capture": 7}}`, "Not in this result: Identity document", "Could not be read: Identity"},
		{"no breakdown", check(`{}`), "Yoti gave no breakdown", "The breakdown"},
		{"a breakdown that is no list", check(`{"breakdown": 7}`), "The breakdown of this check could not be read", "Yoti gave no breakdown"},
		{"no report of what is done", `{"checks": [{"type": "LIVENESS", "state": "DONE"}]}`, "no report on it", "not mean that it was approved"},
		{"results without an ID", check(`{"watchlist_summary": {"total_hits": 3, "raw_results": {"media": {}}}}`), "Search results: The result mentions this", "Review hits"},
		{"no results, and three hits", check(`{"watchlist_summary": {"total_hits": 3}}`), "counts 3 hits, but this result names no search results", "x"},
		{"no results, and no hits", check(`{"watchlist_summary": {"total_hits": 0}}`), "Total hits 0", "names no search results"},
		{"a profile without an ID", `{"checks": [{"type": "THIRD_PARTY_IDENTITY", "generated_profile": {"media": {}}}]}`, "Details used: The result mentions this", "x"},
	}
	for _, test := range tests {
		got := findingsOf(t, test.result)
		if !strings.Contains(got, test.says) || test.not != "x" && strings.Contains(got, test.not) {
			t.Errorf("%s: want %q and not %q: %s", test.name, test.says, test.not, got)
		}
	}
}

func TestHitsSummary(t *testing.T) {
	three := 3
	counted := &idv.Check{Report: &idv.Report{Watchlist: &idv.WatchlistSummary{TotalHits: &three}}}
	data := func(text string) string { return `{"content":{"data":{` + text + `}}}` }
	tests := []struct {
		name, output string
		check        *idv.Check
		says, not    string
	}{
		{"none", data(`"hits":[],"total_hits":0`), nil, "There is no hit in 1 provider answer", "not read"},
		{"none, though the check counts three", data(`"hits":[],"total_hits":0`), counted, "No hit could be read", "There is no hit"},
		{"none, though the answer counts three", data(`"hits":[],"total_hits":3`), nil, "3 hits are counted by the provider but not in its answer", "There is no hit"},
		{"absent", data(``), nil, "1 provider answer has no list of hits", "There is no hit"},
		{"null", data(`"hits":null,"total_hits":1`), counted, "The check counts 3 hits, which cannot be seen here", "There is no hit"},
		{"an object with numbers for names", data(`"hits":{"0":` + sampleHit + `}`), nil, "1 hit was read", "not read"},
		{"an object with other names", data(`"hits":{"a":7}`), nil, "No hit could be read", "There is no hit"},
	}
	for _, test := range tests {
		got := textOf(showHits(t, hitsMedium(t, test.output), idv.HitQuery{}, test.check).Selection)
		if !strings.Contains(got, test.says) || strings.Contains(got, test.not) {
			t.Errorf("%s: want %q and not %q: %s", test.name, test.says, test.not, got)
		}
	}
	if got := textOf(showHits(t, []byte(`[]`), idv.HitQuery{}, counted).Selection); !strings.Contains(got, "no answer from a provider. The check counts 3 hits") {
		t.Errorf("no answers: %s", got)
	}
}
