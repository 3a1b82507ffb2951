package store

import (
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"
)

// Locks of an open file description, which the descriptors that SQLite closes leave alone
// (https://man7.org/linux/man-pages/man2/F_GETLK.2const.html). The syscall package lacks
// their names.
const (
	getDescriptionLock = 36
	setDescriptionLock = 37
)

// claimByte is far behind the bytes that SQLite locks, which are at one GiB
// (https://www.sqlite.org/fileformat2.html, 1.3.1), and behind the end of any database.
const claimByte = 1 << 62

func claimLock() *syscall.Flock_t {
	return &syscall.Flock_t{Type: syscall.F_WRLCK, Whence: io.SeekStart, Start: claimByte, Len: 1}
}

// claimFile claims an open database file until it is closed. It returns ErrServed when
// another server has it, and nil where the file system has no such locks.
func claimFile(file *os.File) error {
	err := syscall.FcntlFlock(file.Fd(), setDescriptionLock, claimLock())
	if errors.Is(err, syscall.EAGAIN) || errors.Is(err, syscall.EACCES) {
		return fmt.Errorf("%w", ErrServed)
	}
	return nil
}

// isClaimed reports whether a server has an open database file.
func isClaimed(file *os.File) bool {
	lock := claimLock()
	err := syscall.FcntlFlock(file.Fd(), getDescriptionLock, lock)
	return err == nil && lock.Type != syscall.F_UNLCK
}
