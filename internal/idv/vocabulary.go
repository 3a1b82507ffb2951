package idv

// The words below are data: every table is sorted by the wire value, and
// words_test.go looks for gaps. The code that reads them is in words.go.
//
// Source of the values: Yoti Sign, Get IDV session result; Yoti IDV, results,
// understanding the report, AML report, address report and face check; Yoti's SDKs.
// Words of checks and rows name nobody: who decided a row is for its process to say.
// Names that only older results carry are kept. The wording is Countersign's own.

// table holds rows in the order of their keys.
type table[R interface{ key() string }] []R

// words is the table of a plain vocabulary.
type words table[wordRow]

type wordRow struct{ value, label, meaning string }

func (r wordRow) key() string { return r.value }

// checkType is all that there is to say about one type of check.
type checkType struct {
	name      CheckType
	label     string
	short     string
	question  string
	meaning   string
	subChecks table[subCheck]
	reasons   []table[reason] // the first that has a reason counts
}

type subCheck struct{ name, label, meaning, pass, fail string }

func (r subCheck) key() string { return r.name }

type reason struct{ value, label, meaning, advice string }

func (r reason) key() string { return r.value }

// detail is a named value of a sub-check and the form that its values take.
type detail struct {
	name, label, meaning string
	form                 detailForm
}

func (r detail) key() string { return r.name }

type detailForm int

const (
	detailWord       detailForm = iota // a value of detailValues
	detailNumber                       // a decimal number
	detailShare                        // a decimal number from 0 to 1
	detailText                         // a name or an id
	detailMatches                      // values of matchTypes with commas between
	detailLikelihood                   // a value of likelihoods
)

// checkTypes are in the order of CheckType.Rank.
var checkTypes = []checkType{
	{
		name:      DocumentAuthenticity,
		label:     "Document authenticity",
		short:     "Authenticity",
		question:  "Is the document genuine, as it was issued, and in date?",
		meaning:   "The identity document is examined for signs that it is false, altered, copied or expired.",
		subChecks: authenticitySubChecks,
		reasons:   []table[reason]{authenticityReasons, captureReasons},
	},
	{
		name:      DocumentTextData,
		label:     "Document text",
		short:     "Document text",
		question:  "Was the text on the identity document read correctly?",
		meaning:   "The text read from the identity document was looked at again, and confirmed or corrected.",
		subChecks: textSubChecks,
		reasons:   []table[reason]{textReasons, captureReasons},
	},
	{
		name:      Liveness,
		label:     "Liveness",
		short:     "Liveness",
		question:  "Was a real person in front of the camera?",
		meaning:   "Says whether a person was present at the capture; each finished attempt has a check of its own, and the newest one counts.",
		subChecks: livenessSubChecks,
	},
	{
		name:      DocumentFaceMatch,
		label:     "Face match",
		short:     "Face match",
		question:  "Is the person at the camera the one pictured on the document?",
		meaning:   "The captured face is compared with the portrait on the identity document.",
		subChecks: faceMatchSubChecks,
		reasons:   []table[reason]{faceMatchReasons},
	},
	{
		name:      DocumentComparison,
		label:     "Document comparison",
		short:     "Comparison",
		question:  "Do the signer's documents agree with each other?",
		meaning:   "The name, and the date of birth where both have one, on the first document are compared with those on every other document.",
		subChecks: comparisonSubChecks,
		reasons:   []table[reason]{comparisonReasons},
	},
	{
		name:      ThirdPartyIdentity,
		label:     "Identity and address records",
		short:     "Name, address",
		question:  "Do outside records know this person at this address?",
		meaning:   "The name, date of birth and address from the documents are looked up in records kept by other organisations.",
		subChecks: thirdPartySubChecks,
		reasons:   []table[reason]{thirdPartyReasons},
	},
	{
		name:      WatchlistScreening,
		label:     "Watchlist screening",
		short:     "Watchlists",
		question:  "Could the person be on a watchlist or in adverse media?",
		meaning:   "The name, date of birth and country are searched in lists of sanctions, warnings, disqualifications and public office, and in the news.",
		subChecks: watchlistSubChecks,
		reasons:   []table[reason]{watchlistReasons},
	},
	{
		name:      WatchlistAdvanced,
		label:     "Advanced watchlist search",
		short:     "Adv. watchlist",
		question:  "Could the person be on a watchlist, by the search that was set up?",
		meaning:   "A watchlist search at ComplyAdvantage whose lists, closeness of names and account were chosen by the business.",
		subChecks: watchlistSubChecks,
		reasons:   []table[reason]{watchlistReasons},
	},
	{
		name:      SupplementaryTextData,
		label:     "Supporting document text",
		short:     "Supp. doc text",
		question:  "Was the text on the supporting document read correctly?",
		meaning:   "The text read from a supporting document, such as a bill, was looked at again, and confirmed or corrected.",
		subChecks: textSubChecks,
		reasons:   []table[reason]{textReasons, captureReasons},
	},
	{
		name:      FaceComparison,
		label:     "Face comparison",
		short:     "Face compared",
		question:  "Does the selfie show the same face as the reference picture?",
		meaning:   "The captured face is compared with a picture that the business supplied.",
		subChecks: faceComparisonSubChecks,
	},
	{
		name:      FamiliarFaceSearch,
		label:     "Familiar face search",
		short:     "Familiar face",
		question:  "Is this face among those already known?",
		meaning:   "The face is looked for in a pool of known faces; only the criteria of the search say whether finding it is wanted.",
		subChecks: familiarFaceSubChecks,
		reasons:   []table[reason]{familiarFaceReasons},
	},
	{
		name:      ThirdPartyFraud,
		label:     "Identity fraud records",
		short:     "Identity fraud",
		question:  "Do outside records connect this identity with fraud?",
		meaning:   "Another organisation looks the identity up in its fraud records; Yoti publishes little about this check.",
		subChecks: fraudSubChecks,
	},
	{
		name:     SynecticsFraud,
		label:    "Synectics fraud records",
		short:    "Fraud records",
		question: "Do Synectics' records connect this identity with fraud?",
		meaning:  "The identity is looked up in the fraud records of Synectics; Yoti publishes nothing on how to read this check.",
	},
	{
		name:     BranchVisualReview,
		label:    "Visual review in a branch",
		short:    "Branch review",
		question: "Did branch staff recognise the person and the document?",
		meaning:  "Staff in a branch compared the person with the document by eye; the check has no sub-checks.",
		reasons:  []table[reason]{branchReasons},
	},
	{
		name:     SchemeDocumentValidity,
		label:    "Document valid for the scheme",
		short:    "Scheme rules",
		question: "Is the document accepted by the scheme that was named?",
		meaning:  "Says whether the document counts under the rules of the scheme that the check names; the check has no sub-checks.",
		reasons:  []table[reason]{branchReasons},
	},
	{
		name:     ProfileDocumentMatch,
		label:    "Profile and document",
		short:    "Profile match",
		question: "Do the details from the business agree with the document?",
		meaning:  "The details that the business supplied about the person are compared with the document; the check has no sub-checks.",
		reasons:  []table[reason]{branchReasons},
	},
}

