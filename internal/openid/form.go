package openid

import (
	"crypto/aes"
	"crypto/cipher"
	"errors"
	"fmt"
	"net/url"
)

// SealForm seals a form for as long as a question is open: it may hold what somebody typed for an
// hour. The key has 32 bytes.
func SealForm(key []byte, q Question, form url.Values) ([]byte, error) {
	seal, err := newSeal(key)
	if err != nil {
		return nil, err
	}
	return seal.Seal(nil, nil, []byte(form.Encode()), place(q)), nil
}

// OpenForm opens what SealForm made for the same question.
func OpenForm(key []byte, q Question, sealed []byte) (url.Values, error) {
	seal, err := newSeal(key)
	if err != nil {
		return nil, err
	}
	text, err := seal.Open(nil, nil, sealed, place(q))
	if err != nil {
		return nil, errors.New("openid: the form of a question was altered, or sealed under another key")
	}
	form, err := url.ParseQuery(string(text))
	if err != nil {
		return nil, errors.New("openid: the form of a question cannot be read")
	}
	return form, nil
}

func newSeal(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("openid: %w", err)
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// place is where a form stands, so that it is not opened for another question.
func place(q Question) []byte {
	hash := q.Hash()
	return append([]byte("openid form "), hash[:]...)
}
