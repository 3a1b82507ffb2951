package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/gofrs/flock"
)

// lockPatience is how long a lock is waited for: long enough for a command that
// makes the database, short enough for the person who started a second server.
const lockPatience = time.Second

// lockFile claims the database at path until the lock is closed.
func lockFile(ctx context.Context, path string) (*flock.Flock, error) {
	lock := flock.New(path+".lock", flock.SetPermissions(0o600))
	patience, cancel := context.WithTimeout(ctx, lockPatience)
	defer cancel()
	_, err := lock.TryLockContext(patience, 20*time.Millisecond)
	switch {
	case err == nil:
		return lock, nil
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case patience.Err() != nil:
		return nil, fmt.Errorf("the database %s %w", path, ErrServed)
	}
	return nil, explain("the lock file "+lock.Path(), err)
}

// makeFile makes an empty database for this user alone, unless there is a file. It
// never opens one that exists: closing it again would drop the locks that SQLite
// holds on it (https://www.sqlite.org/howtocorrupt.html, 2.2).
func makeFile(path string) error {
	if err := makeFolder(filepath.Dir(path)); err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err == nil {
		return file.Close()
	}
	if !errors.Is(err, fs.ErrExist) {
		return explain("the database "+path, err)
	}
	found, err := os.Stat(path)
	if err != nil {
		return explain("the database "+path, err)
	}
	// SQLite would take a file that is shorter than its smallest page for a new one.
	if short := found.Size() > 0 && found.Size() < 512; short || !found.Mode().IsRegular() {
		return fmt.Errorf("the file %s %w", path, ErrNotDatabase)
	}
	return nil
}

// makeFolder makes a folder for this user alone, unless it exists. It makes one, not
// a path of them, so that a slip of the keyboard shows.
func makeFolder(path string) error {
	err := os.Mkdir(path, 0o700)
	if err == nil {
		return nil
	}
	found, statErr := os.Stat(path)
	switch {
	case statErr == nil && found.IsDir():
		return nil
	case statErr == nil:
		return fmt.Errorf("the folder %s, where a file has its name, %w", path, ErrNoFolder)
	case errors.Is(statErr, fs.ErrNotExist) && errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("the folder %s %w", filepath.Dir(path), ErrNoFolder)
	}
	return explain("the folder "+path, err)
}

// tighten takes the files of the database away from other users.
func tighten(path string) error {
	for _, name := range []string{path, path + "-wal", path + "-shm"} {
		found, err := os.Stat(name)
		if errors.Is(err, fs.ErrNotExist) || err == nil && !open(found) {
			continue
		}
		if err == nil {
			err = os.Chmod(name, 0o600)
		}
		if err != nil {
			return explain("the database file "+name, err)
		}
	}
	return nil
}

// open reports whether others than its owner have any right to a file. Windows says
// nothing about that in a mode.
func open(file fs.FileInfo) bool {
	return runtime.GOOS != "windows" && file.Mode().Perm()&0o077 != 0
}
