package idv

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func ticketOf(t *testing.T, body string) *Ticket {
	t.Helper()
	d := decode(t, body)
	return &Ticket{Session: &d.Session, Assessment: Assess(&d.Session), Digest: d.Digest}
}

// A ticket says in Yoti's own names how each check turned out, the worst first.
func TestTicket(t *testing.T) {
	ticket := ticketOf(t, `{"session_id": "7fe191a6-034c-4003-bf3c-78ac2439cd1f", "state": "COMPLETED", "checks": [
		{"type": "ID_DOCUMENT_TEXT_DATA_CHECK", "state": "DONE", "report": {"recommendation": {"value": "APPROVE"}, "breakdown": [
			{"sub_check": "text_data_readable", "result": "PASS"}]}},
		{"id": "d3b9089d-9693-480c-9222-7180701802d4", "type": "ID_DOCUMENT_AUTHENTICITY", "state": "DONE", "created": "2026-11-11T15:52:37.372Z",
			"last_updated": "2026-11-11T15:52:48Z", "report": {"recommendation": {"value": "REJECT", "reason": "COUNTERFEIT"}, "breakdown": [
			{"sub_check": "document_in_date", "result": "PASS"}, {"sub_check": "no_sign_of_forgery", "result": "FAIL"},
			{"sub_check": "palm_vein", "result": "FAIL"}, {"sub_check": "hologram", "result": "NOT_AVAILABLE"}]}},
		{"type": "LIVENESS", "state": "PENDING"}]}`)
	var err error
	if ticket.Recipient, err = ParseRecipientID("7c9e6679-7425-40de-944b-e07fc1f90ae7"); err != nil {
		t.Fatal(err)
	}
	ticket.First = time.Date(2026, 11, 11, 16, 0, 0, 0, time.UTC)
	ticket.Fetched = ticket.First.Add(time.Hour)
	ticket.Link = "https://desk.example/recipients/x"
	want := `Recipient:  7c9e6679-7425-40de-944b-e07fc1f90ae7
Session:    7fe191a6-034c-4003-bf3c-78ac2439cd1f, COMPLETED
Assessment: Not ready (not-ready)
Result:     SHA-256 ` + ticket.Digest.String() + `
Fetched:    2026-11-11T17:00:00Z, first 2026-11-11T16:00:00Z
Link:       https://desk.example/recipients/x

ID_DOCUMENT_AUTHENTICITY (check-2)
  Recommendation: REJECT, COUNTERFEIT
  State: DONE, created 2026-11-11T15:52:37Z, last updated 2026-11-11T15:52:48Z
  Check ID: d3b9089d-9693-480c-9222-7180701802d4
  Sub-checks: 4, 2 failed, 1 with another result
  - no_sign_of_forgery: FAIL (#check-2-no_sign_of_forgery)
  - palm_vein (not known to Countersign): FAIL (#check-2-palm_vein)
  - hologram: NOT_AVAILABLE (not known to Countersign) (#check-2-hologram)
  Link: https://desk.example/recipients/x#check-2

LIVENESS (check-3)
  Recommendation: none
  State: PENDING
  Link: https://desk.example/recipients/x#check-3

ID_DOCUMENT_TEXT_DATA_CHECK (check-1)
  Recommendation: APPROVE
  State: DONE
  Sub-checks: 1, 0 failed
  Link: https://desk.example/recipients/x#check-1
`
	if diff := cmp.Diff(want, ticket.Text()); diff != "" {
		t.Errorf("ticket (-want +got):\n%s", diff)
	}
	ticket.Check = "check-3"
	if text := ticket.Text(); strings.Contains(text, "AUTHENTICITY") || !strings.Contains(text, "\nLIVENESS (check-3)") || !strings.Contains(text, "7c9e6679") {
		t.Errorf("a ticket about one check says %s", text)
	}
}

// Whatever could be someone's data is not in a ticket, also where Yoti's vocabulary
// should stand.
func TestTicketHoldsNobodysData(t *testing.T) {
	const person = "Ann Planted"
	ticket := ticketOf(t, strings.ReplaceAll(`{"session_id": "PERSON", "state": "PERSON", "user_tracking_id": "PERSON", "biometric_consent": "PERSON", "PERSON": "PERSON",
		"resources": {"id_documents": [{"id": "d", "document_type": "PERSON", "issuing_country": "PERSON", "PERSON": 1}]},
		"identity_profile": {"subject_id": "PERSON", "result": "PERSON", "failure_reason": {"reason_code": "PERSON"}},
		"checks": [
			{"id": "PERSON", "type": "PERSON", "state": "PERSON", "scheme": "PERSON", "created": "PERSON", "config": {"pool_label": "PERSON"}, "resources_used": ["d", "PERSON"],
				"report": {"recommendation": {"value": "PERSON", "reason": "PERSON", "recovery_suggestion": "PERSON"}, "breakdown": [
				{"sub_check": "PERSON", "result": "FAIL", "process": "PERSON", "details": [{"name": "PERSON", "value": "PERSON"}]}, {"sub_check": "x", "result": "PERSON"}]}},
			{"type": "LIVENESS", "state": "DONE", "resources_used": ["d"], "report": "PERSON"}, {"type": "LIVENESS", "state": "DONE", "resources_used": ["d"]}]}`, "PERSON", person))
	ticket.Link = "https://desk.example/"
	if text := ticket.Text(); strings.Contains(text, "Ann") || strings.Contains(text, "Planted") || strings.Contains(text, "ann") {
		// The names of the sub-checks are in links too.
		t.Errorf("the ticket holds a person's data:\n%s", text)
	}
}

