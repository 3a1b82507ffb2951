package idv

import (
	"slices"
	"strings"
	"testing"
)

// spotless is a result in which everything is known, approved and consistent.
const spotless = `{"state": "COMPLETED", "resources": {
	"id_documents": [{"id": "doc", "source": {"type": "END_USER"}, "created_at": "2026-11-02T09:21:00Z",
		"document_type": "PASSPORT", "issuing_country": "GBR",
		"pages": [{"capture_method": "CAMERA", "media": {"id": "page", "type": "IMAGE"}, "frames": [{"media": {"id": "frame", "type": "IMAGE"}}, {}]}],
		"document_fields": {"media": {"id": "text", "type": "JSON"}},
		"tasks": [{"type": "ID_DOCUMENT_TEXT_DATA_EXTRACTION", "state": "DONE", "generated_media": [{"id": "text", "type": "JSON"}],
			"generated_checks": [{"id": "c", "type": "ID_DOCUMENT_TEXT_DATA_CHECK"}], "recommendation": {"value": "PROGRESS"}}]}],
	"liveness_capture": [{"id": "selfie", "source": {"type": "END_USER"}, "liveness_type": "STATIC", "image": {"media": {"id": "face", "type": "IMAGE"}}}]},
	"checks": [
		{"type": "ID_DOCUMENT_AUTHENTICITY", "state": "DONE", "resources_used": ["doc"], "report": {"recommendation": {"value": "APPROVE"}, "breakdown": [
			{"sub_check": "ocr_mrz_comparison", "result": "PASS", "process": "AUTOMATED", "details": [{"name": "date_of_birth", "value": "MATCH"}]},
			{"sub_check": "portrait_integrity", "result": "PASS", "process": "AUTOMATED", "details": [{"name": "portrait_substitution", "value": "VERY_UNLIKELY"}]},
			{"sub_check": "issuing_authority", "result": "PASS", "process": "AUTOMATED", "details": [{"name": "primary_fields_match", "value": "true"}]},
			{"sub_check": "no_sign_of_forgery", "result": "PASS", "process": "EXPERT_REVIEW", "details": [{"name": "printing_quality", "value": "PASS"}]}]}},
		{"type": "ID_DOCUMENT_FACE_MATCH", "state": "DONE", "resources_used": ["doc", "selfie"], "report": {"recommendation": {"value": "APPROVE"}, "breakdown": [
			{"sub_check": "ai_face_match", "result": "PASS", "details": [{"name": "confidence_score", "value": "0.68"}]}]}},
		{"type": "FAMILIAR_FACE_SEARCH", "state": "DONE", "resources_used": ["selfie"], "config": {"approval_criteria": "NO_MATCH"},
			"report": {"recommendation": {"value": "APPROVE"}, "breakdown": [{"sub_check": "face_not_found_in_pool", "result": "PASS"}]}},
		{"type": "WATCHLIST_ADVANCED_CA", "state": "DONE", "resources_used": ["doc"], "generated_profile": {"media": {"id": "profile", "type": "JSON"}},
			"report": {"recommendation": {"value": "APPROVE"}, "breakdown": [{"sub_check": "sanction", "result": "PASS", "details": []}, {"sub_check": "pep", "result": "PASS", "details": [{"name": "number_of_hits", "value": "0"}]}],
			"watchlist_summary": {"total_hits": 0, "associated_country_codes": ["FRA"], "raw_results": {"media": {"id": "raw", "type": "JSON"}},
				"search_config": {"type": "WITH_YOTI_ACCOUNT", "categories": ["SANCTIONS"], "sources": {"type": "TYPE_LIST", "types": ["warning"]}, "matching_strategy": {"type": "FUZZY", "fuzziness": 0.5}}}}}
	]}`

// without takes one part of spotless for another, which has to be there.
func without(t *testing.T, old, new string) string {
	t.Helper()
	if !strings.Contains(spotless, old) {
		t.Fatalf("the spotless result has no %s", old)
	}
	return strings.Replace(spotless, old, new, 1)
}

func TestSpotlessIsClear(t *testing.T) {
	if a := assess(t, spotless); a.Bucket != Clear {
		t.Errorf("%s because of %q", a.Bucket, a.Reasons)
	}
}

