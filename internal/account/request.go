package account

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Supervisors confirm what others decide, so whoever can act as one can confirm what they
// decided themself. No admin lets anybody act as a supervisor alone: one asks, and another
// confirms. Where there is nobody else to confirm, the request waits for a day, in which every
// supervisor reads of it and may object.
//
// Whoever confirms a request carries it out by that, and sees the link that it makes: the one
// who asked, and would gain most from a link of their own asking, does not.

// Request is what an admin asked for.
type Request struct {
	ID int64 // Seq of the entry with which it was asked
	RequestTerms
	AskedBy Person // with ID and name
	AskedAt time.Time
	State   RequestState
	EndedBy string // who carried it out or cancelled it; empty while nobody did
	EndedAt time.Time
}

// RequestTerms are what is asked for, as the record has it.
type RequestTerms struct {
	Kind    RequestKind `json:"kind"`
	Account int64       `json:"account,omitempty"` // zero for one that is to be made
	Name    string      `json:"name"`              // of the account
	Reason  string      `json:"reason,omitempty"`
	Alone   bool        `json:"alone,omitempty"` // whether nobody else could confirm it when it was asked
}

// RequestKind is a kind of request.
type RequestKind string

// The kinds.
const (
	NewSupervisor     RequestKind = "new-supervisor"     // an account, and a link to choose its password
	BecomeSupervisor  RequestKind = "supervisor"         // the role, for somebody who has an account
	SupervisorLink    RequestKind = "supervisor-link"    // a link to choose a supervisor's password
	SupervisorFactors RequestKind = "supervisor-factors" // taking a supervisor's factors away
)

// MakesLink reports whether a request ends in a link, by which a password is chosen.
func (k RequestKind) MakesLink() bool { return k == NewSupervisor || k == SupervisorLink }

// Words say what is asked for, as a sentence without its stop.
func (t *RequestTerms) Words() string {
	switch t.Kind {
	case NewSupervisor:
		return "Create the supervisor account " + t.Name
	case BecomeSupervisor:
		return "Give " + t.Name + " the role Supervisor"
	case SupervisorLink:
		return "Create a password link for the supervisor " + t.Name
	case SupervisorFactors:
		return "Remove the passkeys and codes of the supervisor " + t.Name + ": " + t.Reason
	}
	return string(t.Kind) + " " + t.Name
}

// RequestState is how far a request came.
type RequestState string

// The states. One that is open may have lapsed; see Request.IsOpen.
const (
	RequestOpen      RequestState = "open"
	RequestDone      RequestState = "done"
	RequestWithdrawn RequestState = "cancelled"
)

const (
	// RequestWait is how long a request waits for objections where nobody else can confirm it.
	RequestWait = 24 * time.Hour
	// RequestValidity is after how long a request that was not carried out lapses.
	RequestValidity = 7 * 24 * time.Hour
	// RequestToldFor is how long supervisors read of a request after it was carried out.
	RequestToldFor = 24 * time.Hour
)

// IsOpen reports whether a request can still be carried out, now or later.
func (r *Request) IsOpen(now time.Time) bool {
	return r.State == RequestOpen && now.Before(r.AskedAt.Add(RequestValidity))
}

// Due is when whoever asked may carry the request out; zero when only somebody else may.
func (r *Request) Due() time.Time {
	if !r.Alone {
		return time.Time{}
	}
	return r.AskedAt.Add(RequestWait)
}

// IsDue reports whether whoever asked may carry the request out at a time.
func (r *Request) IsDue(now time.Time) bool {
	return r.IsOpen(now) && r.Alone && !now.Before(r.Due())
}

