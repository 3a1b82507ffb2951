//go:build !unix

package cli

import (
	"os"
	"syscall"
)

// writeSignals are those that a write sends to its own process.
func writeSignals() []os.Signal { return []os.Signal{syscall.SIGPIPE} }
