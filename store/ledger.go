package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"countersign/internal/account"
	"countersign/internal/idv"
	"countersign/internal/review"
)

// Ledger lists entries, newest first by their numbers, without their texts.
func (s *Store) Ledger(ctx context.Context, q review.LedgerQuery) ([]review.Recorded, error) {
	var list []review.Recorded
	err := s.read(ctx, func(tx *sql.Tx) error {
		return eachStretch(ctx, tx, q, func(from, until int64) (more bool, err error) {
			query, arguments := ledgerQuery(q, from, until, q.Limit-len(list))
			rows, err := tx.QueryContext(ctx, query, arguments...)
			found, err := readEntries(rows, err)
			list = append(list, found...)
			return len(list) < q.Limit, err
		})
	})
	if err != nil {
		return nil, fmt.Errorf("store: list the ledger: %w", err)
	}
	return list, nil
}

// ledgerQuery picks entries from one on up to another. It names only the columns that are
// asked about, so that each form of it finds an index.
func ledgerQuery(q review.LedgerQuery, from, until int64, limit int) (string, []any) {
	var c conditions
	c.and(`seq < `, until, ``)
	if q.Person != "" {
		c.and(`actor = coalesce((SELECT id FROM accounts WHERE name_key = `, account.FindKey(q.Person), `), -1)`)
	}
	if q.Recipient != (idv.RecipientID{}) {
		c.and(`recipient = `, q.Recipient.String(), ``)
	}
	if q.Act != "" {
		c.and(`act = `, string(q.Act), ``)
	}
	return `
		SELECT ` + entryColumns + `
		FROM ledger
		WHERE seq >= ` + c.argument(from) + c.text + `
		ORDER BY seq DESC
		LIMIT ` + c.argument(limit), c.arguments
}

// eachStretch calls do with the first and behind the last of entries that a query may give,
// the newest first, until do wants no more. Between times there may be several such
// stretches: times run backwards where an entry says that its clock was behind, and nowhere
// else.
func eachStretch(ctx context.Context, tx *sql.Tx, q review.LedgerQuery, do func(from, until int64) (more bool, err error)) error {
	end, err := ledgerSize(ctx, tx)
	if err != nil {
		return err
	}
	if q.Before > 0 {
		end = min(end, q.Before)
	}
	if q.From.IsZero() && q.Until.IsZero() {
		_, err := do(0, end)
		return err
	}
	for more := true; more && end > 0; {
		begin, err := lastBehind(ctx, tx, end)
		if err != nil {
			return err
		}
		from, until := begin, end
		if !q.From.IsZero() {
			if from, err = firstAt(ctx, tx, begin, end, q.From); err != nil {
				return err
			}
		}
		if !q.Until.IsZero() {
			if until, err = firstAt(ctx, tx, begin, end, q.Until); err != nil {
				return err
			}
		}
		if from < until {
			if more, err = do(from, until); err != nil {
				return err
			}
		}
		end = begin
	}
	return nil
}

// lastBehind returns the Seq of the last entry before one whose clock stood behind the entry
// before; zero when there is none.
func lastBehind(ctx context.Context, tx *sql.Tx, before int64) (int64, error) {
	var seq int64
	err := tx.QueryRowContext(ctx, `
		SELECT coalesce(max(seq), 0)
		FROM ledger
		WHERE behind > 0 AND seq < $1`, before).Scan(&seq)
	return seq, err
}

// firstAtQuery takes a time, and from where on up to where entries are looked at. SQLite would
// rather go through all of those than use the index of times, and does not see them here:
// https://www.sqlite.org/optoverview.html, 3.
const firstAtQuery = `
		SELECT seq
		FROM ledger
		WHERE at >= $1 AND seq + 0 >= $2 AND seq + 0 < $3
		ORDER BY at, seq
		LIMIT 1`

// firstAt returns the Seq of the first entry at a time or later among entries whose times do
// not run backwards, from one on up to another, and that other when there is none.
func firstAt(ctx context.Context, tx *sql.Tx, from, until int64, at time.Time) (int64, error) {
	var first int64
	err := tx.QueryRowContext(ctx, firstAtQuery, millis(at), from, until).Scan(&first)
	if errors.Is(err, sql.ErrNoRows) {
		return until, nil
	}
	return first, err
}
