package store_test

import (
	"errors"
	"net/url"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"countersign/internal/account"
	"countersign/internal/ledger"
	"countersign/internal/postgrestest"
	"countersign/internal/review"
	"countersign/store"
)

// How whoever owns a database of PostgreSQL's, and is a superuser, tampers with it.

// notOnPostgres are the tamperings that there are not: texts hold no NUL, and columns only values of
// their kind.
var notOnPostgres = []string{"act as bytes", "part that was seen", "index that leaves entries out"}

// likeSQLite are functions of SQLite's that tamperings are written with. They are in a schema of
// their own, of which only the connection knows that tampers.
const likeSQLite = `
	CREATE SCHEMA sqlite;
	CREATE FUNCTION sqlite.randomblob(n INTEGER) RETURNS BYTEA LANGUAGE sql AS
		$$ SELECT substr(decode(repeat(md5(random()::text), n / 16 + 1), 'hex'), 1, n) $$;
	CREATE FUNCTION sqlite.zeroblob(n INTEGER) RETURNS BYTEA LANGUAGE sql AS
		$$ SELECT decode(repeat('00', n), 'hex') $$;
	CREATE FUNCTION sqlite.iif(condition BOOLEAN, one BYTEA, other BYTEA) RETURNS BYTEA LANGUAGE sql AS
		$$ SELECT CASE WHEN condition THEN one ELSE other END $$;
	CREATE FUNCTION sqlite.instr(text TEXT, part TEXT) RETURNS INTEGER LANGUAGE sql AS
		$$ SELECT strpos(text, part) $$`

// copyPostgres is copy on PostgreSQL.
func (e *evidence) copyPostgres(t testing.TB) *copied {
	t.Helper()
	address := postgrestest.CopyOf(t, e.url)
	c := &copied{evidence: e, t: t, in: postgresAt(t, address)}
	parsed, err := url.Parse(address)
	must(t, err)
	settings := parsed.Query()
	settings.Set("search_path", settings.Get("search_path")+",sqlite")
	settings.Set("session_replication_role", "replica") // no trigger fires, and nothing refers to anything
	settings.Set("default_query_exec_mode", "simple_protocol")
	parsed.RawQuery = settings.Encode()
	c.db = openRaw(t, "pgx", parsed.String())
	c.db.SetMaxOpenConns(1)
	exec(t, c.db, likeSQLite)
	return c
}

// freePostgres is free on PostgreSQL, where a connection without triggers does, and a table has as
// many checks as the catalog says.
func (c *copied) freePostgres(do func()) {
	c.t.Helper()
	exec(c.t, c.db, `UPDATE pg_class SET relchecks = 0 WHERE relnamespace = current_schema()::regnamespace`)
	do()
	exec(c.t, c.db, `
		UPDATE pg_class
		SET relchecks = (SELECT count(*) FROM pg_constraint WHERE conrelid = pg_class.oid AND contype = 'c')
		WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'`)
}

var (
	numberedArgument = regexp.MustCompile(`\?(\d)`)
	bareArgument     = regexp.MustCompile(`\?`)
)

// tampering returns a statement with which somebody tampers, written for SQLite, for the engine.
func tampering(query string) string {
	if !postgrestest.Chosen() {
		return query
	}
	query = numberedArgument.ReplaceAllString(query, "$$$1")
	n := 0
	query = bareArgument.ReplaceAllStringFunc(query, func(string) string { n++; return "$" + strconv.Itoa(n) })
	query = bytesLiteral.ReplaceAllString(query, `'\x$1'::bytea`)
	return strings.NewReplacer(" AS BLOB)", " AS bytea)", " AS blob)", " AS bytea)", "char(10)", "chr(10)", "sqlite_sequence SET seq", "given_ids SET last").Replace(query)
}

// triggerThatDoesNothing is the statement that makes one on the ledger.
func triggerThatDoesNothing() string {
	if !postgrestest.Chosen() {
		return `CREATE TRIGGER ledger_is_read AFTER INSERT ON ledger BEGIN SELECT 1; END`
	}
	return `CREATE TRIGGER ledger_is_read AFTER INSERT ON ledger FOR EACH ROW WHEN (false) EXECUTE FUNCTION refuse('')`
}

