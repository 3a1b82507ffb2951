package store_test

import (
	"bytes"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"countersign/internal/account"
	"countersign/internal/idv"
	"countersign/internal/ledger"
	"countersign/internal/review"
	"countersign/store"
)

// copied is a copy of the database on which somebody is at work.
type copied struct {
	*evidence
	t      testing.TB
	path   string
	db     *sql.DB
	spoilt string // what was changed, if it was by chance
}

func (e *evidence) copy(t testing.TB) *copied {
	t.Helper()
	text, err := os.ReadFile(e.path)
	must(t, err)
	c := &copied{evidence: e, t: t, path: filepath.Join(t.TempDir(), "c.db")}
	must(t, os.WriteFile(c.path, text, 0o600))
	c.db = raw(t, c.path)
	c.db.SetMaxOpenConns(1)
	return c
}

// exec runs a statement that must change something.
func (c *copied) exec(query string, args ...any) {
	c.t.Helper()
	result, err := c.db.Exec(query, args...)
	must(c.t, err)
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		c.t.Fatalf("%s changed nothing (%v)", query, err)
	}
}

// free takes the triggers away while something is done, and puts them back.
func (c *copied) free(do func()) {
	c.t.Helper()
	rows, err := c.db.Query(`SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'`)
	must(c.t, err)
	triggers := map[string]string{}
	for rows.Next() {
		var name, text string
		must(c.t, rows.Scan(&name, &text))
		triggers[name] = text
	}
	must(c.t, errors.Join(rows.Err(), rows.Close()))
	for name := range triggers {
		exec(c.t, c.db, `DROP TRIGGER `+name)
	}
	exec(c.t, c.db, `PRAGMA foreign_keys = OFF`)
	exec(c.t, c.db, `PRAGMA ignore_check_constraints = ON`)
	do()
	for _, text := range triggers {
		exec(c.t, c.db, text)
	}
}

// rehash makes the hashes those of the entries as they are now.
func (c *copied) rehash() {
	c.t.Helper()
	var f ledger.Frontier
	hashes := map[int64][]byte{}
	c.entries(func(e ledger.Entry) { hashes[e.Seq] = joinHashes(f.Add(e.Bytes())) })
	for seq, list := range hashes {
		c.exec(`UPDATE ledger SET hashes = ? WHERE seq = ?`, list, seq)
	}
}

func (c *copied) entries(see func(ledger.Entry)) {
	c.t.Helper()
	must(c.t, store.ReadEntries(c.db, see))
}

// resign makes the checkpoints of more entries than some anew, with a key.
func (c *copied) resign(with note.Signer, above int64) {
	c.t.Helper()
	sizes := map[int64]bool{}
	rows, err := c.db.Query(`SELECT size FROM checkpoints WHERE size > ?`, above)
	must(c.t, err)
	for rows.Next() {
		var size int64
		must(c.t, rows.Scan(&size))
		sizes[size] = true
	}
	must(c.t, errors.Join(rows.Err(), rows.Close()))
	c.exec(`DELETE FROM checkpoints WHERE size > ?`, above)
	var f ledger.Frontier
	var previous int64
	must(c.t, c.db.QueryRow(`SELECT coalesce(max(size), 0) FROM checkpoints`).Scan(&previous))
	list := map[int64]string{}
	c.entries(func(e ledger.Entry) {
		f.Add(e.Bytes())
		if sizes[f.Size()] {
			text, err := ledger.Checkpoint{Origin: with.Name(), Size: f.Size(), Root: f.Root(), Previous: previous}.Sign(with)
			must(c.t, err)
			list[f.Size()] = string(text)
			previous = f.Size()
		}
	})
	for size, text := range list {
		c.exec(`INSERT INTO checkpoints (size, at, text) SELECT ?1, at, ?2 FROM ledger WHERE seq = ?1 - 1`, size, text)
	}
}

// resigned makes it all fit again with a key of one's own, which it names.
func (c *copied) resigned() {
	c.t.Helper()
	_, public, own := newKey(c.t)
	c.exec(`UPDATE ledger SET facts = ? WHERE act = 'signing-key'`, review.Facts{PublicKey: public}.String())
	c.rehash()
	c.resign(own, 0)
}

// loosely runs a statement while the table of the ledger takes values of any kind.
func (c *copied) loosely(query string, args ...any) {
	c.t.Helper()
	var text string
	must(c.t, c.db.QueryRow(`SELECT sql FROM sqlite_schema WHERE name = 'ledger'`).Scan(&text))
	exec(c.t, c.db, `PRAGMA writable_schema = ON`)
	for _, as := range []string{strings.TrimSuffix(text, "STRICT"), text} {
		c.exec(`UPDATE sqlite_schema SET sql = ? WHERE name = 'ledger'`, as)
		exec(c.t, c.db, `PRAGMA writable_schema = RESET`)
		exec(c.t, c.db, `PRAGMA writable_schema = ON`)
		if as != text {
			c.exec(query, args...)
		}
	}
}

// ownHash makes the leaf of an entry that of the entry as it is now.
func (c *copied) ownHash(seq int64) {
	c.t.Helper()
	var leaf tlog.Hash
	c.entries(func(e ledger.Entry) {
		if e.Seq == seq {
			leaf = tlog.RecordHash(e.Bytes())
		}
	})
	c.exec(`UPDATE ledger SET hashes = CAST(? || substr(hashes, 33) AS BLOB) WHERE seq = ?`, leaf[:], seq)
}

// cut takes entries away from one on, with everything that could tell of them.
func (c *copied) cut(from int64) {
	c.t.Helper()
	c.exec(`DELETE FROM ledger WHERE seq >= ?`, from)
	c.exec(`DELETE FROM checkpoints WHERE size > ?`, from)
}

// insertCopy puts in a copy of an entry at a place.
func (c *copied) insertCopy(at, of int64) {
	c.t.Helper()
	c.exec(`
		INSERT INTO ledger (seq, at, actor, name, role, recipient, snapshot, act, about, facts, content, sealed, text_sealed, hashes, version)
		SELECT ?, at, actor, name, role, recipient, snapshot, act, about, '{}', content, sealed, text_sealed, hashes, version
		FROM ledger
		WHERE seq = ?`, at, of)
}

// answer puts in an answer to an entry, behind the last one, so that everything fits.
func (c *copied) answer(what string, by int64, role string, about int64, snapshot string) {
	c.t.Helper()
	c.exec(`
		INSERT INTO ledger (seq, at, actor, name, role, recipient, snapshot, act, about, facts, content, sealed, hashes, version)
		SELECT ?1, (SELECT max(at) FROM ledger), ?2, (SELECT name FROM accounts WHERE id = ?2), ?3, recipient, iif(?4 = '', snapshot, randomblob(32)), ?5, ?6, '{}', x'', x'', x'', 2
		FROM ledger
		WHERE seq = ?6`, c.size, by, role, snapshot, what, about)
	c.rehash()
	c.checkpoint()
}

