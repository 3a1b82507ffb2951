package idv

import (
	"slices"
	"strings"
	"testing"
)

// scheme is the compliance with one scheme; met is JSON.
func scheme(met, more string) string {
	return `{"scheme": {"type": "DBS", "objective": "STANDARD"}, "requirements_met": ` + met + more + `}`
}

func simpleReport(framework string, schemes ...string) string {
	return `"identity_profile_report": {"trust_framework": "` + framework + `", "schemes_compliance": [` + strings.Join(schemes, ",") + `]}`
}

func withProfile(kind, profile string) string {
	return `{"state": "COMPLETED", "checks": [` + approved + `], "` + kind + `": ` + profile + `}`
}

// A profile is an outcome of its own: no approved check makes up for it, and nothing
// unknown in it is clear.
func TestProfileBuckets(t *testing.T) {
	met := simpleReport("UK_TFIDA", scheme("true", ""))
	unmet := simpleReport("UK_TFIDA", scheme("false", ""))
	failed := func(code string) string { return `"failure_reason": {"reason_code": "` + code + `"}` }
	tests := []struct {
		name, profile string
		want          Bucket
		says          string
	}{
		{"met", `{"result": "DONE", ` + met + `}`, Clear, ""},
		{"not met", `{"result": "DONE", ` + unmet + `}`, Investigate, "requirements not met"},
		{"not met, with what", `{"result": "DONE", ` + simpleReport("UK_TFIDA", scheme("false", `, "requirements_not_met_info": "SCORE"`)) + `}`, Investigate, "requirements not met, SCORE"},
		{"fraud", `{"result": "ABORTED", ` + failed("FRAUD_DETECTED") + `}`, Adverse, "Fraud detected"},
		{"fraud as a bare code", `{"result": "ABORTED", "failure_reason": "FRAUD_DETECTED"}`, Adverse, "Fraud detected"},
		{"fraud, and met", `{"result": "DONE", ` + failed("FRAUD_DETECTED") + `, ` + met + `}`, Adverse, "although the profile failed"},
		{"another face", `{"result": "ABORTED", ` + failed("FACE_MATCH_VERIFICATION_FAILED") + `}`, Adverse, "Face match failed"},
		{"no document", `{"result": "ABORTED", ` + failed("MANDATORY_DOCUMENT_NOT_PROVIDED") + `, ` + unmet + `}`, NotCleared, "Mandatory document not provided"},
		{"a reason of an SDK, although done", `{"result": "DONE", ` + failed("MANDATORY_DOCUMENT_COULD_NOT_BE_PROVIDED") + `, ` + met + `}`, Investigate, "although the profile is done"},
		{"aborted without a reason", `{"result": "ABORTED"}`, Investigate, "gives no reason"},
		{"aborted without a code", `{"result": "ABORTED", "failure_reason": {}}`, Investigate, "no code"},
		{"aborted, and met", `{"result": "ABORTED", ` + met + `}`, Investigate, "although the profile failed"},
		{"an unknown reason", `{"result": "ABORTED", ` + failed("FULL_MOON") + `}`, Investigate, "does not know this reason for a failure: FULL_MOON"},
		{"an unknown result", `{"result": "PONDERING", ` + met + `}`, Investigate, "does not know this result: PONDERING"},
		{"a result in other letters", `{"result": "done", ` + met + `}`, Investigate, "does not know this result: done"},
		{"no result", `{` + met + `}`, Investigate, "does not say what came of it"},
		{"nothing", `{}`, Investigate, "does not say what came of it"},
		{"done without a report", `{"result": "DONE"}`, Investigate, "any scheme"},
		{"done without schemes", `{"result": "DONE", ` + simpleReport("UK_TFIDA") + `}`, Investigate, "does not name a scheme"},
		{"met is not said", `{"result": "DONE", ` + simpleReport("UK_TFIDA", scheme("null", "")) + `}`, Investigate, "does not say whether the requirements are met"},
		{"met is a text", `{"result": "DONE", ` + simpleReport("UK_TFIDA", scheme(`"true"`, "")) + `}`, Investigate, "could not be read"},
		{"an unknown framework", `{"result": "DONE", ` + simpleReport("MARS", scheme("true", "")) + `}`, Investigate, "trust framework: MARS"},
		{"an unknown scheme", `{"result": "DONE", ` + simpleReport("UK_TFIDA", `{"scheme": {"type": "MOON", "objective": "FULL"}, "requirements_met": true}`) + `}`, ClearWithNotes, "does not know this scheme: MOON"},
		{"met, and also not", `{"result": "DONE", ` + simpleReport("UK_TFIDA", scheme("true", `, "requirements_not_met_info": "some"`)) + `}`, Investigate, "also what was not met"},
		{"what was not met", `{"result": "ABORTED", "failure_reason": {"reason_code": "UNABLE_TO_COMPLETE_CHECKS", "requirements_not_met_details": [{"failure_type": "LIVENESS", "details": "USER_FAILED_LIVENESS", "document_type": "PASSPORT", "document_country_iso_code": "GBR"}]}}`,
			Investigate, "Requirement not met: Liveness, Passport, United Kingdom: Liveness failed."},
		{"a light that was poor", `{"result": "ABORTED", "failure_reason": {"reason_code": "UNABLE_TO_COMPLETE_CHECKS", "requirements_not_met_details": [{"failure_type": "ID_DOCUMENT_EXTRACTION", "details": "POOR_LIGHT"}]}}`, NotCleared, "Poor light"},
		{"an unknown kind of failure", `{"result": "ABORTED", "failure_reason": {"reason_code": "UNABLE_TO_COMPLETE_CHECKS", "requirements_not_met_details": [{"failure_type": "AURA"}]}}`, Investigate, "AURA"},
		{"an unknown field", `{"result": "DONE", ` + met + `, "colour": "red"}`, ClearWithNotes, "does not assess: colour"},
		{"a result with a blank", `{"result": "DONE ", ` + met + `}`, Investigate, "does not know this result: DONE⟨U+0020⟩."},
		{"an unknown type of the report", `{"result": "DONE", ` + strings.Replace(met, `"trust_framework"`, `"media": {"type": "SCROLL"}, "trust_framework"`, 1) + `}`, ClearWithNotes, "does not know this type of medium: SCROLL."},
		{"no object", `"DONE"`, Investigate, "could not be read"},
		{"hidden signs", `{"result": "DO\u202eNE"}`, Investigate, "DO⟨U+202E⟩NE"},
		{"several frameworks", `{"result": "DONE", "identity_profile_report": {"compliance": [{"trust_framework": "UK_TFIDA", "schemes_compliance": [` + scheme("true", "") + `]}, {"trust_framework": "YOTI_GLOBAL", "schemes_compliance": [` + scheme("true", "") + `]}]}}`, Clear, ""},
		{"one framework of several", `{"result": "DONE", "identity_profile_report": {"compliance": [{"trust_framework": "UK_TFIDA", "schemes_compliance": [` + scheme("true", "") + `]}, {"trust_framework": "YOTI_GLOBAL", "schemes_compliance": [` + scheme("true", "") + `, ` + scheme("false", "") + `]}]}}`, Investigate, "requirements not met"},
	}
	for _, test := range tests {
		for _, kind := range []string{"identity_profile", "advanced_identity_profile"} {
			a := assess(t, withProfile(kind, test.profile))
			if reasons := strings.Join(a.Reasons, "\n"); a.Bucket != test.want || !strings.Contains(reasons, test.says) {
				t.Errorf("%s, %s: %s because of %q, want %s and %q", kind, test.name, a.Bucket, reasons, test.want, test.says)
			}
		}
	}
}