// What was approved and has something to read is at best clear with notes, and the note
// says what it is.
func TestClearIsNotSaidTooEasily(t *testing.T) {
	const unknown = "Countersign does not know this "
	tests := []struct{ name, old, new, want string }{
		{"hits on an approved search", `"total_hits": 0`, `"total_hits": 3`, "Advanced watchlist search: Yoti approved this check although its search counts hits: 3."},
		{"hits under a row that passed", `"number_of_hits", "value": "0"`, `"number_of_hits", "value": "2"`, `"Hits" says 2.`},
		{"a way of matching under a row that passed", `"number_of_hits", "value": "0"`, `"closest_match", "value": "name_exact"`, `"Closest match" says name_exact.`},
		{"a mismatch under a row that passed", `"value": "MATCH"`, `"value": "MISMATCH"`, `Document authenticity: "Print agrees with the machine-readable zone" passed although its detail "Date of birth" says MISMATCH.`},
		{"a failed part of a row that passed", `"printing_quality", "value": "PASS"`, `"printing_quality", "value": "FAIL"`, `"No sign of forgery" passed although its detail "Printing" says FAIL.`},
		{"a part of a row that is not so", `"primary_fields_match", "value": "true"`, `"address_match", "value": "false"`, `"Address agrees" says false.`},
		{"a portrait that was likely replaced", "VERY_UNLIKELY", "LIKELY", `"Portrait replaced" says LIKELY.`},
		{"an approval with a reason", `"value": "APPROVE"`, `"value": "APPROVE", "reason": "TAMPERED"`, "Document authenticity: Yoti approved this check and still gives a reason: Altered document."},
		{"an approval with a suggestion", `"value": "APPROVE"`, `"value": "APPROVE", "recovery_suggestion": "BETTER_LIGHTING"`, "still suggests: Better lighting."},
		{"a task that failed", `"DONE", "generated_media"`, `"FAILED", "generated_media"`, `Passport, United Kingdom: "Read the identity document" failed.`},
		{"a task that has not ended", `"DONE", "generated_media"`, `"PENDING", "generated_media"`, `"Read the identity document" has not ended.`},
		{"a task after which one should try again", "PROGRESS", "SHOULD_TRY_AGAIN", "Yoti advised the signer: Should try again."},
		{"a task after which one must try again", "PROGRESS", "MUST_TRY_AGAIN", "Yoti advised the signer: Must try again."},
		{"a resource that is not there", `"resources_used": ["doc"]`, `"resources_used": ["doc", "gone"]`, "Document authenticity: This check names a resource that is not in this result: gone."},
		{"an upload", `"CAMERA"`, `"UPLOAD"`, "Passport, United Kingdom: It was uploaded, not photographed"},
		{"an upload in small letters", `"CAMERA"`, `"upload"`, "It was uploaded, not photographed"},
		{"perhaps an upload", `"CAMERA"`, `"CAMERA_AND_UPLOAD"`, "Yoti does not say whether it was photographed or uploaded."},
		{"a check without rows", `{"sub_check": "ai_face_match", "result": "PASS", "details": [{"name": "confidence_score", "value": "0.68"}]}`, "", "Face match: Yoti approved this check without listing a sub-check."},
		{"a report in a check that waits", `"state": "DONE", "resources_used"`, `"state": "PENDING", "resources_used"`, "Yoti says that this check has not ended, although there is a report."},
		{"a newer document that no check used", `"id_documents": [`, `"id_documents": [{"id": "newer", "created_at": "2026-11-02T09:24:00Z", "document_type": "PASSPORT"}, `, "Passport: It was captured after those that checks used, and no check used it."},

		{"capture method", `"CAMERA"`, `"HOLODECK"`, "Passport, United Kingdom: " + unknown + "capture method: HOLODECK."},
		{"process", `"AUTOMATED"`, `"ORACLE"`, "Document authenticity: " + unknown + "process: ORACLE."},
		{"source", `"END_USER"`, `"PASSER_BY"`, unknown + "source: PASSER_BY."},
		{"state of a task", `"DONE", "generated_media"`, `"DREAMING", "generated_media"`, unknown + "state of a task: DREAMING."},
		{"type of task", `"ID_DOCUMENT_TEXT_DATA_EXTRACTION"`, `"PALM_READING"`, unknown + "type of task: PALM_READING."},
		{"advice after a task", `"PROGRESS"`, `"REGRESS"`, unknown + "advice after a task: REGRESS."},
		{"reason of a task", `"value": "PROGRESS"`, `"value": "PROGRESS", "reason": {"value": "MOON"}`, unknown + "reason of a task: MOON."},
		{"check that a task made", `"ID_DOCUMENT_TEXT_DATA_CHECK"`, `"TEA_LEAVES"`, unknown + "type of check: TEA_LEAVES."},
		{"name of a detail", `"date_of_birth", "value": "MATCH"`, `"shoe_size", "value": "MATCH"`, unknown + "detail of a sub-check: shoe_size."},
		{"value of a detail", `"value": "MATCH"`, `"value": "MOSTLY"`, unknown + `value of the detail "Date of birth": MOSTLY.`},
		{"a detail in other letters", `"value": "MATCH"`, `"value": "mismatch"`, unknown + `value of the detail "Date of birth": mismatch.`},
		{"a detail without a value", `"name": "date_of_birth", "value": "MATCH"`, `"name": "date_of_birth"`, unknown + `value of the detail "Date of birth": (none).`},
		{"likelihood", `"VERY_UNLIKELY"`, `"PERHAPS"`, unknown + `value of the detail "Portrait replaced": PERHAPS.`},
		{"score", `"0.68"`, `"high"`, `: high.`},
		{"score beyond its range", `"0.68"`, `"68"`, `: 68.`},
		{"choice of exact matches", `"fuzziness": 0.5`, `"exact_match": "perhaps"`, unknown + "choice of exact matches: perhaps."},
		{"fuzziness", `"fuzziness": 0.5`, `"fuzziness": 50`, unknown + "fuzziness: 50."},
		{"time of a check", `"state": "DONE", "resources_used"`, `"state": "DONE", "created": "yesterday", "resources_used"`, "Document authenticity: Countersign cannot read this time of creation: yesterday."},
		{"time of a resource", `"2026-11-02T09:21:00Z"`, `"2026-13-02T09:21:00Z"`, "Passport, United Kingdom: Countersign cannot read this time of creation: 2026-13-02T09:21:00Z."},
		{"time of a task", `"DONE", "generated_media"`, `"DONE", "last_updated": "late", "generated_media"`, "Countersign cannot read this time of a task: late."},
		{"time of a medium", `"page", "type"`, `"page", "created": "noon", "type"`, "Countersign cannot read this time of a medium: noon."},
		{"time of the consent", `"state": "COMPLETED"`, `"biometric_consent": "maybe", "state": "COMPLETED"`, "Countersign cannot read when the signer consented to biometrics: maybe."},
		{"type of document", `"PASSPORT"`, `"LIBRARY_CARD"`, unknown + "type of document: LIBRARY_CARD."},
		{"issuing country", `"GBR"`, `"QMZ"`, unknown + "issuing country: QMZ."},
		{"category", `"SANCTIONS"`, `"GOSSIP"`, unknown + "category of watchlists: GOSSIP."},
		{"sort of list", `"warning"`, `"rumour"`, unknown + "sort of watchlist: rumour."},
		{"search account", `"WITH_YOTI_ACCOUNT"`, `"WITH_LOVE"`, unknown + "search account: WITH_LOVE."},
		{"choice of lists", `"TYPE_LIST"`, `"HUNCH"`, unknown + "choice of watchlists: HUNCH."},
		{"way of matching", `"FUZZY"`, `"FURRY"`, unknown + "way of matching names: FURRY."},
		{"country of a search", `"FRA"`, `"QMZ"`, unknown + "country: QMZ."},
		{"type of liveness capture", `"STATIC"`, `"DANCE"`, "Liveness capture 1: " + unknown + "type of liveness capture: DANCE."},
		{"type of capture", `"liveness_type"`, `"capture_type": "WINK", "liveness_type"`, unknown + "type of capture: WINK."},
		{"approval criterion", `"NO_MATCH"`, `"SOME_MATCH"`, unknown + "approval criterion: SOME_MATCH."},
		{"type of a medium", `"page", "type": "IMAGE"`, `"page", "type": "HOLOGRAPH"`, unknown + "type of medium: HOLOGRAPH."},
		{"type of a frame", `"frame", "type": "IMAGE"`, `"frame", "type": "HOLOGRAPH"`, unknown + "type of medium: HOLOGRAPH."},
		{"type of a check's medium", `"raw", "type": "JSON"`, `"raw", "type": "HOLOGRAPH"`, "Advanced watchlist search: " + unknown + "type of medium: HOLOGRAPH."},
		{"type of a profile", `"profile", "type": "JSON"`, `"profile", "type": "HOLOGRAPH"`, "Advanced watchlist search: " + unknown + "type of medium: HOLOGRAPH."},
		{"field of a resource", `"document_type"`, `"smell": "musty", "document_type"`, "Yoti sent a field that Countersign shows but does not assess: smell."},
	}
	for _, test := range tests {
		a := assess(t, without(t, test.old, test.new))
		if a.Bucket != ClearWithNotes || !slices.ContainsFunc(a.Reasons, func(s string) bool { return strings.Contains(s, test.want) }) {
			t.Errorf("%s: %s because of %q, want clear with notes because of %q", test.name, a.Bucket, a.Reasons, test.want)
		}
	}
}

