package store_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"countersign/internal/idv"
	"countersign/internal/postgrestest"
	"countersign/internal/review"
	"countersign/store"
)

// newDeskAt is a desk with a database of PostgreSQL's at an address.
func newDeskAt(t *testing.T, address string) *desk {
	t.Helper()
	d := &desk{t: t, folder: t.TempDir()}
	d.options = fileIn(d.folder)
	d.options.Path, d.options.Postgres, d.options.Upgrade = "", postgresAt(t, address), true
	d.Store = mustOpen(t, d.options)
	d.id, d.id2 = mustID(t, "11111111-1111-4111-8111-111111111111"), mustID(t, "22222222-2222-4222-8222-222222222222")
	d.ann, d.bob = d.addPerson("Ann"), d.addPerson("Bob")
	return d
}

// withSetting is an address by which connections have a setting.
func withSetting(t *testing.T, address, name, value string) string {
	t.Helper()
	parsed, err := url.Parse(address)
	must(t, err)
	query := parsed.Query()
	query.Set(name, value)
	parsed.RawQuery = strings.ReplaceAll(query.Encode(), "+", "%20")
	return parsed.String()
}

// times counts the notes with a text.
func (d *desk) times(text string) int {
	d.t.Helper()
	n := 0
	for _, note := range d.file(d.id, d.ann).Record.Notes {
		if note.Text == text {
			n++
		}
	}
	return n
}

// wantAway posts a note while the database cannot be used.
func (d *desk) wantAway(digest idv.Digest, reason review.UnreadyReason) {
	d.t.Helper()
	err := d.note(digest, string(reason), "written meanwhile")
	if !errors.Is(err, review.ErrNotRecorded) {
		d.t.Errorf("the note: %v", err)
	}
	var unready *review.Unready
	if err := d.Ready(d.t.Context()); !errors.As(err, &unready) || unready.Reason != reason {
		d.t.Errorf("ready: %v, want %s", err, reason)
	}
	if d.Halted() || d.WhyNotRecording() == "" {
		d.t.Errorf("halted %t, and it says %q", d.Halted(), d.WhyNotRecording())
	}
}

// wantBack posts the note again, twice.
func (d *desk) wantBack(digest idv.Digest, reason review.UnreadyReason) {
	d.t.Helper()
	for range 2 {
		if err := d.note(digest, string(reason), "written meanwhile"); err != nil {
			d.t.Errorf("the note, sent again: %v", err)
		}
	}
	if n := d.times("written meanwhile"); n != 1 {
		d.t.Errorf("the note is there %d times", n)
	}
	if err := d.Ready(d.t.Context()); err != nil || d.WhyNotRecording() != "" {
		d.t.Errorf("ready: %v, and it says %q", err, d.WhyNotRecording())
	}
}

// Whatever keeps the database from taking a write, nothing is halted, readyz has the reason, and
// the next write is taken when the reason is gone.
func TestPostgresIsAwayAndBack(t *testing.T) {
	t.Parallel()
	server := postgrestest.Start(t)
	for _, test := range []struct {
		name            string
		reason          review.UnreadyReason
		away, backAgain func()
	}{
		{name: "stopped", reason: review.UnreadyUnreachable, away: server.Stop, backAgain: server.Restart},
		{name: "standby", reason: review.UnreadyStandby, away: server.MakeStandby, backAgain: server.Promote},
		{name: "read-only", reason: review.UnreadyStandby, away: func() {
			server.Execute("ALTER ROLE desk SET default_transaction_read_only = on")
			server.CutConnections()
		}, backAgain: func() {
			server.Execute("ALTER ROLE desk RESET default_transaction_read_only")
		}},
		{name: "no connection left", reason: review.UnreadyUnreachable, away: func() {
			server.Execute("ALTER ROLE desk CONNECTION LIMIT 0")
			server.CutConnections()
		}, backAgain: func() { server.Execute("ALTER ROLE desk CONNECTION LIMIT -1") }},
		{name: "sign-in refused", reason: review.UnreadyUnreachable, away: func() {
			server.Execute("ALTER ROLE desk NOLOGIN")
			server.CutConnections()
		}, backAgain: func() { server.Execute("ALTER ROLE desk LOGIN") }},
		{name: "no right", reason: review.UnreadyReadOnly, away: func() {
			server.Execute("ALTER TABLE test.facts OWNER TO postgres")
			server.Execute("GRANT SELECT ON test.facts TO desk")
		}, backAgain: func() { server.Execute("ALTER TABLE test.facts OWNER TO desk") }},
	} {
		t.Run(test.name, func(t *testing.T) {
			address := server.URL()
			server.Execute("DROP ROLE IF EXISTS desk")
			server.Execute("CREATE ROLE desk LOGIN")
			server.Execute("ALTER SCHEMA test OWNER TO desk")
			d := newDeskAt(t, strings.Replace(address, "postgres@", "desk@", 1))
			digest := d.fetch(d.id, 0, d.ann, decode(t, "COMPLETED", "a"))
			test.away()
			d.wantAway(digest, test.reason)
			test.backAgain()
			d.wantBack(digest, test.reason)
			must(t, d.Close())
			server.Execute("DROP SCHEMA test CASCADE")
		})
	}
}

