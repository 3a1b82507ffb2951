package store_test

import (
	"bytes"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"countersign/internal/idv"
	"countersign/internal/ledger"
	"countersign/internal/review"
	"countersign/store"
)

// million is how many entries BenchmarkVerifyMillion verifies.
const million = 1_000_000

// BenchmarkVerifyMillion verifies a ledger of a million entries, with 20,000 recipients
// and their results, a million accesses and 200,000 fetches. Beside the time it reports
// the memory of the process before, and the most that it had meanwhile.
func BenchmarkVerifyMillion(b *testing.B) {
	if testing.Short() {
		b.Skip("makes a database of more than a gigabyte")
	}
	d := makeMillion(b)
	before := forget(b)
	for b.Loop() {
		v, err := store.Verify(b.Context(), store.VerifyOptions{Path: d.options.Path, Postgres: d.options.Postgres})
		must(b, err)
		if v.Entries < million {
			b.Fatalf("%d entries", v.Entries)
		}
	}
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N), "s/million")
	b.ReportMetric(float64(before)/1e3, "MB-before")
	b.ReportMetric(float64(peak(b))/1e3, "MB-peak")
}

// forget gives memory back, and returns how much is left in use.
func forget(t testing.TB) int {
	debug.FreeOSMemory()
	_ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) // resets the peak, where there is such a file
	return peak(t)
}

// peak is the most memory that this process ever had, in kilobytes; zero where nobody says.
func peak(t testing.TB) (kb int) {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(text), "VmHWM:")
	_, err = fmt.Sscan(rest, &kb)
	must(t, err)
	return kb
}

// recipientKey is the data key of every recipient.
var recipientKey = bytes.Repeat([]byte("k"), 32)

// builder writes entries as fast as it can.
type builder struct {
	t        testing.TB
	tx       *sql.Tx
	frontier ledger.Frontier
	entry    *sql.Stmt
	keyFile  string
	at       int64
	signed   int64 // size of the newest checkpoint
}

func (w *builder) add(e ledger.Entry, text []byte) int64 {
	e.Seq, e.At, e.Version = w.frontier.Size(), time.UnixMilli(w.at).UTC(), ledger.Newest
	var sealed any
	if text != nil {
		made, err := store.SealContent(&e, recipientKey, text)
		must(w.t, err)
		sealed = made
	}
	hashes := w.frontier.Add(e.Bytes())
	_, err := w.entry.Exec(e.Seq, w.at, e.Actor, e.Name, e.Role, e.Recipient, digestOrNothing(e.Snapshot), string(e.Act), e.About, e.Facts,
		digestOrNothing(e.Content), digestOrNothing(e.Sealed), sealed, joinHashes(hashes), int(e.Version)+1) // a version is stored as its number, from one on
	must(w.t, err)
	return e.Seq
}