// Only what can be nothing but a code of Yoti's is told although it is not known.
func TestUnknownCodes(t *testing.T) {
	for value, want := range map[string]string{
		"":                       "none",
		"NEW_REASON_2":           "NEW_REASON_2 (not known to Countersign)",
		"ESCALATE":               "ESCALATE (not known to Countersign)",
		"palm_vein":              "palm_vein (not known to Countersign)",
		"smith":                  "[unknown value, left out]",
		"Ann_Planted":            "[unknown value, left out]",
		"1985_04_12":             "[unknown value, left out]",
		"ANN PLANTED":            "[unknown value, left out]",
		"A\u202eB_C":             "[unknown value, left out]",
		strings.Repeat("A_", 50): "[unknown value, left out]",
	} {
		if got := ticketCode(value, false); got != want {
			t.Errorf("ticketCode(%q) = %q, want %q", value, got, want)
		}
	}
	if got := ticketCode("COUNTERFEIT", true); got != "COUNTERFEIT" {
		t.Errorf("a known code is %q", got)
	}
}

// A place on a page is named by what an address can hold.
func TestSubCheckKey(t *testing.T) {
	for name, want := range map[string]string{
		"hologram_movement":      "check-3-hologram_movement",
		"adverse media":          "check-3-adverse-media",
		"\"><\u00e9\u202e#x":     "check-3-x",
		"":                       "check-3-",
		strings.Repeat("ab", 99): "check-3-" + strings.Repeat("ab", 30),
	} {
		if got := SubCheckKey("check-3", name); got != want {
			t.Errorf("SubCheckKey(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestDecodeCountsSecrets(t *testing.T) {
	for body, want := range map[string]int{
		`{}`: 0,
		`{"client_session_token": "x", "client_session_token_ttl": 5}`:                                          1,
		`{"client_session_token": "x", "checks": [{"a": {"api_key": "y"}}, {"api_key": {"Session-Token": 1}}]}`: 4,
	} {
		if got := decode(t, body).Secrets; got != want {
			t.Errorf("Decode(%s) removed %d secrets, want %d", body, got, want)
		}
	}
}

func TestReadingForPrograms(t *testing.T) {
	r := decode(t, `{"client_session_token": "x", "state": "COMPLETED",
		"resources": {"id_documents": [{"id": "d", "document_type": "PASSPORT", "issuing_country": "GBR"}]}, "checks": [
		{"id": "old", "type": "LIVENESS", "state": "DONE", "created": "2026-11-11T10:00:00Z", "report": {"recommendation": {"value": "REJECT"}, "breakdown": []}},
		{"id": "new", "type": "LIVENESS", "state": "DONE", "created": "2026-11-11T11:00:00Z", "resources_used": ["d"], "report": {"recommendation": {"value": "CONSIDER", "reason": "NEW"},
			"breakdown": [{"sub_check": "liveness_auth", "result": "PASS"}, {"sub_check": "palm", "result": "FAIL"}]}}]}`).Reading()
	if r.Assessment.Bucket != Investigate || r.Secrets != 1 || !r.Final || len(r.Assessment.Reasons) == 0 {
		t.Errorf("the reading is %+v", r)
	}
	if len(r.Checks) != 2 || r.Checks[0].ID != "new" || r.Checks[0].Key != "check-2" || r.Checks[0].Superseded || !r.Checks[1].Superseded || r.Checks[1].Recommendation != "REJECT" {
		t.Fatalf("the checks are %+v", r.Checks)
	}
	want := []ReadingSubCheck{{"liveness_auth", Liveness.SubCheck("liveness_auth").Label, "PASS", true}, {"palm", "palm", "FAIL", false}}
	if diff := cmp.Diff(want, r.Checks[0].SubChecks); diff != "" {
		t.Errorf("sub-checks (-want +got):\n%s", diff)
	}
	if len(r.Resources) != 1 || r.Resources[0].Standing != Used || r.Profiles == nil || r.Checks[1].SubChecks == nil {
		t.Errorf("the resources are %+v", r.Resources)
	}
}
