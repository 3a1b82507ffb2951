package ledger

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// KeyChange is that the checkpoints of a ledger are signed with another key from an entry on.
// As a text it is a signed note, by both keys: the old one vouches for the new, and the new
// one says whose place it takes. So whoever trusts one of them can trust the other.
//
//	countersign key change v1
//	old <public key>
//	new <public key>
//	entry <number>
//
//	— <signature of the old key>
//	— <signature of the new key>
type KeyChange struct {
	Old, New string // public keys, a line each
	Seq      int64  // of the entry of the change; no checkpoint that has it is signed with the old key
}

// changeHead begins a key change and names its version. No ledger has it for a name, so that
// it passes for no checkpoint, nor a checkpoint for it.
const changeHead = "countersign key change v1\n"

// ErrKeyChange is returned when the text is not a change of keys that both keys signed.
var ErrKeyChange = errors.New("this is not a change of signing keys that both keys signed")

// ErrKeyFork is returned when one key vouches for two others.
var ErrKeyFork = errors.New("one signing key vouches for two others, so one of them was made with a stolen key")

// ErrKeyReplaced is returned for a checkpoint that is signed with a key which was replaced
// before.
var ErrKeyReplaced = errors.New("the checkpoint is signed with a key that was replaced before")

// ErrKeyUnconnected is returned when no change of keys connects a key with the trusted one.
var ErrKeyUnconnected = errors.New("no change of keys connects the key that signed with the one that is trusted")

func (c KeyChange) text() string {
	return fmt.Sprintf("%sold %s\nnew %s\nentry %d\n", changeHead, c.Old, c.New, c.Seq)
}

// Sign returns the change as a note that both signers signed.
func (c KeyChange) Sign(old, next note.Signer) ([]byte, error) {
	signed, err := note.Sign(&note.Note{Text: c.text()}, old, next)
	if err != nil {
		return nil, fmt.Errorf("sign a change of keys: %w", err)
	}
	if _, err := OpenKeyChange(signed); err != nil {
		return nil, fmt.Errorf("sign a change of keys: %w", err)
	}
	return signed, nil
}

// OpenKeyChange reads a signed change. It returns ErrKeyChange unless both keys that it names
// signed it, and nobody else.
func OpenKeyChange(signed []byte) (KeyChange, error) {
	c, err := parseKeyChange(signed)
	if err != nil {
		return KeyChange{}, err
	}
	old, err := note.NewVerifier(c.Old)
	if err != nil {
		return KeyChange{}, ErrKeyChange
	}
	next, err := note.NewVerifier(c.New)
	if err != nil || old.Name() != next.Name() || old.KeyHash() == next.KeyHash() {
		return KeyChange{}, ErrKeyChange
	}
	opened, err := note.Open(signed, note.VerifierList(old, next))
	if err != nil || len(opened.Sigs) != 2 || len(opened.UnverifiedSigs) != 0 || !isStrictlySigned(opened) {
		return KeyChange{}, ErrKeyChange
	}
	return c, nil
}

func parseKeyChange(signed []byte) (KeyChange, error) {
	text, _, _ := bytes.Cut(signed, []byte("\n\n"))
	lines := strings.Split(string(text), "\n")
	if len(lines) != 4 {
		return KeyChange{}, ErrKeyChange
	}
	seq, err := strconv.ParseInt(strings.TrimPrefix(lines[3], "entry "), 10, 64)
	c := KeyChange{strings.TrimPrefix(lines[1], "old "), strings.TrimPrefix(lines[2], "new "), seq}
	if err != nil || seq <= 0 || c.text() != string(text)+"\n" {
		return KeyChange{}, ErrKeyChange
	}
	return c, nil
}

// KeyChanges are changes that were opened, in any order.
type KeyChanges []KeyChange

// ParseKeyChanges reads signed changes that stand one behind the other in a text. It returns
// ErrKeyChange when there is anything else in it, or nothing.
func ParseKeyChanges(text []byte) (KeyChanges, error) {
	var list KeyChanges
	for part := range bytes.SplitSeq(text, []byte(changeHead)) {
		if list == nil { // before the first
			if len(bytes.TrimSpace(part)) > 0 {
				return nil, ErrKeyChange
			}
			list = KeyChanges{}
			continue
		}
		c, err := OpenKeyChange(slices.Concat([]byte(changeHead), bytes.TrimRight(part, "\n"), []byte("\n")))
		if err != nil {
			return nil, err
		}
		list = append(list, c)
	}
	if len(list) == 0 {
		return nil, ErrKeyChange
	}
	return list, nil
}

// Check returns nil when a checkpoint of a size, signed with a key, can be believed by whoever
// trusts another, or that key itself. It returns ErrKeyFork, ErrKeyReplaced or
// ErrKeyUnconnected when not. How many changes lie between is returned, too.
func (l KeyChanges) Check(trusted, signed string, size int64) (steps int, err error) {
	next := map[string]KeyChange{}
	for _, c := range l {
		if other, twice := next[c.Old]; twice && other != c {
			return 0, ErrKeyFork
		}
		next[c.Old] = c
	}
	if c, replaced := next[signed]; replaced && size > c.Seq {
		return 0, ErrKeyReplaced
	}
	steps, connected := l.distances(trusted)[signed]
	if !connected {
		return 0, ErrKeyUnconnected
	}
	return steps, nil
}

// Connected returns the keys that changes connect with one of those that are trusted, and those
// themselves.
func (l KeyChanges) Connected(trusted ...string) []string {
	var list []string
	seen := map[string]bool{}
	for _, key := range trusted {
		for found := range l.distances(key) {
			if !seen[found] {
				seen[found] = true
				list = append(list, found)
			}
		}
	}
	return list
}

// distances returns for each key that is connected with one how many changes lie between.
func (l KeyChanges) distances(from string) map[string]int {
	found := map[string]int{from: 0}
	for range l { // no way is longer
		for _, c := range l {
			learn(found, c.Old, c.New)
			learn(found, c.New, c.Old)
		}
	}
	return found
}

// learn notes a key that is next to a known one.
func learn(found map[string]int, known, key string) {
	steps, ok := found[known]
	if !ok {
		return
	}
	if before, ok := found[key]; !ok || steps+1 < before {
		found[key] = steps + 1
	}
}

// SignedWith returns the first of some public keys that signed a checkpoint; empty when none did.
func SignedWith(signed []byte, publics []string) string {
	for _, public := range publics {
		verifier, err := note.NewVerifier(public)
		if err != nil {
			continue
		}
		if _, err := OpenCheckpoint(signed, verifier); err == nil {
			return public
		}
	}
	return ""
}
