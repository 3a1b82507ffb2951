package store_test

import (
	"database/sql"
	"fmt"
	"math"
	"testing"

	"countersign/store"
)

// oldLines are the queries with which SQLite made the lines of rows that are hashed.
var oldLines = map[string]string{
	"access_log": `
		SELECT what NOT IN ('medium', 'on-screen', 'report'), CASE
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
		ORDER BY id`,
	"fetches": `
		SELECT 0, CASE
			WHEN sealed_sha256 IS NOT NULL THEN
				json_array(id, account, at, recipient, hex(digest), run, token_ttl, failure, until, after_entry, hex(sealed_sha256))
			WHEN after_entry IS NOT NULL THEN
				json_array(id, account, at, recipient, hex(digest), run, token_ttl, failure, until, after_entry)
			ELSE
				json_array(id, account, at, recipient, hex(digest), run, token_ttl, failure, until)
			END
		FROM fetches
		ORDER BY id`,
}

// Rows have the lines that SQLite gave them: they stand in the hashes of entries.
func TestLinesAreThoseOfSQLite(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	digest := d.fetch(d.id, 0, d.ann, decode(t, "COMPLETED", "a"))
	odd := ""
	for b := range 0x80 {
		odd += string(rune(b))
	}
	odd += "“Ærø” \u2028\u2029 \U0001f600 </script>"
	db := d.raw()
	for i, number := range []any{nil, 0, -1, int64(math.MaxInt64), int64(math.MinInt64), int64(1<<53 + 1)} {
		exec(t, db, `
			INSERT INTO fetches (recipient, at, account, digest, run, token_ttl, failure, until, after_entry)
			VALUES (?, ?, ?, NULL, NULL, ?, ?, ?, ?)`, d.id.String(), math.MaxInt64-i, d.ann.ID, number, odd, number, number)
		exec(t, db, `
			INSERT INTO fetches (recipient, at, account, digest, run, after_entry)
			VALUES (?, ?, ?, ?, ?, ?)`, d.id.String(), i, d.ann.ID, digest[:], i, number)
		for j, what := range []string{"result", "medium", "on-screen", "report", odd} {
			for _, hits := range []any{nil, `{"list":"\"\\ é\u0001"}`} {
				for _, view := range []any{nil, 0, fmt.Sprint(i*100 + j + 7)} {
					exec(t, db, `
						INSERT INTO access_log (at, account, recipient, digest, what, medium, part, hits, sha256, after_entry, hits_read, page_view)
						VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, -i, d.ann.ID, d.id.String(), digest[:], what,
						[]any{nil, fmt.Sprintf("%036d", i*100+len(fmt.Sprint(hits)))}[j%2], odd, "", []any{nil, digest[:]}[i%2], number, hits, view)
				}
			}
		}
	}
	exec(t, db, `
		INSERT INTO access_log (at, account, recipient, digest, what)
		VALUES (0, ?, NULL, x'', 'file')`, d.ann.ID)
	for _, l := range []store.BatchedTable{store.AccessRows(), store.FetchRows()} {
		want, err := db.Query(oldLines[l.Name()])
		must(t, err)
		got, err := db.Query(l.Query(), math.MinInt64, math.MaxInt64)
		must(t, err)
		compareLines(t, l, want, got)
	}
}

func compareLines(t *testing.T, l store.BatchedTable, want, got *sql.Rows) {
	t.Helper()
	defer want.Close()
	defer got.Close()
	n := 0
	for ; want.Next(); n++ {
		var item bool
		var text string
		must(t, want.Scan(&item, &text))
		if !got.Next() {
			t.Fatalf("%s: %d rows (%v)", l.Name(), n, got.Err())
		}
		line, gotItem, err := l.Line(got)
		must(t, err)
		if line != text+"\n" || gotItem != item {
			t.Errorf("%s: row %d is %q, item %t, want %q, item %t", l.Name(), n, line, gotItem, text, item)
		}
	}
	must(t, want.Err())
	if n < 13 || got.Next() {
		t.Errorf("%s: more than %d rows", l.Name(), n)
	}
}
