package yotisign_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"countersign/internal/idv"
	"countersign/internal/yotisign"
	"countersign/internal/yotisign/sandbox"
)

const secret = "made-up-key-5d21"

// fine is the smallest result that says something.
const fine = `{"session_id":"a","state":"COMPLETED","checks":[]}`

var now = time.Date(2026, 11, 23, 14, 2, 0, 0, time.UTC)

func someone(t testing.TB) idv.RecipientID {
	t.Helper()
	id, err := idv.ParseRecipientID("7c9e6679-7425-40de-944b-e07fc1f90ae7")
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func newClient(t testing.TB, base string, o yotisign.Options) *yotisign.Client {
	t.Helper()
	parsed, err := yotisign.ParseBaseURL(base)
	if err != nil {
		t.Fatal(err)
	}
	key, err := yotisign.NewKey(secret + "\n")
	if err != nil {
		t.Fatal(err)
	}
	if o.Pause == 0 {
		o.Pause = time.Millisecond
	}
	o.Now = func() time.Time { return now }
	return yotisign.New(parsed, key, o)
}

// asJSON answers with a body that calls itself JSON.
func asJSON(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}

func TestSessionAsksAsYotiWants(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet || r.URL.Path != "/v2/idv/recipients/7c9e6679-7425-40de-944b-e07fc1f90ae7/sessions/signed/json" {
			t.Errorf("asked %s %s", r.Method, r.URL)
		}
		if got := r.Header.Get("Authorization"); got != "Bearer "+secret {
			t.Errorf("Authorization: %q", got)
		}
		asJSON(w, http.StatusOK, fine)
	}))
	defer server.Close()
	decoded, err := newClient(t, server.URL+"/v2/", yotisign.Options{}).Session(t.Context(), someone(t))
	if err != nil || decoded.Session.State != idv.SessionCompleted {
		t.Errorf("decoded %+v, error %v", decoded, err)
	}
}

func TestSessionErrors(t *testing.T) {
	refuse := func(status int) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X-Request-Id", "made-up-request-1")
			asJSON(w, status, `{"code":"SESSION_NOT_FOUND","message":"Jane Example <b>"}`)
		}
	}
	send := func(kind, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", kind)
			_, _ = io.WriteString(w, body)
		}
	}
	tests := []struct {
		name   string
		answer http.HandlerFunc
		want   error
		tries  int32
	}{
		{"not found", refuse(404), idv.ErrNotFound, 1},
		{"unauthorised", refuse(401), idv.ErrUnauthorised, 1},
		{"forbidden", refuse(403), idv.ErrForbidden, 1},
		{"not ready", refuse(409), idv.ErrNotReady, 1},
		{"rate limited", refuse(429), idv.ErrRateLimited, 1},
		{"fault", refuse(500), idv.ErrUnavailable, 1},
		{"bad gateway", refuse(502), idv.ErrUnavailable, 3},
		{"unavailable", refuse(503), idv.ErrUnavailable, 3},
		{"gateway timeout", refuse(504), idv.ErrUnavailable, 3},
		{"malformed request", refuse(400), idv.ErrUnexpected, 1},
		{"no content", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(204) }, idv.ErrUnexpected, 1},
		{"cut short", send("application/json", `{"session_id":`), idv.ErrInvalid, 1},
		{"no JSON", send("text/html", fine), idv.ErrInvalid, 1},
		{"no type", send("", fine), idv.ErrInvalid, 1},
		{"a list", send("application/json", `[]`), idv.ErrInvalid, 1},
		{"too large", send("application/json", `"`+strings.Repeat("x", idv.MaxResultBytes)+`"`), idv.ErrTooLarge, 1},
		{"too large when unpacked", bomb, idv.ErrTooLarge, 1},
		{"closed half way", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.Header().Set("Content-Length", "100")
			_, _ = io.WriteString(w, "{")
			panic(http.ErrAbortHandler)
		}, idv.ErrUnreachable, 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var tries atomic.Int32
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				tries.Add(1)
				test.answer(w, r)
			}))
			defer server.Close()
			_, err := newClient(t, server.URL, yotisign.Options{}).Session(t.Context(), someone(t))
			if !errors.Is(err, test.want) || tries.Load() != test.tries {
				t.Errorf("error %v after %d tries, want %v after %d", err, tries.Load(), test.want, test.tries)
			}
			for _, private := range []string{"Jane", secret, "7c9e6679"} {
				if strings.Contains(fmt.Sprintf("%v %+v", err, err), private) {
					t.Errorf("the error holds %q: %v", private, err)
				}
			}
		})
	}
}

