package store_test

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"countersign/internal/account"
	"countersign/internal/idv"
	"countersign/internal/ledger"
	"countersign/internal/postgrestest"
	"countersign/store"
)

// copyTest is a desk in a file and an empty schema, between which it is copied.
type copyTest struct {
	*evidence
	address string // of the schema, for connections that are not of the program
	from    store.Options
	to      store.Options
}

// newCopyTest makes a desk with something of everything, which no server has open.
func newCopyTest(t testing.TB) *copyTest {
	t.Helper()
	e := newEvidence(t)
	fillAllTables(t, e)
	c := &copyTest{evidence: e, address: postgrestest.URL(t)}
	c.from = store.Options{Path: e.path, DataKeyFile: e.keyFile}
	// Others on the same server call themselves otherwise.
	c.to = store.Options{Postgres: postgresAt(t, c.address+"&application_name="+strings.ToLower(rand.Text()))}
	return c
}

// fillAllTables puts a row into each table that the evidence has none for.
func fillAllTables(t testing.TB, e *evidence) {
	t.Helper()
	d := &desk{Store: mustOpen(t, store.Options{Path: e.path, DataKeyFile: e.keyFile}), t: t}
	must(t, d.AddPasskey(t.Context(), newPasskey("phone"), account.ChangedBy{By: e.ann, At: noon}))
	d.withCode(e.sue, account.CodeHash{1})
	eve := account.Person{Name: "Eve", Role: account.Admin, Created: noon}
	id, err := d.AddAccount(t.Context(), account.Account{Person: eve, Key: "eve", Password: "hash"}, false, account.ChangedBy{At: noon})
	must(t, err)
	eve.ID = id
	_, err = d.AskFor(t.Context(), account.RequestTerms{Kind: account.BecomeSupervisor, Name: "ann"}, account.ChangedBy{By: eve, At: noon})
	must(t, err)
	must(t, d.BindIdentity(t.Context(), "bob", account.Identity{Issuer: "https://sign.example", Subject: "bob"}, account.ChangedBy{At: noon}))
	_, err = d.AddBreakGlass(t.Context(), account.Account{Person: account.Person{Name: "Glass", Role: account.Admin, Created: noon}, Key: "glass", Password: "hash"}, account.ChangedBy{At: noon})
	must(t, err)
	result, err := idv.Decode([]byte(`{"session_id":"s","state":"COMPLETED","checks":[{"type":"LIVENESS","id":"c","state":"DONE","report":{"recommendation":{"value":"REJECT","reason":"X"},"breakdown":[]}}]}`))
	must(t, err)
	d.fetch(mustID(t, "66666666-6666-4666-8666-666666666666"), 0, e.ann, result)
	must(t, d.Close())
	db := raw(t, e.path)
	for _, statement := range []string{
		`INSERT INTO hook_events (id, at, kind, digest, named, outcome) VALUES (3, 1, 'session_completion', zeroblob(32), '{}', 'taken')`,
		`INSERT INTO jobs (kind, subject, cause, since, queued_at, due_at) VALUES ('recipient', '55555555-5555-4555-8555-555555555555', 'hook', 1, 2, 3) ON CONFLICT DO NOTHING`,
		`INSERT INTO imports (id, account, entry, started_at, state, total) VALUES (1, 1, 5, 1, 'running', 1)`,
		`INSERT INTO import_lines (import, number, recipient, state) VALUES (1, 1, '55555555-5555-4555-8555-555555555555', 'waiting')`,
		`INSERT INTO saved_views (id, owner, name, query) VALUES (1, 1, 'Mine – ä', 'tab=open')`,
		`INSERT INTO preferences (account, chosen) VALUES (1, '{"zone":"Europe/Berlin"}') ON CONFLICT DO NOTHING`,
		`INSERT INTO sign_in_failures (subject, count, last_at) VALUES ('somebody', 3, 9)`,
		`INSERT INTO logout_tokens (hash, until) VALUES (zeroblob(32), 99)`,
		`INSERT INTO challenges (hash, purpose, state, until) VALUES (zeroblob(32), 'passkey', '', 99)`,
		`INSERT INTO leases (name, holder, until) VALUES ('arrivals', 'me', 99)`,
		`INSERT INTO facts (name, value) VALUES ('last trial write', x'00'), ('media swept', x'0001') ON CONFLICT DO NOTHING`,
		`UPDATE settings SET value = 'everybody'`,
	} {
		exec(t, db, statement)
	}
	must(t, db.Close())
}

