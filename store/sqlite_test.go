package store

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Placeholders have the numbers of their arguments, in whatever order they stand and however
// often.
func TestPlaceholders(t *testing.T) {
	d := newDesk(t)
	for range 2 { // the second time the statement was kept
		var got string
		must(t, d.readers.QueryRow(`SELECT $2 || $1 || $3 || $2 || $1`, "a", "b", "c").Scan(&got))
		if got != "bacba" {
			t.Errorf("bound as %q, want bacba", got)
		}
	}
	var got string
	must(t, d.readers.QueryRow(`SELECT $11 || $1 || $10`, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11).Scan(&got))
	if got != "11110" {
		t.Errorf("bound as %q, want 11110", got)
	}
}

// onlySQLite is what PostgreSQL does not know, or takes for something else.
var onlySQLite = regexp.MustCompile(`(?i)\?|\biif\b|\bifnull\b|json_|\bhex\(|x'|sqlite_|pragma|\browid\b|\bglob\b|insert or |[\s(](max|min)\([^()]*,|\bAS BLOB\b`)

// Statements are in the SQL that SQLite and PostgreSQL share, but for those of the files that
// stand for SQLite.
func TestStatementsAreShared(t *testing.T) {
	files, err := filepath.Glob("*.go")
	must(t, err)
	statements := 0
	for _, name := range files {
		if strings.HasPrefix(name, "sqlite") || strings.HasSuffix(name, "_test.go") {
			continue
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, name, nil, 0)
		must(t, err)
		ast.Inspect(file, func(n ast.Node) bool {
			text, ok := n.(*ast.BasicLit)
			if !ok || text.Kind != token.STRING || !strings.HasPrefix(text.Value, "`") {
				return true
			}
			statements++
			if found := onlySQLite.FindString(text.Value); found != "" {
				t.Errorf("%s: %q is in %s", set.Position(text.Pos()), found, text.Value)
			}
			return true
		})
	}
	if statements < 100 {
		t.Errorf("%d statements were found", statements)
	}
}

// The first entry at a time is found by the index of times, however long the ledger is.
func TestFirstAtIsFoundByItsIndex(t *testing.T) {
	d := newDesk(t)
	rows, err := d.readers.Query(`EXPLAIN QUERY PLAN `+firstAtQuery, millis(noon), 0, 9)
	must(t, err)
	defer rows.Close()
	plan := ""
	for rows.Next() {
		var id, parent, unused int
		var step string
		must(t, rows.Scan(&id, &parent, &unused, &step))
		plan += step + "\n"
	}
	must(t, rows.Err())
	if !strings.Contains(plan, "ledger_by_time (at>?)") || strings.Contains(plan, "TEMP B-TREE") {
		t.Errorf("the plan is\n%s", plan)
	}
}
