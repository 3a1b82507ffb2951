package store_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"countersign/internal/account"
	"countersign/internal/idv"
	"countersign/internal/ledger"
	"countersign/internal/review"
	"countersign/store"
)

// plainResult is a result as it was recorded before results were sealed.
type plainResult struct {
	recipient idv.RecipientID
	digest    idv.Digest
	body      []byte
}

// unseal makes a database as an earlier version left it, whose results are not sealed and whose
// fetches do not say what is stored.
func (d *desk) unseal(list []plainResult) {
	d.t.Helper()
	db := raw(d.t, d.options.Path)
	db.SetMaxOpenConns(1)
	triggers := map[string]string{"snapshots_are_not_changed": "", "fetches_are_not_changed": ""}
	for name := range triggers {
		var text string
		must(d.t, db.QueryRow(`SELECT sql FROM sqlite_schema WHERE name = ?`, name).Scan(&text))
		triggers[name] = text
		exec(d.t, db, `DROP TRIGGER `+name)
	}
	exec(d.t, db, `PRAGMA secure_delete = ON`)
	exec(d.t, db, `UPDATE fetches SET sealed_sha256 = NULL`)
	for _, r := range list {
		exec(d.t, db, `UPDATE snapshots SET body = ? WHERE recipient = ? AND digest = ?`, r.body, r.recipient.String(), r.digest[:])
	}
	for _, text := range triggers {
		exec(d.t, db, text)
	}
	exec(d.t, db, `DELETE FROM facts WHERE name = 'results sealed'`)
	must(d.t, db.Close())
}

// manyResults fetches results of all sizes about as many recipients, two of each.
func (d *desk) manyResults(n int) []plainResult {
	d.t.Helper()
	random := mathrand.New(mathrand.NewPCG(3, 4))
	var list []plainResult
	for i := range n {
		id := mustID(d.t, fmt.Sprintf("%08d-0000-4000-8000-%012d", random.IntN(1e8), i))
		for k := range 2 {
			letters := make([]byte, 40+random.IntN(6_000))
			for j := range letters {
				letters[j] = byte('a' + random.IntN(26))
			}
			result := decode(d.t, "COMPLETED", string(letters))
			d.fetch(id, 2*i+k, d.ann, result)
			list = append(list, plainResult{id, result.Digest, result.Canonical})
		}
	}
	return list
}

// files returns all that is in the files of the database.
func (d *desk) files() []byte {
	d.t.Helper()
	names, err := filepath.Glob(d.options.Path + "*")
	must(d.t, err)
	var all []byte
	for _, name := range names {
		text, err := os.ReadFile(name)
		must(d.t, err)
		all = append(all, text...)
	}
	return all
}

// piecesFound counts the pieces of results that are in a file. The ends of the JSON are those of all.
func piecesFound(files []byte, list []plainResult) int {
	const size = 16
	wanted := map[[size]byte]bool{}
	for _, r := range list {
		body := bytes.TrimSuffix(bytes.TrimPrefix(r.body, []byte(`{"checks":[],"session_id":"s","state":"COMPLETED","user_tracking_id":"`)), []byte(`"}`))
		body = body[min(len(body), 300):] // lists know the beginning of the tracking ID
		for ; len(body) >= size; body = body[size:] {
			wanted[[size]byte(body)] = true
		}
	}
	found := map[[size]byte]bool{}
	for i := range len(files) - size {
		if piece := [size]byte(files[i : i+size]); wanted[piece] {
			found[piece] = true
		}
	}
	return len(found)
}

// Results are stored sealed, and read as they were fetched.
func TestResultsAreSealed(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	list := d.manyResults(10)
	if n := piecesFound(d.files(), list); n != 0 {
		t.Errorf("the files hold %d pieces of results", n)
	}
	d.readable(list)
	must(t, d.verifies(t))
}

// readable compares results with what was fetched.
func (d *desk) readable(list []plainResult) {
	d.t.Helper()
	for _, r := range list {
		found, err := d.Snapshot(d.t.Context(), r.recipient, r.digest)
		must(d.t, err)
		if !bytes.Equal(found.Canonical, r.body) {
			d.t.Fatalf("result %s reads %.80s", r.digest.Short(), found.Canonical)
		}
	}
}

