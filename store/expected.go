package store

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"

	"countersign/internal/idv"
	"countersign/internal/review"
)

// KeepExpected records who the signer should be, once per author and key; see
// review.Desk.SetExpected for its errors. What is expected already is not recorded again.
func (s *Store) KeepExpected(ctx context.Context, n review.NewExpected) error {
	content, err := n.Content()
	if err != nil {
		return fmt.Errorf("store: keep expected signer: %w", err)
	}
	what := review.ActExpectedSet
	if content == nil {
		what = review.ActExpectedCleared
	}
	err = s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		same := func(old *review.Recorded) bool {
			return old.Act == what && old.Recipient == n.Recipient.String() && bytes.Equal(old.Content, content)
		}
		if old, err := s.once(ctx, tx, n.By, n.Key, same); err != nil || old != nil {
			return err
		}
		if err := s.ensureRecipient(ctx, tx, n.Recipient); err != nil {
			return err
		}
		standing, err := s.newestExpected(ctx, tx, n.Recipient)
		switch {
		case err != nil:
			return err
		case n.Seen != nil && *n.Seen != standing.Seq:
			return review.ErrExpectedChanged
		case bytes.Equal(standing.Content, content):
			return nil
		}
		_, err = s.append(ctx, tx, act{
			at: n.At, by: n.By, recipient: n.Recipient, act: what, about: standing.Seq,
			facts: review.Facts{Form: n.Key}, content: content,
		})
		return err
	})
	if err != nil {
		return fmt.Errorf("store: keep expected signer: %w", err)
	}
	return nil
}

// Expected returns who the signer should be; nil when nobody says so.
func (s *Store) Expected(ctx context.Context, id idv.RecipientID) (*review.ExpectedSigner, error) {
	var found *review.ExpectedSigner
	err := s.read(ctx, func(tx *sql.Tx) error {
		standing, err := s.newestExpected(ctx, tx, id)
		if err != nil || standing.Seq == 0 {
			return err
		}
		record, err := review.ReadRecord([]review.Recorded{standing})
		if err != nil {
			return err
		}
		found = record.Expected()
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("store: read expected signer: %w", err)
	}
	return found, nil
}

// newestExpected returns the entry that says who the signer should be, with its content; the
// zero Recorded when none does. The content of an erased one is nil.
func (s *Store) newestExpected(ctx context.Context, tx *sql.Tx, id idv.RecipientID) (review.Recorded, error) {
	var r review.Recorded
	rows, err := tx.QueryContext(ctx, `
		SELECT `+entryColumns+`, text_sealed
		FROM ledger
		WHERE recipient = $1 AND act IN ($2, $3)
		ORDER BY seq DESC
		LIMIT 1`, id.String(), string(review.ActExpectedSet), string(review.ActExpectedCleared))
	if err != nil {
		return r, err
	}
	defer rows.Close()
	if !rows.Next() {
		return r, rows.Err()
	}
	var sealed []byte
	if err := scanEntry(rows, &r.Entry, &sealed); err != nil {
		return r, err
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return r, err
	}
	if r.Act == review.ActExpectedCleared {
		return review.Recorded{}, nil
	}
	if sealed == nil {
		return r, nil
	}
	key, err := s.recipientKey(ctx, tx, id)
	if err != nil {
		return r, err
	}
	r.Salt, r.Content, err = openContent(key, &r.Entry, sealed)
	return r, err
}
