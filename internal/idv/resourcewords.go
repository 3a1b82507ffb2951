package idv

import (
	"slices"
	"strings"
)

// NoTextsText says that there is no text of a document, where one is expected; empty where
// there is something to say of it elsewhere.
func (r *Resource) NoTextsText() string {
	unread := slices.ContainsFunc(r.Problems, func(p Problem) bool {
		return p.Path == "" || strings.HasPrefix(p.Path, FieldDocumentFields)
	})
	switch {
	case r.Kind != IDDocuments, r.Medium(FieldDocumentFields) != nil:
		return ""
	case unread:
		return "Whether data was extracted from this document is not known."
	}
	return "No data was extracted from this document."
}

// UnobtainableTexts says what a resource mentions and nobody can have, as sentences.
func (r *Resource) UnobtainableTexts() []string {
	var list []string
	for i, p := range r.Pages {
		if p.Media != nil && p.Media.Unobtainable() {
			list = append(list, r.PageName(i)+": "+UnobtainableMeaning)
		}
	}
	for _, m := range r.Media {
		if m.Media.Unobtainable() && !m.Template() {
			list = append(list, unobtainableText(m.Field))
		}
	}
	return list
}

// Title names a task with its state: "Text extraction: done".
func (t Task) Title() string {
	name := TaskType(t.Type).Label
	if t.Type == "" {
		name = "Task"
	}
	if t.State == "" {
		return name
	}
	return name + ": " + strings.ToLower(t.State.Word().Label)
}
