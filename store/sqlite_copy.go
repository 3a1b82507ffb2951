package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// unfinishedEnding is how the name of a file ends until the copy in it is verified.
const unfinishedEnding = ".unfinished"

// beginCopy makes a file with the schema, beside the one that there will be.
func (e *sqliteEngine) beginCopy(context.Context) (_ *copyTarget, err error) {
	if _, err := os.Lstat(e.path); !errors.Is(err, fs.ErrNotExist) {
		return nil, errors.Join(fmt.Errorf("the file %s %w", e.path, ErrNotEmpty), describeError("the file "+e.path, err))
	}
	unfinished := &sqliteEngine{path: e.path + unfinishedEnding}
	if _, err := os.Lstat(unfinished.path); err == nil {
		return nil, fmt.Errorf("the file %s %w", unfinished.path, ErrUnfinished)
	}
	if err := makeFile(unfinished.path); err != nil {
		return nil, err
	}
	target := &copyTarget{engine: unfinished, options: Options{Path: unfinished.path}, discard: unfinished.remove}
	target.finish = func() error { return unfinished.moveTo(e.path) }
	if err := unfinished.upgrade(nil); err != nil {
		return nil, errors.Join(err, unfinished.remove())
	}
	return target, nil
}

// remove removes the files of a database.
func (e *sqliteEngine) remove() error {
	var errs []error
	for _, name := range ownFiles(e.path) {
		if err := os.Remove(name); !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// moveTo gives a database that nobody has open another name, which no file has.
func (e *sqliteEngine) moveTo(path string) error {
	err := os.Link(e.path, path)
	if errors.Is(err, fs.ErrExist) {
		return errors.Join(fmt.Errorf("the file %s %w", path, ErrNotEmpty), e.remove())
	}
	if err != nil {
		return errors.Join(describeError("the database "+path, err), e.remove())
	}
	return errors.Join(e.remove(), syncFolder(filepath.Dir(path)))
}

// fillerPool returns the one connection that fills a new file.
func (e *sqliteEngine) fillerPool() *sql.DB {
	db := openPool(e.path, filling)
	db.SetMaxOpenConns(1)
	return db
}

// load inserts rows one by one, as fast as SQLite does.
func (*sqliteEngine) load(ctx context.Context, _ *sql.Conn, tx *sql.Tx, l copyLoad) error {
	var places []string
	for i := range l.columns {
		places = append(places, "$"+strconv.Itoa(i+1))
	}
	insert, err := tx.PrepareContext(ctx, `INSERT INTO `+l.table+` (`+strings.Join(l.columns, ", ")+`) VALUES (`+strings.Join(places, ", ")+`)`)
	if err != nil {
		return err
	}
	defer insert.Close()
	for l.rows.next() {
		if _, err := insert.ExecContext(ctx, l.rows.values[:len(l.columns)]...); err != nil {
			return fmt.Errorf("the row %s: %w", l.rows.key(), err)
		}
	}
	return nil
}

// cannotHold is nothing: SQLite holds every text.
func (*sqliteEngine) cannotHold(string, string, string) string { return "" }

// served reports whether a server has the file.
func (e *sqliteEngine) served(context.Context, *sql.DB) (bool, error) { return isServed(e.path), nil }
