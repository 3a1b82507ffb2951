package idv

import (
	"errors"
	"regexp"
	"slices"
	"strings"

	"github.com/google/uuid"
)

// ErrNoRecipientID says that a text holds no recipient ID.
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

// uuidText finds UUIDs within a text: with dashes, or 32 hex digits that stand
// alone. Word boundaries keep it from cutting one out of a longer token.
var uuidText = regexp.MustCompile(`(?i)\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b|\b[0-9a-f]{32}\b`)

// separators are what stands around a UUID in addresses but would count as a part
// of a longer word: an escaped character, an underscore.
var separators = strings.NewReplacer(
	"%2F", " ", "%2f", " ", "%3A", " ", "%3a", " ", "%3D", " ", "%3d", " ",
	"%7B", " ", "%7b", " ", "%20", " ", "%22", " ", "_", " ",
)

// FindRecipientIDs returns the different UUIDs that stand in a text, such as a
// pasted address or sentence, in their order. It returns none for a text without.
func FindRecipientIDs(text string) []RecipientID {
	var ids []RecipientID
	for _, found := range uuidText.FindAllString(separators.Replace(text), -1) {
		id, err := ParseRecipientID(found)
		if err == nil && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

// String returns the ID in its canonical form: lower case, with dashes.
func (id RecipientID) String() string { return id.id.String() }
