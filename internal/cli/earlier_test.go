package cli

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"countersign/internal/account"
	"countersign/internal/idv"
	"countersign/internal/ledger"
	"countersign/internal/review"
	"countersign/store"
)

// earlier is a folder with what a version made: a database, its keys, a checkpoint, a bundle
// and a proof.
//
//   - testdata/entries-v1 is of one whose entries had the first form. A clock was a year ahead
//     for one note.
//   - testdata/entries-v2 is of one in which SQLite encoded the rows that entries cover. They
//     hold all that has to be escaped, numbers beyond 2^53, and NULL wherever it may stand.
func earlier(t *testing.T, version string) (in func(name string) string) {
	t.Helper()
	folder := t.TempDir()
	in = func(name string) string { return filepath.Join(folder, name) }
	from, err := os.ReadDir(filepath.Join("testdata", version))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range from {
		text, err := os.ReadFile(filepath.Join("testdata", version, f.Name()))
		if err == nil && strings.HasSuffix(f.Name(), ".gz") {
			text, err = unzipped(text)
		}
		if err == nil {
			err = os.WriteFile(in(strings.TrimSuffix(f.Name(), ".gz")), text, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return in
}

func unzipped(text []byte) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	plain, err := io.ReadAll(r)
	return plain, errors.Join(err, r.Close())
}

// says runs a command that has to succeed, and returns what it says.
func says(t *testing.T, args ...string) string {
	t.Helper()
	var said, problem bytes.Buffer
	if code := runCommand(t.Context(), args, streams{strings.NewReader(""), &said, &problem}); code != 0 {
		t.Fatalf("%v: exit code %d: %s", args, code, problem.String())
	}
	return said.String()
}

func wantText(t *testing.T, text string, wanted ...string) {
	t.Helper()
	for _, want := range wanted {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in:\n%s", want, text)
		}
	}
}

// A bundle and a proof from before are as good as they were.
func TestEarlierBundleAndProof(t *testing.T) {
	t.Parallel()
	in := earlier(t, "entries-v1")
	wantText(t, says(t, "audit", "check", in("bundle.zip"), "--public-key", in("public-key.txt")),
		"All 5 entries about recipient 00000000-0000-4000-8000-000000000025 are in the ledger countersign/cd42ebae5a18",
		"signed with the key that you gave", "Entry 6: ann, reviewer, approved", "they are not compared; the other files count")
	wantText(t, says(t, "audit", "check", in("entry.txt"), "--public-key", in("public-key.txt")),
		"Entry 6 is in the ledger countersign/cd42ebae5a18, among the 21 entries of its checkpoint.", "23 Nov 2026, 14:03:00 UTC")
}

// A database from before verifies as it is, against the checkpoint that was kept, and what is
// recorded in it from then on has the time that the clock shows.
func TestEarlierDatabase(t *testing.T) {
	t.Parallel()
	in := earlier(t, "entries-v1")
	now := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC) // the last entry says November 2027
	kept, err := store.Open(t.Context(), store.Options{
		Path: in("countersign.db"), DataKeyFile: in("countersign.key"), SigningKeyFile: in("countersign.signing-key"),
		Now: func() time.Time { return now },
	})
	if err != nil {
		t.Fatal(err)
	}
	defer kept.Close()
	verified := func() string {
		return says(t, "audit", "verify", "--db", in("countersign.db"), "--checkpoint", in("checkpoint.txt"),
			"--public-key", in("public-key.txt"), "--data-key-file", in("countersign.key"))
	}
	wantText(t, verified(), "Nothing that was recorded has been changed.", "entries      21,", "texts        6, all opened",
		"the password of ann,", "the password of admin-ada,")

	ann, err := kept.Account(t.Context(), "ann")
	if err != nil {
		t.Fatal(err)
	}
	id, err := idv.ParseRecipientID("00000000-0000-4000-8000-000000000025")
	if err != nil {
		t.Fatal(err)
	}
	file, err := kept.Recipient(t.Context(), id, ann.Person, review.NotePage{})
	if err != nil {
		t.Fatal(err)
	}
	if n := file.Record.Notes; len(n) != 2 || n[1].Text != "A note from before, “Ærø”." {
		t.Errorf("notes are %+v", n)
	}
	note := review.NewNote{Recipient: id, Digest: file.Newest.Digest, Author: ann.Person, At: now, Text: "from now on", Key: "k"}
	if _, err := kept.Record(t.Context(), note.Author, id, note.Key, note.Acts); err != nil {
		t.Fatal(err)
	}
	if err := kept.SetRole(t.Context(), "ann", account.Supervisor, account.ChangedBy{At: now}); err != nil {
		t.Fatal(err)
	}
	if err := kept.BatchLogs(t.Context(), now); err != nil { // with a row from before
		t.Fatal(err)
	}
	list, err := kept.Ledger(t.Context(), review.LedgerQuery{From: now, Until: now.Add(time.Hour), Limit: 9})
	if err != nil || len(list) != 3 {
		t.Fatalf("%d entries of that day (%v)", len(list), err)
	}
	first := list[2].Entry
	if first.Seq != 21 || first.Version != ledger.V2 || !first.At.Equal(now) || first.Behind < 364*24*time.Hour {
		t.Errorf("the first entry since is %+v", first)
	}
	wantText(t, verified(), "The clock stood behind the entry before once, at entry 21:",
		"The last 3 entries are in no checkpoint yet.", "the password of ann,")

	if _, err := kept.Checkpoint(t.Context()); err != nil {
		t.Fatal(err)
	}
	proof := says(t, "audit", "prove", "21", "--db", in("countersign.db"))
	if err := os.WriteFile(in("proof.txt"), []byte(proof), 0o600); err != nil {
		t.Fatal(err)
	}
	wantText(t, proof, "countersign entry v2\nseq 21\nat 2026-11-24T09:00:00.000Z\n", "\nbehind 31467780000\n")
	wantText(t, says(t, "audit", "check", in("proof.txt"), "--public-key", in("public-key.txt")),
		"24 Nov 2026, 09:00:00 UTC", "Clock:         The clock stood 364 days and 5 hours behind the entry before.")

	// A password that is set now is on record; one that was set before goes unproved.
	if err := kept.SetPassword(t.Context(), "ann", "another", account.ChangedBy{At: now}); err != nil {
		t.Fatal(err)
	}
	if text := verified(); strings.Contains(text, "the password of ann,") || !strings.Contains(text, "the password of admin-ada,") {
		t.Error(text)
	}
}

