//go:build unix

package desktop

import (
	"os/exec"
	"syscall"
)

// detachSignals keeps the signals of our terminal from the browser, which may have been started
// for this address and then goes on.
func detachSignals(command *exec.Cmd) { command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }
