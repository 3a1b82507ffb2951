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

// sqliteEngine is a file of SQLite's.
type sqliteEngine struct {
	path   string
	claim  *claim      // until it is closed; nil where nothing was claimed
	opened fs.FileInfo // of the file, as it was opened; nil before anything was recorded
}

// newSQLiteEngine returns the engine of the file at a path.
func newSQLiteEngine(path string) (*sqliteEngine, error) {
	resolved, err := ResolvePath(path)
	if err != nil {
		return nil, fmt.Errorf("the database path cannot be resolved: %w", err)
	}
	return &sqliteEngine{path: resolved}, nil
}

func (e *sqliteEngine) name() string { return "the database " + e.path }

// prepare makes the file that is missing, and claims it.
func (e *sqliteEngine) prepare(ctx context.Context, serve bool) (err error) {
	if err := makeFile(e.path); err != nil {
		return err
	}
	e.claim, err = takeClaim(ctx, e.path, serve)
	return err
}

// prepared remembers which file was opened.
func (e *sqliteEngine) prepared(context.Context, *sql.DB) (err error) {
	e.opened, err = os.Stat(e.path)
	return err
}

func (e *sqliteEngine) close() error {
	if e.claim == nil {
		return nil
	}
	return e.claim.Close()
}

// writerPool returns the one connection that writes.
func (e *sqliteEngine) writerPool() *sql.DB {
	db := openPool(e.path, writing)
	db.SetMaxOpenConns(1)
	return db
}

// readerPool returns the connections that read.
func (e *sqliteEngine) readerPool() *sql.DB {
	db := openPool(e.path, reading)
	db.SetMaxOpenConns(maxReaders)
	db.SetMaxIdleConns(maxReaders)
	return db
}

// inspectorPool returns connections that read what may be anything, and change nothing.
func (e *sqliteEngine) inspectorPool() *sql.DB { return openPool(e.path, looking) }

// untouchedPool returns connections that leave the file as it is, down to those beside it.
func (e *sqliteEngine) untouchedPool(context.Context) (*sql.DB, func() error, error) {
	if err := checkReadable(e.path); err != nil {
		return nil, nil, err
	}
	before, err := fileStateOf(e.path)
	if err != nil {
		return nil, nil, describeError(e.name(), err)
	}
	unchanged := func() error {
		after, err := fileStateOf(e.path)
		if err == nil && !before.logged && after != before {
			return fmt.Errorf("%s was written to meanwhile; please try again", e.name())
		}
		return nil
	}
	return openUntouched(e.path, before.logged), unchanged, nil
}

func (*sqliteEngine) reading() *sql.TxOptions { return &sql.TxOptions{ReadOnly: true} }

func (*sqliteEngine) writing() *sql.TxOptions { return nil }

// copyTo writes the database as it is at one moment to an empty file.
func (e *sqliteEngine) copyTo(ctx context.Context, path string, tell progressFunc) (err error) {
	copying := openPool(e.path, writing) // it only reads, but SQLite takes it for a write
	defer func() { err = errors.Join(err, copying.Close()) }()
	total, err := tell.count(ctx, copying, `
		SELECT (page_count - freelist_count) * page_size
		FROM pragma_page_count, pragma_freelist_count, pragma_page_size`)
	if err != nil {
		return err
	}
	defer tellSize(path, tell.begin("Writing the backup", "MB", inMB(total)))()
	_, err = copying.ExecContext(ctx, `VACUUM INTO $1`, path)
	return err
}

// sizePace is how often it is looked how large a file has become.
const sizePace = time.Second

// tellSize tells how large a file has become, until the function that it returns is called.
func tellSize(path string, size *progressCounter) (end func()) {
	ended, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		pace := time.NewTicker(sizePace)
		defer pace.Stop()
		for {
			select {
			case <-ended:
				return
			case <-pace.C:
			}
			if file, err := os.Stat(path); err == nil {
				size.countTo(inMB(file.Size()))
			}
		}
	}()
	return func() {
		close(ended)
		<-stopped
	}
}

// inMB returns how many MB hold so many bytes.
func inMB(bytes int64) int64 { return (bytes + 1e6 - 1) / 1e6 }

// How often the log is tried to be emptied, and how long to wait in between. SQLite waits
// for readers by itself, too.
const (
	emptyTries = 10
	emptyPause = 200 * time.Millisecond
)

// emptyLog leaves nothing of what was overwritten: it writes the log into the database and cuts
// it to nothing.
func (e *sqliteEngine) emptyLog(ctx context.Context, writer *sql.DB) error {
	for range emptyTries {
		var busy, frames, moved int
		err := writer.QueryRowContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`).Scan(&busy, &frames, &moved)
		if err == nil && busy == 0 {
			return nil
		}
		if err != nil && reasonOf(err) != ErrBusy {
			return fmt.Errorf("store: empty the log: %w", describeError(e.name(), err))
		}
		time.Sleep(emptyPause)
	}
	return fmt.Errorf("store: empty the log: %w", ErrStillLogged)
}

// begin returns errMoved unless the database and SQLite's log still have the names under which
// a restart would look for them. In a transaction the log exists. That nobody else
// writes is SQLite's own rule.
func (e *sqliteEngine) begin(context.Context, *sql.Tx) error {
	if e.opened == nil { // nothing was recorded yet
		return nil
	}
	found, err := os.Stat(e.path)
	if err == nil && !os.SameFile(e.opened, found) {
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

// outcome is known when the disk was full, which is reported when the log cannot take a frame of
// the transaction, whose last one makes it count
// (https://www.sqlite.org/walformat.html, 4.1). After any other failure the transaction may
// be there after all.
func (*sqliteEngine) outcome(_ context.Context, _ *sql.DB, err error) outcome {
	if reasonOf(err) == ErrFull {
		return outcomeNotWritten
	}
	return outcomeUnknown
}

// clockSkew is none: whoever writes to a file does so on one machine.
func (*sqliteEngine) clockSkew() time.Duration { return 0 }

// stopsAfter is true when it was the disk that failed: what is said to be recorded must be.
func (*sqliteEngine) stopsAfter(err error) bool { return diskFailed(err) }

// weakness is none: each connection has its settings, and a file has no rights of its own.
func (*sqliteEngine) weakness(context.Context, *sql.DB) (string, error) { return "", nil }

func (e *sqliteEngine) owns(name string) (bool, error) { return isOwnFile(e.path, name) }

func (e *sqliteEngine) markHalted() { e.claim.publishState(markHalted) }

func (e *sqliteEngine) servedHalted() bool { return isServedHalted(e.path) }

func (*sqliteEngine) reasonOf(err error) error { return reasonOf(err) }

// classifySQLite returns which of our errors an error of SQLite is, nil for none, and whether it
// is one of SQLite.
func classifySQLite(err error) (reason error, refused bool) {
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