// A lock that somebody else holds is not waited for without end, with either limit.
func TestPostgresIsLockedByAnother(t *testing.T) {
	t.Parallel()
	for _, setting := range []string{"lock_timeout", "statement_timeout"} {
		t.Run(setting, func(t *testing.T) {
			t.Parallel()
			address := postgrestest.URL(t)
			d := newDeskAt(t, withSetting(t, address, setting, "500"))
			digest := d.fetch(d.id, 0, d.ann, decode(t, "COMPLETED", "a"))
			other, err := openRaw(t, "pgx", address).Begin()
			must(t, err)
			defer other.Rollback()
			_, err = other.Exec(`SELECT value FROM facts WHERE name = 'head' FOR UPDATE`)
			must(t, err)
			d.wantAway(digest, review.UnreadySlow)
			must(t, other.Rollback())
			d.wantBack(digest, review.UnreadySlow)
		})
	}
}

// refuseWith has the database refuse the first inserts into the ledger from then on, with a
// code that it has for what is hard to bring about.
func refuseWith(t *testing.T, db *sql.DB, code string, first int) {
	t.Helper()
	exec(t, db, `CREATE SEQUENCE tries`)
	exec(t, db, fmt.Sprintf(`
		CREATE FUNCTION refuse_first() RETURNS trigger LANGUAGE plpgsql AS
		'BEGIN
			IF nextval(''tries'') <= %d THEN
				RAISE EXCEPTION ''refused by the test'' USING ERRCODE = ''%s'';
			END IF;
			RETURN NEW;
		END'`, first, code))
	exec(t, db, `CREATE TRIGGER refuse_first BEFORE INSERT ON ledger FOR EACH ROW EXECUTE FUNCTION refuse_first()`)
}

// tries is how often the ledger was written to since.
func tries(t *testing.T, db *sql.DB) int {
	t.Helper()
	var n int
	must(t, db.QueryRow(`SELECT last_value FROM tries`).Scan(&n))
	return n
}

// A transaction that another was in the way of is done anew, up to a bound.
func TestPostgresConflictsAreTriedAgain(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		code           string
		refused, tries int
		want           error
	}{
		{"40001", 2, 3, nil},
		{"40P01", 4, 5, nil},
		{"40001", 100, 5, review.ErrNotRecorded},
		{"53100", 100, 1, review.ErrNotRecorded}, // a disk that is full is not tried at once
		{"23514", 100, 1, nil},                   // a rule of the database that was broken
	} {
		t.Run(fmt.Sprint(test.code, test.refused), func(t *testing.T) {
			t.Parallel()
			address := postgrestest.URL(t)
			d := newDeskAt(t, address)
			digest := d.fetch(d.id, 0, d.ann, decode(t, "COMPLETED", "a"))
			db := openRaw(t, "pgx", address)
			refuseWith(t, db, test.code, test.refused)
			err := d.note(digest, "k", "a note")
			if !errors.Is(err, test.want) && (test.want != nil || test.refused < 100) {
				t.Errorf("the note: %v", err)
			}
			if n := tries(t, db); n != test.tries {
				t.Errorf("it was tried %d times, want %d", n, test.tries)
			}
			if d.Halted() {
				t.Error(d.WhyNotRecording())
			}
			exec(t, db, `DROP TRIGGER refuse_first ON ledger`)
			must(t, d.note(digest, "k", "a note"))
			if n := d.times("a note"); n != 1 {
				t.Errorf("the note is there %d times", n)
			}
		})
	}
}

