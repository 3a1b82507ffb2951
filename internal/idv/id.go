package idv

import (
	"errors"
	"strings"

	"github.com/google/uuid"
)

// ErrNoRecipientID is returned for a text that holds no recipient ID.
var ErrNoRecipientID = errors.New("no recipient ID: it is a UUID, such as 7c9e6679-7425-40de-944b-e07fc1f90ae7")

// RecipientID is the UUID by which Yoti Sign knows a signer. Only
// ParseRecipientID and FindRecipientIDs make one, so an address that is built
// from it cannot be steered. It is comparable; the zero value names nobody.
type RecipientID struct{ id uuid.UUID }

// ParseRecipientID reads s as one UUID, in any of the usual notations: either
// letter case, braces, urn:uuid:, without dashes, blanks around it. It returns
// ErrNoRecipientID for anything else, and for the UUID of zeros, which names nobody.
func ParseRecipientID(s string) (RecipientID, error) {
	s = strings.TrimPrefix(strings.ToLower(strings.TrimSpace(s)), "urn:uuid:")
	if inner, ok := strings.CutPrefix(s, "{"); ok && strings.HasSuffix(inner, "}") {
		s = strings.TrimSuffix(inner, "}")
	}
	// uuid.Parse takes any two characters for braces; these two lengths it reads exactly.
	if len(s) != len("7c9e6679-7425-40de-944b-e07fc1f90ae7") && len(s) != 32 {
		return RecipientID{}, ErrNoRecipientID
	}
	id, err := uuid.Parse(s)
	if err != nil || id == uuid.Nil {
		return RecipientID{}, ErrNoRecipientID
	}
	return RecipientID{id}, nil
}

// String returns the ID in its canonical form: lower case, with dashes.
func (id RecipientID) String() string { return id.id.String() }
