package migrations_test

import (
	"database/sql"
	"embed"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	_ "modernc.org/sqlite"

	"countersign/internal/postgrestest"
	"countersign/migrations"
)

// newSQLite returns a database that the steps for SQLite made.
func newSQLite(t *testing.T) *sql.DB {
	t.Helper()
	path := "file:" + filepath.ToSlash(filepath.Join(t.TempDir(), "made.db")) + "?_pragma=foreign_keys(1)"
	return newDatabase(t, "sqlite", path, migrations.SQLite)
}

// newPostgres returns a schema that the steps for PostgreSQL made.
func newPostgres(t *testing.T) *sql.DB {
	t.Helper()
	return newDatabase(t, "pgx", postgrestest.URL(t), migrations.Postgres)
}

func newDatabase(t *testing.T, driver, dsn string, steps embed.FS) *sql.DB {
	t.Helper()
	db, err := sql.Open(driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	db.SetMaxOpenConns(1)
	files, err := fs.Glob(steps, "*/*.up.sql")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d steps, error %v", len(files), err)
	}
	for _, name := range files {
		text, err := steps.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.Exec(string(text)); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	return db
}

// readLines returns what a query finds, each row with its columns after one another, in order.
func readLines(t *testing.T, db *sql.DB, query string) []string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	var lines []string
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			t.Fatalf("%s: %v", query, err)
		}
		lines = append(lines, line)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return lines
}

// columnsOf finds the columns of all tables, and what is a fact of a column alone.
var columnsOf = map[string]string{
	"sqlite": `
		SELECT t.name || '.' || c.name || ' ' || c.type
			|| iif(c."notnull" OR c.pk > 0, ' not null', '')
			|| coalesce(' default ' || c.dflt_value, '')
			|| iif(c.hidden <> 0, ' generated', '')
		FROM sqlite_schema AS t, pragma_table_xinfo(t.name) AS c
		WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%'`,
	"postgres": `
		SELECT table_name || '.' || column_name || ' '
			|| CASE data_type WHEN 'bigint' THEN 'INTEGER' WHEN 'bytea' THEN 'BLOB' WHEN 'text' THEN 'TEXT' ELSE data_type END
			|| CASE WHEN data_type = 'text' AND collation_name IS DISTINCT FROM 'C' THEN ' not by bytes' ELSE '' END
			|| CASE is_nullable WHEN 'NO' THEN ' not null' ELSE '' END
			|| coalesce(' default ' || replace(column_default, '::text', ''), '')
			|| CASE is_generated WHEN 'ALWAYS' THEN ' generated' ELSE '' END
		FROM information_schema.columns
		WHERE table_schema = current_schema()`,
}

// keysOf finds primary keys, what is unique, and what refers to other tables.
var keysOf = map[string]string{
	"sqlite": `
		SELECT t.name || ' primary ' || (
			SELECT group_concat(name) FROM (SELECT name FROM pragma_table_xinfo(t.name) WHERE pk > 0 ORDER BY pk))
		FROM sqlite_schema AS t
		WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%' AND EXISTS (SELECT 1 FROM pragma_table_xinfo(t.name) WHERE pk > 0)
		UNION ALL
		SELECT t.name || ' unique ' || (
			SELECT group_concat(name) FROM (SELECT name FROM pragma_index_info(i.name) ORDER BY seqno))
		FROM sqlite_schema AS t, pragma_index_list(t.name) AS i
		WHERE t.type = 'table' AND i.origin = 'u'
		UNION ALL
		SELECT t.name || ' ' || group_concat(f."from") || ' refers to ' || f."table" || ' ' || group_concat(f."to")
			|| ' ' || f.on_update || ' ' || f.on_delete
		FROM sqlite_schema AS t, pragma_foreign_key_list(t.name) AS f
		WHERE t.type = 'table'
		GROUP BY t.name, f.id`,
	"postgres": `
		SELECT conrelid::regclass || CASE contype WHEN 'p' THEN ' primary ' ELSE ' unique ' END || (
			SELECT string_agg(attname, ',' ORDER BY k.place)
			FROM unnest(conkey) WITH ORDINALITY AS k (number, place)
			JOIN pg_attribute ON attrelid = conrelid AND attnum = k.number)
		FROM pg_constraint
		WHERE connamespace = current_schema()::regnamespace AND contype IN ('p', 'u')
		UNION ALL
		SELECT conrelid::regclass || ' ' || (
			SELECT string_agg(attname, ',' ORDER BY k.place)
			FROM unnest(conkey) WITH ORDINALITY AS k (number, place)
			JOIN pg_attribute ON attrelid = conrelid AND attnum = k.number) || ' refers to ' || confrelid::regclass || ' ' || (
			SELECT string_agg(attname, ',' ORDER BY k.place)
			FROM unnest(confkey) WITH ORDINALITY AS k (number, place)
			JOIN pg_attribute ON attrelid = confrelid AND attnum = k.number)
			|| CASE confupdtype WHEN 'a' THEN ' NO ACTION' ELSE ' other' END
			|| CASE confdeltype WHEN 'a' THEN ' NO ACTION' ELSE ' other' END
		FROM pg_constraint
		WHERE connamespace = current_schema()::regnamespace AND contype = 'f'`,
}

