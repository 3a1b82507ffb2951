package idv

import (
	"slices"
	"strings"
)

// failedWords say in a few words what it means that a sub-check failed, where its label says
// what it should be. Sorted by name; a test looks for gaps.
// Source: Yoti IDV, understanding the report. The wording is Countersign's own.
var failedWords = []struct{ name, words string }{
	{"address_match", "Address not found"},
	{"adverse media", "Adverse media found"},
	{"adverse_media", "Adverse media found"},
	{"age_estimation_dob_comparison", "Face does not fit the date of birth"},
	{"ai_face_match", "Faces too different by score"},
	{"check_digits_validation", "Check digits not valid"},
	{"check_performed", "Records not consulted"},
	{"chip_csca_trusted", "Chip's issuer not trusted"},
	{"chip_data_integrity", "Chip data changed"},
	{"chip_digital_signature_verification", "Chip signature not valid"},
	{"chip_parse", "Chip not readable"},
	{"chip_sod_parse", "Chip's security record not readable"},
	{"custom_search", "Possible matches by the search profile"},
	{"data_in_correct_position", "Details out of place"},
	{"data_positioning", "Details out of place"},
	{"deceased", "Possible record of death"},
	{"dob_match", "Date of birth does not match"},
	{"doc_number_validation", "Document number not valid"},
	{"doc_validation_number", "Document number not valid"},
	{"document_in_date", "Document expired"},
	{"document_recognition", "Document not recognised"},
	{"electoral_roll", "Electoral roll flagged"},
	{"expected_data_present", "Expected details missing"},
	{"face_found_in_pool", "Face not in the pool"},
	{"face_not_found_in_pool", "Face already in the pool"},
	{"face_processing", "Face not usable"},
	{"fitness_probity", "Possible disqualification"},
	{"fraud_list", "On the fraud list"},
	{"fraud_list_check", "On the fraud list"},
	{"hologram", "Hologram not seen"},
	{"hologram_movement", "Hologram does not change"},
	{"issuing_authority", "Issuer's records differ"},
	{"issuing_authority_verification", "Issuer's records differ"},
	{"live_photo", "Document not photographed live"},
	{"liveness_auth", "Liveness not established"},
	{"manual_face___match", "Different faces by inspection"},
	{"manual_face_match", "Different faces by inspection"},
	{"mrz_validation", "MRZ not valid"},
	{"multiple_sources_match", "Too few sources agree"},
	{"name_match", "Name does not match"},
	{"no_sign_of_forgery", "Signs of forgery"},
	{"no_sign_of_tampering", "Signs of tampering"},
	{"no_signs_of_forgery", "Signs of forgery"},
	{"ocr_barcode_comparison", "Print and barcode differ"},
	{"ocr_mrz_comparison", "Print and MRZ differ"},
	{"other_security_features", "Other security feature in doubt"},
	{"payload_signature_verification", "Capture changed on its way"},
	{"pep", "Possible PEP"},
	{"pep_warning", "Possible PEP or warning"},
	{"physical_document_captured", "Copy of a document"},
	{"portrait_integrity", "Portrait may be replaced"},
	{"real_document", "Copy of a document"},
	{"sanction", "Possible sanctions entry"},
	{"sanctions_warning", "Possible sanctions entry"},
	{"security_features", "Security feature in doubt"},
	{"text_data_readable", "Text not readable"},
	{"warning", "Possible warning"},
	{"yoti_fraud_list_check", "On Yoti's fraud list"},
}

// FailedWords says in a few words what it means that a sub-check of this type of check
// failed: "Hologram not seen". A sub-check without words is named as it came.
func (t CheckType) FailedWords(name string) string {
	i, found := slices.BinarySearchFunc(failedWords, name, func(row struct{ name, words string }, name string) int {
		return strings.Compare(row.name, name)
	})
	if found && t.SubCheck(name).Known {
		return failedWords[i].words
	}
	return asItCame(t.SubCheck(name).Label) + " failed"
}
