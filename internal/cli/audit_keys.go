package cli

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"countersign/internal/ledger"
	"countersign/internal/review"
	"countersign/store"
)

// auditKeys is the command that writes how signing keys took the place of each other.
type auditKeys struct{ ledgerFlags }

// Help is shown below the flags.
func (auditKeys) Help() string {
	return `Writes a signed note (C2SP, signed-note) for each change, the oldest first. It names the
old key, the new one, and the entry from which on the new one signs, and both signed it. With
them, whoever has one key of the ledger can check what any other signed: see the flag
--key-changes of countersign audit check.`
}

// Run writes them.
func (c *auditKeys) Run(ctx context.Context, s streams) error {
	return c.withLedger(ctx, func(kept *store.Store) error {
		changes, err := kept.KeyChanges(ctx)
		if err != nil {
			return err
		}
		if len(changes) == 0 {
			return errors.New("no signing key of this ledger vouches for another")
		}
		_, err = s.out.Write(bytes.Join(changes, nil))
		return err
	})
}

// maxChangesLine is more than a line of an exported ledger has, in bytes.
const maxChangesLine = 1 << 20

// readKeyChanges reads a file of auditKeys, or a ledger that was exported; nothing without a name.
func readKeyChanges(name string) (ledger.KeyChanges, error) {
	if name == "" {
		return nil, nil
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("--key-changes: %w", err)
	}
	defer file.Close()
	if exported, err := isExport(file); err != nil || exported {
		changes, exportErr := readExportedChanges(file)
		if err = errors.Join(err, exportErr); err != nil {
			return nil, fmt.Errorf("--key-changes %s: %w", name, err)
		}
		return changes, nil
	}
	text, err := readAtMost(name, maxProofFile)
	if err != nil {
		return nil, err
	}
	changes, err := ledger.ParseKeyChanges(text)
	if err != nil {
		return nil, fmt.Errorf("--key-changes %s: %w", name, err)
	}
	return changes, nil
}

// isExport reports whether a file begins as a line of JSON does.
func isExport(file *os.File) (bool, error) {
	first := make([]byte, 1)
	if _, err := file.ReadAt(first, 0); err != nil {
		return false, errors.New("it cannot be read, or is empty")
	}
	return first[0] == '{', nil
}

// readExportedChanges returns the changes of signing keys in a ledger that was exported.
func readExportedChanges(file *os.File) (ledger.KeyChanges, error) {
	var changes ledger.KeyChanges
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, maxChangesLine)
	for lines.Scan() {
		var line struct {
			Act   ledger.Act   `json:"act"`
			Facts review.Facts `json:"facts"`
		}
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			return nil, errors.New("it is not a ledger that was exported with countersign audit export")
		}
		if line.Act != review.ActSigningKey || line.Facts.KeyChange == "" {
			continue
		}
		c, err := ledger.OpenKeyChange([]byte(line.Facts.KeyChange))
		if err != nil {
			return nil, err
		}
		changes = append(changes, c)
	}
	return changes, lines.Err()
}
