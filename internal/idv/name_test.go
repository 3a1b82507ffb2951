package idv

import (
	"slices"
	"testing"
)

// Where a type of check comes twice, each says which document it looked at; where that
// does not tell them apart, its captures do, or else its place among its like.
func TestNames(t *testing.T) {
	const passport, licence, selfie = `{"id": "P", "document_type": "PASSPORT", "issuing_country": "GBR"}`,
		`{"id": "L", "document_type": "DRIVING_LICENCE", "issuing_country": "GBR"}`,
		`"liveness_capture": [{"id": "S"}]`
	tests := []struct {
		name, body string
		want       []string
	}{
		{"one of a type", `{"resources": {"id_documents": [` + passport + `]}, "checks": [{"type": "ID_DOCUMENT_FACE_MATCH", "resources_used": ["P"]}]}`,
			[]string{"Face match"}},
		{"two documents", `{"resources": {"id_documents": [` + passport + `, ` + licence + `], ` + selfie + `}, "checks": [
			{"type": "ID_DOCUMENT_FACE_MATCH", "resources_used": ["S", "P"]}, {"type": "ID_DOCUMENT_FACE_MATCH", "resources_used": ["L", "S"]}, {"type": "LIVENESS", "resources_used": ["S"]}]}`,
			[]string{"Face match (Passport, United Kingdom)", "Face match (Driving licence, United Kingdom)", "Liveness"}},
		{"two of one kind", `{"resources": {"id_documents": [` + passport + `, {"id": "Q", "document_type": "PASSPORT", "issuing_country": "GBR"}]}, "checks": [
			{"type": "ID_DOCUMENT_AUTHENTICITY", "resources_used": ["Q"]}, {"type": "ID_DOCUMENT_AUTHENTICITY", "resources_used": ["P"]}]}`,
			[]string{"Document authenticity (Passport, United Kingdom (2 of 2))", "Document authenticity (Passport, United Kingdom (1 of 2))"}},
		{"twice on one document", `{"resources": {"id_documents": [` + passport + `]}, "checks": [
			{"type": "ID_DOCUMENT_AUTHENTICITY", "resources_used": ["P"]}, {"type": "ID_DOCUMENT_AUTHENTICITY", "resources_used": ["P"]}]}`,
			[]string{"Document authenticity (Passport, United Kingdom, 1 of 2)", "Document authenticity (Passport, United Kingdom, 2 of 2)"}},
		{"one document with two captures", `{"resources": {"id_documents": [` + passport + `], ` + selfie + `, "face_capture": [{"id": "F"}]}, "checks": [
			{"type": "ID_DOCUMENT_FACE_MATCH", "resources_used": ["P", "S"]}, {"type": "ID_DOCUMENT_FACE_MATCH", "resources_used": ["F", "P"]}]}`,
			[]string{"Face match (Passport, United Kingdom and Liveness capture 1)", "Face match (Passport, United Kingdom and Face capture 1)"}},
		{"on no resource that is there", `{"checks": [{"type": "WATCHLIST_SCREENING"}, {"type": "WATCHLIST_SCREENING", "resources_used": ["gone"]}]}`,
			[]string{"Watchlist screening (1 of 2)", "Watchlist screening (2 of 2)"}},
		{"comparisons", `{"resources": {"id_documents": [` + passport + `, ` + licence + `]}, "checks": [
			{"type": "ID_DOCUMENT_COMPARISON", "resources_used": ["P", "L"]}, {"type": "ID_DOCUMENT_COMPARISON", "resources_used": ["P"]}]}`,
			[]string{"Document comparison (Passport, United Kingdom and Driving licence, United Kingdom)", "Document comparison (Passport, United Kingdom)"}},
		{"attempts", `{"resources": {"liveness_capture": [{"id": "S"}, {"id": "T"}]}, "checks": [{"type": "LIVENESS", "resources_used": ["S"]}, {"type": "LIVENESS", "resources_used": ["T"]}]}`,
			[]string{"Liveness (Liveness capture 1)", "Liveness (Liveness capture 2)"}},
		{"one id for all", `{"resources": {"id_documents": [{"id": "1", "document_type": "PASSPORT"}], "supplementary_documents": [{"id": "1"}, {"id": "1"}, {"id": "1"}]}, "checks": [
			{"type": "LIVENESS", "resources_used": ["1", "1"]}, {"type": "LIVENESS"}]}`,
			[]string{"Liveness (Passport, Supporting document 1, Supporting document 2 and others)", "Liveness"}},
		{"hidden signs", `{"resources": {"id_documents": [{"id": "1", "document_type": "A\u202eB"}]}, "checks": [{"type": "X\u202e", "resources_used": ["1"]}, {"type": "X\u202e"}]}`,
			[]string{"X⟨U+202E⟩ (A⟨U+202E⟩B)", "X⟨U+202E⟩"}},
	}
	for _, test := range tests {
		s := decode(t, test.body).Session
		var names []string
		for i := range s.Checks {
			names = append(names, s.Checks[i].Name())
		}
		if !slices.Equal(names, test.want) {
			t.Errorf("%s: names are %q, want %q", test.name, names, test.want)
		}
	}
}