func (c *copyTest) there(t testing.TB) *store.Verification {
	t.Helper()
	v, err := store.Copy(t.Context(), c.from, c.to)
	must(t, err)
	return v
}

// tablesOf are the rows of all tables, as text.
type tables map[string][]string

// readTables reads all that stands in a database.
func readTables(t testing.TB, db *sql.DB, names []string) tables {
	t.Helper()
	all := tables{}
	for _, name := range names {
		rows, err := db.Query(`SELECT * FROM ` + name)
		must(t, err)
		columns, err := rows.Columns()
		must(t, err)
		order := slices.Clone(columns)
		slices.Sort(order)
		all[name] = []string{}
		for rows.Next() {
			values, targets := make([]any, len(columns)), make([]any, len(columns))
			for i := range values {
				targets[i] = &values[i]
			}
			must(t, rows.Scan(targets...))
			var text []string
			for _, column := range order {
				value := values[slices.Index(columns, column)]
				text = append(text, fmt.Sprintf("%s %T %q", column, value, fmt.Sprint(value)))
			}
			all[name] = append(all[name], strings.Join(text, "; "))
		}
		must(t, rows.Err())
		must(t, rows.Close())
		slices.Sort(all[name])
	}
	return all
}

// tableNames are the tables of a file.
func tableNames(t testing.TB, db *sql.DB) []string {
	t.Helper()
	return column(t, db, `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name`)
}

// compareTables compares what stands in two databases. Some tables stay behind, and some facts.
func compareTables(t testing.TB, what string, got, want tables) {
	t.Helper()
	for name, rows := range want {
		if _, left := store.TablesLeft()[name]; left {
			if name != "schema_migrations" && len(got[name]) > 0 {
				t.Errorf("%s: of %s there is %q", what, name, got[name])
			}
			continue
		}
		isServing := func(row string) bool {
			return name == "facts" && (strings.Contains(row, `"head"`) || strings.Contains(row, `"commit of `) || strings.Contains(row, `"last trial write"`))
		}
		found := slices.DeleteFunc(slices.Clone(got[name]), isServing)
		wanted := slices.DeleteFunc(slices.Clone(rows), isServing)
		if len(wanted) == 0 {
			t.Errorf("%s: the test has no row of %s", what, name)
		}
		if !slices.Equal(found, wanted) {
			t.Errorf("%s: of %s there is\n%q\nwant\n%q", what, name, found, wanted)
		}
	}
}

// A desk that is copied to PostgreSQL and back is the same, row by row, and so are the figures
// of its verification. What it was copied from stays as it was, down to its bytes.
func TestCopyThereAndBack(t *testing.T) {
	c := newCopyTest(t)
	original := raw(t, c.path)
	names := tableNames(t, original)
	want := readTables(t, original, names)
	must(t, original.Close())
	bytesBefore, err := os.ReadFile(c.path)
	must(t, err)
	before, err := store.Verify(t.Context(), store.VerifyOptions{Path: c.path, DataKeyFile: c.keyFile})
	must(t, err)

	there := c.there(t)
	compareTables(t, "on PostgreSQL", readTables(t, openRaw(t, "pgx", c.address), names), want)
	bytesAfter, err := os.ReadFile(c.path)
	must(t, err)
	if string(bytesAfter) != string(bytesBefore) {
		t.Error("the original was changed")
	}

	back := store.Options{Path: filepath.Join(t.TempDir(), "back.db")}
	fromPostgres := c.to
	fromPostgres.DataKeyFile = c.keyFile
	backHere, err := store.Copy(t.Context(), fromPostgres, back)
	must(t, err)
	compareTables(t, "back in a file", readTables(t, raw(t, back.Path), names), want)
	wantMode(t, back.Path, 0o600)
	if files, err := os.ReadDir(filepath.Dir(back.Path)); err != nil || len(files) > 1 {
		t.Errorf("beside the file there are %v, %v", files, err)
	}
	before.Outside.Sessions = 0
	for what, found := range map[string]*store.Verification{"there": there, "back": backHere} {
		if fmt.Sprint(*found) != fmt.Sprint(*before) {
			t.Errorf("%s: the verification finds\n%v\nwant\n%v", what, *found, *before)
		}
	}
	if !there.Opened || there.Texts == 0 || there.Root == (ledger.Root{}) {
		t.Errorf("the verification is %+v", there)
	}
}