// account puts in an entry about an account, behind the last one, so that everything fits.
func (c *copied) account(f review.Facts) {
	c.t.Helper()
	c.exec(`
		INSERT INTO ledger (seq, at, actor, name, role, recipient, snapshot, act, about, facts, content, sealed, hashes, version)
		SELECT ?1, max(at), 0, '', '', '', x'', 'account', 0, ?2, x'', x'', x'', 2
		FROM ledger`, c.size, f.String())
	c.rehash()
	c.checkpoint()
}

// credentials is what the record has of how an account signs in.
func (c *copied) credentials(id int64) *account.Credentials {
	c.t.Helper()
	tx, err := c.db.Begin()
	must(c.t, err)
	defer tx.Rollback()
	known, err := store.KnownCredentials(c.t.Context(), tx, id)
	must(c.t, err)
	return known
}

// checkpoint signs the tree as it is now.
func (c *copied) checkpoint() {
	c.t.Helper()
	c.exec(`INSERT INTO checkpoints (size, at, text) SELECT max(seq) + 1, max(at), '' FROM ledger`)
	c.resign(c.signer, 0)
}

// renumber moves the entries from one on by some places.
func (c *copied) renumber(from, by int64) {
	c.t.Helper()
	c.exec(`UPDATE ledger SET seq = -seq WHERE seq >= ?`, from)
	c.exec(`UPDATE ledger SET seq = -seq + ? WHERE seq < 0`, by)
}

func (c *copied) verify(o store.VerifyOptions) (*store.Verification, error) {
	must(c.t, c.db.Close())
	o.Path = c.path
	return store.Verify(c.t.Context(), o)
}

// hash returns the digest of a text.
func sum(text []byte) []byte {
	s := sha256.Sum256(text)
	return s[:]
}

// anyEntry: which entry is the first that is wrong cannot be known. noEntry: none is.
const (
	anyEntry = "any"
	noEntry  = "none"
)