// Rows that several types of check share.
var (
	mrzRow = subCheck{"mrz_validation", "Machine-readable zone valid",
		"Examines the length and the fields of the machine-readable zone, the lines of letters and chevrons on the document.",
		"The machine-readable zone has the form it should have.",
		"The machine-readable zone does not have the form it should have, or was not read correctly."}
	yotiFraudListRow = subCheck{"yoti_fraud_list_check", "Not on Yoti's fraud list",
		"Looks for an entry in the fraud list that Yoti keeps itself.",
		"Yoti's own fraud list has no entry that fits.",
		"Yoti's own fraud list has an entry that fits; read this even where the check was approved."}
)

var authenticitySubChecks = table[subCheck]{
	{"age_estimation_dob_comparison", "Face fits the date of birth",
		"An age is estimated from the selfie and held against the date of birth.",
		"The estimated age fits the date of birth on the document.",
		"The estimated age does not fit the date of birth on the document."},
	{"check_digits_validation", "Check digits valid",
		"Recalculates the check digits on the document; only older results have this sub-check.",
		"The check digits on the document are right.",
		"At least one check digit on the document is not what it should be."},
	{"chip_csca_trusted", "Chip issued under a trusted country certificate",
		"Traces the certificate behind the chip to the country that issued the document.",
		"The chip goes back to a country certificate that Yoti trusts.",
		"The chip does not go back to a country certificate that Yoti trusts."},
	{"chip_data_integrity", "Chip data unchanged",
		"Compares the data on the chip with the fingerprints that the issuer stored beside it.",
		"The data on the chip is as the issuer stored it.",
		"The data on the chip is not what the issuer stored."},
	{"chip_digital_signature_verification", "Chip signature valid",
		"Verifies the issuer's digital signature on the chip.",
		"The issuer's signature on the chip is valid.",
		"The issuer's signature on the chip could not be shown to be valid."},
	{"chip_parse", "Chip readable",
		"Says whether the data on the document's chip could be read.",
		"The data on the chip could be read.",
		"The data on the chip could not be read, so the chip proves nothing here."},
	{"chip_sod_parse", "Chip security record readable",
		"Says whether the signed record that protects the chip's data could be read.",
		"The signed record that protects the chip's data could be read.",
		"The signed record that protects the chip's data is missing or could not be read, so the chip proves nothing here."},
	{"data_in_correct_position", "Details in their place",
		"Says whether the printed details stand where they belong on this document; only older results have this sub-check.",
		"The printed details stand where they belong.",
		"Some printed details stand where they do not belong."},
	{"data_positioning", "Details in their place",
		"Says whether the printed details stand where they belong on this document; only older results have this sub-check.",
		"The printed details stand where they belong.",
		"Some printed details stand where they do not belong."},
	{"doc_number_validation", "Document number follows the issuer's rule",
		"Tests the number against the issuer's way of numbering, for British and some Canadian driving licences.",
		"The document number is one that the issuer could have given.",
		"The document number is not one that the issuer could have given to this person."},
	{"doc_validation_number", "Document number follows the issuer's rule",
		"Tests the number against the issuer's way of numbering; older results use this name for the sub-check.",
		"The document number is one that the issuer could have given.",
		"The document number is not one that the issuer could have given to this person."},
	{"document_in_date", "Document in date",
		"Compares the expiry date that was read from the document with the day of the check.",
		"The document had not expired on the day of the check.",
		"The document had expired; sessions can be set up to accept that, and then the check may still be approved."},
	{"document_recognition", "Document recognised",
		"Seems to say whether the kind of document was recognised; Yoti does not describe this sub-check.",
		"The kind of document seems to have been recognised.",
		"The kind of document seems not to have been recognised; Yoti does not describe this sub-check."},
	{"expected_data_present", "Expected details present",
		"Says whether everything that belongs on this document is there; only older results have this sub-check.",
		"Everything that belongs on this document is there.",
		"Something that belongs on this document is not there."},
	{"fraud_list", "Not among known fraudulent documents",
		"Looks for the document in a database of fraudulent ones; older results use this name for the sub-check.",
		"The database of fraudulent documents has no entry that fits.",
		"The database of fraudulent documents has an entry that fits this document."},
	{"fraud_list_check", "Not among known fraudulent documents",
		"Looks for the document in a database of fraudulent ones.",
		"The database of fraudulent documents has no entry that fits.",
		"The database of fraudulent documents has an entry that fits this document."},
	{"hologram", "Hologram seen",
		"Looks for the shape or the colour of the hologram.",
		"The hologram could be seen.",
		"The hologram could not be seen; Yoti has not rejected for this alone since July 2021."},
	{"hologram_movement", "Hologram changes with the light",
		"Looks for a change in the hologram from one picture to the next.",
		"The hologram changed from one picture to the next.",
		"No change was seen; a single picture or an uploaded file cannot show one, so this sub-check often fails on approved checks."},
	{"issuing_authority", "Issuer's records agree",
		"Asks the issuing authority, or an organisation that speaks for it, whether its records agree with the document.",
		"What the issuer has on record fits the main details of the document.",
		"What the issuer has on record contradicts the main details of the document."},
	{"issuing_authority_verification", "Issuer's records agree",
		"Asks the issuing authority whether its records agree with the document; older results use this name for the sub-check.",
		"What the issuer has on record fits the main details of the document.",
		"What the issuer has on record contradicts the main details of the document."},
	{"live_photo", "Document photographed live",
		"Says whether the document was photographed on the spot; only older results have this sub-check.",
		"The document was photographed on the spot.",
		"The document was not photographed on the spot."},
	mrzRow,
	{"no_sign_of_forgery", "No sign of forgery",
		"Compares the document's features with those of a genuine one.",
		"No sign was found that the document is false.",
		"Signs were found that the document is false; the details name the features where there are any."},
	{"no_sign_of_tampering", "No sign of tampering",
		"Looks for changes to the portrait or the details that were made after the document was issued.",
		"No sign was found that the document was changed.",
		"Signs were found that the portrait or the printed details were changed; the details say which where there are any."},
	{"no_signs_of_forgery", "No sign of forgery",
		"Compares the document's features with those of a genuine one.",
		"No sign was found that the document is false.",
		"Signs were found that the document is false; the details name the features where there are any."},
	{"ocr_barcode_comparison", "Print agrees with the barcode",
		"Compares what is printed on the document with what its barcode holds.",
		"What is printed agrees with what the barcode holds.",
		"Something printed does not agree with the barcode; the details say which field."},
	{"ocr_mrz_comparison", "Print agrees with the machine-readable zone",
		"Compares what is printed on the document with its machine-readable zone.",
		"What is printed agrees with the machine-readable zone.",
		"Something printed differs from the machine-readable zone, which can be a slip in reading; checks have been approved in spite of it."},
	{"other_security_features", "Other security features",
		"Looks at further features such as tiny print, watermarks, colour-changing ink or embossing.",
		"The further security features look as they should.",
		"A further security feature does not look as it should; Yoti has not rejected for this alone since July 2021."},
	{"physical_document_captured", "Original document shown",
		"Says whether the document itself was captured, not a copy, a print or a screen.",
		"The document itself was captured.",
		"A copy, a print or a screen seems to have been captured; with an uploaded file this alone may not lead to a rejection."},
	{"portrait_integrity", "Portrait not replaced",
		"Seems to say whether the portrait is the original one; Yoti does not describe this sub-check.",
		"The portrait seems to have been taken for the original one.",
		"The portrait may have been replaced; Yoti does not describe this sub-check, so read its details."},
	{"real_document", "Original document shown",
		"Says whether the document itself was captured; older results use this name for the sub-check.",
		"The document itself was captured.",
		"A copy, a print or a screen seems to have been captured."},
	{"security_features", "Security features",
		"Looks at the document's security features; only older results have this sub-check.",
		"The security features look as they should.",
		"A security feature does not look as it should."},
	yotiFraudListRow,
}

