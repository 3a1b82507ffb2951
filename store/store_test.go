package store

import (
	"context"
	"database/sql"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"modernc.org/sqlite"

	"countersign/internal/account"
	"countersign/internal/foldertest"
	"countersign/internal/idv"
	"countersign/internal/review"
)

var noon = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

// desk is a store in a folder of its own, with two people and two recipients.
type desk struct {
	*Store
	t        testing.TB
	options  Options
	ann, bob account.Person
	id, id2  idv.RecipientID
}

// newDesk opens a copy of one database with Ann and Bob.
func newDesk(t testing.TB) *desk {
	t.Helper()
	folder := t.TempDir()
	databaseWithPeople.CopyTo(t, folder)
	d := openDesk(t, folder)
	d.ann, d.bob = d.person("Ann"), d.person("Bob")
	return d
}

// newUncopiedDesk has files that Open just made, and so keys that no other has.
func newUncopiedDesk(t testing.TB) *desk {
	t.Helper()
	d := openDesk(t, t.TempDir())
	d.ann, d.bob = d.addPerson("Ann"), d.addPerson("Bob")
	return d
}

var databaseWithPeople = foldertest.Template{Make: makeDatabase}

func makeDatabase(folder string) error {
	s, err := Open(context.Background(), optionsIn(folder))
	if err != nil {
		return err
	}
	for _, name := range []string{"Ann", "Bob"} {
		_, err = s.AddAccount(context.Background(), reviewerAccount(name), false, account.ChangedBy{At: noon})
		if err != nil {
			break
		}
	}
	return errors.Join(err, s.Close())
}

func optionsIn(folder string) Options {
	return Options{
		Path:        filepath.Join(folder, "data", "countersign.db"),
		DataKeyFile: filepath.Join(folder, "keys", "countersign.key"),
		Now:         func() time.Time { return noon },
	}
}

func reviewerAccount(name string) account.Account {
	return account.Account{Person: account.Person{Name: name, Role: account.Reviewer, Created: noon}, Key: strings.ToLower(name), Password: "hash"}
}

func openDesk(t testing.TB, folder string) *desk {
	t.Helper()
	d := &desk{t: t, options: optionsIn(folder)}
	d.Store = mustOpen(t, d.options)
	d.id = mustID(t, "11111111-1111-4111-8111-111111111111")
	d.id2 = mustID(t, "22222222-2222-4222-8222-222222222222")
	return d
}

