package idv

import (
	"errors"
	"time"
)

// The reasons why a session result, a medium that it names, or an envelope cannot be had.
// Whoever fetches one returns an error that wraps exactly one of these.
var (
	// ErrNotFound: Yoti knows no session for the recipient, or no such envelope. It does
	// not say whether the recipient is unknown, has no IDV, has not begun or was deleted.
	ErrNotFound = errors.New("not found at Yoti")
	// ErrUnauthorised: the API key is missing, wrong or revoked.
	ErrUnauthorised = errors.New("the API key was not accepted")
	// ErrForbidden: the key is good but may not read this recipient, or this envelope.
	ErrForbidden = errors.New("the API key may not read it")
	// ErrNotReady: the session exists but has nothing to give yet (409).
	ErrNotReady = errors.New("the session is not ready")
	// ErrExpired: the session ran out. Only a resent envelope starts another.
	ErrExpired = errors.New("the session has expired")
	// ErrNoApplication: Yoti does not know the application of the API key. It says
	// nothing about the recipient.
	ErrNoApplication = errors.New("the application of the API key is not known")
	// ErrNotUnderstood: Yoti did not understand the request.
	ErrNotUnderstood = errors.New("the request was not understood")
	// ErrEmpty: the answer has no content.
	ErrEmpty = errors.New("the answer is empty")
	// ErrRateLimited: too many requests; see RateLimit for the time to wait.
	ErrRateLimited = errors.New("too many requests")
	// ErrUnavailable: Yoti answered with a fault of its own.
	ErrUnavailable = errors.New("the service is unavailable")
	// ErrTooLarge: the answer is larger than a session result can sensibly be.
	ErrTooLarge = errors.New("the answer is too large")
	// ErrInvalid: the answer is no JSON that can be trusted to have one meaning.
	ErrInvalid = errors.New("the answer is not valid")
	// ErrTimedOut: no answer in the time allowed.
	ErrTimedOut = errors.New("no answer in time")
	// ErrUnreachable: no connection could be made.
	ErrUnreachable = errors.New("the service cannot be reached")
	// ErrWithheld: the medium exists but may not be shown, such as a document whose
	// number is not masked yet (204).
	ErrWithheld = errors.New("the medium may not be shown")
	// ErrKeyEchoed: the answer held the API key, so nothing of it is handed on.
	ErrKeyEchoed = errors.New("the answer held the API key")
	// ErrOutcomeUnknown: what was asked for may have been done or not.
	ErrOutcomeUnknown = errors.New("it is not known whether it was done")
	// ErrUnexpected: an answer that the API does not promise, such as a redirect.
	ErrUnexpected = errors.New("an unexpected answer")
)

// RateLimit is an ErrRateLimited that may know when to ask again.
type RateLimit struct {
	Until time.Time // zero when Yoti did not say
}

func (e *RateLimit) Error() string { return ErrRateLimited.Error() }

// Is reports whether target is ErrRateLimited.
func (e *RateLimit) Is(target error) bool { return target == ErrRateLimited }