var textSubChecks = table[subCheck]{
	mrzRow,
	{"text_data_readable", "Text readable",
		"Compares the text that was read with the document; it is corrected where needed.",
		"The text could be read, and was confirmed or corrected.",
		"The text could not be read or confirmed."},
}

var livenessSubChecks = table[subCheck]{
	{"face_processing", "Face usable",
		"Says whether the selfie shows a face that can be judged.",
		"The selfie shows a face that could be judged.",
		"The selfie shows no face that could be judged, and the check is rejected."},
	{"liveness_auth", "Person present",
		"Says whether the camera saw a real person.",
		"The capture was taken for that of a real person.",
		"The capture could not be taken for that of a real person; Yoti gives no reason for this."},
	{"payload_signature_verification", "Capture arrived unchanged",
		"Verifies that the selfie was taken live and reached Yoti as it was taken.",
		"The selfie reached Yoti as it was taken.",
		"The selfie may have been changed or replaced on its way to Yoti, and the check is rejected."},
}

var faceMatchSubChecks = table[subCheck]{
	{"ai_face_match", "Face match by score",
		"Gives a score for how alike the captured face and the portrait are.",
		"The two faces were taken for the same person.",
		"The two faces were found too different; where another sub-check says otherwise, the check may still be approved."},
	{"manual_face___match", "Face match by inspection",
		"Compares the captured face with the portrait.",
		"The two faces were taken for the same person.",
		"The two faces were taken for different people, or could not be compared."},
	{"manual_face_match", "Face match by inspection",
		"Compares the captured face with the portrait.",
		"The two faces were taken for the same person.",
		"The two faces were taken for different people, or could not be compared."},
	yotiFraudListRow,
}

var comparisonSubChecks = table[subCheck]{
	{"dob_match", "Same date of birth",
		"Compares the dates of birth on two identity documents; supporting documents are not compared in this.",
		"The documents show the same date of birth.",
		"The documents show different dates of birth."},
	{"name_match", "Same name",
		"Compares the names on two documents.",
		"The documents show the same name.",
		"The documents show different names."},
}

var thirdPartySubChecks = table[subCheck]{
	{"address_match", "Address found",
		"Looks for the person at this address in the records.",
		"The records have the person at this address.",
		"The records do not have the person at this address."},
	{"deceased", "Records of deaths",
		"Looks for the person in records of deaths, once the address was found.",
		"The sub-check is a pass; Yoti does not publish what that says about records of deaths.",
		"The sub-check is flagged and may point to a record of death; Yoti does not publish how to read it, so look into it."},
	{"dob_match", "Date of birth found",
		"Looks for the date of birth in the records; the sub-check is listed only where it was found.",
		"The records have this date of birth for the person.",
		"The sub-check is flagged although Yoti lists it only where the date of birth was found, so look into it."},
	{"electoral_roll", "Electoral roll",
		"Looks for the person on the electoral roll, once the address was found.",
		"The sub-check is a pass; Yoti does not publish what that says about the electoral roll.",
		"The sub-check is flagged and may mean that the electoral roll does not have the person; Yoti does not publish how to read it."},
	{"multiple_sources_match", "More than one source",
		"Says whether several records agree about the person, once the address was found.",
		"The sub-check is a pass; Yoti does not publish how many sources that takes.",
		"The sub-check is flagged and may mean that too few sources agree; Yoti does not publish how to read it."},
	{"name_match", "Name found",
		"Looks for the person's name in the records.",
		"The records have the name.",
		"The records do not have the name."},
	{"pep_warning", "Public office or warning",
		"Looks in the records for public office or a warning about the person, once the address was found.",
		"The sub-check is a pass; Yoti does not publish what that says about public office or warnings.",
		"The sub-check is flagged and may point to public office or a warning; Yoti does not publish how to read it, so look into it."},
	{"sanctions_warning", "Sanctions lists of the UK and the USA",
		"Looks for the person on the sanctions lists of the UK and US treasuries, once the address was found.",
		"The sub-check is a pass; Yoti does not publish what that says about these sanctions lists.",
		"The sub-check is flagged and may point to an entry on a sanctions list; Yoti does not publish how to read it, so look into it."},
}

