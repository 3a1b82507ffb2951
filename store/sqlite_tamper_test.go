package store_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"countersign/internal/idv"
	"countersign/internal/ledger"
	"countersign/internal/review"
	"countersign/store"
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
				var o store.VerifyOptions
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
	key := keyOf(table)
	var row, value any
	must(c.t, c.db.QueryRow(tampering(`SELECT `+key+`, `+column+` FROM `+from+` ORDER BY 1 LIMIT 1 OFFSET ?`), place).Scan(&row, &value))
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
	if _, err := c.db.Exec(tampering(`UPDATE `+table+` SET `+column+` = ? WHERE `+key+` = ?`), other, row); err == nil {
		c.spoilt = fmt.Sprintf("%s of %v in %s: %v, and was %v", column, row, table, other, value)
	}
}

// keyOf returns the column by which rows of a table are told apart.
func keyOf(table string) string {
	key := map[string]string{"ledger": "seq", "checkpoints": "size", "snapshots": "digest", "password_links": "account"}[table]
	if key == "" {
		key = "id"
	}
	return key
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
	rows, err := e.raw().Query(`SELECT text FROM checkpoints`)
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
		db := e.raw()
		var count int
		must(t, db.QueryRow(`SELECT count(*) FROM `+from).Scan(&count))
		must(t, db.Close())
		table, _, _ := strings.Cut(from, " ")
		key := keyOf(table)
		for i := 0; i < count; i += step {
			c := e.copy(t)
			c.free(func() {
				c.exec(fmt.Sprintf(`DELETE FROM %s WHERE %s = (SELECT %s FROM %s ORDER BY %s LIMIT 1 OFFSET %d)`, table, key, key, from, key, i))
			})
			// A checkpoint that goes shows by what somebody has kept elsewhere.
			_, err := c.verify(store.VerifyOptions{Checkpoints: signed})
			last := table == "ledger" && i == count-1
			if !errors.Is(err, ledger.ErrBroken) && !last {
				t.Errorf("row %d of %s: %v", i, from, err)
			}
		}
	}
}

