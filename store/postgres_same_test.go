package store_test

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"testing"
	"testing/cryptotest"
	"time"

	"countersign/internal/account"
	"countersign/internal/bundle"
	"countersign/internal/ledger"
	"countersign/internal/postgrestest"
	"countersign/internal/review"
	"countersign/store"
)

// The same acts leave the same bytes on both engines: entries, checkpoints, proofs and the
// bundle of a case.
func TestSameBytes(t *testing.T) {
	if postgrestest.Chosen() {
		t.Skip("both engines are compared where SQLite is chosen")
	}
	var files, postgres map[string]string
	t.Run("SQLite", func(t *testing.T) { files = recordedBytes(t) })
	t.Run("PostgreSQL", func(t *testing.T) {
		postgrestest.Choose(t)
		postgres = recordedBytes(t)
	})
	for what, want := range files {
		if got := postgres[what]; postgres != nil && got != want {
			t.Errorf("%s on PostgreSQL\n%.400q\nand on SQLite\n%.400q", what, got, want)
		}
	}
}

// recordedBytes plays a script of acts, with a clock that is set by hand and random bytes that
// are the same each time, and returns what it left.
func recordedBytes(t *testing.T) map[string]string {
	folder := t.TempDir()
	optionsIn(t, folder) // makes the schema, whose name is random
	cryptotest.SetGlobalRandom(t, 7)
	d := openDesk(t, folder)
	d.ann, d.bob = d.addPerson("Ann"), d.addPerson("Bob")
	sue := d.startSigning()
	ctx := t.Context()
	d.casework(d.id, sue)
	d.casework(d.id2, sue)
	must(t, d.BatchLogs(ctx, after(50)))
	must(t, d.Erase(ctx, d.id2, account.Person{}, "Asked for in letter 12."))
	signed, err := d.Checkpoint(ctx)
	must(t, err)

	left := map[string]string{"the checkpoint": string(signed)}
	var entries strings.Builder
	must(t, store.ReadEntries(d.raw(), func(e ledger.Entry) { fmt.Fprintf(&entries, "%s\n", e.Bytes()) }))
	left["the entries"] = entries.String()
	proof, err := d.ProofFile(ctx, 3)
	must(t, err)
	left["the proof of an entry"] = string(proof.Text())

	desk := &review.Desk{Records: d.Store, Now: func() time.Time { return after(60) }, Program: "test"}
	contents, err := desk.BundleContents(ctx, d.ann, d.id, nil)
	must(t, err)
	zip, err := bundle.Build(contents)
	must(t, err)
	left["the bundle"] = fmt.Sprintf("%x", sha256.Sum256(zip))
	return left
}
