package yotisign

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// A question that may not be asked again is asked once, also where the Transport would
// ask again by itself: on a connection that was used before and ends without an answer.
func TestAQuestionThatMayBeAskedOnlyOnce(t *testing.T) {
	for name, fail := range map[string]http.HandlerFunc{
		"bad gateway": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) },
		"no answer":   func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
	} {
		t.Run(name, func(t *testing.T) {
			var requests atomic.Int32
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if requests.Add(1) > 1 {
					fail(w, r)
					return
				}
				w.Header().Set("Content-Type", "application/json")
				_, _ = io.WriteString(w, "{}")
			}))
			defer server.Close()
			base, err := ParseBaseURL(server.URL)
			if err != nil {
				t.Fatal(err)
			}
			client := New(base, Key{}, Options{Pause: time.Millisecond})
			q := apiRequest{path: []string{"once"}, want: "application/json", limit: 100}
			if _, err := client.getWhole(t.Context(), q); err != nil {
				t.Fatal(err)
			}
			if a, err := client.getWhole(t.Context(), q); err == nil || requests.Load() != 2 {
				t.Errorf("answer %v, error %v after %d requests in all, want 2", a, err, requests.Load())
			}
		})
	}
}

// A header of Yoti's can neither ask for a try in the past nor put it off for long.
func FuzzRetryAfter(f *testing.F) {
	for _, seed := range []string{"", "0", "30", "3601", "-1", "+1", "1.5", "18446744073709551616", "soon", "Mon, 23 Nov 2026 14:03:00 GMT", "Monday, 23-Nov-26 14:03:00 GMT", "Fri, 31 Dec 9999 23:59:59 GMT"} {
		f.Add(seed)
	}
	now := time.Date(2026, 11, 23, 14, 2, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, header string) {
		until := retryAfter(header, now)
		if !until.IsZero() && (until.Before(now) || until.After(now.Add(longestWait))) {
			t.Errorf("retryAfter(%q) = %v, at %v", header, until, now)
		}
	})
}

// Whatever an answer holds, its error is short and made of harmless characters.
func FuzzAPIErrorBody(f *testing.F) {
	for _, seed := range []string{"", "{}", `{"code":"SESSION_NOT_FOUND","message":"…"}`, `{"code":["A"]}`, `{"error":"A"}`, "\ufeff{\"code\":\" A \"}", `{"code":"A\nB"}`, `{"code":"jane@example.org"}`, `{"CODE":"A","code":"\u202e"}`, "Not Found", "<h1>A</h1>"} {
		f.Add([]byte(seed), seed)
	}
	const harmless = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-, "
	f.Fuzz(func(t *testing.T, body []byte, id string) {
		e := errorHead(&http.Response{StatusCode: 404, Header: http.Header{"X-Request-Id": {id}}})
		e.Code = codeOf(body)
		if text := e.Error(); len(text) > 200 || strings.Trim(text, harmless) != "" {
			t.Errorf("error %q of %q", text, body)
		}
		if e.Code != "" && !strings.Contains(strings.ToUpper(string(body)), `"CODE"`) && !strings.Contains(strings.ToUpper(string(body)), `"ERROR"`) && !strings.ContainsRune(string(body), '\\') {
			t.Errorf("code %q of %q, which has none", e.Code, body)
		}
	})
}

func TestCodeBehindAByteOrderMark(t *testing.T) {
	if got := codeOf([]byte("\ufeff" + `{"code":"SESSION_EXPIRED"}`)); got != "SESSION_EXPIRED" {
		t.Errorf("code %q", got)
	}
}
