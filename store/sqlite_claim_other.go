//go:build !linux

package store

import "os"

// claimFile does nothing: the locks that other systems have get in the way of SQLite's.
func claimFile(*os.File) error { return nil }

func isClaimed(*os.File) bool { return false }
