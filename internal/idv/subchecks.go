package idv

import (
	"slices"
	"strconv"
	"strings"
)

// byGravity holds the sub-checks in the order in which it matters that they failed: signs
// of fraud, then of forgery and of another person, then possible entries in lists,
// then data that differs, then what could not be read, then what Yoti no longer
// rejects for. The order is Countersign's own.
// Source of what each row means: Yoti IDV, understanding the report.
var byGravity = []string{
	"fraud_list_check", "fraud_list", "yoti_fraud_list_check", "sanction", "sanctions_warning", "deceased",

	"no_sign_of_forgery", "no_signs_of_forgery", "no_sign_of_tampering", "portrait_integrity",
	"physical_document_captured", "real_document", "live_photo",
	"chip_data_integrity", "chip_digital_signature_verification", "chip_csca_trusted",
	"payload_signature_verification", "liveness_auth",
	"manual_face_match", "manual_face___match", "ai_face_match", "face_not_found_in_pool", "face_found_in_pool",
	"issuing_authority", "issuing_authority_verification",
	"doc_number_validation", "doc_validation_number", "check_digits_validation",

	unknownSubCheck,

	"warning", "pep", "pep_warning", "fitness_probity", "adverse_media", "adverse media", "custom_search",

	"name_match", "dob_match", "ocr_barcode_comparison", "age_estimation_dob_comparison", "address_match",
	"ocr_mrz_comparison", "mrz_validation", "document_in_date",
	"data_in_correct_position", "data_positioning", "expected_data_present",
	"electoral_roll", "multiple_sources_match", "check_performed",

	"document_recognition", "text_data_readable", "face_processing", "chip_sod_parse", "chip_parse",

	"security_features", "other_security_features", "hologram", "hologram_movement",
}

// unknownSubCheck is in the order for every sub-check that has no words: it may be
// as grave as anything, so it comes right behind what is known to be.
const unknownSubCheck = ""

// minor is the gravity of what is not a failed sub-check: less than that of all of them.
const minor = 1000

// gravityOf returns how grave it is that the sub-check of that name failed.
func gravityOf(name string) int {
	if i := slices.Index(byGravity, name); i >= 0 {
		return i
	}
	return slices.Index(byGravity, unknownSubCheck)
}

// Gravity is the place of the sub-check among others that failed: the smaller, the graver.
func (s SubCheck) SeverityRank() int { return gravityOf(s.Name) }

// subChecksByReason names the sub-checks that look for what a reason says.
// Source: Yoti IDV, understanding the report.
var subChecksByReason = map[string][]string{
	"ADDRESS_MISMATCH":                   {"address_match"},
	"CHIP_CSCA_VERIFICATION_FAILED":      {"chip_csca_trusted"},
	"CHIP_DATA_INTEGRITY_FAILED":         {"chip_data_integrity"},
	"CHIP_PARSE":                         {"chip_parse"},
	"CHIP_SIGNATURE_VERIFICATION_FAILED": {"chip_digital_signature_verification"},
	"CHIP_SOD_PARSE":                     {"chip_sod_parse"},
	"COUNTERFEIT":                        {"no_sign_of_forgery", "no_signs_of_forgery"},
	"DATA_MISMATCH":                      {"ocr_barcode_comparison"},
	"DIFFERENT_PERSON":                   {"ai_face_match", "manual_face_match", "manual_face___match"},
	"DOCUMENT_COPY":                      {"physical_document_captured", "real_document"},
	"DOC_NUMBER_INVALID":                 {"doc_number_validation", "doc_validation_number"},
	"EXPIRED_DOCUMENT":                   {"document_in_date"},
	"EXTRACTION_FAILED":                  {"text_data_readable"},
	"FRAUD_LIST_MATCH":                   {"fraud_list_check", "fraud_list", "yoti_fraud_list_check"},
	"INCORRECT_MRZ":                      {"mrz_validation"},
	"ISSUING_AUTHORITY_INVALID":          {"issuing_authority", "issuing_authority_verification"},
	"MATCH":                              {"face_not_found_in_pool"},
	"MATCH_FOUND":                        {"face_not_found_in_pool"},
	"MISMATCH":                           {"name_match", "dob_match"},
	"MISSING_HOLOGRAM":                   {"hologram"},
	"MRZ_VALIDATION":                     {"mrz_validation"},
	"NOT_GENUINE":                        {"no_sign_of_forgery", "no_signs_of_forgery"},
	"NO_HOLOGRAM_MOVEMENT":               {"hologram_movement"},
	"NO_MATCH":                           {"name_match", "face_found_in_pool"},
	"NO_MATCH_FOUND":                     {"name_match", "face_found_in_pool"},
	"OTHER_SECURITY_FEATURES":            {"other_security_features", "security_features"},
	"TAMPERED":                           {"no_sign_of_tampering"},
}

// subChecksOf returns the names of the sub-checks that look for what a reason says;
// none where no such link is published.
func subChecksOf(reason string) []string { return subChecksByReason[reason] }

// DidNotPass reports whether the sub-check came to anything but a pass.
func (s SubCheck) DidNotPass() bool { return s.Result != Pass }

// PassedInShort says how many sub-checks passed, and the labels of the first of them:
// "13 passed: document in date, …".
func PassedInShort(first []string, passed int) string {
	var names []string
	for _, label := range first {
		names = append(names, WithinSentence(label))
	}
	text := strconv.Itoa(passed) + " passed: " + strings.Join(names, ", ")
	if more := passed - len(first); more > 0 {
		text += " and " + strconv.Itoa(more) + " more"
	}
	return text
}
