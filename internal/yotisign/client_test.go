package yotisign_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"strings"
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
	if o.Now == nil {
		o.Now = func() time.Time { return now }
	}
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
		if got := r.Header.Get("Accept"); got != "application/json" {
			t.Errorf("Accept: %q", got)
		}
		if got := r.Header.Get("User-Agent"); got != "countersign" {
			t.Errorf("User-Agent: %q", got)
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
			w.Header().Set("X-Request-Id", "asked by Jane")
			asJSON(w, status, `{"code":"jane.example","message":"Jane Example <b>"}`)
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
		{"bad request", refuse(400), idv.ErrUnexpected, 1},
		{"no content", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(204) }, idv.ErrEmpty, 1},
		{"nothing", send("application/json", ""), idv.ErrEmpty, 1},
		{"nothing of another type", send("text/html", ""), idv.ErrEmpty, 1},
		{"nothing of unknown length", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/plain")
			w.(http.Flusher).Flush()
		}, idv.ErrEmpty, 1},
		{"blanks", send("application/json", " \n"), idv.ErrEmpty, 1},
		{"cut short", send("application/json", `{"session_id":`), idv.ErrInvalid, 1},
		{"no JSON", send("text/html", fine), idv.ErrInvalid, 1},
		{"no type", send("", fine), idv.ErrInvalid, 1},
		{"a page with a name", send("text/html", "<h1>Jane Example</h1>"), idv.ErrInvalid, 1},
		{"a list", send("application/json", `["Jane"]`), idv.ErrInvalid, 1},
		{"twice the same", send("application/json", `{"Jane":1,"jane":2}`), idv.ErrInvalid, 1},
		{"not packed as it says", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			asJSON(w, http.StatusOK, "Jane Example, and no gzip at all")
		}, idv.ErrInvalid, 1},
		{"too large", send("application/json", `"`+strings.Repeat("x", idv.MaxResultBytes)+`"`), idv.ErrTooLarge, 1},
		{"too large when unpacked", bomb, idv.ErrTooLarge, 1},
		{"closed half way", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.Header().Set("Content-Length", "100")
			_, _ = io.WriteString(w, "{")
			panic(http.ErrAbortHandler)
		}, idv.ErrUnreachable, 1},
		{"closed before the head", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, idv.ErrUnreachable, 1},
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
			if answered := !errors.Is(err, idv.ErrUnreachable); answered && !errors.As(err, new(*yotisign.APIError)) {
				t.Errorf("error %v has no *APIError", err)
			}
			for _, private := range []string{"Jane", "jane", secret, "7c9e6679"} {
				if strings.Contains(fmt.Sprintf("%v %+v", err, err), private) {
					t.Errorf("the error holds %q: %v", private, err)
				}
			}
		})
	}
}

// Where Yoti documents a code, it says more than the status; any other is shown and
// means nothing.
func TestCodesSayWhatIsMeant(t *testing.T) {
	tests := []struct {
		status int
		body   string
		want   error
		code   string
	}{
		{400, `{"code":"MALFORMED_REQUEST","errors":[]}`, idv.ErrNotUnderstood, "MALFORMED_REQUEST"},
		{400, `{"error":"MALFORMED_REQUEST"}`, idv.ErrNotUnderstood, "MALFORMED_REQUEST"},
		{400, `{"code":"NEW_CODE"}`, idv.ErrUnexpected, "NEW_CODE"},
		{404, `{"code":"SESSION_NOT_FOUND"}`, idv.ErrNotFound, "SESSION_NOT_FOUND"},
		{404, `{"code":"MEDIA_CONTENT_NOT_FOUND"}`, idv.ErrNotFound, "MEDIA_CONTENT_NOT_FOUND"},
		{404, `{"code":"APP_NOT_FOUND","message":"…"}`, idv.ErrNoApplication, "APP_NOT_FOUND"},
		{404, `<h1>Not found</h1>`, idv.ErrNotFound, ""},
		{404, `{"code":"app_not_found"}`, idv.ErrNotFound, ""},
		{409, `{"code":"SESSION_EXPIRED"}`, idv.ErrExpired, "SESSION_EXPIRED"},
		{409, "\ufeff" + `{"code":" SESSION_EXPIRED "}`, idv.ErrExpired, "SESSION_EXPIRED"},
		{409, `{"code":"SESSION_NOT_READY"}`, idv.ErrNotReady, "SESSION_NOT_READY"},
		{409, `{"code":"LIMIT_REACHED"}`, idv.ErrNotReady, "LIMIT_REACHED"},
		{409, ``, idv.ErrNotReady, ""},
		{401, `{"code":"SESSION_EXPIRED"}`, idv.ErrUnauthorised, "SESSION_EXPIRED"},
		{503, `{"code":"APP_NOT_FOUND"}`, idv.ErrUnavailable, "APP_NOT_FOUND"},
		{404, `{"code":"Jane Example"}`, idv.ErrNotFound, ""},
		{404, `{"code":["SESSION_NOT_FOUND"]}`, idv.ErrNotFound, ""},
		{404, `{"code":"MADE_UP_KEY_5D21"}`, idv.ErrKeyEchoed, ""}, // nothing of it is handed on
	}
	for _, test := range tests {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { asJSON(w, test.status, test.body) }))
		key, err := yotisign.NewKey("MADE_UP_KEY_5D21")
		if err != nil {
			t.Fatal(err)
		}
		at, err := yotisign.ParseBaseURL(server.URL)
		if err != nil {
			t.Fatal(err)
		}
		client := yotisign.New(at, key, yotisign.Options{Pause: time.Millisecond})
		_, sessionErr := client.Session(t.Context(), someone(t))
		_, reportErr := client.Report(t.Context(), someone(t))
		resetErr := client.ResetLimit(t.Context(), someone(t))
		for route, err := range map[string]error{"session": sessionErr, "report": reportErr, "reset": resetErr} {
			var answer *yotisign.APIError
			if !errors.Is(err, test.want) || !errors.As(err, &answer) || answer.Status != test.status || answer.Code != test.code {
				t.Errorf("%s, %d %s: error %v, want %v and code %q", route, test.status, test.body, err, test.want, test.code)
			}
		}
		server.Close()
	}
}

