package store

import (
	"context"
	"crypto/cipher"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"countersign/internal/idv"
	"countersign/internal/ledger"
	"countersign/internal/review"
)

// entryColumns are what scanEntry reads.
const entryColumns = `seq, at, actor, name, role, recipient, snapshot, act, about, facts, content, sealed, version, behind`

func scanEntry(rows *sql.Rows, e *ledger.Entry, more ...any) error {
	var at int64
	err := rows.Scan(append([]any{
		&e.Seq, &at, &e.Actor, &e.Name, &e.Role, &e.Recipient, blobOf{&e.Snapshot}, &e.Act, &e.About, &e.Facts,
		blobOf{&e.Content}, blobOf{&e.Sealed}, versionOf{&e.Version}, lagOf{&e.Behind},
	}, more...)...)
	e.At = timeOf(at)
	return err
}

// entriesAbout returns the entries about a recipient with what they commit to, oldest
// first. A nil key leaves the texts out.
func entriesAbout(ctx context.Context, tx *sql.Tx, key cipher.AEAD, id idv.RecipientID) ([]review.Recorded, error) {
	return entriesWithNotes(ctx, tx, key, id, 0, 0)
}

// notesFrom returns the oldest entry of a page of notes, and whether there are older
// notes.
func notesFrom(ctx context.Context, tx *sql.Tx, id idv.RecipientID, page review.NotePage) (from int64, older bool, err error) {
	if page.Limit == 0 {
		return 0, false, nil
	}
	// SQLite would plan anew each time for a bound value that a partial index is about, or that
	// is a limit by itself: sqlite3VdbeSetVarmask in its source.
	err = tx.QueryRowContext(ctx, `

		SELECT coalesce(min(seq), 0)
		FROM (
			SELECT seq
			FROM ledger
			WHERE recipient = $1 AND act = 'note' AND (seq < $2 OR $2 = 0)
			ORDER BY seq DESC
			LIMIT $3 + 0) AS page`,
		id.String(), page.Before, page.Limit).Scan(&from)
	if err != nil {
		return 0, false, err
	}
	err = tx.QueryRowContext(ctx, `
		SELECT EXISTS (
			SELECT 1
			FROM ledger
			WHERE recipient = $1 AND act = 'note' AND seq < $2)`,
		id.String(), from).Scan(&older)
	return from, older, err
}

// entriesWithNotes is entriesAbout, of the notes only with those from an entry on and,
// where before is not zero, older than another.
func entriesWithNotes(ctx context.Context, tx *sql.Tx, key cipher.AEAD, id idv.RecipientID, from, before int64) ([]review.Recorded, error) {
	rows, err := tx.QueryContext(ctx, `
		SELECT `+entryColumns+`, text_sealed
		FROM ledger
		WHERE recipient = $1 AND (act <> $2 OR seq >= $3 AND (seq < $4 OR $4 = 0))
		ORDER BY seq`,
		id.String(), string(review.ActNote), from, before)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []review.Recorded
	for rows.Next() {
		var r review.Recorded
		var sealed []byte
		if err := scanEntry(rows, &r.Entry, &sealed); err != nil {
			return nil, err
		}
		if sealed != nil && key != nil {
			if r.Salt, r.Content, err = openContent(key, &r.Entry, sealed); err != nil {
				return nil, err
			}
		}
		list = append(list, r)
	}
	return list, rows.Err()
}

// entryWithText returns an entry with what it commits to, unless that was erased; nil when
// there is no such entry.
func (s *Store) entryWithText(ctx context.Context, tx *sql.Tx, seq int64) (*review.Recorded, error) {
	rows, err := tx.QueryContext(ctx, `
		SELECT `+entryColumns+`, text_sealed
		FROM ledger
		WHERE seq = $1`, seq)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	if !rows.Next() {
		return nil, rows.Err()
	}
	var r review.Recorded
	var sealed []byte
	if err := scanEntry(rows, &r.Entry, &sealed); err != nil {
		return nil, err
	}
	if err := rows.Close(); err != nil || sealed == nil {
		return &r, err
	}
	id, err := idv.ParseRecipientID(r.Recipient)
	if err != nil {
		return nil, err
	}
	key, err := s.recipientKey(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	r.Salt, r.Content, err = openContent(key, &r.Entry, sealed)
	return &r, err
}

// openContent opens what an entry commits to. It returns review.ErrAltered for what does not fit.
func openContent(key cipher.AEAD, e *ledger.Entry, sealed []byte) (salt [ledger.SaltSize]byte, content []byte, err error) {
	text, err := unseal(key, sealed, entryPlace(e))
	if err != nil || len(text) < len(salt) {
		return salt, nil, fmt.Errorf("store: entry %d: %w", e.Seq, review.ErrAltered)
	}
	copy(salt[:], text)
	content = []byte(text[len(salt):])
	if ledger.Commit(salt, content) != e.Content {
		return salt, nil, fmt.Errorf("store: entry %d: %w", e.Seq, review.ErrAltered)
	}
	return salt, content, nil
}

// newestEntry returns the Seq and the time of the newest entry; sql.ErrNoRows when there
// is none.
func newestEntry(ctx context.Context, tx *sql.Tx) (int64, time.Time, error) {
	var seq, at int64
	err := tx.QueryRowContext(ctx, `
		SELECT seq, at
		FROM ledger
		ORDER BY seq DESC
		LIMIT 1`).Scan(&seq, &at)
	return seq, timeOf(at), err
}

// NewestEntry returns the time of the newest entry; the zero Time when there is none.
func (s *Store) NewestEntry(ctx context.Context) (time.Time, error) {
	var at time.Time
	err := s.read(ctx, func(tx *sql.Tx) (err error) {
		_, at, err = newestEntry(ctx, tx)
		return err
	})
	if errors.Is(err, sql.ErrNoRows) {
		return time.Time{}, nil
	}
	if err != nil {
		return time.Time{}, fmt.Errorf("store: read the newest entry: %w", err)
	}
	return at, nil
}

func readEntries(rows *sql.Rows, err error) ([]review.Recorded, error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []review.Recorded
	for rows.Next() {
		var r review.Recorded
		if err := scanEntry(rows, &r.Entry); err != nil {
			return nil, err
		}
		list = append(list, r)
	}
	return list, rows.Err()
}
