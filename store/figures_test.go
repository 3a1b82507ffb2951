package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"countersign/internal/account"
	"countersign/internal/idv"
	"countersign/internal/review"
)

func (d *desk) figures(first, last time.Time) *review.Figures {
	d.t.Helper()
	days, err := review.ParseDayRange(first.Format(time.DateOnly), last.Format(time.DateOnly), first)
	must(d.t, err)
	rows, err := d.FigureRows(d.t.Context(), days)
	must(d.t, err)
	return review.CountFigures(days, rows, 0)
}

// Of an erased recipient nothing remains but that it counts.
func TestFiguresOfAnErasedRecipient(t *testing.T) {
	d, sue := newSigningDesk(t)
	d.casework(d.id, sue)
	d.casework(d.id2, sue)
	before := d.figures(noon, noon)
	if l := before.Total; l.Opened != 2 || l.Approved != 2 || l.Asked != 2 || l.Confirmed != 2 || l.Unread != 0 || l.Timed() != 2 || l.Median() != 29*time.Minute {
		t.Errorf("before the erasure: %+v", l)
	}
	if len(before.Reasons) != 1 || before.Reasons[0].Count != 2 || before.Reasons[0].Words != "Verified" {
		t.Errorf("reasons before the erasure: %+v", before.Reasons)
	}
	must(t, d.Erase(t.Context(), d.id, account.Person{}, "Asked for."))
	after := d.figures(noon, noon)
	if l := after.Total; l.Opened != 2 || l.Approved != 2 || l.Asked != 2 || l.Confirmed != 2 || l.Unread != 1 || l.Timed() != 1 {
		t.Errorf("after the erasure: %+v", l)
	}
	if len(after.Reasons) != 1 || after.Reasons[0].Count != 1 {
		t.Errorf("reasons after the erasure: %+v", after.Reasons)
	}
	if l := d.figures(noon.AddDate(0, 0, 1), noon.AddDate(0, 0, 2)).Total; !l.IsEmpty() {
		t.Errorf("the days after have %+v", l)
	}
}

// The time of a decision begins with the first fetch of its result, also where another came
// between, and entries count on the day that the clock showed, in whatever order they stand.
func TestFiguresWhileTheClockIsSet(t *testing.T) {
	c := newClocked(t)
	a := c.fetch(c.id, 0, c.ann, decode(t, "COMPLETED", "a"))
	c.fetch(c.id, 5, c.ann, decode(t, "COMPLETED", "b"))
	c.fetch(c.id, 10, c.ann, decode(t, "COMPLETED", "a"))
	decide := func(minutes int, key string, supersedes int64) int64 {
		c.set(minutes, 0)
		n := c.decision(c.id, a, c.ann, key)
		n.Statement.Decided, n.Statement.Supersedes = c.now, supersedes
		seq, err := c.keepDecision(t.Context(), n)
		must(t, err)
		return seq
	}
	first := decide(30, "today", 0)
	second := decide(24*60+30, "a day ahead", first)
	decide(-30, "put back before the result was there", second)
	total := c.figures(noon, noon).Total
	if total.Approved != 2 || total.Timed() != 1 || total.Median() != 30*time.Minute {
		t.Errorf("today: %+v", total)
	}
	tomorrow := c.figures(noon.AddDate(0, 0, 1), noon.AddDate(0, 0, 1)).Total
	if tomorrow.Approved != 1 || tomorrow.Median() != 24*time.Hour+30*time.Minute {
		t.Errorf("the day ahead: %+v", tomorrow)
	}
}

// What figures read is found by its time, however much there is from before.
func TestFiguresReadNoMoreThanTheirDays(t *testing.T) {
	d := newDesk(t)
	must(t, d.read(t.Context(), func(tx *sql.Tx) error {
		for query, want := range map[string]string{
			openedCasesQuery: "COVERING INDEX access_log_opened (at>? AND at<?)",
			decidedQuery:     "ledger_by_act (act=? AND seq>? AND seq<?)",
		} {
			if plan := d.plan(t, tx, query, []any{1, 2, 3}); !strings.Contains(plan, want) {
				t.Errorf("the plan has no %s:\n%s", want, plan)
			}
		}
		return nil
	}))
}

// fillDecided puts decisions without statements into the tables, spread over 92 days, each on
// a result that was fetched before, and with pages that were opened.
func fillDecided(b *testing.B, d *desk, n int) {
	tx, err := d.writer.Begin()
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
	began := millis(noon.Truncate(24 * time.Hour))
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
	must(b, d.write(b.Context(), func(ctx context.Context, tx *sql.Tx) error {
		for i := range n {
			id, err := idv.ParseRecipientID(fmt.Sprintf("00000000-0000-4000-8000-%012x", i+1))
			if err != nil {
				return err
			}
			key, err := d.insertRecipient(ctx, tx, id)
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
			if _, err := d.appendEntry(ctx, tx, newEntry{Act: act, by: d.ann, recipient: id, key: key}); err != nil {
				return err
			}
		}
		return nil
	}))
}
