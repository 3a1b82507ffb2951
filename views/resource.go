package views

import (
	"strconv"
	"strings"

	"countersign/internal/idv"
)

// isCounted reports whether a check used a resource, or may still.
func isCounted(r idv.AssessedResource) bool { return r.Standing.Counts() }

// kindNames names kinds of resources in one line.
func kindNames(kinds []idv.ResourceKind) string {
	var names []string
	for _, kind := range kinds {
		names = append(names, kind.Word().Label)
	}
	return strings.Join(names, ", ")
}

// positionText writes the place in a list, counted from one.
func positionText(i int) string { return strconv.Itoa(i + 1) }

// kindTitle is the heading of a list of resources: "Identity document", "2 Face captures".
func kindTitle(kind idv.ResourceKind, n int) string {
	if n == 1 {
		return kind.Word().Label
	}
	return countNoun(n, kind.Word().Label, kind.Word().Label+"s")
}
