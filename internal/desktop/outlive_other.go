//go:build !unix

package desktop

import "os/exec"

// detachSignals does nothing where signals of a terminal reach no other program.
func detachSignals(*exec.Cmd) {}