// Whatever a database is set to, a transaction sees what the one before it wrote.
func TestPostgresIsolationOfTheDatabaseDoesNotMatter(t *testing.T) {
	t.Parallel()
	for _, level := range []string{"serializable", "repeatable read"} {
		t.Run(level, func(t *testing.T) {
			t.Parallel()
			address := withSetting(t, postgrestest.URL(t), "default_transaction_isolation", level)
			d := newDeskAt(t, address)
			digest := d.fetch(d.id, 0, d.ann, decode(t, "COMPLETED", "a"))
			other := mustOpen(t, d.options)
			for range 3 {
				await := startAll(t, 8, func(n int) error {
					on := []*store.Store{d.Store, other}[n%2]
					return on.KeepAccess(t.Context(), review.Access{At: noon, Who: d.bob, Recipient: d.id, Digest: digest, What: review.AccessResult})
				})
				await()
			}
		})
	}
}

// startAll does something several times at once, and returns what waits until all is done.
func startAll(t *testing.T, times int, do func(n int) error) (await func()) {
	t.Helper()
	errs := make(chan error)
	for n := range times {
		go func() { errs <- do(n) }()
	}
	return func() {
		t.Helper()
		for range times {
			if err := <-errs; err != nil {
				t.Error(err)
			}
		}
	}
}

// waiting returns when a connection of a desk waits for a lock.
func waiting(t *testing.T, db *sql.DB) {
	t.Helper()
	for {
		var n int
		must(t, db.QueryRow(`SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query NOT LIKE '%pg_stat_activity%'`).Scan(&n))
		if n > 0 {
			return
		}
		time.Sleep(time.Millisecond)
	}
}

// Of two transactions that wait for each other, the database ends one. It is done anew.
func TestPostgresDeadlock(t *testing.T) {
	t.Parallel()
	server := postgrestest.Start(t, "deadlock_timeout=60s")
	address := server.URL()
	d := newDeskAt(t, withSetting(t, address, "deadlock_timeout", "2000"))
	digest := d.fetch(d.id, 0, d.ann, decode(t, "COMPLETED", "a"))
	db := openRaw(t, "pgx", address)
	other, err := db.Begin()
	must(t, err)
	defer other.Rollback()
	_, err = other.Exec(`LOCK TABLE ledger IN EXCLUSIVE MODE`)
	must(t, err)
	await := startAll(t, 1, func(int) error { return d.note(digest, "k", "a note") })
	waiting(t, db)
	_, err = other.Exec(`SELECT value FROM facts WHERE name = 'head' FOR UPDATE`) // which the note has
	must(t, err)
	must(t, other.Rollback())
	await()
	if n := d.times("a note"); n != 1 {
		t.Errorf("the note is there %d times", n)
	}
}

