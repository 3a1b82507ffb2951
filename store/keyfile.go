package store

import (
	"bytes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

const (
	keyBytes = 32 // AES-256
	// keyPrefix begins the one line of a data-key file and names its version.
	keyPrefix = "countersign-data-key-1:"
	// maxKeyFileBytes is more than any data-key file has.
	maxKeyFileBytes = 1 << 10
)

// fileKey is the key in the data-key file.
type fileKey struct {
	seals       cipher.AEAD // the data keys of recipients; nil when there is no key
	fingerprint []byte      // tells keys apart without giving them away
	derives     []byte      // other keys, for Store.DerivedKey
}

func newFileKey(secret []byte) (fileKey, error) {
	sealing, err := hkdf.Key(sha256.New, secret, nil, "countersign data keys v1", keyBytes)
	if err != nil {
		return fileKey{}, err
	}
	fingerprint, err := hkdf.Key(sha256.New, secret, nil, "countersign fingerprint v1", sha256.Size)
	if err != nil {
		return fileKey{}, err
	}
	derives, err := hkdf.Key(sha256.New, secret, nil, "countersign derived keys v1", keyBytes)
	if err != nil {
		return fileKey{}, err
	}
	seals, err := newSeal(sealing)
	return fileKey{seals, fingerprint, derives}, err
}

// DerivedKey returns a key for one purpose, the same at every start with the same
// data-key file. It stands in no file and tells nothing of the other keys.
func (s *Store) DerivedKey(purpose string) ([]byte, error) {
	return hkdf.Expand(sha256.New, s.derives, purpose, keyBytes)
}

// readKey reads the data-key file; fs.ErrNotExist when there is none.
func readKey(path string) (fileKey, error) {
	text, err := readSecret(path, "data-key", ErrBadKey)
	if err != nil {
		return fileKey{}, err
	}
	secret, err := parseKey(text)
	if err != nil {
		return fileKey{}, fmt.Errorf("the file %s %w", path, err)
	}
	return newFileKey(secret)
}

// readSecret reads a file of the named kind that others may not read or write. It returns
// fs.ErrNotExist when there is none, and what wraps bad for what is no file.
func readSecret(path, kind string, bad error) ([]byte, error) {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if err != nil {
		return nil, fmt.Errorf("the %s file %s cannot be read: %w", kind, path, err)
	}
	defer file.Close()
	found, err := file.Stat()
	if err != nil {
		return nil, fmt.Errorf("the %s file %s cannot be read: %w", kind, path, err)
	}
	if !found.Mode().IsRegular() {
		return nil, fmt.Errorf("the file %s %w", path, bad)
	}
	if err := CheckSecret(found); err != nil {
		return nil, fmt.Errorf("the %s file %s %w", kind, path, err)
	}
	text, err := io.ReadAll(io.LimitReader(file, maxKeyFileBytes))
	if err != nil {
		return nil, fmt.Errorf("the %s file %s cannot be read: %w", kind, path, err)
	}
	return text, nil
}

func parseKey(text []byte) ([]byte, error) {
	encoded, ok := bytes.CutPrefix(bytes.TrimSpace(text), []byte(keyPrefix))
	if !ok {
		return nil, ErrBadKey
	}
	secret, err := base64.StdEncoding.Strict().DecodeString(string(encoded))
	if err != nil || len(secret) != keyBytes {
		return nil, ErrBadKey
	}
	return secret, nil
}

// makeKey makes a data-key file with a new key. The file appears whole, after it is
// on the disk, and never in the place of another.
func makeKey(path string) (fileKey, error) {
	folder := filepath.Dir(path)
	if err := makeFolder(folder); err != nil {
		return fileKey{}, err
	}
	secret := make([]byte, keyBytes)
	rand.Read(secret) // never fails: https://pkg.go.dev/crypto/rand#Read
	line := keyPrefix + base64.StdEncoding.EncodeToString(secret) + "\n"
	if err := writeOnce(path, line); err != nil {
		return fileKey{}, describeError("the data-key file "+path, err)
	}
	return newFileKey(secret)
}
