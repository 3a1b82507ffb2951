//go:build !unix

package desktop

import "os/exec"

// outlive does nothing where signals of a terminal reach no other program.
func outlive(*exec.Cmd) {}
