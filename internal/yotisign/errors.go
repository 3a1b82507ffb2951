package yotisign

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"

	"countersign/internal/idv"
)

// APIError is what is kept of an answer of Yoti's that is not a good one. It is in
// the chain of this package's errors whenever there was an answer, behind the error of
// idv that says what it means.
type APIError struct {
	Status    int    // of HTTP
	Code      string // Yoti's, such as SESSION_NOT_FOUND; empty when there is none
	RequestID string // to name to Yoti's support; empty when there is none
}

// Error returns the fields that are known, in one line.
func (e *APIError) Error() string {
	text := "status " + strconv.Itoa(e.Status)
	if e.Code != "" {
		text += ", code " + e.Code
	}
	if e.RequestID != "" {
		text += ", request " + e.RequestID
	}
	return text
}

// Answer returns the status and the code of the answer, for those who show them.
func (e *APIError) Answer() (status int, code string) { return e.Status, e.Code }

// errorHead returns what the head of an answer says for an error.
func errorHead(response *http.Response) *APIError {
	e := &APIError{Status: response.StatusCode}
	if id := response.Header.Get("X-Request-Id"); requestID.MatchString(id) {
		e.RequestID = id
	}
	return e
}

// errorOfStatus says in idv's errors what a status means, and the code in the body where Yoti
// documents one: a 404 is not always about the session, nor a 409 about waiting.
// Source: Yoti IDV, error codes.
func errorOfStatus(response *http.Response, code string, now time.Time) error {
	switch response.StatusCode {
	case http.StatusBadRequest, http.StatusNotFound, http.StatusConflict:
		if err := errorOfCode(code); err != nil {
			return err
		}
	}
	switch response.StatusCode {
	case http.StatusNoContent:
		return idv.ErrEmpty
	case http.StatusNotFound:
		return idv.ErrNotFound
	case http.StatusUnauthorized:
		return idv.ErrUnauthorised
	case http.StatusForbidden:
		return idv.ErrForbidden
	case http.StatusConflict:
		return idv.ErrNotReady
	case http.StatusTooManyRequests:
		return &idv.RateLimit{Until: retryAfter(response.Header.Get("Retry-After"), now)}
	}
	if response.StatusCode >= http.StatusInternalServerError {
		return idv.ErrUnavailable
	}
	return idv.ErrUnexpected
}

// errorOfCode returns nil for a code that Yoti does not document for these answers.
// Source: Yoti IDV, error codes.
func errorOfCode(code string) error {
	switch code {
	case "MALFORMED_REQUEST":
		return idv.ErrNotUnderstood
	case "SESSION_NOT_FOUND", "MEDIA_CONTENT_NOT_FOUND":
		return idv.ErrNotFound
	case "APP_NOT_FOUND":
		return idv.ErrNoApplication
	case "SESSION_EXPIRED":
		return idv.ErrExpired
	case "SESSION_NOT_READY":
		return idv.ErrNotReady
	}
	return nil
}

// longestWait is the longest Retry-After that is believed.
const longestWait = time.Hour

// retryAfter reads the header of that name: seconds, or a date. It returns the zero
// time for anything else, and nothing past now and longestWait.
func retryAfter(header string, now time.Time) time.Time {
	if seconds, err := strconv.ParseUint(header, 10, 64); err == nil {
		return now.Add(time.Duration(min(seconds, uint64(longestWait/time.Second))) * time.Second)
	}
	at, err := http.ParseTime(header)
	if err != nil || !at.After(now) {
		return time.Time{}
	}
	return now.Add(min(at.Sub(now), longestWait))
}

// What may be repeated of an answer: short, and of characters that can neither be
// prose nor steer a terminal.
var (
	code      = regexp.MustCompile(`^[A-Z0-9_]{1,64}$`)
	requestID = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,64}$`)
)

// codeOf returns the code of an error body, which some answers call its error; empty
// when it has none. The rest of the body is not ours to repeat.
// Source: Yoti IDV, error codes; Yoti's SDKs.
func codeOf(body []byte) string {
	var answer struct {
		Code  any `json:"code"`
		Error any `json:"error"`
	}
	body = bytes.TrimPrefix(body, []byte("\ufeff")) // a byte order mark
	if json.Unmarshal(body, &answer) != nil {
		return ""
	}
	for _, value := range []any{answer.Code, answer.Error} {
		if text, ok := value.(string); ok && code.MatchString(strings.TrimSpace(text)) {
			return strings.TrimSpace(text)
		}
	}
	return ""
}

// transportError makes an error of what the network, or the reading of an answer, said. It
// keeps no more of it than a net.OpError: the rest may quote what was asked or
// answered.
func transportError(err error) error {
	meant := networkFailure(err)
	var op *net.OpError
	if errors.As(err, &op) {
		return fmt.Errorf("%w: %w", meant, op)
	}
	return meant
}

// networkFailure says in idv's errors why there was no answer, or no end of one.
func networkFailure(err error) error {
	var timeout net.Error
	var corrupt flate.CorruptInputError
	switch {
	case errors.Is(err, idv.ErrTooLarge):
		return idv.ErrTooLarge
	case errors.Is(err, gzip.ErrHeader), errors.Is(err, gzip.ErrChecksum), errors.As(err, &corrupt):
		return idv.ErrInvalid
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded),
		errors.As(err, &timeout) && timeout.Timeout():
		return idv.ErrTimedOut
	case errors.Is(err, context.Canceled):
		return context.Canceled
	}
	return idv.ErrUnreachable
}
