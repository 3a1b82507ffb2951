package cli

import (
	"context"
	"fmt"

	"countersign/store"
)

// migrate is the command that makes or upgrades the schema of a database.
type migrate struct {
	databaseFlags
	ServingRole string `name:"serving-role" placeholder:"ROLE" help:"On PostgreSQL: the role that countersign serve signs in with. It is given what a server needs, and no right to change or delete what was recorded."`
}

// Help is shown below the flags.
func (migrate) Help() string {
	return `On PostgreSQL, run it as the owner of the database before the first start and with each new
version, while no server of an older version runs. Servers sign in with another role,
named by --serving-role, which cannot do away with the rules of the database.

A file of SQLite's is upgraded by countersign serve itself; this command only does it
sooner.`
}

// Run makes or upgrades the schema.
func (c *migrate) Run(ctx context.Context, s streams) error {
	o, err := c.options()
	if err != nil {
		return err
	}
	if err := c.requireExisting(); err != nil {
		return err
	}
	if o.Postgres == nil {
		return c.upgradeFile(ctx, s)
	}
	o.Progress = s.progress()
	version, err := store.Migrate(ctx, o, c.ServingRole)
	if err != nil {
		return err
	}
	fmt.Fprintf(s.out, "The database has schema %d, that of this program.\n", version)
	return nil
}

// upgradeFile upgrades a file of SQLite's, whose keys it needs.
func (c *migrate) upgradeFile(ctx context.Context, s streams) (err error) {
	kept, err := c.openStore(ctx, s)
	if err != nil {
		return err
	}
	defer joinCloseError(&err, kept)
	fmt.Fprintln(s.out, "The database has the schema of this program.")
	return nil
}