func TestTampering(t *testing.T) {
	t.Parallel()
	e := newEvidence(t)
	_, otherKey, _ := newKey(t)
	all := store.VerifyOptions{Checkpoints: [][]byte{e.old, e.last}, Public: []string{e.public}}
	alone, opened := store.VerifyOptions{}, store.VerifyOptions{DataKeyFile: e.keyFile}
	for i, test := range []struct {
		name string
		do   func(c *copied)
		with store.VerifyOptions
		want string // name of the first entry that is wrong
	}{
		// Every column of an entry.
		{"time", func(c *copied) { c.exec(`UPDATE ledger SET at = at + 1 WHERE seq = ?`, c.seq["note"]) }, alone, "note"},
		{"time runs backwards", func(c *copied) { c.exec(`UPDATE ledger SET at = 0 WHERE seq = ?`, c.seq["note"]) }, alone, "note"},
		{"time that is none", func(c *copied) { c.exec(`UPDATE ledger SET at = -1 WHERE seq = ?`, c.seq["note"]) }, alone, "note"},
		{"actor", func(c *copied) { c.exec(`UPDATE ledger SET actor = ? WHERE seq = ?`, c.sue.ID, c.seq["decision"]) }, alone, "decision"},
		{"name of the actor", func(c *copied) { c.exec(`UPDATE ledger SET name = 'Eve' WHERE seq = ?`, c.seq["decision"]) }, alone, "decision"},
		{"role of the actor", func(c *copied) { c.exec(`UPDATE ledger SET role = 'supervisor' WHERE seq = ?`, c.seq["decision"]) }, alone, "decision"},
		{"recipient", func(c *copied) {
			c.exec(`UPDATE ledger SET recipient = ? WHERE seq = ?`, c.id2.String(), c.seq["note"])
		}, alone, "note"},
		{"result", func(c *copied) {
			c.exec(`UPDATE ledger SET snapshot = (SELECT digest FROM fetches WHERE id = 1) WHERE seq = ?`, c.seq["decision"])
		}, alone, "decision"},
		{"no result", func(c *copied) { c.exec(`UPDATE ledger SET snapshot = x'' WHERE seq = ?`, c.seq["note"]) }, alone, "note"},
		{"act", func(c *copied) {
			c.exec(`UPDATE ledger SET act = 'second-disagreed' WHERE seq = ?`, c.seq["agreed"])
		}, alone, "agreed"},
		{"act as bytes", func(c *copied) {
			c.loosely(`UPDATE ledger SET act = CAST('note' AS BLOB) WHERE seq = ?`, c.seq["note"])
		}, alone, "note"},
		{"version", func(c *copied) { c.exec(`UPDATE ledger SET version = 1 WHERE seq = ?`, c.seq["note"]) }, alone, "note"},
		{"version that there is not", func(c *copied) { c.exec(`UPDATE ledger SET version = 9 WHERE seq = ?`, c.seq["note"]) }, alone, "note"},
		{"by how much its clock was behind", func(c *copied) { c.exec(`UPDATE ledger SET behind = 1 WHERE seq = ?`, c.seq["note"]) }, alone, "note"},
		{"by how much its clock was behind, hashed anew", func(c *copied) {
			c.exec(`UPDATE ledger SET behind = 1 WHERE seq = ?`, c.seq["tail"])
			c.rehash()
		}, alone, "tail"},
		{"version, hashed anew", func(c *copied) {
			c.exec(`UPDATE ledger SET version = 1 WHERE seq = ?`, c.seq["tail"])
			c.rehash()
		}, alone, "tail"},
		{"what it answers", func(c *copied) { c.exec(`UPDATE ledger SET about = 0 WHERE seq = ?`, c.seq["superseding"]) }, alone, "superseding"},
		{"facts", func(c *copied) {
			c.exec(`UPDATE ledger SET facts = replace(facts, 'approve', 'reject') WHERE seq = ?`, c.seq["decision"])
		}, alone, "decision"},
		{"form of the facts", func(c *copied) { c.exec(`UPDATE ledger SET facts = facts || ' ' WHERE seq = ?`, c.seq["note"]) }, alone, "note"},
		{"commitment", func(c *copied) {
			c.exec(`UPDATE ledger SET content = randomblob(32) WHERE seq = ?`, c.seq["note"])
		}, alone, "note"},
		{"no commitment", func(c *copied) { c.exec(`UPDATE ledger SET content = x'' WHERE seq = ?`, c.seq["note"]) }, alone, "note"},
		{"zeros for no commitment", func(c *copied) { c.exec(`UPDATE ledger SET content = zeroblob(32) WHERE seq = 0`) }, alone, "begun"},
		{"digest of the text", func(c *copied) {
			c.exec(`UPDATE ledger SET sealed = randomblob(32) WHERE seq = ?`, c.seq["note"])
		}, alone, "note"},
		{"text", func(c *copied) {
			c.exec(`UPDATE ledger SET text_sealed = CAST(text_sealed || x'00' AS BLOB) WHERE seq = ?`, c.seq["note"])
		}, alone, "note"},
		{"text and its digest", func(c *copied) {
			c.exec(`UPDATE ledger SET text_sealed = x'00', sealed = ? WHERE seq = ?`, sum([]byte{0}), c.seq["note"])
		}, alone, "note"},
		{"texts of two entries", func(c *copied) {
			exec(c.t, c.db, `CREATE TEMP TABLE both AS SELECT seq, text_sealed FROM ledger WHERE seq IN (?, ?)`, c.seq["note"], c.seq["note 2"])
			c.exec(`UPDATE ledger SET text_sealed = (SELECT text_sealed FROM both WHERE both.seq <> ledger.seq) WHERE seq IN (SELECT seq FROM both)`)
		}, alone, "note"},
		{"who the signer should be", func(c *copied) {
			c.exec(`UPDATE ledger SET text_sealed = (SELECT l.text_sealed FROM ledger AS l WHERE l.seq = ?) WHERE seq = ?`, c.seq["expected"], c.seq["expected again"])
		}, alone, "expected again"},
		{"who the signer should be, as before", func(c *copied) { c.exec(`DELETE FROM ledger WHERE seq = ?`, c.seq["expected again"]) }, alone, "expected again"},
		{"text that goes", func(c *copied) { c.exec(`UPDATE ledger SET text_sealed = NULL WHERE seq = ?`, c.seq["note 2"]) }, alone, "note 2"},
		{"texts that go", func(c *copied) { c.exec(`UPDATE ledger SET text_sealed = NULL WHERE recipient = ?`, c.id.String()) }, alone, "note"},
		{"text where there was none", func(c *copied) { c.exec(`UPDATE ledger SET text_sealed = x'00' WHERE seq = ?`, c.seq["role"]) }, alone, "role"},
		{"hashes", func(c *copied) {
			c.exec(`UPDATE ledger SET hashes = zeroblob(length(hashes)) WHERE seq = ?`, c.seq["note"])
		}, alone, "note"},
		{"hashes that are missing", func(c *copied) { c.exec(`UPDATE ledger SET hashes = x'' WHERE seq = ?`, c.seq["note"]) }, alone, "note"},
		{"hashes that are too many", func(c *copied) {
			c.exec(`UPDATE ledger SET hashes = CAST(hashes || randomblob(32) AS BLOB) WHERE seq = ?`, c.seq["note"])
		}, alone, "note"},
		{"a hash further up", func(c *copied) {
			c.exec(`UPDATE ledger SET hashes = CAST(substr(hashes, 1, 32) || randomblob(32) || substr(hashes, 65) AS BLOB) WHERE seq = 7`)
		}, alone, "seven"},
		{"entry and its own hash", func(c *copied) {
			c.exec(`UPDATE ledger SET name = 'Eve' WHERE seq = ?`, c.seq["disposition"])
			c.ownHash(c.seq["disposition"])
		}, alone, anyEntry},

		// Entries that go, come and move.
		{"entry in the middle", func(c *copied) { c.exec(`DELETE FROM ledger WHERE seq = ?`, c.seq["note"]) }, alone, "note"},
		{"entry in the middle, closed up", func(c *copied) {
			c.exec(`DELETE FROM ledger WHERE seq = ?`, c.seq["note"])
			c.renumber(c.seq["note"], -1)
		}, alone, "note"},
		{"first entry", func(c *copied) { c.exec(`DELETE FROM ledger WHERE seq = 0`) }, alone, "begun"},
		{"all entries", func(c *copied) { c.exec(`DELETE FROM ledger`) }, alone, "begun"},
		{"last entries", func(c *copied) { c.exec(`DELETE FROM ledger WHERE seq >= ?`, c.seq["erasure"]) }, alone, "erasure"},
		{"last entries with their checkpoints", func(c *copied) { c.cut(c.seq["export"]) }, all, "export"},
		{"entries change places", func(c *copied) {
			c.exec(`UPDATE ledger SET seq = -1 WHERE seq = ?`, c.seq["note"])
			c.exec(`UPDATE ledger SET seq = ? WHERE seq = ?`, c.seq["note"], c.seq["note 2"])
			c.exec(`UPDATE ledger SET seq = ? WHERE seq = -1`, c.seq["note 2"])
		}, alone, "note"},
		{"entry before the first", func(c *copied) { c.insertCopy(-1, c.seq["note"]) }, alone, "begun"},
		{"entry that is put in", func(c *copied) {
			c.renumber(c.seq["note 2"], 1)
			c.insertCopy(c.seq["note 2"], c.seq["note"])
		}, alone, "note 2"},
		{"entry behind a gap", func(c *copied) { c.insertCopy(c.size+1, c.seq["role"]) }, alone, "size"},
		{"a second beginning", func(c *copied) {
			c.insertCopy(c.size, 0)
			c.exec(`UPDATE ledger SET at = (SELECT max(at) FROM ledger) WHERE seq = ?`, c.size)
			c.rehash()
		}, alone, "size"},

		// Everything that follows is made to fit.
		{"changed, and hashed anew", func(c *copied) {
			c.exec(`UPDATE ledger SET name = 'Eve' WHERE seq = ?`, c.seq["note"])
			c.rehash()
		}, alone, anyEntry},
		{"changed, hashed anew, and between two checkpoints", func(c *copied) {
			c.exec(`UPDATE ledger SET name = 'Eve' WHERE seq = ?`, c.seq["agreed"])
			c.rehash()
		}, alone, "agreed"},
		{"changed, hashed anew, without later checkpoints", func(c *copied) {
			c.exec(`UPDATE ledger SET name = 'Eve' WHERE seq = ?`, c.seq["note"])
			c.rehash()
			c.exec(`DELETE FROM checkpoints`)
		}, all, anyEntry},
		{"decision undone, without its checkpoints", func(c *copied) {
			c.exec(`UPDATE ledger SET facts = replace(facts, 'approve', 'reject') WHERE seq = ?`, c.seq["proposed"])
			c.rehash()
			c.exec(`DELETE FROM checkpoints WHERE size > ?`, c.seq["proposed"])
		}, all, "behind old"},
		{"changed and signed anew, with the key", func(c *copied) {
			c.exec(`UPDATE ledger SET name = 'Eve' WHERE seq = ?`, c.seq["agreed"])
			c.rehash()
			c.resign(c.signer, 0)
		}, store.VerifyOptions{Checkpoints: [][]byte{e.old}}, anyEntry},
		{"changed and signed anew, with another key", func(c *copied) { c.resigned() }, store.VerifyOptions{Public: []string{e.public}}, "key"},
		{"changed and signed anew, with another key, beside a checkpoint", func(c *copied) { c.resigned() }, store.VerifyOptions{Checkpoints: [][]byte{e.old}}, "key"},
		{"changed and signed anew, with another key, beside both", func(c *copied) { c.resigned() }, all, "key"},
		{"another key from the middle on", func(c *copied) {
			_, public, signer := newKey(c.t)
			c.renumber(c.oldSize, 1)
			c.insertCopy(c.oldSize, c.seq["key"])
			c.exec(`UPDATE ledger SET facts = ?, at = (SELECT at FROM ledger WHERE seq = ?) WHERE seq = ?`, review.Facts{PublicKey: public}.String(), c.oldSize-1, c.oldSize)
			c.exec(`UPDATE ledger SET about = about + 1 WHERE about >= ?`, c.oldSize)
			c.exec(`UPDATE recipients SET decision = decision + 1 WHERE decision >= ?`, c.oldSize)
			c.rehash()
			c.exec(`UPDATE checkpoints SET size = -size WHERE size > ?`, c.oldSize)
			c.exec(`UPDATE checkpoints SET size = 1 - size WHERE size < 0`)
			c.resign(signer, c.oldSize)
		}, store.VerifyOptions{Public: []string{e.public}}, "behind old"},
		{"key that is not named", func(c *copied) {
			c.exec(`UPDATE ledger SET facts = ? WHERE seq = ?`, review.Facts{PublicKey: otherKey}.String(), c.seq["key"])
		}, alone, "key"},
		{"key that is no key", func(c *copied) {
			c.exec(`UPDATE ledger SET facts = '{}' WHERE seq = ?`, c.seq["key"])
			c.rehash()
		}, alone, noEntry},

		// Checkpoints.
		{"root of a checkpoint", func(c *copied) {
			c.exec(`UPDATE checkpoints SET text = replace(text, substr(text, instr(text, char(10)) + 4, 5), 'AAAAA') WHERE size = ?`, c.oldSize)
		}, alone, noEntry},
		{"size of a checkpoint", func(c *copied) { c.exec(`UPDATE checkpoints SET size = size + 1 WHERE size = ?`, c.oldSize) }, alone, anyEntry},
		{"signature of a checkpoint", func(c *copied) {
			c.exec(`UPDATE checkpoints SET text = substr(text, 1, length(text) - 6) || 'AAAA=' || char(10) WHERE size = ?`, c.oldSize)
		}, alone, noEntry},
		{"time of a checkpoint", func(c *copied) { c.exec(`UPDATE checkpoints SET at = at + 1 WHERE size = ?`, c.oldSize) }, alone, noEntry},
		{"checkpoints change places", func(c *copied) {
			c.exec(`UPDATE checkpoints SET text = (SELECT text FROM checkpoints AS c WHERE c.size = ?) WHERE size = ?`, c.oldSize, c.seq["last access"]+1)
		}, alone, noEntry},
		{"checkpoint from the middle", func(c *copied) { c.exec(`DELETE FROM checkpoints WHERE size = ?`, c.oldSize) }, alone, noEntry},
		{"checkpoint that was kept elsewhere", func(c *copied) { c.exec(`DELETE FROM checkpoints WHERE size = ?`, c.seq["last access"]+1) }, all, noEntry},
		{"all checkpoints", func(c *copied) { c.exec(`DELETE FROM checkpoints`) }, all, noEntry},
		{"checkpoint of more than there is", func(c *copied) {
			c.exec(`INSERT INTO checkpoints (size, at, text) SELECT ?, at, text FROM checkpoints WHERE size = ?`, c.size+1, c.oldSize)
		}, alone, "size"},
		{"checkpoint that was put in, with the key", func(c *copied) {
			var f ledger.Frontier
			var root ledger.Root
			c.entries(func(e ledger.Entry) {
				if f.Add(e.Bytes()); f.Size() == c.oldSize+1 {
					root = f.Root()
				}
			})
			text, err := ledger.Checkpoint{Origin: c.signer.Name(), Size: c.oldSize + 1, Root: root, Previous: c.oldSize}.Sign(c.signer)
			must(c.t, err)
			c.exec(`INSERT INTO checkpoints (size, at, text) SELECT seq + 1, at, ? FROM ledger WHERE seq = ?`, string(text), c.oldSize)
		}, alone, noEntry},
		{"checkpoint that nobody signed", func(c *copied) {
			c.exec(`INSERT INTO checkpoints (size, at, text) VALUES (3, 0, 'countersign')`)
		}, alone, noEntry},

		// Results.
		{"body of a result", func(c *copied) {
			c.exec(`UPDATE snapshots SET body = CAST(substr(body, 1, length(body) - 4) || randomblob(4) AS BLOB) WHERE recipient = ?`, c.id2.String())
		}, alone, "export"},
		{"body that goes", func(c *copied) { c.exec(`UPDATE snapshots SET body = x'' WHERE recipient = ?`, c.id2.String()) }, alone, "export"},
		{"body and digest", func(c *copied) {
			body := []byte(`{"state":"COMPLETED"}`)
			c.exec(`UPDATE snapshots SET body = ?, digest = ? WHERE recipient = ?`, body, sum(body), c.id2.String())
		}, alone, anyEntry},
		{"bodies change places", func(c *copied) {
			c.exec(`UPDATE snapshots SET body = (SELECT body FROM snapshots WHERE recipient = ?) WHERE recipient = ?`, c.id2.String(), c.id.String())
		}, alone, "note"},
		{"result that goes", func(c *copied) { c.exec(`DELETE FROM snapshots WHERE recipient = ?`, c.id2.String()) }, alone, "export"},
		{"result that nobody fetched", func(c *copied) {
			c.exec(`INSERT INTO snapshots (recipient, digest, body) VALUES (?, ?, x'7b7d')`, c.id.String(), sum([]byte("{}")))
		}, alone, noEntry},
		{"result of another", func(c *copied) {
			c.exec(`UPDATE snapshots SET recipient = ? WHERE recipient = ?`, c.id.String(), c.id2.String())
		}, alone, "export"},

		// Fetches and accesses.
		{"account of a fetch", func(c *copied) { c.exec(`UPDATE fetches SET account = ? WHERE id = 1`, c.sue.ID) }, alone, "fetches of ann"},
		{"time of a fetch", func(c *copied) { c.exec(`UPDATE fetches SET at = at + 1 WHERE id = 1`) }, alone, "fetches of ann"},
		{"run of a fetch", func(c *copied) { c.exec(`UPDATE fetches SET run = 3 WHERE id = 3`) }, alone, anyEntry},
		{"failure of a fetch", func(c *copied) { c.exec(`UPDATE fetches SET failure = 'forbidden' WHERE id = 2`) }, alone, anyEntry},
		{"failure of a fetch in no entry yet", func(c *copied) { c.exec(`UPDATE fetches SET run = 1 WHERE id = 8`) }, alone, noEntry},
		{"fetch that goes", func(c *copied) { c.exec(`DELETE FROM fetches WHERE id = 2`) }, alone, anyEntry},
		{"fetch that is put in", func(c *copied) {
			c.exec(`INSERT INTO fetches (id, recipient, at, account, failure) VALUES (0, ?, 0, 1, 'timeout')`, c.id.String())
		}, alone, noEntry},
		{"last fetch", func(c *copied) { c.exec(`DELETE FROM fetches WHERE id = 8`) }, alone, noEntry},
		{"who saw", func(c *copied) { c.exec(`UPDATE access_log SET account = ? WHERE id = 1`, c.sue.ID) }, alone, "first access"},
		{"what was seen", func(c *copied) { c.exec(`UPDATE access_log SET what = 'json' WHERE id = 1`) }, alone, "first access"},
		{"when it was seen", func(c *copied) { c.exec(`UPDATE access_log SET at = at + 1 WHERE id = 1`) }, alone, "first access"},
		{"part that was seen", func(c *copied) { c.exec(`UPDATE access_log SET part = part || char(0) || 'x' WHERE id = 2`) }, alone, "second access"},
		{"part and hits", func(c *copied) { c.exec(`UPDATE access_log SET part = 'check|1 to', hits = '2 of 2' WHERE id = 3`) }, alone, anyEntry},
		{"medium that was seen", func(c *copied) {
			c.exec(`UPDATE access_log SET medium = '1ebfcc7c-9d31-4d2c-8a4b-3f6b0e1d2c3a' WHERE id = 1`)
		}, alone, "first access"},
		{"digest that was seen", func(c *copied) { c.exec(`UPDATE access_log SET sha256 = zeroblob(32) WHERE id = 1`) }, alone, "first access"},
		{"access that goes", func(c *copied) { c.exec(`DELETE FROM access_log WHERE id = 1`) }, alone, "first access"},
		{"accesses that go", func(c *copied) { c.exec(`DELETE FROM access_log`) }, alone, "first access"},
		{"accesses change places", func(c *copied) {
			c.exec(`UPDATE access_log SET id = -1 WHERE id = 1`)
			c.exec(`UPDATE access_log SET id = 1 WHERE id = 2`)
			c.exec(`UPDATE access_log SET id = 2 WHERE id = -1`)
		}, alone, "first access"},
		{"access that is put in", func(c *copied) {
			c.exec(`INSERT INTO access_log (id, at, account, recipient, digest, what) SELECT -1, at, account, recipient, digest, what FROM access_log WHERE id = 1`)
		}, alone, noEntry},
		{"access in no entry yet goes", func(c *copied) { c.exec(`DELETE FROM access_log WHERE id = ?`, c.rows+1) }, alone, noEntry},
		{"last access goes", func(c *copied) { c.exec(`DELETE FROM access_log WHERE id = ?`, c.rows+3) }, alone, noEntry},
		{"next ID", func(c *copied) { c.exec(`UPDATE sqlite_sequence SET seq = 1 WHERE name = 'access_log'`) }, alone, noEntry},

		// Sign-ins.
		{"who signed in", func(c *copied) { c.exec(`UPDATE sign_ins SET account = ? WHERE id = 1`, c.sue.ID) }, alone, "sign-ins of ann"},
		{"when somebody signed in", func(c *copied) { c.exec(`UPDATE sign_ins SET at = at + 1 WHERE id = 1`) }, alone, "sign-ins of ann"},
		{"what it was", func(c *copied) { c.exec(`UPDATE sign_ins SET event = 'sign-out' WHERE id = 1`) }, alone, "sign-ins of ann"},
		{"how a second factor ended", func(c *copied) { c.exec(`UPDATE sign_ins SET outcome = 'success' WHERE id = 2`) }, alone, "sign-in of bob"},
		{"how somebody signed in", func(c *copied) { c.exec(`UPDATE sign_ins SET reason = 'passkey' WHERE id = 1`) }, alone, "sign-ins of ann"},
		{"session that was begun", func(c *copied) { c.exec(`UPDATE sign_ins SET session = '' WHERE id = 1`) }, alone, "sign-ins of ann"},
		{"how many sign-ins", func(c *copied) { c.exec(`UPDATE sign_ins SET count = 2 WHERE id = 2`) }, alone, "sign-in of bob"},
		{"line of a sign-in", func(c *copied) { c.exec(`UPDATE sign_ins SET line = zeroblob(32) WHERE id = 1`) }, alone, "sign-ins of ann"},
		{"sign-in after another entry", func(c *copied) { c.exec(`UPDATE sign_ins SET after_entry = 1 WHERE id = 1`) }, alone, "sign-ins of ann"},
		{"sign-in that goes", func(c *copied) {
			c.exec(`UPDATE security_events SET sign_in = NULL WHERE sign_in = 1`)
			c.exec(`DELETE FROM sign_ins WHERE id = 1`)
		}, alone, "sign-ins of ann"},
		{"sign-in that was put in later", func(c *copied) {
			c.exec(`INSERT INTO sign_ins (id, at, account, event, outcome, reason, session, count, line) SELECT -1, at, account, event, outcome, reason, session, count, line FROM sign_ins WHERE id = 1`)
		}, alone, noEntry},
		{"last sign-in goes", func(c *copied) {
			c.exec(`DELETE FROM security_events WHERE sign_in = 4`)
			c.exec(`DELETE FROM sign_ins WHERE id = 4`)
		}, alone, noEntry},
		{"from where somebody signed in", func(c *copied) { c.exec(`UPDATE security_events SET address = '198.51.100.1' WHERE sign_in = 1`) }, alone, noEntry},
		{"event of another sign-in", func(c *copied) { c.exec(`UPDATE security_events SET sign_in = 3 WHERE sign_in = 1`) }, alone, noEntry},
		{"event that is no sign-in", func(c *copied) { c.exec(`UPDATE security_events SET sign_in = NULL WHERE sign_in = 1`) }, alone, noEntry},

		// Copies of media.
		{"copy of what nobody saw", func(c *copied) {
			c.exec(`
				INSERT INTO sealed_media (recipient, medium, sha256, at, body)
				VALUES (?, '1ebfcc7c-9d31-4d2c-8a4b-3f6b0e1d2c3b', zeroblob(32), 0, x'00')`, c.id.String())
		}, alone, noEntry},
		{"when a copy was made", func(c *copied) { c.exec(`UPDATE sealed_media SET at = at + 1`) }, alone, noEntry},
		{"copy of a medium of an erased recipient", func(c *copied) {
			c.exec(`UPDATE sealed_media SET recipient = ?`, c.erased.String())
		}, alone, noEntry},

		// Accounts.
		{"name of an account", func(c *copied) { c.exec(`UPDATE accounts SET name = 'Eve' WHERE name = 'Ann'`) }, alone, noEntry},
		{"name to sign in with", func(c *copied) { c.exec(`UPDATE accounts SET name_key = 'eve' WHERE name = 'Ann'`) }, alone, noEntry},
		{"role of an account", func(c *copied) { c.exec(`UPDATE accounts SET role = 'admin' WHERE name = 'Ann'`) }, alone, noEntry},
		{"account that was disabled", func(c *copied) { c.exec(`UPDATE accounts SET disabled_at = NULL WHERE name = 'Gone'`) }, alone, noEntry},
		{"account that is disabled", func(c *copied) { c.exec(`UPDATE accounts SET disabled_at = -1 WHERE name = 'Ann'`) }, alone, noEntry},
		{"when it was disabled", func(c *copied) { c.exec(`UPDATE accounts SET disabled_at = disabled_at - 1 WHERE name = 'Gone'`) }, alone, noEntry},
		{"when it was made", func(c *copied) { c.exec(`UPDATE accounts SET created_at = created_at - 1 WHERE name = 'Sue'`) }, alone, noEntry},
		{"account that nobody made", func(c *copied) {
			c.exec(`INSERT INTO accounts (name, name_key, role, password, created_at) VALUES ('Eve', 'eve', 'admin', '', 0)`)
		}, alone, noEntry},
		{"password", func(c *copied) { c.exec(`UPDATE accounts SET password = 'planted' WHERE name = 'Ann'`) }, alone, noEntry},
		{"password of an account that is disabled", func(c *copied) {
			c.exec(`UPDATE accounts SET password = 'planted' WHERE name = 'Gone'`)
		}, alone, noEntry},
		{"password that was chosen by a link", func(c *copied) { c.exec(`UPDATE accounts SET password = 'hash' WHERE name = 'Lin'`) }, alone, noEntry},
		{"passwords change places", func(c *copied) {
			c.exec(`UPDATE accounts SET password = (SELECT password FROM accounts AS a WHERE a.name = 'Lin') WHERE name = 'Ann'`)
		}, alone, noEntry},
		{"link that nobody made", func(c *copied) {
			c.exec(`INSERT INTO password_links (account, token_hash, until) VALUES (1, zeroblob(32), 9999999999999)`)
		}, alone, noEntry},
		{"token of a link", func(c *copied) { c.exec(`UPDATE password_links SET token_hash = zeroblob(32)`) }, alone, noEntry},
		{"end of a link", func(c *copied) { c.exec(`UPDATE password_links SET until = until + 1`) }, alone, noEntry},
		{"link of another account", func(c *copied) { c.exec(`UPDATE password_links SET account = 1`) }, alone, noEntry},
		{"link that goes", func(c *copied) { c.exec(`DELETE FROM password_links`) }, alone, noEntry},
		{"account that goes", func(c *copied) { c.exec(`DELETE FROM accounts WHERE name = 'Gone'`) }, alone, noEntry},

		// Recipients.
		{"recipient that goes", func(c *copied) { c.exec(`DELETE FROM recipients WHERE id = ?`, c.id2.String()) }, alone, "reset"},
		{"newest result", func(c *copied) { c.exec(`UPDATE recipients SET newest = 1 WHERE id = ?`, c.id.String()) }, alone, noEntry},
		{"state", func(c *copied) { c.exec(`UPDATE recipients SET state = 'ONGOING' WHERE id = ?`, c.id.String()) }, opened, noEntry},
		{"whether it is final", func(c *copied) { c.exec(`UPDATE recipients SET final = 1 - final WHERE id = ?`, c.id.String()) }, opened, noEntry},
		{"newest decision", func(c *copied) { c.exec(`UPDATE recipients SET decision = NULL WHERE id = ?`, c.id.String()) }, alone, noEntry},
		{"verdict", func(c *copied) { c.exec(`UPDATE recipients SET verdict = 'reject' WHERE id = ?`, c.id.String()) }, alone, noEntry},
		{"where the decision stands", func(c *copied) {
			c.exec(`UPDATE recipients SET decided = 'confirmed' WHERE id = ?`, c.id2.String())
		}, alone, noEntry},
		{"whether the result changed", func(c *copied) { c.exec(`UPDATE recipients SET changed = 0 WHERE id = ?`, c.id.String()) }, alone, noEntry},
		{"referral", func(c *copied) { c.exec(`UPDATE recipients SET referred = 0 WHERE id = ?`, c.id.String()) }, alone, noEntry},
		{"data key", func(c *copied) { c.exec(`UPDATE recipients SET data_key = x'' WHERE id = ?`, c.id.String()) }, alone, noEntry},

		// What is sealed, with the data key.
		{"data key of another recipient", func(c *copied) {
			c.exec(`UPDATE recipients SET data_key = (SELECT data_key FROM recipients WHERE id = ?) WHERE id = ?`, c.id.String(), c.id2.String())
		}, opened, noEntry},
		{"data key of nobody", func(c *copied) {
			c.exec(`UPDATE recipients SET data_key = randomblob(length(data_key)) WHERE id = ?`, c.id2.String())
		}, opened, noEntry},
		{"data key that was made with the key", func(c *copied) {
			made, err := store.SealedDataKey(c.keyFile, c.id, strings.Repeat("k", 32))
			must(c.t, err)
			c.exec(`UPDATE recipients SET data_key = ? WHERE id = ?`, made, c.id.String())
		}, opened, "note"},
		{"fingerprint of the data key", func(c *copied) {
			c.exec(`UPDATE facts SET value = randomblob(32) WHERE name = 'data key fingerprint'`)
		}, alone, noEntry},
		{"fingerprint of the data key, with the key", func(c *copied) {
			c.exec(`UPDATE facts SET value = randomblob(32) WHERE name = 'data key fingerprint'`)
		}, opened, noEntry},
		{"fingerprint that goes", func(c *copied) { c.exec(`DELETE FROM facts`) }, alone, noEntry},
		{"fact that is put in", func(c *copied) { c.exec(`INSERT INTO facts (name, value) VALUES ('a fact of nobody', x'01')`) }, alone, noEntry},
		{"draft", func(c *copied) { c.exec(`UPDATE drafts SET text = randomblob(60)`) }, opened, noEntry},
		{"choice of a draft", func(c *copied) { c.exec(`UPDATE drafts SET choice = randomblob(60)`) }, opened, noEntry},
		{"copy of a medium", func(c *copied) { c.exec(`UPDATE sealed_media SET body = randomblob(60)`) }, opened, noEntry},
		{"copy of another medium", func(c *copied) {
			var wrapped []byte
			must(c.t, c.db.QueryRow(`SELECT data_key FROM recipients WHERE id = ?`, c.id2.String()).Scan(&wrapped))
			another, err := store.SealedCopy(c.keyFile, c.id2, wrapped, mustMedium(c.t, "1ebfcc7c-9d31-4d2c-8a4b-3f6b0e1d2c3a"), sha256.Sum256([]byte("picture")), "another")
			must(c.t, err)
			c.exec(`UPDATE sealed_media SET body = ?`, another)
		}, opened, noEntry},
		{"to whom a case is referred", func(c *copied) {
			c.exec(`UPDATE recipients SET referred = ? WHERE id = ?`, c.ann.ID, c.referred.String())
		}, opened, noEntry},

		// What was written into the file, and goes on record with the next act.
		{"role that goes along", func(c *copied) {
			c.account(review.Facts{Account: c.ann.ID, AccountName: "Ann", AccountChange: "acknowledged", Role: "admin", Credentials: c.credentials(c.ann.ID)})
			c.exec(`UPDATE accounts SET role = 'admin' WHERE name = 'Ann'`)
		}, alone, "size"},
		{"password that goes along", func(c *copied) {
			c.account(review.Facts{Account: c.ann.ID, AccountName: "Ann", AccountChange: "role", Role: "reviewer", Credentials: &account.Credentials{Password: account.PasswordDigest("planted")}})
			c.exec(`UPDATE accounts SET password = 'planted' WHERE name = 'Ann'`)
		}, alone, "size"},
		{"passkey", func(c *copied) {
			c.exec(`INSERT INTO passkeys (account, credential_id, credential, sign_count, name, created_at) VALUES (?, x'0102', '{}', 0, 'mine', 0)`, c.ann.ID)
		}, alone, noEntry},
		{"authenticator app", func(c *copied) {
			c.exec(`INSERT INTO code_secrets (account, data_key, sealed, created_at, confirmed_at, last_step) VALUES (?, x'01', x'0102', 0, 1, 0)`, c.ann.ID)
		}, alone, noEntry},
		{"recovery code", func(c *copied) {
			c.exec(`INSERT INTO recovery_codes (account, code_hash) VALUES (?, zeroblob(32))`, c.ann.ID)
		}, alone, noEntry},
		{"identity at the company's sign-in", func(c *copied) {
			c.exec(`INSERT INTO identities (account, issuer, subject, bound_at) VALUES (?, 'https://login.example', 'eve', 0)`, c.ann.ID)
		}, alone, noEntry},
		{"account for emergencies", func(c *copied) {
			c.exec(`INSERT INTO break_glass (account, made_at) VALUES (?, 0)`, c.ann.ID)
		}, alone, noEntry},
		{"factors that go along", func(c *copied) {
			with := *c.credentials(c.ann.ID)
			with.Factors = account.FactorsDigest([]string{account.PasskeyFact([]byte{1, 2}, "{}")})
			c.account(review.Facts{Account: c.ann.ID, AccountName: "Ann", AccountChange: "password", Role: "reviewer", Credentials: &with})
			c.exec(`INSERT INTO passkeys (account, credential_id, credential, sign_count, name, created_at) VALUES (?, x'0102', '{}', 0, 'mine', 0)`, c.ann.ID)
		}, alone, "size"},
		{"role that goes along with a hash", func(c *copied) {
			with := *c.credentials(c.ann.ID)
			with.Password = account.PasswordDigest("planted")
			c.account(review.Facts{Account: c.ann.ID, AccountName: "Ann", AccountChange: "password-rehashed", Role: "admin", Credentials: &with})
			c.exec(`UPDATE accounts SET password = 'planted', role = 'admin' WHERE name = 'Ann'`)
		}, alone, "size"},
		{"link that goes along with a hash", func(c *copied) {
			with := *c.credentials(c.ann.ID)
			with.Password, with.Link = account.PasswordDigest("planted"), account.LinkDigest([32]byte{}, time.UnixMilli(9999999999999))
			c.account(review.Facts{Account: c.ann.ID, AccountName: "Ann", AccountChange: "password-rehashed", Role: "reviewer", Credentials: &with})
			c.exec(`UPDATE accounts SET password = 'planted' WHERE name = 'Ann'`)
			c.exec(`INSERT INTO password_links (account, token_hash, until) VALUES (?, zeroblob(32), 9999999999999)`, c.ann.ID)
		}, alone, "size"},
		{"factor that goes along with a hash", func(c *copied) {
			with := *c.credentials(c.ann.ID)
			with.Password, with.Factors = account.PasswordDigest("planted"), account.FactorsDigest([]string{account.RecoveryFact(make([]byte, 32))})
			c.account(review.Facts{Account: c.ann.ID, AccountName: "Ann", AccountChange: "password-rehashed", Role: "reviewer", Credentials: &with})
			c.exec(`UPDATE accounts SET password = 'planted' WHERE name = 'Ann'`)
			c.exec(`INSERT INTO recovery_codes (account, code_hash) VALUES (?, zeroblob(32))`, c.ann.ID)
		}, alone, "size"},
		{"password that is no longer on record", func(c *copied) {
			c.account(review.Facts{Account: c.ann.ID, AccountName: "Ann", AccountChange: "role", Role: "reviewer"})
			c.exec(`UPDATE accounts SET password = 'planted' WHERE name = 'Ann'`)
		}, alone, "size"},
		{"account that acted, and is gone", func(c *copied) {
			c.exec(`INSERT INTO accounts (id, name, name_key, role, password, created_at) VALUES (99, 'Eve', 'eve', 'reviewer', '', 0)`)
			c.answer("withdrawn", 99, "supervisor", c.seq["proposed"], "")
			c.exec(`DELETE FROM accounts WHERE id = 99`)
		}, alone, "size"},

		// Erasures.
		{"erasure that nobody recorded", func(c *copied) {
			c.exec(`UPDATE ledger SET text_sealed = NULL WHERE recipient = ?`, c.id2.String())
			c.exec(`UPDATE snapshots SET body = x'' WHERE recipient = ?`, c.id2.String())
			c.exec(`UPDATE recipients SET data_key = x'', erased_at = 1 WHERE id = ?`, c.id2.String())
		}, alone, "reset"},
		{"erasure that is taken back", func(c *copied) { c.exec(`DELETE FROM ledger WHERE seq = ?`, c.seq["erasure"]) }, alone, "erasure"},
		{"time of an erasure", func(c *copied) {
			c.exec(`UPDATE recipients SET erased_at = erased_at + 1 WHERE id = ?`, c.erased.String())
		}, alone, noEntry},
		{"said not to be erased", func(c *copied) { c.exec(`UPDATE recipients SET erased_at = NULL WHERE id = ?`, c.erased.String()) }, alone, noEntry},
		{"said to be erased", func(c *copied) { c.exec(`UPDATE recipients SET erased_at = 1 WHERE id = ?`, c.id.String()) }, alone, noEntry},
		{"text of an erased recipient", func(c *copied) {
			c.exec(`UPDATE ledger SET text_sealed = x'00' WHERE seq = ?`, c.seq["erased note"])
		}, alone, "erased note"},
		{"result of an erased recipient", func(c *copied) { c.exec(`UPDATE snapshots SET body = x'7b7d' WHERE recipient = ?`, c.erased.String()) }, alone, "erasure"},
		{"key of an erased recipient", func(c *copied) {
			c.exec(`UPDATE recipients SET data_key = (SELECT data_key FROM recipients WHERE id = ?) WHERE id = ?`, c.id.String(), c.erased.String())
		}, alone, "erasure"},
		{"draft about an erased recipient", func(c *copied) {
			c.exec(`INSERT INTO drafts (author, recipient, saved_at, text) VALUES (1, ?, 0, x'00')`, c.erased.String())
		}, alone, noEntry},

		// What the schema refuses, in entries that no checkpoint covers.
		{"second review by the author", func(c *copied) { c.answer("second-agreed", c.ann.ID, "supervisor", c.seq["proposed"], "") }, alone, "size"},
		{"second review by a reviewer", func(c *copied) { c.answer("second-agreed", 2, "reviewer", c.seq["proposed"], "") }, alone, "size"},
		{"second review of another result", func(c *copied) { c.answer("second-agreed", c.sue.ID, "supervisor", c.seq["proposed"], "other") }, alone, "size"},
		{"a second answer", func(c *copied) {
			exec(c.t, c.db, `DROP INDEX ledger_second`)
			c.answer("second-disagreed", c.sue.ID, "supervisor", c.seq["disagreed"]-1, "")
		}, alone, "size"},
		{"second review that nobody awaited", func(c *copied) { c.answer("second-agreed", c.sue.ID, "supervisor", c.seq["referral"], "") }, alone, "size"},
		{"withdrawal of what was withdrawn", func(c *copied) {
			exec(c.t, c.db, `DROP INDEX ledger_withdrawn`)
			c.answer("withdrawn", c.sue.ID, "supervisor", c.seq["superseding"], "")
		}, alone, "size"},
		{"withdrawal by somebody else", func(c *copied) { c.answer("withdrawn", 2, "reviewer", c.seq["proposed"], "") }, alone, "size"},
		{"answer to no decision", func(c *copied) { c.answer("withdrawn", 2, "reviewer", c.seq["reset"], "") }, alone, "size"},
		{"decision in the place of one that was withdrawn", func(c *copied) {
			c.answer("decision", c.ann.ID, "reviewer", c.seq["superseding"], "")
		}, alone, "size"},
		{"decision beside the one that stands", func(c *copied) {
			c.exec(`
				INSERT INTO ledger (seq, at, actor, name, role, recipient, snapshot, act, about, facts, content, sealed, hashes, version)
				SELECT ?1, (SELECT max(at) FROM ledger), actor, name, role, recipient, snapshot, 'decision', 0, '{}', x'', x'', x'', 2
				FROM ledger
				WHERE seq = ?2`, c.size, c.seq["proposed"])
			c.rehash()
			c.checkpoint()
		}, alone, "size"},
		{"reset that ends twice", func(c *copied) {
			exec(c.t, c.db, `DROP INDEX ledger_reset_ended`)
			c.answer("reset-ended", 2, "reviewer", c.seq["reset"], "")
		}, alone, "size"},

		{"expected signer in the place of one that was replaced", func(c *copied) {
			c.answer("expected-set", c.ann.ID, "reviewer", c.seq["expected"], "")
		}, alone, "size"},
		{"expected signer that is cleared where none stood", func(c *copied) {
			c.answer("expected-cleared", c.ann.ID, "reviewer", c.seq["note"], "")
		}, alone, "size"},

		// The schema. A trigger that is missing is put back by nobody here.
		{"trigger that does nothing", func(c *copied) {
			exec(c.t, c.db, `CREATE TRIGGER ledger_is_read AFTER INSERT ON ledger BEGIN SELECT 1; END`)
		}, alone, noEntry},
		{"index that is missing", func(c *copied) { exec(c.t, c.db, `DROP INDEX ledger_second`) }, alone, noEntry},
		{"index that leaves entries out", func(c *copied) {
			var text string
			must(c.t, c.db.QueryRow(`SELECT sql FROM sqlite_schema WHERE name = 'ledger_by_actor'`).Scan(&text))
			exec(c.t, c.db, `PRAGMA writable_schema = ON`)
			c.exec(`UPDATE sqlite_schema SET sql = ? WHERE name = 'ledger_by_actor'`, text+` WHERE act <> 'decision'`)
			exec(c.t, c.db, `PRAGMA writable_schema = RESET`)
			exec(c.t, c.db, `REINDEX ledger_by_actor`)
			exec(c.t, c.db, `PRAGMA writable_schema = ON`)
			c.exec(`UPDATE sqlite_schema SET sql = ? WHERE name = 'ledger_by_actor'`, text)
			exec(c.t, c.db, `PRAGMA writable_schema = RESET`)
		}, alone, noEntry},
		{"table more", func(c *copied) { exec(c.t, c.db, `CREATE TABLE more (x)`) }, alone, noEntry},
		{"column more", func(c *copied) { exec(c.t, c.db, `ALTER TABLE accounts ADD COLUMN more TEXT`) }, alone, noEntry},
	} {
		if testing.Short() && i%5 != 0 {
			continue
		}
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := e.copy(t)
			c.free(func() { test.do(c) })
			_, err := c.verify(test.with)
			wantErr(t, err, ledger.ErrBroken)
			t.Log(err)
			var broken *ledger.Broken
			found := errors.As(err, &broken)
			switch seq, known := e.seq[test.want]; {
			case test.want == anyEntry:
			case test.want == noEntry && found:
				t.Errorf("it blames entry %d: %v", broken.Seq, err)
			case test.want == noEntry:
			case !known:
				t.Fatalf("no entry is called %s", test.want)
			case !found || broken.Seq != seq:
				t.Errorf("it does not blame entry %d: %v", seq, err)
			}
		})
	}
}

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
