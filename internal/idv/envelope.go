package idv

import (
	"errors"
	"slices"

	"github.com/google/uuid"
)

// ErrNoEnvelopeID is returned for a text that is not an envelope ID.
var ErrNoEnvelopeID = errors.New("no envelope ID: it is a UUID, such as 7c9e6679-7425-40de-944b-e07fc1f90ae7")

// EnvelopeID is the UUID by which Yoti Sign knows an envelope. Only ParseEnvelopeID makes
// one, so an address that is built from it cannot be steered. It is comparable; the zero
// value names no envelope. An envelope ID and a recipient ID look alike and are different
// types, so neither is asked for in the place of the other.
type EnvelopeID struct{ id uuid.UUID }

// ParseEnvelopeID reads s as one UUID, in the notations that ParseRecipientID takes. It
// returns ErrNoEnvelopeID for anything else, and for the UUID of zeros.
func ParseEnvelopeID(s string) (EnvelopeID, error) {
	id, err := ParseRecipientID(s)
	if err != nil {
		return EnvelopeID{}, ErrNoEnvelopeID
	}
	return EnvelopeID(id), nil
}

// String returns the ID in its canonical form: lower case, with dashes.
func (id EnvelopeID) String() string { return id.id.String() }

// Envelope is a set of documents and the people who sign them, as far as it matters to
// whoever looks for recipients. What is not listed here, such as addresses of computers,
// tags and files, is not kept.
//
// The names and e-mail addresses in it are personal data. Printed, logged or encoded as
// JSON, an Envelope and its recipients show their IDs and counts alone.
//
// Source: Yoti Sign, Get envelope; idv object.
type Envelope struct {
	ID          EnvelopeID // zero when the answer does not say it
	Name        string     // as the sender chose it; may name a person
	Status      EnvelopeStatus
	CompletedAt Time
	ArchivedAt  Time
	Verification
	Recipients []EnvelopeRecipient // in their order; one may stand there twice
	// Problems are the known fields that could not be read, by path alone: what stands
	// in their place may be personal data, so JSON is empty.
	Problems []Problem
}

// EnvelopeRecipient is somebody who signs an envelope, witnesses it or gets a copy.
type EnvelopeRecipient struct {
	ID         RecipientID // zero when it could not be read: nothing can be asked for then
	Name       string      // personal data
	Email      string      // personal data
	AuthType   string      // how the recipient proves who they are; AuthTypeIDV means by IDV
	Type       string      // SIGNER, WITNESS, CC
	Role       string      // as the sender calls it
	SignStatus SignStatus
	SignedAt   Time
	Verification
}

// Verification is what identity verification an envelope or a recipient asks for. The
// documentation shows it in the request that creates an envelope, and does not say whether
// or where an answer repeats it; each field may be missing.
// Source: Yoti Sign, idv object.
type Verification struct {
	SessionConfig string   // name of the configuration, such as "Real Estate" or a customer's own
	When          string   // before_viewing or after_submitting
	SessionLimit  *int     // how many sessions the recipient may begin
	BlocksSigning []string // what keeps the recipient from signing: deadend_errors, merge_field_not_resolved
}

// AuthTypeIDV is the AuthType of a recipient with identity verification.
// Source: Yoti Sign, recipient object.
const AuthTypeIDV = "idv"

// EnvelopeStatus is how far an envelope has come.
type EnvelopeStatus string

// The statuses of an envelope. EnvelopeCompleted is what the status endpoint prints for
// EnvelopeComplete. Source: Yoti Sign, Get envelope; Envelope status.
const (
	EnvelopeQueued    EnvelopeStatus = "QUEUED"
	EnvelopeActive    EnvelopeStatus = "ACTIVE"
	EnvelopeComplete  EnvelopeStatus = "COMPLETE"
	EnvelopeCompleted EnvelopeStatus = "COMPLETED"
	EnvelopeArchived  EnvelopeStatus = "ARCHIVED"
	EnvelopeErrored   EnvelopeStatus = "ERRORED"
)

// Word says the status of an envelope. Source: Yoti Sign, Get envelope.
func (s EnvelopeStatus) Word() Word {
	switch s {
	case "":
		return Word{Label: "No status"}
	case EnvelopeQueued:
		return Word{"Queued", "Yoti Sign is preparing the envelope; no recipient can sign yet.", true}
	case EnvelopeActive:
		return Word{"Active", "At least one recipient has not signed yet.", true}
	case EnvelopeComplete, EnvelopeCompleted:
		return Word{"Complete", "All signers have signed, which does not mean that every identity check has ended.", true}
	case EnvelopeArchived:
		return Word{"Archived", "The envelope was stopped; no recipient can sign any more.", true}
	case EnvelopeErrored:
		return Word{"Error", "Yoti Sign could not send the envelope.", true}
	}
	return Word{Label: labelOf(string(s))}
}

// SignStatus is whether a recipient has signed.
type SignStatus string

// The statuses of a recipient. Source: Yoti Sign, Get envelope.
const (
	Signed   SignStatus = "SIGNED"
	Unsigned SignStatus = "UNSIGNED"
)

// Word says whether a recipient has signed. Source: Yoti Sign, Get envelope.
func (s SignStatus) Word() Word {
	switch s {
	case "":
		return Word{Label: "Not said"}
	case Signed:
		return Word{"Signed", "", true}
	case Unsigned:
		return Word{"Not signed yet", "", true}
	}
	return Word{Label: labelOf(string(s))}
}

// AsksIDV reports whether the envelope asks the recipient for identity verification, and
// false in known where the answer does not tell.
func (r *EnvelopeRecipient) AsksIDV() (asks, known bool) {
	asks = r.AuthType == AuthTypeIDV || r.Asked()
	return asks, asks || r.AuthType != ""
}

// Asked reports whether anything was asked for.
func (v Verification) Asked() bool {
	return v.SessionConfig != "" || v.When != "" || v.SessionLimit != nil || len(v.BlocksSigning) > 0
}

// RecipientIDs returns the different recipients that can be asked for, in their order.
func (e *Envelope) RecipientIDs() []RecipientID {
	var ids []RecipientID
	for _, r := range e.Recipients {
		if r.ID != (RecipientID{}) && !slices.Contains(ids, r.ID) {
			ids = append(ids, r.ID)
		}
	}
	return ids
}
