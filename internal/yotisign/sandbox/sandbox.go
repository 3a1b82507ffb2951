// Package sandbox stands in for Yoti Sign where Countersign needs its identity
// verification results and must not, or cannot, ask Yoti: in the demonstration, in
// the command that serves it by itself, and in every test that fetches a result.
//
// It answers the requests of Yoti's API about one recipient's session, as Yoti's pages
// describe them:
//
//	GET /v2/idv/recipients/{recipientID}/sessions/signed/json
//	GET /v2/idv/recipients/{recipientID}/sessions/signed/media/{mediaID}
//	GET /v2/idv/recipients/{recipientID}/sessions/signed/pdf
//	GET /v2/idv/recipients/{recipientID}/sessions/reset-limit
//
// and those about an envelope, GET /v2/envelopes/{envelopeID}. A Notifier sends what Yoti
// Sign's webhooks would.
//
// What it promises:
//
//   - The people are invented. No result comes from, or is about, anybody; every
//     tracking id, token and key in them begins with "made-up-". As at Yoti, a result
//     holds no personal data, only ids of media that do.
//   - What lies behind every media ID is invented too: pictures that the command in the
//     folder draw made, marked as specimens, and texts that agree with them where their
//     story does not want otherwise.
//   - The people are fixed. The same recipient always gets the same bytes, which are
//     the files of the people folder, but for recipients that SignEnvelopes made. The two exceptions are named in their entries:
//     one result changes after it was first fetched, one fault goes away when it is
//     asked again. Both count in the Sandbox that was asked, so a new one starts again.
//   - It follows Yoti's page, not our reading of it. The results are literal JSON and
//     the package imports nothing of Countersign, so that a mistake in our decoder
//     cannot be made a second time here and pass unseen.
//   - It misbehaves on request. Some recipients are not people but faults: an error
//     status, a slow answer, an answer that is not JSON, one that is hostile.
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
	"sync"
	"sync/atomic"
)

// The paths that are answered, before and after the recipient's ID.
const (
	pathBefore = "/v2/idv/recipients/"
	pathAfter  = "/sessions/signed/json"
	mediaAfter = "sessions/signed/media/"
)

var uuid = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// Sandbox is an http.Handler that answers as Yoti Sign would. It may be used by
// several goroutines at once.
type Sandbox struct {
	open       bool // false when there is no key, so that nothing can match it
	key        [sha256.Size]byte
	requests   atomic.Int64
	calls      atomic.Int64
	mediaCalls atomic.Int64

	envelopeCalls atomic.Int64

	mu         sync.Mutex
	recipients map[string]recipient // by ID, in lower case
	envelopes  map[string]envelope  // by ID, in lower case
	limits     map[string]int       // sessions that recipients may begin, where that was reset
	resets     int
}

// New returns a Sandbox that accepts apiKey and no other. When apiKey is empty it
// accepts none.
func New(apiKey string) *Sandbox {
	s := &Sandbox{open: apiKey != "", key: sha256.Sum256([]byte(apiKey)), recipients: map[string]recipient{}, envelopes: map[string]envelope{}, limits: map[string]int{}}
	for _, r := range allRecipients() {
		s.recipients[r.ID] = r
	}
	for _, e := range allEnvelopes() {
		s.envelopes[e.ID] = e
	}
	return s
}

// Calls returns how many requests for a session result have come so far, whatever
// their answer was: a refused key, an unknown recipient and a fault count too. A
// request counts before its answer begins, so anyone who has read an answer finds it
// counted. Other paths and methods do not count.
func (s *Sandbox) Calls() int { return int(s.calls.Load()) }

// MediaCalls returns the same for media and reports together.
func (s *Sandbox) MediaCalls() int { return int(s.mediaCalls.Load()) }

// Resets returns how often a limit was to be reset, whatever came of it. A request
// counts before it is answered, or is not.
func (s *Sandbox) Resets() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.resets
}

// ServeHTTP answers one request.
func (s *Sandbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Request-Id", fmt.Sprintf("made-up-request-%06d", s.requests.Add(1)))
	if id, ok := envelopeIn(r.URL); ok {
		s.serveEnvelope(w, r, id)
		return
	}
	id, asked := pathParts(r.URL)
	answer := s.handlerFor(asked)
	if id == "" || answer == nil {
		sendError(w, http.StatusNotFound, "NOT_FOUND", "There is nothing at this address.")
		return
	}
	if !isGet(w, r) {
		return
	}
	s.countRequest(asked)
	if found, ok := s.admit(w, r, strings.ToLower(id)); ok {
		answer(found)(w, r)
	}
}

