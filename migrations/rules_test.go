package migrations_test

import (
	"database/sql"
	"errors"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
)

// refusedByTrigger is the SQLSTATE of what a trigger refuses.
const refusedByTrigger = "CS001"

// Arguments of the statements below.
var (
	digest      = make([]byte, 32)
	otherDigest = append([]byte{1}, digest[1:]...)
	sealedBody  = []byte("\x01sealed")
	person      = "11111111-1111-1111-1111-111111111111"
	erased      = "22222222-2222-2222-2222-222222222222"
)

// step is a statement and what it gets: the words of the trigger that refuses it, "refused" where
// a rule of a table does, and nothing where it is carried out.
type step struct {
	statement string
	args      []any
	want      string
}

const insertEntry = `
	INSERT INTO ledger (seq, at, actor, name, role, recipient, snapshot, act, about, facts, content, sealed, text_sealed, hashes)
	VALUES ($1, 1, $2, 'Ada', $3, $4, $5, $6, $7, $8, $9, $9, $9, $9)`

// entry appends to the ledger.
func entry(seq, actor int, role, act string, about int, facts, want string) step {
	return step{insertEntry, []any{seq, actor, role, person, digest, act, about, facts, digest}, want}
}

var rules = []step{
	{`INSERT INTO accounts (id, name, name_key, role, password, created_at) VALUES (1, 'Ada', 'ADA', 'reviewer', '', 0)`, nil, ""},
	{`INSERT INTO accounts (id, name, name_key, role, password, created_at) VALUES (2, 'ada', 'ADA', 'reviewer', '', 0)`, nil, "refused"},
	{`INSERT INTO recipients (id, data_key) VALUES ($1, $2)`, []any{person, digest}, ""},
	{`INSERT INTO recipients (id, data_key) VALUES ($1, $2)`, []any{erased, digest}, ""},
	{`INSERT INTO recipients (id, data_key) VALUES ('short', $1)`, []any{digest}, "refused"},
	{`UPDATE recipients SET final = 2`, nil, "refused"},
	{`UPDATE recipients SET newest = 9`, nil, "refused"},
	{`INSERT INTO snapshots (recipient, digest, body) VALUES ($1, $2, $3)`, []any{person, digest, sealedBody}, ""},
	{`INSERT INTO snapshots (recipient, digest, body) VALUES ($1, $2, $3)`, []any{erased, digest, sealedBody}, ""},
	{`INSERT INTO snapshots (recipient, digest, body) VALUES ($1, $2, $3)`, []any{erased, otherDigest, []byte("{}")}, "results are sealed"},
	{`INSERT INTO snapshots (recipient, digest, body) VALUES ($1, $2, $3)`, []any{person, digest[1:], sealedBody}, "refused"},
	{`UPDATE snapshots SET body = $1`, []any{digest[:0]}, "snapshots are never changed"},
	{`DELETE FROM snapshots`, nil, "snapshots are never deleted"},
	{`INSERT INTO fetches (id, recipient, at, account, digest, run) VALUES (1, $1, 0, 1, $2, 1)`, []any{person, digest}, ""},
	{`INSERT INTO fetches (id, recipient, at, account, digest, run) VALUES (2, $1, 0, 1, $2, 1)`, []any{person, otherDigest}, "refused"},
	{`INSERT INTO fetches (id, recipient, at, account, digest, run) VALUES (2, $1, 0, 1, $2, NULL)`, []any{person, digest}, "refused"},
	{`INSERT INTO fetches (id, recipient, at, account) VALUES (2, $1, 0, 1)`, []any{person}, "refused"},
	{`UPDATE fetches SET at = 1`, nil, "fetches are never changed"},
	{`DELETE FROM fetches`, nil, "fetches are never deleted"},
	{`INSERT INTO access_log (id, at, account, recipient, digest, what, page_view, medium) VALUES (1, 0, 1, $1, $2, 'on-screen', 1, $1)`, []any{person, digest}, ""},
	{`INSERT INTO access_log (id, at, account, recipient, digest, what, page_view, medium) VALUES (2, 0, 1, $1, $2, 'on-screen', 1, $1)`, []any{person, digest}, "refused"},
	{`INSERT INTO access_log (id, at, account, recipient, digest, what) VALUES (2, 0, 1, NULL, $1, 'result')`, []any{digest}, "refused"},
	{`INSERT INTO access_log (id, at, account, recipient, digest, what) VALUES (2, 0, 1, NULL, $1, 'file')`, []any{digest}, ""},
	{`INSERT INTO access_log (id, at, account, recipient, digest, what, hits_read) VALUES (3, 0, 1, $1, $2, 'hits', '{')`, []any{person, digest}, "refused"},
	{`UPDATE access_log SET at = 1`, nil, "access entries are never changed"},
	{`DELETE FROM access_log`, nil, "access entries are never deleted"},

	entry(1, 1, "reviewer", "note", 0, `{}`, "the ledger has no gaps"),
	entry(0, 1, "reviewer", "note", 0, `{"form":"a","account":7}`, ""),
	entry(0, 1, "reviewer", "note", 0, `{}`, "the ledger has no gaps"),
	entry(1, 1, "reviewer", "note", 0, `{"form":"a"}`, "refused"),
	entry(1, 1, "reviewer", "note", 0, `{form}`, "refused"),
	entry(1, 1, "reviewer", "decision", 0, `{"second_review":"awaited"}`, ""),
	{`UPDATE ledger SET name = 'Eve'`, nil, "the ledger is never changed"},
	{`UPDATE ledger SET text_sealed = NULL`, nil, "the ledger is never changed"},
	{`DELETE FROM ledger`, nil, "the ledger is never cut"},
	entry(2, 2, "supervisor", "second-agreed", 0, `{}`, "a second review is of a decision that awaits one"),
	entry(2, 1, "supervisor", "second-agreed", 1, `{}`, "nobody reviews their own decision"),
	{insertEntry, []any{2, 2, "supervisor", person, otherDigest, "second-agreed", 1, `{}`, digest}, "a second review is of the same result"},
	entry(2, 2, "reviewer", "second-agreed", 1, `{}`, "a second review is by a supervisor"),
	entry(2, 2, "supervisor", "second-agreed", 1, `{}`, ""),
	entry(3, 3, "supervisor", "second-disagreed", 1, `{}`, "refused"),
	entry(3, 1, "reviewer", "withdrawn", 1, `{}`, ""),
	entry(4, 2, "supervisor", "second-agreed", 1, `{}`, "the decision no longer awaits an answer"),
	entry(4, 1, "reviewer", "expected-set", 3, `{}`, "an expected signer takes the place of the newest"),
	entry(4, 1, "reviewer", "expected-cleared", 0, `{}`, "only an expected signer is cleared"),
	entry(4, 1, "reviewer", "expected-set", 0, `{}`, ""),
	entry(5, 1, "reviewer", "expected-cleared", 4, `{}`, ""),
	{insertEntry, []any{6, 1, "admin", erased, digest, "erasure", 0, `{}`, digest}, ""},
	{`UPDATE ledger SET text_sealed = NULL WHERE seq = 6`, nil, ""},
	{`UPDATE ledger SET facts = '[]' WHERE seq = 6`, nil, "the ledger is never changed"},
	{`UPDATE ledger SET behind = 1 WHERE seq = 6`, nil, "the ledger is never changed"},
	{`UPDATE snapshots SET body = $1 WHERE recipient = $2`, []any{digest[:0], erased}, ""},
	{`UPDATE snapshots SET body = $1 WHERE recipient = $2`, []any{digest, erased}, "snapshots are never changed"},

	{`INSERT INTO checkpoints (size, at, text) VALUES (1, 0, '')`, nil, ""},
	{`INSERT INTO checkpoints (size, at, text) VALUES (0, 0, '')`, nil, "refused"},
	{`UPDATE checkpoints SET at = 1`, nil, "checkpoints are never changed"},
	{`DELETE FROM checkpoints`, nil, "checkpoints are never deleted"},
	{`INSERT INTO sign_ins (id, at, account, event, outcome, reason, session, count, line) VALUES (1, 0, 1, '', '', '', '', 0, $1)`, []any{digest}, ""},
	{`UPDATE sign_ins SET at = 1`, nil, "sign-ins are never changed"},
	{`DELETE FROM sign_ins`, nil, "sign-ins are never deleted"},
	{`UPDATE accounts SET name = 'Eve' WHERE id = -2`, nil, "the account of the system is never changed"},
	{`DELETE FROM accounts WHERE id = -2`, nil, "the account of the system is never deleted"},
	{`INSERT INTO sessions (token_hash, account, created_at, seen_at) VALUES ($1, -2, 0, 0)`, []any{digest}, "nobody signs in as the system"},
	{`INSERT INTO sessions (token_hash, account, created_at, seen_at) VALUES ($1, 1, 0, 0)`, []any{digest}, ""},
	{`INSERT INTO password_links (account, token_hash, until) VALUES (-2, $1, 0)`, []any{digest}, "nobody chooses a password for the system"},
	{`INSERT INTO saved_views (id, owner, name, query, entry) VALUES (1, 1, 'a', '', 99)`, nil, "refused"},
}

