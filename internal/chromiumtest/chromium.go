// Package chromiumtest finds the Chromium in which tests look at pages.
package chromiumtest

import (
	"os"
	"os/exec"
	"slices"
	"testing"

	"github.com/chromedp/chromedp"
)

// findProgram prefers the headless shell: it is Chromium without windows, tabs and menus, which
// nobody sees in a test, and takes two thirds of the processor time.
func findProgram() string {
	for _, name := range []string{"chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// Need skips a test in a browser with -short, and where there is none; with CI set it fails then.
func Need(t testing.TB) {
	t.Helper()
	switch {
	case testing.Short():
		t.Skip("browser tests are skipped with -short")
	case findProgram() != "":
	case os.Getenv("CI") != "":
		t.Fatal("no Chromium is installed, and CI is set")
	default:
		t.Skip("no Chromium is installed: browser tests are skipped")
	}
}

// Options are those with which tests start it. It asks nobody but the pages' server.
func Options(further ...chromedp.ExecAllocatorOption) []chromedp.ExecAllocatorOption {
	return slices.Concat(chromedp.DefaultExecAllocatorOptions[:], []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(findProgram()), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true),
	}, further)
}
