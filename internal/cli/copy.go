package cli

import (
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"path/filepath"

	"countersign/store"
)

// copyCommand is the command that moves everything from one database to another.
type copyCommand struct {
	From       string `name:"from" required:"" placeholder:"FILE|URL" help:"The database to copy, which no server may be using: a file of SQLite's, or the address of one of PostgreSQL's as for --db."`
	To         string `name:"to" required:"" placeholder:"FILE|URL" help:"Where the copy goes: the address of a database of PostgreSQL's with an empty schema, or a file of SQLite's that does not exist. At least one of both is PostgreSQL's."`
	Password   string `name:"db-password-file" env:"COUNTERSIGN_DB_PASSWORD_FILE" placeholder:"FILE" help:"A file that contains the password for PostgreSQL and that others cannot read or write. PGPASSWORD and PGPASSFILE work too; an address must not contain it."`
	WithoutTLS bool   `name:"db-without-tls" env:"COUNTERSIGN_DB_WITHOUT_TLS" help:"Allow a PostgreSQL on another machine to be reached without TLS."`
	Key        string `name:"data-key-file" env:"COUNTERSIGN_DATA_KEY_FILE" placeholder:"FILE" help:"The file with the key that texts are sealed with, which is that of both databases. Default: beside the database to copy, ending in .key."`
	KeyCommand string `name:"data-key-command" env:"COUNTERSIGN_DATA_KEY_COMMAND" placeholder:"COMMAND" help:"A command that prints that key, as for serve."`
	KeyFD      int    `name:"data-key-fd" env:"COUNTERSIGN_DATA_KEY_FD" placeholder:"N" help:"An open file descriptor with that key, as for serve."`
}

// Help is shown below the flags.
func (copyCommand) Help() string {
	return `Moves a desk from a file to a PostgreSQL that several servers share, or back. Stop every
server of the database first, and start the new ones with the copy: what is recorded after
the copy would be missing from it. A server that is connected is refused: on PostgreSQL one
in the same database with the same application_name, which is countersign unless an
address says otherwise.

The original is read as of one moment and left as it is. The schema of a PostgreSQL is made
by countersign migrate, or by this command where its role may; nothing else may be in it.
There the copy is one transaction, and a file has its name only when it is complete, so that
a copy that is broken off leaves nothing and can be made again.

The original is verified before, and the copy after: as countersign audit verify does, with
the data key, and with the same outcome. Everything is copied but who is signed in, and what
running servers note for themselves. Keys and the checkpoint log are files of their own and
stay as they are: give them to the new servers.`
}

// Run copies the database.
func (c *copyCommand) Run(ctx context.Context, s streams) error {
	from, to, err := c.databases()
	if err != nil {
		return err
	}
	from.Progress = s.progress()
	found, err := store.Copy(ctx, from, to)
	if err != nil {
		return explainTampering(err)
	}
	fmt.Fprintln(s.out, "The copy holds everything, and nothing that was recorded has been changed.")
	fmt.Fprintf(s.out, "The tree of both has %d entries and the root %s.\n", found.Entries, base64.StdEncoding.EncodeToString(found.Root[:]))
	if err := printCounts(s.out, found); err != nil {
		return err
	}
	c.printNextSteps(s.out, from)
	return nil
}

// databases returns the options of both, the first with the data key.
func (c *copyCommand) databases() (from, to store.Options, err error) {
	source, target := c.database(c.From), c.database(c.To)
	if err := source.requireExistingAs("--from"); err != nil {
		return from, to, err
	}
	if from, err = source.optionsAs("--from"); err != nil {
		return from, to, err
	}
	if to, err = target.optionsAs("--to"); err != nil {
		return from, to, err
	}
	from.DataKeyFile, from.DataKey = c.Key, keyFlags{c.Key, c.KeyCommand, c.KeyFD}.ask()
	if from.DataKeyFile == "" && from.DataKey == nil {
		from.DataKeyFile = source.keyPath(".key")
	}
	return from, to, nil
}

// database is one of both, as the other commands name it.
func (c *copyCommand) database(name string) databaseFlag {
	return databaseFlag{DB: name, Password: c.Password, WithoutTLS: c.WithoutTLS}
}

// printNextSteps says what the servers of the copy need.
func (c *copyCommand) printNextSteps(out io.Writer, from store.Options) {
	where := "comes from where it came from now"
	if from.DataKeyFile != "" {
		where = "is in " + absolutePath(from.DataKeyFile)
	}
	fmt.Fprintf(out, "The data key of the copy %s. Servers look for it in %s unless told otherwise,\n", where, c.keyPlace(".key"))
	fmt.Fprintf(out, "and for the signing key, which stays the same too, in %s. The checkpoint log goes on.\n", c.keyPlace(".signing-key"))
	fmt.Fprintln(out, "Nobody is signed in to the copy. Do not start a server with the original again: there would be two records with the same beginning.")
}

// keyPlace says where servers of the copy look for a key that no flag names.
func (c *copyCommand) keyPlace(ending string) string {
	path := c.database(c.To).keyPath(ending)
	if store.IsPostgresAddress(c.To) {
		return "the file " + path + " of the folder in which they start"
	}
	return absolutePath(path)
}

// absolutePath is a path as it can be given to a server that is started elsewhere.
func absolutePath(path string) string {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return path
	}
	return absolute
}