func mustOpen(t testing.TB, o Options) *Store {
	t.Helper()
	s, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func mustID(t testing.TB, s string) idv.RecipientID {
	t.Helper()
	id, err := idv.ParseRecipientID(s)
	must(t, err)
	return id
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantErr(t testing.TB, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("error is %v, want %v", err, want)
	}
}

func (d *desk) addPerson(name string) account.Person {
	d.t.Helper()
	a := reviewerAccount(name)
	id, err := d.AddAccount(d.t.Context(), a, false, account.ChangedBy{At: noon})
	must(d.t, err)
	a.ID = id
	return a.Person
}

// person returns somebody who has been added.
func (d *desk) person(name string) account.Person {
	d.t.Helper()
	added, err := d.Account(d.t.Context(), strings.ToLower(name))
	must(d.t, err)
	p := reviewerAccount(name).Person
	p.ID = added.ID
	return p
}

// decode returns a result whose session has the state, told apart by its tracking ID.
func decode(t testing.TB, state, tracking string) *idv.Decoded {
	t.Helper()
	d, err := idv.Decode([]byte(`{"session_id":"s","client_session_token":"hunter2","client_session_token_ttl":599,` +
		`"state":"` + state + `","user_tracking_id":"` + tracking + `","checks":[]}`))
	must(t, err)
	return d
}

// fetch records the result d after some minutes and returns its digest.
func (d *desk) fetch(id idv.RecipientID, minutes int, who account.Person, result *idv.Decoded) idv.Digest {
	d.t.Helper()
	return d.fetchAskedAt(id, minutes, minutes, who, result)
}

// fetchAskedAt is fetch of a result that Yoti was asked for some minutes before it was had.
func (d *desk) fetchAskedAt(id idv.RecipientID, asked, had int, who account.Person, result *idv.Decoded) idv.Digest {
	d.t.Helper()
	answer := *result
	answer.Asked = after(asked)
	must(d.t, d.KeepResult(d.t.Context(), id, who, after(had), &answer))
	return answer.Digest
}

func after(minutes int) time.Time { return noon.Add(time.Duration(minutes) * time.Minute) }

func (d *desk) file(id idv.RecipientID, who account.Person) review.File {
	d.t.Helper()
	f, err := d.Recipient(d.t.Context(), id, who, review.NotePage{})
	must(d.t, err)
	return f
}

func (d *desk) note(digest idv.Digest, key, text string) error {
	return d.keepNote(d.t.Context(), d.newNote(digest, key, text))
}

func (d *desk) newNote(digest idv.Digest, key, text string) review.NewNote {
	return review.NewNote{Recipient: d.id, Digest: digest, Author: d.ann, At: after(30), Text: text, Key: key}
}

// raw opens the file without any of our settings.
func raw(t testing.TB, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	must(t, err)
	t.Cleanup(func() { db.Close() })
	return db
}

func exec(t testing.TB, db *sql.DB, query string, args ...any) {
	t.Helper()
	if _, err := db.Exec(query, args...); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

func TestReadyAndReopened(t *testing.T) {
	d := newDesk(t)
	must(t, d.Ready(t.Context()))
	digest := d.fetch(d.id, 0, d.ann, decode(t, "COMPLETED", "a"))
	must(t, d.note(digest, "k", "kept"))
	must(t, d.Store.Close())
	d.Store = mustOpen(t, d.options)
	must(t, d.Ready(t.Context()))
	if f := d.file(d.id, d.ann); len(f.Record.Notes) != 1 || f.Record.Notes[0].Text != "kept" {
		t.Errorf("after reopening, notes are %+v", f.Record.Notes)
	}
	exec(t, raw(t, d.options.Path), `UPDATE schema_migrations SET version = version + 1`)
	wantErr(t, d.Ready(t.Context()), ErrNewer)
}

func TestRelativePathWithOddCharacters(t *testing.T) {
	t.Chdir(t.TempDir())
	s := mustOpen(t, Options{Path: "a ?#%41&mode=ro/x.db", DataKeyFile: "x.key"})
	must(t, s.Ready(t.Context()))
	if _, err := os.Stat("a ?#%41&mode=ro/x.db"); err != nil {
		t.Error(err)
	}
}

func TestSettingsOfEveryConnection(t *testing.T) {
	d := newDesk(t)
	common := map[string]string{
		"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "busy_timeout": "5000",
		"secure_delete": "1", "trusted_schema": "0",
	}
	for _, pool := range []struct {
		name      string
		db        *sql.DB
		count     int
		queryOnly string
	}{{"writer", d.writer, 1, "0"}, {"reader", d.readers, maxReaders, "1"}} {
		for range pool.count {
			conn, err := pool.db.Conn(t.Context()) // held, so that each is another
			must(t, err)
			defer conn.Close()
			want := maps.Clone(common)
			want["query_only"] = pool.queryOnly
			for name, value := range want {
				var got string
				must(t, conn.QueryRowContext(t.Context(), "PRAGMA "+name).Scan(&got))
				if got != value {
					t.Errorf("%s: %s = %s, want %s", pool.name, name, got, value)
				}
			}
		}
	}
}

// A database in memory cannot have a write-ahead log.
func TestSettingThatDoesNotStick(t *testing.T) {
	inner, err := sqlite.NewConnector(":memory:")
	must(t, err)
	_, err = connector{inner, writing}.Connect(t.Context())
	if err == nil || !strings.Contains(err.Error(), "journal_mode") {
		t.Errorf("error is %v, want one about journal_mode", err)
	}
}

func TestReadersCannotWrite(t *testing.T) {
	d := newDesk(t)
	if _, err := d.readers.Exec(`DELETE FROM sessions`); err == nil {
		t.Error("a reader wrote")
	}
}

func TestFilesAreForTheOwnerAlone(t *testing.T) {
	d := newUncopiedDesk(t)
	d.fetch(d.id, 0, d.ann, decode(t, "COMPLETED", "a"))
	must(t, d.Store.Close())
	must(t, os.Chmod(d.options.Path, 0o644))
	d.options.Serve = true
	d.Store = mustOpen(t, d.options)
	d.fetch(d.id, 1, d.ann, decode(t, "COMPLETED", "b"))
	for _, name := range []string{
		d.options.Path, d.options.Path + "-wal", d.options.Path + "-shm", d.options.Path + ".lock", d.options.DataKeyFile,
	} {
		wantMode(t, name, 0o600)
	}
	wantMode(t, filepath.Dir(d.options.Path), 0o700)
	wantMode(t, filepath.Dir(d.options.DataKeyFile), 0o700)
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(d.options.DataKeyFile), ".*")); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

func wantMode(t *testing.T, name string, want os.FileMode) {
	t.Helper()
	found, err := os.Stat(name)
	must(t, err)
	if found.Mode().Perm() != want {
		t.Errorf("%s has mode %o, want %o", filepath.Base(name), found.Mode().Perm(), want)
	}
}

// A write that is refused leaves nothing behind and does not touch those that share
// its transaction.
func TestWritesShareATransaction(t *testing.T) {
	d := newDesk(t)
	insert := func(name string, err error) func(context.Context, *sql.Tx) error {
		return func(ctx context.Context, tx *sql.Tx) error {
			_, execErr := tx.ExecContext(ctx, `INSERT INTO facts (name, value) VALUES (?, x'00')`, name)
			return errors.Join(execErr, err)
		}
	}
	refused := errors.New("refused")
	jobs := []*job{{do: insert("a", nil)}, {do: insert("b", refused)}, {do: insert("a", nil)}, {do: insert("c", nil)}}
	must(t, d.commit(t.Context(), jobs))
	if jobs[0].err != nil || !errors.Is(jobs[1].err, refused) || jobs[2].err == nil || jobs[3].err != nil {
		t.Errorf("errors are %v, %v, %v, %v", jobs[0].err, jobs[1].err, jobs[2].err, jobs[3].err)
	}
	var names string
	must(t, d.readers.QueryRow(`SELECT group_concat(name) FROM (SELECT name FROM facts WHERE length(name) = 1 ORDER BY name)`).Scan(&names))
	if names != "a,c" {
		t.Errorf("kept %s, want a,c", names)
	}
}

func TestWriteThatIsGivenUp(t *testing.T) {
	d := newDesk(t)
	d.turn <- struct{}{} // somebody writes
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := d.write(ctx, func(context.Context, *sql.Tx) error {
		t.Error("it was written")
		return nil
	})
	wantErr(t, err, context.Canceled)
	<-d.turn
	must(t, d.write(t.Context(), func(context.Context, *sql.Tx) error { return nil }))
}

func TestWriteThatPanics(t *testing.T) {
	d := newDesk(t)
	func() {
		defer func() { recover() }()
		_ = d.write(t.Context(), func(context.Context, *sql.Tx) error { panic("oh") })
	}()
	must(t, d.EndSession(t.Context(), [32]byte{}))
}

// A write that shares its transaction with one that panics is not on the disk, and nobody
// is told that it is.
func TestNeighbourThatPanics(t *testing.T) {
	d := newDesk(t)
	insert := func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO facts (name, value) VALUES ('a', x'00')`)
		return err
	}
	jobs := []*job{
		{do: insert, err: errUnfinished, done: make(chan struct{})},
		{do: func(context.Context, *sql.Tx) error { panic("oh") }, err: errUnfinished, done: make(chan struct{})},
	}
	d.queue = jobs
	func() {
		defer func() { recover() }()
		d.turn <- struct{}{}
		d.takeTurn(t.Context())
	}()
	wantErr(t, jobs[0].err, errUnfinished)
	var kept bool
	must(t, d.readers.QueryRow(`SELECT EXISTS (SELECT 1 FROM facts WHERE name = 'a')`).Scan(&kept))
	if kept {
		t.Error("it was written after all")
	}
}

func TestManyWritersAtOnce(t *testing.T) {
	d := newDesk(t)
	digest := d.fetch(d.id, 0, d.ann, decode(t, "COMPLETED", "a"))
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for _, key := range []string{"k1", "k2", "k3"} {
				if err := d.note(digest, key, "text of "+key); err != nil {
					t.Error(err)
				}
				if err := d.KeepAccess(t.Context(), review.Access{At: noon, Who: d.bob, Recipient: d.id, Digest: digest, What: review.AccessResult}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	if f := d.file(d.id, d.ann); len(f.Record.Notes) != 3 {
		t.Errorf("%d notes, want 3", len(f.Record.Notes))
	}
	var seen int
	must(t, d.readers.QueryRow(`SELECT count(*) FROM access_log`).Scan(&seen))
	if seen != 24 {
		t.Errorf("%d access entries, want 24", seen)
	}
}

func TestDiskFull(t *testing.T) {
	d := newDesk(t)
	d.fetch(d.id, 0, d.ann, decode(t, "COMPLETED", "a"))
	exec(t, d.writer, `PRAGMA max_page_count = 1`) // as small as it is now
	big := decode(t, "COMPLETED", strings.Repeat("x", 100_000))
	wantErr(t, d.KeepResult(t.Context(), d.id, d.ann, after(1), big), ErrFull)
	if f := d.file(d.id, d.ann); len(f.History) != 1 {
		t.Errorf("history has %d results, want 1", len(f.History))
	}
	exec(t, d.writer, `PRAGMA max_page_count = 1000000`)
	d.fetch(d.id, 2, d.ann, big)
}

// A line of the checkpoint log that broke off does not swallow the next one.
func TestCheckpointLogThatBrokeOff(t *testing.T) {
	s := &Store{checkpointLog: filepath.Join(t.TempDir(), "checkpoints.log")}
	s.logCheckpoints([]signedCheckpoint{{1, noon, "first"}})
	file, err := os.OpenFile(s.checkpointLog, os.O_WRONLY|os.O_APPEND, 0)
	must(t, err)
	_, err = file.WriteString(`{"size":2,"at"`)
	must(t, errors.Join(err, file.Close()))
	s.logCheckpoints([]signedCheckpoint{{3, noon, "third"}})
	s.logCheckpoints([]signedCheckpoint{{4, noon, "fourth"}})
	list, err := readCheckpointLog(s.checkpointLog)
	must(t, err)
	if len(list) != 3 || list[1].Text != "third" {
		t.Errorf("the log has %+v", list)
	}
}
