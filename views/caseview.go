package views

import (
	"context"
	"net/url"
	"strings"
)

type caseViewKey struct{}

// WithCaseView returns a context for rendering in which links from one page of a case to
// another keep the view of the queue from which the case was opened, given as its query; empty
// for none.
func WithCaseView(ctx context.Context, query string) context.Context {
	return context.WithValue(ctx, caseViewKey{}, query)
}

// inCase adds to the address of a page of a case from which view the case was opened.
func inCase(ctx context.Context, path string) string {
	query, _ := ctx.Value(caseViewKey{}).(string)
	if query == "" {
		return path
	}
	path, fragment, _ := strings.Cut(path, "#")
	separator := "?"
	if strings.Contains(path, "?") {
		separator = "&"
	}
	path += separator + url.Values{CaseViewField: {query}}.Encode()
	if fragment != "" {
		path += "#" + fragment
	}
	return path
}
