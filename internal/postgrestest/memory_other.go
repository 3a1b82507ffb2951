//go:build !linux

package postgrestest

// memoryFolder returns nothing: no folder is known to be in memory.
func memoryFolder() string { return "" }
