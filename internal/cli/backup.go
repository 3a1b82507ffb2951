package cli

import (
	"context"
	"fmt"
)

// backup is the command that copies the database.
type backup struct {
	databaseFlags
	Dest string `arg:"" help:"The file to create; it must not exist."`
}

// Help is shown below the flags.
func (backup) Help() string {
	return `The copy is complete and consistent, even while a server writes. It does not contain the
data key. Keep the data-key file separately: without it, nobody can read the notes again.`
}

// Run makes the copy.
func (c *backup) Run(ctx context.Context, s streams) (err error) {
	if err := c.requireExisting(); err != nil {
		return err
	}
	kept, err := c.openStore(ctx, s)
	if err != nil {
		return err
	}
	defer joinCloseError(&err, kept)
	if err := kept.Backup(ctx, c.Dest); err != nil {
		return err
	}
	fmt.Fprintf(s.out, "%s holds the database. Keep the data-key file apart from it.\n", c.Dest)
	return nil
}