// Results of before are sealed while people read them, also when that breaks off again and
// again, and nothing is left of them as they were.
func TestEarlierResultsAreSealed(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	list := d.manyResults(100)
	d.unseal(list)
	if n := piecesFound(d.files(), list); n == 0 {
		t.Fatal("nothing is left to be sealed")
	}
	erased := list[0].recipient
	must(t, d.Erase(t.Context(), erased, account.Person{}, "Asked for."))
	list = list[2:]
	v, err := store.Verify(t.Context(), store.VerifyOptions{Path: d.options.Path})
	if err != nil || v.Plain != len(list) {
		t.Fatalf("verified %+v, error %v", v, err)
	}

	for range 3 { // a server that is stopped in the middle
		ctx, stop := context.WithCancel(t.Context())
		_, err := d.SealResults(ctx, store.SealOptions{Batch: 16, Step: func(sealed int) {
			if sealed >= 40 {
				stop()
			}
		}})
		wantErr(t, err, context.Canceled)
		d.readable(list)
		must(t, d.verifies(t))
		must(t, d.Close())
		d.Store = mustOpen(t, d.options)
	}
	d.fetch(list[5].recipient, 999, d.bob, decode(t, "COMPLETED", "from now on"))
	n, err := d.SealResults(t.Context(), store.SealOptions{Batch: 16, Step: func(int) {
		_ = d.file(list[20].recipient, d.ann)
		d.see(list[30].recipient, 1000, list[31].digest)
	}})
	if err != nil || n == 0 {
		t.Fatalf("%d were sealed: %v", n, err)
	}

	if n := piecesFound(d.files(), list); n != 0 {
		t.Errorf("the files hold %d pieces of results", n)
	}
	d.readable(list)
	v, err = store.Verify(t.Context(), store.VerifyOptions{Path: d.options.Path, DataKeyFile: d.options.DataKeyFile})
	if err != nil || v.Plain != 0 || v.Sealed != 0 || !v.Opened {
		t.Errorf("with the key: %+v, error %v", v, err)
	}
	v, err = store.Verify(t.Context(), store.VerifyOptions{Path: d.options.Path})
	if err != nil || v.Sealed != len(list)+1 || v.Uncovered != len(list) {
		t.Errorf("without the key: %+v, error %v", v, err)
	}
	if n, err := d.SealResults(t.Context(), store.SealOptions{}); n != 0 || err != nil {
		t.Errorf("once more: %d were sealed: %v", n, err)
	}
}

// From the next fetch of a result of before on, entries commit to its sealed bytes.
func TestFetchCommitsToWhatIsSealed(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	list := d.manyResults(1)
	d.unseal(list)
	_, err := d.SealResults(t.Context(), store.SealOptions{})
	must(t, err)
	d.fetch(list[1].recipient, 50, d.ann, decoded(t, list[1].body))
	v, err := store.Verify(t.Context(), store.VerifyOptions{Path: d.options.Path})
	if err != nil || v.Sealed != 2 || v.Uncovered != 1 {
		t.Errorf("verified %+v, error %v", v, err)
	}
}

func decoded(t testing.TB, body []byte) *idv.Decoded {
	t.Helper()
	d, err := idv.Decode(body)
	must(t, err)
	return d
}

// A result that was changed before results were sealed stays as it is, and is found.
func TestChangedResultIsNotSealed(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	list := d.manyResults(3)
	list[2].body = bytes.Replace(list[2].body, []byte("COMPLETED"), []byte("EXPIRED"), 1)
	d.unseal(list)
	n, err := d.SealResults(t.Context(), store.SealOptions{})
	if wantErr(t, err, review.ErrAltered); n != len(list)-1 {
		t.Errorf("%d were sealed", n)
	}
	wantErr(t, d.verifies(t), ledger.ErrBroken)
}

// What was sealed anew or put in another place is found with the key, though no fetch says how it
// is stored; and nobody is shown it.
func TestSealedResultIsNotReplaced(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]string{
		"other bytes":         `UPDATE snapshots SET body = CAST(substr(body, 1, 20) || randomblob(length(body) - 20) AS BLOB) WHERE recipient = ?1`,
		"cut off":             `UPDATE snapshots SET body = substr(body, 1, 12) WHERE recipient = ?1`,
		"nothing":             `UPDATE snapshots SET body = x'' WHERE recipient = ?1`,
		"a result of another": `UPDATE snapshots SET body = (SELECT body FROM snapshots WHERE recipient <> ?1 LIMIT 1) WHERE recipient = ?1`,
		"an earlier result":   `UPDATE snapshots SET body = (SELECT max(body) FROM snapshots WHERE recipient = ?1) WHERE recipient = ?1`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			list := d.manyResults(2)
			d.unseal(list)
			_, err := d.SealResults(t.Context(), store.SealOptions{})
			must(t, err)
			db := raw(t, d.options.Path)
			db.SetMaxOpenConns(1)
			var trigger string
			must(t, db.QueryRow(`SELECT sql FROM sqlite_schema WHERE name = 'snapshots_are_not_changed'`).Scan(&trigger))
			exec(t, db, `DROP TRIGGER snapshots_are_not_changed`)
			exec(t, db, change, list[0].recipient.String())
			exec(t, db, trigger)
			must(t, db.Close())
			wantErr(t, d.verifies(t), ledger.ErrBroken)
			shown := 0
			for _, r := range list[:2] {
				switch found, err := d.Snapshot(t.Context(), r.recipient, r.digest); {
				case err == nil && !bytes.Equal(found.Canonical, r.body):
					t.Errorf("another result is shown")
				case err == nil:
					shown++
				case !errors.Is(err, review.ErrAltered):
					t.Error(err)
				}
			}
			if shown == 2 {
				t.Error("what was changed is shown")
			}
		})
	}
}

