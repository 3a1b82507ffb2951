package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// goFiles parses every Go file for which wanted says so, with the path that it has here.
func goFiles(t *testing.T, wanted func(path string) bool) map[string]*ast.File {
	t.Helper()
	files := map[string]*ast.File{}
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || !wanted(path) {
			return err
		}
		files[filepath.ToSlash(path)], err = parser.ParseFile(token.NewFileSet(), path, nil, 0)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func readText(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// weak are packages that protect nothing any more, each with where it may be imported all the
// same.
var weak = map[string][]string{
	"crypto/md5": nil, "crypto/des": nil, "crypto/rc4": nil, "crypto/dsa": nil,
	"golang.org/x/crypto/md4": nil, "golang.org/x/crypto/ripemd160": nil, "golang.org/x/crypto/blowfish": nil,
	"crypto/sha1":  {"internal/breached"}, // lists of breached passwords are published so
	"math/rand":    nil,
	"math/rand/v2": {"internal/yotisign/sandbox"}, // made-up events in any order
}

// unauthenticated are ways to encrypt that do not show whether somebody changed the result.
var unauthenticated = []string{"NewCBCEncrypter", "NewCTR", "NewOFB", "NewCFBEncrypter"}

// Nothing that is known to be weak hashes, encrypts or makes secrets.
func TestOnlyStrongCryptography(t *testing.T) {
	for file, tree := range goFiles(t, func(path string) bool { return !strings.HasSuffix(path, "_test.go") }) {
		for _, spec := range tree.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			if where, isWeak := weak[imported]; isWeak && !slices.Contains(where, path.Dir(file)) {
				t.Errorf("%s imports %s", file, imported)
			}
		}
		ast.Inspect(tree, func(n ast.Node) bool {
			if name, ok := n.(*ast.Ident); ok && slices.Contains(unauthenticated, name.Name) {
				t.Errorf("%s uses %s", file, name.Name)
			}
			return true
		})
	}
}

// What a script must not do: run what it was given, keep something in the browser, or reach the
// prototype of all objects.
var notInScripts = regexp.MustCompile(`\beval\(|new Function|(?:inner|outer)HTML|insertAdjacentHTML|document\.write|` +
	`localStorage|indexedDB|\bcaches\b|document\.cookie|serviceWorker|__proto__|Object\.fromEntries|` +
	`sessionStorage\.setItem\([^p]|sessionStorage\.setItem\(p(?:[^l]|l[^a]|la[^c])|addEventListener\("message"`)

// A browser keeps nothing of a page but where it was scrolled to, and no script makes code,
// markup or a prototype of what it is given.
func TestBrowserKeepsNothing(t *testing.T) {
	for _, script := range glob(t, "static/js/*.js") {
		for n, line := range strings.Split(readText(t, script), "\n") {
			if found := notInScripts.FindString(line); found != "" {
				t.Errorf("%s:%d has %q", script, n+1, found)
			}
		}
	}
}

// The image has the program and two empty folders: no source, no history, no shell, no root.
func TestImageHoldsTheProgramAlone(t *testing.T) {
	stages := strings.Split(readText(t, "Dockerfile"), "\nFROM ")
	last := stages[len(stages)-1]
	if len(stages) < 2 || !regexp.MustCompile(`^gcr\.io/distroless/static-\S+:nonroot\n`).MatchString(last) {
		t.Errorf("the image is made from %.80q", last)
	}
	allowed := regexp.MustCompile(`^(?:COPY --from=build (?:--chown=nonroot:nonroot )?/(?:countersign|data|keys) /(?:countersign|data|keys)|(?:ENV|VOLUME|EXPOSE|HEALTHCHECK|ENTRYPOINT|CMD) .*|    COUNTERSIGN_.*|#.*)?$`)
	for _, line := range strings.Split(last, "\n")[1:] {
		if !allowed.MatchString(line) {
			t.Errorf("the image gets more by %q", line)
		}
	}
	if !slices.Contains(strings.Split(readText(t, ".dockerignore"), "\n"), ".git") {
		t.Error("the build gets the history")
	}
}

// Every module that the code asks for itself is in the table, with its licence and what for, and
// no other is.
func TestModulesAreListed(t *testing.T) {
	direct := map[string]bool{}
	for _, line := range regexp.MustCompile(`(?m)^(?:require )?\t?([a-z0-9.-]+\.[a-z]+/\S+) v\S+( // indirect)?$`).FindAllStringSubmatch(readText(t, "go.mod"), -1) {
		direct[line[1]] = line[2] == ""
	}
	listed := map[string]bool{}
	for _, row := range regexp.MustCompile("(?m)^\\| `([a-z0-9.-]+\\.[a-z]+/\\S+)` \\| [^|]+ \\| [^|]+ \\|$").FindAllStringSubmatch(readText(t, "docs/dependencies.md"), -1) {
		listed[row[1]] = true
		if _, required := direct[row[1]]; !required {
			t.Errorf("docs/dependencies.md has %s, go.mod has not", row[1])
		}
	}
	for module, isDirect := range direct {
		if isDirect && !listed[module] {
			t.Errorf("docs/dependencies.md does not have %s", module)
		}
	}
	if len(listed) < 20 {
		t.Errorf("%d modules were read", len(listed))
	}
}
