package store

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"countersign/internal/ledger"
	"countersign/internal/review"
)

// recorded are the columns of which every change has to be found, in rows that an entry
// covers where there are such.
func recorded(e *evidence) map[string][]string {
	return map[string][]string{
		"ledger":         {"seq", "at", "actor", "name", "role", "recipient", "snapshot", "act", "about", "facts", "content", "sealed", "text_sealed", "hashes", "version", "behind"},
		"checkpoints":    {"size", "at", "text"},
		"snapshots":      {"recipient", "digest", "body"},
		"accounts":       {"id", "name", "name_key", "role", "password", "created_at", "disabled_at"},
		"password_links": {"account", "token_hash", "until"},
		"recipients": {"id", "newest", "state", "final", "decision", "verdict", "decided", "changed", "erased_at",
			"stage", "phase", "concern", "since", "assignee", "assigned_at", "holder", "notes", "reviewer", "decided_at",
			"bucket", "why", "document", "country", "session", "tracking"},
		"access_log WHERE id <= " + fmt.Sprint(e.rows): {"id", "at", "account", "recipient", "digest", "what", "medium", "part", "hits", "sha256", "after_entry", "hits_read", "signer_compared"},
		"fetches WHERE id <= 7":                        {"id", "recipient", "at", "account", "digest", "run", "token_ttl", "failure", "until", "after_entry"},
	}
}

// fromResults are the columns that follow from the newest result, which the data key opens.
func fromResults(from, column string) bool {
	return from == "recipients" && slices.Contains([]string{"state", "final", "bucket", "why", "document", "country", "session", "tracking"}, column)
}

// Any value that is another than before is found, whichever it is.
func TestEveryValue(t *testing.T) {
	t.Parallel()
	times := 3
	if testing.Short() {
		times = 1
	}
	e := newEvidence(t)
	random := rand.New(rand.NewPCG(1, 2))
	for from, columns := range recorded(e) {
		for _, column := range columns {
			for range times {
				c := e.copy(t)
				c.free(func() { c.spoil(random, from, column) })
				if c.spoilt == "" {
					must(t, c.db.Close())
					continue
				}
				var o VerifyOptions
				if fromResults(from, column) {
					o.DataKeyFile = e.keyFile
				}
				if _, err := c.verify(o); !errors.Is(err, ledger.ErrBroken) {
					t.Errorf("%s: %v", c.spoilt, err)
				}
			}
		}
	}
}

// spoil makes a value another one.
func (c *copied) spoil(random *rand.Rand, from, column string) {
	c.t.Helper()
	table, _, _ := strings.Cut(from, " ")
	var count int
	must(c.t, c.db.QueryRow(`SELECT count(*) FROM `+from).Scan(&count))
	place := random.IntN(count)
	key := map[string]string{"ledger": "seq", "checkpoints": "size", "snapshots": "digest", "password_links": "account"}[table]
	if key == "" {
		key = "id"
	}
	var row, value any
	must(c.t, c.db.QueryRow(`SELECT `+key+`, `+column+` FROM `+from+` LIMIT 1 OFFSET ?`, place).Scan(&row, &value))
	var other any
	switch v := value.(type) {
	case nil:
		other = []any{int64(1), "x", []byte{1}}[random.IntN(3)]
	case int64:
		other = v + []int64{1, -1, 1000, -v}[random.IntN(4)]
	case string:
		other = string(flipped(random, []byte(v)))
	case []byte:
		other = flipped(random, v)
	}
	if random.IntN(5) == 0 {
		other = nil
	}
	if fmt.Sprint(other) == fmt.Sprint(value) {
		return
	}
	// What a column cannot take is no way to tamper with it.
	if _, err := c.db.Exec(`UPDATE `+table+` SET `+column+` = ? WHERE `+key+` = ?`, other, row); err == nil {
		c.spoilt = fmt.Sprintf("%s of %v in %s: %v, and was %v", column, row, table, other, value)
	}
}

// flipped is text with a character more, less, or another.
func flipped(random *rand.Rand, text []byte) []byte {
	text = bytes.Clone(text)
	if len(text) == 0 || random.IntN(4) == 0 {
		return append(text, 'x')
	}
	if random.IntN(4) == 0 {
		return text[:len(text)-1]
	}
	text[random.IntN(len(text))] ^= 1
	return text
}

// checkpoints are all that were ever signed.
func (e *evidence) checkpoints() [][]byte {
	e.t.Helper()
	rows, err := raw(e.t, e.path).Query(`SELECT text FROM checkpoints`)
	must(e.t, err)
	defer rows.Close()
	var list [][]byte
	for rows.Next() {
		var text []byte
		must(e.t, rows.Scan(&text))
		list = append(list, text)
	}
	must(e.t, rows.Err())
	return list
}

// Any row that goes is found.
func TestEveryRow(t *testing.T) {
	t.Parallel()
	step := 1
	if testing.Short() {
		step = 5
	}
	e := newEvidence(t)
	signed := e.checkpoints()
	for from := range recorded(e) {
		db := raw(t, e.path)
		var count int
		must(t, db.QueryRow(`SELECT count(*) FROM `+from).Scan(&count))
		must(t, db.Close())
		table, _, _ := strings.Cut(from, " ")
		key := "rowid"
		if table == "recipients" {
			key = "id"
		}
		for i := 0; i < count; i += step {
			c := e.copy(t)
			c.free(func() {
				c.exec(fmt.Sprintf(`DELETE FROM %s WHERE %s = (SELECT %s FROM %s ORDER BY %s LIMIT 1 OFFSET %d)`, table, key, key, from, key, i))
			})
			// A checkpoint that goes shows by what somebody has kept elsewhere.
			_, err := c.verify(VerifyOptions{Checkpoints: signed})
			last := table == "ledger" && i == count-1
			if !errors.Is(err, ledger.ErrBroken) && !last {
				t.Errorf("row %d of %s: %v", i, from, err)
			}
		}
	}
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
		if _, err := Verify(t.Context(), VerifyOptions{Path: path}); err == nil && dump(t, path) != want {
			t.Errorf("byte %d was changed by %x", at, bit)
		}
	}
}