// bomb is small on the wire and has no end when unpacked.
func bomb(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Encoding", "gzip")
	z := gzip.NewWriter(w)
	for blanks := bytes.Repeat([]byte(" "), 1<<20); ; {
		if _, err := z.Write(blanks); err != nil {
			return // the client has hung up
		}
	}
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
		"9999999999999999999":           now.Add(time.Hour),
		"Wed, 23 Nov 2050 14:03:00 GMT": now.Add(time.Hour),
		"0":                             now,
		"-5":                            {},
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

// When the time runs out between two tries, the last answer is what is told of.
func TestTimeThatRunsOutBetweenTries(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { asJSON(w, 503, "{}") }))
	defer server.Close()
	_, err := newClient(t, server.URL, yotisign.Options{Whole: time.Second, Pause: time.Minute}).Session(t.Context(), someone(t))
	if !errors.Is(err, idv.ErrUnavailable) {
		t.Errorf("error %v, want %v", err, idv.ErrUnavailable)
	}
}

func TestNoRedirectIsFollowed(t *testing.T) {
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		t.Errorf("followed to another server, Authorization %q", r.Header.Get("Authorization"))
		asJSON(w, 200, fine)
	}))
	defer other.Close()
	for _, status := range []int{300, 301, 302, 303, 304, 307, 308} {
		for _, target := range []string{other.URL, "/elsewhere", "http://[", ""} {
			var requests atomic.Int32
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				requests.Add(1)
				w.Header().Set("Location", target)
				w.WriteHeader(status)
			}))
			_, err := newClient(t, server.URL, yotisign.Options{}).Session(t.Context(), someone(t))
			if !errors.Is(err, idv.ErrUnexpected) || requests.Load() != 1 {
				t.Errorf("%d to %q: error %v after %d requests", status, target, err, requests.Load())
			}
			server.Close()
		}
	}
}

// The environment is read once in a process, and no proxy of it serves loopback: so
// the client asks elsewhere, and in a process of its own.
func TestNoProxyOfTheEnvironmentIsUsed(t *testing.T) {
	const child = "COUNTERSIGN_TEST_WITH_PROXY"
	if os.Getenv(child) != "" {
		_, err := newClient(t, "https://0.0.0.0:1", yotisign.Options{}).Session(t.Context(), someone(t))
		if !errors.Is(err, idv.ErrUnreachable) {
			t.Errorf("error %v, want %v", err, idv.ErrUnreachable)
		}
		return
	}
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		t.Errorf("the proxy was asked: %s %s", r.Method, r.Host)
	}))
	defer proxy.Close()
	for _, name := range []string{"HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"} {
		t.Setenv(name, proxy.URL)
	}
	t.Setenv("NO_PROXY", "")
	t.Setenv("no_proxy", "")
	t.Setenv(child, "1")
	out, err := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestNoProxyOfTheEnvironmentIsUsed$").CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestAServerThatCannotProveItselfGetsNoKey(t *testing.T) {
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		t.Errorf("asked, Authorization %q", r.Header.Get("Authorization"))
	}))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()
	_, err := newClient(t, server.URL, yotisign.Options{}).Session(t.Context(), someone(t))
	if !errors.Is(err, idv.ErrUnreachable) {
		t.Errorf("error %v, want %v", err, idv.ErrUnreachable)
	}
}

