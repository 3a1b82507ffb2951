package store_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"countersign/internal/account"
	"countersign/internal/idv"
	"countersign/internal/review"
	"countersign/store"
)

// The first entry at a time is found by the index of times, however long the ledger is.
func TestFirstAtIsFoundByItsIndex(t *testing.T) {
	d := newDesk(t)
	plan := d.plan(store.FirstAtQuery, []any{noon.UnixMilli(), 0, 9})
	if !strings.Contains(plan, "ledger_by_time (at>?)") || strings.Contains(plan, "TEMP B-TREE") {
		t.Errorf("the plan is\n%s", plan)
	}
}

// What is looked up for each event and each task is found by an index, however much waits.
func TestPlansOfTasks(t *testing.T) {
	d := newDesk(t)
	for name, query := range map[string]string{
		"the next job":         `SELECT kind FROM jobs WHERE cause = $1 AND due_at <= $2 ORDER BY due_at LIMIT 1`,
		"the first due":        `SELECT min(due_at) FROM jobs WHERE cause = 'hook'`,
		"the next line":        store.NextLineQuery,
		"the same event":       `SELECT 1 FROM hook_events WHERE digest = $1 AND at > $2 AND at <= $3`,
		"a session":            store.SessionQuery,
		"lines of a recipient": `UPDATE import_lines SET state = $1, at = $2 WHERE recipient = $3 AND state NOT IN ('fetched', 'known', 'erased')`,
	} {
		plan := d.plan(query, []any{"1", "2", "3"}[:strings.Count(query, "$")])
		if strings.Contains(plan, "TEMP B-TREE") || strings.Contains(plan, "SCAN import_lines") || strings.Contains(plan, "SCAN jobs") || strings.Contains(plan, "SCAN hook") || strings.Contains(plan, "SCAN recipients") {
			t.Errorf("%s:\n%s", name, plan)
		}
	}
}

// What figures read is found by its time, however much there is from before.
func TestFiguresReadNoMoreThanTheirDays(t *testing.T) {
	d := newDesk(t)
	for query, want := range map[string]string{
		store.OpenedCasesQuery: "COVERING INDEX access_log_opened (at>? AND at<?)",
		store.DecidedQuery:     "ledger_by_act (act=? AND seq>? AND seq<?)",
	} {
		if plan := d.plan(query, []any{1, 2, 3}); !strings.Contains(plan, want) {
			t.Errorf("the plan has no %s:\n%s", want, plan)
		}
	}
}

// Every segment of every view is read in the order of one index, by whichever of its
// conditions, from where a page begins.
func TestQueueReadsOneIndex(t *testing.T) {
	t.Parallel()
	d, sue := newSigningDesk(t)
	fillQueue(t, d, []account.Person{d.ann, d.bob, sue}, 200)
	planned := map[string]bool{} // a plan follows from the text alone
	for _, f := range queueFilters() {
		for _, tab := range review.Tabs() {
			v := review.View{Who: sue, Tab: tab, Filter: f, At: noon, Due: review.DuePolicy{idv.Adverse: time.Hour}}
			for _, from := range []review.PageKey{{}, {Recipient: d.id, Since: noon.Add(-24 * time.Hour)}, {Back: true, Recipient: d.id, Since: noon.Add(-24 * time.Hour)}} {
				queries, err := d.PageQueries(t.Context(), v, from)
				must(t, err)
				for _, q := range queries {
					if planned[q.Query] {
						continue
					}
					planned[q.Query] = true
					plan := d.plan(q.Query, q.Args)
					if strings.Contains(plan, "TEMP B-TREE") || strings.Contains(plan, "SCAN") || !strings.Contains(plan, "INDEX") {
						t.Errorf("%s by %s:%s\n%s", tab, q.By, q.Query, plan)
					}
				}
			}
			if t.Failed() {
				return
			}
		}
	}
}

// plan is how SQLite runs a query.
func (d *desk) plan(query string, args []any) string {
	d.t.Helper()
	rows, err := d.raw().Query(`EXPLAIN QUERY PLAN `+query, args...)
	must(d.t, err)
	defer rows.Close()
	var lines []string
	for rows.Next() {
		var id, parent, unused int
		var line string
		must(d.t, rows.Scan(&id, &parent, &unused, &line))
		lines = append(lines, line)
	}
	must(d.t, errors.Join(rows.Err(), rows.Close()))
	return strings.Join(slices.Compact(lines), "\n")
}
