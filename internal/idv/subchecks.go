package idv

import "slices"

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

// unknownSubCheck stands in the order for every sub-check that has no words: it may be
// as grave as anything, so it comes right behind what is known to be.
const unknownSubCheck = ""

// minor is the gravity of what is no failed sub-check: less than that of all of them.
const minor = 1000

// gravityOf returns how grave it is that the sub-check of that name failed.
func gravityOf(name string) int {
	if i := slices.Index(byGravity, name); i >= 0 {
		return i
	}
	return slices.Index(byGravity, unknownSubCheck)
}

// Gravity is the place of the sub-check among others that failed: the smaller, the graver.
func (s SubCheck) Gravity() int { return gravityOf(s.Name) }

// subChecksOf returns the names of the sub-checks that look for what a reason says;
// none where no such link is published.
// Source: Yoti IDV, understanding the report.
func subChecksOf(reason string) []string {
	switch reason {
	case "COUNTERFEIT", "NOT_GENUINE":
		return []string{"no_sign_of_forgery", "no_signs_of_forgery"}
	case "TAMPERED":
		return []string{"no_sign_of_tampering"}
	case "DOCUMENT_COPY":
		return []string{"physical_document_captured", "real_document"}
	case "MISSING_HOLOGRAM":
		return []string{"hologram"}
	case "NO_HOLOGRAM_MOVEMENT":
		return []string{"hologram_movement"}
	case "OTHER_SECURITY_FEATURES":
		return []string{"other_security_features", "security_features"}
	case "EXPIRED_DOCUMENT":
		return []string{"document_in_date"}
	case "FRAUD_LIST_MATCH":
		return []string{"fraud_list_check", "fraud_list", "yoti_fraud_list_check"}
	case "DATA_MISMATCH":
		return []string{"ocr_barcode_comparison"}
	case "DOC_NUMBER_INVALID":
		return []string{"doc_number_validation", "doc_validation_number"}
	case "ISSUING_AUTHORITY_INVALID":
		return []string{"issuing_authority", "issuing_authority_verification"}
	case "CHIP_PARSE":
		return []string{"chip_parse"}
	case "CHIP_SOD_PARSE":
		return []string{"chip_sod_parse"}
	case "CHIP_DATA_INTEGRITY_FAILED":
		return []string{"chip_data_integrity"}
	case "CHIP_SIGNATURE_VERIFICATION_FAILED":
		return []string{"chip_digital_signature_verification"}
	case "CHIP_CSCA_VERIFICATION_FAILED":
		return []string{"chip_csca_trusted"}
	case "MRZ_VALIDATION", "INCORRECT_MRZ":
		return []string{"mrz_validation"}
	case "EXTRACTION_FAILED":
		return []string{"text_data_readable"}
	case "DIFFERENT_PERSON":
		return []string{"ai_face_match", "manual_face_match", "manual_face___match"}
	case "MISMATCH":
		return []string{"name_match", "dob_match"}
	case "NO_MATCH", "NO_MATCH_FOUND":
		return []string{"name_match", "face_found_in_pool"}
	case "MATCH", "MATCH_FOUND":
		return []string{"face_not_found_in_pool"}
	case "ADDRESS_MISMATCH":
		return []string{"address_match"}
	}
	return nil
}
