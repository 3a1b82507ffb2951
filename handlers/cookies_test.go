package handlers_test

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"countersign/internal/account"
)

// Browsers send cookies to every port of a host, so two servers on one must not take each
// other's.
func TestTwoServersOnOneHost(t *testing.T) {
	t.Parallel()
	one, two := newDesk(t, t.TempDir()), newDesk(t, t.TempDir())
	b := one.signedIn("ann")
	two.addPerson("ann")
	for _, d := range []*desk{two, one, two} {
		b.base = d.web.URL
		if a, err := b.get("/"); err == nil && a.status == http.StatusOK {
			continue // signed in already
		}
		if a, err := b.post("/login", url.Values{"username": {"ann"}, "password": {password}}); err != nil || a.status != http.StatusSeeOther {
			t.Fatalf("sign in: status %d, error %v", a.status, err)
		}
		if a, err := b.post("/theme", url.Values{"theme": {"dark"}}); err != nil || a.status != http.StatusSeeOther {
			t.Fatalf("theme: status %d, error %v", a.status, err)
		}
	}
	b.base = one.web.URL
	a, err := b.get("/")
	if err != nil || a.status != http.StatusOK || strings.Contains(a.body, `data-theme="dark"`) {
		t.Errorf("the first server: status %d, error %v, dark %t", a.status, err, strings.Contains(a.body, `data-theme="dark"`))
	}
	if a, err := b.post("/logout", nil); err != nil || a.status != http.StatusSeeOther {
		t.Errorf("sign out: status %d, error %v", a.status, err)
	}
	b.base = two.web.URL
	if a, err := b.get("/"); err != nil || a.status != http.StatusOK {
		t.Errorf("the second server, after signing out of the first: status %d, error %v", a.status, err)
	}
}

// Every cookie is out of reach of scripts and other sites, and by https bound to the host.
func TestEveryCookie(t *testing.T) {
	t.Parallel()
	for _, public := range []string{"", "https://desk.example"} {
		d := newDesk(t, t.TempDir())
		d.addPerson("ann")
		s := d.beside()
		if public != "" {
			s.Public = mustURL(t, public)
		}
		handler := s.Handler()
		seen := map[string]bool{}
		for path, form := range map[string]url.Values{
			"/login": {"username": {"ann"}, "password": {password}},
			"/theme": {"theme": {"dark"}},
		} {
			r := httptest.NewRequest(http.MethodPost, "http://127.0.0.1"+path, strings.NewReader(form.Encode()))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, r)
			for _, c := range w.Result().Cookies() {
				seen[c.Name] = true
				bound := strings.HasPrefix(c.Name, "__Host-") && c.Secure
				if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" || bound != (public != "") {
					t.Errorf("at %q: %s", public, c.Raw)
				}
				if strings.Contains(strings.ToLower(c.Value), "ann") {
					t.Errorf("a cookie names somebody: %s", c.Raw)
				}
			}
		}
		if len(seen) != 3 {
			t.Errorf("at %q there are the cookies %v", public, seen)
		}
	}
}

// Signing out clears what the browser still has, whichever way it is done.
func TestSignOutClears(t *testing.T) {
	t.Parallel()
	d := newDesk(t, t.TempDir())
	for _, path := range []string{"/logout", "/account/sessions/end"} {
		b := d.signedIn("ann")
		page, err := b.get("/account")
		if err != nil {
			t.Fatal(err)
		}
		doc, err := page.document()
		if err != nil {
			t.Fatal(err)
		}
		own := doc.Find("[data-session]:contains('This browser')").AttrOr("data-session", "")
		a, err := b.post(path, url.Values{"session": {own}})
		if err != nil || a.header.Get("Clear-Site-Data") != `"cache", "storage"` || a.header.Get("Location") != "/login" {
			t.Errorf("%s: header %q, leads to %q, error %v", path, a.header.Get("Clear-Site-Data"), a.header.Get("Location"), err)
		}
	}
}

// from is a browser behind a trusted proxy, as which the test itself stands.
type from struct {
	*browser
	address string
}

func (f from) signIn(t *testing.T, name, password string) int {
	t.Helper()
	form := url.Values{"username": {name}, "password": {password}}
	r, err := http.NewRequest(http.MethodPost, f.base+"/login", strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("X-Forwarded-For", f.address)
	return f.must(t, r).status
}

// A stranger who guesses keeps the person out of no other network, and out of no browser in
// which they signed in before, wherever that is. Guesses from everywhere get slower too.
func TestGuessingKeepsNobodyOut(t *testing.T) {
	t.Parallel()
	d := newDesk(t, t.TempDir())
	d.addPerson("ann")
	d.addPerson("bob")
	s := d.beside()
	_, loopback, err := net.ParseCIDR("127.0.0.0/8")
	if err != nil {
		t.Fatal(err)
	}
	s.Proxies = []*net.IPNet{loopback}
	web := httptest.NewServer(s.Handler())
	defer web.Close()
	d.web.URL = web.URL
	known := from{d.browser(), "198.51.100.4:50001"}
	if status := known.signIn(t, "ann", password); status != http.StatusSeeOther {
		t.Fatalf("sign in: status %d", status)
	}
	guess := func(address string, times int) (refused int) {
		for n := range times {
			if (from{d.browser(), address}).signIn(t, "ann", fmt.Sprint("guess ", n)) == http.StatusTooManyRequests {
				refused++
			}
		}
		return refused
	}
	if guess("203.0.113.9:50012", 9) == 0 {
		t.Error("a stranger's guesses get no slower")
	}
	for name, b := range map[string]from{
		"an unknown browser elsewhere":       {d.browser(), "192.0.2.77:50001"},
		"a known browser":                    known,
		"a known browser among the guessers": {known.browser, "203.0.113.10:50013"},
	} {
		if status := b.signIn(t, "ann", password); status != http.StatusSeeOther {
			t.Errorf("%s: status %d", name, status)
		}
	}
	if status := (from{d.browser(), "203.0.113.10:50013"}).signIn(t, "ann", password); status != http.StatusTooManyRequests {
		t.Errorf("an unknown browser among the guessers: status %d", status)
	}
	if status := (from{d.browser(), "203.0.113.10:50013"}).signIn(t, "bob", password); status != http.StatusSeeOther {
		t.Errorf("another name among the guessers: status %d", status)
	}
	refused := 0
	for n := range 40 {
		refused += guess(fmt.Sprintf("198.18.%d.1", n), 1)
	}
	if refused < 20 {
		t.Errorf("of 40 guesses from 40 networks %d had to wait", refused)
	}
	if status := known.signIn(t, "ann", password); status != http.StatusSeeOther {
		t.Errorf("a known browser meanwhile: status %d", status)
	}
	d.later(account.BrowserKnownFor + 24*time.Hour)
	guess("203.0.113.9", 40)
	if status := (from{known.browser, "203.0.113.9"}).signIn(t, "ann", password); status != http.StatusTooManyRequests {
		t.Errorf("a browser that was known once, among guessers: status %d", status)
	}
}
