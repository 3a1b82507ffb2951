// Package digest has the one type by which results, media and entries of the ledger are
// named: the SHA-256 of their bytes.
package digest

import (
	"crypto/sha256"
	"encoding/hex"
)

// SHA256 is a SHA-256 digest. The zero SHA256 stands for none.
type SHA256 [sha256.Size]byte

// String returns the digest in lower-case hexadecimal.
func (d SHA256) String() string { return hex.EncodeToString(d[:]) }

// Short returns the first twelve hexadecimal digits, enough for people to tell two results
// of a recipient apart.
func (d SHA256) Short() string { return d.String()[:12] }
