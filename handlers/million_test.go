package handlers_test

import (
	"fmt"
	"net/http"
	"testing"

	"countersign/internal/postgrestest"
)

// fill puts made-up entries of as many recipients into the database of a desk, behind
// its back: no page reads their hashes.
func fill(b *testing.B, d *desk, recipients, entries int) {
	b.Helper()
	const counting = `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1) `
	nth := func(i string) string {
		return `'10000000-0000-4000-8000-' || substr(CAST(1000000000000 + ` + i + ` AS text), 2)`
	}
	key, digest, hashes := make([]byte, 60), make([]byte, 32), make([]byte, 64)
	d.exec(counting+`INSERT INTO recipients (id, data_key, state, final) SELECT `+nth("i")+`, $2, 'COMPLETED', 1 FROM n`, recipients, key)
	d.exec(counting+`INSERT INTO snapshots (recipient, digest, body) SELECT `+nth("i")+`, $2, $3 FROM n`, recipients, digest, []byte{1})
	d.exec(counting+`
		INSERT INTO access_log (id, at, account, recipient, digest, what)
		SELECT last.id + i, 1700000000000 + i, 1, `+nth("i")+`, $2, 'result'
		FROM n, (SELECT max(id) AS id FROM access_log) AS last`, recipients, digest)
	d.exec(counting+`
		INSERT INTO ledger (seq, at, actor, name, role, recipient, snapshot, act, about, facts, content, sealed, hashes)
		SELECT last.seq + i, last.at, 1, 'ann', 'reviewer', `+nth(fmt.Sprintf("i %% %d + 1", recipients))+`, $2, 'note', 0,
			'{"form":"made-up-' || i || '"}', $2, $2, $3
		FROM n, (SELECT seq, at FROM ledger ORDER BY seq DESC LIMIT 1) AS last
		ORDER BY i`, entries, digest, hashes)
	if postgrestest.Chosen() {
		d.exec(`ANALYZE`) // as the server of the database does by itself, in time
	}
}

// BenchmarkPagesOf is how long a review page, the start page and the ledger take with
// little and with much on record.
func BenchmarkPagesOf(b *testing.B) {
	for _, size := range []struct{ recipients, entries int }{{200, 1_000}, {200_000, 1_000_000}} {
		dir := b.TempDir()
		d := newDesk(b, dir)
		reviewer, auditor := d.signedIn("ann"), d.signedIn("auditor")
		for _, n := range []string{"01", "04", "06"} {
			if _, err := reviewer.get("/recipients/00000000-0000-4000-8000-0000000000" + n); err != nil {
				b.Fatal(err)
			}
		}
		fill(b, d, size.recipients, size.entries)
		for _, page := range []struct {
			name    string
			browser *browser
			path    string
		}{
			{"review", reviewer, "/recipients/00000000-0000-4000-8000-000000000001"},
			{"home", reviewer, "/"},
			{"audit", auditor, "/audit"},
			{"audit of a person", auditor, "/audit?person=ann"},
			{"audit of an act", auditor, "/audit?act=decision"},
			{"audit of a day", auditor, "/audit?from=2020-01-01&until=2020-01-02"},
			{"access log", auditor, "/audit/access"},
			{"access log of a day", auditor, "/audit/access?from=2020-01-01&until=2020-01-02"},
			{"access log until a day", auditor, "/audit/access?until=2020-01-02"},
		} {
			b.Run(fmt.Sprintf("%d entries/%s", size.entries, page.name), func(b *testing.B) {
				for b.Loop() {
					if a, err := page.browser.get(page.path); err != nil || a.status != http.StatusOK {
						b.Fatalf("status %d, %v", a.status, err)
					}
				}
			})
		}
	}
}