var watchlistSubChecks = table[subCheck]{
	{"adverse media", "Adverse media",
		"Searches the news for negative reports about a person of this name.",
		"The search found no negative reports.",
		"The search found negative reports that may be about this person."},
	{"adverse_media", "Adverse media",
		"Searches the news for negative reports about a person of this name.",
		"The search found no negative reports.",
		"The search found negative reports that may be about this person."},
	{"custom_search", "Search profile as a whole",
		"Sums up a search that ran by a profile of the business; when it passes, no other sub-checks are listed.",
		"The search by this profile found no possible match.",
		"The search by this profile found possible matches; the other sub-checks say on which lists."},
	{"fitness_probity", "Fitness and probity",
		"Searches lists of people who were disqualified from an office, a trade or public contracts.",
		"The search found no entry on these lists.",
		"The search found entries on these lists that may be this person."},
	{"pep", "PEP (politically exposed person)",
		"Searches for people in prominent public office, and those close to them.",
		"The search found no such person.",
		"The search found people in public office, or close to it, who may be this person."},
	{"sanction", "Sanctions",
		"Searches the lists of people under sanctions.",
		"The search found no entry on these lists.",
		"The search found entries under sanctions that may be this person; compare date of birth and country first."},
	{"warning", "Warnings",
		"Searches the warnings of regulators and the police.",
		"The search found no warning.",
		"The search found warnings that may be about this person."},
}

var faceComparisonSubChecks = table[subCheck]{
	{"ai_face_match", "Face match by score",
		"Gives a score for how alike the selfie and the reference picture are.",
		"The two faces were taken for the same person.",
		"The two faces were found too different."},
}

var familiarFaceSubChecks = table[subCheck]{
	{"face_found_in_pool", "Face found, as wanted",
		"Looks for the face in a pool of known faces where finding it is wanted.",
		"The face is in the pool, which is what was wanted.",
		"The face is not in the pool, although it should be."},
	{"face_not_found_in_pool", "Face not found, as wanted",
		"Looks for the face in a pool of known faces where finding it is not wanted, as with second accounts.",
		"The face is not in the pool, which is what was wanted.",
		"The face is in the pool already, although it should not be; the details name the pool and the person."},
}

var fraudSubChecks = table[subCheck]{
	{"check_performed", "Records consulted",
		"Seems to say whether the other organisation carried the check out; Yoti does not describe this sub-check.",
		"The other organisation seems to have carried the check out; the sub-check does not say with what outcome.",
		"The other organisation seems not to have carried the check out, so it clears nothing."},
}

// What a reviewer can do. A signer can try again only when the sender resends the
// envelope. Source: Yoti Sign, Get IDV session result.
const (
	doEscalate      = "Treat it as possible fraud and follow your escalation procedure before you decide."
	doOtherDocument = "Have the envelope resent and ask the signer to use another document."
	doRetry         = "Have the envelope resent and ask the signer to try again."
	doWholeDocument = "Have the envelope resent and ask the signer to show the whole document with nothing over it."
	doBetterLight   = "Have the envelope resent and ask the signer to try again in better light."
	doLessLight     = "Have the envelope resent and ask the signer to try again out of strong light."
	doUsePhone      = "Have the envelope resent and ask the signer to use a phone with a good camera."
	doLookInto      = "Look into the sub-checks of the check and decide by your own rules."
)

var authenticityReasons = table[reason]{
	{"CHIP_CSCA_VERIFICATION_FAILED", "Chip's issuer not trusted",
		"The chip does not go back to a country certificate that Yoti trusts.", doEscalate},
	{"CHIP_DATA_INTEGRITY_FAILED", "Chip data changed",
		"The data on the chip is not what the issuer stored.", doEscalate},
	{"CHIP_SIGNATURE_VERIFICATION_FAILED", "Chip signature not valid",
		"The issuer's signature on the chip could not be shown to be valid.", doEscalate},
	{"COUNTERFEIT", "Counterfeit",
		"The document shows signs that no authority ever issued it.", doEscalate},
	{"DATA_MISMATCH", "Print and barcode differ",
		"Something printed on the document does not agree with its barcode.", doEscalate},
	{"DOCUMENT_COPY", "Copy of a document",
		"A copy, a print or a screen was captured where the document itself was needed.",
		"Have the envelope resent and ask the signer to show the document itself to the camera."},
	{"DOC_NUMBER_INVALID", "Impossible document number",
		"The document number is not one that the issuer could have given to this person.", doEscalate},
	{"EXPIRED_DOCUMENT", "Document expired",
		"The document was past its expiry date.",
		"Have the envelope resent and ask the signer to use a document that is in date."},
	{"FRAUD_LIST_MATCH", "Known fraudulent document",
		"A database of fraudulent documents has an entry that fits this document.", doEscalate},
	{"ISSUING_AUTHORITY_INVALID", "Issuer's records differ",
		"What the issuer has on record contradicts the main details of the document.", doEscalate},
	{"MISSING_HOLOGRAM", "Hologram not seen",
		"The hologram that belongs on this document could not be seen.",
		"Have the envelope resent and ask the signer to use the camera, in better light."},
	{"NOT_GENUINE", "Not genuine",
		"The document was not taken for genuine; only older results give this reason.", doEscalate},
	{"NO_HOLOGRAM_MOVEMENT", "Hologram does not change",
		"The hologram stayed the same from one picture to the next.",
		"Have the envelope resent and ask the signer to use the camera, in better light."},
	{"OTHER_SECURITY_FEATURES", "Security feature in doubt",
		"A security feature other than the hologram does not look as it should; only older results give this reason.", doLookInto},
	{"TAMPERED", "Altered document",
		"The document shows signs of changes made after it was issued.", doEscalate},
}

