package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"countersign/internal/account"
)

// Where a password is typed it is masked, taken from a password manager or pasted, and as long as
// its person likes.
func TestPasswordFields(t *testing.T) {
	t.Parallel()
	d := newDesk(t, t.TempDir())
	ann, admin, nobody := d.signedIn("ann"), d.signedIn("admin"), d.browser()
	made, err := admin.post("/accounts", url.Values{"username": {"robin"}, "role": {"reviewer"}})
	if err != nil {
		t.Fatal(err)
	}
	page, err := made.document()
	if err != nil {
		t.Fatal(err)
	}
	link := page.Find("[data-link]").Text()
	d.later(6 * time.Minute)
	for name, ask := range map[string]func() (answer, error){
		"sign-in":        func() (answer, error) { return nobody.get("/login") },
		"own account":    func() (answer, error) { return ann.get("/account") },
		"link":           func() (answer, error) { return nobody.post("/password", url.Values{"token": {link}}) },
		"proof":          func() (answer, error) { return admin.post("/accounts", url.Values{"username": {"x"}}) },
		"wrong password": func() (answer, error) { return nobody.post("/login", url.Values{"username": {"ann"}}) },
	} {
		a, err := ask()
		if err != nil {
			t.Fatal(err)
		}
		page, err := a.document()
		if err != nil {
			t.Fatal(err)
		}
		fields := page.Find("input[name=password], input[name=current], input[name=proof-password]")
		if fields.Length() == 0 {
			t.Errorf("%s: status %d and no field for a password", name, a.status)
		}
		fields.Each(func(_ int, field *goquery.Selection) {
			fills := field.AttrOr("autocomplete", "")
			_, cut := field.Attr("maxlength")
			_, fixed := field.Attr("readonly")
			if field.AttrOr("type", "") != "password" || fills != "current-password" && fills != "new-password" || cut || fixed || field.AttrOr("value", "") != "" {
				html, _ := goquery.OuterHtml(field)
				t.Errorf("%s has %s", name, html)
			}
		})
	}
}

// Whoever is signed in can sign out from wherever they are.
func TestEveryPageSignsOut(t *testing.T) {
	t.Parallel()
	d := newDesk(t, t.TempDir())
	pages := 0
	for _, name := range []string{"supervisor", "auditor", "admin"} {
		b := d.signedIn(name)
		for _, line := range d.server.Table() {
			if line.Method != http.MethodGet || line.Action == account.Anyone {
				continue
			}
			a := b.must(t, request(t, b, line))
			if a.status == http.StatusSeeOther || !strings.HasPrefix(a.header.Get("Content-Type"), "text/html") || !strings.Contains(a.body, "<main") {
				continue
			}
			page, err := a.document()
			if err != nil {
				t.Fatal(err)
			}
			pages++
			if page.Find(`form[action="/logout"] button, button[formaction="/logout"]`).Length() == 0 {
				t.Errorf("%s for the %s, status %d: no way to sign out", line.Path, name, a.status)
			}
		}
	}
	if pages < 40 {
		t.Errorf("%d pages were looked at", pages)
	}
}
