package store

import (
	"database/sql"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"countersign/internal/account"
	"countersign/internal/idv"
	"countersign/internal/review"
)

// Every segment of every view is read in the order of one index, by whichever of its
// conditions, from where a page begins.
func TestQueueReadsOneIndex(t *testing.T) {
	t.Parallel()
	d, sue := newSigningDesk(t)
	fillQueue(t, d, []account.Person{d.ann, d.bob, sue}, 200)
	for _, f := range queueFilters() {
		for _, tab := range review.Tabs() {
			v := review.View{Who: sue, Tab: tab, Filter: f, At: noon, Due: review.DuePolicy{idv.Adverse: time.Hour}}
			must(t, d.read(t.Context(), func(tx *sql.Tx) error {
				l, err := newListing(t.Context(), tx, v, review.PageKey{})
				must(t, err)
				for _, part := range l.segments {
					for i, pick := range l.picks[part.phase] {
						if pick.unindexed {
							continue
						}
						l.index[part.phase] = i
						for _, from := range []review.PageKey{{}, {Recipient: d.id, Since: noon.Add(-24 * time.Hour)}, {Back: true, Recipient: d.id, Since: noon.Add(-24 * time.Hour)}} {
							index := l.picks[part.phase][i]
							query, args := l.segmentQuery(part, index.values[0], from, 10)
							plan := d.plan(t, tx, query, args)
							if strings.Contains(plan, "TEMP B-TREE") || strings.Contains(plan, "SCAN") || !strings.Contains(plan, "INDEX") {
								t.Errorf("%s by %s%s:%s\n%s", tab, index.column, index.facet, query, plan)
							}
						}
					}
				}
				return nil
			}))
			if t.Failed() {
				return
			}
		}
	}
}

// plan is how SQLite runs a query.
func (d *desk) plan(t *testing.T, tx *sql.Tx, query string, args []any) string {
	rows, err := tx.Query(`EXPLAIN QUERY PLAN `+query, args...)
	must(t, err)
	defer rows.Close()
	var lines []string
	for rows.Next() {
		var id, parent, unused int
		var line string
		must(t, rows.Scan(&id, &parent, &unused, &line))
		lines = append(lines, line)
	}
	must(t, errors.Join(rows.Err(), rows.Close()))
	return strings.Join(slices.Compact(lines), "\n")
}
