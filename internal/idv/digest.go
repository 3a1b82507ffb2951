package idv

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
)

// ErrNoDigest says that a text is not a digest.
var ErrNoDigest = errors.New("no digest: it is 64 hexadecimal digits")

// Digest is the SHA-256 of a snapshot's canonical JSON: its name.
type Digest [sha256.Size]byte

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

// String returns the digest in lower-case hexadecimal.
func (d Digest) String() string { return hex.EncodeToString(d[:]) }

// Short returns the first digits of the digest, enough for people to tell two
// snapshots of a recipient apart.
func (d Digest) Short() string { return d.String()[:12] }