// What one engine refuses the other refuses too, in the same words where a trigger does.
func TestRulesOfTheDatabase(t *testing.T) {
	t.Parallel()
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		takeSteps(t, newSQLite(t))
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		db := newPostgres(t)
		takeSteps(t, db)
		for table, want := range map[string]string{
			"ledger": "the ledger is never cut", "access_log": "access entries are never deleted",
			"fetches": "fetches are never deleted", "snapshots": "snapshots are never deleted",
			"checkpoints": "checkpoints are never deleted", "sign_ins": "sign-ins are never deleted",
		} {
			takeStep(t, db, step{"TRUNCATE " + table + " CASCADE", nil, want})
		}
		const given = "a number that was given stays so"
		for _, statement := range []string{
			`UPDATE given_ids SET last = last - 1 WHERE name = 'access_log'`, `UPDATE given_ids SET name = 'fetches' WHERE name = 'sign_ins'`,
			`DELETE FROM given_ids`, `TRUNCATE given_ids`,
		} {
			takeStep(t, db, step{statement, nil, given})
		}
	})
}

func takeSteps(t *testing.T, db *sql.DB) {
	t.Helper()
	for _, s := range rules {
		takeStep(t, db, s)
	}
	found := readLines(t, db, `SELECT form || ' ' || account FROM ledger WHERE seq = 0`)
	if len(found) != 1 || found[0] != "a 7" {
		t.Errorf("the form and the account of an entry are %q", found)
	}
}

