package cli

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"countersign/internal/idv"
	"countersign/internal/ledger"
	"countersign/internal/review"
	"countersign/internal/spreadsheet"
	"countersign/store"
)

// auditExport is the command that writes the whole ledger.
type auditExport struct {
	ledgerFlags
	Format string `enum:"jsonl,csv" default:"jsonl" help:"jsonl: one JSON object per line, with the entry's canonical text; or csv: for spreadsheets, with the columns of the file that auditors export in the browser."`
	Out    string `placeholder:"FILE" help:"The file to create; it must not exist. Default: standard output."`
}

// Help is shown below the flags.
func (auditExport) Help() string {
	return `The oldest entry comes first. Each entry has all its fields and facts, but only a
commitment to what people typed. The leaf of an entry in the ledger's tree is the
SHA-256 digest of a zero byte and its canonical text, as in RFC 6962.`
}

// Run writes it.
func (c *auditExport) Run(ctx context.Context, s streams) error {
	return c.withLedger(ctx, func(kept *store.Store) error {
		if c.Out == "" {
			return c.writeEntries(ctx, kept, s.out)
		}
		return makeWhole(c.Out, func(out io.Writer) error { return c.writeEntries(ctx, kept, out) })
	})
}

// makeWhole makes a file for this user alone, whole or not at all.
func makeWhole(path string, write func(io.Writer) error) (err error) {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("the file cannot be made: %w", err)
	}
	defer func() {
		if err = errors.Join(err, file.Close()); err != nil {
			err = errors.Join(err, os.Remove(path))
		}
	}()
	if err := write(file); err != nil {
		return err
	}
	return file.Sync()
}

func (c *auditExport) writeEntries(ctx context.Context, kept *store.Store, out io.Writer) error {
	if c.Format == "csv" {
		table := spreadsheet.NewWriter(out)
		if err := table.Write(review.LedgerColumns()); err != nil {
			return err
		}
		err := kept.Entries(ctx, func(e ledger.Entry) error { return table.Write(review.LedgerRow(e)) })
		return errors.Join(err, table.Flush())
	}
	buffered := bufio.NewWriter(out)
	err := kept.Entries(ctx, jsonLines(buffered))
	return errors.Join(err, buffered.Flush())
}

// exportedEntry is an entry as a line of JSON.
type exportedEntry struct {
	Seq       int64           `json:"seq"`
	At        string          `json:"at"`
	Actor     int64           `json:"actor"`
	Name      string          `json:"name"`
	Role      string          `json:"role"`
	Recipient string          `json:"recipient"`
	Snapshot  string          `json:"snapshot"`
	Act       ledger.Act      `json:"act"`
	About     int64           `json:"about"`
	Facts     json.RawMessage `json:"facts"`
	Content   string          `json:"content"`
	Sealed    string          `json:"sealed"`
	Behind    int64           `json:"clock_behind_ms,omitempty"`
	Entry     string          `json:"entry"` // canonical text
}

func jsonLines(out io.Writer) func(ledger.Entry) error {
	lines := json.NewEncoder(out)
	lines.SetEscapeHTML(false)
	return func(e ledger.Entry) error {
		return lines.Encode(exportedEntry{
			e.Seq, e.At.UTC().Format(ledger.TimeLayout), e.Actor, e.Name, e.Role, e.Recipient, hexDigest(e.Snapshot), e.Act, e.About,
			json.RawMessage(e.Facts), hexDigest(e.Content), hexDigest(e.Sealed), e.Behind.Milliseconds(), string(e.Bytes()),
		})
	}
}

// hexDigest writes a digest; nothing for the zero digest.
func hexDigest(d idv.Digest) string {
	if d == (idv.Digest{}) {
		return ""
	}
	return d.String()
}