// A copy tells of each step, and of those that are counted up to their end.
func TestCopyTellsHowFarItIs(t *testing.T) {
	c := newCopyTest(t)
	var mu sync.Mutex
	newest := map[string]store.Progress{}
	c.from.Progress = func(p store.Progress) {
		mu.Lock()
		defer mu.Unlock()
		newest[p.Task+", "+p.Noun] = p
	}
	c.there(t)
	for _, step := range []string{
		"Verifying the original, entries", "Verifying the original, recipients", "Verifying the original, sealed texts",
		"Copying the table recipients, rows", "Copying the table ledger, rows", "Copying the column newest of recipients, rows",
		"Comparing the copy with the original, rows", "Committing the copy, ",
		"Verifying the copy, entries", "Verifying the copy, recipients", "Verifying the copy, sealed texts",
	} {
		if _, told := newest[step]; !told {
			t.Errorf("it does not tell of: %s", step)
		}
	}
	for step, p := range newest {
		if p.Total > 0 && p.Done != p.Total {
			t.Errorf("%s: it ends with %d of %d", step, p.Done, p.Total)
		}
	}
}

// Whoever goes on with a copy finds everything, and records behind it.
func TestCopyIsGoneOnWith(t *testing.T) {
	c := newCopyTest(t)
	copied := c.there(t)
	o := c.to
	o.DataKeyFile = c.keyFile
	o.SigningKeyFile = filepath.Join(filepath.Dir(c.keyFile), "signing.key")
	s := mustOpen(t, o)
	health, err := s.Health(t.Context())
	must(t, err)
	if health.Size != copied.Entries {
		t.Errorf("the ledger has %d entries, want %d", health.Size, copied.Entries)
	}
	_, err = s.Checkpoint(t.Context())
	must(t, err)
	must(t, s.Close())
	_, err = store.Verify(t.Context(), store.VerifyOptions{Postgres: o.Postgres, DataKeyFile: c.keyFile, Checkpoints: [][]byte{c.last}, Public: []string{c.public}})
	must(t, err)
}

// Every table of the schema is copied, or left for a reason.
func TestCopyKnowsEveryTable(t *testing.T) {
	c := newCopyTest(t)
	names := tableNames(t, raw(t, c.path))
	known := append(store.TablesCopied(), slices.Collect(maps.Keys(store.TablesLeft()))...)
	slices.Sort(known)
	if !slices.Equal(known, names) {
		t.Errorf("the copy knows\n%v\nand the schema has\n%v", known, names)
	}
}