// dump is what is recorded in a database that can be read.
func dump(t *testing.T, path string) string {
	t.Helper()
	db := openUntouched(path, false)
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

// A database can be verified while a server writes to it.
func TestVerifyBesideAServer(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	must(t, d.Store.Close())
	d.options.Serve, d.options.SigningKeyFile = true, filepath.Join(t.TempDir(), "k")
	d.Store = mustOpen(t, d.options)
	digest := d.fetch(d.id, 0, d.ann, decode(t, "COMPLETED", "a"))
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := range 50 {
			if err := d.note(digest, fmt.Sprint(i), "text"); err != nil {
				t.Error(err)
			}
			if err := d.KeepAccess(t.Context(), review.Access{At: noon, Who: d.ann, Recipient: d.id, Digest: digest, What: review.AccessResult}); err != nil {
				t.Error(err)
			}
			if err := d.BatchLogs(t.Context(), noon); err != nil {
				t.Error(err)
			}
		}
	}()
	for range 10 {
		_, err := Verify(t.Context(), VerifyOptions{Path: d.options.Path})
		must(t, err)
	}
	<-done
	signed, err := d.Checkpoint(t.Context())
	must(t, err)
	v, err := Verify(t.Context(), VerifyOptions{Path: d.options.Path, Checkpoints: [][]byte{signed}})
	must(t, err)
	if v.Covered != v.Entries || v.Unbatched != 0 {
		t.Errorf("%+v", v)
	}
}

// A database of an earlier version is not verified before it is upgraded.
func TestVerifyBeforeUpgrade(t *testing.T) {
	d := newDesk(t)
	must(t, d.Store.Close())
	exec(t, raw(t, d.options.Path), `UPDATE schema_migrations SET version = 15`)
	_, err := Verify(t.Context(), VerifyOptions{Path: d.options.Path})
	if err == nil || errors.Is(err, ledger.ErrBroken) || !strings.Contains(err.Error(), "earlier version") {
		t.Errorf("before the upgrade: %v", err)
	}
}

// What is no database of ours, or not there, is said to be so.
func TestVerifyRefuses(t *testing.T) {
	t.Parallel()
	e, other := newEvidence(t), recordEvidence(t)
	for _, test := range []struct {
		name string
		o    VerifyOptions
		want error
	}{
		{"nothing", VerifyOptions{Path: filepath.Join(t.TempDir(), "none")}, ErrNoFolder},
		{"folder", VerifyOptions{Path: t.TempDir()}, ErrNotDatabase},
		{"text", VerifyOptions{Path: writeFile(t, strings.Repeat("x", 5000), 0o600)}, ErrNotDatabase},
		{"empty", VerifyOptions{Path: writeFile(t, "", 0o600)}, ErrNotDatabase},
		{"checkpoint of another ledger", VerifyOptions{Path: e.path, Checkpoints: [][]byte{other.old}}, ledger.ErrBroken},
		{"checkpoint without the key", VerifyOptions{Path: e.path, Checkpoints: [][]byte{other.old}, Public: []string{e.public}}, ErrKeyMissing},
		{"key of another ledger", VerifyOptions{Path: e.path, Public: []string{other.public}}, ledger.ErrBroken},
		{"an older file", VerifyOptions{Path: e.older, Checkpoints: [][]byte{e.last}}, ledger.ErrBroken},
	} {
		_, err := Verify(t.Context(), test.o)
		if !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", test.name, err, test.want)
		}
	}
	if _, err := Verify(t.Context(), VerifyOptions{Path: e.path, Public: []string{"none"}}); err == nil || errors.Is(err, ledger.ErrBroken) {
		t.Errorf("with a key that is none: %v", err)
	}
}

func TestReadCheckpoints(t *testing.T) {
	note := "countersign/a\n1\nAAAA\n\n— countersign/a BBBB\n"
	line, err := json.Marshal(signedCheckpoint{Size: 1, Text: note})
	must(t, err)
	for _, test := range []struct {
		name, text string
		want       int
	}{
		{"empty", "", 0},
		{"something else", "hello\n", 0},
		{"checkpoint", note, 1},
		{"checkpoint from a mail", strings.ReplaceAll(note, "\n", "\r\n") + "\r\n", 1},
		{"checkpoint without its last line end", strings.TrimSuffix(note, "\n"), 1},
		{"log", string(line) + "\n" + string(line) + "\n", 2},
		{"log that broke off", string(line) + "\n" + string(line[:9]), 1},
		{"other JSON", "{}\n", 0},
	} {
		list, err := ReadCheckpoints(strings.NewReader(test.text))
		if err != nil || len(list) != test.want {
			t.Errorf("%s: %d checkpoints, want %d (%v)", test.name, len(list), test.want, err)
		}
		for _, text := range list {
			if string(text) != note {
				t.Errorf("%s: %q", test.name, text)
			}
		}
	}
}
