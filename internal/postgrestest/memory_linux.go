package postgrestest

import "syscall"

// memoryNeeded is how much room the shared server wants, in bytes: its log and a few databases.
const memoryNeeded = 2 << 30

// memoryFolder returns a folder that is in memory, where there is room; empty where there is none. The
// files of databases that are made and dropped again take most of the time of tests on a disk.
func memoryFolder() string {
	const shared = "/dev/shm"
	var found syscall.Statfs_t
	if err := syscall.Statfs(shared, &found); err != nil || uint64(found.Bsize)*found.Bavail < memoryNeeded {
		return ""
	}
	return shared
}
