package store_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"countersign/internal/idv"
	"countersign/internal/review"
)

// BenchmarkFirstDecision records the first decision on each of a hundred cases, which so move in
// all lists, and reports how many pages each writes to SQLite's log.
func BenchmarkFirstDecision(b *testing.B) {
	const cases, framed = 100, 4096 + 24 // a page with the header of its frame: https://www.sqlite.org/fileformat2.html, 4.2
	d, _ := newSigningDesk(b)
	result := nineChecks(b)
	var logged int64
	for round := 0; b.Loop(); round++ {
		b.StopTimer()
		c := caseload{stands: make([]int64, cases)}
		for k := range cases {
			id := mustID(b, fmt.Sprintf("%08d-0000-4000-8000-%06d%06d", k*7919%1000, round+1, k+1))
			d.fetch(id, 0, d.ann, result)
			c.ids = append(c.ids, id)
		}
		exec(b, d.Writer(), `PRAGMA wal_checkpoint(TRUNCATE)`)
		b.StartTimer()
		for range cases {
			must(b, c.decide(d, round, result.Digest))
		}
		written, err := os.Stat(d.options.Path + "-wal")
		must(b, err)
		logged += written.Size()
	}
	b.ReportMetric(float64(logged)/framed/cases/float64(b.N), "pages/decision")
	b.ReportMetric(float64(b.Elapsed().Microseconds())/1000/cases/float64(b.N), "ms/decision")
}

// fillDecided puts decisions without statements into the tables, spread over 92 days, each on
// a result that was fetched before, and with pages that were opened.
func fillDecided(b *testing.B, d *desk, n int) {
	tx, err := d.raw().Begin()
	must(b, err)
	defer tx.Rollback()
	exec := func(query string, args ...any) {
		if _, err := tx.Exec(query, args...); err != nil {
			b.Fatalf("%s: %v", query, err)
		}
	}
	const numbers = `WITH RECURSIVE numbers (x) AS (SELECT 0 UNION ALL SELECT x + 1 FROM numbers WHERE x + 1 < ?) `
	const id = `printf('%08x-0000-4000-8000-%012x', x, x + 1)`
	step := 92 * 24 * time.Hour.Milliseconds() / int64(n)
	began := noon.Truncate(24 * time.Hour).UnixMilli()
	exec(numbers+`INSERT INTO recipients (id, data_key) SELECT `+id+`, zeroblob(60) FROM numbers`, n)
	exec(numbers+`INSERT INTO snapshots (recipient, digest, body) SELECT `+id+`, zeroblob(32), x'' FROM numbers`, n)
	exec(numbers+`INSERT INTO fetches (recipient, at, account, digest, run) SELECT `+id+`, ? + x * ? - x * 7919 % 3600000, 1, zeroblob(32), x + 1 FROM numbers`, n, began, step)
	for _, what := range []string{"result", "medium", "thumbnail", "opened", "result"} {
		exec(numbers+`INSERT INTO access_log (at, account, recipient, digest, what) SELECT ? + x * ?, 1 + x % 2, `+id+`, zeroblob(32), ? FROM numbers`, n, began, step, what)
	}
	exec(numbers+`
		INSERT INTO ledger (seq, at, actor, name, role, recipient, snapshot, act, about, facts, content, sealed, hashes)
		SELECT (SELECT max(seq) + 1 FROM ledger) + x, ? + x * ?, 1 + x % 2, 'Ann', 'reviewer', `+id+`, zeroblob(32), 'decision', 0,
			json_object('verdict', CASE x % 3 WHEN 0 THEN 'approve' WHEN 1 THEN 'reject' ELSE 'refer' END, 'second_review', 'not-needed'), x'', x'', x''
		FROM numbers`, n, began, step)
	must(b, tx.Commit())
}

// BenchmarkFigures computes the figures of 92 days with 200,000 decisions, of a day of these,
// and of as many decisions as have their statements opened.
func BenchmarkFigures(b *testing.B) {
	d := newDesk(b)
	fillDecided(b, d, 200_000)
	b.Run("92 days, 200000 decisions", func(b *testing.B) {
		for b.Loop() {
			if n := d.figures(noon, noon.AddDate(0, 0, 91)).Total; n.Decided() != 200_000 || n.Opened != 200_000 || n.Timed() != 200_000 {
				b.Fatalf("%d decided, %d opened", n.Decided(), n.Opened)
			}
		}
	})
	b.Run("a day of them", func(b *testing.B) {
		for b.Loop() {
			d.figures(noon.AddDate(0, 0, 50), noon.AddDate(0, 0, 50))
		}
	})
	b.Run("10000 statements", func(b *testing.B) {
		s := newDesk(b)
		fillStatements(b, s, review.MaxFigureStatements)
		for b.Loop() {
			if n := s.figures(noon, noon).Total; n.Decided() != review.MaxFigureStatements || n.Unread != 0 {
				b.Fatalf("%d decided, of which %d unread", n.Decided(), n.Unread)
			}
		}
	})
}

// fillStatements records decisions of the usual length, each on a recipient of its own.
func fillStatements(b *testing.B, d *desk, n int) {
	must(b, d.Write(b.Context(), func(ctx context.Context, tx *sql.Tx) error {
		for i := range n {
			id, err := idv.ParseRecipientID(fmt.Sprintf("00000000-0000-4000-8000-%012x", i+1))
			if err != nil {
				return err
			}
			decision := d.decision(id, idv.Digest{}, d.ann, "")
			decision.Statement.Note = strings.Repeat("The document was checked against the register. ", 60)
			content, err := json.Marshal(&decision.Statement)
			if err != nil {
				return err
			}
			act := review.Act{At: noon, Act: review.ActDecision, Facts: review.Facts{Verdict: review.Approve, Second: review.NotNeeded}, Content: content}
			if err := d.Append(ctx, tx, d.ann, id, act); err != nil {
				return err
			}
		}
		return nil
	}))
}