// What cannot be seen in an unknown value is made visible in the sentence about it.
func TestUnknownValuesAreWrittenVisibly(t *testing.T) {
	a := assess(t, without(t, `"GBR"`, "\"\u202eRBG\""))
	if want := "Passport, ⟨U+202E⟩RBG: Countersign does not know this issuing country: ⟨U+202E⟩RBG."; !slices.Equal(a.Reasons, []string{want}) {
		t.Errorf("reasons %q, want %q", a.Reasons, want)
	}
	for _, change := range [][2]string{
		{`"value": "APPROVE"`, `"value": "APPROVE", "reason": " "`},
		{`"value": "APPROVE"`, "\"value\": \"APPROVE\", \"recovery_suggestion\": \"\u00a0\""},
		{`"ocr_mrz_comparison", "result": "PASS"`, "\"ocr\u200b\", \"result\": \"FAIL\""},
		{`"date_of_birth", "value": "MATCH"`, `" date_of_birth", "value": "MISMATCH"`},
		{`"ID_DOCUMENT_TEXT_DATA_EXTRACTION", "state": "DONE"`, `" ", "state": "FAILED"`},
	} {
		for _, reason := range assess(t, without(t, change[0], change[1])).Reasons {
			if strings.Contains(reason, "U+27E8") {
				t.Errorf("%s: what is visible already is written so again: %s", change[1], reason)
			}
		}
	}
}

