package store_test

import (
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"countersign/internal/account"
	"countersign/internal/foldertest"
	"countersign/internal/idv"
	"countersign/internal/ledger"
	"countersign/internal/postgrestest"
	"countersign/internal/review"
	"countersign/internal/securityevent"
	"countersign/store"
)

// evidence is a closed database with something of everything in it, and what an auditor
// has kept of it.
type evidence struct {
	t         testing.TB
	path      string // of a file of SQLite's
	url       string // of a database of PostgreSQL's in its place
	old       []byte // a checkpoint from the middle
	last      []byte // the newest
	older     string // a copy from the middle
	public    string
	signer    note.Signer
	keyFile   string // of the data key
	size      int64  // of the ledger
	oldSize   int64
	rows      int64 // in the access log, covered
	seq       map[string]int64
	id, id2   idv.RecipientID
	erased    idv.RecipientID
	referred  idv.RecipientID
	ann, sue  account.Person
	unbatched int
}

// newEvidence returns a copy of evidence that is recorded once.
func newEvidence(t testing.TB) *evidence {
	t.Helper()
	if postgrestest.Chosen() {
		return recordEvidence(t)
	}
	return sharedEvidence.copyTo(t, t.TempDir())
}

// raw opens the database beside any store.
func (e *evidence) raw() *sql.DB {
	e.t.Helper()
	if postgrestest.Chosen() {
		return openRaw(e.t, "pgx", e.url)
	}
	return raw(e.t, e.path)
}

var sharedEvidence evidenceTemplate

// evidenceTemplate records evidence for the first who wants it, and gives everybody a copy.
type evidenceTemplate struct {
	once   sync.Once
	made   *evidence // nil where the recording did not end
	folder string    // in which it was made
	files  foldertest.Template
}

func (s *evidenceTemplate) copyTo(t testing.TB, folder string) *evidence {
	t.Helper()
	s.once.Do(func() { s.record(t, folder) })
	if s.made == nil {
		t.Fatal("no evidence was recorded")
	}
	s.files.CopyTo(t, folder)
	e := *s.made
	e.t, e.seq = t, maps.Clone(e.seq)
	for _, path := range []*string{&e.path, &e.older, &e.keyFile} {
		*path = filepath.Join(folder, strings.TrimPrefix(*path, s.folder))
	}
	return &e
}

func (s *evidenceTemplate) record(t testing.TB, folder string) {
	t.Helper()
	made := recordEvidence(t)
	s.folder = filepath.Dir(filepath.Dir(made.path))
	s.files.Make = func(folder string) error { return os.CopyFS(folder, os.DirFS(s.folder)) }
	s.files.CopyTo(t, folder) // while it is there
	s.made = made
}

