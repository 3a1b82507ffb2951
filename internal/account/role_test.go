package account

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func TestMay(t *testing.T) {
	const invented Action = "invented"
	tests := []struct {
		role Role
		may  []Action
	}{
		{Reviewer, []Action{Anyone, OwnAccount, ReadResults, ReadEvidence, WriteNotes}},
		{Supervisor, []Action{Anyone, OwnAccount, ReadResults, ReadEvidence, WriteNotes, ResetLimit}},
		{Auditor, []Action{Anyone, OwnAccount, ReadResults, ReadAccessLog}},
		{Admin, []Action{Anyone, OwnAccount, ManageAccounts}},
		{"", []Action{Anyone}},
		{"Reviewer", []Action{Anyone}},
		{"root", []Action{Anyone}},
	}
	for _, test := range tests {
		may := make(map[Action]bool)
		for _, a := range test.may {
			may[a] = true
		}
		for _, a := range []Action{Anyone, OwnAccount, ReadResults, ReadEvidence, WriteNotes, ResetLimit, ReadAccessLog, ManageAccounts, invented, ""} {
			if got := test.role.May(a); got != may[a] {
				t.Errorf("Role(%q).May(%q) = %v, want %v", test.role, a, got, may[a])
			}
		}
	}
}

// Every action that is declared has words, and the text of a role has those of everything
// that the role may do and of nothing else.
func TestRolesSayWhatTheyMay(t *testing.T) {
	declared := declaredActions(t)
	if len(declared) < 12 {
		t.Fatalf("only %d actions were found: %v", len(declared), declared)
	}
	for _, a := range declared {
		if a != Anyone && a.whole() == a && (a.Words() == "" || !slices.Contains(Actions(), a)) {
			t.Errorf("%s has no words, or is not among the actions that are told", a)
		}
	}
	for _, role := range append(Roles(), "", "root") {
		text := strings.ToLower(role.Text())
		for _, a := range Actions() {
			if got, want := strings.Contains(text, strings.ToLower(a.Words())), role.May(a); got != want {
				t.Errorf("the text of %q names %s: %v, want %v: %s", role, a, got, want, role.Text())
			}
		}
	}
}

// The README's table of roles names what each may do, and no more.
func TestReadmeSaysWhatRolesMay(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, role := range Roles() {
		_, row, found := strings.Cut(string(readme), "\n| "+string(role)+" | ")
		row, _, _ = strings.Cut(row, "\n")
		if !found {
			t.Errorf("there is no row of %s", role)
		}
		for _, a := range Actions() {
			if got, want := strings.Contains(row, a.Words()), role.May(a) && a != OwnAccount; got != want {
				t.Errorf("the row of %s names %s: %v, want %v", role, a, got, want)
			}
		}
	}
}

// declaredActions reads the constants of type Action out of the source, so that one that
// is added cannot be forgotten here.
func declaredActions(t *testing.T) []Action {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "role.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var list []Action
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if kind, ok := spec.Type.(*ast.Ident); ok && kind.Name == "Action" {
			value, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, Action(value))
		}
		return true
	})
	return list
}
