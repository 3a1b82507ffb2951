package store

import (
	"context"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"countersign/internal/account"
	"countersign/internal/idv"
	"countersign/internal/ledger"
	"countersign/internal/review"
)

// newEntry is an entry that is about to be made.
type newEntry struct {
	review.Act
	by        account.Person  // the zero Person is the operator
	recipient idv.RecipientID // the zero ID when it is about nobody
	key       cipher.AEAD     // seals what it commits to; nil when it commits to nothing
}

// appendEntry makes the next entry of the ledger, in the transaction of what it records, and
// returns it. Everything that it rests on is read in that transaction, so that
// other programs may append to the same file.
func (s *Store) appendEntry(ctx context.Context, tx *sql.Tx, a newEntry) (ledger.Entry, error) {
	if s.whyStopped() != nil {
		return ledger.Entry{}, review.ErrNotRecording
	}
	e, err := s.nextEntry(ctx, tx, a)
	if err != nil {
		return e, err
	}
	var sealed []byte
	if a.Content != nil {
		if a.key == nil {
			return e, fmt.Errorf("store: %s has content and no key to seal it", a.Act.Act)
		}
		sealed = sealContent(&e, a)
	}
	hashes, err := s.nextHashes(ctx, tx, &e)
	if err != nil {
		return e, err
	}
	_, err = tx.ExecContext(ctx, `
		INSERT INTO ledger (seq, at, actor, name, role, recipient, snapshot, act, about, facts, content, sealed, version, behind, text_sealed, hashes)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
		e.Seq, millis(e.At), e.Actor, e.Name, e.Role, e.Recipient, digestBytes(e.Snapshot), string(e.Act), e.About, e.Facts,
		digestBytes(e.Content), digestBytes(e.Sealed), storedVersion(e.Version), e.Behind.Milliseconds(), sealed, joinHashes(hashes))
	if err != nil {
		return e, err
	}
	s.tail.last = e
	return e, s.afterAct(ctx, tx, &e)
}

// treeTail is what the next entry of a transaction rests on that has one already. No other
// program can append meanwhile.
type treeTail struct {
	tree *ledger.Frontier // nil after the first entry, for which it is not worth its reading
	last ledger.Entry
}

// lastEntry returns the Seq and the time of the newest entry; sql.ErrNoRows when there is none.
func (s *Store) lastEntry(ctx context.Context, tx *sql.Tx) (int64, time.Time, error) {
	if s.tail != nil {
		return s.tail.last.Seq, s.tail.last.At, nil
	}
	return newestEntry(ctx, tx)
}

// nextHashes returns the hashes of the tree that end with the next entry.
func (s *Store) nextHashes(ctx context.Context, tx *sql.Tx, e *ledger.Entry) ([]tlog.Hash, error) {
	if s.tail == nil {
		s.tail = &treeTail{}
		return ledger.NextHashes(e.Seq, e.Bytes(), storedHashes{ctx, tx})
	}
	if s.tail.tree == nil {
		tree, err := ledger.ReadFrontier(e.Seq, storedHashes{ctx, tx})
		if err != nil {
			return nil, err
		}
		s.tail.tree = tree
	}
	return s.tail.tree.Add(e.Bytes()), nil
}

// nextEntry is the entry of an act, without its content.
func (s *Store) nextEntry(ctx context.Context, tx *sql.Tx, a newEntry) (ledger.Entry, error) {
	e := ledger.Entry{
		Version: ledger.Newest, At: timeOf(millis(a.At)), Actor: a.by.ID, Name: a.by.Name, Role: string(a.by.Role),
		Snapshot: a.Snapshot, Act: a.Act.Act, About: a.About, Facts: a.Facts.String(),
	}
	if a.recipient != (idv.RecipientID{}) {
		e.Recipient = a.recipient.String()
	}
	if ms := millis(e.At); ms < minTime || ms > maxTime {
		return e, fmt.Errorf("store: the clock shows the year %d, which cannot be recorded", e.At.Year())
	}
	last, at, err := s.lastEntry(ctx, tx)
	if errors.Is(err, sql.ErrNoRows) {
		return e, nil
	}
	// Whoever looked at the clock a moment later may have been written first. That is no clock
	// which was put back: it is looked at again.
	if now := timeOf(millis(s.now())); e.At.Before(at) && !now.Before(at) && now.Sub(e.At) < account.ClockSlack {
		e.At = now
	}
	// Nor are clocks of two servers ever the same: an entry is not made before the one before it.
	if ahead := at.Sub(e.At); ahead > 0 && ahead <= s.engine.clockSkew() {
		e.At = at
	}
	e.Seq, e.Behind = last+1, ledger.ClockLag(at, e.At)
	return e, err
}

// sealContent seals what an entry commits to, behind its salt, and completes the entry.
func sealContent(e *ledger.Entry, a newEntry) []byte {
	var salt [ledger.SaltSize]byte
	rand.Read(salt[:]) // never fails: https://pkg.go.dev/crypto/rand#Read
	e.Content = ledger.Commit(salt, a.Content)
	sealed := seal(a.key, string(salt[:])+string(a.Content), entryPlace(e))
	e.Sealed = idv.Digest(sha256.Sum256(sealed))
	return sealed
}

// entryPlace is where the text of an entry stands: it opens in no other row, nor when
// anything of its own was altered.
func entryPlace(e *ledger.Entry) string {
	bare := *e
	bare.Content, bare.Sealed = idv.Digest{}, idv.Digest{}
	return "ledger:v1:" + string(bare.Bytes())
}

// beginLedger makes the first entry of the ledger, unless there is one.
func (s *Store) beginLedger(ctx context.Context, tx *sql.Tx) error {
	var begun bool
	if err := tx.QueryRowContext(ctx, `
		SELECT EXISTS (SELECT 1 FROM ledger)`).Scan(&begun); err != nil || begun {
		return err
	}
	fingerprint, err := storedFingerprint(ctx, tx)
	if err != nil {
		return err
	}
	_, err = s.appendEntry(ctx, tx, newEntry{Act: review.Act{At: s.now(), Act: review.ActBegun, Facts: review.Facts{DataKey: fingerprint}}})
	return err
}

// storedFingerprint returns the fingerprint of the data key that the database names, in hex;
// empty when it names none.
func storedFingerprint(ctx context.Context, tx *sql.Tx) (string, error) {
	var fingerprint []byte
	err := tx.QueryRowContext(ctx, `
		SELECT value
		FROM facts
		WHERE name = $1`, fingerprintFact).Scan(&fingerprint)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return hex.EncodeToString(fingerprint), err
}

func joinHashes(hashes []tlog.Hash) []byte {
	var b []byte
	for _, h := range hashes {
		b = append(b, h[:]...)
	}
	return b
}