// recordEvidence records something of everything, in a ledger of its own.
func recordEvidence(t testing.TB) *evidence {
	t.Helper()
	folder := t.TempDir()
	if postgrestest.Chosen() {
		postgrestest.DatabaseIn(t, folder)
	}
	d := openDesk(t, folder)
	d.ann, d.bob = d.addPerson("Ann"), d.addPerson("Bob")
	must(t, d.Store.Close())
	minutes := 0
	d.options.Now = func() time.Time { return after(minutes) }
	d.options.SigningKeyFile = filepath.Join(filepath.Dir(d.options.DataKeyFile), "signing.key")
	d.Store = mustOpen(t, d.options)
	ctx := t.Context()
	signs := signingKeyIn(t, d.options.SigningKeyFile)
	e := &evidence{t: t, seq: map[string]int64{"begun": 0, "seven": 7}, id: d.id, id2: d.id2, ann: d.ann, public: signs.public, signer: signs, keyFile: d.options.DataKeyFile}
	mark := func(name string) {
		size, err := d.Health(ctx)
		must(t, err)
		e.seq[name] = size.Size - 1
	}
	tick := func() time.Time { minutes++; return after(minutes) }
	sign := func() []byte {
		signed, err := d.Checkpoint(ctx)
		must(t, err)
		return signed
	}
	access := func(who account.Person, id idv.RecipientID, digest idv.Digest, what review.AccessKind, part, hits string) {
		must(t, d.KeepAccess(ctx, review.Access{At: tick(), Who: who, Recipient: id, Digest: digest, What: what, Part: part, Hits: hits}))
	}
	newest := func(id idv.RecipientID) *int64 { return &d.file(id, d.ann).Record.LastDecisionSeq }
	decide := func(by account.Person, id idv.RecipientID, digest idv.Digest, verdict review.Verdict, second review.Second, supersedes int64, key string) int64 {
		seq, err := d.keepDecision(ctx, review.NewDecision{Recipient: id, Digest: digest, By: by, Seen: newest(id), Key: key, Statement: review.Statement{
			Version: 1, Recipient: id.String(), Verdict: verdict, Second: second, Supersedes: supersedes, Decided: tick(), Note: "what I saw",
		}})
		must(t, err)
		sign()
		return seq
	}

	medium := mustMedium(t, "1ebfcc7c-9d31-4d2c-8a4b-3f6b0e1d2c3a")

	// Accounts.
	role := func(name string, role account.Role) {
		must(t, d.SetRole(ctx, name, role, account.ChangedBy{By: d.ann, At: tick()}))
	}
	e.sue = account.Person{Name: "Sue", Role: account.Supervisor, Created: tick()}
	id, err := d.AddAccount(ctx, account.Account{Person: e.sue, Key: "sue", Password: "hash"}, false, account.ChangedBy{At: after(minutes)})
	must(t, err)
	e.sue.ID = id
	d.addPerson("Gone")
	role("gone", account.Auditor)
	mark("role")
	must(t, d.DisableAccount(ctx, "gone", account.ChangedBy{By: d.ann, At: tick()}))
	mark("disabled")
	d.addPerson("Lin")
	must(t, d.SetLink(ctx, "lin", [32]byte{7}, after(900), account.ChangedBy{By: e.sue, At: tick()}))
	must(t, d.UseLink(ctx, [32]byte{7}, "chosen", tick()))
	mark("chosen")
	must(t, d.SetLink(ctx, "lin", [32]byte{8}, after(900), account.ChangedBy{At: tick()}))

	// A case with notes, hits, decisions and a second review.
	a := d.fetch(d.id, 2, d.ann, decode(t, "ONGOING", "a"))
	must(t, d.KeepFailure(ctx, d.id, review.Failure{At: tick(), By: d.bob, Kind: review.TimedOut}))
	d.fetch(d.id, 3, d.ann, decode(t, "ONGOING", "a"))
	b := d.fetch(d.id, 4, d.ann, decode(t, "COMPLETED", "b"))
	access(d.ann, d.id, b, review.AccessResult, "", "")
	access(d.ann, d.id, b, review.AccessPart, "doc/1", "")
	access(d.bob, d.id, b, review.AccessHitPage, "check", "1 to 2 of 2")
	must(t, d.keepNote(ctx, review.NewNote{Recipient: d.id, Digest: b, Author: d.ann, At: tick(), Text: "a first note", Key: "n1"}))
	mark("note")
	must(t, d.keepNote(ctx, review.NewNote{Recipient: d.id, Digest: b, Author: d.bob, At: tick(), Text: "a second note", Key: "n2"}))
	mark("note 2")
	_, err = d.keepDispositions(ctx, review.NewDispositions{
		At:        tick(),
		Recipient: d.id, Digest: b, By: d.ann, Check: &idv.Check{Type: "WATCHLIST"}, Hits: []*idv.Hit{{EntityID: "e1", JSON: "{}"}, {EntityID: "e2", JSON: "{}"}},
		Disposition: review.HitFalsePositive, Note: "another birthday", Key: "h1",
	})
	must(t, err)
	mark("disposition")
	must(t, d.BatchLogs(ctx, tick()))
	mark("fetches")
	first := decide(d.ann, d.id, b, review.Approve, review.Awaited, 0, "d1")
	e.seq["decision"] = first
	must(t, d.keepSecond(ctx, review.NewSecond{At: tick(), Recipient: d.id, Digest: b, Decision: first, By: e.sue, Agrees: true, Note: "so do I", Key: "s1"}))
	mark("agreed")
	e.old = sign()
	mark("old")
	e.oldSize = e.seq["old"] + 1
	if !postgrestest.Chosen() {
		e.older = filepath.Join(folder, "older", "older.db")
		must(t, os.Mkdir(filepath.Dir(e.older), 0o700))
		must(t, d.Backup(ctx, e.older))
	}

	// Another, with resets, an export, a decision that was declined, and one withdrawn.
	c := d.fetch(d.id2, 10, d.bob, decode(t, "COMPLETED", "c"))
	access(d.bob, d.id2, c, review.AccessResult, "", "")
	reset := review.NewReset{Recipient: d.id2, By: d.bob, At: tick(), Reason: "the camera failed", Key: "r1"}
	begun, err := d.beginReset(ctx, reset)
	must(t, err)
	e.seq["reset"] = begun
	must(t, d.endReset(ctx, reset, begun, review.ResetEnd{At: tick(), Outcome: review.ResetDone}))
	mark("reset ended")
	err = d.keepExport(ctx, review.NewExport{At: tick(), Recipient: d.id2, Digest: c, By: d.ann})
	must(t, err)
	mark("export")
	declined := decide(d.bob, d.id2, c, review.Reject, review.Awaited, 0, "d2")
	must(t, d.keepSecond(ctx, review.NewSecond{At: tick(), Recipient: d.id2, Digest: c, Decision: declined, By: e.sue, Note: "look again", Key: "s2"}))
	sign()
	mark("disagreed")
	e.seq["referral"] = decide(d.bob, d.id2, c, review.Refer, review.NotNeeded, 0, "d3")
	e.seq["superseding"] = decide(e.sue, d.id2, c, review.Approve, review.NotNeeded, e.seq["referral"], "d4")
	must(t, d.keepWithdrawal(ctx, review.NewWithdrawal{At: tick(), Recipient: d.id2, Decision: e.seq["superseding"], By: e.sue, Reason: "too early", Key: "w1"}))
	sign()
	mark("withdrawn")
	e.seq["proposed"] = decide(d.ann, d.id2, c, review.Approve, review.Awaited, 0, "d5")

	// One who was referred to somebody.
	e.referred = mustID(t, "44444444-4444-4444-8444-444444444444")
	r := d.fetch(e.referred, 19, d.bob, decode(t, "COMPLETED", "r"))
	_, err = d.keepDecision(ctx, review.NewDecision{Recipient: e.referred, Digest: r, By: d.bob, Key: "d6", Statement: review.Statement{
		Version: 1, Recipient: e.referred.String(), Verdict: review.Refer, Second: review.NotNeeded, Decided: tick(), Note: "for Sue", ReferredTo: "Sue",
	}})
	must(t, err)

	// And said who the signer should be, twice.
	for i, name := range []string{"expected", "expected again"} {
		must(t, d.keepExpected(ctx, review.NewExpected{Recipient: e.referred, By: d.bob, At: tick(), Expected: idv.Expected{Name: name}, Key: "x" + string(rune('1'+i))}))
		mark(name)
	}

	// One who was erased.
	e.erased = mustID(t, "33333333-3333-4333-8333-333333333333")
	x := d.fetch(e.erased, 20, d.ann, decode(t, "COMPLETED", "x"))
	must(t, d.keepNote(ctx, review.NewNote{Recipient: e.erased, Digest: x, Author: d.ann, At: tick(), Text: "forget me", Key: "n3"}))
	mark("erased note")
	tick()
	must(t, d.Erase(ctx, e.erased, d.ann, "asked for it"))
	mark("erasure")

	// Some sign-ins, and what was refused.
	event := func(who account.Person, kind securityevent.Kind, outcome securityevent.Outcome) {
		must(t, d.KeepEvent(ctx, securityevent.Event{
			Time: tick(), Kind: kind, Outcome: outcome, Account: who.ID, Role: who.Role, Session: "00112233aabb", Address: "203.0.113.9", Route: "/login",
		}, who.Role != ""))
	}
	event(d.ann, securityevent.SignIn, securityevent.Success)
	event(account.Person{}, securityevent.SignIn, securityevent.Failure)
	event(d.bob, securityevent.SecondFactor, securityevent.Failure)
	event(d.ann, securityevent.SignOut, securityevent.Success)
	must(t, d.BatchLogs(ctx, tick()))
	mark("last access")
	e.last = sign()

	// The result of the first case changes after the decision; the rest is in no
	// checkpoint yet.
	d.fetch(d.id, 40, d.ann, decode(t, "COMPLETED", "changed"))
	beside := d.raw()
	must(t, beside.QueryRow(`SELECT max(id) FROM access_log`).Scan(&e.rows))
	access(d.ann, d.id, a, review.AccessSnapshot, "", "")
	access(d.ann, d.id, a, review.AccessJSON, "", "")
	event(d.ann, securityevent.SignIn, securityevent.Success)
	e.unbatched = 5
	must(t, d.keepNote(ctx, review.NewNote{Recipient: d.id2, Digest: c, Author: d.ann, At: tick(), Text: "after the last checkpoint", Key: "n4"}))
	mark("tail")
	e.size = e.seq["tail"] + 1
	e.seq["size"], e.seq["behind old"] = e.size, e.oldSize
	for name, query := range map[string]string{
		"key":             `act = 'signing-key'`,
		"first access":    `act = 'access' AND json_extract(facts, '$.first') = 1`,
		"second access":   `act = 'access' AND json_extract(facts, '$.first') = 2`,
		"sign-ins of ann": `act = 'sign-ins' AND actor = 1 AND json_extract(facts, '$.first') = 1`,
		"sign-in of bob":  `act = 'sign-ins' AND json_extract(facts, '$.first') = 2`,
		"fetches of ann":  `act = 'fetches' AND json_extract(facts, '$.first') = 1`,
	} {
		var seq int64
		if postgrestest.Chosen() {
			query = strings.ReplaceAll(query, "json_extract(facts, '$.first') =", "(facts::json ->> 'first')::bigint =")
		}
		must(t, beside.QueryRow(`SELECT seq FROM ledger WHERE `+query).Scan(&seq))
		e.seq[name] = seq
	}
	shown := review.Access{At: tick(), Who: d.ann, Recipient: d.id2, Digest: c, What: review.AccessMediumComplete, Medium: medium, SHA256: sha256.Sum256([]byte("picture"))}
	must(t, d.KeepAccess(ctx, shown))
	must(t, d.SealMedium(ctx, review.NewSealed{Recipient: d.id2, Medium: medium, SHA256: shown.SHA256, At: shown.At, Bytes: []byte("picture")}))
	must(t, d.keepDraft(d.ann, "k", "draft"))
	must(t, d.BeginSession(ctx, d.ann.ID, account.Session{Token: [32]byte{9}, Created: noon}))
	must(t, errors.Join(beside.Close(), d.Store.Close()))
	e.path = d.options.Path
	if postgrestest.Chosen() {
		e.path, e.url = "", postgrestest.URLIn(t, folder)
	}
	return e
}

