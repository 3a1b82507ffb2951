package review

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
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
	Answer
	Place LedgerPosition
}

// Answer is what Yoti's answer said of itself. The zero Answer is that of none.
type Answer struct {
	Status int    // of HTTP
	Code   string // Yoti's, such as SESSION_EXPIRED; empty when there is none
}

// AnswerOf returns the answer behind an error of fetching.
func AnswerOf(err error) Answer {
	var answered interface {
		Answer() (status int, code string)
	}
	if !errors.As(err, &answered) {
		return Answer{}
	}
	status, code := answered.Answer()
	return Answer{status, code}
}

// String says the answer in a sentence; empty where there was none.
func (a Answer) String() string {
	switch {
	case a.Status == 0:
		return ""
	case a.Code == "":
		return fmt.Sprintf("Yoti answered with HTTP status %d.", a.Status)
	}
	return fmt.Sprintf("Yoti answered with HTTP status %d and the code %s.", a.Status, a.Code)
}

// Text is the failure as records keep it: its kind, then the status and the code of the
// answer where there was one. ParseFailure reads it.
func (f *Failure) Text() string {
	text := string(f.Kind)
	if f.Status != 0 {
		text += " " + strconv.Itoa(f.Status)
	}
	if f.Status != 0 && f.Code != "" {
		text += " " + f.Code
	}
	return text
}

// ParseFailure reads what Text wrote, and a kind alone, which is what records held
// before.
func ParseFailure(text string) (FailureKind, Answer) {
	kind, rest, _ := strings.Cut(text, " ")
	status, code, _ := strings.Cut(rest, " ")
	number, err := strconv.Atoi(status)
	if err != nil {
		return FailureKind(kind), Answer{}
	}
	return FailureKind(kind), Answer{number, code}
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
	NotFound      FailureKind = "not-found"
	Unauthorised  FailureKind = "unauthorised"
	Forbidden     FailureKind = "forbidden"
	NotReady      FailureKind = "not-ready"
	Expired       FailureKind = "expired"
	NoApplication FailureKind = "no-application"
	Malformed     FailureKind = "not-understood"
	Empty         FailureKind = "empty"
	RateLimited   FailureKind = "rate-limited"
	Unavailable   FailureKind = "unavailable"
	TooLarge      FailureKind = "too-large"
	Invalid       FailureKind = "invalid"
	TimedOut      FailureKind = "timed-out"
	Unreachable   FailureKind = "unreachable"
	Withheld      FailureKind = "withheld" // of a medium only
	KeyEchoed     FailureKind = "key-echoed"
	Unexpected    FailureKind = "unexpected"
)

// FailureWord is a kind of failure in plain words.
type FailureWord struct {
	Title  string // what happened
	Advice string // what the reader can do
}

// failureRow is what is known of a kind of failure. Where there are words for a medium, for
// Yoti's report or for an envelope, those in general do not fit.
type failureRow struct {
	err      error // of idv
	kind     FailureKind
	word     FailureWord
	medium   FailureWord
	report   FailureWord
	envelope FailureWord
}

