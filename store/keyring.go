package store

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
)

// keyRing is the data keys that are at hand: the one under which things are sealed, and
// those under which they may be sealed still. It is a cipher.AEAD, so that who seals need not
// know which key counts: a sealed value begins with a mark of its key. Values of before
// have none.
//
// While the data key is changed, the database says which key counts; see followKeys. A
// key that is not at hand is looked for where the others came from.
type keyRing struct {
	source  keySource
	keys    atomic.Pointer[ringKeys]
	reading sync.Mutex // one asks the source at a time
}

// ringKeys are the keys of a ring; they are not changed, but replaced.
type ringKeys struct {
	all     []fileKey
	sealing fileKey
	missing []byte // fingerprint of the key that counts, when it is not at hand
}

// markBytes is how much of a key's fingerprint a sealed value begins with.
const markBytes = 8

func (k *fileKey) mark() []byte { return k.fingerprint[:markBytes] }

// newKeyRing returns a ring that seals under the key with a fingerprint, which is among those
// that are given.
func newKeyRing(source keySource, keys []fileKey, fingerprint []byte) *keyRing {
	r := &keyRing{source: source}
	k := &ringKeys{all: keys}
	if i := k.indexOf(fingerprint); i >= 0 {
		k.sealing = keys[i]
	}
	r.keys.Store(k)
	return r
}

// indexOf returns which key has a fingerprint; -1 when none has.
func (k *ringKeys) indexOf(fingerprint []byte) int {
	for i := range k.all {
		if bytes.Equal(k.all[i].fingerprint, fingerprint) {
			return i
		}
	}
	return -1
}

// NonceSize implements cipher.AEAD: nonces are random, and stand in what is sealed.
func (r *keyRing) NonceSize() int { return 0 }

// Overhead implements cipher.AEAD.
func (r *keyRing) Overhead() int { return markBytes + r.keys.Load().sealing.seals.Overhead() }

// Seal implements cipher.AEAD.
func (r *keyRing) Seal(to, nonce, text, place []byte) []byte {
	k := r.keys.Load()
	return k.sealing.seals.Seal(append(to, k.sealing.mark()...), nonce, text, place)
}

// Open implements cipher.AEAD. It returns ErrNoNewKey for what is sealed under the key that
// counts, when that cannot be had.
func (r *keyRing) Open(to, nonce, sealed, place []byte) ([]byte, error) {
	text, known, err := r.keys.Load().open(to, nonce, sealed, place)
	if err == nil || known || r.reread() != nil {
		return text, err
	}
	text, _, err = r.keys.Load().open(to, nonce, sealed, place)
	return text, err
}

// open reports, too, whether the key is known whose mark a value has.
func (k *ringKeys) open(to, nonce, sealed, place []byte) (text []byte, known bool, err error) {
	for i := range k.all {
		rest, marked := bytes.CutPrefix(sealed, k.all[i].mark())
		if !marked {
			continue
		}
		if text, err := k.all[i].seals.Open(to, nonce, rest, place); err == nil {
			return text, true, nil
		}
		known = true
	}
	for i := range k.all { // of before there were marks
		if text, err := k.all[i].seals.Open(to, nonce, sealed, place); err == nil {
			return text, true, nil
		}
	}
	if k.missing != nil && bytes.HasPrefix(sealed, k.missing[:markBytes]) {
		return nil, false, ErrNoNewKey
	}
	return nil, known, errSealed
}

var errSealed = errors.New("what is sealed does not open")

// reread asks the source again, and adds what it gives to the ring.
func (r *keyRing) reread() error {
	r.reading.Lock()
	defer r.reading.Unlock()
	found, err := r.source.read(context.Background())
	if err != nil {
		return err
	}
	for {
		before := r.keys.Load()
		after := &ringKeys{append([]fileKey{}, before.all...), before.sealing, before.missing}
		for _, key := range found {
			if after.indexOf(key.fingerprint) < 0 {
				after.all = append(after.all, key)
			}
		}
		if r.keys.CompareAndSwap(before, after) {
			return nil
		}
	}
}

// follow seals under the key with a fingerprint from now on. It returns ErrNoNewKey
// when that cannot be had: nothing may be sealed then.
func (r *keyRing) follow(fingerprint []byte) error {
	if k := r.keys.Load(); k.missing == nil && bytes.Equal(k.sealing.fingerprint, fingerprint) {
		return nil
	}
	if r.keys.Load().indexOf(fingerprint) < 0 {
		_ = r.reread() // that it gives no such key is all that counts
	}
	for {
		before := r.keys.Load()
		after := &ringKeys{all: before.all, sealing: before.sealing}
		i := before.indexOf(fingerprint)
		if i < 0 {
			after.missing = fingerprint
		} else {
			after.sealing = before.all[i]
		}
		if !r.keys.CompareAndSwap(before, after) {
			continue
		}
		if i < 0 {
			return fmt.Errorf("store: %w", ErrNoNewKey)
		}
		return nil
	}
}

// followKeys seals in a transaction under the key that counts in it.
func (s *Store) followKeys(ctx context.Context, tx *sql.Tx) error {
	now, err := readDataKeys(ctx, tx)
	if err != nil || now.current == nil { // which another program took away, as audit verify finds
		return err
	}
	return s.keys.follow(now.sealing())
}

// dataKeys are the fingerprints of the data keys that the database names.
type dataKeys struct {
	current []byte // nil when it names none
	next    []byte // that takes the place of the other; nil unless the key is being changed
}

// sealing is the fingerprint of the one under which things are sealed.
func (k dataKeys) sealing() []byte {
	if k.next != nil {
		return k.next
	}
	return k.current
}

// nextKeyFact is the fact which data key takes the place of the one that there is.
const nextKeyFact = "next data key fingerprint"

// readDataKeys reads them in the transaction that seals, where nobody else can change them.
func readDataKeys(ctx context.Context, tx *sql.Tx) (dataKeys, error) {
	var now dataKeys
	rows, err := tx.QueryContext(ctx, `
		SELECT name, value
		FROM facts
		WHERE name IN ($1, $2)`, fingerprintFact, nextKeyFact)
	if err != nil {
		return now, err
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		var value []byte
		if err := rows.Scan(&name, &value); err != nil {
			return now, err
		}
		if name == nextKeyFact {
			now.next = value
		} else {
			now.current = value
		}
	}
	return now, rows.Err()
}
