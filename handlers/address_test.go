package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// Every page is led to its address from one with a slash more.
func TestEveryRouteWithSlashAtEnd(t *testing.T) {
	t.Parallel()
	d := newDesk(t, t.TempDir())
	b := d.signedIn("ann")
	for _, line := range d.server.Table() {
		r := request(t, b, line)
		want := r.URL.Path
		if line.Method != http.MethodGet || want == "/" || want == "/healthz" || want == "/readyz" {
			continue
		}
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			r := request(t, b, line)
			r.Method, r.URL.Path, r.URL.RawQuery = method, want+"/", "id=a%2Fb"
			a := b.must(t, r)
			if a.status != http.StatusPermanentRedirect || a.header.Get("Location") != want+"?id=a%2Fb" {
				t.Errorf("%s %s: status %d, leads to %q", method, r.URL, a.status, a.header.Get("Location"))
			}
		}
	}
	for path, status := range map[string]int{
		"/healthz/": http.StatusOK, "/readyz/": http.StatusOK, "/": http.StatusOK,
		"//evil.example/": http.StatusNotFound, "/%5Cevil.example": http.StatusNotFound,
	} {
		a, err := b.get(path)
		if err != nil || a.status != status || a.header.Get("Location") != "" {
			t.Errorf("%s: status %d, leads to %q, error %v", path, a.status, a.header.Get("Location"), err)
		}
	}
	a, err := b.get("/%5Cevil.example/")
	if leads := a.header.Get("Location"); err != nil || leads != "/%5Cevil.example" {
		t.Errorf("leads to %q, error %v", leads, err)
	}
}

// A dot at the end of the host leads pages to the host without it, and no further.
func TestEveryRouteForHostWithDot(t *testing.T) {
	t.Parallel()
	d := newDesk(t, t.TempDir())
	d.server.Hosts = []string{"desk.lan", "complete.lan."}
	d.web.Config.Handler = d.server.Handler()
	b := d.signedIn("ann")
	ask := func(method, host, path string) answer {
		r, err := http.NewRequest(method, b.base+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Host = host
		return b.must(t, r)
	}
	for host, want := range map[string]string{
		"desk.lan.:9472": "//desk.lan:9472", "DESK.lan.": "//DESK.lan", "localhost.": "//localhost", "complete.lan.:1": "//complete.lan:1",
	} {
		a := ask(http.MethodGet, host, "/recipients/?id=x")
		if a.status != http.StatusPermanentRedirect || a.header.Get("Location") != want+"/recipients?id=x" {
			t.Errorf("%s: status %d, leads to %q", host, a.status, a.header.Get("Location"))
		}
		if a := ask(http.MethodGet, host, "/healthz"); a.status != http.StatusOK {
			t.Errorf("%s: a probe has status %d", host, a.status)
		}
	}
	for _, host := range []string{"desk.lan", "complete.lan"} {
		if a := ask(http.MethodGet, host, "/login"); a.status != http.StatusOK {
			t.Errorf("%s: status %d", host, a.status)
		}
	}
	for _, host := range []string{"evil.example.", "desk.lan..", "."} {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			if a := ask(method, host, "/login"); a.status != http.StatusMisdirectedRequest {
				t.Errorf("%s for %s: status %d", method, host, a.status)
			}
		}
	}
	d.server.Public = &url.URL{Scheme: "https", Host: "desk.lan:8443"}
	d.web.Config.Handler = d.server.Handler()
	if leads := ask(http.MethodGet, "desk.lan.", "/login").header.Get("Location"); leads != "https://desk.lan:8443/login" {
		t.Errorf("leads to %q", leads)
	}
	r, err := http.NewRequest(http.MethodPost, b.base+"/login/", strings.NewReader("username=ann"))
	if err != nil {
		t.Fatal(err)
	}
	r.Host = "desk.lan."
	r.Header.Set("Origin", "https://evil.example")
	if a := b.must(t, r); a.status != http.StatusForbidden || !strings.Contains(a.body, `data-error="foreign-origin"`) {
		t.Errorf("a form of another site: status %d", a.status)
	}
}
