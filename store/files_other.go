//go:build !unix

package store

import "io/fs"

// isOwnGroup knows no groups.
func isOwnGroup(fs.FileInfo) bool { return false }

// linkCount takes every file for one that has one name.
func linkCount(fs.FileInfo) uint64 { return 1 }
