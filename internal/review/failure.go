package review

import (
	"errors"
	"time"

	"countersign/internal/account"
	"countersign/internal/idv"
)

// Failure is an attempt to fetch a result that did not give one.
type Failure struct {
	At    time.Time
	By    account.Person
	Kind  FailureKind
	Until time.Time // before which Yoti does not want to be asked; zero when unknown
	Place Place
}

// Holds reports whether Yoti is to be left alone at a time. What a clock wrote down that was
// ahead and was put right since counts for nothing: Yoti asks again if it minds.
func (f *Failure) Holds(now time.Time) bool {
	return f != nil && now.Before(f.Until) && !f.At.After(now.Add(account.ClockSlack))
}

// FailureKind says why a result could not be had, as one word for records, pages
// and logs.
type FailureKind string

// The kinds of failure, one for each of idv's errors that say why Yoti gave nothing.
const (
	NotFound     FailureKind = "not-found"
	Unauthorised FailureKind = "unauthorised"
	Forbidden    FailureKind = "forbidden"
	NotReady     FailureKind = "not-ready"
	RateLimited  FailureKind = "rate-limited"
	Unavailable  FailureKind = "unavailable"
	TooLarge     FailureKind = "too-large"
	Invalid      FailureKind = "invalid"
	TimedOut     FailureKind = "timed-out"
	Unreachable  FailureKind = "unreachable"
	Withheld     FailureKind = "withheld" // of a medium only
	Unexpected   FailureKind = "unexpected"
)

// FailureWord is a kind of failure in plain words.
type FailureWord struct {
	Title  string // what happened
	Advice string // what the reader can do
}

// Word says what happened and what can be done about it.
func (k FailureKind) Word() FailureWord {
	switch k {
	case NotFound:
		return FailureWord{"Yoti has no session result for this recipient.", "Check the ID against the envelope. The signer may not have begun, the envelope may ask for no identity check, or Yoti may have deleted the session."}
	case Unauthorised:
		return FailureWord{"Yoti did not accept the API key.", "Whoever runs Countersign has to give it a valid key."}
	case Forbidden:
		return FailureWord{"This API key may not read this recipient.", "The envelope probably belongs to another organisation at Yoti. Ask whoever runs Countersign."}
	case NotReady:
		return FailureWord{"The session has nothing to show yet.", "The signer has not got far enough. Try again later."}
	case RateLimited:
		return FailureWord{"Yoti was asked too often.", "Wait a little, then try again."}
	case Unavailable:
		return FailureWord{"Yoti has a fault at the moment.", "Try again in a few minutes."}
	case TooLarge:
		return FailureWord{"Yoti's answer is larger than a session result can be.", "Nothing of it was kept. Tell whoever runs Countersign."}
	case Invalid:
		return FailureWord{"Yoti's answer could not be trusted to have one meaning.", "It is damaged, ambiguous or no session result, so nothing of it is shown. Try again; if it stays so, tell whoever runs Countersign."}
	case TimedOut:
		return FailureWord{"Yoti did not answer in time.", "Try again in a moment."}
	case Unreachable:
		return FailureWord{"Yoti could not be reached.", "The network or the configured address is at fault. Try again in a moment."}
	}
	return FailureWord{"Yoti answered in a way that its documentation does not promise.", "Nothing of it was kept. If it stays so, tell whoever runs Countersign."}
}

// MediumWord says the same where it was a medium that could not be had.
func (k FailureKind) MediumWord() FailureWord {
	switch k {
	case NotFound:
		return FailureWord{"Yoti no longer has this.", "Media are deleted after the time that the session was configured with, about 30 days. What the checks found stays."}
	case Withheld:
		return FailureWord{"Yoti withholds this.", "The law, or a number that is not masked yet, keeps it from being shown."}
	case TooLarge:
		return FailureWord{"This is too large to be passed on.", "Nothing of it was kept. Tell whoever runs Countersign."}
	case NotReady:
		return FailureWord{"Yoti does not have this yet.", "Try again when the session is completed."}
	case Invalid:
		return FailureWord{"What Yoti sent is damaged.", "Nothing of it is shown. Try again; if it stays so, tell whoever runs Countersign."}
	}
	return k.Word()
}

// KindOf returns the kind of an error of idv, and false for any other error.
func KindOf(err error) (FailureKind, bool) {
	for _, known := range []struct {
		err  error
		kind FailureKind
	}{
		{idv.ErrNotFound, NotFound},
		{idv.ErrUnauthorised, Unauthorised},
		{idv.ErrForbidden, Forbidden},
		{idv.ErrNotReady, NotReady},
		{idv.ErrRateLimited, RateLimited},
		{idv.ErrUnavailable, Unavailable},
		{idv.ErrTooLarge, TooLarge},
		{idv.ErrInvalid, Invalid},
		{idv.ErrTimedOut, TimedOut},
		{idv.ErrUnreachable, Unreachable},
		{idv.ErrWithheld, Withheld},
		{idv.ErrUnexpected, Unexpected},
	} {
		if errors.Is(err, known.err) {
			return known.kind, true
		}
	}
	return "", false
}
