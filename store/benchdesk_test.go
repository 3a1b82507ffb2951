package store_test

import (
	"context"
	"database/sql"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"countersign/internal/postgrestest"
)

// Benchmarks run on both engines, as tests do. What they write is on the disk when it is confirmed,
// on the same disk; what they read was put into a file of SQLite's, and is copied from there where
// it is PostgreSQL's turn, so that both have the same rows.

// newDurableDesk opens a desk whose database confirms nothing that is not on the disk.
func newDurableDesk(b *testing.B) *desk {
	b.Helper()
	if !postgrestest.Chosen() {
		return newDesk(b)
	}
	folder := b.TempDir()
	postgrestest.Start(b).UseIn(folder)
	d := openDesk(b, folder)
	d.ann, d.bob = d.addPerson("Ann"), d.addPerson("Bob")
	return d
}

// addBareTable makes a table for bare INSERTs, and returns one.
func (d *desk) addBareTable() (insert string) {
	d.t.Helper()
	if postgrestest.Chosen() {
		exec(d.t, d.raw(), `CREATE TABLE bare (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, text BYTEA)`)
		exec(d.t, d.raw(), `GRANT INSERT ON bare TO PUBLIC`)
	} else {
		exec(d.t, d.Writer(), `CREATE TABLE bare (id INTEGER PRIMARY KEY, text BLOB)`)
	}
	return `INSERT INTO bare (text) VALUES ($1)`
}

// newFileDesk opens a desk on a file of SQLite's, whatever engine has its turn.
func newFileDesk(b *testing.B) *desk {
	b.Helper()
	folder := b.TempDir()
	databaseWithPeople.CopyTo(b, folder)
	d := openDeskWith(b, folder, fileIn(folder))
	d.ann, d.bob = d.person("Ann"), d.person("Bob")
	return d
}

// fillFile puts rows into the tables of a file, of which neither rules nor indexes ask anything
// meanwhile, and opens what is there on the engine that has its turn.
func (d *desk) fillFile(fill func(tx *sql.Tx)) {
	t := d.t
	t.Helper()
	must(t, d.Close())
	db := raw(t, d.options.Path)
	db.SetMaxOpenConns(1)
	for _, setting := range []string{"journal_mode = OFF", "synchronous = OFF", "cache_size = -64000"} {
		execInFile(t, db, `PRAGMA `+setting)
	}
	back := dropInFile(t, db)
	tx, err := db.BeginTx(context.WithoutCancel(t.Context()), nil)
	must(t, err)
	fill(tx)
	must(t, tx.Commit())
	for _, text := range back {
		execInFile(t, db, text)
	}
	must(t, db.Close())
	if postgrestest.Chosen() {
		d.options.Postgres = servedIn(t, d.folder)
		copyRows(t, d.options.Path, postgrestest.URLIn(t, d.folder))
	}
	d.Store = mustOpen(t, d.options)
}

// dropInFile drops the triggers and indexes of a file, and returns what makes them again.
func dropInFile(t testing.TB, db *sql.DB) []string {
	t.Helper()
	const dropped = ` FROM sqlite_schema WHERE type IN ('trigger', 'index') AND sql IS NOT NULL ORDER BY name`
	texts := column(t, db, `SELECT sql`+dropped)
	for _, name := range column(t, db, `SELECT type || ' ' || name`+dropped) {
		execInFile(t, db, `DROP `+name)
	}
	return texts
}

// execInFile runs a statement of SQLite's, whatever engine has its turn.
func execInFile(t testing.TB, in interface {
	Exec(query string, args ...any) (sql.Result, error)
}, query string, args ...any) {
	t.Helper()
	if _, err := in.Exec(query, args...); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

// copyRows copies the rows of all tables of a file into a schema that has the same tables. No rule
// of the schema is asked.
func copyRows(t testing.TB, file, dsn string) {
	t.Helper()
	from := raw(t, file)
	to, err := pgx.Connect(t.Context(), dsn)
	must(t, err)
	defer to.Close(t.Context())
	run := func(statement string) {
		t.Helper()
		if _, err := to.Exec(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	run(`SET session_replication_role = replica`)
	run(`SET maintenance_work_mem = '256MB'`)
	indexes := dropIndexes(t, to)
	for _, table := range column(t, from, `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!' AND name <> 'schema_migrations'`) {
		condition := ``
		if table == "facts" {
			condition = ` WHERE name <> 'head'`
		}
		run(`DELETE FROM ` + table + condition)
		copyTable(t, from, to, table)
	}
	for _, table := range []string{"access_log", "fetches", "sign_ins"} { // as triggers would have
		run(`INSERT INTO given_ids (name, last) SELECT '` + table + `', max(id) FROM ` + table + ` HAVING count(*) > 0`)
	}
	for _, text := range indexes {
		run(text)
	}
	run(`VACUUM (ANALYZE)`)
}

// dropIndexes drops the indexes that are no constraints, and returns what makes them again.
func dropIndexes(t testing.TB, db *pgx.Conn) []string {
	t.Helper()
	rows, err := db.Query(t.Context(), `
		SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS text
		FROM pg_index
		JOIN pg_class ON pg_class.oid = indrelid
		WHERE relnamespace = quote_ident(current_schema())::regnamespace
			AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid)`)
	must(t, err)
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[struct{ Name, Text string }])
	must(t, err)
	var texts []string
	for _, index := range found {
		_, err := db.Exec(t.Context(), `DROP INDEX `+index.Name)
		must(t, err)
		texts = append(texts, index.Text)
	}
	return texts
}

func copyTable(t testing.TB, from *sql.DB, to *pgx.Conn, table string) {
	t.Helper()
	columns := column(t, from, `SELECT name FROM pragma_table_info('`+table+`')`) // which leaves out what is generated
	rows, err := from.Query(`SELECT ` + strings.Join(columns, ", ") + ` FROM ` + table)
	must(t, err)
	defer rows.Close()
	_, err = to.CopyFrom(t.Context(), pgx.Identifier{table}, columns, pgx.CopyFromFunc(func() ([]any, error) {
		if !rows.Next() {
			return nil, rows.Err()
		}
		values, targets := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			targets[i] = &values[i]
		}
		err := rows.Scan(targets...)
		for i, value := range values {
			if text, ok := value.([]byte); ok && text == nil {
				values[i] = []byte{} // none are not NULL
			}
		}
		return values, err
	}))
	must(t, err)
}
