package store

import (
	"bytes"
	"context"
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

// maxKeys is how many keys a data-key file may have.
const maxKeys = 8

// fileKey is a key in the data-key file.
type fileKey struct {
	secret      []byte
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
	return fileKey{secret, seals, fingerprint, derives}, err
}

// DerivedKey returns a key for one purpose, the same at every start with the same
// data-key file. It stands in no file and tells nothing of the other keys.
func (s *Store) DerivedKey(purpose string) ([]byte, error) {
	return hkdf.Expand(sha256.New, s.derives, purpose, keyBytes)
}

// line is the key as it stands in a file.
func (k *fileKey) line() string { return keyLine(k.secret) }

func keyLine(secret []byte) string {
	return keyPrefix + base64.StdEncoding.EncodeToString(secret) + "\n"
}

// NewDataKey returns a new data key as the line of text that a file, or what is in its
// place, has to give.
func NewDataKey() string {
	secret := make([]byte, keyBytes)
	rand.Read(secret) // never fails: https://pkg.go.dev/crypto/rand#Read
	return keyLine(secret)
}

// keySource is where data keys come from.
type keySource struct {
	file string
	ask  func(context.Context) ([]byte, error) // what gives them in the place of a file; nil where there is one
}

// String names it for people, to begin a sentence.
func (k keySource) String() string {
	if k.ask != nil {
		return "what gives the data key"
	}
	return "the file " + k.file
}

// read returns the keys that it gives, at least one; fs.ErrNotExist when there is no file.
func (k keySource) read(ctx context.Context) ([]fileKey, error) {
	if k.ask == nil {
		return readKeys(k.file)
	}
	text, err := k.ask(ctx)
	if err != nil {
		return nil, err
	}
	return parseKeys(text, k.String())
}

// readKeys reads a data-key file; fs.ErrNotExist when there is none.
func readKeys(path string) ([]fileKey, error) {
	text, err := readSecret(path, "data-key", ErrBadKey)
	if err != nil {
		return nil, err
	}
	return parseKeys(text, "the file "+path)
}

// parseKeys reads keys, a line each; one that is there twice counts once.
func parseKeys(text []byte, from string) ([]fileKey, error) {
	found := &ringKeys{}
	for line := range bytes.Lines(bytes.TrimSpace(text)) {
		secret, err := parseKey(line)
		if err != nil {
			return nil, fmt.Errorf("%s %w", from, err)
		}
		key, err := newFileKey(secret)
		if err != nil {
			return nil, err
		}
		if found.indexOf(key.fingerprint) < 0 {
			found.all = append(found.all, key)
		}
	}
	if n := len(found.all); n == 0 || n > maxKeys {
		return nil, fmt.Errorf("%s %w", from, ErrBadKey)
	}
	return found.all, nil
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
	line := NewDataKey()
	if err := writeOnce(path, line); err != nil {
		return fileKey{}, describeError("the data-key file "+path, err)
	}
	secret, err := parseKey([]byte(line))
	if err != nil {
		return fileKey{}, err
	}
	return newFileKey(secret)
}