// That no check used a document or a capture is said before anything is called clear; what
// is odd in it, or in one of a superseded attempt, decides nothing and is merely shown,
// unless a check does not say what it used.
func TestWhatNoCheckUsedIsNotClear(t *testing.T) {
	const notUsed, notNamed = "No check that has a report used it.", "No check that has a report names it, and one does not say what it used."
	const odd = `"source": {"type": "PASSER_BY"}, "created_at": "2026-11-02T09:00:00Z", "smell": "musty",
		"pages": [{"capture_method": "UPLOAD"}], "tasks": [{"type": "PALM_READING", "state": "FAILED", "recommendation": {"value": "MUST_TRY_AGAIN"}}]`
	const bill = `"supplementary_documents": [{"id": "bill", "document_type": "LIBRARY_CARD", ` + odd + `}], `
	tests := []struct {
		name, body string
		want       string // reason, the only one if it is notUsed; empty where the result is clear
	}{
		{"not used", without(t, `"id_documents": [`, `"id_documents": [{"id": "unused", "document_type": "LIBRARY_CARD", `+odd+`}, `), notUsed},
		{"a capture, not used", without(t, `"liveness_capture": [`, `"face_capture": [{"id": "unused", `+odd+`}], "liveness_capture": [`), notUsed},
		{"a profile, not used", without(t, `"id_documents"`, `"applicant_profiles": [{"id": "unused", `+odd+`}], "id_documents"`), ""},
		{"used by a superseded attempt", strings.Replace(
			without(t, `"liveness_capture": [`, `"liveness_capture": [{"id": "first", "liveness_type": "DANCE", `+odd+`}, `), `"checks": [`,
			`"checks": [{"type": "LIVENESS", "state": "DONE", "resources_used": ["first"], "created": "2026-11-02T09:00:00Z", "report": {"recommendation": {"value": "REJECT"}, "breakdown": [{"sub_check": "liveness_auth", "result": "FAIL", "process": "ORACLE"}]}},
			{"type": "LIVENESS", "state": "DONE", "resources_used": ["selfie"], "created": "2026-11-02T09:05:00Z", "report": {"recommendation": {"value": "APPROVE"}, "breakdown": [{"sub_check": "liveness_auth", "result": "PASS"}]}},`, 1), ""},
		{"of a kind that no check names", without(t, `"id_documents"`, bill+`"id_documents"`), notUsed},
		{"of a kind that no check names, beside a check that does not say what it used",
			strings.Replace(without(t, `"id_documents"`, bill+`"id_documents"`), `["selfie"]`, `[]`, 1), notNamed},
		{"of a kind that checks name, beside a check that does not say what it used",
			strings.Replace(without(t, `"id_documents": [`, `"id_documents": [{"id": "unused", "document_type": "LIBRARY_CARD", `+odd+`}, `), `["selfie"]`, `[]`, 1), notUsed},
		{"no check says what it used", strings.NewReplacer(`"resources_used": ["doc"], `, "", `"resources_used": ["selfie"], `, "", `"resources_used": ["doc", "selfie"], `, "", `"PASSPORT"`, `"LIBRARY_CARD"`).Replace(spotless), notNamed},
	}
	for _, test := range tests {
		a := assess(t, test.body)
		said := slices.ContainsFunc(a.Reasons, func(s string) bool { return strings.HasSuffix(s, ": "+test.want) })
		switch {
		case test.want == "" && a.Bucket != Clear,
			test.want != "" && (a.Bucket != ClearWithNotes || !said),
			test.want == notUsed && len(a.Reasons) != 1:
			t.Errorf("%s: %s because of %q, want %q", test.name, a.Bucket, a.Reasons, test.want)
		}
	}
}

