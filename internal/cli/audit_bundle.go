package cli

import (
	"errors"
	"fmt"

	"countersign/internal/bundle"
	"countersign/internal/ledger"
	"countersign/internal/review"
)

// maxBundle is more than any bundle has, in bytes: what goes into one is limited where it
// is made.
const maxBundle = review.MaxBundle + 64<<20

// checkBundle verifies an evidence bundle and says in words what is proved. The key is
// empty when none was given.
func checkBundle(s streams, path, key string, changes ledger.KeyChanges) error {
	file, err := readAtMost(path, maxBundle)
	if err != nil {
		return err
	}
	report, err := bundle.Check(file, key, buildVersion(), changes...)
	var broken *bundle.Broken
	if errors.As(err, &broken) {
		return fmt.Errorf("%s proves nothing: %w", path, broken)
	}
	if err != nil {
		return err
	}
	fmt.Fprintln(s.out, "What is proved:")
	for _, sentence := range report.Proved {
		fmt.Fprintf(s.out, "  %s\n", oneLine(sentence))
	}
	fmt.Fprintln(s.out, "\nWhat is not:")
	for _, sentence := range report.Unproved {
		fmt.Fprintf(s.out, "  %s\n", oneLine(sentence))
	}
	return nil
}
