package cli

import (
	"bufio"
	"bytes"
	"database/sql"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"countersign/internal/yotisign/sandbox"
)

// place is where a server of the tests has its files.
type place struct {
	t            *testing.T
	db, log, key string
}

// newPlace makes a database with an account.
func newPlace(t *testing.T) *place {
	t.Helper()
	folder := t.TempDir()
	p := &place{t, filepath.Join(folder, "c.db"), filepath.Join(folder, "checkpoints.jsonl"), filepath.Join(folder, "api-key")}
	if err := os.WriteFile(p.key, []byte("made-up-key-0c4f"), 0o600); err != nil {
		t.Fatal(err)
	}
	p.addUser("ann")
	return p
}

func (p *place) addUser(name string) {
	p.t.Helper()
	p.must("user", "add", name, "--db", p.db)
}

// must runs a command that has to succeed.
func (p *place) must(args ...string) {
	p.t.Helper()
	var said bytes.Buffer
	if code := runCommand(p.t.Context(), args, streams{strings.NewReader(killPassword), io.Discard, &said}); code != 0 {
		p.t.Fatalf("%v: exit code %d: %s", args, code, said.String())
	}
}

// serve starts a server there, and returns it with its address.
func (p *place) serve(args ...string) (*running, string) {
	p.t.Helper()
	server := start(p.t, append([]string{"serve", "--addr", "127.0.0.1:0", "--db", p.db, "--checkpoint-log", p.log, "--yoti-api-key-file", p.key}, args...)...)
	return server, server.until(`is at (http://\S+)`)
}

// served starts and stops a server, and returns what it logged.
func (p *place) served(args ...string) string {
	p.t.Helper()
	server, _ := p.serve(args...)
	if code := server.end(); code != 0 {
		p.t.Fatalf("serve %v: exit code %d: %s", args, code, server.err)
	}
	return server.err.String()
}

// number asks the database for one number.
func (p *place) number(query string) int64 {
	p.t.Helper()
	var n int64
	p.sql(func(db *sql.DB) error { return db.QueryRow(query).Scan(&n) })
	return n
}

func (p *place) sql(do func(*sql.DB) error) {
	p.t.Helper()
	db, err := sql.Open("sqlite", p.db)
	if err != nil {
		p.t.Fatal(err)
	}
	defer db.Close()
	if err := do(db); err != nil {
		p.t.Fatal(err)
	}
}

// alter changes an entry behind the program's back.
func (p *place) alter(entry int64) {
	p.t.Helper()
	p.sql(func(db *sql.DB) error {
		if _, err := db.Exec(`DROP TRIGGER ledger_is_not_changed`); err != nil {
			return err
		}
		_, err := db.Exec(`UPDATE ledger SET facts = json_set(facts, '$.whose', 'bill') WHERE seq = ?`, entry)
		return err
	})
}

// logged returns the sizes in the checkpoint log.
func (p *place) logged() []int64 {
	p.t.Helper()
	text, err := os.ReadFile(p.log)
	if err != nil {
		p.t.Fatal(err)
	}
	var sizes []int64
	for lines := bufio.NewScanner(bytes.NewReader(text)); lines.Scan(); {
		var line struct {
			Size int64
			Text string `json:"checkpoint"`
		}
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil || !strings.HasPrefix(line.Text, "countersign/") {
			p.t.Fatalf("line %q: %v", lines.Text(), err)
		}
		sizes = append(sizes, line.Size)
	}
	return sizes
}

const ledgerSize = `SELECT max(seq) + 1 FROM ledger`

// A server that stops leaves a checkpoint of everything, what was seen included, and a
// line of it in the operator's file.
func TestStopLeavesCheckpoint(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	upstream := httptest.NewServer(sandbox.New("made-up-key-0c4f"))
	defer upstream.Close()
	server, address := p.serve("--yoti-base-url", upstream.URL+"/v2")
	client := browser(t)
	signIn(t, client, address, "ann", killPassword)
	if status, _ := page(t, client, address+"/recipients/"+killRecipient); status != http.StatusOK {
		t.Fatalf("recipient: status %d", status)
	}
	if code := server.end(); code != 0 {
		t.Fatalf("exit code %d: %s", code, server.err)
	}
	size := p.number(ledgerSize)
	if signed := p.number(`SELECT max(size) FROM checkpoints`); signed != size {
		t.Errorf("the newest checkpoint is of %d entries, and there are %d", signed, size)
	}
	if n := p.number(`SELECT count(*) FROM ledger WHERE act IN ('access', 'fetches') AND name = 'ann'`); n != 2 {
		t.Errorf("%d entries say what was seen and fetched, want 2", n)
	}
	logged := p.logged()
	if last := logged[len(logged)-1]; last != size {
		t.Errorf("the checkpoint log ends with %d entries, and there are %d", last, size)
	}
	// Where nothing happened since, a further stop adds nothing.
	p.served()
	if again := p.logged(); len(again) != len(logged) {
		t.Errorf("the checkpoint log has %v after %v", again, logged)
	}
}

