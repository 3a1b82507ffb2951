package idv

// FailureWord says why an identity profile failed, or what was not met, with the bucket
// into which it puts the result. Of an unknown value the Bucket is empty.
type FailureWord struct {
	Word
	Bucket Bucket
}

// Word says which kind of identity profile it is.
func (k ProfileKind) Word() Word { return profileKinds.wordFor(string(k)) }

// Word says how far Yoti came with a profile. Source: Yoti IDV, identity profiles.
func (r ProfileResult) Word() Word { return profileResults.wordFor(string(r)) }

// ProfileFailureReason says why a profile failed.
// Source: Yoti IDV, identity profiles (failure scenarios) and error responses.
func ProfileFailureReason(code string) FailureWord { return failureWord(profileReasons, code) }

// FailureType says which kind of requirement was not met.
// Source: Yoti IDV, error responses.
func FailureType(value string) FailureWord { return failureWord(failureTypes, value) }

// UnmetDetail says what was wrong with it. The field also holds free text.
// Source: Yoti IDV, error responses.
func UnmetDetail(value string) FailureWord { return failureWord(unmetDetails, value) }

// TrustFrameworkName says which rules an identity was assessed under.
// Source: Yoti IDV, identity profiles.
func TrustFrameworkName(value string) Word { return trustFrameworks.wordFor(value) }

// SchemeType says for which purpose an identity was assessed.
// Source: Yoti IDV, identity profiles; Yoti's SDKs.
func SchemeType(value string) Word { return schemeTypes.wordFor(value) }

// SchemeObjective says which level of a scheme was asked for.
// Source: Yoti IDV, identity profiles; Yoti's SDKs.
func SchemeObjective(value string) Word { return schemeObjectives.wordFor(value) }

// failureRow is a value that says what failed, and how grave it is.
type failureRow struct {
	value, label, meaning string
	bucket                Bucket
}

func (r failureRow) key() string { return r.value }

func failureWord(rows table[failureRow], value string) FailureWord {
	row, ok := rows.find(value)
	if !ok {
		return FailureWord{Word: Word{Label: labelOf(value)}}
	}
	return FailureWord{Word{row.label, row.meaning, true}, row.bucket}
}

var profileKinds = words{
	{"advanced_identity_profile", "Advanced identity profile", "Says whether the identity meets the requirements of schemes under one or more trust frameworks."},
	{"identity_profile", "Identity profile", "Says whether the identity meets the requirements of the scheme that the business asked for."},
}

var profileResults = words{
	{"ABORTED", "Aborted", "Yoti ended the profile without completing it, so it clears nothing."},
	{"DONE", "Done", "Yoti completed the profile, which does not mean that its requirements are met."},
}

// profileReasons are adverse where Yoti names fraud or another person, and clear nothing
// where something could not be done. What may be either has to be looked into.
var profileReasons = table[failureRow]{
	{"ABANDONED", "Abandoned", "The signer did not finish, and the session expired.", NotCleared},
	{"ACTIVITY_HISTORY_SCORE_INSUFFICIENT", "Too little activity history", "The records show too little of the person's life to reach the score that is needed.", NotCleared},
	{"COULD_NOT_VERIFY_ADDRESS", "Address not verified", "The address could not be verified.", NotCleared},
	{"FACE_MATCH_HIGHER_THRESHOLD_VERIFICATION_FAILED", "Face match below the higher threshold", "The face match did not reach the higher threshold that this scheme needs.", Investigate},
	{"FACE_MATCH_VERIFICATION_FAILED", "Face match failed", "The captured face was not found to be that of the person on the document.", Adverse},
	{"FRAUD_DETECTED", "Fraud detected", "Yoti found signs of fraud.", Adverse},
	{"IDENTITY_CHECK_FAILED", "Identity check failed", "The details of the person failed the check against outside records.", Investigate},
	{"IDENTITY_FRAUD_AND_ACTIVITY_HISTORY_SCORES_INSUFFICIENT", "Identity fraud and activity history scores too low", "Neither the score for identity fraud nor that for activity history is high enough.", Investigate},
	{"IDENTITY_FRAUD_SCORE_INSUFFICIENT", "Identity fraud score too low", "The score for identity fraud is not high enough for the scheme.", Investigate},
	{"LEVEL_OF_ASSURANCE_NOT_SUFFICIENT", "Level of assurance too low", "The evidence does not reach the level of assurance that the scheme needs.", NotCleared},
	{"MANDATORY_DOCUMENT_COULD_NOT_BE_PROVIDED", "Mandatory document not provided", "A document that the scheme needs was not provided.", NotCleared},
	{"MANDATORY_DOCUMENT_NOT_PROVIDED", "Mandatory document not provided", "A document that the scheme needs was not provided.", NotCleared},
	{"MISSING_FRAUD_LIST_CHECK", "Fraud list check missing", "The check against the list of fraudulent documents is missing.", NotCleared},
	{"MISSING_LIVENESS", "Liveness missing", "It was not shown that a person was present.", NotCleared},
	{"UNABLE_TO_COMPLETE_CHECKS", "Checks could not be completed", "The checks that the scheme needs could not be completed.", NotCleared},
	{"UNABLE_TO_VALIDATE_DOCUMENT", "Document could not be validated", "The document could not be shown to be genuine.", Investigate},
	{"UNABLE_TO_VERIFY_ADDRESS", "Address not verified", "The address could not be verified.", NotCleared},
}

