package views

import "context"

// codesKey is where a context holds whether the reader wants Yoti's names beside our words.
type codesKey struct{}

// WithCodes returns the context in which pages are rendered for a reader who wants Yoti's
// names of things beside our words, or who does not. What has no words of ours stands under
// Yoti's name either way.
func WithCodes(ctx context.Context, on bool) context.Context {
	return context.WithValue(ctx, codesKey{}, on)
}

// wantsCodes reports whether the reader wants Yoti's names.
func wantsCodes(ctx context.Context) bool {
	on, _ := ctx.Value(codesKey{}).(bool)
	return on
}