// Connections that the server closed are no reason to refuse anything: what is begun is begun
// anew, and what was half done is undone.
func TestPostgresClosedConnections(t *testing.T) {
	t.Parallel()
	server := postgrestest.Start(t)
	d := newDeskAt(t, server.URL())
	digest := d.fetch(d.id, 0, d.ann, decode(t, "COMPLETED", "a"))
	for name, cut := range map[string]func(){"cut": server.CutConnections, "restarted": server.Restart} {
		cut()
		if _, err := d.Recipient(t.Context(), d.id, d.ann, review.NotePage{}); err != nil {
			t.Errorf("%s, a reading: %v", name, err)
		}
		cut()
		if _, err := d.Account(t.Context(), "ann"); err != nil {
			t.Errorf("%s, a row: %v", name, err)
		}
		cut()
		must(t, d.note(digest, name, "a note, "+name))
		cut()
		must(t, d.Ready(t.Context()))
	}
	runs := 0
	err := d.Write(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
		if err := d.Append(ctx, tx, d.ann, d.id, review.Act{At: noon, Act: review.ActTagged, Facts: review.Facts{Tag: "cut"}}); err != nil {
			return err
		}
		if runs++; runs == 1 {
			server.CutConnections()
		}
		return store.Touch(ctx, tx)
	})
	if err != nil || runs != 2 {
		t.Errorf("a transaction that was cut: run %d times, error %v", runs, err)
	}
	err = d.Write(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
		server.CutConnections()
		return store.Touch(ctx, tx)
	})
	if !errors.Is(err, review.ErrNotRecorded) || d.Halted() {
		t.Errorf("a transaction that is cut each time: %v, halted %t", err, d.Halted())
	}
	must(t, d.Ready(t.Context()))
	d.wantSound()
}

// wantSound verifies the record.
func (d *desk) wantSound() {
	d.t.Helper()
	if _, err := store.Verify(d.t.Context(), store.VerifyOptions{Postgres: d.options.Postgres}); err != nil {
		d.t.Error(err)
	}
}

// Of a commit whose answer was lost it is found out what came of it, and what was sent is there
// once, whether the server had got it or not.
func TestPostgresCommitWithoutAnswer(t *testing.T) {
	t.Parallel()
	server := postgrestest.Start(t)
	proxy := server.Proxy(server.URL())
	d := newDeskAt(t, proxy.URL())
	digest := d.fetch(d.id, 0, d.ann, decode(t, "COMPLETED", "a"))
	for name, cut := range map[string]func() <-chan struct{}{"lost": proxy.LoseCommit, "unanswered": proxy.LoseAnswer} {
		done := cut()
		must(t, d.note(digest, name, name))
		<-done
		if n := d.times(name); n != 1 {
			t.Errorf("%s: the note is there %d times", name, n)
		}
		d.DoubtFor(0)
		proxy.Shut(true)
		done = cut()
		err := d.note(digest, name+", away", name+", away")
		<-done
		if !errors.Is(err, review.ErrOutcomeUnknown) || errors.Is(err, review.ErrNotRecorded) || d.Halted() {
			t.Errorf("%s, and away: %v, halted %t", name, err, d.Halted())
		}
		proxy.Shut(false)
		d.DoubtFor(time.Minute)
		must(t, d.note(digest, name+", away", name+", away"))
		if n := d.times(name + ", away"); n != 1 {
			t.Errorf("%s, and away: the note is there %d times", name, n)
		}
	}
	d.wantSound()
}

// A backend that is killed while it commits takes the transaction with it, which is done anew.
func TestPostgresBackendKilledInCommit(t *testing.T) {
	t.Parallel()
	server := postgrestest.Start(t)
	address := server.URL()
	d := newDeskAt(t, address)
	digest := d.fetch(d.id, 0, d.ann, decode(t, "COMPLETED", "a"))
	db := openRaw(t, "pgx", address)
	exec(t, db, `CREATE TABLE gate (id BIGINT)`)
	exec(t, db, `
		CREATE FUNCTION wait_at_gate() RETURNS trigger LANGUAGE plpgsql AS
		'BEGIN
			LOCK TABLE gate;
			RETURN NULL;
		END'`)
	exec(t, db, `CREATE CONSTRAINT TRIGGER wait_at_gate AFTER INSERT ON ledger DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wait_at_gate()`)
	closed, err := db.Begin()
	must(t, err)
	_, err = closed.Exec(`LOCK TABLE gate`)
	must(t, err)
	await := startAll(t, 1, func(int) error { return d.note(digest, "k", "a note") })
	waiting(t, db)
	server.KillBackend()
	await()
	if n := d.times("a note"); n != 1 {
		t.Errorf("the note is there %d times", n)
	}
	for _, made := range []string{"TRIGGER wait_at_gate ON ledger", "FUNCTION wait_at_gate", "TABLE gate"} {
		exec(t, db, "DROP "+made)
	}
	d.wantSound()
}
