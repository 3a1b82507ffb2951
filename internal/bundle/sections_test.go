package bundle

import (
	"fmt"
	"strings"
	"testing"

	"countersign/internal/idv"
	"countersign/internal/review"
)

// The readable record tells two checks of a type apart, says who decided a row where
// Yoti does, and has the identity profiles.
func TestResultSections(t *testing.T) {
	const result = `{"state": "COMPLETED",
		"resources": {"id_documents": [{"id": "P", "document_type": "PASSPORT", "issuing_country": "GBR"}, {"id": "L", "document_type": "DRIVING_LICENCE", "issuing_country": "GBR"}]},
		"checks": [
			{"type": "ID_DOCUMENT_AUTHENTICITY", "state": "DONE", "resources_used": ["P"], "report": {"recommendation": {"value": "APPROVE"}, "breakdown": [
				{"sub_check": "no_sign_of_forgery", "result": "PASS", "process": "AUTOMATED"}, {"sub_check": "no_sign_of_tampering", "result": "PASS", "process": "ORA\u202eCLE"}]}},
			{"type": "ID_DOCUMENT_AUTHENTICITY", "state": "DONE", "resources_used": ["L"], "report": {"recommendation": {"value": "REJECT"}}}],
		"identity_profile": {"result": "ABORTED", "failure_reason": {"reason_code": "FRAUD_DETECTED", "requirements_not_met_details": [{"failure_type": "LIVENESS"}]},
			"identity_profile_report": {"trust_framework": "UK_TFIDA", "schemes_compliance": [{"scheme": {"type": "DBS", "objective": "BASIC"}, "requirements_met": false, "requirements_not_met_info": "SCORE"}]}}}`
	c := content{about: about{Foremost: "d"}, results: map[string][]byte{"d": []byte(result)}}
	sections, err := c.resultSections()
	if err != nil {
		t.Fatal(err)
	}
	text := fmt.Sprintf("%+v", sections)
	for _, want := range []string{
		"Document authenticity (Passport, United Kingdom): Approve", "Document authenticity (Driving licence, United Kingdom): Reject",
		"By software (AUTOMATED)", "ORA⟨U+202E⟩CLE (unknown)",
		"Identity profile: Aborted · Fraud detected · requirements not met", "Fraud detected (FRAUD_DETECTED)", "Aborted (ABORTED)",
		"UK digital identity and attributes trust framework (UK_TFIDA)", "Criminal record check (DBS), Basic", "DBS BASIC", "requirements not met, SCORE", "Value:Liveness",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the record does not say %q: %s", want, text)
		}
	}
}

// The readable record says who the signer should be, and who that was at a decision.
func TestExpectedSections(t *testing.T) {
	expected := func(seq int64, name string) review.ExpectedSigner {
		return review.ExpectedSigner{Seq: seq, By: "ann", Expected: idv.Expected{Name: name}}
	}
	r := &review.Record{Signers: []review.ExpectedSigner{
		{Seq: 9, By: "bob", Cleared: true}, {Seq: 8, By: "bob", Erased: true}, expected(7, "Bea Kovács"), expected(3, "Anna Kovács"),
	}}
	text := fmt.Sprintf("%+v", expectedSections(r))
	for _, want := range []string{"[Cleared bob, ", "[Erased bob, ", "[Bea Kovács ann, ", "entry 3]"} {
		if !strings.Contains(text, want) {
			t.Errorf("the record does not say %q: %s", want, text)
		}
	}
	if none := expectedSections(&review.Record{}); none != nil {
		t.Errorf("nobody was expected, yet %+v", none)
	}
	left := &budget{decisionsShare}
	made := decisionSection(left, r, &review.Decision{Seq: 5, Statement: &review.Statement{}})
	if text := fmt.Sprintf("%+v", made); !strings.Contains(text, "{Label:Expected signer Value:Anna Kovács (entry 3)}") || strings.Contains(text, "Bea") {
		t.Errorf("at the decision: %s", text)
	}
}
