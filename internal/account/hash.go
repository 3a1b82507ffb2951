package account

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"
)

// Cost is the work that hashing a password takes. What is zero is as standard, which
// is 19 MiB and two passes: OWASP's Password Storage Cheat Sheet, argon2id. Less is
// for tests only.
type Cost struct {
	Memory uint32 // KiB
	Time   uint32 // passes over the memory
}

const (
	standardMemory = 19 * 1024 // KiB
	standardTime   = 2

	saltLength = 16 // bytes, RFC 9106 §3.1
	sumLength  = 32 // bytes
)

// What a stored hash may ask for at most, so that a damaged or forged row cannot
// take all memory or never end.
const (
	maxMemory     = 256 * 1024 // KiB
	maxTime       = 16
	maxThreads    = 4
	minSaltLength = 8
	minSumLength  = 16
	maxPartLength = 64 // bytes of salt or sum
	minMemory     = 8  // KiB for each thread, RFC 9106 §3.1
)

const (
	hashVariant = "argon2id"
	hashVersion = "v=19" // argon2.Version, the only one there is
)

// passwordHash is a password's argon2id hash with all that is needed to make it again.
type passwordHash struct {
	memory, time uint32
	threads      uint8
	salt, sum    []byte
}

func newHash(password string, c Cost) passwordHash {
	h := emptyHash(c)
	rand.Read(h.salt) // never fails, see crypto/rand
	h.sum = h.sumOf(password)
	return h
}

// emptyHash costs as much to compare with as one that newHash makes. It is for names
// that have no account.
func emptyHash(c Cost) passwordHash {
	h := passwordHash{memory: c.Memory, time: c.Time, threads: 1, salt: make([]byte, saltLength), sum: make([]byte, sumLength)}
	if h.memory == 0 {
		h.memory = standardMemory
	}
	if h.time == 0 {
		h.time = standardTime
	}
	return h
}

// sumOf hashes password in NFC, since keyboards differ in how they compose a letter.
func (h passwordHash) sumOf(password string) []byte {
	return argon2.IDKey([]byte(norm.NFC.String(password)), h.salt, h.time, h.memory, h.threads, uint32(len(h.sum)))
}

func (h passwordHash) matches(password string) bool {
	return subtle.ConstantTimeCompare(h.sumOf(password), h.sum) == 1
}

// String writes h as a PHC string:
// https://github.com/P-H-C/phc-string-format/blob/master/phc-sf-spec.md
func (h passwordHash) String() string {
	return fmt.Sprintf("$%s$%s$m=%d,t=%d,p=%d$%s$%s", hashVariant, hashVersion, h.memory, h.time, h.threads,
		base64.RawStdEncoding.EncodeToString(h.salt), base64.RawStdEncoding.EncodeToString(h.sum))
}

// errHash says nothing of the string, which is as good as a secret.
var errHash = errors.New("the stored password hash cannot be read")

// parseHash reads what hash.String wrote, and nothing that is written otherwise.
func parseHash(s string) (passwordHash, error) {
	parts := strings.Split(s, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != hashVariant || parts[2] != hashVersion {
		return passwordHash{}, errHash
	}
	costs := strings.Split(parts[3], ",")
	if len(costs) != 3 {
		return passwordHash{}, errHash
	}
	memory, okMemory := parseParameter(costs[0], "m=", maxMemory)
	time, okTime := parseParameter(costs[1], "t=", maxTime)
	threads, okThreads := parseParameter(costs[2], "p=", maxThreads)
	salt, okSalt := decodePart(parts[4], minSaltLength)
	sum, okSum := decodePart(parts[5], minSumLength)
	if !okMemory || !okTime || !okThreads || !okSalt || !okSum || memory < minMemory*threads {
		return passwordHash{}, errHash
	}
	return passwordHash{memory: memory, time: time, threads: uint8(threads), salt: salt, sum: sum}, nil
}

// parseParameter reads a number from 1 to most, in its only spelling.
func parseParameter(s, name string, most uint32) (uint32, bool) {
	digits, ok := strings.CutPrefix(s, name)
	n, err := strconv.ParseUint(digits, 10, 32)
	if !ok || err != nil || digits[0] == '0' || n > uint64(most) {
		return 0, false
	}
	return uint32(n), true
}

func decodePart(s string, least int) ([]byte, bool) {
	// The decoder skips line ends even when it is strict.
	if strings.ContainsAny(s, "\r\n") {
		return nil, false
	}
	b, err := base64.RawStdEncoding.Strict().DecodeString(s)
	return b, err == nil && len(b) >= least && len(b) <= maxPartLength
}
