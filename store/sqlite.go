package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// engine is what the database at a path is to the rest of the store. All that only SQLite
// has stands in the files that begin with sqlite: settings of connections and their
// statements, the claim on the file, upgrades, backups, what is done so that erased bytes are
// gone, which error means what, and what the file says of itself. Statements elsewhere are in
// the SQL that SQLite and PostgreSQL share.
type engine struct{ path string }

// writerPool returns the one connection that writes.
func (e engine) writerPool() *sql.DB {
	db := openPool(e.path, writing)
	db.SetMaxOpenConns(1)
	return db
}

// readerPool returns the connections that read.
func (e engine) readerPool() *sql.DB {
	db := openPool(e.path, reading)
	db.SetMaxOpenConns(maxReaders)
	db.SetMaxIdleConns(maxReaders)
	return db
}

// inspectorPool returns connections that read what may be anything, and change nothing.
func (e engine) inspectorPool() *sql.DB { return openPool(e.path, looking) }

// untouchedPool returns connections that leave the file as it is; see openUntouched.
func (e engine) untouchedPool(logged bool) *sql.DB { return openUntouched(e.path, logged) }

// copyTo writes the database as it is at one moment to an empty file.
func (e engine) copyTo(ctx context.Context, path string) (err error) {
	copying := openPool(e.path, writing) // it only reads, but SQLite takes it for a write
	defer func() { err = errors.Join(err, copying.Close()) }()
	_, err = copying.ExecContext(ctx, `VACUUM INTO $1`, path)
	return err
}

// How often the log is tried to be emptied, and how long to wait in between. SQLite waits
// for readers by itself, too.
const (
	emptyTries = 10
	emptyPause = 200 * time.Millisecond
)

// emptyLog leaves nothing of what was overwritten: it writes the log into the database and cuts
// it to nothing.
func (e engine) emptyLog(ctx context.Context, writer *sql.DB) error {
	for range emptyTries {
		var busy, frames, moved int
		err := writer.QueryRowContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`).Scan(&busy, &frames, &moved)
		if err == nil && busy == 0 {
			return nil
		}
		if err != nil && reasonOf(err) != ErrBusy {
			return fmt.Errorf("store: empty the log: %w", e.describeError(err))
		}
		time.Sleep(emptyPause)
	}
	return fmt.Errorf("store: empty the log: %w", ErrStillLogged)
}

// inPlace returns errMoved unless the database, which was opened as a file, and SQLite's log
// still have the names under which a restart would look for them. It is called in a
// transaction, when the log exists.
func (e engine) inPlace(opened fs.FileInfo) error {
	if opened == nil { // nothing was recorded yet
		return nil
	}
	found, err := os.Stat(e.path)
	if err == nil && !os.SameFile(opened, found) {
		err = os.ErrNotExist
	}
	if err == nil {
		_, err = os.Stat(e.path + "-wal")
	}
	if errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("store: %w", errMoved)
	}
	return nil
}

// lastID returns the largest ID that a table ever had: SQLite keeps it, so that rows which
// were cut off show.
func (engine) lastID(ctx context.Context, tx *sql.Tx, table string) (int64, error) {
	var id int64
	err := tx.QueryRowContext(ctx, `
		SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = $1), 0)`, table).Scan(&id)
	return id, err
}

// describeError says in our words why the database cannot be used, where one of them fits.
func (e engine) describeError(err error) error { return describeError("the database "+e.path, err) }

// classify returns which of our errors an error of SQLite is, nil for none, and whether it is
// one of SQLite.
func (engine) classify(err error) (reason error, refused bool) {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return nil, false
	}
	return reasonOfCode(e.Code()), true
}

func reasonOfCode(code int) error {
	switch code & 0xff { // the rest is detail: https://www.sqlite.org/rescode.html
	case sqlite3.SQLITE_NOTADB:
		return ErrNotDatabase
	case sqlite3.SQLITE_CORRUPT:
		return ErrDamaged
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM:
		return ErrReadOnly
	case sqlite3.SQLITE_FULL:
		return ErrFull
	case sqlite3.SQLITE_BUSY:
		return ErrBusy
	case sqlite3.SQLITE_IOERR:
		return ErrDisk
	}
	return nil
}

// fileState is how a file is; it changes when somebody writes to it.
type fileState struct {
	size   int64
	at     time.Time
	logged bool // whether some of it stands in a log beside it
}

func fileStateOf(path string) (fileState, error) {
	found, err := os.Stat(path)
	if err != nil {
		return fileState{}, err
	}
	if !found.Mode().IsRegular() {
		return fileState{}, fmt.Errorf("the file %s %w", path, ErrNotDatabase)
	}
	s := fileState{size: found.Size(), at: found.ModTime()}
	for _, name := range []string{path + "-wal", path + "-journal"} {
		if _, err := os.Stat(name); !errors.Is(err, fs.ErrNotExist) {
			s.logged = true
		}
	}
	return s, nil
}