// record has a server record what more does.
func (r *rights) record(more func(s *store.Store)) {
	r.t.Helper()
	s, err := r.open(r.address)
	must(r.t, err)
	defer s.Close()
	more(s)
}

func (r *rights) verify(o store.VerifyOptions) error {
	r.t.Helper()
	o.Postgres = postgresAt(r.t, r.owner)
	_, err := store.Verify(r.t.Context(), o)
	return err
}

func addPerson(t testing.TB, s *store.Store, name string) {
	t.Helper()
	_, err := s.AddAccount(t.Context(), reviewerAccount(name), false, account.ChangedBy{At: noon})
	must(t, err)
}

// Whatever its owner changes in the schema is found, and named.
func TestChangesOfTheSchemaAreFound(t *testing.T) {
	t.Parallel()
	r := newRights(t)
	r.record(func(s *store.Store) { addPerson(t, s, "Ann") })
	must(t, r.verify(store.VerifyOptions{}))
	for _, test := range []struct{ do, undo, want string }{
		{`ALTER TABLE ledger DISABLE TRIGGER ledger_is_not_changed`, `ALTER TABLE ledger ENABLE TRIGGER ledger_is_not_changed`, "the trigger ledger_is_not_changed on ledger is not"},
		{`ALTER TABLE ledger ENABLE REPLICA TRIGGER ledger_is_gapless`, `ALTER TABLE ledger ENABLE TRIGGER ledger_is_gapless`, "the trigger ledger_is_gapless on ledger is not"},
		{`ALTER TABLE fetches DISABLE TRIGGER ALL`, `ALTER TABLE fetches ENABLE TRIGGER ALL`, "the table fetches is not"},
		{`DROP TRIGGER sign_ins_are_not_deleted ON sign_ins`, `CREATE TRIGGER sign_ins_are_not_deleted BEFORE DELETE ON sign_ins FOR EACH ROW EXECUTE FUNCTION refuse('sign-ins are never deleted')`, "the trigger sign_ins_are_not_deleted on sign_ins is missing"},
		{`CREATE TRIGGER more BEFORE INSERT ON access_log FOR EACH ROW EXECUTE FUNCTION refuse('no')`, `DROP TRIGGER more ON access_log`, "the trigger more on access_log was put in"},
		{`ALTER TABLE ledger DROP CONSTRAINT ledger_seq_check`, `ALTER TABLE ledger ADD CONSTRAINT ledger_seq_check CHECK (seq >= 0) NOT VALID`, "the table ledger is not"},
		{``, `ALTER TABLE ledger VALIDATE CONSTRAINT ledger_seq_check`, "the table ledger is not"},
		{`ALTER TABLE ledger ALTER COLUMN name DROP NOT NULL`, `ALTER TABLE ledger ALTER COLUMN name SET NOT NULL`, "the table ledger is not"},
		{`ALTER TABLE accounts ALTER COLUMN role SET DEFAULT 'admin'`, `ALTER TABLE accounts ALTER COLUMN role DROP DEFAULT`, "the table accounts is not"},
		{`ALTER TABLE settings ALTER COLUMN value TYPE TEXT COLLATE "POSIX"`, `ALTER TABLE settings ALTER COLUMN value TYPE TEXT COLLATE "C"`, "the table settings is not"},
		{`ALTER TABLE settings ADD COLUMN more TEXT`, `ALTER TABLE settings DROP COLUMN more`, "the table settings is not"},
		{`CREATE RULE more AS ON UPDATE TO checkpoints DO INSTEAD NOTHING`, `DROP RULE more ON checkpoints`, "the rule more on checkpoints was put in"},
		{`ALTER TABLE access_log ENABLE ROW LEVEL SECURITY`, `ALTER TABLE access_log DISABLE ROW LEVEL SECURITY`, "the table access_log is not"},
		{`CREATE POLICY more ON access_log USING (false)`, `DROP POLICY more ON access_log`, "the policy more on access_log was put in"},
		{`ALTER TABLE preferences RENAME TO kept; CREATE VIEW preferences AS SELECT account, chosen FROM kept`, `DROP VIEW preferences; ALTER TABLE kept RENAME TO preferences`, "the table preferences is missing"},
		{`ALTER TABLE preferences SET UNLOGGED`, `ALTER TABLE preferences SET LOGGED`, "the table preferences is not"},
		{`CREATE TABLE more () INHERITS (checkpoints)`, `DROP TABLE more`, "the table checkpoints is not"},
		{`CREATE TABLE more (id BIGINT)`, `DROP TABLE more`, "the table more was put in"},
		{`CREATE MATERIALIZED VIEW more AS SELECT seq FROM ledger`, `DROP MATERIALIZED VIEW more`, "the relation more was put in"},
		{`CREATE FUNCTION more() RETURNS BIGINT LANGUAGE sql AS 'SELECT 1::bigint'`, `DROP FUNCTION more()`, "the function more() was put in"},
		{`ALTER FUNCTION next_entry() SECURITY DEFINER`, `ALTER FUNCTION next_entry() SECURITY INVOKER`, "the function next_entry() is not"},
		{`DROP INDEX ledger_second`, `CREATE UNIQUE INDEX ledger_second ON ledger (about) WHERE act IN ('second-agreed', 'second-disagreed')`, "the index ledger_second is missing"},
		{`CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END'`, ``, "the function refuse() is not"},
	} {
		if test.do != "" {
			r.execute(test.do)
		}
		if err := r.verify(store.VerifyOptions{}); !errors.Is(err, ledger.ErrBroken) || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: error %v, want %q", test.do, err, test.want)
		}
		if test.undo == "" {
			continue
		}
		r.execute(test.undo)
		if strings.HasSuffix(test.undo, "NOT VALID") { // which is no whole undoing
			continue
		}
		if err := r.verify(store.VerifyOptions{}); err != nil {
			t.Fatalf("%s: error %v", test.undo, err)
		}
	}
}