// The schema lets results be sealed once, and nothing else.
func TestSchemaKeepsResults(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	list := d.manyResults(1)
	plain, sealed := list[0], list[1]
	d.unseal(list[:1])
	gone := d.fetch(d.id2, 50, d.ann, decode(t, "COMPLETED", "gone"))
	must(t, d.Erase(t.Context(), d.id2, account.Person{}, "Asked for."))
	db := raw(t, d.options.Path)
	for _, refused := range []struct {
		statement string
		args      []any
	}{
		{`INSERT INTO snapshots (recipient, digest, body) VALUES (?, zeroblob(32), x'7b7d')`, []any{plain.recipient.String()}},
		{`UPDATE snapshots SET body = x'7b7d' WHERE digest = ?`, []any{plain.digest[:]}},
		{`UPDATE snapshots SET body = x'' WHERE digest = ?`, []any{plain.digest[:]}},
		{`UPDATE snapshots SET body = x'01', digest = zeroblob(32) WHERE digest = ?`, []any{plain.digest[:]}},
		{`UPDATE snapshots SET body = x'01', recipient = '` + d.id.String() + `' WHERE digest = ?`, []any{plain.digest[:]}},
		{`UPDATE snapshots SET body = x'01' WHERE digest = ?`, []any{sealed.digest[:]}},
		{`UPDATE snapshots SET body = x'01' WHERE digest = ?`, []any{gone[:]}},
		{`UPDATE snapshots SET body = x'7b7d' WHERE digest = ?`, []any{gone[:]}},
		{`UPDATE snapshots SET body = body WHERE digest = ?`, []any{sealed.digest[:]}},
		{`UPDATE snapshots SET body = x'7b7d' WHERE digest = ?`, []any{sealed.digest[:]}},
	} {
		if _, err := db.Exec(refused.statement, refused.args...); err == nil || !strings.Contains(err.Error(), "never changed") && !strings.Contains(err.Error(), "are sealed") {
			t.Errorf("%s: %v", refused.statement, err)
		}
	}
}

// A key change leaves results as they are: they are under the keys of their recipients.
func TestResultsOpenAfterAKeyChange(t *testing.T) {
	t.Parallel()
	d := newUncopiedDesk(t)
	list := d.manyResults(3)
	_, err := d.ChangeDataKey(t.Context(), store.ChangeOptions{})
	must(t, err)
	d.readable(list)
	must(t, d.verifies(t))
}

// BenchmarkSealResults seals a hundred thousand results of 5 KB.
func BenchmarkSealResults(b *testing.B) {
	const results = 100_000
	for b.Loop() {
		b.StopTimer()
		d := newDesk(b)
		d.insertPlain(results)
		b.StartTimer()
		n, err := d.SealResults(b.Context(), store.SealOptions{})
		if err != nil || n != results {
			b.Fatalf("%d were sealed: %v", n, err)
		}
	}
	b.ReportMetric(float64(results*b.N)/b.Elapsed().Seconds(), "results/s")
}

// insertPlain puts results in as an earlier version recorded them, each of a recipient of its own.
func (d *desk) insertPlain(n int) {
	d.t.Helper()
	filler := strings.Repeat("x", 5_000)
	must(d.t, d.Write(d.t.Context(), func(ctx context.Context, tx *sql.Tx) error {
		var trigger string
		if err := tx.QueryRowContext(ctx, `SELECT sql FROM sqlite_schema WHERE name = 'snapshots_are_sealed'`).Scan(&trigger); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `DROP TRIGGER snapshots_are_sealed`); err != nil {
			return err
		}
		for i := range n {
			id := mustID(d.t, fmt.Sprintf("%08x-0000-4000-8000-000000000000", uint32(i)*2654435761))
			if err := d.AddRecipient(ctx, tx, id); err != nil {
				return err
			}
			body := fmt.Appendf(nil, `{"n":%d,"x":%q}`, i, filler)
			if _, err := tx.ExecContext(ctx, `INSERT INTO snapshots (recipient, digest, body) VALUES ($1, $2, $3)`, id.String(), sum(body), body); err != nil {
				return err
			}
		}
		_, err := tx.ExecContext(ctx, trigger)
		return err
	}))
}

// Once all results are sealed, one that is not was put in.
func TestPlainResultIsPutIn(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.unseal(d.manyResults(1))
	must(t, d.verifies(t))
	exec(t, raw(t, d.options.Path), `INSERT INTO facts (name, value) VALUES ('results sealed', x'01')`)
	wantErr(t, d.verifies(t), ledger.ErrBroken)
}