// What a version recorded whose rows SQLite encoded verifies as it is, and so does what is
// recorded beside it from then on.
func TestEarlierRows(t *testing.T) {
	t.Parallel()
	in := earlier(t, "entries-v2")
	wantText(t, says(t, "audit", "check", in("bundle.zip"), "--public-key", in("public-key.txt")),
		"All 3 entries about recipient 00000000-0000-4000-8000-000000000004 are in the ledger countersign/e6352067855c",
		"signed with the key that you gave", "Entry 5: ann, reviewer, rejected")
	wantText(t, says(t, "audit", "check", in("entry.txt"), "--public-key", in("public-key.txt")),
		"Entry 5 is in the ledger countersign/e6352067855c, among the 11 entries of its checkpoint.")

	now := time.Date(2026, 11, 30, 9, 0, 0, 0, time.UTC)
	kept, err := store.Open(t.Context(), store.Options{
		Path: in("countersign.db"), DataKeyFile: in("countersign.key"), SigningKeyFile: in("countersign.signing-key"),
		Now: func() time.Time { return now },
	})
	if err != nil {
		t.Fatal(err)
	}
	defer kept.Close()
	verified := func() string {
		return says(t, "audit", "verify", "--db", in("countersign.db"), "--checkpoint", in("checkpoint.txt"),
			"--public-key", in("public-key.txt"), "--data-key-file", in("countersign.key"))
	}
	wantText(t, verified(), "Nothing that was recorded has been changed.", "entries      11,", "accesses     7\n", "fetches      6\n", "texts        3, all opened")

	ann, err := kept.Account(t.Context(), "ann")
	if err != nil {
		t.Fatal(err)
	}
	if err := kept.KeepAccess(t.Context(), review.Access{At: now, Who: ann.Person, What: review.AccessFile}); err != nil {
		t.Fatal(err)
	}
	if err := kept.BatchLogs(t.Context(), now); err != nil {
		t.Fatal(err)
	}
	wantText(t, verified(), "entries      12,", "accesses     8\n", "The last 1 entries are in no checkpoint yet.")
}
