package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
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
// What only a verification or a copy needs of it stands with those: verifiedEngine, copiedEngine.
type engine interface {
	// name names the database at the beginning or in the middle of a sentence, without
	// secrets: the database /home/ann/countersign.db.
	name() string
	// prepare comes before anything is opened: it makes a file that is missing, claims it for
	// a server, or asks PostgreSQL whether it can be used.
	prepare(ctx context.Context, serve bool) error
	// prepared comes when the store is open, before it is used.
	prepared(ctx context.Context, writer *sql.DB) error
	// close gives up what was claimed. It comes after all pools are closed.
	close() error

	// writerPool returns the one connection that writes, readerPool those that read, and
	// inspectorPool some that read what may be anything, and change nothing.
	writerPool() *sql.DB
	readerPool() *sql.DB
	inspectorPool() *sql.DB

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
	upgrade(tell progressFunc) error
	newestVersion() (uint, error)
	// restrict takes the files of the database away from other users.
	restrict() error

	// weakness says in a sentence which setting or right weakens what is recorded; empty for none.
	weakness(ctx context.Context, db *sql.DB) (string, error)

	// owns reports whether a name leads to a file of the database.
	owns(name string) (bool, error)
	// copyTo writes the database as it is at one moment to an empty file.
	copyTo(ctx context.Context, path string, tell progressFunc) error
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

// engineOf returns the engine of the database that options name, with all that is needed of it
// anywhere.
func engineOf(o Options) (copiedEngine, error) {
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

// wholeSteps is a database in which a step of the schema and the note that it was taken are one
// transaction. The library notes each step before and after it is taken, apart: a process that is
// killed in between would leave a database that nobody can tell from one that was half upgraded.
type wholeSteps struct {
	database.Driver
	next int // the number of the step that is about to be taken
}

// SetVersion implements database.Driver. It is called before and after each step, which notes
// itself.
func (w *wholeSteps) SetVersion(version int, dirty bool) error {
	w.next = version
	return nil
}

// Run implements database.Driver. Both engines carry out the text of a step in one transaction.
func (w *wholeSteps) Run(step io.Reader) error {
	note := fmt.Sprintf("\n;\nDELETE FROM schema_migrations;\nINSERT INTO schema_migrations (version, dirty) VALUES (%d, false);\n", w.next)
	return w.Driver.Run(io.MultiReader(step, strings.NewReader(note)))
}

// takeSteps takes the steps of a schema that a database has not taken yet, and closes target. A
// step that fails or breaks off leaves nothing behind.
func takeSteps(files fs.FS, folder string, target database.Driver, tell progressFunc, describe func(error) error) error {
	steps, err := iofs.New(files, folder)
	if err != nil {
		return errors.Join(fmt.Errorf("store: read the schema: %w", err), target.Close())
	}
	newest, err := newestVersionIn(files, folder)
	if err != nil {
		return errors.Join(err, target.Close())
	}
	told, err := tellSteps(&wholeSteps{Driver: target}, newest, tell)
	if err != nil {
		return errors.Join(describe(causeOfStep(err)), target.Close())
	}
	m, err := migrate.NewWithInstance("embedded", steps, folder, told)
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
