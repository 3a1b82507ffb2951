package main

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// linkIn is a link or a picture in Markdown that leads to a file of ours.
var linkIn = regexp.MustCompile(`\]\(([^)#:]+)(?:#[^)]*)?\)`)

// What the documents link to is there, and every page and picture of docs is linked to.
func TestLinksOfTheDocuments(t *testing.T) {
	linked := map[string]bool{}
	for _, document := range append(glob(t, "docs/*.md"), "README.md") {
		text, err := os.ReadFile(document)
		if err != nil {
			t.Fatal(err)
		}
		for _, link := range linkIn.FindAllStringSubmatch(string(text), -1) {
			path := filepath.Join(filepath.Dir(document), link[1])
			linked[path] = true
			if _, err := os.Stat(path); err != nil {
				t.Errorf("%s links to %s: %v", document, link[1], err)
			}
		}
	}
	for _, path := range glob(t, "docs/*") {
		if !linked[path] {
			t.Errorf("nothing links to %s", path)
		}
	}
}

func glob(t *testing.T, pattern string) []string {
	t.Helper()
	paths, err := filepath.Glob(pattern)
	if err != nil || len(paths) == 0 {
		t.Fatalf("%s: %d files, %v", pattern, len(paths), err)
	}
	return paths
}
