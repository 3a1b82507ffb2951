package store_test

import (
	"database/sql"
	"errors"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"countersign/internal/account"
	"countersign/internal/postgrestest"
	"countersign/store"
)

// notPermitted is the SQLSTATE of what a role has no right to.
const notPermitted = "42501"

// rights is a schema that a role may serve.
type rights struct {
	t       testing.TB
	owner   string // address of whoever made the schema
	role    string
	address string // by which the role signs in
	folder  string // of keys
}

func newRights(t testing.TB) *rights {
	t.Helper()
	r := &rights{t: t, owner: postgrestest.URL(t), folder: t.TempDir()}
	r.role, r.address = postgrestest.NewRole(t, r.owner)
	r.migrate()
	return r
}

func (r *rights) migrate() {
	r.t.Helper()
	_, err := store.Migrate(r.t.Context(), store.Options{Postgres: postgresAt(r.t, r.owner)}, r.role)
	must(r.t, err)
}

// execute carries out statements as the owner.
func (r *rights) execute(statements ...string) {
	r.t.Helper()
	db := openRaw(r.t, "pgx", r.owner)
	defer db.Close()
	for _, statement := range statements {
		exec(r.t, db, statement)
	}
}

// open opens the store that a server opens.
func (r *rights) open(address string) (*store.Store, error) {
	r.t.Helper()
	o := fileIn(r.folder)
	o.Postgres, o.Serve = postgresAt(r.t, address), true
	return store.Open(r.t.Context(), o)
}

// The role that serves cannot change or do away with what was recorded, nor with the rules that
// keep it.
func TestTheServingRoleCannotChangeWhatIsRecorded(t *testing.T) {
	t.Parallel()
	r := newRights(t)
	r.migrate() // a second time changes nothing
	db := openRaw(t, "pgx", r.address)
	for table, column := range map[string]string{
		"ledger": "facts", "access_log": "at", "fetches": "at", "snapshots": "digest", "checkpoints": "text", "sign_ins": "at",
	} {
		for _, statement := range []string{
			`UPDATE ` + table + ` SET ` + column + ` = ` + column,
			`DELETE FROM ` + table,
			`TRUNCATE ` + table + ` CASCADE`,
			`ALTER TABLE ` + table + ` DISABLE TRIGGER ALL`,
			`ALTER TABLE ` + table + ` DROP COLUMN ` + column,
			`ALTER TABLE ` + table + ` RENAME TO other`,
			`CREATE TRIGGER more BEFORE INSERT ON ` + table + ` FOR EACH ROW EXECUTE FUNCTION refuse()`,
			`CREATE RULE more AS ON INSERT TO ` + table + ` DO INSTEAD NOTHING`,
			`DROP TABLE ` + table + ` CASCADE`,
		} {
			wantNotPermitted(t, db, statement)
		}
	}
	for _, statement := range []string{
		`SET session_replication_role = replica`,
		`CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN new; END $$`,
		`CREATE OR REPLACE FUNCTION is_erased(who TEXT) RETURNS BOOLEAN LANGUAGE sql AS 'SELECT true'`,
		`CREATE TABLE more (id BIGINT)`,
		`DROP TRIGGER ledger_is_not_changed ON ledger`,
		`UPDATE schema_migrations SET version = 1`,
	} {
		wantNotPermitted(t, db, statement)
	}
}

func wantNotPermitted(t *testing.T, db *sql.DB, statement string) {
	t.Helper()
	_, err := db.ExecContext(t.Context(), statement)
	var answer *pgconn.PgError
	if !errors.As(err, &answer) || answer.Code != notPermitted {
		t.Errorf("%s: error %v, want that it is not permitted", statement, err)
	}
}

// A server whose role can do more than a server needs works, and says so.
func TestARoleThatIsTooMightyIsWarnedOf(t *testing.T) {
	t.Parallel()
	r := newRights(t)
	group, _ := postgrestest.NewRole(t, r.owner)
	for _, test := range []struct {
		name, do string
		want     string // in the warning; empty for none
	}{
		{"as migrate leaves it", "", ""},
		{"a column that an erasure empties", `GRANT UPDATE (text_sealed) ON ledger TO ` + r.role, ""},
		{"another column", `GRANT UPDATE (facts) ON ledger TO ` + r.role, "the right to UPDATE on"},
		{"a table", `GRANT UPDATE ON checkpoints TO ` + r.role, "the right to UPDATE on"},
		{"rows that go", `GRANT DELETE ON access_log TO ` + r.role, "the right to DELETE on"},
		{"rows that everybody may delete", `GRANT DELETE ON sign_ins TO PUBLIC`, "the right to DELETE on"},
		{"a table that is emptied, and rules", `GRANT TRUNCATE, TRIGGER ON fetches TO ` + r.role, "the right to TRUNCATE, TRIGGER on"},
		{"the role of an owner", `GRANT ` + group + ` TO ` + r.role + `; ALTER ROLE ` + r.role + ` NOINHERIT; ALTER TABLE ledger OWNER TO ` + group, "owns the database"},
		{"a superuser", `ALTER ROLE ` + r.role + ` SUPERUSER`, "is a superuser"},
	} {
		if test.do != "" {
			r.execute(test.do)
		}
		s, err := r.open(r.address)
		if err != nil {
			t.Fatalf("%s: %v", test.name, err)
		}
		warning := s.Warning()
		must(t, s.Close())
		if strings.Contains(warning, "The role") != (test.want != "") || !strings.Contains(warning, test.want) {
			t.Errorf("%s: it warns %q, want %q", test.name, warning, test.want)
		}
		r.execute(`ALTER ROLE `+r.role+` NOSUPERUSER`, `REVOKE `+group+` FROM `+r.role, `REASSIGN OWNED BY `+group+` TO CURRENT_USER`)
		r.migrate() // takes it away again
	}
}

