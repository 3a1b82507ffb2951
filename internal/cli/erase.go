package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"

	"countersign/internal/account"
	"countersign/internal/idv"
	"countersign/internal/review"
	"countersign/internal/securityevent"
	"countersign/store"
)

// erase is the command that erases a recipient.
type erase struct {
	databaseFlags
	Recipient string `arg:"" help:"The ID of the recipient."`
	Reason    string `required:"" placeholder:"TEXT" help:"The reason for the erasure. It stays in the ledger permanently, so it must say nothing about the person."`
}

// Help is shown below the flags.
func (erase) Help() string {
	return `Removes the results and everything that people typed about the recipient, and destroys
the key they were sealed with. The ledger keeps what was done, when and by whom, and still
verifies. Works beside a running server. To confirm, the recipient's ID is read again from
standard input.

Backups made earlier still hold it all. So may freed blocks of the disk: keep the database
on an encrypted disk.`
}

// Run erases.
func (c *erase) Run(ctx context.Context, s streams) (err error) {
	id, err := idv.ParseRecipientID(c.Recipient)
	if err != nil {
		return fmt.Errorf("%q is not a recipient ID", c.Recipient)
	}
	reason, err := review.ErasureReason(c.Reason)
	if err != nil {
		return fmt.Errorf("--reason: %w", err)
	}
	if err := c.requireExisting(); err != nil {
		return err
	}
	for _, warning := range review.NoteWarnings(reason, time.Now()) {
		fmt.Fprintf(s.err, "The reason stays permanently. %s\n", warning)
	}
	if err := confirmErasure(s, id); err != nil {
		return err
	}
	kept, err := c.openStore(ctx, s)
	if err != nil {
		return err
	}
	defer joinCloseError(&err, kept)
	err = kept.Erase(ctx, id, account.Person{}, reason)
	switch {
	case errors.Is(err, store.ErrStillLogged):
		return fmt.Errorf("recipient %s %w", id, store.ErrStillLogged)
	case errors.Is(err, store.ErrNoRecipient):
		return store.ErrNoRecipient
	case errors.Is(err, review.ErrErased):
		return errors.New("this recipient was erased before")
	case errors.Is(err, review.ErrNotRecording):
		return explainNotRecorded(kept, err)
	case err != nil:
		return err
	}
	reportCommand(ctx, s, kept, "erase", securityevent.Event{Kind: securityevent.Erasure, Reason: securityevent.ByOperator})
	fmt.Fprintf(s.out, "All data about recipient %s is erased. Earlier backups still hold it.\n", id)
	return nil
}

// confirmErasure returns nil when the first line that is typed is the same ID again.
func confirmErasure(s streams, id idv.RecipientID) error {
	if file, ok := s.in.(*os.File); ok && term.IsTerminal(int(file.Fd())) {
		fmt.Fprintf(s.err, "This cannot be undone. To erase the recipient, type the ID once more: ")
	}
	line, err := bufio.NewReader(s.in).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("read the confirmation: %w", err)
	}
	if again, err := idv.ParseRecipientID(strings.TrimSpace(line)); err != nil || again != id {
		return errors.New("nothing was erased: the ID was not typed once more on standard input")
	}
	return nil
}