// indexesOf finds the statements that make indexes.
var indexesOf = map[string]string{
	"sqlite":   `SELECT sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL`,
	"postgres": `SELECT replace(pg_get_indexdef(indexrelid, 0, true), quote_ident(current_schema()) || '.', '') FROM pg_index JOIN pg_class ON oid = indrelid WHERE relnamespace = current_schema()::regnamespace AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid)`,
}

// rowsOf finds the rows that steps put in.
var rowsOf = []string{
	`SELECT id || ' ' || name || ' ' || name_key || ' ' || role || ' ' || password || ' ' || created_at FROM accounts`,
	`SELECT name || ' ' || value FROM settings`,
}

// triggersOf finds the names of triggers. Those against TRUNCATE, which SQLite lacks, are
// tested by what they refuse.
var triggersOf = map[string]string{
	"sqlite":   `SELECT name || ' on ' || tbl_name FROM sqlite_schema WHERE type = 'trigger'`,
	"postgres": `SELECT tgname || ' on ' || tgrelid::regclass FROM pg_trigger JOIN pg_class AS c ON c.oid = tgrelid WHERE relnamespace = current_schema()::regnamespace AND NOT tgisinternal AND tgname NOT LIKE '%truncated'`,
}

// Both engines have the same tables, columns, keys, indexes, checks and triggers.
func TestPostgresHasTheSchemaOfSQLite(t *testing.T) {
	t.Parallel()
	postgres, sqlite := newPostgres(t), newSQLite(t)
	for what, queries := range map[string]map[string]string{"columns": columnsOf, "keys": keysOf, "triggers": triggersOf} {
		compareLines(t, what, readLines(t, sqlite, queries["sqlite"]), readLines(t, postgres, queries["postgres"]))
	}
	compareLines(t, "indexes",
		plainConditions(readLines(t, sqlite, indexesOf["sqlite"])), plainConditions(readLines(t, postgres, indexesOf["postgres"])))
	compareLines(t, "checks",
		plainConditions(sqliteChecks(readLines(t, sqlite, `SELECT name || ' ' || sql FROM sqlite_schema WHERE type = 'table'`))),
		plainConditions(readLines(t, postgres, `SELECT conrelid::regclass || ' ' || pg_get_constraintdef(oid, true) FROM pg_constraint WHERE connamespace = current_schema()::regnamespace AND contype = 'c'`)))
	for _, query := range rowsOf {
		compareLines(t, query, readLines(t, sqlite, query), readLines(t, postgres, query))
	}
}

// onlyOnPostgres reports whether a line is about what SQLite keeps by itself: the largest number that
// was given to a row.
func onlyOnPostgres(line string) bool {
	return strings.Contains(line, "given_ids") || strings.Contains(line, "_ids_are_kept on ")
}

func compareLines(t *testing.T, what string, sqlite, postgres []string) {
	t.Helper()
	postgres = slices.DeleteFunc(postgres, onlyOnPostgres)
	slices.Sort(sqlite)
	slices.Sort(postgres)
	if len(sqlite) == 0 || !slices.Equal(sqlite, postgres) {
		t.Errorf("%s differ (-SQLite +PostgreSQL):\n%s", what, cmp.Diff(sqlite, postgres))
	}
}

// sqliteChecks returns the checks in the statements that make tables, each after the name of
// its table.
func sqliteChecks(tables []string) []string {
	var checks []string
	for _, text := range tables {
		table, statement, _ := strings.Cut(text, " ")
		for {
			_, rest, found := strings.Cut(statement, "CHECK (")
			if !found {
				break
			}
			end := closingParenthesis(rest)
			checks = append(checks, table+" CHECK "+rest[:end])
			statement = rest[end:]
		}
	}
	return checks
}

// closingParenthesis returns where the parenthesis ends that was opened before the text.
func closingParenthesis(text string) int {
	open := 1
	for i, r := range text {
		switch r {
		case '(':
			open++
		case ')':
			open--
		}
		if open == 0 {
			return i
		}
	}
	return len(text)
}

// Ways of writing that mean the same.
var (
	cast   = regexp.MustCompile(`::[a-z]+`)
	isJSON = regexp.MustCompile(`(?:\w+ IS NULL OR )?(\w+)::json IS NOT NULL`)
	anyOf  = regexp.MustCompile(`= ANY \(ARRAY\[(.*?)\]\)`)
	noneOf = regexp.MustCompile(`<> ALL \(ARRAY\[(.*?)\]\)`)
	layout = strings.NewReplacer(" USING btree", "", " ", "", "(", "", ")", "")
)

// plainConditions writes conditions as both engines write them.
func plainConditions(lines []string) []string {
	var plain []string
	for _, line := range lines {
		line = isJSON.ReplaceAllString(line, "json_valid($1)")
		line = cast.ReplaceAllString(line, "")
		line = anyOf.ReplaceAllString(line, "IN $1")
		line = noneOf.ReplaceAllString(line, "NOT IN $1")
		plain = append(plain, layout.Replace(line))
	}
	return plain
}