// bomb is small on the wire and large when unpacked.
func bomb(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Encoding", "gzip")
	z := gzip.NewWriter(w)
	defer z.Close()
	_, _ = z.Write(bytes.Repeat([]byte(" "), 64<<20))
}

func TestErrorsCarryWhatSupportAsksFor(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Request-Id", "made-up-request-1")
		asJSON(w, 404, `{"code":"SESSION_NOT_FOUND","message":"not kept"}`)
	}))
	defer server.Close()
	_, err := newClient(t, server.URL, yotisign.Options{}).Session(t.Context(), someone(t))
	var answer *yotisign.APIError
	if !errors.As(err, &answer) || *answer != (yotisign.APIError{Status: 404, Code: "SESSION_NOT_FOUND", RequestID: "made-up-request-1"}) {
		t.Errorf("error %#v", answer)
	}
}

func TestRateLimitSaysUntilWhen(t *testing.T) {
	for header, want := range map[string]time.Time{
		"30":                            now.Add(30 * time.Second),
		"Mon, 23 Nov 2026 14:03:00 GMT": now.Add(time.Minute),
		"999999999":                     now.Add(time.Hour),
		"Mon, 23 Nov 2020 14:03:00 GMT": {},
		"soon":                          {},
		"":                              {},
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Retry-After", header)
			asJSON(w, 429, "{}")
		}))
		_, err := newClient(t, server.URL, yotisign.Options{}).Session(t.Context(), someone(t))
		var limit *idv.RateLimit
		if !errors.As(err, &limit) || !limit.Until.Equal(want) {
			t.Errorf("Retry-After %q: error %v, want until %v", header, err, want)
		}
		server.Close()
	}
}

func TestAFaultThatPassesIsNotSeen(t *testing.T) {
	var tries atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if tries.Add(1) < 3 {
			asJSON(w, 502, "{}")
			return
		}
		asJSON(w, 200, fine)
	}))
	defer server.Close()
	if _, err := newClient(t, server.URL, yotisign.Options{}).Session(t.Context(), someone(t)); err != nil {
		t.Errorf("error %v after %d tries", err, tries.Load())
	}
}

func TestNoRedirectIsFollowed(t *testing.T) {
	var followed atomic.Bool
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		followed.Store(true)
		asJSON(w, 200, fine)
	}))
	defer other.Close()
	server := httptest.NewServer(http.RedirectHandler(other.URL, http.StatusFound))
	defer server.Close()
	_, err := newClient(t, server.URL, yotisign.Options{}).Session(t.Context(), someone(t))
	if !errors.Is(err, idv.ErrUnexpected) || followed.Load() {
		t.Errorf("error %v, followed: %t", err, followed.Load())
	}
}

func TestNoProxyOfTheEnvironmentIsUsed(t *testing.T) {
	var used atomic.Bool
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { used.Store(true) }))
	defer proxy.Close()
	for _, name := range []string{"HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"} {
		t.Setenv(name, proxy.URL)
	}
	t.Setenv("NO_PROXY", "")
	_, err := newClient(t, "http://127.0.0.1:1", yotisign.Options{}).Session(t.Context(), someone(t))
	if !errors.Is(err, idv.ErrUnreachable) || used.Load() {
		t.Errorf("error %v, proxy used: %t", err, used.Load())
	}
}

func TestSilenceTimesOut(t *testing.T) {
	for name, options := range map[string]yotisign.Options{
		"head":  {Header: 20 * time.Millisecond},
		"whole": {Whole: 20 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			done := make(chan struct{})
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { <-done }))
			defer server.Close()
			defer close(done)
			_, err := newClient(t, server.URL, options).Session(t.Context(), someone(t))
			if !errors.Is(err, idv.ErrTimedOut) {
				t.Errorf("error %v, want %v", err, idv.ErrTimedOut)
			}
		})
	}
}

func TestNobodyListens(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	listener.Close()
	_, err = newClient(t, "http://"+address, yotisign.Options{}).Session(t.Context(), someone(t))
	if !errors.Is(err, idv.ErrUnreachable) {
		t.Errorf("error %v, want %v", err, idv.ErrUnreachable)
	}
}

