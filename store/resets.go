package store

import (
	"context"
	"crypto/cipher"
	"database/sql"
	"errors"
	"fmt"

	"countersign/internal/idv"
	"countersign/internal/review"
)

// BeginReset records that somebody is about to reset a session limit. The recipient
// need not have been fetched. It returns review.ErrKeyUsed when the form was sent
// before.
func (s *Store) BeginReset(ctx context.Context, r review.NewReset) (int64, error) {
	var id int64
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if err := s.ensureRecipient(ctx, tx, r.Recipient); err != nil {
			return err
		}
		key, err := s.recipientKey(ctx, tx, r.Recipient)
		if err != nil {
			return err
		}
		err = tx.QueryRowContext(ctx, `
			INSERT INTO resets (recipient, account, at, key, reason)
			VALUES (?, ?, ?, ?, ?)
			ON CONFLICT (account, key) DO NOTHING
			RETURNING id`,
			r.Recipient.String(), r.By.ID, millis(r.At), r.Key, seal(key, r.Reason, resetPlace(r))).Scan(&id)
		if errors.Is(err, sql.ErrNoRows) {
			return review.ErrKeyUsed
		}
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("store: begin reset: %w", err)
	}
	return id, nil
}

// resetPlace is where a reset stands: its sealed reason opens in no other row, nor
// when another column of its own was altered.
func resetPlace(r review.NewReset) string {
	return fmt.Sprintf("resets:v1:%s:%d:%d:%s", r.Recipient, r.By.ID, millis(r.At), r.Key)
}

// EndReset records what came of a reset, once.
func (s *Store) EndReset(ctx context.Context, id int64, end review.ResetEnd) error {
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `
			INSERT INTO reset_outcomes (reset, at, outcome, failure)
			VALUES (?, ?, ?, ?)`,
			id, millis(end.At), string(end.Outcome), sql.NullString{String: string(end.Failure), Valid: end.Failure != ""})
		return err
	})
	if err != nil {
		return fmt.Errorf("store: end reset: %w", err)
	}
	return nil
}

// Resets lists the resets for a recipient, newest first.
func (s *Store) Resets(ctx context.Context, id idv.RecipientID) ([]review.Reset, error) {
	var list []review.Reset
	err := s.read(ctx, func(tx *sql.Tx) error {
		key, err := s.recipientKey(ctx, tx, id)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		list, err = resets(ctx, tx, key, id)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("store: list resets: %w", err)
	}
	return list, nil
}

func resets(ctx context.Context, tx *sql.Tx, key cipher.AEAD, id idv.RecipientID) ([]review.Reset, error) {
	rows, err := tx.QueryContext(ctx, `
		SELECT resets.id, resets.account, accounts.name, resets.at, resets.key, resets.reason,
			reset_outcomes.at, reset_outcomes.outcome, reset_outcomes.failure
		FROM resets
		JOIN accounts ON accounts.id = resets.account
		LEFT JOIN reset_outcomes ON reset_outcomes.reset = resets.id
		WHERE resets.recipient = ?
		ORDER BY resets.id DESC`, id.String())
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []review.Reset
	for rows.Next() {
		r, err := scanReset(rows, key, id)
		if err != nil {
			return nil, err
		}
		list = append(list, r)
	}
	return list, rows.Err()
}

func scanReset(rows *sql.Rows, key cipher.AEAD, id idv.RecipientID) (review.Reset, error) {
	var r review.Reset
	begun := review.NewReset{Recipient: id}
	var at int64
	var sealed []byte
	var ended sql.NullInt64
	var outcome, failure sql.NullString
	err := rows.Scan(&r.ID, &begun.By.ID, &r.By, &at, &begun.Key, &sealed, &ended, &outcome, &failure)
	if err != nil {
		return review.Reset{}, err
	}
	begun.At = timeOf(at)
	r.At = begun.At
	if ended.Valid {
		r.End = review.ResetEnd{At: timeOf(ended.Int64), Outcome: review.ResetOutcome(outcome.String), Failure: review.FailureKind(failure.String)}
	}
	r.Reason, err = unseal(key, sealed, resetPlace(begun))
	return r, err
}
