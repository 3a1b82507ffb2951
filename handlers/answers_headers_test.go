package handlers_test

import (
	"fmt"
	"mime"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
)

// Whatever has a body says what it is, and of a text in which characters: a browser guesses at
// neither.
func TestEveryAnswerSaysWhatItIs(t *testing.T) {
	t.Parallel()
	d := newDesk(t, t.TempDir())
	supervisor, auditor := d.signedIn("supervisor"), d.signedIn("auditor")
	opened, err := supervisor.get("/recipients/00000000-0000-4000-8000-000000000001")
	if err != nil {
		t.Fatal(err)
	}
	page, err := opened.document()
	if err != nil {
		t.Fatal(err)
	}
	var requests []*http.Request
	for _, line := range d.server.Table() {
		if line.Path != "/logout" {
			requests = append(requests, request(t, supervisor, line))
		}
	}
	page.Find("link[href], script[src], img[src], a[href], use[href]").Each(func(_ int, e *goquery.Selection) {
		path, _, _ := strings.Cut(e.AttrOr("href", e.AttrOr("src", "")), "#")
		if strings.HasPrefix(path, "/") {
			r, err := http.NewRequest(http.MethodGet, supervisor.base+path, nil)
			if err != nil {
				t.Fatal(err)
			}
			requests = append(requests, r)
		}
	})
	problem, err := http.NewRequest(http.MethodGet, supervisor.base+"/nowhere", nil)
	if err != nil {
		t.Fatal(err)
	}
	problem.Header.Set("Accept", "application/json")
	requests = append(requests, problem)
	seen := map[string]bool{}
	for _, r := range requests {
		for _, b := range []*browser{supervisor, auditor} {
			a := b.must(t, r.Clone(t.Context()))
			kind, parameters, err := mime.ParseMediaType(a.header.Get("Content-Type"))
			if a.body == "" {
				continue
			}
			seen[kind] = true
			text := strings.HasPrefix(kind, "text/") || strings.HasSuffix(kind, "xml")
			binary := strings.HasPrefix(kind, "image/") || kind == "application/json" || kind == "application/pdf" || kind == "application/zip"
			if err != nil || text && !strings.EqualFold(parameters["charset"], "utf-8") || !text && !binary {
				t.Errorf("%s %s: Content-Type is %q", r.Method, r.URL.Path, a.header.Get("Content-Type"))
			}
		}
	}
	for _, kind := range []string{"text/html", "text/plain", "text/css", "text/javascript", "image/svg+xml", "image/jpeg", "application/json"} {
		if !seen[kind] {
			t.Errorf("no answer is %s", kind)
		}
	}
}

// Where browsers come by https they are told to come by nothing else, to this host and to those
// below it; where they do not, nothing is said that would keep them out.
func TestEveryAnswerAsksForHTTPS(t *testing.T) {
	t.Parallel()
	d := newDesk(t, t.TempDir())
	for public, want := range map[string]string{"": "", "http://desk.lan": "", "https://desk.example": "max-age=31536000; includeSubDomains"} {
		s := d.beside()
		if public != "" {
			s.Public = mustURL(t, public)
		}
		handler := s.Handler()
		for _, path := range []string{"/login", "/", "/nowhere", "/healthz", "/static/none.css", "/recipients/x"} {
			for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodDelete} {
				w := httptest.NewRecorder()
				handler.ServeHTTP(w, httptest.NewRequest(method, "http://127.0.0.1"+path, nil))
				if got := w.Header().Get("Strict-Transport-Security"); got != want {
					t.Errorf("at %q, %s %s: Strict-Transport-Security is %q, want %q", public, method, path, got, want)
				}
			}
		}
	}
}