// What should not be copied is refused, and nothing is left of it.
func TestCopyRefuses(t *testing.T) {
	t.Run("a target that is not empty", func(t *testing.T) {
		c := newCopyTest(t)
		c.there(t)
		_, err := store.Copy(t.Context(), c.from, c.to)
		wantErr(t, err, store.ErrNotEmpty)
		back := c.to
		back.DataKeyFile = c.keyFile
		_, err = store.Copy(t.Context(), back, store.Options{Path: c.path})
		wantErr(t, err, store.ErrNotEmpty)
	})
	t.Run("a schema on which a server has begun", func(t *testing.T) {
		c := newCopyTest(t)
		o := c.to
		o.DataKeyFile, o.Upgrade = filepath.Join(t.TempDir(), "another.key"), true
		s := mustOpen(t, o)
		must(t, s.Close())
		_, err := store.Copy(t.Context(), c.from, c.to)
		wantErr(t, err, store.ErrNotEmpty)
	})
	t.Run("an original that was tampered with", func(t *testing.T) {
		c := newCopyTest(t)
		db := raw(t, c.path)
		exec(t, db, `DROP TRIGGER access_log_is_not_changed`)
		exec(t, db, `UPDATE access_log SET account = 2 WHERE id = 1`)
		must(t, db.Close())
		_, err := store.Copy(t.Context(), c.from, c.to)
		wantErr(t, err, ledger.ErrBroken)
		c.wantEmpty()
	})
	t.Run("a schema whose rules were taken away", func(t *testing.T) {
		c := newCopyTest(t)
		_, err := store.Migrate(t.Context(), c.to, "")
		must(t, err)
		exec(t, openRaw(t, "pgx", c.address), `DROP TRIGGER ledger_is_not_deleted ON ledger`)
		_, err = store.Copy(t.Context(), c.from, c.to)
		wantErr(t, err, ledger.ErrBroken)
		c.wantEmpty()
	})
	t.Run("another data key", func(t *testing.T) {
		c := newCopyTest(t)
		c.from.DataKeyFile = filepath.Join(t.TempDir(), "another.key")
		must(t, os.WriteFile(c.from.DataKeyFile, []byte(store.NewDataKey()), 0o600))
		if _, err := store.Copy(t.Context(), c.from, c.to); err == nil {
			t.Error("it was copied")
		}
		c.wantEmpty()
	})
	t.Run("a file that is served", func(t *testing.T) {
		c := newCopyTest(t)
		o := c.from
		o.Serve = true
		s := mustOpen(t, o)
		_, err := store.Copy(t.Context(), c.from, c.to)
		wantErr(t, err, store.ErrSourceServed)
		must(t, s.Close())
		c.wantEmpty()
		c.there(t)
	})
	t.Run("a schema that is served", func(t *testing.T) {
		c := newCopyTest(t)
		c.there(t)
		from := c.to
		from.DataKeyFile = c.keyFile
		s := mustOpen(t, from)
		back := store.Options{Path: filepath.Join(t.TempDir(), "back.db")}
		_, err := store.Copy(t.Context(), from, back)
		wantErr(t, err, store.ErrSourceServed)
		must(t, s.Close())
		_, err = store.Copy(t.Context(), from, back)
		must(t, err)
	})
	t.Run("a file to a file", func(t *testing.T) {
		c := newCopyTest(t)
		_, err := store.Copy(t.Context(), c.from, store.Options{Path: filepath.Join(t.TempDir(), "back.db")})
		wantErr(t, err, store.ErrTwoFiles)
	})
	t.Run("what is left of another copy", func(t *testing.T) {
		c := newCopyTest(t)
		c.there(t)
		from := c.to
		from.DataKeyFile = c.keyFile
		back := store.Options{Path: filepath.Join(t.TempDir(), "back.db")}
		must(t, os.WriteFile(back.Path+".unfinished", nil, 0o600))
		_, err := store.Copy(t.Context(), from, back)
		wantErr(t, err, store.ErrUnfinished)
	})
}

// wantEmpty makes sure that a copy can be made into the schema.
func (c *copyTest) wantEmpty() {
	c.t.Helper()
	var found bool
	err := openRaw(c.t, "pgx", c.address).QueryRow(`SELECT EXISTS (SELECT 1 FROM ledger) OR EXISTS (SELECT 1 FROM accounts WHERE id <> -2)`).Scan(&found)
	if err == nil && found {
		c.t.Error("something of the copy is left")
	}
}

// A text that PostgreSQL cannot hold stops the copy, which says where it stands and not what
// it is.
func TestCopyOfWhatPostgresCannotHold(t *testing.T) {
	for what, statement := range map[string]string{
		"kind of the row with id 3 holds the character NUL":        `UPDATE hook_events SET kind = 'secret' || char(0)`,
		"kind of the row with id 3 holds bytes that are not UTF-8": `UPDATE hook_events SET kind = CAST(x'736563726574ff' AS TEXT)`,
		"query of the row with id 1 holds the character NUL":       `UPDATE saved_views SET query = 'secret' || char(0)`,
	} {
		t.Run(what, func(t *testing.T) {
			c := newCopyTest(t)
			db := raw(t, c.path)
			exec(t, db, statement)
			must(t, db.Close())
			_, err := store.Copy(t.Context(), c.from, c.to)
			wantErr(t, err, store.ErrCannotHold)
			if text := err.Error(); !strings.Contains(text, what) || strings.Contains(text, "secret") {
				t.Errorf("it says: %v", err)
			}
			c.wantEmpty()
		})
	}
}

