package cli

import (
	"net/http"
	"time"
)

// answersWithin has each answer of a handler be read within a time that begins with its first byte.
// How long the answer was waited for before is a matter of its own: one that says that the database
// did not answer comes late, and must arrive all the same.
func answersWithin(limit time.Duration, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(&answer{ResponseWriter: w, limit: limit}, r)
	})
}

// answer is an answer whose time begins with its first byte, unless the handler sets one itself.
type answer struct {
	http.ResponseWriter
	limit time.Duration
	begun bool
}

func (a *answer) WriteHeader(code int) {
	a.startTime()
	a.ResponseWriter.WriteHeader(code)
}

func (a *answer) Write(b []byte) (int, error) {
	a.startTime()
	return a.ResponseWriter.Write(b)
}

func (a *answer) startTime() {
	if !a.begun {
		_ = a.SetWriteDeadline(time.Now().Add(a.limit)) // without one there is that of the server
	}
}

// SetWriteDeadline is what http.ResponseController calls.
func (a *answer) SetWriteDeadline(at time.Time) error {
	a.begun = true
	return http.NewResponseController(a.ResponseWriter).SetWriteDeadline(at)
}

// Unwrap is for http.ResponseController.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }
