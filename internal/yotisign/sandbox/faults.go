package sandbox

import (
	"io"
	"net/http"
	"strings"
	"time"
)

const (
	// slowness is longer than any client should wait.
	slowness = 30 * time.Second
	// retryAfter is what 429 asks for, in seconds.
	retryAfter = "30"
	// tooDeep is a nesting that no session result needs.
	tooDeep = 100
	// tooLargeChunks of 64 KiB are 5 MiB.
	tooLargeChunks = 80
)

// faults lists the recipients that stand for trouble. Where there is a code, it is one
// that Yoti's core IDV service is known to use.
func faults() []recipient {
	fine := load("faults/fine.json")
	return []recipient{
		fault("000000000404", "Not found", "404: there is no session for this recipient.", notFound),
		fault("000000000401", "Key refused", "401, even for the right API key: as if it had just been revoked.",
			failing(http.StatusUnauthorized, "BAD_TOKEN", "The API key is missing or was not accepted.")),
		fault("000000000403", "Not allowed", "403: the key is good but may not read this recipient.",
			failing(http.StatusForbidden, "INSUFFICIENT_PERMISSION", "The API key may not read this session.")),
		fault("000000000409", "Not ready", "409: the session exists and has nothing to give yet.",
			failing(http.StatusConflict, "SESSION_NOT_READY", "The session has no result yet.")),
		fault("000000000429", "Too many requests", "429 with Retry-After: 30.", tooMany),
		fault("000000000500", "Server error", "500 with a body that is not JSON.", broken),
		fault("000000000503", "Unavailable once", "503 the first time, a fine result every time after.",
			once(failing(http.StatusServiceUnavailable, "TEMPORARILY_UNAVAILABLE", "The service is not available, please try again."), result(fine))),
		fault("000000005107", "Slow", "A fine result, but only after 30 seconds.", slow(result(fine))),
		fault("00000000bad1", "Cut short", "JSON that ends in the middle.", result(fine[:len(fine)*3/5])),
		fault("00000000bad2", "A web page", "200 with an HTML page where a result should be.", webPage),
		fault("000000000302", "Redirect", "302 to the result of another recipient.", redirect),
		fault("00000000bad3", "Two meanings", "The same keys twice, in different case, with opposite values.", result(load("faults/two-meanings.json"))),
		fault("00000000bad4", "Too deep", "Lists nested a hundred deep.", result(deep())),
		fault("00000000bad5", "Too large", "A valid result of five mebibytes.", tooLarge),
		fault("00000000bad6", "Hostile", "Readable, but a check is a string, types are wrong and texts carry markup, bidirectional controls and paths.", result(load("faults/hostile.json"))),
	}
}

func fault(tail, name, shows string, answer http.HandlerFunc) recipient {
	return recipient{
		Person: Person{ID: "00000000-0000-4000-8000-" + tail, Name: name, Shows: shows, Trouble: true},
		answer: answer,
	}
}

func failing(status int, code, message string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { refuse(w, status, code, message) }
}

func notFound(w http.ResponseWriter, _ *http.Request) {
	refuse(w, http.StatusNotFound, "SESSION_NOT_FOUND", "There is no session for this recipient.")
}

func tooMany(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Retry-After", retryAfter)
	refuse(w, http.StatusTooManyRequests, "TOO_MANY_REQUESTS", "Too many requests, please try again later.")
}

func broken(w http.ResponseWriter, _ *http.Request) {
	send(w, http.StatusInternalServerError, "text/plain; charset=utf-8", []byte("Internal Server Error\n"))
}

// slow answers as next does, late, or not at all when whoever asked has gone.
func slow(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		wait := time.NewTimer(slowness)
		defer wait.Stop()
		select {
		case <-r.Context().Done():
		case <-wait.C:
			next(w, r)
		}
	}
}

func webPage(w http.ResponseWriter, _ *http.Request) {
	send(w, http.StatusOK, "text/html; charset=utf-8",
		[]byte("<!doctype html>\n<title>Maintenance</title>\n<script>alert('page')</script>\n<h1>We shall be back soon</h1>\n"))
}

// redirect leads to a person who is all clear, so that a client which follows it shows
// one recipient's result as another's.
func redirect(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Location", pathBefore+numbered(1)+pathAfter)
	w.WriteHeader(http.StatusFound)
}

func deep() []byte {
	return []byte(`{"session_id":"a4d17c52-9e0b-4f63-8b1a-2c5e70d9f386","user_tracking_id":"made-up-too-deep","state":"COMPLETED","resources":` +
		strings.Repeat("[", tooDeep) + strings.Repeat("]", tooDeep) + `,"checks":[]}`)
}

// tooLarge is written in pieces, so its length is not known beforehand.
func tooLarge(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, `{"session_id":"19c6e8b0-74d2-4a5f-9e31-f08b62d7a45c","state":"COMPLETED","checks":[],"user_tracking_id":"made-up-`)
	chunk := strings.Repeat("too-much", 8<<10)
	for range tooLargeChunks {
		if _, err := io.WriteString(w, chunk); err != nil {
			return
		}
	}
	_, _ = io.WriteString(w, `"}`)
}