func TestProfileSummary(t *testing.T) {
	a := assess(t, withProfile("advanced_identity_profile", `{"result": "DONE", "identity_profile_report": {"compliance": [
		{"trust_framework": "UK_TFIDA", "schemes_compliance": [{"scheme": {"type": "RTW", "label": "work"}, "requirements_met": true}]},
		{"trust_framework": "YOTI_GLOBAL", "schemes_compliance": [{"scheme": {"type": "IDENTITY", "objective": "AL_L1"}, "requirements_met": false, "requirements_not_met_info": "a\u202eb"}]}]}}`))
	want := []string{
		"Advanced identity profile: Done · requirements of 1 of 2 schemes met",
		"UK digital identity and attributes trust framework, Right to work (work): requirements met",
		"Yoti global framework, Identity, Assurance level L1: requirements not met, a⟨U+202E⟩b",
	}
	if got := a.Profiles[0].Summary(); !slices.Equal(got, want) {
		t.Errorf("summary %q, want %q", got, want)
	}
}

// Of schemes that could not be read nobody knows whether their requirements are met.
func TestProfileOfDamagedSchemes(t *testing.T) {
	const want = "Done · not said of every scheme whether requirements are met"
	for _, damaged := range []string{`null`, `"DBS"`, `{"requirements_met": "true"}`} {
		a := assess(t, withProfile("identity_profile", `{"result": "DONE", `+simpleReport("UK_TFIDA", scheme("true", ""), damaged)+`}`))
		if got := a.Profiles[0].Verdict(); got != want {
			t.Errorf("beside %s: %q, want %q", damaged, got, want)
		}
	}
}

// Before anything has come of a profile, the session is waited for.
func TestProfileOfAnOngoingSession(t *testing.T) {
	a := assess(t, `{"state": "ONGOING", "identity_profile": {"subject_id": "s"}}`)
	if a.Bucket != NotReady || a.Profiles[0].Bucket != NotReady {
		t.Errorf("the result is %s, its profile %s, want both not ready", a.Bucket, a.Profiles[0].Bucket)
	}
}

func TestProfileReportIsNamed(t *testing.T) {
	const id = "c69ff2db-6caf-4e74-8386-037711bbc8d7"
	s := decode(t, `{"identity_profile": {"identity_profile_report": {"media": {"id": "`+id+`", "type": "IMAGE"}}}}`).Session
	medium, err := ParseMediaID(id)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.MayFetch(medium); err != nil {
		t.Errorf("the profile's report may not be fetched: %v", err)
	}
}
