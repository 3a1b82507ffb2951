package store_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

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
