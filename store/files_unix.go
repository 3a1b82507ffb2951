//go:build unix

package store

import (
	"io/fs"
	"os"
	"slices"
	"syscall"
)

// isOwnGroup reports whether the group of a file is one of this process.
func isOwnGroup(file fs.FileInfo) bool {
	found, ok := file.Sys().(*syscall.Stat_t)
	if !ok {
		return false
	}
	group := int(found.Gid)
	if group == os.Getegid() {
		return true
	}
	groups, err := os.Getgroups()
	return err == nil && slices.Contains(groups, group)
}

// linkCount returns how many names a file has.
func linkCount(file fs.FileInfo) uint64 {
	found, ok := file.Sys().(*syscall.Stat_t)
	if !ok {
		return 1
	}
	return uint64(found.Nlink)
}

// giveOwner gives a file the owner and the group of another.
func giveOwner(file *os.File, like fs.FileInfo) error {
	wanted, ok := like.Sys().(*syscall.Stat_t)
	if !ok {
		return nil
	}
	found, err := file.Stat()
	if err != nil {
		return err
	}
	if has, ok := found.Sys().(*syscall.Stat_t); ok && has.Uid == wanted.Uid && has.Gid == wanted.Gid {
		return nil
	}
	return file.Chown(int(wanted.Uid), int(wanted.Gid))
}
