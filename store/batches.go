package store

import (
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"slices"
	"time"

	"countersign/internal/account"
	"countersign/internal/ledger"
	"countersign/internal/review"
)

// The access log and the fetches are too many to be entries of the ledger one by one.
// Now and then those that came since are entered together: one entry for each person and
// minute, with a hash over the rows, so that a row which is changed, removed or put in
// later shows.

// logged is a table whose rows are entered together.
type logged struct {
	act   ledger.Act
	table string
	rows  string // a query for ID, account, time, whether something was viewed, and the line that is hashed, after an ID, in order
	items bool   // whether entries say how much was viewed
}

// The lines are JSON, so that no two rows have the same. Rows without after_entry,
// hits_read, page_view or signer_compared, which were not always kept, have the lines that they had.

func accessRows() logged {
	return logged{review.ActAccess, "access_log", `
		SELECT id, account, at, what NOT IN ('medium', 'on-screen', 'report'), CASE
			WHEN signer_compared IS NOT NULL THEN
				json_array(id, account, at, recipient, hex(digest), what, medium, part, hits, hex(sha256), after_entry, hits_read, page_view, signer_compared)
			WHEN page_view IS NOT NULL THEN
				json_array(id, account, at, recipient, hex(digest), what, medium, part, hits, hex(sha256), after_entry, hits_read, page_view)
			WHEN hits_read IS NOT NULL THEN
				json_array(id, account, at, recipient, hex(digest), what, medium, part, hits, hex(sha256), after_entry, hits_read)
			WHEN after_entry IS NOT NULL THEN
				json_array(id, account, at, recipient, hex(digest), what, medium, part, hits, hex(sha256), after_entry)
			ELSE
				json_array(id, account, at, recipient, hex(digest), what, medium, part, hits, hex(sha256))
			END
		FROM access_log
		WHERE id > ?
		ORDER BY id
		LIMIT ?`, true}
}

func fetchRows() logged {
	return logged{review.ActFetches, "fetches", `
		SELECT id, account, at, 0, iif(after_entry IS NULL,
			json_array(id, account, at, recipient, hex(digest), run, token_ttl, failure, until),
			json_array(id, account, at, recipient, hex(digest), run, token_ttl, failure, until, after_entry))
		FROM fetches
		WHERE id > ?
		ORDER BY id
		LIMIT ?`, false}
}

// maxBatched is how many rows are entered in one transaction.
const maxBatched = 20_000

// EnterLogs enters what was logged since the last time into the ledger.
func (s *Store) EnterLogs(ctx context.Context, now time.Time) error {
	for _, l := range []logged{accessRows(), fetchRows()} {
		for more := true; more; {
			err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) (err error) {
				more, err = s.enterRows(ctx, tx, l, now)
				return err
			})
			if err != nil {
				return fmt.Errorf("store: enter %s into the ledger: %w", l.act, err)
			}
		}
	}
	return nil
}

// batch is rows of one person within one minute.
type batch struct {
	account     int64
	minute      int64
	first, last int64
	rows        int
	items       int
	hash        hash.Hash
}

func (b *batch) add(id int64, item bool, line string) {
	b.last = id
	b.rows++
	if item {
		b.items++
	}
	b.hash.Write([]byte(line + "\n")) // a hash takes everything
}

func (b *batch) facts(items bool) review.Facts {
	f := review.Facts{First: b.first, Last: b.last, Rows: b.rows, SHA256: hex.EncodeToString(b.hash.Sum(nil))}
	if items {
		f.Items = &b.items
	}
	return f
}

// enterRows enters some of the rows that no entry covers, and reports whether there may
// be more.
func (s *Store) enterRows(ctx context.Context, tx *sql.Tx, l logged, now time.Time) (bool, error) {
	after, err := lastEntered(ctx, tx, l.act)
	if err != nil {
		return false, err
	}
	batches, n, err := batchesOf(ctx, tx, l, after)
	if err != nil {
		return false, err
	}
	for _, b := range batches {
		who, err := personByID(ctx, tx, b.account)
		if err != nil {
			return false, err
		}
		if _, err := s.append(ctx, tx, act{at: now, by: who, act: l.act, facts: b.facts(l.items)}); err != nil {
			return false, err
		}
	}
	return n == maxBatched, nil
}

// lastEntered returns the ID of the last row that an entry covers: that of the newest
// entry, since batches are entered in the order of their last rows.
func lastEntered(ctx context.Context, tx *sql.Tx, a ledger.Act) (int64, error) {
	var last int64
	err := tx.QueryRowContext(ctx, `
		SELECT json_extract(facts, '$.last')
		FROM ledger
		WHERE act = ?
		ORDER BY seq DESC
		LIMIT 1`, string(a)).Scan(&last)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return last, err
}

// batchesOf returns the rows after one in batches, and how many rows those are.
func batchesOf(ctx context.Context, tx *sql.Tx, l logged, after int64) ([]*batch, int, error) {
	rows, err := tx.QueryContext(ctx, l.rows, after, maxBatched)
	if err != nil {
		return nil, 0, err
	}
	defer rows.Close()
	return readBatches(rows)
}

func readBatches(rows *sql.Rows) ([]*batch, int, error) {
	var all []*batch
	open := map[int64]*batch{} // by account
	n := 0
	for rows.Next() {
		var id, who, at int64
		var item bool
		var line string
		if err := rows.Scan(&id, &who, &at, &item, &line); err != nil {
			return nil, 0, err
		}
		minute := at / time.Minute.Milliseconds()
		b := open[who]
		if b == nil || b.minute != minute {
			b = &batch{account: who, minute: minute, first: id, hash: sha256.New()}
			open[who] = b
			all = append(all, b)
		}
		b.add(id, item, line)
		n++
	}
	slices.SortFunc(all, func(a, b *batch) int { return cmp.Compare(a.last, b.last) })
	return all, n, rows.Err()
}

// personByID returns whoever has the account with an ID.
func personByID(ctx context.Context, tx *sql.Tx, id int64) (account.Person, error) {
	var by person
	err := tx.QueryRowContext(ctx, `
		SELECT id, name, role, created_at, disabled_at
		FROM accounts
		WHERE id = ?`, id).Scan(by.fields()...)
	return by.person(), err
}