// A copy that is broken off in the middle, by whoever started it or by the server, leaves
// nothing, and can be made again.
func TestCopyBrokenOff(t *testing.T) {
	for what, breakOff := range map[string]func(t *testing.T, c *copyTest, cancel func(), waiting int){
		"cancelled":              func(_ *testing.T, _ *copyTest, cancel func(), _ int) { cancel() },
		"with a lost connection": terminate,
	} {
		t.Run(what, func(t *testing.T) {
			c := newCopyTest(t)
			_, err := store.Migrate(t.Context(), c.to, "")
			must(t, err)
			other := openRaw(t, "pgx", c.address)
			lock, err := other.BeginTx(t.Context(), nil)
			must(t, err)
			_, err = lock.Exec(`LOCK TABLE sign_ins IN EXCLUSIVE MODE`) // for which the copy waits
			must(t, err)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			ended := make(chan error, 1)
			go func() {
				_, err := store.Copy(ctx, c.from, c.to)
				ended <- err
			}()
			breakOff(t, c, cancel, c.waiting(lock, ended))
			if err := <-ended; err == nil {
				t.Fatal("it was not broken off")
			}
			must(t, lock.Rollback())
			c.wantEmpty()
			c.there(t)
		})
	}
}

// waiting waits until a copy waits for a table that a transaction has, and returns the number of
// its backend.
func (c *copyTest) waiting(lock *sql.Tx, ended <-chan error) int {
	c.t.Helper()
	for {
		select {
		case err := <-ended:
			c.t.Fatalf("the copy ended before it was broken off: %v", err)
		default:
		}
		var pid int
		err := lock.QueryRow(`SELECT coalesce((SELECT pid FROM pg_locks WHERE relation = 'sign_ins'::regclass AND NOT granted LIMIT 1), 0)`).Scan(&pid)
		must(c.t, err)
		if pid != 0 {
			return pid
		}
	}
}

func terminate(t *testing.T, c *copyTest, _ func(), waiting int) {
	t.Helper()
	exec(t, openRaw(t, "pgx", c.address), fmt.Sprintf(`SELECT pg_terminate_backend(%d)`, waiting))
}

// A file has its name when the copy in it is verified, and not before. One that cannot be
// verified is removed.
func TestCopyThatCannotBeVerified(t *testing.T) {
	c := newCopyTest(t)
	c.there(t)
	key, err := os.ReadFile(c.keyFile)
	must(t, err)
	from, asked := c.to, 0
	to := store.Options{Path: filepath.Join(t.TempDir(), "back.db")}
	from.DataKey = func(context.Context) ([]byte, error) {
		if asked++; asked == 1 { // for the original
			return key, nil
		}
		if _, err := os.Stat(to.Path); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("the file has its name already: %v", err)
		}
		return nil, errors.New("the vault is closed")
	}
	if _, err := store.Copy(t.Context(), from, to); err == nil || !strings.Contains(err.Error(), "the vault is closed") {
		t.Errorf("the error is %v", err)
	}
	if files, err := os.ReadDir(filepath.Dir(to.Path)); err != nil || len(files) > 0 {
		t.Errorf("there are %v, %v", files, err)
	}
}

// A desk that has such results is copied.
func TestCopyOfForeignText(t *testing.T) {
	c := newCopyTest(t)
	d := &desk{Store: mustOpen(t, store.Options{Path: c.path, DataKeyFile: c.keyFile}), t: t}
	d.fetch(mustID(t, "77777777-7777-4777-8777-777777777777"), 0, c.ann, foreignResult(t))
	must(t, d.Close())
	c.there(t)
}

// The role that serves may fill an empty schema, which it cannot empty again.
func TestCopyByTheServingRole(t *testing.T) {
	c := newCopyTest(t)
	r := newRights(t)
	c.to.Postgres = postgresAt(t, r.address+"&application_name="+strings.ToLower(rand.Text()))
	c.there(t)
	_, err := store.Copy(t.Context(), c.from, c.to)
	wantErr(t, err, store.ErrNotEmpty)
}
