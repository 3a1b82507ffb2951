// Package securityevent is what a security team wants to hear of: who signed in and who tried
// to, whose rights changed, what was refused, what was taken away.
//
// An Event becomes a line of JSON on the log and a row that auditors read. It promises:
//
//   - It holds nobody's data. People are there by the number of their account, and signers not
//     at all. What somebody typed is in no event, not even a name at a failed sign-in: people
//     type passwords there.
//   - Its schema is stable: fields and events may be added, none is renamed or removed while
//     SchemaVersion stays.
//   - Whoever is refused over and over fills no disk: beyond a limit for each minute, such
//     events are counted together.
package securityevent

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"countersign/internal/account"
)

// SchemaVersion is the version of the form that events have as JSON.
const SchemaVersion = 1

// Kind is what happened.
type Kind string

// The kinds.
const (
	SignIn         Kind = "sign-in"
	FirstFactor    Kind = "first-factor" // the password was right, and a second factor is still due
	SignOut        Kind = "sign-out"
	SessionEnded   Kind = "session-ended" // other than by signing out
	SecondFactor   Kind = "second-factor"
	StepUp         Kind = "step-up" // a proof of presence before what cannot be undone
	FactorAdded    Kind = "factor-added"
	FactorRemoved  Kind = "factor-removed"
	FactorsTaken   Kind = "factors-taken" // by an admin
	CounterBack    Kind = "passkey-counter-went-back"
	PasswordSet    Kind = "password-changed"
	LinkMade       Kind = "link-made"
	LinkUsed       Kind = "link-used"
	RoleChanged    Kind = "role-changed"
	AccountAdded   Kind = "account-added"
	AccountClosed  Kind = "account-disabled"
	AccountBound   Kind = "account-bound"     // to who its person is at the company's sign-in
	CompanyEnded   Kind = "provider-sign-out" // the company's sign-in ended sessions
	BreakGlassUsed Kind = "break-glass-used"
	RequestAsked   Kind = "request-asked" // by an admin, for what no admin does alone
	RequestDone    Kind = "request-carried-out"
	RequestEnded   Kind = "request-cancelled"
	KeyChanged     Kind = "key-changed"
	ActionRefused  Kind = "action-refused" // the role does not allow it
	ForeignOrigin  Kind = "foreign-origin-refused"
	ForeignHost    Kind = "foreign-host-refused"
	WrongSecret    Kind = "wrong-webhook-secret"
	Export         Kind = "export"
	Erasure        Kind = "erasure"
	LimitReset     Kind = "limit-reset"
	RecordingEnded Kind = "recording-halted"
	RecordingBegun Kind = "recording-resumed"
	ServerStarted  Kind = "server-started"
	ServerStopped  Kind = "server-stopped"
)

// Kinds returns every kind, in the order in which a list offers them.
func Kinds() []Kind {
	return []Kind{
		SignIn, FirstFactor, SignOut, SessionEnded, SecondFactor, StepUp, FactorAdded, FactorRemoved, FactorsTaken, CounterBack,
		PasswordSet, LinkMade, LinkUsed, RoleChanged, AccountAdded, AccountClosed, AccountBound, CompanyEnded, BreakGlassUsed,
		RequestAsked, RequestDone, RequestEnded, ActionRefused, ForeignOrigin, ForeignHost, WrongSecret, Export, Erasure, LimitReset,
		KeyChanged, RecordingEnded, RecordingBegun, ServerStarted, ServerStopped,
	}
}

// OnLedger reports whether events of the kind, of an account that is known, are acts on the
// ledger: they stand there in batches, as views do.
func (k Kind) OnLedger() bool {
	return k == SignIn || k == FirstFactor || k == SignOut || k == SecondFactor
}

// Outcome is how it ended.
type Outcome string

// The outcomes.
const (
	Success Outcome = "success"
	Failure Outcome = "failure"
)

// Outcomes returns both.
func Outcomes() []Outcome { return []Outcome{Success, Failure} }

// Reason is a word of the program's that says how or why; never a text of anybody's. Where none
// of those below fits, it is another closed set of words: how somebody proved who they are, a
// role, an action, a kind of factor, of a request or of a fault, or a list.
type Reason string

