// Package sandbox stands in for Yoti Sign where Countersign needs its identity
// verification results and must not, or cannot, ask Yoti: in the demonstration, in
// the command that serves it by itself, and in every test that fetches a result.
//
// It answers one request of Yoti's API, as Yoti's page "Get IDV Session Result"
// describes it:
//
//	GET /v2/idv/recipients/{recipientID}/sessions/signed/json
//
// What it promises:
//
//   - The people are invented. No result comes from, or is about, anybody; every
//     tracking id, token and key in them begins with "made-up-". As at Yoti, a result
//     holds no personal data, only ids of media that do.
//   - The people are fixed. The same recipient always gets the same bytes, which are
//     the files of the people folder. The two exceptions are named in their entries:
//     one result changes after it was first fetched, one fault goes away when it is
//     asked again. Both count in the Sandbox that was asked, so a new one begins anew.
//   - It follows Yoti's page, not our reading of it. The results are literal JSON and
//     the package imports nothing of Countersign, so that a mistake in our decoder
//     cannot be made a second time here and pass unseen.
//   - It misbehaves on request. Some recipients are not people but faults: an error
//     status, a slow answer, an answer that is no JSON, one that is hostile.
//
// Yoti calls its demonstration host a sandbox as well. That host is not meant here.
package sandbox

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync/atomic"
)

// The one path that is answered, before and after the recipient's ID.
const (
	pathBefore = "/v2/idv/recipients/"
	pathAfter  = "/sessions/signed/json"
)

var uuid = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// Sandbox is an http.Handler that answers as Yoti Sign would. It may be used by
// several goroutines at once.
type Sandbox struct {
	open     bool // false when there is no key, so that nothing can match it
	key      [sha256.Size]byte
	answers  map[string]http.HandlerFunc // by recipient ID, in lower case
	requests atomic.Int64
	calls    atomic.Int64
}

// New returns a Sandbox that accepts apiKey and no other. When apiKey is empty it
// accepts none.
func New(apiKey string) *Sandbox {
	s := &Sandbox{open: apiKey != "", key: sha256.Sum256([]byte(apiKey)), answers: map[string]http.HandlerFunc{}}
	for _, r := range recipients() {
		s.answers[r.ID] = r.answer
	}
	return s
}

// Calls returns how many requests for a session result have come so far, whatever
// their answer was: a refused key, an unknown recipient and a fault count too. A
// request counts before its answer begins, so whoever has read an answer finds it
// counted. Other paths and methods do not count.
func (s *Sandbox) Calls() int { return int(s.calls.Load()) }

// ServeHTTP answers one request.
func (s *Sandbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Request-Id", fmt.Sprintf("made-up-request-%06d", s.requests.Add(1)))
	id, ok := recipientID(r.URL)
	if !ok {
		refuse(w, http.StatusNotFound, "NOT_FOUND", "There is nothing at this address.")
		return
	}
	if r.Method != http.MethodGet {
		w.Header().Set("Allow", http.MethodGet)
		refuse(w, http.StatusMethodNotAllowed, "METHOD_NOT_ALLOWED", "A session result can only be read with GET.")
		return
	}
	s.calls.Add(1)
	s.answer(w, r, strings.ToLower(id))
}

func (s *Sandbox) answer(w http.ResponseWriter, r *http.Request, id string) {
	if !s.authorised(r) {
		w.Header().Set("WWW-Authenticate", "Bearer")
		refuse(w, http.StatusUnauthorized, "BAD_TOKEN", "The API key is missing or was not accepted.")
		return
	}
	if !uuid.MatchString(id) {
		refuse(w, http.StatusBadRequest, "MALFORMED_REQUEST", "The request cannot be understood.",
			fieldError{"recipientID", "must be a UUID"})
		return
	}
	answer, ok := s.answers[id]
	if !ok {
		notFound(w, r)
		return
	}
	answer(w, r)
}

// authorised compares digests, which have one length, so that the time it takes tells
// nothing about the key.
func (s *Sandbox) authorised(r *http.Request) bool {
	scheme, key, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	got := sha256.Sum256([]byte(key))
	same := subtle.ConstantTimeCompare(got[:], s.key[:]) == 1
	return s.open && same && strings.EqualFold(scheme, "Bearer")
}

// recipientID returns what stands in the path where the ID should. It reads the
// escaped path, so that an escaped slash stays within the ID and is refused with it.
func recipientID(u *url.URL) (string, bool) {
	rest, before := strings.CutPrefix(u.EscapedPath(), pathBefore)
	id, after := strings.CutSuffix(rest, pathAfter)
	return id, before && after && id != "" && !strings.Contains(id, "/")
}

// failure is the error body of Yoti's core IDV service. For Yoti Sign only "a message
// in the response body" is promised.
type failure struct {
	Code    string       `json:"code"`
	Message string       `json:"message"`
	Errors  []fieldError `json:"errors,omitempty"`
}

type fieldError struct {
	Property string `json:"property"`
	Message  string `json:"message"`
}

func refuse(w http.ResponseWriter, status int, code, message string, errs ...fieldError) {
	body, err := json.Marshal(failure{code, message, errs})
	if err != nil {
		panic(err) // strings always marshal
	}
	send(w, status, "application/json", body)
}

// send writes a whole answer. A failed write means that nobody is there to be told.
func send(w http.ResponseWriter, status int, contentType string, body []byte) {
	w.Header().Set("Content-Type", contentType)
	w.WriteHeader(status)
	_, _ = w.Write(body)
}
