// Package account is who may sign in, and what they may do.
//
// A Door lets people in: it keeps their accounts, checks their passwords and makes
// those wait who fail too often. It promises:
//
//   - Nobody learns from it which names exist. An unknown name, a wrong password and
//     a disabled account give the same answer, after the same work and the same waits.
//   - An attempt counts as failed before its password is looked at, and is taken back
//     when it succeeds, so that guesses made side by side all count.
//   - A password is kept as an argon2id hash and nowhere else; errors hold none.
//   - An account that is disabled, or gets another password, is signed out everywhere.
//
// What a role may do is answered by Role.May, and denied unless it is written there.
package account

import (
	"context"
	"errors"
	"time"
)

// Person is somebody who has an account. The zero Person is nobody in particular and
// may do only what Anyone may.
type Person struct {
	ID       int64
	Name     string // as it was given, to be shown
	Role     Role
	Disabled bool // whether the account may no longer sign in
	Created  time.Time
}

// Account is a person's account with what only the Door needs of it.
type Account struct {
	Person
	Key      string // of the name, from NameKey; no two accounts have the same
	Password string // hash, as a PHC string
}

// Failures are the failed sign-ins counted against a subject.
type Failures struct {
	Subject string // a name or a network address, hashed; at most 80 ASCII characters
	Count   int    // zero when nothing is kept
	Last    time.Time
}

// Records is where accounts and failures are kept: *store.Store. Each method is one
// transaction, and has taken effect for good when it returns nil.
type Records interface {
	// AddAccount keeps a new account and returns the ID that it was given; a.ID and
	// a.Disabled are not looked at. It returns ErrNameTaken when an account has the
	// key of a, and with first set ErrNotFirst when there is any account, which is
	// decided in the same transaction.
	AddAccount(ctx context.Context, a Account, first bool) (int64, error)
	// Account returns the account with the name key, disabled or not; ErrUnknown when
	// there is none.
	Account(ctx context.Context, key string) (Account, error)
	// Accounts returns everybody who has an account, disabled or not, by name key.
	Accounts(ctx context.Context) ([]Person, error)
	// SetPassword replaces the password hash of the account with the name key and
	// ends its sessions. It returns ErrUnknown when there is no such account.
	SetPassword(ctx context.Context, key, password string) error
	// DisableAccount disables the account with the name key as of the time at and ends
	// its sessions. One that is disabled already keeps its time. It returns ErrUnknown
	// when there is no such account.
	DisableAccount(ctx context.Context, key string, at time.Time) error
	// ChangeFailures forgets all failures, of any subject, whose Last is before since.
	// It then reads those of the subjects, calls change with one Failures for each, in
	// the order of subjects (Count zero and Last zero where nothing is kept), and keeps
	// what change leaves in the slice, removing those whose Count is zero or less. The
	// reading and the writing are one write transaction, so that no other change comes
	// between. When change returns an error, nothing is written and that error is
	// returned, wrapped or as it is. change may be called again if the transaction has
	// to be.
	ChangeFailures(ctx context.Context, subjects []string, since time.Time, change func([]Failures) error) error
}

var (
	// ErrWrong: the name and the password do not open an account. It is the same for
	// an unknown name, a wrong password and a disabled account.
	ErrWrong = errors.New("the name or the password is wrong")
	// ErrNameTaken: an account has that name, perhaps in other letter case.
	ErrNameTaken = errors.New("an account with this name exists")
	// ErrNotFirst: the first account was to be made, but there is one.
	ErrNotFirst = errors.New("there are accounts already")
	// ErrUnknown: there is no account of that name.
	ErrUnknown = errors.New("there is no account with this name")
	// ErrNoSession: nobody is signed in with that token, or the account was disabled.
	ErrNoSession = errors.New("there is no such session")
)

// Wait says that too many sign-ins failed and none is looked at before Until.
type Wait struct{ Until time.Time }

func (e *Wait) Error() string { return "too many sign-ins failed; wait before the next" }

// Refused says why a name or a password cannot be had, in a sentence for the person
// who chose it.
type Refused struct {
	Field string // FieldName or FieldPassword
	Why   string
}

func (e *Refused) Error() string { return e.Why }

// What a Refused can be about.
const (
	FieldName     = "name"
	FieldPassword = "password"
)
