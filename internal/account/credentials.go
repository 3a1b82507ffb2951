package account

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"time"
)

// Credentials is what an account signs in with, as the record has it: digests that tell
// whether it is another, and give nothing of it away.
type Credentials struct {
	Password string `json:"password"`       // of the password's hash; empty while there is none
	Link     string `json:"link,omitempty"` // of the link by which a password can be chosen; empty while there is none
	Disabled bool   `json:"disabled,omitempty"`
}

// PasswordDigest is what the record has of a password: a digest of its hash, which holds a
// random salt. It is empty for none.
func PasswordDigest(hash string) string {
	if hash == "" {
		return ""
	}
	return hexSHA256("countersign password v1\n" + hash)
}

// LinkDigest is what the record has of a link: a digest of the hash of its token and of
// when it ends.
func LinkDigest(token [32]byte, until time.Time) string {
	return hexSHA256("countersign link v1\n" + hex.EncodeToString(token[:]) + "\n" + strconv.FormatInt(until.UnixMilli(), 10))
}

func hexSHA256(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}