// However a chain of keys is forged, whoever has one of its keys finds it.
func TestForgedKeyChains(t *testing.T) {
	d, _ := newSigningDesk(t)
	d.manyRecipients(1)
	d.sign()
	old := signingKeyIn(t, d.options.SigningKeyFile)
	before := int64(d.size())
	result := d.changeSigningKey()
	d.fetch(d.id, 5, d.ann, decode(t, "COMPLETED", "x"))
	must(t, d.note(d.file(d.id, d.ann).Newest.Digest, "k", "text"))
	d.sign()
	next := signingKeyIn(t, d.options.SigningKeyFile)
	changes, err := d.KeyChanges(t.Context())
	must(t, err)
	must(t, d.Store.Close())
	e := &evidence{t: t, path: d.options.Path}
	_, foreign, forger := newKey(t)
	statement := func(from, to signingKey, seq int64) string {
		text, err := ledger.KeyChange{Old: from.public, New: to.public, Seq: seq}.Sign(from, to)
		must(t, err)
		return string(text)
	}
	thief := makeSigningKey(t, old.Name())

	for _, test := range []struct {
		name    string
		do      func(c *copied)
		trusted string
		want    string // part of the error; empty when nothing is wrong
	}{
		{"untouched", func(*copied) {}, old.public, ""},
		{"untouched, by the newest key", func(*copied) {}, next.public, ""},
		{"another's key", func(*copied) {}, foreign, "that you did not bring"},
		{"named in the place of the new one", func(c *copied) {
			c.exec(`UPDATE ledger SET facts = ? WHERE seq = ?`, review.Facts{PublicKey: thief.public, KeyChange: string(changes[0])}.String(), before)
			c.rehash()
			c.resign(thief, before)
		}, old.public, "does not vouch"},
		{"that nobody vouches for", func(c *copied) {
			c.exec(`UPDATE ledger SET facts = ? WHERE seq = ?`, review.Facts{PublicKey: foreign}.String(), before)
			c.rehash()
			c.resign(forger, before)
		}, old.public, "no key which you brought vouches for"},
		{"vouched for by itself alone", func(c *copied) {
			c.exec(`UPDATE ledger SET facts = ? WHERE seq = ?`, review.Facts{PublicKey: next.public, KeyChange: statement(thief, next, before)}.String(), before)
			c.rehash()
			c.resign(next, before)
		}, old.public, "does not vouch"},
		{"vouched for at another entry", func(c *copied) {
			c.exec(`UPDATE ledger SET facts = ? WHERE seq = ?`, review.Facts{PublicKey: next.public, KeyChange: statement(old, next, before+1)}.String(), before)
			c.rehash()
			c.resign(next, before)
		}, old.public, "does not vouch"},
		{"a statement with a letter altered", func(c *copied) {
			c.exec(`UPDATE ledger SET facts = replace(facts, 'key change v1', 'key change v2') WHERE seq = ?`, before)
			c.rehash()
			c.resign(next, before)
		}, "", "does not vouch"},
		{"signed on with the old key", func(c *copied) { c.resign(old, before) }, old.public, "had been replaced before"},
		{"signed on with the old key, for whoever brings none", func(c *copied) { c.resign(old, before) }, "", "had been replaced before"},
		{"the change taken away, with the old key", func(c *copied) {
			c.exec(`UPDATE ledger SET facts = ? WHERE seq = ?`, review.Facts{PublicKey: old.public}.String(), before)
			c.rehash()
			c.resign(old, before)
		}, next.public, "that you did not bring"},
	} {
		c := e.copy(t)
		c.free(func() { test.do(c) })
		must(t, c.db.Close())
		o := store.VerifyOptions{Path: c.path}
		if test.trusted != "" {
			o.Public = []string{test.trusted}
		}
		_, err := store.Verify(t.Context(), o)
		if test.want == "" && err != nil || test.want != "" && (!errors.Is(err, ledger.ErrBroken) || !strings.Contains(err.Error(), test.want)) {
			t.Errorf("%s: %v, want %q", test.name, err, test.want)
		}
	}

	// A checkpoint that the old key signed later passes for none that was kept.
	c, err := ledger.OpenCheckpoint(d.lastCheckpoint(e.path), mustVerifier(t, next.public))
	must(t, err)
	late, err := c.Sign(old)
	must(t, err)
	_, err = store.Verify(t.Context(), store.VerifyOptions{Path: e.path, Public: []string{next.public}, Checkpoints: [][]byte{late}})
	if !errors.Is(err, ledger.ErrBroken) || !strings.Contains(err.Error(), "had been replaced before") {
		t.Errorf("a checkpoint of later by the old key: %v", err)
	}
	if result.New != next.public {
		t.Errorf("the server signs with %s", next.public)
	}
}

// lastCheckpoint returns the newest checkpoint of a database.
func (d *desk) lastCheckpoint(path string) []byte {
	d.t.Helper()
	var text string
	must(d.t, raw(d.t, path).QueryRow(`SELECT text FROM checkpoints ORDER BY size DESC LIMIT 1`).Scan(&text))
	return []byte(text)
}

func mustVerifier(t testing.TB, public string) note.Verifier {
	t.Helper()
	v, err := note.NewVerifier(public)
	must(t, err)
	return v
}

