package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"time"

	"github.com/golang-migrate/migrate/v4"
	"github.com/golang-migrate/migrate/v4/database"
	"github.com/golang-migrate/migrate/v4/source"
	"github.com/golang-migrate/migrate/v4/source/iofs"
)

// engine is the database to the rest of the store: SQLite, in the files that begin with sqlite,
// or PostgreSQL, in those that begin with postgres. All that only one of them has stands there:
// settings of connections, what is claimed or locked, upgrades, backups, which error means what,
// and what the database says of itself. Statements elsewhere are in the SQL that both share.
type engine interface {
	// name names the database at the beginning or in the middle of a sentence, without
	// secrets: the database /home/ann/countersign.db.
	name() string
	// prepare comes before anything is opened: it makes a file that is missing, claims it for
	// a server, or asks PostgreSQL whether it can be used.
	prepare(ctx context.Context, serve bool) error
	// prepared comes when the store is open, before it is used.
	prepared() error
	// close gives up what was claimed. It comes after all pools are closed.
	close() error

	// writerPool returns the one connection that writes, readerPool those that read, and
	// inspectorPool some that read what may be anything, and change nothing.
	writerPool() *sql.DB
	readerPool() *sql.DB
	inspectorPool() *sql.DB
	// untouchedPool returns connections that leave everything as it is, and what says
	// afterwards whether the database was written to meanwhile, where that would matter.
	untouchedPool(ctx context.Context) (pool *sql.DB, unchanged func() error, err error)

	// reading are the options of a transaction that sees one state of the database.
	reading() *sql.TxOptions
	// writing are the options of a transaction that writes.
	writing() *sql.TxOptions
	// begin makes sure that a transaction which writes may do so, and that nobody else does
	// before it ends.
	begin(ctx context.Context, tx *sql.Tx) error
	// outcome says what became of the transaction that begin was called with last, after a
	// commit that failed.
	outcome(ctx context.Context, writer *sql.DB, err error) outcome
	// clockSkew is by how much the clocks of those that write may differ without a word of it.
	clockSkew() time.Duration
	// stopsAfter reports whether nothing may be recorded any more after a commit of which nobody
	// knows what came of it.
	stopsAfter(err error) bool

	// countTables counts the tables of a database, and those named schema_migrations and facts.
	countTables(ctx context.Context, db *sql.DB) (tables, steps, facts int, err error)
	// upgrades reports whether the store takes steps of the schema that are due.
	upgrades() bool
	// lockUpgrade keeps others from making or upgrading the database.
	lockUpgrade(ctx context.Context) (io.Closer, error)
	upgrade() error
	newestVersion() (uint, error)
	// restrict takes the files of the database away from other users.
	restrict() error

	// wantedSchema and schemaOf return the texts of the objects that the steps of the schema
	// make, and of those in a database.
	wantedSchema() map[string]string
	schemaOf(ctx context.Context, db *sql.DB) (map[string]string, error)
	// checkForm has the database look whether what it holds fits together.
	checkForm(ctx context.Context, tx *sql.Tx) error
	// lastID returns the largest ID that a table ever had, as far as the database knows.
	lastID(ctx context.Context, tx *sql.Tx, table string) (int64, error)

	// weakness says in a sentence which setting or right weakens what is recorded; empty for none.
	weakness(ctx context.Context, db *sql.DB) (string, error)

	// owns reports whether a name leads to a file of the database.
	owns(name string) (bool, error)
	// copyTo writes the database as it is at one moment to an empty file.
	copyTo(ctx context.Context, path string) error
	// served reports whether a server may be using the database.
	served(ctx context.Context, db *sql.DB) (bool, error)
	// beginCopy makes the schema in a database that is empty or does not exist, for a copy.
	beginCopy(ctx context.Context) (*copyTarget, error)
	// fillerPool returns the one connection that fills such a database.
	fillerPool() *sql.DB
	// load writes rows in a transaction, which is that of the connection.
	load(ctx context.Context, conn *sql.Conn, tx *sql.Tx, l copyLoad) error
	// cannotHold says what in a text the database cannot hold; empty when it can.
	cannotHold(table, column, text string) string
	// emptyLog leaves nothing of what was overwritten, where the database can be told to.
	emptyLog(ctx context.Context, writer *sql.DB) error

	// markHalted tells other programs that the server of this database records nothing any
	// more, and servedHalted reports whether one said so.
	markHalted()
	servedHalted() bool

	// reasonOf returns which of our errors an error of the database is; nil for none.
	reasonOf(err error) error
}

// outcome is what became of a transaction.
type outcome int

const (
	outcomeUnknown outcome = iota
	outcomeWritten
	outcomeNotWritten
)

// noLock is the lock of lockUpgrade where something else keeps others away.
type noLock struct{}

func (noLock) Close() error { return nil }

// engineOf returns the engine of the database that options name.
func engineOf(o Options) (engine, error) {
	if o.Postgres != nil {
		return newPostgresEngine(o), nil
	}
	return newSQLiteEngine(o.Path)
}

// newestVersionIn returns the number of the last step among the files of a schema.
func newestVersionIn(files fs.FS, folder string) (uint, error) {
	names, err := fs.Glob(files, folder+"/*.up.sql")
	if err != nil || len(names) == 0 {
		return 0, errors.Join(errors.New("store: no schema is embedded"), err)
	}
	var newest uint
	for _, name := range names {
		step, err := source.DefaultParse(path.Base(name))
		if err != nil {
			return 0, fmt.Errorf("store: schema file %s: %w", name, err)
		}
		newest = max(newest, step.Version)
	}
	return newest, nil
}

// takeSteps takes the steps of a schema that a database has not taken yet, and closes target.
func takeSteps(files fs.FS, folder string, target database.Driver, describe func(error) error) error {
	steps, err := iofs.New(files, folder)
	if err != nil {
		return errors.Join(fmt.Errorf("store: read the schema: %w", err), target.Close())
	}
	m, err := migrate.NewWithInstance("embedded", steps, folder, target)
	if err != nil {
		return errors.Join(fmt.Errorf("store: read the schema: %w", err), target.Close())
	}
	err = m.Up()
	if errors.Is(err, migrate.ErrNoChange) {
		err = nil
	}
	fileErr, dbErr := m.Close()
	return errors.Join(describe(causeOfStep(err)), fileErr, dbErr)
}

// causeOfStep returns the error of the database behind one of the library that takes steps, which
// hides it.
func causeOfStep(err error) error {
	var pointer *database.Error
	var value database.Error
	switch {
	case errors.As(err, &pointer) && pointer.OrigErr != nil:
		return pointer.OrigErr
	case errors.As(err, &value) && value.OrigErr != nil:
		return value.OrigErr
	}
	return err
}
