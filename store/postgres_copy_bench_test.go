package store_test

import (
	"path/filepath"
	"testing"
	"time"

	"countersign/internal/postgrestest"
	"countersign/store"
)

// BenchmarkCopyMillion copies a ledger of a million entries, with what BenchmarkVerifyMillion
// verifies beside it, to a PostgreSQL and back. Both times include the verification of the
// original and of the copy.
func BenchmarkCopyMillion(b *testing.B) {
	if testing.Short() || postgrestest.Chosen() {
		b.Skip("makes databases of more than a gigabyte")
	}
	file := makeMillion(b).options
	server := postgrestest.Start(b)
	from := store.Options{Path: file.Path, DataKeyFile: file.DataKeyFile}
	var there, back time.Duration
	for b.Loop() {
		before := forget(b)
		shared := store.Options{Postgres: postgresAt(b, server.URL()), DataKeyFile: from.DataKeyFile}
		begun := time.Now()
		_, err := store.Copy(b.Context(), from, shared)
		must(b, err)
		arrived := time.Now()
		_, err = store.Copy(b.Context(), shared, store.Options{Path: filepath.Join(b.TempDir(), "back.db")})
		must(b, err)
		there += arrived.Sub(begun)
		back += time.Since(arrived)
		b.ReportMetric(float64(before)/1e3, "MB-before")
		b.ReportMetric(float64(peak(b))/1e3, "MB-peak")
	}
	b.ReportMetric(there.Seconds()/float64(b.N), "s-there")
	b.ReportMetric(back.Seconds()/float64(b.N), "s-back")
}
