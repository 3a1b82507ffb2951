package store_test

import (
	"database/sql"
	"fmt"
	"testing"
	"time"

	"countersign/internal/review"
)

// fillLedger puts made-up notes on as many recipients into the tables of a file, and as many
// openings: nothing that lists read of them is checked.
func fillLedger(b *testing.B, tx *sql.Tx, recipients, entries int) {
	const (
		numbers = `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)`
		id      = `printf('10000000-0000-4000-8000-%012d', i)`
	)
	at := noon.UnixMilli()
	execInFile(b, tx, numbers+` INSERT INTO recipients (id, data_key, state, final) SELECT `+id+`, zeroblob(60), 'COMPLETED', 1 FROM n`, recipients)
	execInFile(b, tx, numbers+` INSERT INTO snapshots (recipient, digest, body) SELECT `+id+`, zeroblob(32), x'01' FROM n`, recipients)
	execInFile(b, tx, numbers+` INSERT INTO access_log (at, account, recipient, digest, what) SELECT ? + i, 1 + i % 2, `+id+`, zeroblob(32), 'result' FROM n`, recipients, at)
	execInFile(b, tx, numbers+`, spread AS (SELECT i AS entry, i % ? + 1 AS i FROM n)
		INSERT INTO ledger (seq, at, actor, name, role, recipient, snapshot, act, about, facts, content, sealed, hashes)
		SELECT last.seq + entry, last.at + entry, 1 + entry % 2, 'Ann', 'reviewer', `+id+`, zeroblob(32), 'note', 0,
			json_object('form', 'made-up-' || entry), zeroblob(32), zeroblob(32), zeroblob(64)
		FROM spread, (SELECT seq, at FROM ledger ORDER BY seq DESC LIMIT 1) AS last`, entries, recipients)
}

// BenchmarkPages reads what the review page, the start page, the ledger and the access log show,
// with little and with much on record.
func BenchmarkPages(b *testing.B) {
	for _, size := range []struct{ recipients, entries int }{{200, 1_000}, {200_000, 1_000_000}} {
		b.Run(fmt.Sprint(size.entries), func(b *testing.B) {
			d := newFileDesk(b)
			digest := d.fetch(d.id, 0, d.ann, nineChecks(b))
			must(b, d.note(digest, "first", "The document was checked against the register."))
			d.see(d.id, 0, digest)
			d.fillFile(func(tx *sql.Tx) { fillLedger(b, tx, size.recipients, size.entries) })
			d.readPages(b)
		})
	}
}

func (d *desk) readPages(b *testing.B) {
	day := noon.AddDate(0, 0, -1)
	for name, read := range map[string]func() (int, error){
		"review page": func() (int, error) {
			f, err := d.Recipient(b.Context(), d.id, d.ann, review.NotePage{})
			return len(f.Record.Notes), err
		},
		"start page": func() (int, error) {
			list, err := d.Recent(b.Context(), d.ann, 20)
			return len(list), err
		},
		"ledger":              d.ledgerPage(review.LedgerQuery{Limit: 100}),
		"ledger of a person":  d.ledgerPage(review.LedgerQuery{Person: "Ann", Limit: 100}),
		"ledger of an act":    d.ledgerPage(review.LedgerQuery{Act: review.ActAccount, Limit: 100}),
		"ledger of a day":     d.ledgerPage(review.LedgerQuery{From: day, Until: noon.Add(time.Minute), Limit: 100}),
		"access log":          d.accessPage(review.AccessQuery{Limit: 100}),
		"access log of a day": d.accessPage(review.AccessQuery{From: day, Until: noon.Add(time.Minute), Limit: 100}),
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if n, err := read(); err != nil || n == 0 {
					b.Fatalf("%d rows, error %v", n, err)
				}
			}
		})
	}
}

func (d *desk) ledgerPage(q review.LedgerQuery) func() (int, error) {
	return func() (int, error) {
		list, err := d.Ledger(d.t.Context(), q)
		return len(list), err
	}
}

func (d *desk) accessPage(q review.AccessQuery) func() (int, error) {
	return func() (int, error) {
		list, err := d.AccessLog(d.t.Context(), q)
		return len(list), err
	}
}