// MayCarryOut returns nil when somebody may carry the request out: another admin, who confirms
// it by that, or whoever asked, once the wait is over. With onePerson set, they and whoever
// asked may be one person.
func (r *Request) MayCarryOut(who Person, onePerson bool, now time.Time) error {
	own := who.ID == r.AskedBy.ID
	switch {
	case !r.IsOpen(now):
		return ErrRequestOver
	case who.Disabled || !who.Role.May(ManageAccounts):
		return ErrMayNotConfirm
	case own && r.IsDue(now):
		return nil
	case own:
		return ErrOwnRequest
	case onePerson:
		return ErrConfirmerIsAsker
	}
	return nil
}

// MayCancel reports whether somebody may cancel the request: any admin, and any supervisor, who
// objects by that.
func (r *Request) MayCancel(who Person, now time.Time) bool {
	return r.IsOpen(now) && !who.Disabled && who.Role.May(ObjectToRequests)
}

// IsToldTo reports whether somebody with a role reads of the request on their pages: admins of
// what is open, and supervisors also of what was carried out since a day.
func (r *Request) IsToldTo(role Role, now time.Time) bool {
	switch {
	case !role.May(ObjectToRequests):
		return false
	case r.IsOpen(now):
		return true
	}
	return r.State == RequestDone && !role.May(ManageAccounts) && now.Before(r.EndedAt.Add(RequestToldFor))
}

// NeedsRequest reports whether a change of an account that has, or gets, a role is one that
// its author may not make alone. The operator may do everything, and so may the system, which does
// what the company's sign-in says.
func (c ChangedBy) NeedsRequest(role Role) bool {
	return role == Supervisor && c.By.ID > 0 && c.Request == nil
}

var (
	// ErrNeedsRequest is returned for what an admin may ask for, and not do alone.
	ErrNeedsRequest = errors.New("another admin has to confirm this")
	// ErrRequestOver is returned when there is no such request, or it was carried out or
	// cancelled, or lapsed.
	ErrRequestOver = errors.New("the request is not open")
	// ErrRequestTwice is returned when the same is asked for already.
	ErrRequestTwice = errors.New("the same is requested already")
	// ErrOwnRequest is returned when somebody confirms what they asked for, or before its time.
	ErrOwnRequest = errors.New("nobody confirms their own request")
	// ErrConfirmerIsAsker is returned when, as far as the record goes, one person may have asked
	// and confirms.
	ErrConfirmerIsAsker = errors.New("one person could have asked for this and confirm it")
	// ErrMayNotConfirm is returned when somebody is no admin, or not any more.
	ErrMayNotConfirm = errors.New("only an admin confirms a request")
	// ErrLastAdmin is returned when nobody would be left who can sign in and manage accounts.
	ErrLastAdmin = errors.New("nobody would be left who manages accounts")
	// ErrNoFactors is returned when an account has no passkeys and codes that could be removed.
	ErrNoFactors = errors.New("the account has no passkeys and codes")
)

// RequestStore is where requests are kept.
type RequestStore interface {
	// AskFor puts a request on record and returns it. It returns ErrMayNotConfirm when c is by
	// nobody who manages accounts, ErrRequestTwice when the same is open already, and the errors
	// of what is asked for where it could not be done.
	AskFor(ctx context.Context, terms RequestTerms, c ChangedBy) (Request, error)
	// CarryOut does what was asked for, in one transaction with its record, and returns the
	// request. The token is that of the link, where one is made. It returns the errors of
	// Request.MayCarryOut, and of what is done.
	CarryOut(ctx context.Context, id int64, token [32]byte, c ChangedBy) (Request, error)
	// CancelRequest ends an open request and returns it; ErrRequestOver when there is none that c
	// may cancel.
	CancelRequest(ctx context.Context, id int64, c ChangedBy) (Request, error)
	// Requests lists what is open at the time now, and what was carried out shortly before, the
	// oldest first.
	Requests(ctx context.Context, now time.Time) ([]Request, error)
	// TakeFactors removes all second factors and recovery codes of the account with the name
	// key and ends its sessions. It returns ErrNoAccount when there is no such account,
	// ErrNoFactors when it has none, and ErrNeedsRequest when c may not do it alone.
	TakeFactors(ctx context.Context, key, reason string, c ChangedBy) error
}

