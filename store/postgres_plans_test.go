package store_test

import (
	"database/sql"
	"strings"
	"testing"

	"countersign/internal/account"
	"countersign/internal/postgrestest"
	"countersign/internal/review"
)

// A page of the queue looks whether the cases it goes through have a value. PostgreSQL would
// otherwise collect all cases that have it first, and take seconds among a million.
func TestQueueCollectsNoCases(t *testing.T) {
	postgrestest.Choose(t)
	d, sue := newSigningDesk(t)
	fillQueue(t, d, []account.Person{d.ann, d.bob, sue}, 60)
	db := d.raw()
	db.SetMaxIdleConns(1)
	exec(t, db, `ANALYZE`)
	looked := false
	for _, f := range queueFilters() {
		queries, err := d.PageQueries(t.Context(), review.View{Who: sue, Tab: review.TabDecided, Filter: f, At: noon}, review.PageKey{})
		must(t, err)
		for _, q := range queries {
			plan := strings.Join(explain(t, db, q.Query, q.Args), "\n")
			looked = looked || strings.Contains(plan, "SubPlan")
			if strings.Contains(plan, "hashed SubPlan") {
				t.Fatalf("%s\n%s", q.Query, plan)
			}
		}
	}
	if !looked {
		t.Error("no page looked for a value")
	}
}

func explain(t *testing.T, db *sql.DB, query string, args []any) []string {
	t.Helper()
	return column(t, db, `EXPLAIN VERBOSE `+query, args...)
}
