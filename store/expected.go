package store

import (
	"context"
	"database/sql"
	"fmt"

	"countersign/internal/idv"
	"countersign/internal/review"
)

// Expected returns who the signer should be; nil when nobody says so.
func (s *Store) Expected(ctx context.Context, id idv.RecipientID) (*review.ExpectedSigner, error) {
	var found *review.ExpectedSigner
	err := s.read(ctx, func(tx *sql.Tx) error {
		var newest int64
		err := tx.QueryRowContext(ctx, `
			SELECT coalesce(max(seq), 0)
			FROM ledger
			WHERE recipient = $1 AND act IN ($2, $3)`,
			id.String(), string(review.ActExpectedSet), string(review.ActExpectedCleared)).Scan(&newest)
		if err != nil || newest == 0 {
			return err
		}
		e, err := s.entryWithText(ctx, tx, newest)
		if err != nil || e == nil {
			return err
		}
		record, err := review.ReadRecord([]review.Recorded{*e})
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
