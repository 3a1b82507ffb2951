package bundle

import (
	"fmt"
	"strings"
	"testing"

	"countersign/internal/idv"
	"countersign/internal/pdf"
	"countersign/internal/review"
)

// The readable record tells two checks of a type apart, says who decided a row where
// Yoti does, and has the identity profiles.
func TestResultSections(t *testing.T) {
	t.Parallel()
	const result = `{"state": "COMPLETED",
		"resources": {"id_documents": [{"id": "P", "document_type": "PASSPORT", "issuing_country": "GBR"}, {"id": "L", "document_type": "DRIVING_LICENCE", "issuing_country": "GBR"}]},
		"checks": [
			{"type": "ID_DOCUMENT_AUTHENTICITY", "state": "DONE", "resources_used": ["P"], "report": {"recommendation": {"value": "APPROVE"}, "breakdown": [
				{"sub_check": "no_sign_of_forgery", "result": "PASS", "process": "AUTOMATED"}, {"sub_check": "no_sign_of_tampering", "result": "PASS", "process": "ORA\u202eCLE"}]}},
			{"type": "ID_DOCUMENT_AUTHENTICITY", "state": "DONE", "resources_used": ["L"], "report": {"recommendation": {"value": "REJECT"}}}],
		"identity_profile": {"result": "ABORTED", "failure_reason": {"reason_code": "FRAUD_DETECTED", "requirements_not_met_details": [{"failure_type": "LIVENESS"}]},
			"identity_profile_report": {"trust_framework": "UK_TFIDA", "schemes_compliance": [{"scheme": {"type": "DBS", "objective": "BASIC"}, "requirements_met": false, "requirements_not_met_info": "SCORE"}]}}}`
	c := recordContent{about: bundleOrigin{Primary: "d"}, results: map[string][]byte{"d": []byte(result)}}
	sections, err := c.resultSections()
	if err != nil {
		t.Fatal(err)
	}
	text := fmt.Sprintf("%+v", sections)
	for _, want := range []string{
		"Document authenticity (Passport, United Kingdom): Approve", "Document authenticity (Driving licence, United Kingdom): Reject",
		"Automated (AUTOMATED)", "ORA⟨U+202E⟩CLE (unknown)",
		"Identity profile: Aborted · Fraud detected · requirements not met", "Fraud detected (FRAUD_DETECTED)", "Aborted (ABORTED)",
		"UK digital identity and attributes trust framework (UK_TFIDA)", "Criminal record check (DBS), Basic", "DBS BASIC", "requirements not met, SCORE", "Value:Liveness",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the record does not say %q: %s", want, text)
		}
	}
}

// The readable record tells apart how far each medium got, and names what was not opened.
// Of an older decision it says what that says: that media were shown.
func TestCoverageBlocks(t *testing.T) {
	t.Parallel()
	graded := review.Coverage{
		Graded: true, Parts: []string{"id_documents-1"}, Hits: []review.ViewedHits{{Check: "check-2", Which: "1 to 100 of 130"}},
		PartNames: map[string]string{"id_documents-1": "Passport, Denmark", "check-2": "Watchlist screening"},
		Media: []review.SentMedium{
			{ID: "m-1", SHA256: "d-1", Grade: review.GradeSent, Name: "Passport, Denmark, page 2"},
			{ID: "m-2", SHA256: "d-2", Grade: review.GradeOpened, Name: "Passport, Denmark, page 1"},
			{ID: "m-3", SHA256: "d-3", Grade: review.GradeOnScreen},
		},
		NotOpened: []review.UnopenedItem{{Name: "Passport, Denmark, page 2", Part: "id_documents-1", Grade: review.GradeSent}, {Name: "Passport, Denmark, page 1, frames 1 to 3"}},
	}
	older := review.Coverage{Parts: []string{"id_documents-1"}, Media: []review.SentMedium{{ID: "m-1", SHA256: "d-1"}}}
	seen := review.Coverage{Graded: true, Media: graded.Media[:1]}
	for _, test := range []struct {
		name       string
		coverage   review.Coverage
		says, not  []string
		tableBegin string
	}{
		{"graded", graded, []string{
			"What was opened before the decision:", "Passport, Denmark (id_documents-1)", "1 to 100 of 130 of Watchlist screening (check-2)",
			"Passport, Denmark, page 1 Opened m-2\nd-2", "not named by this result On screen m-3\nd-3", "Passport, Denmark, page 2 Sent only m-1\nd-1",
			"Passport, Denmark, page 2 (sent only)\nPassport, Denmark, page 1, frames 1 to 3", "Nothing says that it was on the screen",
		}, []string{"Medium that was shown"}, "Passport, Denmark, page 1"},
		{"older", older, []string{"Medium that was shown", "m-1 d-1", "Value:id_documents-1"}, []string{"Not opened", "Sent", "Everything"}, "m-1"},
		{"only sent", seen, []string{"Nothing besides the page itself was opened", "Sent only", "Everything in the result was opened."}, []string{"What was opened before"}, "Passport, Denmark, page 2"},
	} {
		blocks := coverageBlocks(&budget{decisionsShare}, 7, &test.coverage)
		text := fmt.Sprintf("%+v", blocks)
		for _, want := range test.says {
			if !strings.Contains(text, want) {
				t.Errorf("%s: the record does not say %q: %s", test.name, want, text)
			}
		}
		for _, no := range test.not {
			if strings.Contains(text, no) {
				t.Errorf("%s: the record says %q: %s", test.name, no, text)
			}
		}
		for _, block := range blocks {
			if table, ok := block.(pdf.Table); ok && table.Rows[0][0] != test.tableBegin {
				t.Errorf("%s: the table begins with %q", test.name, table.Rows[0])
			}
		}
	}
}

// The readable record says who the signer should be, and who that was at a decision.
func TestExpectedSections(t *testing.T) {
	t.Parallel()
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
