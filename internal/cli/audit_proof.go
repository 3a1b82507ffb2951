package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"countersign/internal/idv"
	"countersign/internal/ledger"
	"countersign/internal/review"
	"countersign/store"
)

// ledgerFlags is the flags that name a database, or a backup of one, whose ledger is read, which
// needs no key and works beside a running server.
type ledgerFlags struct{ databaseFlag }

// withLedger opens the database for as long as act runs.
func (d ledgerFlags) withLedger(ctx context.Context, act func(*store.Store) error) (err error) {
	if err := d.requireExisting(); err != nil {
		return err
	}
	o, err := d.options()
	if err != nil {
		return err
	}
	kept, err := store.OpenReadOnly(ctx, o)
	if err != nil {
		return err
	}
	defer joinCloseError(&err, kept)
	return act(kept)
}

// auditProve is the command that writes a proof.
type auditProve struct {
	ledgerFlags
	Seq int64 `arg:"" name:"entry" help:"The number of the entry, as shown on the audit page and on receipts."`
}

// Help is shown below the flags.
func (auditProve) Help() string {
	return `Writes a text that can be given to anybody. It has three parts, with an empty line between
them:

  countersign proof v1 and the public key, as "key" and the key, with a line that begins
  with "change" for each change of the ledger's key, in base64;
  the entry, in the exact bytes from which the ledger's tree was made;
  the proof, as in C2SP tlog-proof, which ends with the newest signed checkpoint.

It does not contain what people typed, only a commitment to it. Check the file with
countersign audit check, or with any program that supports C2SP tlog-proof.`
}

// Run writes it.
func (c *auditProve) Run(ctx context.Context, s streams) error {
	return c.withLedger(ctx, func(kept *store.Store) error {
		file, err := kept.ProofFile(ctx, c.Seq)
		for _, known := range []error{store.ErrNoEntry, store.ErrNotCovered} {
			if errors.Is(err, known) {
				return fmt.Errorf("entry %d: %w", c.Seq, known)
			}
		}
		if err != nil {
			return err
		}
		_, err = s.out.Write(file.Text())
		return err
	})
}

// auditCheck is the command that checks a proof.
type auditCheck struct {
	File    string `arg:"" help:"A proof written by countersign audit prove, or an evidence bundle whose name ends in .zip."`
	Public  string `name:"public-key" placeholder:"KEY" help:"The ledger's public key, from the audit page or from the operator, or a file that contains it. Without it, the whole file could be made up."`
	Changes string `name:"key-changes" placeholder:"FILE" help:"How signing keys took the place of each other since: a file of countersign audit keys, or a ledger exported as jsonl. Needed where the public key is newer than the file."`
}

// publicKey is the key that was given; empty when none was.
func (c *auditCheck) publicKey() (string, error) {
	if c.Public == "" {
		return "", nil
	}
	list, err := readPublicKeys(c.Public)
	if err != nil {
		return "", err
	}
	return list[len(list)-1], nil
}

// Help is shown below the flags.
func (auditCheck) Help() string {
	return `Prints what is proved, in words. The exit code is 1 if nothing is proved.`
}

// maxProofFile is more than any proof has.
const maxProofFile = 1 << 20

// Run checks it.
func (c *auditCheck) Run(_ context.Context, s streams) error {
	public, err := c.publicKey()
	if err != nil {
		return err
	}
	changes, err := readKeyChanges(c.Changes)
	if err != nil {
		return err
	}
	if strings.EqualFold(filepath.Ext(c.File), ".zip") {
		return checkBundle(s, c.File, public, changes)
	}
	text, err := readAtMost(c.File, maxProofFile)
	if err != nil {
		return err
	}
	file, err := ledger.ParseProofFile(text)
	if err != nil {
		return fmt.Errorf("%s: %w", c.File, ledger.ErrProofFile)
	}
	e, checkpoint, err := file.Check(cmp.Or(public, file.Public), changes...)
	for _, known := range []error{ledger.ErrKey, ledger.ErrCheckpoint, ledger.ErrProof, ledger.ErrKeyReplaced, ledger.ErrKeyFork} {
		if errors.Is(err, known) {
			return fmt.Errorf("%s proves nothing: %w", c.File, known)
		}
	}
	if err != nil {
		return err
	}
	printProved(s.out, e, checkpoint, public != "")
	return nil
}

// printProved says what is proved.
func printProved(out io.Writer, e ledger.Entry, c ledger.Checkpoint, trusted bool) {
	fmt.Fprintf(out, "Entry %d is in the ledger %s, among the %d entries of its checkpoint.\n\n", e.Seq, terminalText(c.Origin), c.Size)
	for _, line := range [][2]string{
		{"When", e.At.UTC().Format("2 Jan 2006, 15:04:05 UTC")}, {"Clock", review.BehindWords(e.Behind)}, {"Who", actorText(e)}, {"What", strings.TrimSuffix(review.DoneWord(e)+": "+review.FactWords(e), ": ")},
		{"Recipient", e.Recipient}, {"Result", strings.TrimSuffix(e.Snapshot.String(), "-")}, {"Answers entry", subjectText(e)},
	} {
		if line[1] != "" {
			fmt.Fprintf(out, "%-14s %s\n", line[0]+":", oneLine(line[1]))
		}
	}
	if e.Content != (idv.Digest{}) {
		fmt.Fprintln(out, "\nThe entry commits to what was recorded besides, which is not in this file.")
	}
	if trusted {
		fmt.Fprintln(out, "\nThe checkpoint is signed with the key that you gave.")
		return
	}
	fmt.Fprintln(out, "\nThe key is the file's own word: whoever made the file may have made the key too. Give the\nledger's with --public-key to be sure.")
}

func actorText(e ledger.Entry) string {
	if e.Role == "" {
		return review.Actor(e)
	}
	return review.Actor(e) + ", " + e.Role
}

func subjectText(e ledger.Entry) string {
	if e.About == 0 {
		return ""
	}
	return strconv.FormatInt(e.About, 10)
}

// oneLine keeps what is in a foreign file from looking like our own line, or from
// steering a terminal.
func oneLine(text string) string {
	if quoted := strconv.Quote(text); quoted != `"`+text+`"` {
		return quoted
	}
	return text
}

// readAtMost reads a file that is not larger than it may be.
func readAtMost(path string, most int64) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("%s: the file cannot be read: %w", path, err)
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, most+1))
	if err != nil {
		return nil, fmt.Errorf("%s: the file cannot be read: %w", path, err)
	}
	if int64(len(text)) > most {
		return nil, fmt.Errorf("%s is larger than any proof", path)
	}
	return text, nil
}
