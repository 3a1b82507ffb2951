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

// The access log, the fetches and the sign-ins are too many to be entries of the ledger one by one.
// Now and then those that came since are entered together: one entry for each person and
// minute, with a hash over the rows, so that a row which is changed, removed or put in
// later shows.

// batchedTable is a table whose rows are entered together.
type batchedTable struct {
	act   ledger.Act
	table string
	rows  string // a query for the rows after an ID, in order
	read  func(*sql.Rows) (batchedRow, error)
	items bool // whether entries say how much was viewed
}

// batchedRow is a row of such a table.
type batchedRow struct {
	id, account, at int64
	item            bool     // whether something was viewed
	line            jsonLine // what is hashed
}

func accessRows() batchedTable {
	return batchedTable{review.ActAccess, "access_log", `
		SELECT id, account, at, recipient, digest, what, medium, part, hits, sha256, after_entry, hits_read, page_view, signer_compared
		FROM access_log
		WHERE id > $1
		ORDER BY id
		LIMIT $2`, readAccessRow, true}
}

// readAccessRow reads a row of the access log. Those without after_entry, hits_read,
// page_view or signer_compared, which were not always kept, have the lines that they had.
func readAccessRow(rows *sql.Rows) (batchedRow, error) {
	var r batchedRow
	var recipient, medium, hitsRead, compared nullText
	var digest, sha256 []byte
	var what, part, hits string
	var after, view nullNumber
	err := rows.Scan(numberIn{&r.id}, numberIn{&r.account}, numberIn{&r.at}, &recipient, bytesIn{&digest}, textIn{&what},
		&medium, textIn{&part}, textIn{&hits}, bytesIn{&sha256}, &after, &hitsRead, &view, &compared)
	if err != nil {
		return r, err
	}
	switch review.AccessKind(what) {
	case review.AccessMedium, review.AccessOnScreen, review.AccessReport, review.AccessSigner:
	default:
		r.item = true
	}
	r.line.number(r.id)
	r.line.number(r.account)
	r.line.number(r.at)
	r.line.textOrNull(recipient)
	r.line.hex(digest)
	r.line.text(what)
	r.line.textOrNull(medium)
	r.line.text(part)
	r.line.text(hits)
	r.line.hex(sha256)
	if after.Valid || hitsRead.Valid || view.Valid || compared.Valid {
		r.line.numberOrNull(after)
	}
	if hitsRead.Valid || view.Valid || compared.Valid {
		r.line.textOrNull(hitsRead)
	}
	if view.Valid || compared.Valid {
		r.line.numberOrNull(view)
	}
	if compared.Valid {
		r.line.textOrNull(compared)
	}
	return r, nil
}

func fetchRows() batchedTable {
	return batchedTable{review.ActFetches, "fetches", `
		SELECT id, account, at, recipient, digest, run, token_ttl, failure, until, after_entry, sealed_sha256
		FROM fetches
		WHERE id > $1
		ORDER BY id
		LIMIT $2`, readFetchRow, false}
}

// readFetchRow reads a row of the fetches. Those without after_entry or sealed_sha256, which
// were not always kept, have the lines that they had.
func readFetchRow(rows *sql.Rows) (batchedRow, error) {
	var r batchedRow
	var recipient string
	var digest, sealed []byte
	var run, ttl, until, after nullNumber
	var failure nullText
	err := rows.Scan(numberIn{&r.id}, numberIn{&r.account}, numberIn{&r.at}, textIn{&recipient}, bytesIn{&digest}, &run, &ttl,
		&failure, &until, &after, bytesIn{&sealed})
	if err != nil {
		return r, err
	}
	r.line.number(r.id)
	r.line.number(r.account)
	r.line.number(r.at)
	r.line.text(recipient)
	r.line.hex(digest)
	r.line.numberOrNull(run)
	r.line.numberOrNull(ttl)
	r.line.textOrNull(failure)
	r.line.numberOrNull(until)
	if after.Valid || sealed != nil {
		r.line.numberOrNull(after)
	}
	if sealed != nil {
		r.line.hex(sealed)
	}
	return r, nil
}

