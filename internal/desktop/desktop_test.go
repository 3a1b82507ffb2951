package desktop

import (
	"slices"
	"testing"
)

func TestOpener(t *testing.T) {
	for system, want := range map[string][]string{
		"linux":   {"xdg-open"},
		"freebsd": {"xdg-open"},
		"darwin":  {"open"},
		"windows": {"rundll32", "url.dll,FileProtocolHandler"},
	} {
		name, args := openCommand(system)
		if got := append([]string{name}, args...); !slices.Equal(got, want) {
			t.Errorf("on %s an address is opened by %q, want %q", system, got, want)
		}
	}
}