// An older database in the place of a newer one is noticed. Who wants it has to say so,
// once, and then it is in the ledger.
func TestOlderFileIsNoticed(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.served()
	older, err := os.ReadFile(p.db)
	if err != nil {
		t.Fatal(err)
	}
	p.addUser("bob")
	p.served()
	if err := os.WriteFile(p.db, older, 0o600); err != nil {
		t.Fatal(err)
	}
	if said := p.served(); !strings.Contains(said, "level=ERROR") || !strings.Contains(said, "--accept-older") {
		t.Errorf("of an older file it says: %s", said)
	}
	if n := p.number(`SELECT count(*) FROM ledger WHERE act = 'older-accepted'`); n != 0 {
		t.Error("the older file was accepted by itself")
	}
	for _, args := range [][]string{{"--accept-older"}, nil} {
		if said := withoutEvents(p.served(args...)); said != "" {
			t.Errorf("serve %v says: %s", args, said)
		}
	}
	if n := p.number(`SELECT count(*) FROM ledger WHERE act = 'older-accepted'`); n != 1 {
		t.Errorf("%d entries say that an older file was accepted, want 1", n)
	}
}

// A signing key is neither replaced in silence nor missed in silence.
func TestSigningKey(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.served()
	key := siblingPath(p.db, ".signing-key")
	if found, err := os.Stat(key); err != nil || found.Mode().Perm() != 0o600 {
		t.Fatalf("signing key: %v, error %v", found, err)
	}
	if err := os.Remove(key); err != nil {
		t.Fatal(err)
	}
	var said bytes.Buffer
	args := []string{"serve", "--addr", "127.0.0.1:0", "--db", p.db, "--yoti-api-key-file", p.key}
	if code := runCommand(t.Context(), args, streams{nil, io.Discard, &said}); code != 1 ||
		!strings.Contains(said.String(), key+" is missing") || !strings.Contains(said.String(), "--new-signing-key") {
		t.Errorf("without its signing key: exit code %d, %s", code, said.String())
	}
	if _, err := os.Stat(key); err == nil {
		t.Error("another key was made")
	}
	p.served("--new-signing-key")
	if said := withoutEvents(p.served()); said != "" {
		t.Errorf("with the new key it says: %s", said)
	}
	if n := p.number(`SELECT count(*) FROM ledger WHERE act = 'signing-key'`); n != 2 {
		t.Errorf("the ledger names %d keys, want 2", n)
	}
}

// A ledger whose newest entries were altered is served for reading, and the log says
// where it is broken.
func TestTamperedTailIsNoticed(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.served()
	p.addUser("bob")
	entry := p.number(ledgerSize) - 1
	p.alter(entry)
	server, address := p.serve()
	if said := server.err.String(); !strings.Contains(said, "level=ERROR") || !strings.Contains(said, "entry="+strconv.FormatInt(entry, 10)) {
		t.Errorf("of entry %d it says: %s", entry, said)
	}
	signIn(t, browser(t), address, "ann", killPassword)
	if code := server.end(); code != 0 {
		t.Errorf("exit code %d: %s", code, server.err)
	}
	if size := p.number(ledgerSize); size != entry+1 {
		t.Errorf("there are %d entries after %d", size, entry+1)
	}
}

// A recipient is erased beside a running server, which says so from then on.
func TestEraseBesideServer(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	upstream := httptest.NewServer(sandbox.New("made-up-key-0c4f"))
	defer upstream.Close()
	server, address := p.serve("--yoti-base-url", upstream.URL+"/v2")
	client := browser(t)
	signIn(t, client, address, "ann", killPassword)
	if status, _ := page(t, client, address+"/recipients/"+killRecipient); status != http.StatusOK {
		t.Fatalf("recipient: status %d", status)
	}
	args := []string{"erase", killRecipient, "--db", p.db, "--reason", "Asked for in letter 12."}
	for code, want := range []string{0: "", 1: "this recipient was erased before"} {
		var said, printed bytes.Buffer
		got := runCommand(t.Context(), args, streams{strings.NewReader(strings.ToUpper(killRecipient) + "\n"), &printed, &said})
		if got != code || !strings.Contains(said.String(), want) || (code == 0) != strings.Contains(printed.String(), "Earlier backups still hold it") {
			t.Errorf("exit code %d, %s%s", got, printed.String(), said.String())
		}
	}
	if status, body := page(t, client, address+"/recipients/"+killRecipient); status != http.StatusGone || !strings.Contains(body, "Asked for in letter 12.") {
		t.Errorf("after the erasure: status %d", status)
	}
	if wal, err := os.Stat(p.db + "-wal"); err != nil || wal.Size() > 64<<10 {
		t.Errorf("the log was not emptied: %v, %v", wal, err)
	}
	if code := server.end(); code != 0 {
		t.Errorf("exit code %d: %s", code, server.err)
	}
}

