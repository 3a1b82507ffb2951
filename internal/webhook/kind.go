package webhook

import "slices"

// Kind is which event a body says it is: one of the constants here and nothing else.
type Kind string

// The kinds of events. EnvelopeCreated is another name for EnvelopeReady.
// Source: Yoti Sign, notifications object.
const (
	Unknown                 Kind = "unknown"
	EnvelopeCompletion      Kind = "envelope_completion"
	EnvelopeReady           Kind = "envelope_ready"
	EnvelopeCreated         Kind = "envelope_created"
	SignerCompletion        Kind = "signer_completion"
	UploadErrors            Kind = "upload_errors"
	SignOfflineUploadErrors Kind = "sign_offline_upload_errors"
	IDVResourceUpdate       Kind = "idv_resource_update"
	IDVTaskCompletion       Kind = "idv_task_completion"
	IDVCheckCompletion      Kind = "idv_check_completion"
	IDVSessionCompletion    Kind = "idv_session_completion"
	IDVSessionLimitReached  Kind = "idv_session_limit_reached"
	longestKind                  = len(SignOfflineUploadErrors)
	prefixOfIDV                  = "idv_"
)

// Kinds returns every kind that an event can have, Unknown last.
func Kinds() []Kind {
	return []Kind{
		EnvelopeCompletion, EnvelopeReady, EnvelopeCreated, SignerCompletion, UploadErrors, SignOfflineUploadErrors,
		IDVResourceUpdate, IDVTaskCompletion, IDVCheckCompletion, IDVSessionCompletion, IDVSessionLimitReached, Unknown,
	}
}

// BringsRecipients reports whether an event of this kind is about somebody who may have a
// result now: what it names is worth asking for. One of an unknown kind is.
func (k Kind) BringsRecipients() bool {
	switch k {
	case EnvelopeReady, EnvelopeCreated, UploadErrors, SignOfflineUploadErrors:
		return false
	}
	return true
}

// kindOf returns the kind that a text names, and Unknown for any other text. Core IDV has
// the topics of its events without the prefix that Yoti Sign writes.
// Source: Yoti IDV, notifications.
func kindOf(text string) Kind {
	if len(text) > longestKind {
		return Unknown
	}
	for _, k := range []Kind{Kind(text), Kind(prefixOfIDV + text)} {
		if slices.Contains(Kinds(), k) {
			return k
		}
	}
	return Unknown
}
