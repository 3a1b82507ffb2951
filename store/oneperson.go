package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"countersign/internal/review"
)

// accountChanges returns the changes since a time that may let somebody act as another. One
// whose clock was ahead counts too: how long ago it was, nobody knows.
func accountChanges(ctx context.Context, tx *sql.Tx, since time.Time) ([]review.AccountChange, error) {
	rows, err := tx.QueryContext(ctx, `
		SELECT `+entryColumns+`
		FROM ledger
		WHERE act = $1 AND at >= $2
		ORDER BY seq`, string(review.ActAccount), millis(since))
	list, err := readEntries(rows, err)
	if err != nil {
		return nil, err
	}
	var changes []review.AccountChange
	for i := range list {
		found, err := review.ReadAccountChanges(&list[i])
		if err != nil {
			return nil, err
		}
		changes = append(changes, found...)
	}
	return changes, nil
}

// AccountChanges returns the changes of accounts since a time that may let somebody act as
// another.
func (s *Store) AccountChanges(ctx context.Context, since time.Time) ([]review.AccountChange, error) {
	var list []review.AccountChange
	err := s.read(ctx, func(tx *sql.Tx) (err error) {
		list, err = accountChanges(ctx, tx, since)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("store: look at changes of accounts: %w", err)
	}
	return list, nil
}
