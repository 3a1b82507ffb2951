package store_test

import (
	"fmt"
	"strings"
	"testing"
)

// BenchmarkReassess works out anew what lists know of a thousand cases, whose results have 20 kB.
func BenchmarkReassess(b *testing.B) {
	const cases = 1_000
	d := newDesk(b)
	for i := range cases {
		d.fetch(mustID(b, fmt.Sprintf("%08d-0000-4000-8000-000000000000", i)), 0, d.ann, decode(b, "COMPLETED", strings.Repeat("x", 20_000)+fmt.Sprint(i)))
	}
	for b.Loop() {
		b.StopTimer()
		exec(b, d.raw(), `UPDATE recipients SET assessed = 0`)
		b.StartTimer()
		if done, _, err := d.Reassess(b.Context(), cases); done != cases || err != nil {
			b.Fatalf("%d were assessed: %v", done, err)
		}
	}
	b.ReportMetric(float64(cases*b.N)/b.Elapsed().Seconds(), "cases/s")
}