// An owner who disables a trigger for the time of a change leaves the change behind.
func TestWhatAnOwnerChangesIsFound(t *testing.T) {
	t.Parallel()
	r := newRights(t)
	r.record(func(s *store.Store) { addPerson(t, s, "Ann"); addPerson(t, s, "Bob") })
	r.execute(`ALTER TABLE ledger DISABLE TRIGGER USER`, `UPDATE ledger SET name = 'Eve' WHERE seq = 1`, `ALTER TABLE ledger ENABLE TRIGGER USER`)
	err := r.verify(store.VerifyOptions{})
	var broken *ledger.Broken
	if !errors.As(err, &broken) || broken.Seq != 1 {
		t.Errorf("error %v, want one about entry 1", err)
	}
}

// A dump of before that is put back shows by a checkpoint that was kept, and by the checkpoint log
// of a server.
func TestAnOlderDumpIsFound(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	postgrestest.DatabaseIn(t, folder)
	r := &rights{t: t, owner: postgrestest.URLIn(t, folder), folder: folder}
	r.role, r.address = postgrestest.NewRole(t, r.owner)
	r.migrate()
	o := fileIn(folder)
	o.Postgres, o.Serve, o.SigningKeyFile, o.CheckpointLog = postgresAt(t, r.address), true, filepath.Join(folder, "signing.key"), filepath.Join(folder, "checkpoints.log")
	record := func(name string) (signed []byte, size int64) {
		s := mustOpen(t, o)
		defer s.Close()
		addPerson(t, s, name)
		signed, err := s.Checkpoint(t.Context())
		must(t, err)
		health, err := s.Health(t.Context())
		must(t, err)
		return signed, health.Size
	}
	_, size := record("Ann")
	older := postgrestest.CopyOf(t, r.owner)
	kept, _ := record("Bob")
	must(t, r.verify(store.VerifyOptions{Checkpoints: [][]byte{kept}}))

	r.owner = older
	must(t, r.verify(store.VerifyOptions{})) // by itself it is whole
	err := r.verify(store.VerifyOptions{Checkpoints: [][]byte{kept}})
	var broken *ledger.Broken
	if !errors.As(err, &broken) || broken.Seq != size {
		t.Errorf("error %v, want one about entry %d", err, size)
	}
	o.Postgres = postgresAt(t, older)
	s := mustOpen(t, o)
	wantUnready(t, s, review.UnreadyOlder)
	must(t, s.Close())
}
