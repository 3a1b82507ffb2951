package views

import (
	"slices"
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

// noTexts says that there is no text of a document, where one is expected; empty where
// there is something to say of it elsewhere.
func noTexts(r *idv.Resource) string {
	unread := slices.ContainsFunc(r.Problems, func(p idv.Problem) bool {
		return p.Path == "" || strings.HasPrefix(p.Path, idv.FieldDocumentFields)
	})
	switch {
	case r.Kind != idv.IDDocuments, r.Medium(idv.FieldDocumentFields) != nil:
		return ""
	case unread:
		return "Whether data was extracted from this document is not known."
	}
	return "No data was extracted from this document."
}

// unobtainableOf says what a resource mentions and nobody can have, as sentences.
func unobtainableOf(r *idv.Resource) []string {
	var list []string
	for i, p := range r.Pages {
		if p.Media != nil && p.Media.Unobtainable() {
			list = append(list, r.PageName(i)+": "+idv.UnobtainableMeaning)
		}
	}
	for _, m := range r.Media {
		if m.Media.Unobtainable() && !m.Template() {
			list = append(list, unobtainable(m.Field))
		}
	}
	return list
}

// taskTitle names a task with its state: "Text extraction: done".
func taskTitle(t idv.Task) string {
	name := idv.TaskType(t.Type).Label
	if t.Type == "" {
		name = "Task"
	}
	if t.State == "" {
		return name
	}
	return name + ": " + strings.ToLower(t.State.Word().Label)
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

// textsLabel says what the texts of a resource are.
func textsLabel(r *idv.Resource) string {
	switch r.Kind {
	case idv.ApplicantProfiles, idv.ShareCodes:
		return "Show profile"
	}
	return "Show extracted data"
}
