package cli

import (
	"fmt"
	"slices"
	"strings"

	"countersign/internal/review"
)

// dueFlag is the flag that says by when cases should be decided.
type dueFlag struct {
	Due []string `env:"COUNTERSIGN_DUE" sep:"," placeholder:"BUCKET=DURATION" help:"How long a case whose result is in the bucket may wait before it is overdue, such as adverse=4h. Repeat for more, or separate them by commas. Buckets: adverse, investigate, not-cleared, not-ready, incomplete, clear-with-notes, clear. Without it, nothing is ever due."`
}

// policy reads the flag; the default stands where nothing was given.
func (f *dueFlag) policy(standard ...string) (review.DuePolicy, error) {
	given := slices.DeleteFunc(slices.Clone(f.Due), func(text string) bool { return strings.TrimSpace(text) == "" })
	if len(given) == 0 {
		given = standard
	}
	for i := range given {
		given[i] = strings.TrimSpace(given[i])
	}
	due, err := review.ParseDue(given)
	if err != nil {
		return nil, fmt.Errorf("--due: %w", err)
	}
	return due, nil
}

// demoDue are the due times of the demonstration.
func demoDue() []string {
	return []string{"adverse=4h", "investigate=24h", "not-cleared=24h", "clear-with-notes=48h", "clear=48h"}
}
