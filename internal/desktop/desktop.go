// Package desktop asks the desktop of this machine to open an address in a browser.
package desktop

import (
	"fmt"
	"os/exec"
	"runtime"
)

// Open asks the desktop to show an address, and does not wait for it. It returns an error
// where there is no desktop to ask.
func Open(address string) error {
	name, args := openCommand(runtime.GOOS)
	command := exec.Command(name, append(args, address)...)
	detachSignals(command)
	if err := command.Start(); err != nil {
		return fmt.Errorf("open a browser: %w", err)
	}
	go func() { _ = command.Wait() }() // what became of it, the browser shows
	return nil
}

// openCommand is the program by which a desktop opens what it is given.
func openCommand(system string) (name string, args []string) {
	switch system {
	case "darwin":
		return "open", nil
	case "windows":
		return "rundll32", []string{"url.dll,FileProtocolHandler"}
	}
	return "xdg-open", nil
}