// root is the root over the entries as they stand.
func (e *evidence) root() ledger.Root {
	e.t.Helper()
	db := raw(e.t, e.path)
	defer db.Close() // or its log stays beside the file
	var tree ledger.Frontier
	must(e.t, store.ReadEntries(db, func(entry ledger.Entry) { tree.Add(entry.Bytes()) }))
	return tree.Root()
}

// newKey returns a key of the same name as that of the ledger.
func newKey(t testing.TB) (secret, public string, signer note.Signer) {
	t.Helper()
	secret, public, err := ledger.GenerateKey(rand.Reader, "countersign/other")
	must(t, err)
	signer, err = note.NewSigner(secret)
	must(t, err)
	return secret, public, signer
}

// signingKey is a key that signs checkpoints, with its public half as one line of text.
type signingKey struct {
	note.Signer
	public string
}

// signingKeyIn reads a signing-key file: the secret key and the public one, a line each.
func signingKeyIn(t testing.TB, path string) signingKey {
	t.Helper()
	text, err := os.ReadFile(path)
	must(t, err)
	secret, public, _ := strings.Cut(strings.TrimSpace(string(text)), "\n")
	signer, err := note.NewSigner(secret)
	must(t, err)
	return signingKey{signer, public}
}

// makeSigningKey makes a key with a name.
func makeSigningKey(t testing.TB, name string) signingKey {
	t.Helper()
	secret, public, err := ledger.GenerateKey(rand.Reader, name)
	must(t, err)
	signer, err := note.NewSigner(secret)
	must(t, err)
	return signingKey{signer, public}
}

// joinHashes writes hashes one behind the other, as they are stored.
func joinHashes(hashes []tlog.Hash) []byte {
	var all []byte
	for _, h := range hashes {
		all = append(all, h[:]...)
	}
	return all
}
