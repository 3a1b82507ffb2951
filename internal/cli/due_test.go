package cli

import (
	"errors"
	"testing"
	"time"

	"countersign/internal/idv"
	"countersign/internal/review"
)

func TestDueFlag(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name            string
		given, standard []string
		want            time.Duration // of adverse
		refused         bool
	}{
		{"given", []string{"adverse=2h", " clear=48h"}, demoDue(), 2 * time.Hour, false},
		{"not given", nil, demoDue(), 4 * time.Hour, false},
		{"empty, as from an environment variable", []string{""}, nil, 0, false},
		{"no duration", []string{"adverse=soon"}, nil, 0, true},
		{"no bucket", []string{"dreadful=4h"}, nil, 0, true},
	} {
		due, err := (&dueFlag{Due: test.given}).policy(test.standard...)
		var wrong *review.DueError
		if refused := errors.As(err, &wrong); refused != test.refused || due[idv.Adverse] != test.want {
			t.Errorf("%s: %v, error %v", test.name, due, err)
		}
	}
}
