package cli

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Two servers on one host, and even a copy of one, leave each other's sessions alone, and
// a session outlives a start on another port of chance.
func TestTwoServersOnOneHost(t *testing.T) {
	const password = "a horse, a battery, a staple"
	folder := t.TempDir()
	t.Setenv("YOTI_SIGN_API_KEY", "made-up-key-0c4f")
	db := filepath.Join(folder, "c.db")
	var said strings.Builder
	if code := runCommand(t.Context(), []string{"user", "add", "ann", "--db", db}, streams{strings.NewReader(password), &said, &said}); code != 0 {
		t.Fatal(said.String())
	}
	if code := runCommand(t.Context(), []string{"backup", "--db", db, filepath.Join(folder, "copy.db")}, streams{nil, &said, &said}); code != 0 {
		t.Fatal(said.String())
	}
	key, err := os.ReadFile(filepath.Join(folder, "c.key"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "copy.key"), key, 0o600); err != nil {
		t.Fatal(err)
	}
	args := []string{"serve", "--addr", "127.0.0.1:0", "--db", db}
	one := start(t, args...)
	two := start(t, "serve", "--addr", "localhost:0", "--db", filepath.Join(folder, "copy.db"), "--signing-key", filepath.Join(folder, "copy.signing-key"), "--new-signing-key")
	first := one.until(`is at http://\S+:(\d+)`)
	second := two.until(`is at http://\S+:(\d+)`)
	client := browser(t)
	for _, port := range []string{first, second} {
		signIn(t, client, "http://127.0.0.1:"+port, "ann", password)
	}
	for _, port := range []string{first, second} {
		if status, _ := page(t, client, "http://127.0.0.1:"+port+"/"); status != http.StatusOK {
			t.Errorf("port %s, after both were signed in to: status %d", port, status)
		}
	}
	if status := post(t, client, "http://127.0.0.1:"+second+"/logout", url.Values{}); status != http.StatusSeeOther {
		t.Errorf("sign out of the second: status %d", status)
	}
	if code := one.end(); code != 0 {
		t.Errorf("exit code %d: %s", code, one.err)
	}
	one = start(t, args...)
	first = one.until(`is at http://\S+:(\d+)`)
	if status, _ := page(t, client, "http://127.0.0.1:"+first+"/"); status != http.StatusOK {
		t.Errorf("started again: status %d", status)
	}
	for _, server := range []*running{one, two} {
		if code := server.end(); code != 0 {
			t.Errorf("exit code %d: %s", code, server.err)
		}
	}
}
