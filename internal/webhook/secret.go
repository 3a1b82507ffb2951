package webhook

import (
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"

	"countersign/internal/secret"
)

// Secret is the part of the webhook's address that only Yoti Sign and Countersign know. It
// is all that tells an event from anybody's request, since Yoti Sign signs nothing. The
// zero Secret matches no text.
type Secret struct {
	secret.Redacted
	// digest returns the SHA-256 of the secret. It is a function so that nothing prints it.
	digest func() [sha256.Size]byte
}

// What a secret has to be.
const (
	minSecretBits  = 128
	minDifferent   = 8       // characters; of 22 random ones far more differ
	maxSecretBytes = 1 << 10 // of a file
)

// ReadSecret reads a secret from a file that holds nothing else: its text, and perhaps a
// line end. The rules are those of ParseSecret; no error repeats the text.
func ReadSecret(r io.Reader) (Secret, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxSecretBytes+1))
	if err != nil {
		return Secret{}, fmt.Errorf("read webhook secret: %w", err)
	}
	if len(text) > maxSecretBytes {
		return Secret{}, fmt.Errorf("the webhook secret is longer than %d bytes", maxSecretBytes)
	}
	return ParseSecret(string(text))
}

// ParseSecret returns the secret that a text is, without a line end after it. It may have
// letters, digits, "-" and "_", so that it stands in an address as it is, and has to hold
// at least 128 bits if each character was drawn at random from the smallest of these sets
// that has them all: 39 digits, 32 hexadecimal digits, 25 of letters in one case and
// digits, 22 of all. `openssl rand -hex 16` and any 16 random bytes in base64url will do.
// A text that cannot have been drawn so is refused: few different characters, one piece
// again and again, the alphabet.
func ParseSecret(text string) (Secret, error) {
	text = strings.TrimRight(text, "\r\n")
	switch {
	case text == "":
		return Secret{}, errors.New("the webhook secret is empty")
	case strings.Trim(text, letters+strings.ToUpper(letters)+digits+"-_") != "":
		return Secret{}, errors.New("the webhook secret may have letters, digits, - and _ only, so that it can stand in an address")
	case float64(len(text))*math.Log2(float64(alphabetOf(text))) < minSecretBits:
		return Secret{}, fmt.Errorf("the webhook secret is too short to hold %d bits: make one with openssl rand -hex 32", minSecretBits)
	case isRegular(text):
		return Secret{}, errors.New("the webhook secret is not random: make one with openssl rand -hex 32")
	}
	digest := sha256.Sum256([]byte(text))
	return Secret{digest: func() [sha256.Size]byte { return digest }}, nil
}

// Matches reports whether a text is the secret. Digests of one length are compared, so how
// long it takes tells nothing about the secret.
func (s Secret) Matches(text string) bool {
	if s.digest == nil {
		return false
	}
	want, got := s.digest(), sha256.Sum256([]byte(text))
	return subtle.ConstantTimeCompare(want[:], got[:]) == 1
}

const (
	digits  = "0123456789"
	hex     = digits + "abcdef"
	letters = "abcdefghijklmnopqrstuvwxyz"
)

// alphabetOf is how many characters the smallest usual set has that has all of the text.
func alphabetOf(text string) int {
	for _, set := range []string{digits, hex, strings.ToUpper(hex), letters + digits, strings.ToUpper(letters) + digits} {
		if strings.Trim(text, set) == "" {
			return len(set)
		}
	}
	return 2*len(letters) + len(digits) + len("-_")
}

// isRegular reports whether a text is one that people type: few different characters, one
// piece repeated, or characters in a row.
func isRegular(text string) bool {
	different := map[byte]bool{}
	rows := 0
	for i := range len(text) {
		different[text[i]] = true
		if i > 0 && (text[i] == text[i-1] || text[i] == text[i-1]+1 || text[i]+1 == text[i-1]) {
			rows++
		}
	}
	repeated := strings.Contains((text + text)[1:2*len(text)-1], text)
	return len(different) < minDifferent || repeated || 2*rows > len(text)
}
