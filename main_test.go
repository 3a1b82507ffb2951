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

// rule says what a package may import: packages of ours, modules of others, what it must
// not have of the standard library, and what of that only it may have.
type rule struct{ ours, theirs, never, only []string }

var (
	sql       = []string{"database/sql", "database/sql/driver"}
	web       = []string{"net/http", "html/template"}
	sqlAndWeb = slices.Concat(sql, web)
)

// rules are those of the packages. A package that is not here may not exist.
var rules = map[string]rule{
	".": {ours: []string{"internal/cli"}},
	"handlers": {ours: []string{"views", "static", "internal/arrivals", "internal/idlist", "internal/webhook", "internal/review", "internal/idv", "internal/account", "internal/passkey", "internal/media", "internal/ledger", "internal/bundle", "internal/spreadsheet", "internal/turns", "internal/cache", "internal/resultfile", "internal/securityevent", "internal/openid"},
		theirs: []string{"github.com/labstack/echo", "github.com/gorilla/sessions", "github.com/a-h/templ"}, never: sql},
	"views": {ours: []string{"static", "internal/arrivals", "internal/review", "internal/idv", "internal/account", "internal/ledger", "internal/securityevent"},
		theirs: []string{"github.com/a-h/templ"}, never: sqlAndWeb},
	"static":     {theirs: []string{"github.com/andybalholm/brotli"}, never: sql},
	"migrations": {never: sqlAndWeb},
	"store": {ours: []string{"migrations", "internal/arrivals", "internal/review", "internal/idv", "internal/account", "internal/ledger", "internal/securityevent"},
		theirs: []string{"github.com/golang-migrate/migrate", "github.com/gofrs/flock", "modernc.org/sqlite", "github.com/jackc/pgx", "golang.org/x/mod"}, never: web},
	"internal/idv":          {ours: []string{"internal/digest"}, theirs: []string{"github.com/go-json-experiment/json", "github.com/google/uuid", "golang.org/x/text"}, never: sqlAndWeb},
	"internal/resultfile":   {ours: []string{"internal/idv", "internal/textfile"}, theirs: []string{"github.com/go-json-experiment/json"}, never: sqlAndWeb},
	"internal/desktop":      {never: sqlAndWeb, only: []string{"os/exec"}}, // tells the desktop to open a page
	"internal/keycommand":   {never: sqlAndWeb, only: []string{"os/exec"}}, // asks a vault's client for a key
	"internal/media":        {theirs: []string{"github.com/bep/imagemeta", "golang.org/x/image", "golang.org/x/sync"}, never: sqlAndWeb},
	"internal/pdf":          {ours: []string{"internal/pdf/typeface"}, theirs: []string{"github.com/go-text/typesetting", "golang.org/x/text"}, never: sqlAndWeb},
	"internal/pdf/typeface": {theirs: []string{"github.com/go-text/typesetting"}, never: sqlAndWeb},
	"internal/bundle": {ours: []string{"internal/review", "internal/idv", "internal/ledger", "internal/pdf", "internal/media"},
		theirs: []string{"golang.org/x/mod"}, never: sqlAndWeb},
	"internal/spreadsheet":           {ours: []string{"internal/idv"}, theirs: []string{"golang.org/x/text"}, never: sqlAndWeb},
	"internal/digest":                {never: sqlAndWeb},
	"internal/chromiumtest":          {theirs: []string{"github.com/chromedp"}, never: sqlAndWeb, only: []string{"os/exec"}},                                   // imported by tests alone
	"internal/foldertest":            {never: sqlAndWeb},                                                                                                       // imported by tests alone
	"internal/postgrestest":          {ours: []string{"internal/foldertest"}, theirs: []string{"github.com/jackc/pgx"}, never: web, only: []string{"os/exec"}}, // starts servers; imported by tests alone
	"internal/ziptest":               {never: sqlAndWeb},                                                                                                       // imported by tests alone
	"internal/ledger":                {ours: []string{"internal/digest"}, theirs: []string{"golang.org/x/mod"}, never: sqlAndWeb},
	"internal/breached":              {theirs: []string{"golang.org/x/text"}, never: sqlAndWeb},
	"internal/breached/makefilter":   {ours: []string{"internal/breached"}, never: sqlAndWeb},
	"internal/account":               {ours: []string{"internal/breached", "internal/passkey"}, theirs: []string{"github.com/boombuler/barcode", "github.com/pquerna/otp", "github.com/mtibben/confusables", "golang.org/x/crypto", "golang.org/x/text"}, never: sqlAndWeb},
	"internal/passkey":               {theirs: []string{"github.com/go-webauthn/webauthn"}, never: sqlAndWeb},
	"internal/openid":                {theirs: []string{"github.com/coreos/go-oidc", "golang.org/x/oauth2"}, never: sql}, // asks the provider, over HTTP
	"internal/openid/openidtest":     {never: sql},                                                                       // imported by tests alone
	"internal/review":                {ours: []string{"internal/idv", "internal/account", "internal/ledger", "internal/turns", "internal/cache"}, never: sqlAndWeb},
	"internal/yotisign":              {ours: []string{"internal/idv", "internal/media", "internal/secret"}, theirs: []string{"github.com/cenkalti/backoff", "golang.org/x/sync"}, never: sql},
	"internal/secret":                {never: sqlAndWeb},
	"internal/webhook":               {ours: []string{"internal/idv", "internal/secret"}, theirs: []string{"github.com/go-json-experiment/json", "github.com/google/uuid"}, never: sqlAndWeb},
	"internal/arrivals":              {ours: []string{"internal/idv", "internal/account", "internal/review", "internal/webhook"}, theirs: []string{"github.com/google/uuid"}, never: sqlAndWeb},
	"internal/securityevent":         {ours: []string{"internal/account"}, never: sqlAndWeb},
	"internal/textfile":              {never: sqlAndWeb},
	"internal/idlist":                {ours: []string{"internal/idv", "internal/spreadsheet", "internal/textfile"}, never: sqlAndWeb},
	"internal/turns":                 {never: sqlAndWeb},
	"internal/cache":                 {never: sqlAndWeb},
	"internal/yotisign/sandbox":      {never: sql},
	"internal/yotisign/sandbox/draw": {theirs: []string{"golang.org/x/image"}, never: sqlAndWeb},
	"internal/cli": {ours: []string{"handlers", "views", "store", "internal/arrivals", "internal/webhook", "internal/review", "internal/idv", "internal/account", "internal/breached", "internal/media", "internal/ledger", "internal/bundle", "internal/spreadsheet", "internal/resultfile", "internal/desktop", "internal/keycommand", "internal/securityevent", "internal/openid",
		"internal/yotisign", "internal/yotisign/sandbox"}, theirs: []string{"github.com/alecthomas/kong", "golang.org/x/term"}, never: sql},
}

