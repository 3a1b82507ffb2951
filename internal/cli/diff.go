package cli

import (
	"cmp"
	"errors"
	"fmt"
	"io"

	"countersign/internal/idv"
)

// diff is the command that compares two results in files.
type diff struct {
	Before string `arg:"" name:"a" help:"The earlier result: any file that open can read, or - for standard input."`
	After  string `arg:"" name:"b" help:"The later one."`
}

// Help is shown below the flags.
func (diff) Help() string {
	return `Prints one line for each field that differs, verdicts first, and nothing if the results
are the same. Only what a result says is compared, not how it is formatted. If a file
contains several results, the last one is used.

The exit code is 0 if the results are the same, 1 if they differ, and 2 if they could not
be compared.`
}

// The exit codes are those of diff(1).
const (
	differCode  = 1
	troubleCode = 2
)

// Run compares them.
func (c *diff) Run(s streams) error {
	if c.Before == "-" && c.After == "-" {
		return &exitError{troubleCode, errors.New("only one of the two can be standard input")}
	}
	same, err := c.printDifferences(s)
	switch {
	case err != nil:
		return &exitError{troubleCode, err}
	case !same:
		return &exitError{differCode, nil}
	}
	return nil
}

// printDifferences prints what differs, and reports whether nothing does.
func (c *diff) printDifferences(s streams) (same bool, err error) {
	before, err := readResult(s.in, c.Before, 0)
	if err != nil {
		return false, err
	}
	after, err := readResult(s.in, c.After, 0)
	if err != nil {
		return false, err
	}
	changes, err := idv.Changes(before.Canonical, after.Canonical)
	if err != nil {
		return false, err
	}
	return before.Digest == after.Digest, printChanges(s.out, idv.Assess(&before.Session).Bucket, idv.Assess(&after.Session).Bucket, changes)
}

// maxPrinted is how many characters of one value are printed.
const maxPrinted = 300

// shortValue is a value for a terminal, cut where it is very long.
func shortValue(text string) string {
	if runes := []rune(text); len(runes) > maxPrinted {
		text = string(runes[:maxPrinted]) + "…"
	}
	return terminalText(cmp.Or(text, "none"))
}

// printChanges prints a line for each change, with the values as they are on both sides.
func printChanges(out io.Writer, before, after idv.Bucket, changes []idv.Change) error {
	if before != after {
		if _, err := fmt.Fprintf(out, "Assessment: %s → %s\n", before.Word().Label, after.Word().Label); err != nil {
			return fmt.Errorf("print what differs: %w", err)
		}
	}
	for _, c := range changes {
		_, err := fmt.Fprintf(out, "%s: %s: %s → %s\n", terminalText(c.Subject), terminalText(c.Field), shortValue(c.Before), shortValue(c.After))
		if err != nil {
			return fmt.Errorf("print what differs: %w", err)
		}
	}
	return nil
}