var failureTypes = table[failureRow]{
	{"IDENTITY_CHECK", "Identity check", "The details of the person, checked against outside records.", Investigate},
	{"ID_DOCUMENT_ADDRESS_VERIFICATION", "Address on the document", "The address, checked against outside records.", NotCleared},
	{"ID_DOCUMENT_AUTHENTICITY", "Document authenticity", "Whether the document is genuine.", Investigate},
	{"ID_DOCUMENT_COUNTRY", "Country of the document", "Whether the scheme takes documents from this country.", NotCleared},
	{"ID_DOCUMENT_EXTRACTION", "Text of the document", "Whether the text of the document could be read.", NotCleared},
	{"ID_DOCUMENT_FACE_MATCH", "Face match", "Whether the face is that of the person on the document.", Investigate},
	{"LIVENESS", "Liveness", "Whether a person was present.", Investigate},
	{"UNLINKED_DOCUMENT_EVIDENCE", "Unlinked document", "Whether the documents are those of one person.", Investigate},
}

var unmetDetails = table[failureRow]{
	{"DECEASED_WARNING", "Record of a death", "The records may show that the person has died.", Investigate},
	{"PARTIAL_SIDE_DOC", "Document cut off", "A part of the document lies outside the picture.", NotCleared},
	{"PEP_WARNING", "Public office", "The records may show that the person holds public office.", Investigate},
	{"POOR_FOCUS", "Out of focus", "The picture is not sharp enough.", NotCleared},
	{"POOR_LIGHT", "Poor light", "The picture was taken in poor light.", NotCleared},
	{"TEMPLATE", "Template", "Yoti does not describe this further.", NotCleared},
	{"TOO_LIGHT", "Too light", "The picture is too bright.", NotCleared},
	{"USER_FAILED_LIVENESS", "Liveness failed", "The capture was not taken for that of a real person.", Investigate},
}

var trustFrameworks = words{
	{"UK_TFIDA", "UK digital identity and attributes trust framework", "The rules of the British government for digital identities."},
	{"YOTI_GLOBAL", "Yoti global framework", "Rules of Yoti's own, for any country."},
}

var schemeTypes = words{
	{"DBS", "Criminal record check (DBS)", "The identity is assessed for a criminal record check in the UK."},
	{"IDENTITY", "Identity", "The identity is assessed by itself."},
	{"RTR", "Right to rent", "The identity is assessed for the right to rent in the UK."},
	{"RTW", "Right to work", "The identity is assessed for the right to work in the UK."},
}

var schemeObjectives = words{
	{"AL_L1", "Assurance level L1", ""},
	{"AL_M1", "Assurance level M1", ""},
	{"BASIC", "Basic", ""},
	{"ENHANCED", "Enhanced", ""},
	{"STANDARD", "Standard", ""},
}
