package handlers_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// A page that fails, or forgets to answer, never looks like one that succeeded.
func TestNoStatusByDefault(t *testing.T) {
	t.Parallel()
	d := newDesk(t, t.TempDir())
	web := httptest.NewServer(d.server.HandlerMisbehaving())
	defer web.Close()
	d.web.URL = web.URL
	b := d.browser()
	for path, whole := range map[string]bool{"/nothing": true, "/panics": true, "/breaks": false, "/breaks-off": false} {
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			for _, encoding := range []string{"gzip", "identity"} {
				r, err := http.NewRequest(method, b.base+path, nil)
				if err != nil {
					t.Fatal(err)
				}
				r.Header.Set("Accept-Encoding", encoding)
				a, err := b.send(r)
				if whole && (err != nil || a.status != http.StatusInternalServerError) {
					t.Errorf("%s %s, %s: status %d, error %v", method, path, encoding, a.status, err)
				}
				if !whole && err == nil && !(method == http.MethodHead && path == "/breaks-off") {
					t.Errorf("%s %s, %s: status %d and %d bytes, as if that were all", method, path, encoding, a.status, len(a.body))
				}
			}
		}
	}
}

// A request has an ID of ours, and what the client calls it stands beside it in the log.
func TestRequestIDs(t *testing.T) {
	t.Parallel()
	d := newDesk(t, t.TempDir())
	web := httptest.NewServer(d.server.HandlerMisbehaving())
	defer web.Close()
	d.web.URL = web.URL
	b := d.browser()
	seen := map[string]bool{}
	for _, theirs := range []string{"", "made-up-by-the-client", "line\tbreak level=ERROR", strings.Repeat("long", 1000)} {
		r, err := http.NewRequest(http.MethodGet, b.base+"/nothing", nil)
		if err != nil {
			t.Fatal(err)
		}
		if theirs != "" {
			r.Header.Set("X-Request-ID", theirs)
		}
		a := b.must(t, r)
		ours := a.header.Get("X-Request-ID")
		if ours == "" || ours == theirs || seen[ours] || !strings.Contains(a.body, "<code>"+ours+"</code>") || theirs != "" && strings.Contains(a.body, theirs) {
			t.Errorf("asked with %.40q, the ID is %q", theirs, ours)
		}
		seen[ours] = true
		if !strings.Contains(d.log.String(), "request="+ours) {
			t.Errorf("the log does not name %s", ours)
		}
	}
	if said := d.log.String(); !strings.Contains(said, "client_request=made-up-by-the-client") || strings.Count(said, "\n") != 4 || len(said) > 100_000 {
		t.Errorf("the log is %.2000s", said)
	}
}
