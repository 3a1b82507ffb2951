package postgrestest

import (
	"errors"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// againVariable is set in the process that runs the tests of a package on PostgreSQL.
const againVariable = "COUNTERSIGN_TEST_ON_POSTGRES"

// Chosen reports whether the tests of this process use PostgreSQL, and not SQLite.
func Chosen() bool { return os.Getenv(againVariable) != "" }

// Choose has one test use PostgreSQL. It cannot run beside others.
func Choose(t *testing.T) {
	t.Helper()
	t.Setenv(againVariable, "1")
}

// Again says which tests of a package run a second time, on PostgreSQL.
type Again struct {
	Only string // the one test that does; empty for all
	// Files are patterns of the names of files whose tests do not.
	Files []string
}

// Main runs the tests of a package, and then some of them again in another process, in which
// Chosen is true. It returns the exit code. With -short, and where there is no PostgreSQL, they
// run once; where the environment has CI, that there is none is an error.
func Main(m *testing.M, again Again) int {
	if Chosen() {
		return again.runHere(m)
	}
	code := m.Run()
	if testing.Short() || flag.Lookup("test.list").Value.String() != "" || again.left() {
		return code
	}
	switch err := find(); {
	case errors.Is(err, errNoPostgres) && os.Getenv("CI") == "":
		return code
	case err != nil:
		fmt.Println(err)
		return 1
	}
	fmt.Println("again on PostgreSQL:")
	if err := again.run(); err != nil {
		fmt.Println("on PostgreSQL:", err)
		return 1
	}
	return code
}

// find returns an error where there is no server and none can be started.
func find() error {
	if os.Getenv(serverVariable) != "" {
		return nil
	}
	_, err := findPrograms()
	return err
}

// left reports whether the tests that were asked for on the command line are others.
func (a Again) left() bool {
	asked := flag.Lookup("test.run").Value.String()
	if a.Only == "" || asked == "" {
		return false
	}
	first, _, _ := strings.Cut(asked, "/")
	pattern, err := regexp.Compile(first)
	return err == nil && !pattern.MatchString(a.Only)
}

// run runs the tests in a process of their own, with the flags of this one.
func (a Again) run() error {
	args := append([]string{}, os.Args[1:]...)
	for _, file := range []string{"coverprofile", "cpuprofile", "memprofile", "testlogfile"} {
		args = append(args, "-test."+file+"=") // this process has written it
	}
	command := exec.Command(os.Args[0], args...)
	command.Env = append(os.Environ(), againVariable+"=1")
	command.Stdout, command.Stderr = os.Stdout, os.Stderr
	return command.Run()
}

// runHere runs the tests that are for PostgreSQL, unless others were asked for.
func (a Again) runHere(m *testing.M) int {
	flag.Parse()
	skipped, err := a.skipped()
	if err == nil && a.Only != "" {
		err = setUnlessGiven("test.run", "^"+a.Only+"$")
	}
	if err == nil && skipped != "" {
		err = setUnlessGiven("test.skip", skipped)
	}
	if err != nil {
		fmt.Println(err)
		return 1
	}
	code := m.Run()
	if err := atEnd.run(); err != nil {
		fmt.Println("after the tests:", err)
		return 1
	}
	return code
}

func setUnlessGiven(name, value string) error {
	if flag.Lookup(name).Value.String() != "" {
		return nil
	}
	return flag.Set(name, value)
}

// skipped is a pattern of the names of tests in the files that are left out.
func (a Again) skipped() (string, error) {
	var names []string
	for _, pattern := range a.Files {
		files, err := filepath.Glob(pattern)
		if err != nil {
			return "", err
		}
		for _, file := range files {
			tests, err := testsIn(file)
			if err != nil {
				return "", err
			}
			names = append(names, tests...)
		}
	}
	if len(names) == 0 {
		return "", nil
	}
	return "^(" + strings.Join(names, "|") + ")$", nil
}

// testsIn returns the names of the tests, benchmarks and fuzz tests in a file.
func testsIn(name string) ([]string, error) {
	file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, declared := range file.Decls {
		f, ok := declared.(*ast.FuncDecl)
		if !ok || f.Recv != nil {
			continue
		}
		for _, kind := range []string{"Test", "Benchmark", "Fuzz"} {
			if strings.HasPrefix(f.Name.Name, kind) && f.Name.Name != "TestMain" {
				names = append(names, f.Name.Name)
			}
		}
	}
	return names, nil
}
