package handlers_test

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"countersign/internal/yotisign/sandbox"
)

// What must never be seen: our key, the signers' tokens, other people's keys that a
// result echoes, and what reviewers typed anywhere but on their page.
func TestSecretsStayOut(t *testing.T) {
	d := newDesk(t, t.TempDir())
	b := d.signedIn("ann")
	const typed = "typed-by-ann-and-nobody-else"
	for _, person := range sandbox.People() {
		if person.Trouble && !strings.HasSuffix(person.ID, "bad6") {
			continue
		}
		path := "/recipients/" + person.ID
		page, err := b.get(path)
		if err != nil {
			t.Fatal(err)
		}
		doc, err := page.document()
		if err != nil {
			t.Fatal(err)
		}
		snapshot := doc.Find("main").AttrOr("data-snapshot", "")
		raw, err := b.get(path + "/snapshots/" + snapshot + ".json")
		if err != nil {
			t.Fatal(err)
		}
		for _, secret := range []string{apiKey, "made-up-token-", "made-up-key-"} {
			if strings.Contains(page.body, secret) || strings.Contains(raw.body, secret) {
				t.Errorf("%s: %q is on the page or in the JSON", person.Name, secret)
			}
		}
		key := doc.Find("#note-form input[name=key]").AttrOr("value", "")
		for i, to := range []string{"/draft", "/notes"} {
			text := fmt.Sprintf("%s %d", typed, i)
			if _, err := b.post(path+to, url.Values{"snapshot": {snapshot}, "key": {key}, "note": {text}}); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, secret := range []string{apiKey, "made-up-token-", "made-up-key-", typed, password} {
		if strings.Contains(d.log.String(), secret) {
			t.Errorf("%q is in the log", secret)
		}
		for _, name := range filesWith(t, d.dir, secret) {
			t.Errorf("%q is in %s", secret, name)
		}
	}
}

// filesWith names the files under dir that hold text.
func filesWith(t *testing.T, dir, text string) []string {
	t.Helper()
	var found []string
	names, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(names) == 0 {
		t.Fatalf("files of the desk: %v, %v", names, err)
	}
	for _, name := range names {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(content), text) {
			found = append(found, filepath.Base(name))
		}
	}
	return found
}