// The reasons.
const (
	WrongAnswer    Reason = "wrong"         // what was given opens nothing
	TooMany        Reason = "too-many"      // earlier attempts failed, and this one was not looked at
	NotValid       Reason = "not-valid"     // a link that was used, replaced or is too old
	Replaced       Reason = "replaced"      // by another session in the same browser
	EndedByTime    Reason = "expired"       // not used for long enough, or too old
	ByLink         Reason = "link"          // with a link that was made for it
	ByOwner        Reason = "own"           // by whose it is
	ByPassword     Reason = "password"      // a proof of presence
	ByCode         Reason = "code"          // a proof of presence
	ByPasskey      Reason = "passkey"       // a proof of presence
	ByRecovery     Reason = "recovery"      // a second factor: a recovery code
	ByProvider     Reason = "provider"      // a proof of presence to the company's sign-in
	ByOperator     Reason = "operator"      // on the command line
	BundleTaken    Reason = "bundle"        // an evidence bundle
	FirstAccount   Reason = "first-account" // with the link that the server prints
	BreakGlassMade Reason = "break-glass"   // the emergency account
	DataKey        Reason = "data-key"
	SigningKey     Reason = "signing-key"
	CountedSummary Reason = "more" // Count events of the kind that were not written one by one
)

// Event is something that happened.
type Event struct {
	ID      int64 // of its row; zero before it has one
	Time    time.Time
	Kind    Kind
	Outcome Outcome
	Account int64        // who did it; zero where that is not known, and for the operator
	Role    account.Role // of that account; empty where there is none
	Subject int64        // whose account it is about, where that is another
	Session string       // as SessionDigest; empty where there is none
	Address string       // network address; empty where there is none
	Request string       // our ID of the request
	Route   string       // pattern of the route, or the command
	Reason  Reason
	Count   int  // for how many events it stands; zero is one
	OnLog   bool // whether it was written to a log

	Name, SubjectName string // of the accounts; only in lists
}

// SessionDigest is by what a session is known in events: enough of the SHA-256 of its token's
// hash to tell sessions apart, and nothing that opens one.
func SessionDigest(token [sha256.Size]byte) string {
	if token == [sha256.Size]byte{} {
		return ""
	}
	sum := sha256.Sum256(token[:])
	return hex.EncodeToString(sum[:6])
}

// timeLayout is RFC 3339 in UTC, with milliseconds.
const timeLayout = "2006-01-02T15:04:05.000Z"

// line is an event as JSON.
type line struct {
	Log     string  `json:"log"` // tells events apart from the rest of the log
	Version int     `json:"version"`
	Time    string  `json:"time"`
	Event   Kind    `json:"event"`
	Outcome Outcome `json:"outcome"`
	Account int64   `json:"account,omitempty"`
	Role    string  `json:"role,omitempty"`
	Subject int64   `json:"subject,omitempty"`
	Session string  `json:"session,omitempty"`
	Address string  `json:"address,omitempty"`
	Request string  `json:"request,omitempty"`
	Route   string  `json:"route,omitempty"`
	Reason  Reason  `json:"reason,omitempty"`
	Count   int     `json:"count,omitempty"`
}

// Line is the event as a line of JSON, with its end.
func (e *Event) Line() ([]byte, error) {
	var text bytes.Buffer
	w := json.NewEncoder(&text)
	w.SetEscapeHTML(false)
	err := w.Encode(line{
		Log: "security", Version: SchemaVersion, Time: e.Time.UTC().Format(timeLayout), Event: e.Kind, Outcome: e.Outcome,
		Account: e.Account, Role: string(e.Role), Subject: e.Subject, Session: e.Session, Address: e.Address,
		Request: e.Request, Route: e.Route, Reason: e.Reason, Count: e.Count,
	})
	if err != nil {
		return nil, fmt.Errorf("write a security event: %w", err)
	}
	return text.Bytes(), nil
}

// Columns names the values of Row. All but the first and the names are those of the JSON.
func Columns() []string {
	return []string{"number", "time", "event", "outcome", "account", "name", "role", "subject", "subject_name", "session", "address", "request", "route", "reason", "count"}
}

// Row is the event as a row of a table.
func (e *Event) Row() []string {
	return []string{
		numberOrNone(e.ID), e.Time.UTC().Format(timeLayout), string(e.Kind), string(e.Outcome), numberOrNone(e.Account), e.Name, string(e.Role),
		numberOrNone(e.Subject), e.SubjectName, e.Session, e.Address, e.Request, e.Route, string(e.Reason), numberOrNone(int64(e.Count)),
	}
}

func numberOrNone(n int64) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprint(n)
}
