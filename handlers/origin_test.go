package handlers_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"countersign/handlers"
)

// beside returns another server on the same desk, which can be set up otherwise.
func (d *desk) beside() *handlers.Server {
	s := d.server
	return &handlers.Server{
		Desk: s.Desk, Accounts: s.Accounts, Sessions: s.Sessions, Ready: s.Ready, Stopped: s.Stopped, Log: s.Log, Now: s.Now,
		Scaler: s.Scaler, Instance: s.Instance, BrowserKey: s.BrowserKey,
	}
}

// Forms of our own pages are taken in every set-up, as browsers with and without
// Sec-Fetch-Site send them; those of others in none.
func TestOriginInEverySetUp(t *testing.T) {
	t.Parallel()
	const (
		ours    = ""               // sign-in page: 401, since the password is wrong
		foreign = "foreign-origin" // code of the page
		host    = "foreign-host"
	)
	d := newDesk(t, t.TempDir())
	for _, test := range []struct {
		name               string
		public, allowed    string // flags
		host, origin, site string // of the request
		want, policy       string
	}{
		{"loopback", "", "", "127.0.0.1:9472", "http://127.0.0.1:9472", "same-origin", ours, "no-referrer"},
		{"loopback, no Sec-Fetch-Site", "", "", "[::1]:9472", "http://[::1]:9472", "", ours, "no-referrer"},
		{"loopback, another port", "", "", "localhost:9472", "http://localhost:3000", "same-site", foreign, "no-referrer"},
		{"loopback, null", "", "", "localhost:9472", "null", "", foreign, "no-referrer"},
		{"a name by http", "", "desk.lan", "desk.lan:9472", "http://desk.lan:9472", "", ours, "same-origin"},
		{"a name by http, in capitals", "http://DESK.lan:9472", "", "desk.lan:9472", "http://desk.lan:9472", "", ours, "same-origin"},
		{"a name by http, usual port", "http://desk.lan:80", "", "desk.lan", "http://desk.lan", "", ours, "same-origin"},
		{"a number by http", "", "192.0.2.7", "192.0.2.7:9472", "http://192.0.2.7:9472", "", ours, "same-origin"},
		{"a name by http, null", "http://desk.lan:9472", "", "desk.lan:9472", "null", "", foreign, "same-origin"},
		{"a name by http, null and cross-site", "http://desk.lan:9472", "", "desk.lan:9472", "null", "cross-site", foreign, "same-origin"},
		{"a name by http, another port", "http://desk.lan:9472", "", "desk.lan:9472", "http://desk.lan:3000", "", foreign, "same-origin"},
		{"a name by http, another site", "http://desk.lan:9472", "", "desk.lan:9472", "http://evil.example", "", foreign, "same-origin"},
		{"http through a proxy that rewrites Host", "http://desk.lan", "", "127.0.0.1:9472", "http://desk.lan", "", ours, "same-origin"},
		{"the same, another site", "http://desk.lan", "", "127.0.0.1:9472", "http://evil.example", "", foreign, "same-origin"},
		{"https through a proxy that keeps Host", "https://desk.example", "", "desk.example", "https://desk.example", "same-origin", ours, "no-referrer"},
		{"https through a proxy that rewrites Host", "https://desk.example", "", "127.0.0.1:9472", "https://desk.example", "same-origin", ours, "no-referrer"},
		{"the same, no Sec-Fetch-Site", "https://desk.example:443", "", "127.0.0.1:9472", "https://desk.example", "", ours, "no-referrer"},
		{"the same, to a name", "https://desk.example", "countersign", "countersign:8080", "https://desk.example", "same-origin", ours, "no-referrer"},
		{"the same, another site", "https://desk.example", "", "127.0.0.1:9472", "https://evil.example", "cross-site", foreign, "no-referrer"},
		{"https, asked for on the machine", "https://desk.example", "", "127.0.0.1:9472", "http://127.0.0.1:9472", "same-origin", ours, "no-referrer"},
		{"https, asked for by plain http", "https://desk.example", "desk.lan", "desk.lan:9472", "null", "", foreign, "no-referrer"},
		{"https, asked for by plain http under its name", "https://desk.example", "", "desk.example:9472", "null", "", foreign, "no-referrer"},
		{"a name that nobody allowed", "", "", "desk.lan:9472", "http://desk.lan:9472", "", host, "same-origin"},
		{"no browser", "", "", "127.0.0.1:9472", "", "", ours, "no-referrer"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := d.beside()
			s.Hosts = []string{test.allowed}
			if test.public != "" {
				s.Public = mustURL(t, test.public)
			}
			r := httptest.NewRequest(http.MethodPost, "/login", strings.NewReader(url.Values{"username": {"nobody"}, "password": {"wrong"}}.Encode()))
			r.Host = test.host
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			for name, value := range map[string]string{"Origin": test.origin, "Sec-Fetch-Site": test.site} {
				if value != "" {
					r.Header.Set(name, value)
				}
			}
			w := httptest.NewRecorder()
			s.Handler().ServeHTTP(w, r)
			doc, err := answer{body: w.Body.String()}.document()
			if err != nil {
				t.Fatal(err)
			}
			if got := doc.Find("main").AttrOr("data-error", ""); got != test.want || got == ours && w.Code == http.StatusForbidden {
				t.Errorf("status %d, page %q, want %q", w.Code, got, test.want)
			}
			if got := w.Header().Get("Referrer-Policy"); got != test.policy {
				t.Errorf("Referrer-Policy is %q, want %q", got, test.policy)
			}
		})
	}
}
