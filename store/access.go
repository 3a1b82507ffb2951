package store

import (
	"context"
	"database/sql"
	"fmt"

	"countersign/internal/account"
	"countersign/internal/idv"
	"countersign/internal/review"
)

// KeepAccess records that somebody is about to see something of a recipient, who
// must have been fetched before.
func (s *Store) KeepAccess(ctx context.Context, a review.Access) error {
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `
			INSERT INTO access_log (at, account, recipient, digest, what)
			VALUES (?, ?, ?, ?, ?)`,
			millis(a.At), a.Who.ID, a.Recipient.String(), a.Digest[:], string(a.What))
		return err
	})
	if err != nil {
		return fmt.Errorf("store: keep access: %w", err)
	}
	return nil
}

// Recent lists the recipients of whom who saw something last, newest first.
func (s *Store) Recent(ctx context.Context, who account.Person, limit int) ([]review.Visit, error) {
	list, err := s.visits(ctx, `
		SELECT seen.recipient, seen.at, recipients.state,
			(SELECT count(*) FROM notes WHERE notes.recipient = seen.recipient)
		FROM access_log AS seen
		JOIN recipients ON recipients.id = seen.recipient
		WHERE seen.account = ?
			AND NOT EXISTS (
				SELECT 1
				FROM access_log AS later
				WHERE later.account = seen.account
					AND later.recipient = seen.recipient
					AND later.id > seen.id)
		ORDER BY seen.id DESC
		LIMIT ?`, who.ID, limit)
	if err != nil {
		return nil, fmt.Errorf("store: list recent recipients: %w", err)
	}
	return list, nil
}

// Waiting lists the recipients whose newest result is not final, in the order in
// which these were fetched.
func (s *Store) Waiting(ctx context.Context, limit int) ([]review.Visit, error) {
	list, err := s.visits(ctx, `
		SELECT recipients.id, fetches.at, recipients.state,
			(SELECT count(*) FROM notes WHERE notes.recipient = recipients.id)
		FROM recipients
		JOIN fetches ON fetches.id = recipients.newest
		WHERE recipients.final = 0 AND recipients.newest IS NOT NULL
		ORDER BY recipients.newest
		LIMIT ?`, limit)
	if err != nil {
		return nil, fmt.Errorf("store: list waiting recipients: %w", err)
	}
	return list, nil
}

func (s *Store) visits(ctx context.Context, query string, args ...any) ([]review.Visit, error) {
	var list []review.Visit
	err := s.read(ctx, func(tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, query, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var v review.Visit
			var at int64
			var state string
			if err := rows.Scan(recipientOf{&v.Recipient}, &at, &state, &v.Notes); err != nil {
				return err
			}
			v.At, v.State = timeOf(at), idv.SessionState(state)
			list = append(list, v)
		}
		return rows.Err()
	})
	return list, err
}
