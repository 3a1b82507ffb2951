package handlers_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"countersign/internal/yotisign/sandbox"
)

// What must never be seen: our key, the signers' tokens, other people's keys that a
// result echoes, and what reviewers typed anywhere but on their page.
func TestSecretsStayOut(t *testing.T) {
	t.Parallel()
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
		snapshot := snapshotOf(doc)
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
		for _, name := range d.placesWith(secret) {
			t.Errorf("%q is in %s", secret, name)
		}
	}
}

// A one-time link is on the page that answers its making, and nowhere else: not in a
// log, a file, another address or a form that does not choose the password.
func TestPasswordLinksStayOut(t *testing.T) {
	t.Parallel()
	d := newDesk(t, t.TempDir())
	admin := d.signedIn("admin")
	made, err := admin.post("/accounts", url.Values{"username": {"robin"}, "role": {"reviewer"}})
	if err != nil {
		t.Fatal(err)
	}
	doc, err := made.document()
	if err != nil {
		t.Fatal(err)
	}
	link := doc.Find("[data-link]").Text()
	_, token, found := strings.Cut(link, d.web.URL+"/password#token=")
	if !found || made.status != http.StatusOK || made.header.Get("Location") != "" {
		t.Fatalf("status %d, Location %q, link %q", made.status, made.header.Get("Location"), link)
	}
	for _, path := range []string{"/accounts", "/account"} {
		page, err := admin.get(path)
		if err != nil || strings.Contains(page.body, token) {
			t.Errorf("%s shows the token, or error %v", path, err)
		}
	}
	robin := d.browser()
	form, err := robin.post("/password", url.Values{"token": {token}})
	if err != nil || strings.Count(form.body, token) != 1 {
		t.Errorf("the form holds the token %d times, error %v", strings.Count(form.body, token), err)
	}
	chosen, err := robin.post("/password", url.Values{"token": {token}, "password": {password}})
	if err != nil || chosen.header.Get("Location") != "/" {
		t.Errorf("choosing leads to %q, error %v", chosen.header.Get("Location"), err)
	}
	used, err := robin.post("/password", url.Values{"token": {token}})
	if err != nil || used.status != http.StatusForbidden || strings.Contains(used.body, token) {
		t.Errorf("a used link: status %d, error %v", used.status, err)
	}
	for _, name := range d.placesWith(token) {
		t.Errorf("the token is in %s", name)
	}
	// A failure on the way is logged, without it.
	if err := d.store.Close(); err != nil {
		t.Fatal(err)
	}
	if a, err := d.browser().post("/password", url.Values{"token": {token}}); err != nil || a.status != http.StatusInternalServerError || strings.Contains(a.body, token) {
		t.Errorf("without a database: status %d, error %v", a.status, err)
	}
	if strings.Contains(d.log.String(), token) || !strings.Contains(d.log.String(), "route=/password") {
		t.Errorf("the log is %s", d.log)
	}
}
