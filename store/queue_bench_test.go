package store_test

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"countersign/internal/account"
	"countersign/internal/idv"
	"countersign/internal/review"
)

// fillMany puts cases into the tables of a file, of which one in five is open. Of what they have, all
// occurs as often among many as among few.
func fillMany(b *testing.B, tx *sql.Tx, n int) {
	exec := func(query string, args ...any) { execInFile(b, tx, query, args...) }
	exec(`
		WITH RECURSIVE numbers (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM numbers WHERE x < ?),
			mixed AS (SELECT x, (x * 2654435761 + 12345) % 4294967296 AS h FROM numbers),
			staged AS (SELECT x, h, h / 7 % 7 AS bucket, CASE
				WHEN x % 5 = 0 THEN CASE h / 64 % 10 WHEN 0 THEN 'second' WHEN 1 THEN 'referred' WHEN 2 THEN 'changed' ELSE 'undecided' END
				WHEN x % 100 = 1 THEN 'waiting' ELSE 'decided' END AS stage FROM mixed),
			placed AS (SELECT *, CASE stage WHEN 'waiting' THEN 1 WHEN 'decided' THEN 2 ELSE 0 END AS phase FROM staged)
		INSERT INTO recipients (id, data_key, stage, phase, concern, since, bucket, why, document, country, session, tracking, assignee, assigned_at, active_at, holder, referred, reviewer, assessed)
		SELECT printf('%08x-0000-4000-8000-%012x', x * 4000, x), zeroblob(60), stage, phase, CASE phase WHEN 2 THEN 0 ELSE bucket END, ? - h / 3 % 7776000000,
			CASE bucket WHEN 0 THEN 'adverse' WHEN 1 THEN 'investigate' WHEN 2 THEN 'not-cleared' WHEN 3 THEN 'not-ready' WHEN 4 THEN 'incomplete' WHEN 5 THEN 'clear-with-notes' ELSE 'clear' END,
			'Counterfeit; on the fraud list', CASE h / 128 % 3 WHEN 0 THEN 'PASSPORT' WHEN 1 THEN 'DRIVING_LICENCE' ELSE 'NATIONAL_ID' END,
			CASE h / 512 % 5 WHEN 0 THEN 'GBR' WHEN 1 THEN 'FRA' WHEN 2 THEN 'BEL' WHEN 3 THEN 'DNK' ELSE 'MLT' END,
			printf('5e551017-0000-4000-8000-%012x', h), printf('track-%x', h),
			CASE WHEN phase = 0 AND h / 1024 % 2 = 0 THEN 1 + h / 2048 % 2 END, ?, ?,
			CASE WHEN phase <> 0 THEN NULL WHEN h / 1024 % 2 = 0 THEN 1 + h / 2048 % 2 WHEN stage IN ('undecided', 'changed') THEN 0 END,
			CASE WHEN stage = 'referred' THEN h / 4096 % 3 END, CASE WHEN phase = 2 THEN 1 + h / 8192 % 2 END, 1
		FROM placed`, n, noon.UnixMilli(), noon.UnixMilli(), noon.UnixMilli())
	exec(`
		INSERT INTO case_facets (recipient, kind, value, phase, concern, since)
		SELECT recipient, kind, value, CASE WHEN value NOT LIKE '%:APPROVE' THEN phase END, CASE WHEN value NOT LIKE '%:APPROVE' THEN concern END, CASE WHEN value NOT LIKE '%:APPROVE' THEN since END
		FROM (SELECT id AS recipient, kind, CASE kind
			WHEN 'check' THEN CASE since / 3 % 4 WHEN 0 THEN 'FACE_MATCH:REJECT' ELSE 'FACE_MATCH:APPROVE' END
			WHEN 'reason' THEN CASE since / 5 % 2 WHEN 0 THEN 'COUNTERFEIT' ELSE 'TAMPERED' END
			ELSE CASE since / 7 % 20 WHEN 0 THEN 'vip' ELSE 'late' END END AS value, phase, concern, since
		FROM recipients, (SELECT 'check' AS kind UNION ALL SELECT 'reason' UNION ALL SELECT 'tag')
		WHERE kind = 'check' OR kind = 'reason' AND since % 2 = 0 OR kind = 'tag' AND since % 10 = 0)
		ORDER BY recipient, kind`)
	exec(`INSERT INTO case_facets (recipient, kind, value, phase, concern, since) SELECT recipient, kind, 'LIVENESS:APPROVE', NULL, NULL, NULL FROM case_facets WHERE kind = 'check'`)
}

