package yotisign

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"time"

	"countersign/internal/idv"
)

// APIError is an answer of Yoti's that is no result. It stands in the chain of the
// errors of this package, behind the error of idv that says what it means.
type APIError struct {
	Status    int    // of HTTP
	Code      string // Yoti's, such as SESSION_NOT_FOUND; empty when there is none
	RequestID string // to name to Yoti's support; empty when there is none
}

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

// refusal makes an error of an answer that is no result. Of its body only a code that
// looks like one is kept: the rest is not ours to repeat.
func refusal(response *http.Response, body []byte, now time.Time) error {
	e := &APIError{Status: response.StatusCode, Code: codeOf(body), RequestID: safe(response.Header.Get("X-Request-Id"))}
	return fmt.Errorf("%w: %w", meaning(response, now), e)
}

// meaning says in idv's errors what a status means. Source: Yoti IDV, error codes.
func meaning(response *http.Response, now time.Time) error {
	switch response.StatusCode {
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

// longestWait is the longest Retry-After that is believed.
const longestWait = time.Hour

// retryAfter reads the header of that name: seconds, or a date. It returns the zero
// time for anything else.
func retryAfter(header string, now time.Time) time.Time {
	if seconds, err := strconv.ParseUint(header, 10, 32); err == nil {
		return now.Add(min(time.Duration(seconds)*time.Second, longestWait))
	}
	at, err := http.ParseTime(header)
	if err != nil || !at.After(now) {
		return time.Time{}
	}
	return now.Add(min(at.Sub(now), longestWait))
}

// codeOf returns the code of an error body; empty when it has none.
// Source: Yoti IDV, error codes.
func codeOf(body []byte) string {
	var answer struct {
		Code string `json:"code"`
	}
	if json.Unmarshal(body, &answer) != nil {
		return ""
	}
	return safe(answer.Code)
}

// plain is text from outside that may be repeated in a log.
var plain = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,64}$`)

func safe(s string) string {
	if plain.MatchString(s) {
		return s
	}
	return ""
}

// failure says in idv's errors why there was no answer. What the network said is kept
// only as far as it names nobody.
func failure(err error) error {
	var timeout net.Error
	switch {
	case errors.Is(err, idv.ErrTooLarge):
		return idv.ErrTooLarge
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded),
		errors.As(err, &timeout) && timeout.Timeout():
		return idv.ErrTimedOut
	case errors.Is(err, context.Canceled):
		return err
	}
	return idv.ErrUnreachable
}