func TestSilenceTimesOut(t *testing.T) {
	for name, options := range map[string]yotisign.Options{
		"head":  {Header: 20 * time.Millisecond, Whole: time.Hour},
		"whole": {Header: time.Hour, Whole: 20 * time.Millisecond},
		"body":  {Whole: time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			done := make(chan struct{})
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if name == "body" {
					asJSON(w, http.StatusOK, "{")
					w.(http.Flusher).Flush()
				}
				<-done
			}))
			defer server.Close()
			defer close(done)
			_, err := newClient(t, server.URL, options).Session(t.Context(), someone(t))
			if !errors.Is(err, idv.ErrTimedOut) {
				t.Errorf("error %v, want %v", err, idv.ErrTimedOut)
			}
		})
	}
}

// A refused connection is tried again, after pauses that are each at least half of
// Pause.
func TestNobodyListens(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	listener.Close()
	const pause = 40 * time.Millisecond
	began := time.Now()
	_, err = newClient(t, "http://"+address, yotisign.Options{Pause: pause}).Session(t.Context(), someone(t))
	if took := time.Since(began); !errors.Is(err, idv.ErrUnreachable) || took < pause {
		t.Errorf("error %v after %v, want %v after two pauses", err, took, idv.ErrUnreachable)
	}
}

// joining is the context of a caller who tells when they wait for a shared fetch:
// Session asks for Done once it has joined.
type joining struct {
	context.Context
	joined chan<- struct{}
}

func (j joining) Done() <-chan struct{} {
	j.joined <- struct{}{}
	return j.Context.Done()
}

// Many who ask for the same recipient at once share one request, and one who leaves
// does not take the answer from the others, even if it was asked for them. All are told
// when Yoti was asked, also those who came later.
func TestSharedFetch(t *testing.T) {
	var requests atomic.Int32
	arrived, answer := make(chan struct{}, 2), make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		arrived <- struct{}{}
		<-answer
		asJSON(w, 200, fine)
	}))
	defer server.Close()
	began := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	var seconds atomic.Int64
	client := newClient(t, server.URL, yotisign.Options{Now: func() time.Time { return began.Add(time.Duration(seconds.Load()) * time.Second) }})
	id := someone(t)
	const others = 8
	joined := make(chan struct{}, others+1)

	leaving, leave := context.WithCancel(t.Context())
	left := make(chan error)
	go func() {
		_, err := client.Session(joining{leaving, joined}, id)
		left <- err
	}()
	<-joined
	<-arrived
	seconds.Store(5)
	results := make(chan *idv.Decoded, others)
	for range others {
		go func() {
			decoded, err := client.Session(joining{t.Context(), joined}, id)
			if err != nil {
				t.Errorf("who stayed got %v", err)
			}
			results <- decoded
		}()
	}
	for range others {
		<-joined
	}
	leave()
	if err := <-left; !errors.Is(err, context.Canceled) {
		t.Errorf("who left got %v", err)
	}
	close(answer)
	seen := map[*idv.Decoded]bool{}
	for range others {
		decoded := <-results
		if seen[decoded] = true; decoded != nil && !decoded.Asked.Equal(began) {
			t.Errorf("who came later is told that Yoti was asked at %v, want %v", decoded.Asked, began)
		}
	}
	if n := requests.Load(); n != 1 || len(seen) != others {
		t.Errorf("%d callers made %d requests and got %d values, want 1 and %d", others+1, n, len(seen), others)
	}
	if _, err := client.Session(t.Context(), id); err != nil || requests.Load() != 2 {
		t.Errorf("the next: error %v, %d requests in all, want 2", err, requests.Load())
	}
}

func TestACallersOwnDeadline(t *testing.T) {
	done := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { <-done }))
	defer server.Close()
	defer close(done)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	_, err := newClient(t, server.URL, yotisign.Options{}).Session(ctx, someone(t))
	if !errors.Is(err, idv.ErrTimedOut) || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v, want %v", err, idv.ErrTimedOut)
	}
}