// failures are all kinds of failure.
var failures = []failureRow{
	{err: idv.ErrNotFound, kind: NotFound,
		word:     FailureWord{"Yoti has no session result for this recipient.", "Check the ID against the envelope. The signer may not have begun, the envelope may ask for no identity check, or Yoti may have deleted the session."},
		medium:   FailureWord{"Yoti no longer has this.", "Media are deleted after the time that the session was configured with, about 30 days. What the checks found stays."},
		report:   FailureWord{"Yoti has no report on this session.", "It may have been deleted with the session, after the time that was configured. What the checks found stays."},
		envelope: FailureWord{"Yoti Sign has no such envelope.", "Check the ID. That of a recipient or of a session is a UUID too, and opens no envelope."}},
	{err: idv.ErrUnauthorised, kind: Unauthorised,
		word: FailureWord{"Yoti did not accept the API key.", "The operator has to configure a valid key."}},
	{err: idv.ErrForbidden, kind: Forbidden,
		word:     FailureWord{"This API key may not read this recipient.", "The envelope probably belongs to another organisation at Yoti. Ask the operator."},
		envelope: FailureWord{"This API key may not read this envelope.", "Another key created it, or another organisation at Yoti. Ask the operator."}},
	{err: idv.ErrNotReady, kind: NotReady,
		word:   FailureWord{"The session has nothing to show yet.", "The signer has not got far enough. Try again later."},
		medium: FailureWord{"Yoti does not have this yet.", "Try again when the session is completed."}},
	{err: idv.ErrExpired, kind: Expired,
		word:   FailureWord{"The session has expired.", "Nothing more will be added. Only a resent envelope starts a new attempt: the sender has to send it again."},
		medium: FailureWord{"The session has expired.", "Yoti no longer gives this. Only a resent envelope starts a new attempt: the sender has to send it again."}},
	{err: idv.ErrNoApplication, kind: NoApplication,
		word:     FailureWord{"Yoti does not recognise the API key's application.", "This says nothing about the recipient. The operator should check the key, and whether it belongs to this Yoti address."},
		envelope: FailureWord{"Yoti does not recognise the API key's application.", "This says nothing about the envelope. The operator should check the key, and whether it belongs to this Yoti address."}},
	{err: idv.ErrNotUnderstood, kind: Malformed,
		word:     FailureWord{"Yoti did not understand the request.", "Check the ID against the envelope. If it is right, tell the operator."},
		envelope: FailureWord{"Yoti did not understand the request.", "Check the ID of the envelope. If it is right, tell the operator."}},
	{err: idv.ErrEmpty, kind: Empty,
		word:   FailureWord{"Yoti sent nothing.", "The answer was successful but empty, so there is nothing to show. Try again; if this persists, tell the operator."},
		medium: FailureWord{"Yoti sent nothing.", "The answer was successful but empty. Try again; if this persists, tell the operator."}},
	{err: idv.ErrRateLimited, kind: RateLimited,
		word: FailureWord{"Yoti's rate limit was reached.", "Wait a little, then try again."}},
	{err: idv.ErrUnavailable, kind: Unavailable,
		word: FailureWord{"Yoti is unavailable.", "Try again in a few minutes."}},
	{err: idv.ErrTooLarge, kind: TooLarge,
		word:     FailureWord{"Yoti's answer is larger than a session result can be.", "None of it was kept. Tell the operator."},
		medium:   FailureWord{"This is too large to show.", "None of it was kept. Tell the operator."},
		report:   FailureWord{"Yoti's report is too large to be passed on.", "None of it was kept. Tell the operator."},
		envelope: FailureWord{"Yoti's answer is larger than an envelope can be.", "None of it was kept. Tell the operator."}},
	{err: idv.ErrInvalid, kind: Invalid,
		word:     FailureWord{"Yoti's response was invalid; nothing is shown.", "It is damaged, ambiguous or not a session result. Try again; if this persists, tell the operator."},
		medium:   FailureWord{"What Yoti sent is damaged.", "None of it is shown. Try again; if this persists, tell the operator."},
		report:   FailureWord{"What Yoti sent is not a report.", "It is damaged, or not an archive with one PDF, so none of it is passed on. Try again; if this persists, tell the operator."},
		envelope: FailureWord{"Yoti's response was invalid; nothing is shown.", "It is damaged, ambiguous, or not about this envelope. Try again; if this persists, tell the operator."}},
	{err: idv.ErrTimedOut, kind: TimedOut,
		word: FailureWord{"Yoti did not answer in time.", "Try again in a moment."}},
	{err: idv.ErrUnreachable, kind: Unreachable,
		word: FailureWord{"Yoti could not be reached.", "The network or the configured address is at fault. Try again in a moment."}},
	{err: idv.ErrWithheld, kind: Withheld,
		medium: FailureWord{"Yoti withholds this.", "The law, or a number that is not masked yet, keeps it from being shown."}},
	{err: idv.ErrKeyEchoed, kind: KeyEchoed,
		word: FailureWord{"Yoti's answer held Countersign's own API key.", "None of it is shown or kept, so that the key is not exposed further. Tell the operator: the key should be replaced, and Yoti asked why it was sent back."}},
	{err: idv.ErrUnexpected, kind: Unexpected},
}

// undocumented is what is said of every other failure.
var undocumented = FailureWord{"Yoti's answer does not follow its documentation.", "None of it was kept. If this persists, tell the operator."}

// KindOf returns the kind of an error of idv, and false for any other error.
func KindOf(err error) (FailureKind, bool) {
	for i := range failures {
		if errors.Is(err, failures[i].err) {
			return failures[i].kind, true
		}
	}
	return "", false
}

// description returns what is known of the kind.
func (k FailureKind) description() failureRow {
	i := slices.IndexFunc(failures, func(f failureRow) bool { return f.kind == k })
	if i < 0 {
		return failureRow{kind: k}
	}
	return failures[i]
}

// Word says what happened and what can be done about it.
func (k FailureKind) Word() FailureWord { return cmp.Or(k.description().word, undocumented) }

// MediumWord says the same where it was a medium that could not be had.
func (k FailureKind) MediumWord() FailureWord { return cmp.Or(k.description().medium, k.Word()) }

// ReportWord says the same where it was Yoti's report that could not be had.
func (k FailureKind) ReportWord() FailureWord { return cmp.Or(k.description().report, k.Word()) }

// EnvelopeWord says the same where it was an envelope that could not be had.
func (k FailureKind) EnvelopeWord() FailureWord { return cmp.Or(k.description().envelope, k.Word()) }

// ResetWord says the same where it was a session limit that was not reset.
func (k FailureKind) ResetWord() FailureWord {
	if k == NotReady {
		return FailureWord{"Yoti refused to reset the limit.", "Perhaps the session goes on, or no more sessions can be allowed."}
	}
	return k.Word()
}