// maxBatched is how many rows are entered in one transaction.
const maxBatched = 20_000

// BatchLogs enters what was logged since the last time into the ledger.
func (s *Store) BatchLogs(ctx context.Context, now time.Time) error {
	for _, l := range []batchedTable{signInRows(), accessRows(), fetchRows()} {
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

func (b *batch) add(r batchedRow) {
	b.last = r.id
	b.rows++
	if r.item {
		b.items++
	}
	b.hash.Write(r.line.terminated()) // a hash takes everything
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
func (s *Store) enterRows(ctx context.Context, tx *sql.Tx, l batchedTable, now time.Time) (bool, error) {
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
		if _, err := s.appendEntry(ctx, tx, newEntry{by: who, Act: review.Act{At: now, Act: l.act, Facts: b.facts(l.items)}}); err != nil {
			return false, err
		}
	}
	return n == maxBatched, nil
}

// lastEntered returns the ID of the last row that an entry covers: that of the newest
// entry, since batches are entered in the order of their last rows.
func lastEntered(ctx context.Context, tx *sql.Tx, a ledger.Act) (int64, error) {
	_, facts, err := newestFacts(ctx, tx, a)
	return facts.Last, err
}

// newestFacts returns the Seq and the facts of the newest entry of an act; zero when there is
// none.
func newestFacts(ctx context.Context, tx *sql.Tx, a ledger.Act) (int64, review.Facts, error) {
	var e ledger.Entry
	err := tx.QueryRowContext(ctx, `
		SELECT seq, facts
		FROM ledger
		WHERE act = $1
		ORDER BY seq DESC
		LIMIT 1`, string(a)).Scan(&e.Seq, &e.Facts)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, review.Facts{}, nil
	}
	if err != nil {
		return 0, review.Facts{}, err
	}
	facts, err := review.ParseFacts(e)
	return e.Seq, facts, err
}

// batchesOf returns the rows after one in batches, and how many rows those are.
func batchesOf(ctx context.Context, tx *sql.Tx, l batchedTable, after int64) ([]*batch, int, error) {
	rows, err := tx.QueryContext(ctx, l.rows, after, maxBatched)
	if err != nil {
		return nil, 0, err
	}
	defer rows.Close()
	return readBatches(rows, l.read)
}

func readBatches(rows *sql.Rows, read func(*sql.Rows) (batchedRow, error)) ([]*batch, int, error) {
	var all []*batch
	open := map[int64]*batch{} // by account
	n := 0
	for rows.Next() {
		r, err := read(rows)
		if err != nil {
			return nil, 0, err
		}
		minute := r.at / time.Minute.Milliseconds()
		b := open[r.account]
		if b == nil || b.minute != minute {
			b = &batch{account: r.account, minute: minute, first: r.id, hash: sha256.New()}
			open[r.account] = b
			all = append(all, b)
		}
		b.add(r)
		n++
	}
	slices.SortFunc(all, func(a, b *batch) int { return cmp.Compare(a.last, b.last) })
	return all, n, rows.Err()
}

// personByID returns whoever has the account with an ID.
func personByID(ctx context.Context, tx *sql.Tx, id int64) (account.Person, error) {
	var by personRow
	err := tx.QueryRowContext(ctx, `
		SELECT id, name, role, created_at, disabled_at
		FROM accounts
		WHERE id = $1`, id).Scan(by.scanTargets()...)
	return by.toPerson(), err
}

// nextID is a query for the number of the next row of such a table, which is larger than any that
// was given: where a row was taken off the end, the next one leaves a gap.
func nextID(table string) string {
	return `
		SELECT max(id) + 1
		FROM (
			SELECT coalesce(max(id), 0) AS id FROM ` + table + `
			UNION ALL
			SELECT last FROM given_ids WHERE name = '` + table + `'
		) AS given`
}

// lastID returns the largest number that was ever given to a row of such a table.
func lastID(ctx context.Context, tx *sql.Tx, table string) (int64, error) {
	var id int64
	err := tx.QueryRowContext(ctx, `
		SELECT coalesce(max(last), 0)
		FROM given_ids
		WHERE name = $1`, table).Scan(&id)
	return id, err
}