// Migrating again gives the role its rights to tables that a new version brings.
func TestNewTablesAreServedWhenMigratedAgain(t *testing.T) {
	t.Parallel()
	r := newRights(t)
	r.execute(`CREATE TABLE more (id BIGINT)`, `CREATE FUNCTION more() RETURNS BIGINT LANGUAGE sql AS 'SELECT 1::bigint'`, `REVOKE EXECUTE ON FUNCTION more() FROM PUBLIC`)
	db := openRaw(t, "pgx", r.address)
	wantNotPermitted(t, db, `INSERT INTO more (id) VALUES (1)`)
	wantNotPermitted(t, db, `SELECT more()`)
	r.migrate()
	exec(t, db, `INSERT INTO more (id) VALUES (1)`)
	exec(t, db, `SELECT more()`)
}

// A role that could not be kept from anything, or that there is not, is refused before it is given
// anything.
func TestServingRolesThatAreRefused(t *testing.T) {
	t.Parallel()
	r := newRights(t)
	owner := openRaw(t, "pgx", r.owner)
	var name string
	must(t, owner.QueryRow(`SELECT current_user`).Scan(&name))
	for role, want := range map[string]error{name: store.ErrMightyRole, "nobody of this name": store.ErrNoRole, `x"; DROP TABLE ledger; --`: store.ErrNoRole} {
		_, err := store.Migrate(t.Context(), store.Options{Postgres: postgresAt(t, r.owner)}, role)
		wantErr(t, err, want)
		if text := err.Error(); !strings.HasPrefix(text, "the serving role "+role+" ") {
			t.Errorf("not a sentence in our words: %q", text)
		}
	}
}

// Who may look into a schema and make nothing in it is told so by migrate.
func TestMigrateNeedsTheOwner(t *testing.T) {
	t.Parallel()
	owner := postgrestest.URL(t)
	role, address := postgrestest.NewRole(t, owner)
	db := openRaw(t, "pgx", owner)
	var schema string
	must(t, db.QueryRow(`SELECT current_schema()`).Scan(&schema))
	exec(t, db, `GRANT USAGE ON SCHEMA `+schema+` TO `+role)
	_, err := store.Migrate(t.Context(), store.Options{Postgres: postgresAt(t, address)}, "")
	wantErr(t, err, store.ErrNoRight)
	if text := err.Error(); !strings.HasSuffix(text, store.ErrNoRight.Error()) {
		t.Errorf("not a sentence in our words: %q", text)
	}
}

// What a role lacks is said in one sentence, at the start and in between.
func TestMissingRightsAreSaid(t *testing.T) {
	t.Parallel()
	r := newRights(t)
	s, err := r.open(r.address)
	must(t, err)
	defer s.Close()
	r.execute(`REVOKE INSERT ON ledger FROM ` + r.role)
	_, err = s.AddAccount(t.Context(), reviewerAccount("Ann"), false, account.ChangedBy{At: noon})
	wantErr(t, err, store.ErrNoRight)
	r.execute(`REVOKE ALL ON ledger FROM ` + r.role)
	_, err = r.open(r.address)
	wantErr(t, err, store.ErrNoRight)
	if text := err.Error(); !strings.HasPrefix(text, "the database postgres://") || !strings.HasSuffix(text, store.ErrNoRight.Error()) {
		t.Errorf("not a sentence in our words: %q", text)
	}
	_, err = store.Migrate(t.Context(), store.Options{Postgres: postgresAt(t, r.address)}, r.role) // which only the owner may
	wantErr(t, err, store.ErrNoRight)
	_, elsewhere := postgrestest.NewRole(t, postgrestest.URL(t))
	_, err = store.Migrate(t.Context(), store.Options{Postgres: postgresAt(t, elsewhere)}, "")
	wantErr(t, err, store.ErrNoSchema)
	_, err = r.open(elsewhere)
	wantErr(t, err, store.ErrNoSchema)
}
