package store

import (
	"crypto/aes"
	"crypto/cipher"
	"errors"
	"fmt"

	"countersign/internal/review"
)

// Results and whatever people type are stored under AES-256-GCM. The key in the data-key file
// seals one random data key for each recipient, and that seals the texts and the results of the
// recipient; so it is with the secrets of authenticator apps. Each column with values
// under the key in the file itself is in wrappedColumns. A sealed value is a random nonce
// and what GCM makes of it, behind a mark of the key where that is one of the file; the
// additional data names where it stands, so that a value which was moved to another row is
// not opened there.

func newSeal(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// seal seals a text that stands in the named place.
func seal(key cipher.AEAD, text, place string) []byte {
	return key.Seal(nil, nil, []byte(text), []byte(place))
}

// unseal opens what seal made for the same place, and returns review.ErrAltered for anything
// else.
func unseal(key cipher.AEAD, sealed []byte, place string) (string, error) {
	text, err := key.Open(nil, nil, sealed, []byte(place))
	if errors.Is(err, ErrNoNewKey) {
		return "", fmt.Errorf("store: %w", ErrNoNewKey)
	}
	if err != nil {
		return "", fmt.Errorf("store: %w", review.ErrAltered)
	}
	return string(text), nil
}
