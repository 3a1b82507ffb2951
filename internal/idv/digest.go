package idv

import (
	"encoding/hex"
	"errors"

	"countersign/internal/digest"
)

// ErrNoDigest says that a text is not a digest.
var ErrNoDigest = errors.New("no digest: it is 64 hexadecimal digits")

// Digest is the SHA-256 of a snapshot's canonical JSON: its name.
type Digest = digest.SHA256

// ParseDigest reads the form that String writes: 64 lower-case hexadecimal
// digits. It returns ErrNoDigest for anything else.
func ParseDigest(s string) (Digest, error) {
	var d Digest
	if len(s) != hex.EncodedLen(len(d)) {
		return Digest{}, ErrNoDigest
	}
	if _, err := hex.Decode(d[:], []byte(s)); err != nil || d.String() != s {
		return Digest{}, ErrNoDigest
	}
	return d, nil
}
