package store

import (
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
	err = s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if old, err := s.once(ctx, tx, n.By, n.Key, n.Same); err != nil || old != nil {
			return err
		}
		if err := s.ensureRecipient(ctx, tx, n.Recipient); err != nil {
			return err
		}
		record, err := s.newestExpected(ctx, tx, n.Recipient)
		if err != nil {
			return err
		}
		if err := record.MayExpect(n.Seen); err != nil || record.Expects(content) {
			return err
		}
		_, err = s.append(ctx, tx, act{
			at: n.At, by: n.By, recipient: n.Recipient, act: n.Act(), about: record.ExpectedSeq(),
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
		record, err := s.newestExpected(ctx, tx, id)
		if err == nil {
			found = record.Expected()
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("store: read expected signer: %w", err)
	}
	return found, nil
}

// newestExpected reads the newest entry about the expected signer, with its content unless
// that was erased, into a record of its own.
func (s *Store) newestExpected(ctx context.Context, tx *sql.Tx, id idv.RecipientID) (*review.Record, error) {
	rows, err := tx.QueryContext(ctx, `
		SELECT `+entryColumns+`, text_sealed
		FROM ledger
		WHERE recipient = ? AND act IN (?, ?)
		ORDER BY seq DESC
		LIMIT 1`, id.String(), string(review.ActExpectedSet), string(review.ActExpectedCleared))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	if !rows.Next() {
		return &review.Record{}, rows.Err()
	}
	var r review.Recorded
	var sealed []byte
	if err := scanEntry(rows, &r.Entry, &sealed); err != nil {
		return nil, err
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return nil, err
	}
	if sealed != nil {
		key, err := s.recipientKey(ctx, tx, id)
		if err != nil {
			return nil, err
		}
		if r.Salt, r.Content, err = openContent(key, &r.Entry, sealed); err != nil {
			return nil, err
		}
	}
	return review.ReadRecord([]review.Recorded{r})
}
