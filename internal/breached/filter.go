package breached

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
)

// Filter is a Bloom filter: it knows all passwords that were added, and takes few others for one
// of them. It holds none of them.
type Filter struct {
	bits []byte
}

const (
	bitsEach  = 22 // bits for each password
	bitsTried = 15 // of a password: bitsEach times the logarithm of two, which errs least
)

// NewFilter returns a filter with room for so many passwords.
func NewFilter(passwords int) *Filter {
	return &Filter{bits: make([]byte, (max(passwords, 1)*bitsEach+7)/8)}
}

// Add adds a password.
func (f *Filter) Add(password string) {
	for _, at := range f.places(password) {
		f.bits[at/8] |= 1 << (at % 8)
	}
}

// Has reports whether a password was added. For one in ten thousand or fewer it does so wrongly.
func (f *Filter) Has(password string) bool {
	for _, at := range f.places(password) {
		if f.bits[at/8]&(1<<(at%8)) == 0 {
			return false
		}
	}
	return true
}

// places are the bits of a password, made of two hashes as of many: Kirsch and Mitzenmacher,
// "Less Hashing, Same Performance: Building a Better Bloom Filter".
func (f *Filter) places(password string) (places [bitsTried]uint64) {
	sum := sha256.Sum256([]byte(plain(password)))
	first, second := binary.BigEndian.Uint64(sum[:8]), binary.BigEndian.Uint64(sum[8:16])|1
	for i := range places {
		places[i] = (first + uint64(i)*second) % (uint64(len(f.bits)) * 8)
	}
	return places
}

// Bytes is the filter as parseFilter reads it.
func (f *Filter) Bytes() []byte { return f.bits }

// parseFilter reads what Bytes returned.
func parseFilter(bits []byte) (*Filter, error) {
	if len(bits) == 0 {
		return nil, errors.New("the filter of passwords is empty")
	}
	return &Filter{bits: bits}, nil
}