// Ask puts on record what an admin asks for, which another has to confirm. It returns a
// *Refused when the name or the reason cannot be had, and the errors of RequestStore.AskFor.
func (s *Service) Ask(ctx context.Context, terms RequestTerms, by Person) (Request, error) {
	var err error
	switch terms.Kind {
	case NewSupervisor:
		_, err = s.newAccount(terms.Name, Supervisor)
	case SupervisorFactors:
		terms.Reason, err = parseReason(terms.Reason)
	}
	if err != nil {
		return Request{}, err
	}
	r, err := s.Records.AskFor(ctx, terms, s.changeBy(by))
	if err != nil {
		return Request{}, fmt.Errorf("ask for a change: %w", err)
	}
	return r, nil
}

// CarryOut does what was asked for, and returns the token of the link that it made; empty where
// it made none. It returns the errors of RequestStore.CarryOut.
func (s *Service) CarryOut(ctx context.Context, id int64, by Person) (Request, string, error) {
	token := rand.Text()
	r, err := s.Records.CarryOut(ctx, id, linkHash(token), s.changeBy(by))
	if err != nil {
		return Request{}, "", fmt.Errorf("carry out a request: %w", err)
	}
	if !r.Kind.MakesLink() {
		token = ""
	}
	return r, token, nil
}

// CancelRequest ends a request and returns it: an admin withdraws it, or a supervisor objects.
func (s *Service) CancelRequest(ctx context.Context, id int64, by Person) (Request, error) {
	r, err := s.Records.CancelRequest(ctx, id, s.changeBy(by))
	if err != nil {
		return Request{}, fmt.Errorf("cancel a request: %w", err)
	}
	return r, nil
}

// RequestsFor lists the requests that somebody reads of, the oldest first.
func (s *Service) RequestsFor(ctx context.Context, who Person) ([]Request, error) {
	if !who.Role.May(ObjectToRequests) {
		return nil, nil
	}
	now := s.Now()
	list, err := s.Records.Requests(ctx, now)
	if err != nil {
		return nil, fmt.Errorf("list requests: %w", err)
	}
	return slices.DeleteFunc(list, func(r Request) bool { return !r.IsToldTo(who.Role, now) }), nil
}

// TakeFactors removes the passkeys and codes of somebody who lost them, who is told why. It
// returns a *Refused when the reason cannot be had, and the errors of RequestStore.TakeFactors.
func (s *Service) TakeFactors(ctx context.Context, name, reason string, by Person) error {
	reason, err := parseReason(reason)
	if err != nil {
		return err
	}
	if err := s.Records.TakeFactors(ctx, signInKey(name), reason, s.changeBy(by)); err != nil {
		return fmt.Errorf("remove passkeys and codes: %w", err)
	}
	return nil
}

// maxReason is how long a reason for a change of an account may be, in characters.
const maxReason = 200

// parseReason reads why an account is changed, or returns a *Refused.
func parseReason(text string) (string, error) {
	reason := strings.Join(strings.Fields(text), " ")
	why := ""
	switch {
	case reason == "":
		why = "Enter a reason: the person reads it at the next sign-in."
	case utf8.RuneCountInString(reason) > maxReason:
		why = fmt.Sprintf("The reason is too long; it may have %d characters.", maxReason)
	case !utf8.ValidString(reason) || strings.ContainsFunc(reason, unicode.IsControl):
		why = "The reason holds characters that a keyboard cannot type."
	}
	return reason, asRefused(FieldReason, why)
}

// asRefused is a *Refused, or nil for nothing.
func asRefused(field, why string) error {
	if why == "" {
		return nil
	}
	return &Refused{field, why}
}

// AskedByWords names who asked for a change that somebody else carried out; empty where nobody
// else did.
func (r *RecordedChange) AskedByWords() string {
	if r.AskedBy == "" || r.AskedBy == r.By {
		return ""
	}
	return r.AskedBy
}