// captureReasons say why a document could not be judged from its pictures.
var captureReasons = table[reason]{
	{"BLACK_AND_WHITE_IMAGE", "Picture without colour",
		"The picture is in black and white.",
		"Have the envelope resent and ask the signer for a picture in colour, or another document."},
	{"CHIP_PARSE", "Chip not readable",
		"The chip on the document could not be read.", doOtherDocument},
	{"CHIP_SOD_PARSE", "Chip's security record not readable",
		"The signed record that protects the chip's data could not be read.", doOtherDocument},
	{"COUNTRY_NOT_SUPPORTED", "Country not supported",
		"Yoti cannot judge documents from this country.",
		"Find another way to verify this person: they may be unable to complete a check at Yoti."},
	{"DOCUMENT_NOT_SUPPORTED", "Document not supported",
		"Yoti cannot judge this kind of document.", doOtherDocument},
	{"DOCUMENT_TOO_DAMAGED", "Document damaged",
		"The document is too worn or broken to be judged.", doOtherDocument},
	{"DOCUMENT_VERSION_NOT_SUPPORTED", "Edition not supported",
		"Yoti cannot judge this edition of the document.", doOtherDocument},
	{"GLARE_OBSTRUCTION", "Glare",
		"Light reflected from the document covers a part of it.", doRetry},
	{"IMAGE_RESOLUTION_TOO_LOW", "Picture too coarse",
		"The picture does not show enough detail.", doUsePhone},
	{"INCORRECT_DOCUMENT_TYPE", "Another type of document",
		"The document is not of the type that the signer chose.",
		"Have the envelope resent and ask the signer to use the type of document that they choose."},
	{"INCORRECT_MRZ", "Wrong machine-readable zone",
		"The lines of the machine-readable zone hold mistakes or are those of another document.", doOtherDocument},
	{"INVALID", "Not valid",
		"What was supplied cannot be used for this check.", doOtherDocument},
	{"MISSING_DOCUMENT_SIDE", "A side is missing",
		"Only one side of the document was supplied, and both are needed.",
		"Have the envelope resent and ask the signer to capture both sides."},
	{"MISUSE", "Misused",
		"The capture was used for something else, such as a thing that is no identity document.", doOtherDocument},
	{"NO_DOCUMENT", "No document",
		"The picture shows no identity document.",
		"Have the envelope resent and ask the signer to show a document."},
	{"OBJECT_OBSTRUCTION", "Document covered",
		"A finger or an object covers a part of the document.", doWholeDocument},
	{"PARTIAL_PHOTO", "Document cut off",
		"A part of the document lies outside the picture.", doWholeDocument},
	{"PHOTO_OVEREXPOSED", "Too much light",
		"The picture is so bright that parts of the document cannot be seen.", doLessLight},
	{"PHOTO_TOO_BLURRY", "Blurred",
		"The picture is not sharp enough.",
		"Have the envelope resent and ask the signer to lay the document flat, and to use a phone if they can."},
	{"PHOTO_TOO_DARK", "Too dark",
		"The picture is so dark that the document cannot be judged.", doBetterLight},
	{"PICTURE_TOO_DARK", "Too dark",
		"The picture is so dark that the document cannot be judged; older results use this name.", doBetterLight},
	{"UNABLE_TO_LOAD", "Picture could not be opened",
		"The picture that was supplied could not be opened; only older results give this reason.", doRetry},
}

var textReasons = table[reason]{
	{"EXTRACTION_FAILED", "Text not usable",
		"Even after it was looked at again, the text did not make sense as details of a document.", doOtherDocument},
	{"MRZ_VALIDATION", "Machine-readable zone not valid",
		"The machine-readable zone does not have the form it should have, or was not read correctly.", doOtherDocument},
}

var faceMatchReasons = table[reason]{
	{"DIFFERENT_PERSON", "Different person",
		"The captured face is not that of the person on the document.", doEscalate},
	{"DOCUMENT_COPY", "Copy of a document",
		"The portrait comes from a copy of a document; only older results give this reason here.",
		"Have the envelope resent and ask the signer to show the document itself to the camera."},
	{"DOCUMENT_NOT_FOUND", "No portrait to compare",
		"No document with a portrait was found to compare the face with.",
		"Have the envelope resent and ask the signer to show a document."},
	{"FACE_NOT_FOUND", "No face",
		"The capture shows no face.", doRetry},
	{"FACE_NOT_GENUINE", "Face not genuine",
		"The capture may be an attempt to deceive the check with a false face.", doEscalate},
	{"FACE_PHOTO_LOW_RESOLUTION", "Face too coarse",
		"The picture of the face does not show enough detail to compare.", doUsePhone},
	{"GLARE_OBSTRUCTION", "Glare",
		"Reflected light covers a part of a face.", doRetry},
	{"INVALID", "Not valid",
		"What was supplied cannot be used to compare faces.", doOtherDocument},
	{"LARGE_AGE_GAP", "Large age gap",
		"The captured person and the portrait on the document seem to be of very different ages.", doEscalate},
	{"MISUSE", "Misused",
		"The capture was used for something else than a face.", doOtherDocument},
	{"OBJECT_OBSTRUCTION", "Face covered",
		"Something covers a part of the face or of the portrait.",
		"Have the envelope resent and ask the signer to keep face and document free."},
	{"PARTIAL_PHOTO", "Face cut off",
		"A part of the face or of the portrait lies outside the picture.",
		"Have the envelope resent and ask the signer to keep face and document inside the frame."},
	{"PHOTO_OF_MASK", "Mask",
		"The captured person wears a mask.", doEscalate},
	{"PHOTO_OF_PHOTO", "Photo of a photo",
		"The capture shows a picture of a person where a person was needed.",
		"Explain that the camera has to see the person, and have the envelope resent."},
	{"PHOTO_OVEREXPOSED", "Too much light",
		"A picture is so bright that the faces cannot be compared.", doLessLight},
	{"PHOTO_TOO_BLURRY", "Blurred",
		"The faces are not sharp enough for a comparison.", doRetry},
	{"PHOTO_TOO_DARK", "Too dark",
		"A picture is so dark that the faces cannot be compared.", doBetterLight},
	{"TAMPERED", "Altered document",
		"The portrait comes from a document that shows changes; only older results give this reason here.", doEscalate},
}

