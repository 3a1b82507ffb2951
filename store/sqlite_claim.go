package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
)

// A server claims its database twice: by a lock on the file beside it that ends in .lock,
// and, where the system has such a lock, on the database file itself, since a file may
// have several names: hard links, and mounts of it alone. SQLite's log is beside one of
// them, so whoever writes by another loses what stands in the log.

// claim is what keeps others from the database while a store is open.
type claim struct {
	beside *flock.Flock // nil unless the store serves
	file   *os.File     // the database file; nil where it cannot be locked
}

// takeClaim claims the database at path for a server, or makes sure that no server has it
// under another name. It comes before SQLite opens the file, and ends after SQLite closed
// it: to close a descriptor earlier would drop SQLite's locks
// (https://www.sqlite.org/howtocorrupt.html, 2.2).
func takeClaim(ctx context.Context, path string, serve bool) (_ *claim, err error) {
	c := &claim{}
	defer func() {
		if err != nil {
			err = errors.Join(err, c.Close())
		}
	}()
	if serve {
		if c.beside, err = lockFile(ctx, path); err != nil {
			return nil, err
		}
	}
	if err := checkOtherNames(path); err != nil {
		return nil, err
	}
	if c.file, err = os.OpenFile(path, os.O_RDWR, 0); err != nil {
		return c, nil // SQLite says what is wrong with it
	}
	if serve {
		err = claimFileSoon(ctx, c.file)
		if err == nil {
			c.publishState(markServing)
		}
	} else if isClaimed(c.file) && !isServed(path) {
		err = ErrOtherName
	}
	if err != nil {
		return nil, fmt.Errorf("the database %s %w", path, err)
	}
	return c, nil
}

// claimFileSoon is claimFile, tried for as long as a lock is waited for: a process that is
// just being started holds the descriptors of this one for a moment, and with them a claim that
// was given up.
func claimFileSoon(ctx context.Context, file *os.File) error {
	patience, cancel := context.WithTimeout(ctx, lockPatience)
	defer cancel()
	for {
		err := claimFile(file)
		if !errors.Is(err, ErrServed) {
			return err
		}
		select {
		case <-patience.Done():
			return err
		case <-time.After(lockPause):
		}
	}
}

// Close gives the claim up.
func (c *claim) Close() error {
	var errs []error
	if c.file != nil {
		errs = append(errs, c.file.Close())
		c.file = nil
	}
	if c.beside != nil {
		errs = append(errs, c.beside.Close())
	}
	return errors.Join(errs...)
}

// checkReadable returns an error when part of what the database at path holds stands in a
// log that is beside another name of it.
func checkReadable(path string) error {
	if err := checkOtherNames(path); err != nil {
		return err
	}
	file, err := os.Open(path)
	if err != nil {
		return nil // whoever reads it says so
	}
	defer file.Close()
	if isClaimed(file) && !isServed(path) {
		return fmt.Errorf("the database %s %w", path, ErrOtherName)
	}
	return nil
}

// checkOtherNames returns an error when the database has another name in its folder, with
// a log that SQLite would not find by this one.
func checkOtherNames(path string) error {
	found, err := os.Stat(path)
	if err != nil || linkCount(found) < 2 {
		return nil
	}
	files, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		return describeError("the folder "+filepath.Dir(path), err)
	}
	for _, file := range files {
		name := filepath.Join(filepath.Dir(path), file.Name())
		log, err := os.Stat(name + "-wal")
		if name != path && err == nil && log.Size() > 0 && sameFile(name, path) {
			return fmt.Errorf("the database %s %w; that is %s", path, ErrWrittenElsewhere, name)
		}
	}
	return nil
}

// What stands in the lock file while a server has the database, all of one length: what
// has its place on the disk can be written when there is no more.
const (
	markServing = "serving\n"
	markHalted  = "halted \n"
)

// publishState says to other programs how the server is. That it cannot be said changes nothing.
func (c *claim) publishState(how string) {
	if c == nil || c.beside == nil {
		return
	}
	file, err := os.OpenFile(c.beside.Path(), os.O_WRONLY, 0)
	if err != nil {
		return
	}
	_, _ = file.WriteString(how)
	_ = file.Close()
}

// isServed reports whether a server has the database by this name.
func isServed(path string) bool {
	if _, err := os.Stat(lockName(path)); errors.Is(err, fs.ErrNotExist) {
		return false
	}
	lock := flock.New(lockName(path), flock.SetPermissions(0o600))
	free, err := lock.TryLock()
	if free {
		_ = lock.Close()
	}
	return err == nil && !free
}

// isServedHalted reports whether a server has the database that records nothing any more.
func isServedHalted(path string) bool {
	text, err := os.ReadFile(lockName(path))
	return err == nil && string(text) == markHalted && isServed(path)
}
