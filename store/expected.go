package store

import (
	"context"
	"database/sql"
	"encoding/json"
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

// SignerCompared returns how expected signers of a recipient compared with results, the
// newest last.
func (s *Store) SignerCompared(ctx context.Context, id idv.RecipientID) (list []review.SignerCompared, err error) {
	err = s.read(ctx, func(tx *sql.Tx) (err error) {
		list, err = signerCompared(ctx, tx, id)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("store: list comparisons of the signer: %w", err)
	}
	return list, nil
}

// signerCompared returns how expected signers of a recipient compared with results, the
// newest last.
func signerCompared(ctx context.Context, tx *sql.Tx, id idv.RecipientID) ([]review.SignerCompared, error) {
	rows, err := tx.QueryContext(ctx, `
		SELECT digest, signer_compared, after_entry
		FROM access_log
		WHERE recipient = $1 AND signer_compared IS NOT NULL
		ORDER BY id`, id.String())
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []review.SignerCompared
	for rows.Next() {
		var digest []byte
		var text string
		var compared review.SignerCompared
		if err := rows.Scan(&digest, &text, placeOf{&compared.Place}); err != nil {
			return nil, err
		}
		if err := json.Unmarshal([]byte(text), &compared); err != nil {
			return nil, err
		}
		copy(compared.Result[:], digest)
		list = append(list, compared)
	}
	return list, rows.Err()
}