// A method that no page has is refused and repeats nothing, and no other site is let in to read
// an answer.
func TestOtherMethodsAndOtherSites(t *testing.T) {
	t.Parallel()
	d := newDesk(t, t.TempDir())
	b := d.signedIn("ann")
	for _, line := range d.server.Table() {
		if line.Path == "/logout" {
			continue
		}
		for _, method := range []string{line.Method, http.MethodTrace, http.MethodOptions, http.MethodPut, http.MethodPatch, http.MethodDelete, "PROPFIND"} {
			other := line
			other.Method = method
			r := request(t, b, other)
			r.Header.Set("X-Planted", "repeat-this")
			r.Header.Set("Origin", "https://evil.example")
			r.Header.Set("Access-Control-Request-Method", "POST")
			a := b.must(t, r)
			refused := a.status >= 400 && a.status < 500 || method == http.MethodOptions && a.status == http.StatusNoContent
			if strings.Contains(a.body, "repeat-this") || method != line.Method && !refused {
				t.Errorf("%s %s: status %d", method, line.Path, a.status)
			}
			for name := range a.header {
				if strings.HasPrefix(name, "Access-Control-") {
					t.Errorf("%s %s has %s", method, line.Path, name)
				}
			}
		}
	}
}

// What stands in the address counts for no field of a form, and of two fields of one name that
// have one value the first counts.
func TestFieldsOfTheAddressDoNotCount(t *testing.T) {
	t.Parallel()
	d := newDesk(t, t.TempDir())
	d.addPerson("ann")
	b := d.browser()
	right := url.Values{"username": {"ann"}, "password": {password}}
	for _, test := range []struct {
		name, query string
		form        url.Values
		status      int
	}{
		{"all in the address", "?" + right.Encode(), nil, http.StatusUnauthorized},
		{"the password in the address", "?" + right.Encode(), url.Values{"username": {"ann"}}, http.StatusUnauthorized},
		{"the wrong one first", "", url.Values{"username": {"ann"}, "password": {"wrong", password}}, http.StatusUnauthorized},
		{"the wrong one in the address", "?password=wrong", right, http.StatusSeeOther},
	} {
		if a, err := b.post("/login"+test.query, test.form); err != nil || a.status != test.status {
			t.Errorf("%s: status %d, error %v, want %d", test.name, a.status, err, test.status)
		}
	}
}

// Where a request ends is said in one way. One that says it in two is refused, or read as its
// chunks say, so that nothing of it is taken for a request of its own.
func TestWhereARequestEnds(t *testing.T) {
	t.Parallel()
	d := newDesk(t, t.TempDir())
	d.addPerson("ann")
	address := d.web.Listener.Addr().String()
	form := url.Values{"username": {"ann"}, "password": {password}}.Encode()
	chunks := fmt.Sprintf("%x\r\n%s\r\n0\r\n\r\n", len(form), form)
	for _, test := range []struct {
		name, head, body string
		status           int
	}{
		{"a length", fmt.Sprintf("Content-Length: %d\r\n", len(form)), form, http.StatusSeeOther},
		{"chunks", "Transfer-Encoding: chunked\r\n", chunks, http.StatusSeeOther},
		{"chunks and a shorter length", "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n", chunks, http.StatusSeeOther},
		{"two lengths", fmt.Sprintf("Content-Length: %d\r\nContent-Length: 4\r\n", len(form)), form, http.StatusBadRequest},
		{"a length that is none", "Content-Length: +4\r\n", form, http.StatusBadRequest},
		{"an encoding that nobody knows", "Transfer-Encoding: xchunked\r\n", chunks, http.StatusNotImplemented},
		{"two encodings", "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", chunks, http.StatusNotImplemented},
		{"a blank before the colon", "Transfer-Encoding : chunked\r\n", chunks, http.StatusBadRequest},
		{"a line break in a header", "X-A: b\rc\r\n", form, http.StatusBadRequest},
	} {
		a, _, err := sendRaw(address, "POST /login HTTP/1.1\r\nHost: "+address+"\r\nContent-Type: application/x-www-form-urlencoded\r\n"+test.head+"\r\n"+test.body, false)
		if err != nil || a.status != test.status {
			t.Errorf("%s: status %d, error %v, want %d", test.name, a.status, err, test.status)
		}
	}
}