// All failed rows of approved checks are named, the gravest first, whichever check they
// are in.
func TestFailedRowsAreNamedGravestFirst(t *testing.T) {
	check := func(kind string, rows ...string) string {
		var list []string
		for _, row := range rows {
			list = append(list, `{"sub_check": "`+row+`", "result": "FAIL"}`)
		}
		return `{"type": "` + kind + `", "state": "DONE", "report": {"recommendation": {"value": "APPROVE"}, "breakdown": [` + strings.Join(list, ",") + `]}}`
	}
	a := assess(t, completed(
		check("ID_DOCUMENT_AUTHENTICITY", "hologram_movement", "hologram", "chip_data_integrity", "chip_digital_signature_verification", "document_in_date", "fraud_list_check", "no_sign_of_tampering", "no_sign_of_forgery"),
		check("ID_DOCUMENT_FACE_MATCH", "ai_face_match", "yoti_fraud_list_check"),
	))
	var want []string
	for _, row := range []struct{ check, label string }{
		{"Document authenticity", "Not among known fraudulent documents"},
		{"Face match", "Not on Yoti's fraud list"},
		{"Document authenticity", "No sign of forgery"},
		{"Document authenticity", "No sign of tampering"},
		{"Document authenticity", "Chip data unchanged"},
		{"Document authenticity", "Chip signature valid"},
		{"Face match", "Face match by score"},
		{"Document authenticity", "Document in date"},
		{"Document authenticity", "Hologram seen"},
		{"Document authenticity", "Hologram changes with the light"},
	} {
		want = append(want, row.check+": Yoti approved this check although \""+row.label+"\" failed.")
	}
	if !slices.Equal(a.Reasons, want) {
		t.Errorf("reasons\n%s\nwant\n%s", strings.Join(a.Reasons, "\n"), strings.Join(want, "\n"))
	}
	if a.Bucket != ClearWithNotes || !strings.Contains(a.Checks[0].Notes[0], "fraudulent") {
		t.Errorf("%s, first note %q", a.Bucket, a.Checks[0].Notes[0])
	}
}

// All that is unknown is named, too, not only what comes first.
func TestAllUnknownIsNamed(t *testing.T) {
	a := assess(t, completed(`{"type": "ID_DOCUMENT_AUTHENTICITY", "state": "DONE", "report": {"recommendation": {"value": "ESCALATE", "reason": "MOON"}, "breakdown": [{"sub_check": "aura", "result": "GREEN"}]}}`))
	for _, value := range []string{"ESCALATE", "MOON", "sub-check: aura", "GREEN"} {
		if !strings.Contains(strings.Join(a.Reasons, "\n"), value) {
			t.Errorf("%s is not in the reasons %q", value, a.Reasons)
		}
	}
}

