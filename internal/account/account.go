// Package account is who may sign in, and what they may do.
//
// A Service lets people in: it keeps their accounts, checks their passwords and makes
// those wait who fail too often. It promises:
//
//   - Nobody learns from it which names exist. An unknown name, a wrong password and
//     a disabled account give the same answer, after the same work and the same waits.
//   - An attempt counts as failed before its password is looked at, and is taken back
//     when it succeeds, so that guesses made side by side all count.
//   - Guessing gets slower, from one network and from all together; but nobody's guesses
//     keep a person out of a browser in which they signed in before.
//   - A passkey answers a question once, within five minutes, for the purpose and the account for
//     which it was asked. One that counts back how often it was used opens nothing.
//   - A password is kept as an argon2id hash and nowhere else; errors hold none.
//   - An account that is disabled, or gets another password or role, is signed out everywhere.
//   - Who had the means to act as someone else is on record, and that person is told.
//   - No admin lets anybody act as a supervisor alone, and one who can sign in is always left.
//
// What a role may do is answered by Role.May, and denied unless it is written there.
package account

import (
	"errors"
	"time"
)

// Person is someone who has an account. The zero Person is nobody in particular and
// may do only what Anyone may.
type Person struct {
	ID       int64
	Name     string // as it was given, to be shown
	Role     Role
	Disabled bool // whether the account may no longer sign in
	Created  time.Time

	Preferences Preferences // of whoever is signed in; zero elsewhere
}

// Account is a person's account with what only the Service needs of it.
type Account struct {
	Person
	Key      string    // of the name, from NameKey; no two accounts have the same
	Password string    // hash, as a PHC string; empty while there is none
	Looks    Skeletons // of the name of a new account; nil elsewhere

	SecondFactor bool // whether the password alone does not open it
	BreakGlass   bool // whether it is for emergencies
}

// Listed is a person in a list of accounts.
type ListedPerson struct {
	Person
	NoPassword bool // whether nobody can sign in before a link was used
	Factors    Factors
	SignedIn   time.Time // day of the last sign-in; zero where that is not known
}

// Change is what was done to an account.
type Change string

// The changes.
const (
	Added           Change = "added"
	Disabled        Change = "disabled"
	RoleChanged     Change = "role"
	PasswordChanged Change = "password"
	LinkMade        Change = "link"         // to choose a password; the one before was made void
	Acknowledged    Change = "acknowledged" // the owner says to have seen what others changed

	PasswordRehashed Change = "password-rehashed" // the same one, to be harder to guess from its hash

	FactorAdded   Change = "factor-added"   // by its owner: a passkey, an app that makes codes, or recovery codes
	FactorRemoved Change = "factor-removed" // by its owner
	FactorsTaken  Change = "factors-taken"  // all of them, by an admin
	FactorRefused Change = "factor-refused" // nothing was changed: one was used that may have been copied

	RequestAsked     Change = "request-asked"     // by an admin, for what no admin does alone
	RequestConfirmed Change = "request-confirmed" // by another, who carries it out
	RequestCancelled Change = "request-cancelled"

	Bound          Change = "bound"            // to who its person is at the company's sign-in, by the operator
	BreakGlassUsed Change = "break-glass-used" // somebody signed in to the account for emergencies
)

// ChangedBy says who made a change, and when. The zero Person stands for
// the operator.
type ChangedBy struct {
	By            Person
	At            time.Time
	EvenLastAdmin bool     // whether nobody may be left who manages accounts
	Request       *Request // that the change carries out; nil where nobody had to ask
}

// Recorded is a change of an account on record.
type RecordedChange struct {
	Seq         int64 // of its entry in the ledger
	At          time.Time
	By          string // name; empty for the operator
	ByID        int64  // zero for the operator
	AccountName string
	What        Change
	Role        Role          // of the account, after the change
	ByLink      bool          // whether a password was chosen by a link
	LinkBy      string        // who made that link: a name; empty for the operator
	Factor      FactorKind    // that was added, removed or refused; empty where none was
	Reason      string        // why factors were taken away
	AskedBy     string        // who asked for it; empty where nobody had to
	Request     *RequestTerms // that was asked for, confirmed or cancelled; nil elsewhere
}

// Told reports whether the owner of an account is told of a change of it: of one that
// someone else made, of a password that anyone who had a link could choose, and of a factor that
// may have been copied.
func (r *RecordedChange) OwnerIsTold(owner int64) bool {
	switch r.What {
	case PasswordChanged:
		return r.ByLink || r.ByID != owner
	case RoleChanged, FactorsTaken, Bound:
		return r.ByID != owner
	case FactorRefused:
		return true
	}
	return false
}

// Notice is what the owner of an account has to be told.
type Notice struct {
	Changes []RecordedChange // the oldest first; empty when there is nothing to tell
	Last    time.Time        // when someone who was signed in said to have seen earlier ones; zero when nobody did
}

// Newest is the Seq of the newest change; zero when there is none.
func (n *Notice) Newest() int64 {
	if len(n.Changes) == 0 {
		return 0
	}
	return n.Changes[len(n.Changes)-1].Seq
}

// Failures are the failed sign-ins counted against a subject.
type Failures struct {
	Subject string // a name or a network address, hashed; at most 80 ASCII characters
	Count   int    // zero when nothing is kept
	Last    time.Time
}

// Records is where accounts are kept: *store.Store. Its parts are declared where they are
// used.
type Records interface {
	AccountStore
	LinkStore
	ChangeLog
	PreferenceStore
	FailureStore
	CodeStore
	HashStore
	ChallengeStore
	PasskeyStore
	RequestStore
	IdentityStore
	BreakGlassStore
}

var (
	// ErrWrongPassword is returned when the name and the password do not open an account. It is the
	// same for an unknown name, a wrong password and a disabled account.
	ErrWrongPassword = errors.New("the name or the password is wrong")
	// ErrNameTaken is returned when an account has that name, perhaps in other letter case.
	ErrNameTaken = errors.New("an account with this name exists")
	// ErrNotFirst is returned when the first account was to be made, but there is one.
	ErrNotFirst = errors.New("there are accounts already")
	// ErrNoAccount is returned when there is no account of that name.
	ErrNoAccount = errors.New("there is no account with this name")
	// ErrNoLink is returned when no link has that token, or it was used, replaced or is too old.
	ErrNoLink = errors.New("the link is not valid")
	// ErrNoPreference is returned when there is no preference of that name, or no such value
	// of it.
	ErrNoPreference = errors.New("there is no such preference")
	// ErrNoSession is returned when nobody is signed in with that token, or the account was
	// disabled.
	ErrNoSession = errors.New("there is no such session")
)

// Wait says that too many sign-ins failed and none is looked at before Until.
type Wait struct{ Until time.Time }

func (e *Wait) Error() string { return "too many sign-ins failed; wait before the next" }

// Refused says why a name or a password cannot be had, in a sentence for the person
// who chose it.
type Refused struct {
	Field string // FieldName, FieldPassword, FieldRole or FieldReason
	Why   string
}

func (e *Refused) Error() string { return e.Why }

// What a Refused can be about.
const (
	FieldName     = "name"
	FieldPassword = "password"
	FieldRole     = "role"
	FieldReason   = "reason"
)