var comparisonReasons = table[reason]{
	{"MISMATCH", "Documents differ",
		"The documents do not show the same name, or not the same date of birth.",
		"Have the envelope resent and ask the signer for documents with the same details."},
	{"NON_LATIN_CHARACTER_IN_NAME", "Name in another script",
		"A name is written in a script other than Latin, and could not be compared.",
		"Have the envelope resent and ask the signer for a document with the name in Latin letters."},
	{"NO_VALID_SUBCHECKS", "Nothing to compare",
		"There was no name and no date of birth that stands on both documents.",
		"Have the envelope resent and ask the signer for documents that show a name or a date of birth."},
}

var thirdPartyReasons = table[reason]{
	{"ADDRESS_MISMATCH", "Address differs",
		"The records know the name, but not at this address.",
		"Ask the signer to confirm the address, and have the envelope resent if it was wrong."},
	{"NO_MATCH", "Not found",
		"The records have nobody with these details.", doRetry},
	{"NO_MATCH_FOUND", "Not found",
		"The records have nobody with these details.", doRetry},
	{"NO_VALID_FIELDS", "Too few details",
		"The documents did not yield the details that this search needs.", doRetry},
}

var watchlistReasons = table[reason]{
	{"NO_VALID_FIELDS", "Too few details",
		"The documents did not yield the name, date of birth and country that this search needs.", doRetry},
	{"POTENTIAL_MATCH", "Possible match",
		"The search found entries that may be this person, and nobody has decided yet whether they are.",
		"Review the hits and set a disposition for each."},
}

var familiarFaceReasons = table[reason]{
	{"MATCH", "Face found",
		"The face is in the pool of known faces.", doFaceSearch},
	{"MATCH_FOUND", "Face found",
		"The face is in the pool of known faces.", doFaceSearch},
	{"NO_MATCH", "Face not found",
		"The face is not in the pool of known faces.", doFaceSearch},
}

const doFaceSearch = "Read in the details of the check which outcome was wanted before you assess this one."

// branchReasons repeat the type of the check: Yoti publishes no reasons for these.
var branchReasons = table[reason]{
	{"DOCUMENT_SCHEME_VALIDITY_CHECK", "No reason beyond the check", noBranchReason, doAskBranch},
	{"IBV_VISUAL_REVIEW_CHECK", "No reason beyond the check", noBranchReason, doAskBranch},
	{"PROFILE_DOCUMENT_MATCH", "No reason beyond the check", noBranchReason, doAskBranch},
}

const (
	noBranchReason = "The reason only repeats the name of the check; Yoti publishes no reasons for it."
	doAskBranch    = "Find out from the branch or the business what was found."
)

var details = table[detail]{
	{"address", "Address", "Whether the address agrees.", detailWord},
	{"address_match", "Address agrees", "Whether the issuer's records have this address; the sub-check does not fail by this alone.", detailWord},
	{"both", "Portrait and printed details", "Which part was found to be changed; only older results have this detail.", detailWord},
	{"closest_match", "Closest match", "In what way the entry nearest to this person matched.", detailMatches},
	{"confidence_score", "Similarity score", "A score from 0 to 1 for information: the result beside it is what counts.", detailShare},
	{"data", "Printed details", "Which part was found to be changed; only older results have this detail.", detailWord},
	{"data_alignment", "Lines of text", "Whether the lines of text stand as on a genuine document.", detailWord},
	{"data_integrity", "Printed details", "Whether the printed details are unchanged.", detailWord},
	{"date_of_birth", "Date of birth", "Whether the date of birth agrees.", detailWord},
	{"document_number", "Document number", "Whether the document number agrees.", detailWord},
	{"document_number_integrity", "Document number", "Whether the document number looks genuine.", detailWord},
	{"expiration_date", "Expiry date", "Whether the expiry date agrees.", detailWord},
	{"face_photo", "Portrait", "Which part was found to be changed; only older results have this detail.", detailWord},
	{"face_photo_integrity", "Portrait", "Whether the portrait is unchanged.", detailWord},
	{"fonts_authenticity", "Lettering", "Whether the lettering is that of a genuine document.", detailWord},
	{"gender", "Gender", "Whether the gender agrees.", detailWord},
	{"hologram_check", "Hologram", "Whether the hologram is as it should be.", detailWord},
	{"issuing_authority", "Issuing authority", "Who issued the document.", detailText},
	{"matching_applicant", "Person found", "The identifier of the person whose face was found.", detailText},
	{"matching_pool", "Pool", "The identifier of the pool in which the face was found.", detailText},
	{"name", "Name", "Whether the name agrees.", detailWord},
	{"number_of_hits", "Hits", "How many list entries fall under this sub-check; one person can account for several, so hits do not add up to the total.", detailNumber},
	{"portrait_substitution", "Portrait replaced", "How likely it is thought that the portrait was replaced; Yoti does not publish the scale.", detailLikelihood},
	{"portrait_substitution_trust_score", "Trust in the portrait", "Seems to be nearer to 1 the more the portrait is trusted; Yoti does not describe it.", detailShare},
	{"primary_fields_match", "Main details agree", "Whether the issuer's records have the same main details; this decides the sub-check.", detailWord},
	{"printing_quality", "Printing", "Whether the printing is as good as on a genuine document.", detailWord},
	{"provider_org", "Provider", "The organisation that ran this part of the check.", detailText},
	{"security_features_integrity", "Security features", "Whether the security features are as they should be.", detailWord},
	{"verifying_org", "Answered by", "The organisation that answered in the issuer's place.", detailText},
}