func TestSandboxThroughClient(t *testing.T) {
	server := httptest.NewServer(sandbox.New(secret))
	defer server.Close()
	client := newClient(t, server.URL+"/v2", yotisign.Options{Header: time.Second})
	wrong := map[string]error{
		"0404": idv.ErrNotFound, "0401": idv.ErrUnauthorised, "0403": idv.ErrForbidden,
		"0409": idv.ErrNotReady, "0429": idv.ErrRateLimited, "0500": idv.ErrUnavailable,
		"5107": idv.ErrTimedOut, "0302": idv.ErrUnexpected, "bad1": idv.ErrInvalid,
		"bad2": idv.ErrInvalid, "bad3": idv.ErrInvalid, "bad4": idv.ErrInvalid, "bad5": idv.ErrTooLarge,
	}
	for tail := range wrong {
		if !slices.ContainsFunc(sandbox.People(), func(p sandbox.Person) bool { return strings.HasSuffix(p.ID, tail) }) {
			t.Errorf("the sandbox has nobody whose ID ends with %s", tail)
		}
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
	held := struct{ Key yotisign.Key }{key}
	hidden := struct{ key yotisign.Key }{key}
	client := newClient(t, yotisign.DemoURL, yotisign.Options{})
	var out bytes.Buffer
	for verb := range strings.SplitSeq("v +v #v s q x X d t b c o O U e E f g p w T 10.3s -20q", " ") {
		for _, value := range []any{key, &key, held, &held, hidden, &hidden, []yotisign.Key{key}, client} {
			fmt.Fprintf(&out, "%"+verb+"\n", value)
		}
	}
	for _, print := range []func(any) ([]byte, error){json.Marshal, xml.Marshal} {
		for _, value := range []any{key, &key, held, hidden} {
			text, _ := print(value) // not everything can be encoded
			out.Write(text)
		}
	}
	for _, handler := range []slog.Handler{slog.NewJSONHandler(&out, nil), slog.NewTextHandler(&out, nil)} {
		slog.New(handler).Info("key", "key", key, "pointer", &key, "held", held, "hidden", hidden, "client", client)
	}
	for _, form := range []string{secret, fmt.Sprintf("%x", secret), fmt.Sprintf("%X", secret), fmt.Sprint([]byte(secret))} {
		if strings.Contains(out.String(), form) {
			t.Errorf("the key is printed as %q in\n%s", form, out.String())
		}
	}
}

func TestKeyPrintsAsRedacted(t *testing.T) {
	key, err := yotisign.NewKey(secret)
	if err != nil {
		t.Fatal(err)
	}
	asJSON, _ := key.MarshalJSON()
	text, _ := key.MarshalText()
	for name, test := range map[string]struct{ got, want string }{
		"String":      {key.String(), "[redacted]"},
		"GoString":    {key.GoString(), "[redacted]"},
		"Format":      {fmt.Sprintf("%v %+v %#v %s %q %x %d", key, key, key, key, key, key, key), strings.TrimSpace(strings.Repeat("[redacted] ", 7))},
		"MarshalJSON": {string(asJSON), `"[redacted]"`},
		"MarshalText": {string(text), "[redacted]"},
		"LogValue":    {key.LogValue().String(), "[redacted]"},
		"zero":        {fmt.Sprint(yotisign.Key{}), "[redacted]"},
	} {
		if test.got != test.want {
			t.Errorf("%s: %s, want %s", name, test.got, test.want)
		}
	}
}

func TestNewKey(t *testing.T) {
	for text, ok := range map[string]bool{
		"abc-DEF_123": true, "with-newline\r\n": true,
		"": false, "\n": false, "made-up-key\x00": false, "made-up-key\x7f": false, " made-up-key": false, "two words": false, "two\nlines": false, "tab\t": false, "ключ": false,
	} {
		_, err := yotisign.NewKey(text)
		if (err == nil) != ok || err != nil && strings.Contains(err.Error(), "made-up") {
			t.Errorf("NewKey(%q): error %v", text, err)
		}
	}
}

func TestParseBaseURL(t *testing.T) {
	for text, ok := range map[string]bool{
		yotisign.ProductionURL:         true,
		yotisign.DemoURL:               true,
		"https://example.org":          true,
		"https://example.org/v2/":      true,
		"http://127.0.0.1:9090/v2":     true,
		"http://127.8.9.1/v2":          true,
		"http://[::1]:9090/v2":         true,
		"http://localhost:9090/v2":     true,
		"http://example.org/v2":        false,
		"http://10.0.0.1/v2":           false,
		"http://localhost.evil.test":   false,
		"HTTPS://EXAMPLE.ORG/v2":       true,
		"http://0.0.0.0/v2":            false,
		"http://127.0.0.1.evil.test":   false,
		"http://127.0.0.1@evil.test":   false,
		"http://2130706433/v2":         false,
		"http://[::2]/v2":              false,
		"https://user:pw@example.org":  false,
		"https://user:pw@exa mple.org": false,
		"https://pw@example.org":       false,
		"https://example.org?":         false,
		"https:example.org":            false,
		"https:///v2":                  false,
		"//example.org/v2":             false,
		"https://example.org?x=1":      false,
		"https://example.org/#x":       false,
		"ftp://example.org":            false,
		"example.org":                  false,
		"https://":                     false,
		"https://:8080":                false,
		"":                             false,
		"://":                          false,
	} {
		_, err := yotisign.ParseBaseURL(text)
		if (err == nil) != ok || err != nil && strings.Contains(err.Error(), "pw") {
			t.Errorf("ParseBaseURL(%q): error %v", text, err)
		}
	}
}
