package handlers

import (
	"fmt"
	"net/http"
	"testing"

	"countersign/internal/media"
	"countersign/internal/review"
)

// What each row says is said of its errors, also of wrapped ones: no row hides behind another.
func TestProblemsReachable(t *testing.T) {
	t.Parallel()
	for i := range problems {
		row := &problems[i]
		for _, err := range row.errs {
			err := fmt.Errorf("do something: %w", err)
			if got, ok := findProblem(err, row.in); !ok || got != row {
				t.Errorf("in place %d, %q is told as %+v, not as %q", row.in, err, got, row.code)
			}
		}
	}
}

// A code of a place with a status means one thing, and every row says what happened.
func TestProblemsDistinct(t *testing.T) {
	t.Parallel()
	type key struct {
		in     errorPlace
		status int
		code   string
	}
	seen := map[key]bool{}
	for _, row := range problems {
		k := key{row.in, row.status, row.code}
		if row.code == "" || row.heading == "" || len(row.errs) == 0 || seen[k] {
			t.Errorf("%+v stands twice, or says nothing: %+v", k, row)
		}
		seen[k] = true
	}
}

// The same error is another matter where something else was asked for.
func TestExplainByPlace(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		err     error
		reading bool
		code    string
		status  int
	}{
		{review.ErrNotRecorded, false, "not-recorded", http.StatusInternalServerError},
		{fmt.Errorf("open: %w", review.ErrOutcomeUnknown), true, "not-recorded", http.StatusInternalServerError},
		{fmt.Errorf("%w: %w", review.ErrNotRecorded, review.ErrNoDatabase), false, "not-recorded", http.StatusServiceUnavailable},
		{fmt.Errorf("%w: %w", review.ErrNotRecorded, review.ErrNoDatabase), true, "no-database", http.StatusServiceUnavailable},
		{review.ErrNoDatabase, false, "no-database", http.StatusServiceUnavailable},
		{fmt.Errorf("%w: %w", review.ErrOutcomeUnknown, review.ErrNoDatabase), false, "outcome-unknown", http.StatusInternalServerError},
		{review.ErrOutcomeUnknown, false, "outcome-unknown", http.StatusInternalServerError},
		{&mediumError{media.ErrEmpty}, true, "empty", http.StatusBadGateway},
		{media.ErrEmpty, true, "internal", http.StatusInternalServerError},
		{&mediumError{review.ErrErased}, true, "erased", http.StatusGone},
		{&review.Refused{Why: "No."}, false, "refused", http.StatusUnprocessableEntity},
	} {
		page, status := explainError(test.err, test.reading)
		if page.Code != test.code || status != test.status || page.Text == "" {
			t.Errorf("%v, reading %v: status %d, %+v", test.err, test.reading, status, page)
		}
	}
}