// allows reports whether a package with this rule may import path.
func (r rule) allows(path string) bool {
	if ours, ok := strings.CutPrefix(path, "countersign/"); ok {
		return slices.Contains(r.ours, ours)
	}
	if first, _, _ := strings.Cut(path, "/"); strings.Contains(first, ".") {
		return slices.ContainsFunc(r.theirs, func(module string) bool { return path == module || strings.HasPrefix(path, module+"/") })
	}
	return !slices.Contains(r.never, path) && (path != "os/exec" || slices.Contains(r.only, path)) && path != "unsafe"
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

// checkImports reads the file itself: the test cache does not see what a child
// process such as go list reads.
func checkImports(t *testing.T, path string) error {
	rule, known := rules[filepath.ToSlash(filepath.Dir(path))]
	if !known {
		t.Errorf("%s: no rule says what its package may import", path)
		return nil
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
		if !rule.allows(imported) {
			t.Errorf("%s must not import %s", path, imported)
		}
	}
	return nil
}

func TestMigrationsAreNumbered(t *testing.T) {
	entries, err := migrations.SQLite.ReadDir("sqlite")
	if err != nil || len(entries) == 0 {
		t.Fatalf("%d migrations, error %v", len(entries), err)
	}
	for i, entry := range entries {
		want := regexp.MustCompile(fmt.Sprintf(`^%06d_[a-z_]+\.up\.sql$`, i+1))
		if !want.MatchString(entry.Name()) {
			t.Errorf("migration %d is named %s", i+1, entry.Name())
		}
	}
	forPostgres, err := migrations.Postgres.ReadDir("postgres")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := names(forPostgres), names(entries); !slices.Equal(got, want) {
		t.Errorf("the migrations of PostgreSQL are %q, those of SQLite %q", got, want)
	}
}

func names(entries []fs.DirEntry) []string {
	var all []string
	for _, entry := range entries {
		all = append(all, entry.Name())
	}
	return all
}