// Many who ask for the same recipient at once share one request, and one who leaves
// does not take the answer from the others.
func TestSharedFetch(t *testing.T) {
	var requests atomic.Int32
	asked, answer := make(chan struct{}), make(chan struct{})
	first := sync.OnceFunc(func() { close(asked) })
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		first()
		<-answer
		asJSON(w, 200, fine)
	}))
	defer server.Close()
	client := newClient(t, server.URL, yotisign.Options{})
	leaving, leave := context.WithCancel(t.Context())
	left := make(chan error)
	go func() {
		_, err := client.Session(leaving, someone(t))
		left <- err
	}()
	<-asked
	leave()
	if err := <-left; !errors.Is(err, context.Canceled) {
		t.Errorf("who left got %v", err)
	}
	const others = 8
	var started, finished sync.WaitGroup
	for range others {
		started.Add(1)
		finished.Go(func() {
			started.Done()
			if _, err := client.Session(t.Context(), someone(t)); err != nil {
				t.Errorf("who stayed got %v", err)
			}
		})
	}
	started.Wait()
	close(answer)
	finished.Wait()
	if n := requests.Load(); n > 2 {
		t.Errorf("%d callers made %d requests", others+1, n)
	}
}

func TestSandboxThroughClient(t *testing.T) {
	server := httptest.NewServer(sandbox.New(secret))
	defer server.Close()
	client := newClient(t, server.URL+"/v2", yotisign.Options{Header: 100 * time.Millisecond})
	wrong := map[string]error{
		"0404": idv.ErrNotFound, "0401": idv.ErrUnauthorised, "0403": idv.ErrForbidden,
		"0409": idv.ErrNotReady, "0429": idv.ErrRateLimited, "0500": idv.ErrUnavailable,
		"5107": idv.ErrTimedOut, "0302": idv.ErrUnexpected, "bad1": idv.ErrInvalid,
		"bad2": idv.ErrInvalid, "bad3": idv.ErrInvalid, "bad4": idv.ErrInvalid, "bad5": idv.ErrTooLarge,
	}
	for _, person := range sandbox.People() {
		id, err := idv.ParseRecipientID(person.ID)
		if err != nil {
			t.Fatal(err)
		}
		decoded, err := client.Session(t.Context(), id)
		if want := wrong[person.ID[32:]]; !errors.Is(err, want) {
			t.Errorf("%s: error %v, want %v", person.Name, err, want)
		}
		if err == nil && bytes.Contains(decoded.Canonical, []byte("made-up-token-")) {
			t.Errorf("%s: a token is kept", person.Name)
		}
	}
}

func TestKeyIsNeverPrinted(t *testing.T) {
	key, err := yotisign.NewKey(secret)
	if err != nil {
		t.Fatal(err)
	}
	holder := struct{ Key yotisign.Key }{key}
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t"} {
		fmt.Fprintf(&out, verb+" "+verb+" "+verb+"\n", key, &key, holder)
	}
	encoded, err := json.Marshal(holder)
	if err != nil {
		t.Fatal(err)
	}
	out.Write(encoded)
	log := slog.New(slog.NewJSONHandler(&out, nil))
	log.Info("key", "key", key, "holder", holder)
	slog.New(slog.NewTextHandler(&out, nil)).Info("key", "key", key, "holder", holder)
	for _, form := range []string{secret, fmt.Sprintf("%x", secret), fmt.Sprintf("%X", secret)} {
		if strings.Contains(out.String(), form) {
			t.Errorf("the key is printed as %q in\n%s", form, out.String())
		}
	}
	if !strings.Contains(out.String(), "[redacted]") {
		t.Error("nothing is redacted")
	}
}

func TestNewKey(t *testing.T) {
	for text, ok := range map[string]bool{
		"abc-DEF_123": true, "with-newline\r\n": true,
		"": false, "\n": false, "two words": false, "two\nlines": false, "tab\t": false, "ключ": false,
	} {
		if _, err := yotisign.NewKey(text); (err == nil) != ok {
			t.Errorf("NewKey(%q): error %v", text, err)
		}
	}
}

func TestParseBaseURL(t *testing.T) {
	for text, ok := range map[string]bool{
		yotisign.ProductionURL:        true,
		yotisign.DemoURL:              true,
		"https://example.org":         true,
		"https://example.org/v2/":     true,
		"http://127.0.0.1:9090/v2":    true,
		"http://127.8.9.1/v2":         true,
		"http://[::1]:9090/v2":        true,
		"http://localhost:9090/v2":    true,
		"http://example.org/v2":       false,
		"http://10.0.0.1/v2":          false,
		"http://localhost.evil.test":  false,
		"https://user:pw@example.org": false,
		"https://example.org?x=1":     false,
		"https://example.org/#x":      false,
		"ftp://example.org":           false,
		"example.org":                 false,
		"https://":                    false,
		"https://:8080":               false,
		"":                            false,
		"://":                         false,
	} {
		if _, err := yotisign.ParseBaseURL(text); (err == nil) != ok {
			t.Errorf("ParseBaseURL(%q): error %v", text, err)
		}
	}
}
