package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"countersign/internal/review"
	"countersign/internal/securityevent"
	"countersign/store"
)

// keys is the commands on the keys of an installation.
type keys struct {
	Rotate keysRotate `cmd:"" help:"Replace the data key and the signing key, beside a running server."`
	New    keysNew    `cmd:"" help:"Print a new data key, for a vault."`
}

type keysNew struct{}

// Help is shown below the flags.
func (keysNew) Help() string {
	return `Prints one line for what --data-key-command or --data-key-fd reads. Nothing is stored.`
}

// Run prints a key.
func (keysNew) Run(s streams) error {
	_, err := fmt.Fprint(s.out, store.NewDataKey())
	return err
}

type keysRotate struct {
	databaseFlags
	SigningKey string `name:"signing-key" env:"COUNTERSIGN_SIGNING_KEY" placeholder:"FILE" help:"The file with the key that signs the ledger's checkpoints. Default: beside the database, ending in .signing-key."`
	Only       string `enum:",data,signing" default:"" placeholder:"KEY" help:"Replace only one of them: data or signing."`
}

// Help is shown below the flags.
func (keysRotate) Help() string {
	return `Seals the keys of all recipients under a new data key, and makes a new signing key, for
which the old one vouches in the ledger. A running server goes on, and notices by itself.
If the command is interrupted, run it again: it continues where it was.

The old keys are kept in files beside the new ones, whose names are printed. They still open
and continue backups from before: keep them apart, and destroy them with those backups.

With --data-key-command or --data-key-fd, have the new key, made by countersign keys new,
given in a second line before, and the old one taken away afterwards.`
}

// Run changes the keys.
func (c *keysRotate) Run(ctx context.Context, s streams) (err error) {
	if err := c.requireExisting(); err != nil {
		return err
	}
	kept, err := c.openStore(ctx, s)
	if err != nil {
		return err
	}
	defer joinCloseError(&err, kept)
	if c.Only != "signing" {
		if err := c.changeDataKey(ctx, s, kept); err != nil {
			return explainKeyChange(kept, err)
		}
	}
	if c.Only != "data" {
		return explainKeyChange(kept, c.changeSigningKey(ctx, s, kept))
	}
	return nil
}

func (c *keysRotate) changeDataKey(ctx context.Context, s streams, kept *store.Store) error {
	result, err := kept.ChangeDataKey(ctx, store.ChangeOptions{})
	if err != nil {
		return err
	}
	tellKeyChanged(ctx, s, kept, result.New == "", securityevent.DataKey, result.Kept...)
	if result.New != "" {
		fmt.Fprintf(s.out, "The new key is %.8s; %d values are sealed under it, and none under %.8s.\n", result.New, result.Values, result.Old)
	}
	if !result.InFile {
		fmt.Fprintln(s.out, "From now on, have only the new key given. Keep the old one as long as backups from before.")
	}
	if result.StillLogged {
		fmt.Fprintln(s.err, "The file beside the database that ends in -wal still holds values under the old key, because somebody was reading. The server overwrites them in time.")
	}
	return nil
}

func (c *keysRotate) changeSigningKey(ctx context.Context, s streams, kept *store.Store) error {
	path := c.SigningKey
	if path == "" {
		path = c.keyPath(".signing-key")
	}
	result, err := kept.ChangeSigningKey(ctx, path, store.ChangeOptions{})
	if errors.Is(err, store.ErrNothingSigns) && c.Only == "" {
		fmt.Fprintln(s.out, "The ledger has no signing key yet: countersign serve makes it.")
		return nil
	}
	if err != nil {
		return err
	}
	tellKeyChanged(ctx, s, kept, result.Old == "", securityevent.SigningKey, result.Kept)
	fmt.Fprintf(s.out, "Checkpoints are signed with this key from now on:\n%s\n", result.New)
	return nil
}

// tellKeyChanged says that a key was changed, and where the old one is, and reports it. It is the
// one place that learns of every change.
func tellKeyChanged(ctx context.Context, s streams, kept *store.Store, earlier bool, key securityevent.Reason, paths ...string) {
	reportCommand(ctx, s, kept, "keys rotate", securityevent.Event{Kind: securityevent.KeyChanged, Reason: key})
	what := strings.ReplaceAll(string(key), "-", " ")
	if earlier {
		fmt.Fprintf(s.out, "An earlier change of the %s is finished.\n", what)
	} else {
		fmt.Fprintf(s.out, "The %s was changed.\n", what)
	}
	for _, path := range paths {
		fmt.Fprintf(s.out, "The old %s is in %s: keep it apart, and destroy it with the backups from before.\n", what, terminalText(path))
	}
}

// explainKeyChange says why a key was not changed.
func explainKeyChange(kept *store.Store, err error) error {
	switch {
	case errors.Is(err, review.ErrNotRecording):
		return explainNotRecorded(kept, err)
	case errors.Is(err, context.Canceled):
		return errors.New("interrupted half way: nothing is lost, and the same command goes on from there")
	}
	return err
}
