package main

import (
	"fmt"
	"go/ast"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// asvsRow is a row of the table of docs/asvs.md.
type asvsRow struct{ number, level, words, state, shown string }

// The states of a requirement.
const (
	isMet      = "met"
	isNotOurs  = "not applicable"
	isStillDue = "not met"
)

var (
	asvsLine    = regexp.MustCompile(`(?m)^\| ([0-9.]+) \| ([0-9]) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$`)
	inBackticks = regexp.MustCompile("`([^`]+)`")
	toHeading   = regexp.MustCompile(`\]\(([a-z-]+\.md)#([a-z0-9-]+)\)`)
)

// The table of OWASP ASVS has each requirement once, and what it says is so.
func TestASVS(t *testing.T) {
	text := readText(t, "docs/asvs.md")
	rows := readASVS(text)
	checkNumbers(t, rows)
	known := evidenceInTree(t)
	for _, row := range rows {
		known.check(t, row)
	}
	checkCounts(t, text, rows)
}

func readASVS(text string) []asvsRow {
	var rows []asvsRow
	for _, cells := range asvsLine.FindAllStringSubmatch(text, -1) {
		rows = append(rows, asvsRow{cells[1], cells[2], cells[3], cells[4], cells[5]})
	}
	return rows
}

// checkNumbers compares the rows with the list of numbers and levels.
func checkNumbers(t *testing.T, rows []asvsRow) {
	t.Helper()
	var want, got []string
	for line := range strings.Lines(readText(t, "testdata/asvs.txt")) {
		if !strings.HasPrefix(line, "#") {
			want = append(want, strings.TrimSpace(line))
		}
	}
	for _, row := range rows {
		got = append(got, row.number+" "+row.level)
	}
	if len(want) != 253 {
		t.Errorf("there are %d requirements of levels 1 and 2", len(want))
	}
	for _, line := range want {
		if n := len(slices.DeleteFunc(slices.Clone(got), func(s string) bool { return s != line })); n != 1 {
			t.Errorf("%s (number and level) has %d rows", line, n)
		}
	}
	for _, line := range got {
		if !slices.Contains(want, line) {
			t.Errorf("%s (number and level) is no requirement of these levels", line)
		}
	}
}

// evidence is what a row may name.
type evidence struct {
	tests     map[string]bool // functions of tests
	functions map[string]bool // "path:Function"
	headings  map[string]bool // "page.md#heading"
}

func evidenceInTree(t *testing.T) evidence {
	t.Helper()
	known := evidence{map[string]bool{}, map[string]bool{}, map[string]bool{}}
	for path, tree := range goFiles(t, func(string) bool { return true }) {
		for _, declared := range tree.Decls {
			function, ok := declared.(*ast.FuncDecl)
			if !ok {
				continue
			}
			if strings.HasSuffix(path, "_test.go") {
				known.tests[function.Name.Name] = true
			} else {
				known.functions[path+":"+function.Name.Name] = true
			}
		}
	}
	for _, page := range glob(t, "docs/*.md") {
		name := strings.TrimPrefix(page, "docs/")
		for _, heading := range regexp.MustCompile(`(?m)^#+ (.+)$`).FindAllStringSubmatch(readText(t, page), -1) {
			known.headings[name+"#"+anchorOf(heading[1])] = true
		}
	}
	return known
}

// anchorOf is the name under which a heading is linked to.
func anchorOf(heading string) string {
	return strings.ReplaceAll(regexp.MustCompile(`[^a-z0-9 -]`).ReplaceAllString(strings.ToLower(heading), ""), " ", "-")
}

// check reports what is wrong with a row.
func (e evidence) check(t *testing.T, row asvsRow) {
	t.Helper()
	shown := 0
	for _, named := range inBackticks.FindAllStringSubmatch(row.shown, -1) {
		what, err := e.find(named[1])
		if err != nil {
			t.Errorf("%s: %v", row.number, err)
		}
		shown += what
	}
	for _, link := range toHeading.FindAllStringSubmatch(row.shown, -1) {
		shown++
		if !e.headings[link[1]+"#"+link[2]] {
			t.Errorf("%s: docs/%s has no heading %s", row.number, link[1], link[2])
		}
	}
	switch row.state {
	case isMet:
		if shown == 0 {
			t.Errorf("%s is met, and nothing shows it", row.number)
		}
	case isStillDue:
		if row.level == "1" {
			t.Errorf("%s is of level 1, and not met", row.number)
		}
		if !strings.Contains(row.shown, "It takes ") {
			t.Errorf("%s is not met, and does not say what it takes", row.number)
		}
	case isNotOurs:
		if len(row.shown) < len("no XML") {
			t.Errorf("%s does not apply, and does not say why", row.number)
		}
	default:
		t.Errorf("%s: there is no state %q", row.number, row.state)
	}
}

// find looks for what stands in backticks, and returns one when it shows something: a test, a
// story or a function. Other files, flags and words show nothing.
func (e evidence) find(named string) (int, error) {
	_, err := os.Stat(named)
	switch {
	case strings.HasPrefix(named, "Test"), strings.HasPrefix(named, "Fuzz"):
		if !e.tests[named] {
			return 0, fmt.Errorf("there is no test %s", named)
		}
		return 1, nil
	case strings.Contains(named, ".go:"):
		if !e.functions[named] {
			return 0, fmt.Errorf("there is no function %s", named)
		}
		return 1, nil
	case strings.Contains(named, "testdata/"):
		return 1, err
	case strings.HasPrefix(named, "--"), !strings.ContainsAny(named, "/."):
		return 0, nil
	case strings.HasPrefix(named, "math/"):
		return 0, nil
	}
	return 0, err
}

// checkCounts compares the numbers at the top with the rows.
func checkCounts(t *testing.T, text string, rows []asvsRow) {
	t.Helper()
	counts := map[string]map[string]int{"1": {}, "2": {}}
	for _, row := range rows {
		if counts[row.level] != nil {
			counts[row.level][row.state]++
		}
	}
	total := map[string]int{}
	for _, level := range []string{"1", "2"} {
		for state, n := range counts[level] {
			total[state] += n
		}
	}
	counts["both"] = total
	for level, of := range counts {
		all := of[isMet] + of[isNotOurs] + of[isStillDue]
		line := fmt.Sprintf("\n| %s | %d | %d | %d | %d |\n", level, all, of[isMet], of[isNotOurs], of[isStillDue])
		if !strings.Contains(text, line) {
			t.Errorf("the counts lack the line %s", strings.TrimSpace(line))
		}
	}
}