var detailValues = words{
	{"FAIL", "Fail", "This part does not look as it should."},
	{"MATCH", "Agrees", "Both sides say the same."},
	{"MISMATCH", "Differs", "The two sides do not say the same."},
	{"PASS", "Pass", "This part looks as it should."},
	{"false", "No", ""},
	{"true", "Yes", ""},
}

var likelihoods = words{
	{"LIKELY", "Likely", "Yoti does not publish the scale."},
	{"UNLIKELY", "Unlikely", "Yoti does not publish the scale."},
	{"VERY_LIKELY", "Very likely", "Yoti does not publish the scale."},
	{"VERY_UNLIKELY", "Very unlikely", "Yoti does not publish the scale."},
}

// matchTypes are ComplyAdvantage's ways in which a name or a date can match.
var matchTypes = words{
	{"aka_exact", "Exact alias", ""},
	{"aka_fuzzy", "Similar alias", ""},
	{"equivalent_aka", "Equivalent alias", ""},
	{"equivalent_name", "Equivalent name", ""},
	{"name_exact", "Exact name", ""},
	{"name_fuzzy", "Similar name", ""},
	{"name_variations_removal", "Name without some of its parts", ""},
	{"phonetic_aka", "Alias that sounds alike", ""},
	{"phonetic_name", "Name that sounds alike", ""},
	{"removed_clerical_mark", "Name without a religious title", ""},
	{"removed_organisation_prefix", "Name without what stands before an organisation's name", ""},
	{"removed_organisation_suffix", "Name without what stands after an organisation's name", ""},
	{"removed_personal_suffix", "Name without what stands after a person's name", ""},
	{"removed_personal_title", "Name without a title", ""},
	{"unknown", "Way of matching not stated", ""},
	{"year_of_birth", "Year of birth", ""},
}

var sessionStates = words{
	{"COMPLETED", "Completed", "Yoti has finished, which does not mean that everything was approved."},
	{"EXPIRED", "Expired", "The time ran out before everything was done, and checks may be missing for good."},
	{"ONGOING", "Ongoing", "Yoti or the signer has not finished, and this may never change: after a technical problem, only a resent envelope starts a new attempt."},
}

var checkStates = words{
	{"CREATED", "Created", "The check has been set up; there is no outcome unless a report is shown with it."},
	{"DONE", "Done", "The check has ended, which does not mean that it was approved."},
	{"INTERNAL_ERROR", "Error at Yoti", "A fault at Yoti kept the check from being carried out, so it says nothing about the signer."},
	{"PENDING", "Pending", "The check is running or waiting, perhaps for an expert; there is no outcome yet."},
	{"READY", "Ready", "The check has all that it needs and waits for its turn; there is no outcome yet."},
}

var taskStates = words{
	{"CREATED", "Created", "The task has been set up and not begun."},
	{"DONE", "Done", "The task has ended."},
	{"FAILED", "Failed", "The task did not succeed, and what it should have produced is missing."},
	{"PENDING", "Pending", "The task has not ended yet."},
}

var recommendations = words{
	{"APPROVE", "Approve", "Yoti found nothing in this check that speaks against approval."},
	{"CONSIDER", "Consider", "Yoti leaves this check to a person: it found something that needs a decision."},
	{"NOT_AVAILABLE", "Not available", "The check could not be carried out, so it neither clears the signer nor speaks against them."},
	{"REJECT", "Reject", "Yoti found reason in this check to advise against approval."},
}

var results = words{
	{"FAIL", "Fail", "What this sub-check looks for was not as it should be, which alone need not decide the check."},
	{"PASS", "Pass", "What this sub-check looks for was as it should be."},
}

var processes = words{
	{"AUTOMATED", "Automated", "Software decided this without a person."},
	{"EXPERT_REVIEW", "Expert review", "A trained person at Yoti decided this."},
}

var resourceKinds = words{
	{"applicant_profiles", "Applicant profile", "Details about the person, supplied for comparison."},
	{"face_capture", "Face capture", "A picture of the person's face."},
	{"id_documents", "Identity document", "An identity document that was captured; every new attempt adds one."},
	{"liveness_capture", "Liveness capture", "Pictures that show whether a person was present; every new attempt adds one."},
	{"share_codes", "Share code", "A code by which a British authority shows a person's status."},
	{"supplementary_documents", "Supporting document", "A further document, such as a utility bill."},
}

var documentTypes = words{
	{"AADHAAR", "Aadhaar card", "The identity card of India; its number may only be shown masked."},
	{"ACCOUNT_OPENING_LETTER", "Account opening letter", ""},
	{"ADOPTION_CERTIFICATE", "Adoption certificate", ""},
	{"BANK_STATEMENT", "Bank statement", ""},
	{"BENEFIT_STATEMENT", "Benefit statement", ""},
	{"BIRTH_CERTIFICATE", "Birth certificate", ""},
	{"BIRTH_CERTIFICATE_ISSUED_WITHIN_12_MONTHS_OF_BIRTH", "Early birth certificate", "A birth certificate that was issued in the first year of life."},
	{"CITIZENCARD", "CitizenCard", "A British proof-of-age card."},
	{"COUNCIL_TAX_BILL", "Council tax bill", ""},
	{"DRIVING_LICENCE", "Driving licence", ""},
	{"DVLA_FORM", "DVLA form", "A form of the British driver and vehicle licensing agency."},
	{"EDUCATION_LETTER", "Education letter", "A letter from a school, college or university."},
	{"EMPLOYEE_TAX_FORM", "Employee tax form", ""},
	{"EMPLOYMENT_SPONSORSHIP_LETTER", "Employment sponsorship letter", ""},
	{"FINANCIAL_STATEMENT", "Financial statement", ""},
	{"FIREARMS_LICENCE", "Firearms licence", ""},
	{"IMMIGRATION_DOCUMENT", "Immigration document", ""},
	{"MARRIAGE_CERTIFICATE", "Marriage certificate", ""},
	{"MILITARY_CARD", "Military card", ""},
	{"MORTGAGE_STATEMENT", "Mortgage statement", ""},
	{"MYKAD", "MyKad", "The identity card of Malaysia."},
	{"NATIONAL_ID", "National identity card", ""},
	{"PAN_CARD", "PAN card", "The card with an Indian tax number."},
	{"PAPER_DRIVING_LICENCE", "Paper driving licence", ""},
	{"PASSPORT", "Passport", ""},
	{"PASS_CARD", "PASS card", "A British proof-of-age card."},
	{"PHONE_BILL", "Phone bill", ""},
	{"RESIDENCE_PERMIT", "Residence permit", ""},
	{"STATE_ID", "State identity card", ""},
	{"SUPPLEMENTARY_PASS_CARD", "PASS card as support", "A British proof-of-age card, used as a supporting document."},
	{"TRAVEL_DOCUMENT", "Travel document", ""},
	{"UTILITY_BILL", "Utility bill", ""},
}