// isGet reports whether a request may be answered for its method, and otherwise says why
// not.
func isGet(w http.ResponseWriter, r *http.Request) bool {
	if r.Method == http.MethodGet {
		return true
	}
	w.Header().Set("Allow", http.MethodGet)
	sendError(w, http.StatusMethodNotAllowed, "METHOD_NOT_ALLOWED", "This can only be read with GET.")
	return false
}

// handlerFor returns what answers a request for what is asked of a recipient; nil when
// nothing does.
func (s *Sandbox) handlerFor(asked string) func(recipient) http.HandlerFunc {
	if medium, ok := strings.CutPrefix(asked, mediaAfter); ok && medium != "" && !strings.Contains(medium, "/") {
		return func(r recipient) http.HandlerFunc { return r.mediumHandler(strings.ToLower(medium)) }
	}
	switch asked {
	case "sessions/signed/json":
		return func(r recipient) http.HandlerFunc { return r.result }
	case "sessions/signed/pdf":
		return func(r recipient) http.HandlerFunc {
			if r.report == nil {
				return r.result
			}
			return r.report
		}
	case "sessions/reset-limit":
		return s.resetOf
	}
	return nil
}

func (s *Sandbox) countRequest(asked string) {
	switch {
	case asked == "sessions/signed/json":
		s.calls.Add(1)
	case asked == "sessions/signed/pdf", strings.HasPrefix(asked, mediaAfter):
		s.mediaCalls.Add(1)
	}
}

// admit returns the recipient for whom a request may be answered, and otherwise says why
// it may not.
func (s *Sandbox) admit(w http.ResponseWriter, r *http.Request, id string) (recipient, bool) {
	if !s.admitKey(w, r) || !isUUID(w, id, "recipientID") {
		return recipient{}, false
	}
	s.mu.Lock()
	found, ok := s.recipients[id]
	s.mu.Unlock()
	if !ok {
		notFound(w, r)
	}
	return found, ok
}

// admitKey reports whether a request has the key, and otherwise says so.
func (s *Sandbox) admitKey(w http.ResponseWriter, r *http.Request) bool {
	if s.isAuthorised(r) {
		return true
	}
	w.Header().Set("WWW-Authenticate", "Bearer")
	sendError(w, http.StatusUnauthorized, "BAD_TOKEN", "The API key is missing or was not accepted.")
	return false
}

// isUUID reports whether an ID, of that name, is a UUID, and otherwise says so.
func isUUID(w http.ResponseWriter, id, name string) bool {
	if uuid.MatchString(id) {
		return true
	}
	sendError(w, http.StatusBadRequest, "MALFORMED_REQUEST", "The request cannot be understood.",
		fieldError{name, "must be a UUID"})
	return false
}

// The limits of sessions, before any reset and at most. Source: Yoti Sign, Reset
// session limit.
const (
	firstLimit = 3
	lastLimit  = 50
)

// resetOf doubles how many sessions a recipient may begin, until there are fifty.
func (s *Sandbox) resetOf(r recipient) http.HandlerFunc {
	return func(w http.ResponseWriter, request *http.Request) {
		s.mu.Lock()
		s.resets++
		limit := max(s.limits[r.ID], firstLimit)
		s.limits[r.ID] = min(2*limit, lastLimit)
		s.mu.Unlock()
		switch {
		case r.reset != nil:
			r.reset(w, request)
		case limit == lastLimit:
			sendError(w, http.StatusConflict, "LIMIT_REACHED", "No more sessions can be allowed.")
		default:
			sendBody(w, http.StatusOK, "application/json", []byte(`{"status":"made up"}`))
		}
	}
}

// isAuthorised compares digests, which have one length, so that the time it takes tells
// nothing about the key.
func (s *Sandbox) isAuthorised(r *http.Request) bool {
	scheme, key, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	got := sha256.Sum256([]byte(key))
	same := subtle.ConstantTimeCompare(got[:], s.key[:]) == 1
	return s.open && same && strings.EqualFold(scheme, "Bearer")
}

// pathParts returns what is in the path where the recipient's ID should, and what is
// asked of the recipient. It reads the escaped path, so that an escaped slash stays
// within the ID and is refused with it.
func pathParts(u *url.URL) (id, asked string) {
	rest, ok := strings.CutPrefix(u.EscapedPath(), pathBefore)
	if !ok {
		return "", ""
	}
	id, asked, _ = strings.Cut(rest, "/")
	return id, asked
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

func sendError(w http.ResponseWriter, status int, code, message string, errs ...fieldError) {
	body, err := json.Marshal(failure{code, message, errs})
	if err != nil {
		panic(err) // strings always marshal
	}
	sendBody(w, status, "application/json", body)
}

// sendBody writes a whole answer. A failed write means that nobody is there to be told.
func sendBody(w http.ResponseWriter, status int, contentType string, body []byte) {
	w.Header().Set("Content-Type", contentType)
	w.WriteHeader(status)
	_, _ = w.Write(body)
}
