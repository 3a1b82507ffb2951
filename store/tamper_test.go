package store_test

import (
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"countersign/internal/account"
	"countersign/internal/ledger"
	"countersign/internal/postgrestest"
	"countersign/internal/review"
	"countersign/store"
)

// copied is a copy of the database on which somebody is at work.
type copied struct {
	*evidence
	t      testing.TB
	path   string          // of a file of SQLite's
	in     *store.Postgres // a database of PostgreSQL's in its place
	db     *sql.DB
	spoilt string // what was changed, if it was by chance
}

func (e *evidence) copy(t testing.TB) *copied {
	t.Helper()
	if postgrestest.Chosen() {
		return e.copyPostgres(t)
	}
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
	result, err := c.db.Exec(tampering(query), args...)
	must(c.t, err)
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		c.t.Fatalf("%s changed nothing (%v)", query, err)
	}
}

// free takes the triggers away while something is done, and puts them back.
func (c *copied) free(do func()) {
	c.t.Helper()
	if postgrestest.Chosen() {
		c.freePostgres(do)
		return
	}
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
	rows, err := c.db.Query(tampering(`SELECT size FROM checkpoints WHERE size > ?`), above)
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
	o.Path, o.Postgres = c.path, c.in
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
	untouched := e.copy(t)
	untouched.free(func() {})
	_, err := untouched.verify(all)
	must(t, err)
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
			exec(c.t, c.db, tampering(`CREATE TEMP TABLE pair AS SELECT seq, text_sealed FROM ledger WHERE seq IN (?, ?)`), c.seq["note"], c.seq["note 2"])
			c.exec(`UPDATE ledger SET text_sealed = (SELECT text_sealed FROM pair WHERE pair.seq <> ledger.seq) WHERE seq IN (SELECT seq FROM pair)`)
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
			c.exec(`INSERT INTO accounts (id, name, name_key, role, password, created_at) VALUES (99, 'Eve', 'eve', 'admin', '', 0)`)
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
			must(c.t, c.db.QueryRow(tampering(`SELECT data_key FROM recipients WHERE id = ?`), c.id2.String()).Scan(&wrapped))
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
			c.exec(`INSERT INTO passkeys (id, account, credential_id, credential, sign_count, name, created_at) VALUES (1, ?, x'0102', '{}', 0, 'mine', 0)`, c.ann.ID)
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
			c.exec(`INSERT INTO passkeys (id, account, credential_id, credential, sign_count, name, created_at) VALUES (1, ?, x'0102', '{}', 0, 'mine', 0)`, c.ann.ID)
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
			exec(c.t, c.db, triggerThatDoesNothing())
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
		{"table more", func(c *copied) { exec(c.t, c.db, `CREATE TABLE more (x TEXT)`) }, alone, noEntry},
		{"column more", func(c *copied) { exec(c.t, c.db, `ALTER TABLE accounts ADD COLUMN more TEXT`) }, alone, noEntry},
	} {
		if testing.Short() && i%5 != 0 || postgrestest.Chosen() && slices.Contains(notOnPostgres, test.name) {
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

// A row that is taken off the end leaves a gap, also when others came after it.
func TestRowsTakenOffTheEndLeaveAGap(t *testing.T) {
	t.Parallel()
	c := newEvidence(t).copy(t)
	last := c.rows + 3
	c.free(func() { c.exec(`DELETE FROM access_log WHERE id = ?`, last) })
	must(t, c.db.Close())
	s := mustOpen(t, store.Options{Path: c.path, Postgres: c.in, DataKeyFile: c.keyFile})
	must(t, s.KeepAccess(t.Context(), review.Access{At: after(500), Who: c.ann, Recipient: c.id, What: review.AccessResult}))
	must(t, s.Close())

	_, err := store.Verify(t.Context(), store.VerifyOptions{Path: c.path, Postgres: c.in})
	want := fmt.Sprintf("row %d stands where row %d should", last+1, last)
	var found *store.Inconsistency
	if !errors.As(err, &found) || found.Where != "access_log" || !strings.Contains(err.Error(), want) {
		t.Errorf("%v, want %s", err, want)
	}
}