func takeStep(t *testing.T, db *sql.DB, s step) {
	t.Helper()
	_, err := db.ExecContext(t.Context(), s.statement, s.args...)
	var answer *pgconn.PgError
	switch {
	case s.want == "" && err != nil:
		t.Errorf("%s %v: %v", s.statement, s.args, err)
	case s.want == "":
	case err == nil:
		t.Errorf("%s %v was carried out, want %q", s.statement, s.args, s.want)
	case s.want == "refused":
		if errors.As(err, &answer) && answer.Code == refusedByTrigger {
			t.Errorf("%s %v: %v, want a rule of the table", s.statement, s.args, err)
		}
	case !strings.Contains(err.Error(), s.want):
		t.Errorf("%s %v: %v, want %q", s.statement, s.args, err, s.want)
	case errors.As(err, &answer) && answer.Code != refusedByTrigger:
		t.Errorf("%s %v: SQLSTATE %s", s.statement, s.args, answer.Code)
	}
}

// No session has triggers look into a table of its own instead of the ledger.
func TestTemporaryTableIsNotTheLedger(t *testing.T) {
	t.Parallel()
	db := newPostgres(t)
	schema := readLines(t, db, `SELECT quote_ident(current_schema())`)[0]
	for _, statement := range []string{`CREATE TEMP TABLE ledger (seq BIGINT)`, `INSERT INTO pg_temp.ledger VALUES (41)`} {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	forged := entry(42, 1, "reviewer", "note", 0, `{}`, "the ledger has no gaps")
	forged.statement = strings.Replace(forged.statement, "INTO ledger", "INTO "+schema+".ledger", 1)
	takeStep(t, db, forged)
}
