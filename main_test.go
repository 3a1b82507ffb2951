package main

import (
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"countersign/migrations"
)

// rules says, for each package, which packages of ours it may import, and which paths
// from elsewhere it must not. A package that is not here may not exist.
var rules = map[string]struct{ ours, never []string }{
	".":                         {ours: []string{"internal/cli"}},
	"handlers":                  {ours: []string{"views", "static", "internal/review", "internal/idv", "internal/account"}, never: []string{"database/sql"}},
	"views":                     {ours: []string{"static", "internal/review", "internal/idv", "internal/account"}, never: []string{"net/http", "database/sql"}},
	"static":                    {},
	"migrations":                {},
	"store":                     {ours: []string{"migrations", "internal/review", "internal/idv", "internal/account"}, never: []string{"net/http"}},
	"internal/idv":              {never: []string{"net/http", "database/sql", "html/template"}},
	"internal/account":          {never: []string{"net/http", "database/sql"}},
	"internal/review":           {ours: []string{"internal/idv", "internal/account"}, never: []string{"net/http", "database/sql"}},
	"internal/yotisign":         {ours: []string{"internal/idv"}, never: []string{"database/sql"}},
	"internal/yotisign/sandbox": {never: []string{"database/sql"}},
	"internal/cli": {ours: []string{"handlers", "views", "store", "internal/review", "internal/idv", "internal/account",
		"internal/yotisign", "internal/yotisign/sandbox"}, never: []string{"database/sql"}},
}

func TestImports(t *testing.T) {
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		return checkImports(t, path)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func checkImports(t *testing.T, path string) error {
	rule, known := rules[filepath.ToSlash(filepath.Dir(path))]
	if !known {
		t.Errorf("%s: no rule says what its package may import", path)
	}
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
	if err != nil {
		return err
	}
	for _, spec := range file.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return err
		}
		if ours, ok := strings.CutPrefix(imported, "countersign/"); ok && !slices.Contains(rule.ours, ours) {
			t.Errorf("%s must not import %s", path, ours)
		}
		if slices.Contains(rule.never, imported) {
			t.Errorf("%s must not import %s", path, imported)
		}
	}
	return nil
}

func TestMigrationsAreNumbered(t *testing.T) {
	entries, err := migrations.Files.ReadDir(".")
	if err != nil || len(entries) == 0 {
		t.Fatalf("%d migrations, error %v", len(entries), err)
	}
	for i, entry := range entries {
		want := regexp.MustCompile(fmt.Sprintf(`^%06d_[a-z_]+\.up\.sql$`, i+1))
		if !want.MatchString(entry.Name()) {
			t.Errorf("migration %d is named %s", i+1, entry.Name())
		}
	}
}
