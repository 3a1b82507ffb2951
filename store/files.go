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

// lockPause is how long to wait before a lock is tried again.
const lockPause = 20 * time.Millisecond

// maxLinks is how many symbolic links a name may lead through, as on Linux.
const maxLinks = 40

// ResolvePath returns the absolute path of a file with every symbolic link on the way
// resolved, also where the file does not exist yet. What has several names has one claim,
// one log of SQLite's and one place for its keys that way.
func ResolvePath(path string) (string, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	for range maxLinks {
		resolved, err := filepath.EvalSymlinks(path)
		if err == nil {
			return resolved, nil
		}
		if !errors.Is(err, fs.ErrNotExist) { // whoever opens it says what is wrong
			return path, nil
		}
		target, err := os.Readlink(path)
		if err != nil { // not a link: it is missing itself, or its folder is
			return resolveFolder(path)
		}
		if !filepath.IsAbs(target) {
			target = filepath.Join(filepath.Dir(path), target)
		}
		path = target
	}
	return "", fmt.Errorf("%s leads through too many symbolic links", path)
}

func resolveFolder(path string) (string, error) {
	folder := filepath.Dir(path)
	if folder == path {
		return path, nil
	}
	folder, err := ResolvePath(folder)
	return filepath.Join(folder, filepath.Base(path)), err
}

// ownFiles are the files that belong to the database at path, beside keys and logs.
func ownFiles(path string) []string {
	return []string{path, path + "-wal", path + "-shm", path + "-journal", lockName(path)}
}

// isOwnFile reports whether a name leads to a file of the database at path.
func isOwnFile(path, name string) (bool, error) {
	resolved, err := ResolvePath(name)
	if err != nil {
		return false, err
	}
	for _, own := range ownFiles(path) {
		if own == resolved || sameFile(own, resolved) {
			return true, nil
		}
	}
	return false, nil
}

// sameFile reports whether two names are those of one file that exists.
func sameFile(a, b string) bool {
	first, err := os.Stat(a)
	if err != nil {
		return false
	}
	second, err := os.Stat(b)
	return err == nil && os.SameFile(first, second)
}

func lockName(path string) string { return path + ".lock" }

// lockFile claims the database at path until the lock is closed.
func lockFile(ctx context.Context, path string) (*flock.Flock, error) {
	lock := flock.New(lockName(path), flock.SetPermissions(0o600))
	patience, cancel := context.WithTimeout(ctx, lockPatience)
	defer cancel()
	_, err := lock.TryLockContext(patience, lockPause)
	switch {
	case err == nil:
		return lock, nil
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case patience.Err() != nil:
		return nil, fmt.Errorf("the database %s %w", path, ErrServed)
	}
	return nil, describeError("the lock file "+lock.Path(), err)
}

// makeFile makes an empty database for this user alone, unless there is a file. It
// never opens one that exists: closing it again would drop the locks that SQLite
// holds on it (https://www.sqlite.org/howtocorrupt.html, 2.2).
func makeFile(path string) error {
	if err := makeFolder(filepath.Dir(path)); err != nil {
		return err
	}
	if err := checkFolder(filepath.Dir(path)); err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err == nil {
		return file.Close()
	}
	if !errors.Is(err, fs.ErrExist) {
		return describeError("the database "+path, err)
	}
	found, err := os.Stat(path)
	if err != nil {
		return describeError("the database "+path, err)
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
	return describeError("the folder "+path, err)
}

// checkFolder returns an error when others may write to the folder of the database: they
// could put another file in its place, or a log for SQLite beside it.
func checkFolder(path string) error {
	found, err := os.Stat(path)
	if err != nil {
		return describeError("the folder "+path, err)
	}
	if rightsOfOthers(found, 0o022, 0o020) != 0 {
		return fmt.Errorf("the folder %s %w", path, ErrFolderExposed)
	}
	return nil
}

// restrictFiles takes the files of the database away from other users.
func restrictFiles(path string) error {
	for _, name := range []string{path, path + "-wal", path + "-shm"} {
		found, err := os.Stat(name)
		if errors.Is(err, fs.ErrNotExist) || err == nil && !isExposed(found) {
			continue
		}
		if err == nil {
			err = os.Chmod(name, 0o600)
		}
		if err != nil {
			return describeError("the database file "+name, err)
		}
	}
	return nil
}

// isExposed reports whether others than its owner have any right to a file.
func isExposed(file fs.FileInfo) bool { return rightsOfOthers(file, 0o077, 0) != 0 }

// CheckSecret returns ErrKeyExposed when others may read or write a file with a secret. Its
// group may read it where that is the process's own, which is how secrets are mounted.
func CheckSecret(file fs.FileInfo) error {
	if rightsOfOthers(file, 0o077, 0o040) != 0 {
		return ErrKeyExposed
	}
	return nil
}

// rightsOfOthers returns which of the rights in a mask others than its owner have to a
// file. Those in ownGroup do not count when they are of a group of this process. Windows
// says nothing about rights in a mode.
func rightsOfOthers(file fs.FileInfo, mask, ownGroup fs.FileMode) fs.FileMode {
	if runtime.GOOS == "windows" {
		return 0
	}
	rights := file.Mode().Perm() & mask
	if rights&ownGroup != 0 && isOwnGroup(file) {
		rights &^= ownGroup
	}
	return rights
}

func writeOnce(path, text string) (err error) {
	draft, err := os.CreateTemp(filepath.Dir(path), ".countersign-*") // with mode 0600
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, draft.Close(), os.Remove(draft.Name())) }()
	if _, err := draft.WriteString(text); err != nil {
		return err
	}
	if err := draft.Sync(); err != nil {
		return err
	}
	if err := os.Link(draft.Name(), path); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(path))
}

// syncFolder puts the names in a folder on the disk. Windows does so by itself, and
// refuses to be asked.
func syncFolder(path string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

// writeLike writes a file with the rights and the owner of another, and has it appear whole,
// after it is on the disk: by os.Link, unless there is a file of that name, or by os.Rename, in
// the place of one.
func writeLike(like, path, text string, appear func(draft, path string) error) (err error) {
	found, err := os.Stat(like)
	if err != nil {
		return err
	}
	draft, err := os.CreateTemp(filepath.Dir(path), ".countersign-*") // with mode 0600
	if err != nil {
		return err
	}
	defer func() {
		if removeErr := os.Remove(draft.Name()); !errors.Is(removeErr, fs.ErrNotExist) {
			err = errors.Join(err, removeErr)
		}
	}()
	if err := fillLike(draft, text, found); err != nil {
		return errors.Join(err, draft.Close())
	}
	if err := draft.Close(); err != nil { // Windows renames none that is open
		return err
	}
	if err := appear(draft.Name(), path); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(path))
}

func fillLike(draft *os.File, text string, like fs.FileInfo) error {
	if err := giveOwner(draft, like); err != nil {
		return err
	}
	if err := draft.Chmod(like.Mode().Perm()); err != nil {
		return err
	}
	if _, err := draft.WriteString(text); err != nil {
		return err
	}
	return draft.Sync()
}