// makeMillion makes the database of the benchmark.
func makeMillion(b *testing.B) *desk {
	d := newFileDesk(b)
	must(b, d.Store.Close())
	d.options.SigningKeyFile = filepath.Join(filepath.Dir(d.options.DataKeyFile), "signing.key")
	d.Store = mustOpen(b, d.options)
	signer := signingKeyIn(b, d.options.SigningKeyFile)
	d.fillFile(func(tx *sql.Tx) {
		w := &builder{t: b, tx: tx, keyFile: d.options.DataKeyFile, at: noon.UnixMilli()}
		var err error
		w.entry, err = tx.Prepare(`
			INSERT INTO ledger (seq, at, actor, name, role, recipient, snapshot, act, about, facts, content, sealed, text_sealed, hashes, version)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
		must(b, err)
		w.fill(signer)
	})
	must(b, d.Close())
	return d
}

// fill writes what BenchmarkVerifyMillion verifies.
func (w *builder) fill(signer signingKey) {
	b := w.t
	must(b, store.ReadEntries(w.tx, func(e ledger.Entry) { w.frontier.Add(e.Bytes()) }))
	exec := func(query string, args ...any) {
		_, err := w.tx.Exec(query, args...)
		must(b, err)
	}
	lines := map[string]*sql.Stmt{}
	for _, l := range []store.BatchedTable{store.AccessRows(), store.FetchRows()} {
		line, err := w.tx.Prepare(l.Query())
		must(b, err)
		lines[l.Name()] = line
	}
	cover := func(l store.BatchedTable, after int64, n int) {
		rows, err := lines[l.Name()].Query(after, n)
		must(b, err)
		defer rows.Close()
		entries, err := l.Covering(rows)
		must(b, err)
		must(b, rows.Close())
		for _, e := range entries {
			e.Name, e.Role = "Ann", "reviewer"
			w.add(e, nil)
		}
	}
	var accesses, fetches int64
	text := []byte(`{"note":"` + strings.Repeat("seen ", 30) + `"}`)
	for i := 0; w.frontier.Size() < million; i++ {
		w.at += 60_000
		id := fmt.Sprintf("%08x-0000-4000-8000-000000000000", i)
		session := decode(b, "COMPLETED", strings.Repeat("x", 1500)+fmt.Sprint(i))
		digest := session.Digest[:]
		dataKey, err := store.SealedDataKey(w.keyFile, mustID(b, id), string(recipientKey))
		must(b, err)
		exec(`INSERT INTO recipients (id, data_key) VALUES (?, ?)`, id, dataKey)
		body, err := store.SealBody(recipientKey, mustID(b, id), session.Digest, session.Canonical)
		must(b, err)
		exec(`INSERT INTO snapshots (recipient, digest, body) VALUES (?, ?, ?)`, id, digest, body)
		run := fetches + 1
		for range 10 {
			w.at += 60_000
			fetches++
			exec(`INSERT INTO fetches (id, recipient, at, account, digest, run) VALUES (?, ?, ?, 1, ?, ?)`, fetches, id, w.at, digest, run)
			cover(store.FetchRows(), fetches-1, 1)
		}
		for range 25 {
			w.at += 60_000
			for range 2 {
				accesses++
				exec(`INSERT INTO access_log (id, at, account, recipient, digest, what, part) VALUES (?, ?, 1, ?, ?, 'part', 'checks/0')`, accesses, w.at, id, digest)
			}
			cover(store.AccessRows(), accesses-2, 2)
		}
		about := ledger.Entry{Actor: 1, Name: "Ann", Role: "reviewer", Recipient: id, Snapshot: session.Digest}
		for k := range 14 {
			about.Act, about.Facts = review.ActNote, review.Facts{Form: fmt.Sprintf("form-%d-%d", i, k)}.String()
			w.add(about, text)
		}
		about.Act, about.Facts = review.ActDecision, review.Facts{Form: fmt.Sprintf("form-%d", i), Verdict: review.Approve, Second: review.NotNeeded}.String()
		seq := w.add(about, text)
		w.sign(signer)
		exec(`UPDATE recipients SET newest = ?, state = 'COMPLETED', final = 1, decision = ?, verdict = 'approve', decided = 'confirmed' WHERE id = ?`, fetches, seq, id)
	}
}

func (w *builder) sign(with signingKey) {
	c := ledger.Checkpoint{Origin: with.Name(), Size: w.frontier.Size(), Root: w.frontier.Root(), Previous: w.signed}
	text, err := c.Sign(with)
	must(w.t, err)
	_, err = w.tx.Exec(`INSERT INTO checkpoints (size, at, text) VALUES (?, ?, ?)`, c.Size, w.at, string(text))
	must(w.t, err)
	w.signed = c.Size
}

// digestOrNothing stores the zero digest as no bytes.
func digestOrNothing(d idv.Digest) []byte {
	if d == (idv.Digest{}) {
		return []byte{}
	}
	return d[:]
}
