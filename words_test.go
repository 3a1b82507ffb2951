package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// retiredWords are phrases that texts no longer use, each with what they say instead.
var retiredWords = map[string]string{
	"Decide anew":                "Change decision",
	"decides anew":               "changes the decision",
	"Binds to":                   "Applies to",
	"Go through the hits":        "Review hits",
	"Judge the":                  "Set disposition",
	"Choose this hit":            "Select",
	"How you know":               "Rationale",
	"it is the signer":           "True match",
	"Undecided":                  "Inconclusive, or unresolved",
	"gravest":                    "most serious",
	"Adverse news":               "Adverse media",
	"adverse news":               "adverse media",
	"all the same":               "Reason for overriding",
	"Against ":                   "Overrides Yoti: …",
	"goes against":               "overrides",
	"living person":              "Liveness not established",
	"stands on a watchlist":      "Confirmed watchlist match",
	"know this person otherwise": "Identity verified by other means",
	"more authority":             "Needs senior review",
	"an interest in this case":   "Conflict of interest",
	"Declined by":                "not confirmed",
	"Faces alike":                "Face match",
	"Likeness of the faces":      "Similarity score",
	"Read what was extracted":    "Show extracted data",
	"Not judged":                 "Not used",
	"judged a":                   "set the disposition of a",
	"Standing":                   "Used by",
	"For the file":               "Evidence bundle",
	"Take the bundle":            "Download",
	"On paper":                   "Print",
	"was shown results":          "viewed … items",
	"took a list":                "exported a list",
	"took an evidence bundle":    "downloaded an evidence bundle",
	"take along":                 "export, or include",
	"taken along":                "included",
	"Receipt of a decision":      "Decision receipt",
	"Two results compared":       "Compare results",
	"nothing that may be shown":  "This file cannot be displayed",
	"asked too often":            "Yoti's rate limit was reached",
	"has a fault":                "Yoti is unavailable",
	"to have one meaning":        "Yoti's response was invalid",
	"resent password":            "Current password",
	"Everybody":                  "Users, or whoever is meant",
	"hoever runs":                "the operator",
	"Disqualifications":          "Fitness and probity",
	"Official warnings":          "Warnings",
	"Fits its checkpoints":       "Verified at last start",
	"in vain":                    "Retry failed",
	"Held for":                   "Disposition",
}

// Texts use the field's terms: none that was given up comes back, in a page, a message, a
// document or on the command line.
func TestTextsUseTheTermsOfTheField(t *testing.T) {
	for _, text := range visibleTexts(t) {
		for old, instead := range retiredWords {
			if strings.Contains(text.words, old) {
				t.Errorf("%s: %q has %q: say %q", text.where, text.words, old, instead)
			}
		}
	}
}

// Who runs the server is the operator, in comments as on the screen.
func TestCommentsSayTheOperator(t *testing.T) {
	files := token.NewFileSet()
	for _, path := range sources(t, ".go") {
		file, err := parser.ParseFile(files, path, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for _, comment := range file.Comments {
			words := strings.ToLower(strings.Join(strings.Fields(comment.Text()), " "))
			for _, old := range []string{"whoever runs", "whoever ran", "who runs countersign"} {
				if strings.Contains(words, old) {
					t.Errorf("%s has %q: say the operator", files.Position(comment.Pos()), old)
				}
			}
		}
	}
}

// visibleText is a text that a person may read, and where it is.
type visibleText struct{ where, words string }

// visibleTexts returns the string constants of the program, among which are the texts of
// all pages as templ writes them out, and the files that are read as they are.
func visibleTexts(t *testing.T) []visibleText {
	t.Helper()
	var texts []visibleText
	files := token.NewFileSet()
	for _, path := range sources(t, ".go") {
		file, err := parser.ParseFile(files, path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if literal, ok := n.(*ast.BasicLit); ok && literal.Kind == token.STRING {
				texts = append(texts, visibleText{files.Position(literal.Pos()).String(), literal.Value})
			}
			return true
		})
	}
	for _, path := range slices.Concat(sources(t, ".js"), sources(t, ".md")) {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(content)) {
			texts = append(texts, visibleText{path, line})
		}
	}
	if len(texts) < 1000 {
		t.Fatalf("only %d texts were found", len(texts))
	}
	return texts
}

// sources returns the files of ours that end so, without tests and what others wrote.
func sources(t *testing.T, ending string) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "testdata" || d.Name() == "dist" || d.Name() == "vendor" || d.Name() == ".git"):
			return fs.SkipDir
		case strings.HasSuffix(path, ending) && !strings.HasSuffix(path, "_test.go"):
			found = append(found, path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