// Where rows tell something else than the recommendation and its reason, a line says so
// and takes no side.
func TestInconsistentRows(t *testing.T) {
	check := func(kind, recommendation, reason, rows string) string {
		return completed(`{"type": "` + kind + `", "state": "DONE", "report": {"recommendation": {"value": "` + recommendation + `", "reason": "` + reason + `"}, "breakdown": [` + rows + `]}}`)
	}
	row := func(name, result string) string {
		return `{"sub_check": "` + name + `", "result": "` + result + `"}`
	}
	const governs = "; the recommendation governs."
	tests := []struct{ name, body, want string }{
		{"no row failed", check("ID_DOCUMENT_AUTHENTICITY", "REJECT", "", row("document_in_date", "PASS")),
			"Recommendation and sub-checks differ: Yoti recommends rejecting this check although no sub-check failed" + governs},
		{"the row of the reason passed, and no row failed", check("ID_DOCUMENT_AUTHENTICITY", "REJECT", "EXPIRED_DOCUMENT", row("document_in_date", "PASS")),
			`Recommendation and sub-checks differ: Yoti gives the reason "Document expired" although "Document in date" passed and recommends rejecting this check although no sub-check failed` + governs},
		{"the row of the reason passed, and another failed", check("ID_DOCUMENT_AUTHENTICITY", "REJECT", "EXPIRED_DOCUMENT", row("document_in_date", "PASS")+","+row("hologram", "FAIL")),
			`Recommendation and sub-checks differ: Yoti gives the reason "Document expired" although "Document in date" passed` + governs},
		{"a fake without a sign of forgery", check("ID_DOCUMENT_AUTHENTICITY", "REJECT", "COUNTERFEIT", row("no_sign_of_forgery", "PASS")+","+row("hologram", "FAIL")),
			`Recommendation and sub-checks differ: Yoti gives the reason "Counterfeit" although "No sign of forgery" passed` + governs},
		{"one of two rows of the reason failed", check("ID_DOCUMENT_AUTHENTICITY", "REJECT", "FRAUD_LIST_MATCH", row("fraud_list_check", "PASS")+","+row("yoti_fraud_list_check", "FAIL")), ""},
		{"a chip that could be read", check("ID_DOCUMENT_AUTHENTICITY", "NOT_AVAILABLE", "CHIP_PARSE", row("chip_parse", "PASS")),
			`Recommendation and sub-checks differ: Yoti gives the reason "Chip not readable" although "Chip readable" passed` + governs},
		{"no entry on any list", check("WATCHLIST_SCREENING", "CONSIDER", "POTENTIAL_MATCH", row("sanction", "PASS")),
			"Recommendation and sub-checks differ: Yoti leaves this check to be considered although no sub-check failed" + governs},
		{"no rows", check("LIVENESS", "REJECT", "", ""),
			"Yoti recommends rejecting this check without listing a sub-check that says why" + governs},
		{"the row failed", check("ID_DOCUMENT_AUTHENTICITY", "REJECT", "EXPIRED_DOCUMENT", row("document_in_date", "FAIL")), ""},
		{"not available", check("ID_DOCUMENT_AUTHENTICITY", "NOT_AVAILABLE", "PHOTO_TOO_DARK", row("document_in_date", "PASS")), ""},
	}
	for _, test := range tests {
		a := assess(t, test.body)
		got := ""
		if notes := a.Checks[0].Notes; len(notes) > 0 {
			got = strings.Join(notes, " ")
		}
		if got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
		if test.want != "" && !strings.HasSuffix(a.Reasons[len(a.Reasons)-1], test.want) {
			t.Errorf("%s: the reasons %q do not say so", test.name, a.Reasons)
		}
	}
	damaged := assess(t, check("LIVENESS", "REJECT", "", `{"sub_check": "liveness_auth", "result": 7}`))
	if text := strings.Join(damaged.Reasons, "\n"); strings.Contains(text, "no sub-check failed") || strings.Contains(text, "without listing") {
		t.Errorf("of rows that could not be read it is said: %s", text)
	}
}

// Every sub-check that has words has its place in the order of gravity, and none two.
func TestEverySubCheckHasItsGravity(t *testing.T) {
	for _, c := range checkTypes {
		for _, row := range c.subChecks {
			if !slices.Contains(byGravity, row.name) {
				t.Errorf("%s of %s has no place in the order of gravity", row.name, c.name)
			}
		}
	}
	for i, name := range byGravity {
		if slices.Contains(byGravity[:i], name) {
			t.Errorf("%s stands twice in the order of gravity", name)
		}
	}
}

// Every sub-check that a reason names has words, and so has the reason.
func TestSubChecksOfReasons(t *testing.T) {
	linked := 0
	for _, c := range checkTypes {
		for _, reasons := range c.reasons {
			for _, r := range reasons {
				for _, name := range subChecksOf(r.value) {
					linked++
					if !slices.Contains(byGravity, name) {
						t.Errorf("%s names %s, which is no known sub-check", r.value, name)
					}
				}
			}
		}
	}
	if linked == 0 {
		t.Error("no reason names a sub-check")
	}
}
