package cli

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// What was waited for longer than the server gives an answer arrives: a page that says that the
// database did not answer is such.
func TestAnswersThatBeginLateArrive(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		handler http.HandlerFunc
		arrives bool
	}{
		{"written", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "late") }, true},
		{"with a code", func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusServiceUnavailable)
			io.WriteString(w, "late")
		}, true},
		{"with a time of its own", func(w http.ResponseWriter, _ *http.Request) {
			if err := http.NewResponseController(w).SetWriteDeadline(longAgo()); err != nil {
				t.Error(err)
			}
			io.WriteString(w, "late")
		}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			timely := answersWithin(time.Minute, test.handler)
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if err := http.NewResponseController(w).SetWriteDeadline(longAgo()); err != nil {
					t.Error(err)
				}
				timely.ServeHTTP(w, r)
			}))
			defer server.Close()
			got, err := server.Client().Get(server.URL)
			if !test.arrives {
				if err == nil {
					got.Body.Close()
					t.Error("an answer arrives after its own time")
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			defer got.Body.Close()
			if text, err := io.ReadAll(got.Body); err != nil || string(text) != "late" {
				t.Errorf("%q, %v", text, err)
			}
		})
	}
}

func longAgo() time.Time { return time.Unix(1, 0) }
