//go:build unix

package cli

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The desktop is asked to open the address; where there is none, that is said, and the
// address stands there.
func TestOpenStartsABrowser(t *testing.T) {
	folder := t.TempDir()
	pipe := filepath.Join(folder, "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	told, err := os.OpenFile(pipe, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer told.Close()
	for _, name := range []string{"xdg-open", "open"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte("#!/bin/sh\nprintf '%s\\n' \"$*\" > '"+pipe+"'\n"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", folder)
	opened := start(t, "open", writeResult(t))
	address := opened.until(`is shown at (\S+)`)
	if err := told.SetReadDeadline(time.Now().Add(longest)); err != nil {
		t.Fatal(err)
	}
	text := make([]byte, len(address)+1)
	if n, err := told.Read(text); err != nil || string(text[:n]) != address+"\n" {
		t.Errorf("the desktop was asked for %q, error %v, want %s", text[:n], err, address)
	}
	if code := opened.end(); code != 13 || opened.err.String() != "" {
		t.Errorf("exit code %d: %s", code, opened.err)
	}

	t.Setenv("PATH", t.TempDir())
	opened = start(t, "open", writeResult(t))
	opened.until(`is shown at (\S+)`)
	opened.until(`(Nothing is kept)`)
	if code := opened.end(); code != 13 || !strings.Contains(opened.err.String(), "open the address by hand") {
		t.Errorf("without a desktop: exit code %d: %s", code, opened.err)
	}
}
