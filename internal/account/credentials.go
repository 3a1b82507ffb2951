package account

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Credentials is what an account signs in with, as the record has it: digests that tell
// whether it is another, and give nothing of it away.
type Credentials struct {
	Password string `json:"password"`          // of the password's hash; empty while there is none
	Link     string `json:"link,omitempty"`    // of the link by which a password can be chosen; empty while there is none
	Factors  string `json:"factors,omitempty"` // of the second factors and recovery codes; empty while there are none
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

// FactorsDigest is what the record has of the second factors and recovery codes of an account: a
// digest of what each is known by, in any order. It is empty for none.
func FactorsDigest(factors []string) string {
	if len(factors) == 0 {
		return ""
	}
	sorted := slices.Sorted(slices.Values(factors))
	return hexSHA256("countersign factors v1\n" + strings.Join(sorted, "\n"))
}

// PasskeyFact is what a passkey is known by in FactorsDigest: its ID and its public key.
func PasskeyFact(credentialID []byte, credential string) string {
	return "passkey " + hex.EncodeToString(credentialID) + " " + hexSHA256(credential)
}

// CodeFact is what a secret that codes are made from is known by: a digest of it as it is sealed.
func CodeFact(sealed []byte) string { return "code " + hexSHA256(string(sealed)) }

// RecoveryFact is what a recovery code is known by, used or not: its hash.
func RecoveryFact(codeHash []byte) string { return "recovery " + hex.EncodeToString(codeHash) }

func hexSHA256(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}
