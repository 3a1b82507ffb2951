package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// ErrExists is returned when the file that a backup should become is there already.
var ErrExists = errors.New("exists already: a backup never takes the place of another file")

// ErrOwnFile is returned for a file that belongs to the database itself.
var ErrOwnFile = errors.New("belongs to the database itself; please name another")

// Backup writes the database as it is at one moment to a new file, which only its
// owner may read. It works beside a server. The data key is not in it.
func (s *Store) Backup(ctx context.Context, path string) (err error) {
	path, err = filepath.Abs(path)
	if err != nil {
		return fmt.Errorf("the path of the backup cannot be resolved: %w", err)
	}
	own, err := s.engine.owns(path)
	if err != nil {
		return fmt.Errorf("the path of the backup cannot be resolved: %w", err)
	}
	if own {
		return fmt.Errorf("the file %s %w", path, ErrOwnFile)
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("the file %s %w", path, ErrExists)
	}
	if err != nil {
		return describeError("the backup "+path, err)
	}
	defer func() {
		err = errors.Join(err, file.Close())
		if err != nil {
			err = errors.Join(err, os.Remove(path)) // half a backup is none
		}
	}()
	if err := s.engine.copyTo(ctx, path, s.progress); errors.Is(err, ErrNoCopy) {
		return err
	} else if err != nil {
		return fmt.Errorf("store: write the backup: %w", s.describeError(err))
	}
	if err := file.Sync(); err != nil {
		return describeError("the backup "+path, err)
	}
	return syncFolder(filepath.Dir(path))
}