var captureMethods = words{
	{"CAMERA", "Camera", "Captured with the camera during the session."},
	{"CAMERA_AND_UPLOAD", "Camera or upload", "Either way was allowed; the value does not say which was used."},
	{"UPLOAD", "Uploaded file", "A file that existed before, which is weaker evidence than a capture by camera."},
}

var sourceTypes = words{
	{"END_USER", "The signer", "The person being verified supplied this."},
	{"IBV", "A branch", "Staff in a branch captured this."},
	{"RELYING_BUSINESS", "The business", "The organisation that asked for the verification supplied this."},
}

var livenessTypes = words{
	{"STATIC", "Still selfie", "The person took one picture, which is judged."},
	{"ZOOM", "Moving capture", "The person moved towards the camera, and the sequence is judged."},
}

var mediaTypes = words{
	{"BINARY", "Binary file", "A file for software, such as the measurements of a face; it cannot be shown."},
	{"IMAGE", "Image", ""},
	{"JSON", "Data", "Named values, such as the text that was read from a document."},
	{"PDF", "PDF", ""},
}

var mediaFields = words{
	{"document_fields", "Extracted data", "The details that were extracted from the document."},
	{"document_id_photo", "Portrait", "The portrait, cut from the picture of the document."},
	{"expanded_document_fields", "Extracted data by source", "The details that were extracted, each with the part of the document that holds it."},
	{"facemap", "Face measurements", "A file of measurements for software; it cannot be shown."},
	{"file", "File", "The file as it was supplied."},
	{"generated_media", "Produced file", "A file that a task or a check produced."},
	{"generated_profile", "Details used", "The details with which this check searched."},
	{"id_photo", "Portrait", "The picture of the person that came with the share code."},
	{"identity_profile_report", "Identity profile", "The details of the person as far as they were verified."},
	{"image", "Picture", ""},
	{"lookup_profile", "Details asked with", "The details with which the share code was looked up."},
	{"media", "Profile", "The details about the person that were supplied."},
	{"raw_results", "Search results", "What the search found, as the provider sent it."},
	{"returned_profile", "Details returned", "The details that the share code led to."},
}

var taskTypes = words{
	{"ID_DOCUMENT_TEXT_DATA_EXTRACTION", "Read the identity document", "Reads the text and cuts out the portrait; what is unsure can go to an expert."},
	{"SUPPLEMENTARY_DOCUMENT_TEXT_DATA_EXTRACTION", "Read the supporting document", "Reads the text; what is unsure can go to an expert."},
	{"VERIFY_SHARE_CODE_TASK", "Verify the share code", "Looks up the person's status by the code that they gave."},
}

var taskRecommendations = words{
	{"MUST_TRY_AGAIN", "Must try again", "What was captured could not be used."},
	{"PROGRESS", "Go on", "What was captured is good enough for this task."},
	{"SHOULD_TRY_AGAIN", "Should try again", "What was captured can be used, but another capture would serve better."},
}

var taskReasons = words{
	{"QUALITY", "Quality", "The capture was not good enough."},
	{"USER_ERROR", "Mistake in use", "The signer did something other than what the screen asked for."},
}

var recoverySuggestions = words{
	{"BETTER_LIGHTING", "Better lighting", "Another attempt in better light may succeed."},
}

var watchlistCategories = words{
	{"ADVERSE-MEDIA", "Adverse media", "Negative reports about people were searched."},
	{"SANCTIONS", "Sanctions", "Lists of sanctions, warnings, disqualifications and public office were searched."},
}

var watchlistSources = words{
	{"adverse-media", "Adverse media", ""},
	{"adverse-media-financial-crime", "Adverse media: financial crime", ""},
	{"adverse-media-fraud", "Adverse media: fraud", ""},
	{"adverse-media-general", "Adverse media: general", ""},
	{"adverse-media-narcotics", "Adverse media: drugs", ""},
	{"adverse-media-sexual-crime", "Adverse media: sexual crime", ""},
	{"adverse-media-terrorism", "Adverse media: terrorism", ""},
	{"adverse-media-violent-crime", "Adverse media: violent crime", ""},
	{"fitness-probity", "Fitness and probity", ""},
	{"pep", "PEP (politically exposed person)", ""},
	{"pep-class-1", "PEP class 1", ""},
	{"pep-class-2", "PEP class 2", ""},
	{"pep-class-3", "PEP class 3", ""},
	{"pep-class-4", "PEP class 4", ""},
	{"sanction", "Sanctions", ""},
	{"warning", "Warnings", ""},
}

var searchAccounts = words{
	{"WITH_CUSTOM_ACCOUNT", "The business's own account", "The search ran on the business's own account at ComplyAdvantage."},
	{"WITH_YOTI_ACCOUNT", "Yoti's account", "The search ran on Yoti's account at ComplyAdvantage."},
}

var searchSources = words{
	{"PROFILE", "A search profile", "The lists are those of a search profile kept at ComplyAdvantage."},
	{"TYPE_LIST", "Chosen lists", "The sorts of lists were named one by one."},
}

var matchings = words{
	{"EXACT", "Exact names", "Only entries with the very same name were taken."},
	{"FUZZY", "Similar names", "Entries with similar names were taken as well, as far as the fuzziness allows."},
}

var approvalCriteria = words{
	{"MATCH", "Face found", "The check is approved when the face is in the pool."},
	{"NO_MATCH", "Face not found", "The check is approved when the face is not in the pool."},
}