// What the database says about changed data keys is compared with the entries.
func TestForgedDataKeyChanges(t *testing.T) {
	d, _ := newSigningDesk(t)
	d.manyRecipients(1)
	d.changeDataKey(store.ChangeOptions{})
	must(t, d.Store.Close())
	e := &evidence{t: t, path: d.options.Path}
	for name, do := range map[string]func(c *copied){
		"the fact of before": func(c *copied) {
			c.exec(`UPDATE facts SET value = (SELECT unhex(json_extract(facts, '$.earlier_data_key')) FROM ledger WHERE act = 'data-key' LIMIT 1) WHERE name = ?`, "data key fingerprint")
		},
		"a change that goes on": func(c *copied) {
			c.exec(`INSERT INTO facts (name, value) VALUES (?, randomblob(32))`, "next data key fingerprint")
		},
		"an entry about another key": func(c *copied) {
			c.exec(`UPDATE ledger SET facts = json_set(facts, '$.earlier_data_key', 'ab') WHERE act = 'data-key'`)
			c.rehash()
		},
		"a value under a key that does not count": func(c *copied) { c.exec(`UPDATE recipients SET data_key = randomblob(68)`) },
	} {
		c := e.copy(t)
		c.free(func() { do(c) })
		must(t, c.db.Close())
		if _, err := store.Verify(t.Context(), store.VerifyOptions{Path: c.path}); !errors.Is(err, ledger.ErrBroken) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What was on the screen, and for which page, is as much part of the record as the rest,
// and how much was viewed is counted without what was only asked for, and each once.
func TestVerifyPageViews(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	must(t, d.Store.Close())
	d.options.Serve, d.options.SigningKeyFile = true, filepath.Join(t.TempDir(), "k")
	d.Store = mustOpen(t, d.options)
	a := d.fetch(d.id, 0, d.ann, decode(t, "COMPLETED", "a"))
	view := d.view(d.ann, d.id, a, 0)
	d.send(d.ann, d.id, a, review.AccessThumbnail, pictureID, view)
	must(t, d.KeepOnScreen(t.Context(), noon, review.NewOnScreen{Recipient: d.id, Digest: a, By: d.ann, View: view, Media: []idv.MediaID{mustMedium(t, pictureID)}}))
	must(t, d.BatchLogs(t.Context(), noon))
	entries, err := d.Ledger(t.Context(), review.LedgerQuery{Act: review.ActAccess, Limit: 9})
	must(t, err)
	if words := review.DoneWord(entries[0].Entry) + ": " + review.FactWords(entries[0].Entry); !strings.HasPrefix(words, "viewed 2 items: lines 1 to 4 of the access log, ") {
		t.Errorf("entry says %q", words)
	}
	_, err = store.Verify(t.Context(), store.VerifyOptions{Path: d.options.Path, Postgres: d.options.Postgres})
	must(t, err)
	must(t, d.Store.Close())
	for _, forgery := range []string{
		`UPDATE access_log SET page_view = 0 WHERE what = 'on-screen'`,
		`UPDATE access_log SET page_view = NULL WHERE what = 'thumbnail'`,
		`UPDATE access_log SET what = 'opened' WHERE what = 'on-screen'`,
	} {
		c := (&evidence{t: t, path: d.options.Path}).copy(t)
		c.free(func() { c.exec(forgery) })
		must(t, c.db.Close())
		_, err := store.Verify(t.Context(), store.VerifyOptions{Path: c.path})
		var broken *ledger.Broken
		if !errors.As(err, &broken) || broken.Seq != entries[0].Seq {
			t.Errorf("%s: %v", forgery, err)
		}
	}
}

// What lists say of a case is compared with all that is recorded.
func TestChangedListsAreFound(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.fetch(d.id, 0, d.ann, passportResult(t, "COMPLETED", "REJECT", "COUNTERFEIT", "a"))
	d.act(d.bob, (&review.NewTake{Recipient: d.id, By: d.bob, At: after(2)}).Acts)
	d.act(d.bob, (&review.NewTag{Recipient: d.id, By: d.bob, At: after(3), Tag: "vip"}).Acts)
	must(t, d.verifies(t))
	for _, change := range []string{
		`UPDATE case_facets SET value = 'late' WHERE kind = 'tag'`,
		`UPDATE case_facets SET concern = concern + 1 WHERE kind = 'check'`,
		`UPDATE case_facets SET phase = 2`,
		`UPDATE case_facets SET since = since + 1 WHERE kind = 'reason'`,
		`DELETE FROM case_facets WHERE kind = 'reason'`,
		`UPDATE case_facets SET phase = NULL, concern = NULL, since = NULL WHERE kind = 'tag'`,
		`INSERT INTO case_facets SELECT recipient, 'tag', 'x', phase, concern, since FROM case_facets WHERE kind = 'tag'`,
		`UPDATE recipients SET bucket = 'clear'`,
		`UPDATE recipients SET assignee = NULL`,
		`UPDATE recipients SET holder = 0`,
		`UPDATE recipients SET stage = 'decided', phase = 2`,
	} {
		copied := d.options.Path + ".copy"
		exec(t, d.raw(), `VACUUM INTO '`+copied+`'`)
		exec(t, raw(t, copied), change)
		if _, err := store.Verify(t.Context(), store.VerifyOptions{Path: copied, DataKeyFile: d.options.DataKeyFile}); !errors.Is(err, ledger.ErrBroken) {
			t.Errorf("%s: %v", change, err)
		}
		must(t, os.Remove(copied))
	}
}
