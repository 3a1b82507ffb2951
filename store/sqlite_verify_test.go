package store_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"countersign/internal/ledger"
	"countersign/store"
)

// What is as it was recorded is found so, and the file is left as it was.
func TestVerify(t *testing.T) {
	t.Parallel()
	e := newEvidence(t)
	check := func(t *testing.T, o store.VerifyOptions) *store.Verification {
		t.Helper()
		before, err := os.ReadFile(o.Path)
		must(t, err)
		v, err := store.Verify(t.Context(), o)
		must(t, err)
		after, err := os.ReadFile(o.Path)
		must(t, err)
		if string(before) != string(after) {
			t.Error("the file was changed")
		}
		if beside, _ := filepath.Glob(o.Path + "-*"); len(beside) > 0 {
			t.Errorf("left beside the file: %v", beside)
		}
		return v
	}
	t.Run("by itself", func(t *testing.T) {
		v := check(t, store.VerifyOptions{Path: e.path})
		want := &store.Verification{
			Entries: e.size, Root: e.root(), From: noon, To: v.To, Checkpoints: 9, Covered: e.seq["last access"] + 1, Public: []string{e.public},
			Accounts: 5, Recipients: 4, Erased: 1, Results: 6, Sealed: 5, Accesses: 7, Fetches: 8, SignIns: 4, Unbatched: e.unbatched,
			Outside: store.OutsideRecord{Sessions: 1, Drafts: 1, Copies: 1, Events: 1},
			Behind:  2, FirstBehind: 5, // Gone and Lin were added by a clock at noon
		}
		wantEqual(t, "verification", v, want)
	})
	t.Run("with the data key", func(t *testing.T) {
		v := check(t, store.VerifyOptions{Path: e.path, DataKeyFile: e.keyFile})
		if !v.Opened || v.Texts != 18 || v.Sealed != 0 {
			t.Errorf("opened: %t, texts: %d, results that stayed sealed: %d", v.Opened, v.Texts, v.Sealed)
		}
	})
	t.Run("with another data key", func(t *testing.T) {
		_, err := store.Verify(t.Context(), store.VerifyOptions{Path: e.path, DataKeyFile: newDesk(t).options.DataKeyFile})
		if err == nil || errors.Is(err, ledger.ErrBroken) {
			t.Errorf("error is %v", err)
		}
	})
	t.Run("with all that was kept", func(t *testing.T) {
		v := check(t, store.VerifyOptions{Path: e.path, Checkpoints: [][]byte{e.last, e.old, e.old}, Public: []string{e.public}})
		if !v.Trusted || v.Brought != 3 {
			t.Errorf("%+v", v)
		}
	})
	t.Run("a backup on a read-only medium", func(t *testing.T) {
		must(t, os.Chmod(e.older, 0o400))
		folder := filepath.Dir(e.older)
		must(t, os.Chmod(folder, 0o500))
		t.Cleanup(func() { os.Chmod(folder, 0o700) })
		v := check(t, store.VerifyOptions{Path: e.older, Checkpoints: [][]byte{e.old}, Public: []string{e.public}})
		if v.Entries != e.oldSize {
			t.Errorf("%d entries, want %d", v.Entries, e.oldSize)
		}
	})
}

// A byte of the file that is another than before is found wherever it makes a difference.
func TestEveryByte(t *testing.T) {
	t.Parallel()
	times := 400
	if testing.Short() {
		times = 40
	}
	e := newEvidence(t)
	text, err := os.ReadFile(e.path)
	must(t, err)
	want := dump(t, e.path)
	random := rand.New(rand.NewPCG(3, 4))
	path := filepath.Join(t.TempDir(), "c.db")
	for range times {
		spoilt := bytes.Clone(text)
		at, bit := random.IntN(len(spoilt)), byte(1)<<random.IntN(8)
		spoilt[at] ^= bit
		must(t, os.WriteFile(path, spoilt, 0o600))
		if _, err := store.Verify(t.Context(), store.VerifyOptions{Path: path}); err == nil && dump(t, path) != want {
			t.Errorf("byte %d was changed by %x", at, bit)
		}
	}
}

// dump is what is recorded in a database that can be read.
func dump(t *testing.T, path string) string {
	t.Helper()
	db := raw(t, "file:"+path+"?mode=ro&immutable=1")
	defer db.Close()
	var b strings.Builder
	for _, query := range []string{
		`SELECT * FROM ledger ORDER BY seq`, `SELECT * FROM checkpoints ORDER BY size`, `SELECT * FROM snapshots ORDER BY recipient, digest`,
		`SELECT id, name, name_key, role, created_at, disabled_at FROM accounts ORDER BY id`,
		`SELECT id, length(data_key), newest, state, final, decision, verdict, decided, changed, erased_at FROM recipients ORDER BY id`,
		`SELECT * FROM access_log WHERE id <= 4 ORDER BY id`, `SELECT * FROM fetches WHERE id <= 6 ORDER BY id`,
	} {
		rows, err := db.Query(query)
		must(t, err)
		columns, err := rows.Columns()
		must(t, err)
		values := make([]any, len(columns))
		for i := range values {
			values[i] = new(any)
		}
		for rows.Next() {
			must(t, rows.Scan(values...))
			for _, v := range values {
				fmt.Fprintf(&b, "%v|", *v.(*any))
			}
		}
		must(t, rows.Err())
	}
	return b.String()
}

// A database of an earlier version is not verified before it is upgraded.
func TestVerifyBeforeUpgrade(t *testing.T) {
	d := newDesk(t)
	must(t, d.Store.Close())
	exec(t, d.raw(), `UPDATE schema_migrations SET version = 15`)
	_, err := store.Verify(t.Context(), store.VerifyOptions{Path: d.options.Path, Postgres: d.options.Postgres})
	wantErr(t, err, store.ErrBehind)
}

// What is no database of ours, or not there, is said to be so.
func TestVerifyRefuses(t *testing.T) {
	t.Parallel()
	e, other := newEvidence(t), recordEvidence(t)
	for _, test := range []struct {
		name string
		o    store.VerifyOptions
		want error
	}{
		{"nothing", store.VerifyOptions{Path: filepath.Join(t.TempDir(), "none")}, store.ErrNoFolder},
		{"folder", store.VerifyOptions{Path: t.TempDir()}, store.ErrNotDatabase},
		{"text", store.VerifyOptions{Path: writeFile(t, strings.Repeat("x", 5000), 0o600)}, store.ErrNotDatabase},
		{"empty", store.VerifyOptions{Path: writeFile(t, "", 0o600)}, store.ErrBehind},
		{"checkpoint of another ledger", store.VerifyOptions{Path: e.path, Checkpoints: [][]byte{other.old}}, ledger.ErrBroken},
		{"checkpoint without the key", store.VerifyOptions{Path: e.path, Checkpoints: [][]byte{other.old}, Public: []string{e.public}}, store.ErrKeyMissing},
		{"key of another ledger", store.VerifyOptions{Path: e.path, Public: []string{other.public}}, ledger.ErrBroken},
		{"an older file", store.VerifyOptions{Path: e.older, Checkpoints: [][]byte{e.last}}, ledger.ErrBroken},
	} {
		_, err := store.Verify(t.Context(), test.o)
		if !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", test.name, err, test.want)
		}
	}
	if _, err := store.Verify(t.Context(), store.VerifyOptions{Path: e.path, Public: []string{"none"}}); err == nil || errors.Is(err, ledger.ErrBroken) {
		t.Errorf("with a key that is none: %v", err)
	}
}
