package idv

import (
	"strings"
	"testing"
)

// A state says nothing of checks that are not there.
func TestStateMeaning(t *testing.T) {
	tests := []struct{ name, body, want string }{
		{"all ended", completed(approved), "All checks have ended"},
		{"no checks", completed(), "this result has no checks"},
		{"checks absent", `{"state": "COMPLETED"}`, "this result has no checks"},
		{"checks unreadable", `{"state": "COMPLETED", "checks": "none"}`, "could not be read"},
		{"one without a report", completed(approved, pending), "1 of 2 checks in this result have no report"},
		{"one that cannot be read", completed(approved, `"none"`), "1 of 2 checks in this result have no report, or none that could be read"},
		{"ongoing", `{"state": "ONGOING"}`, "only a resent envelope"},
	}
	for _, test := range tests {
		s := decode(t, test.body).Session
		if got := s.StateMeaning(); !strings.Contains(got, test.want) || strings.Contains(got, "All checks") != strings.Contains(test.want, "All checks") {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

func TestWhyNoReport(t *testing.T) {
	for state, want := range map[string]string{
		`"DONE"`: "has no report on it", `"CREATED"`: "set up", `"PENDING"`: "no outcome yet", `"INTERNAL_ERROR"`: "fault at Yoti",
		`""`: "does not say", `"RESTING"`: "does not know its state", `"DONE", "report": "lost"`: "could not be read",
	} {
		c := decode(t, completed(`{"type": "LIVENESS", "state": `+state+`}`)).Session.Checks[0]
		if got := c.WhyNoReport(); !strings.Contains(got, want) {
			t.Errorf("state %s: %q, want %q", state, got, want)
		}
	}
}

// A list that could not be read is not an empty one.
func TestHas(t *testing.T) {
	tests := []struct {
		body  string
		n     int
		known bool
	}{
		{`{}`, 0, true},
		{`{"resources": {"id_documents": []}}`, 0, true},
		{`{"resources": {"id_documents": [{}]}}`, 1, true},
		{`{"resources": {"id_documents": "two"}}`, 0, false},
		{`{"resources": {"face_capture": "two"}}`, 0, true},
		{`{"resources": 7}`, 0, false},
	}
	for _, test := range tests {
		s := decode(t, test.body).Session
		if n, known := s.Has(IDDocuments); n != test.n || known != test.known {
			t.Errorf("%s: %d, known %t", test.body, n, known)
		}
	}
}

// A medium without an ID is there, and cannot be had.
func TestUnobtainable(t *testing.T) {
	for fields, want := range map[string]bool{
		`{}`: true, `{"media": null}`: true, `{"media": {}}`: true, `{"media": {"id": "<uuid>"}}`: true,
		`{"media": {"id": "c69ff2db-6caf-4e74-8386-037711bbc8d7"}}`: false,
	} {
		s := decode(t, `{"resources": {"id_documents": [{"document_fields": `+fields+`}]}}`).Session
		m := s.Resources[0].Medium(FieldDocumentFields)
		if m == nil || m.Unobtainable() != want {
			t.Errorf("%s: %v, want unobtainable %t", fields, m, want)
		}
		if document := s.IdentityDocument(); (document == nil) != want {
			t.Errorf("%s: the text of the session is that of %v", fields, document)
		}
	}
	s := decode(t, `{"resources": {"id_documents": [{"document_fields": null}, {}]}}`).Session
	if s.Resources[0].Medium(FieldDocumentFields) != nil || s.Resources[1].Medium(FieldDocumentFields) != nil {
		t.Error("what is absent counts as there")
	}
}