// queueTimes is how long pages of views take.
func queueTimes(b *testing.B, d *desk, views []review.View, keys map[review.Tab]review.PageKey) map[string]time.Duration {
	took := map[string]time.Duration{}
	for _, v := range views {
		for name, key := range map[string]review.PageKey{"first": {}, "hundredth": keys[v.Tab]} {
			var times []time.Duration
			for range 3 {
				began := time.Now()
				_, err := d.Queue(b.Context(), v, key, 50)
				must(b, err)
				times = append(times, time.Since(began))
			}
			f := v.Filter
			took[fmt.Sprintf("%s %s %s", v.Tab, name, f.Query().Encode())] = slices.Min(times)
		}
	}
	return took
}

// deepKeys are the places behind 99 pages of 50, or in the middle of what there is less of.
func deepKeys(b *testing.B, d *desk, v review.View) map[review.Tab]review.PageKey {
	keys := map[review.Tab]review.PageKey{}
	for _, tab := range review.Tabs() {
		v.Tab, v.Filter = tab, review.QueueFilter{}
		places, err := d.Places(b.Context(), v, 99*50)
		must(b, err)
		if n := len(places); n == 99*50 {
			keys[tab] = places[n-1]
		} else if n > 0 {
			keys[tab] = places[n/2]
		}
	}
	return keys
}

// BenchmarkQueue reads the first and the hundredth page of every tab, unfiltered, with each
// filter and with some two, and searches, among a thousand recipients and a million.
func BenchmarkQueue(b *testing.B) {
	var few map[string]time.Duration
	for _, n := range []int{1000, 1_000_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			d := newFileDesk(b)
			d.fillFile(func(tx *sql.Tx) { fillMany(b, tx, n) })
			who := account.Person{ID: d.ann.ID, Name: "Ann", Role: account.Supervisor}
			due := review.DuePolicy{idv.Adverse: 4 * time.Hour, idv.Investigate: 24 * time.Hour}
			var views []review.View
			for i, f := range queueFilters() {
				if i > 11 && i%4 != 0 { // of the pairs, a part
					continue
				}
				for _, tab := range review.Tabs() {
					views = append(views, review.View{Who: who, Tab: tab, Filter: f, Due: due, At: noon})
				}
			}
			keys := deepKeys(b, d, views[0])
			for b.Loop() {
				took := queueTimes(b, d, views, keys)
				report(b, "page", took, few)
				searches := map[string]time.Duration{}
				for _, text := range []string{"0000", "0000fa", "5e551017-0000", "track-1", "vip", "ann", "deadbeef", "12345"} {
					var times []time.Duration
					for range 3 {
						began := time.Now()
						_, err := d.Search(b.Context(), review.Search{Who: who, Text: text, Limit: 20})
						must(b, err)
						times = append(times, time.Since(began))
					}
					searches[text] = slices.Min(times)
				}
				report(b, "search", searches, few)
				others := map[string]time.Duration{}
				for name, do := range map[string]func() error{
					"counts":          func() error { _, err := d.QueueCounts(b.Context(), views[0]); return err },
					"counts filtered": func() error { _, err := d.QueueCounts(b.Context(), views[len(views)-1]); return err },
					"neighbours":      func() error { _, err := d.QueueNeighbours(b.Context(), views[7], keys[review.TabAll]); return err },
				} {
					began := time.Now()
					must(b, do())
					others[name] = time.Since(began)
					b.Logf("%s %v", name, others[name])
				}
				if few == nil {
					few = took
				}
			}
		})
	}
}

// report says how long things took at most and at the median, and compared with what they
// took among few.
func report(b *testing.B, what string, took, few map[string]time.Duration) {
	type one struct {
		name  string
		took  time.Duration
		ratio float64
	}
	var all []one
	for name, t := range took {
		o := one{name: name, took: t}
		if few[name] > 0 {
			o.ratio = float64(t) / float64(few[name])
		}
		all = append(all, o)
	}
	slices.SortFunc(all, func(a, b one) int { return int(b.took - a.took) })
	b.ReportMetric(float64(all[0].took.Microseconds())/1000, what+"-worst-ms")
	b.ReportMetric(float64(all[len(all)/2].took.Microseconds())/1000, what+"-median-ms")
	var slow []string
	for _, o := range all[:min(12, len(all))] {
		slow = append(slow, fmt.Sprintf("%v ×%.1f %s", o.took, o.ratio, o.name))
	}
	b.Logf("%s:\n%s", what, strings.Join(slow, "\n"))
	slices.SortFunc(all, func(a, b one) int {
		if a.ratio < b.ratio {
			return 1
		}
		return -1
	})
	over := 0
	for _, o := range all {
		if o.ratio > 1.3 {
			over++
		}
	}
	b.Logf("%s: %d of %d over 1.3 times; median ratio %.2f, worst %.2f", what, over, len(all), all[len(all)/2].ratio, all[0].ratio)
}