// A command beside a server that records nothing changes nothing, and says why.
func TestCommandsBesideAHaltedServer(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.served()
	p.addUser("bob")
	entry := p.number(ledgerSize) - 1
	p.alter(entry)
	server, address := p.serve()
	if status, body := page(t, browser(t), address+"/readyz"); status != http.StatusServiceUnavailable || body != "not ready: ledger\n" {
		t.Errorf("readyz: status %d, %q", status, body)
	}
	if status, _ := page(t, browser(t), address+"/healthz"); status != http.StatusOK {
		t.Errorf("healthz: status %d", status)
	}
	for _, args := range [][]string{
		{"user", "add", "carol"}, {"user", "role", "bob", "auditor"}, {"user", "disable", "bob"}, {"user", "password", "bob"},
		{"erase", killRecipient, "--reason", "Asked for in letter 12."},
	} {
		var said bytes.Buffer
		stdin := killPassword + "\n"
		want := "the server that has this database records nothing"
		if args[0] == "erase" {
			stdin, want = killRecipient+"\n", "nothing is stored about this recipient"
		}
		if code := runCommand(t.Context(), append(args, "--db", p.db), streams{strings.NewReader(stdin), io.Discard, &said}); code != 1 || !strings.Contains(said.String(), want) {
			t.Errorf("%v: exit code %d, %s", args, code, said.String())
		}
	}
	p.must("user", "list", "--db", p.db)
	p.must("backup", filepath.Join(t.TempDir(), "copy.db"), "--db", p.db)
	if code := server.end(); code != 0 {
		t.Errorf("exit code %d: %s", code, server.err)
	}
	if size := p.number(ledgerSize); size != entry+1 {
		t.Errorf("there are %d entries after %d", size, entry+1)
	}
}

// A server that is started without the checkpoint log that there was says so on every page,
// to auditors and in its own log, until that is accepted.
func TestMissingCheckpointLog(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.must("user", "add", "--role", "auditor", "eve", "--db", p.db)
	p.served()
	if err := os.Remove(p.log); err != nil {
		t.Fatal(err)
	}
	server, address := p.serve()
	client := browser(t)
	signIn(t, client, address, "eve", killPassword)
	for path, want := range map[string]string{
		"/": "warning-banner", "/account": "warning-banner", "/no-such-page": "warning-banner", "/audit": `data-checkpoint-log="missing"`,
		"/audit?act=checkpoint-log": "the checkpoint log is missing", "/readyz": "ready\n",
	} {
		if _, body := page(t, client, address+path); !strings.Contains(body, want) {
			t.Errorf("%s does not say %s", path, want)
		}
	}
	if !strings.Contains(server.err.String(), "--accept-missing-log") {
		t.Errorf("its log says: %s", server.err)
	}
	if code := server.end(); code != 0 {
		t.Errorf("exit code %d: %s", code, server.err)
	}
	for _, args := range [][]string{{"--accept-missing-log"}, nil} {
		if said := withoutEvents(p.served(args...)); said != "" {
			t.Errorf("serve %v says: %s", args, said)
		}
	}
}

// A checkpoint log that cannot be written makes the server unready, and auditors see it.
func TestUnwritableCheckpointLog(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.must("user", "add", "--role", "auditor", "eve", "--db", p.db)
	p.log = filepath.Join(filepath.Dir(p.db), "unmounted", "disk", "checkpoints.jsonl")
	server, address := p.serve()
	client := browser(t)
	signIn(t, client, address, "eve", killPassword)
	if status, body := page(t, client, address+"/readyz"); status != http.StatusServiceUnavailable || body != "not ready: checkpoint-log\n" {
		t.Errorf("readyz: status %d, %q", status, body)
	}
	if _, body := page(t, client, address+"/audit"); !strings.Contains(body, `data-checkpoint-log="unwritable"`) {
		t.Error("/audit does not say so")
	}
	if err := os.MkdirAll(filepath.Dir(p.log), 0o700); err != nil {
		t.Fatal(err)
	}
	if status, body := page(t, client, address+"/readyz"); status != http.StatusOK {
		t.Errorf("readyz, when it can be written: status %d, %q", status, body)
	}
	if code := server.end(); code != 0 {
		t.Errorf("exit code %d: %s", code, server.err)
	}
	if sizes := p.logged(); sizes[len(sizes)-1] != p.number(ledgerSize) {
		t.Errorf("the log has %v", sizes)
	}
}

// Keys that no flag names are found through a symbolic link to the database, and beside
// the link where they were made.
func TestKeysThroughALink(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.served()
	link := filepath.Join(t.TempDir(), "link.db")
	if err := os.Symlink(p.db, link); err != nil {
		t.Fatal(err)
	}
	there := p.db
	p.db = link
	if said := withoutEvents(p.served()); said != "" {
		t.Errorf("through a link it says: %s", said)
	}
	for _, ending := range []string{".key", ".signing-key"} {
		if err := os.Rename(siblingPath(there, ending), siblingPath(link, ending)); err != nil {
			t.Fatal(err)
		}
	}
	if said := withoutEvents(p.served()); said != "" {
		t.Errorf("with its keys beside the link it says: %s", said)
	}
}
