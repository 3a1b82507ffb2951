package account

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// AccountStore is where people, their roles and their passwords are kept.
type AccountStore interface {
	// AddAccount keeps a new account and returns the ID that it was given; a.ID and
	// a.Disabled are not looked at. It returns ErrNameTaken when an account has the
	// key of a, a *Refused when the name of one may be taken for that of a, and with first set ErrNotFirst when there is any account, which is
	// decided in the same transaction. It returns ErrNeedsRequest when c may not do it alone.
	AddAccount(ctx context.Context, a Account, first bool, c ChangedBy) (int64, error)
	// Account returns the account with the name key, disabled or not; ErrNoAccount when
	// there is none.
	Account(ctx context.Context, key string) (Account, error)
	// Accounts returns everybody who has an account, disabled or not, by name key.
	Accounts(ctx context.Context) ([]ListedPerson, error)
	// SetPassword replaces the password hash of the account with the name key, voids
	// its link and ends its sessions. It returns ErrNoAccount when there is no such
	// account.
	SetPassword(ctx context.Context, key, password string, c ChangedBy) error
	// ReplacePassword does the same for an account, as it was read before. It returns
	// ErrWrongPassword when the account has another password by now, or none, or is disabled.
	ReplacePassword(ctx context.Context, a Account, password string, c ChangedBy) error
	// SetRole gives the account with the name key another role. One that has the role
	// already stays as it is, and nothing is put on record. The sessions of one that gets
	// another end. It returns ErrNoAccount when there is no such account, ErrLastAdmin when
	// nobody would be left who manages accounts, and ErrNeedsRequest when c may not do it alone.
	SetRole(ctx context.Context, key string, role Role, c ChangedBy) error
	// DisableAccount disables the account with the name key as of the time of c, voids
	// its link and ends its sessions. One that is disabled already stays as it is, and
	// nothing is put on record. It returns ErrNoAccount when there is no such account, and
	// ErrLastAdmin when nobody would be left who manages accounts.
	DisableAccount(ctx context.Context, key string, c ChangedBy) error
}

// ChangeLog is what was done to accounts, and whether their owners know.
type ChangeLog interface {
	// Notice returns what the owner of an account has to be told and has not yet said to
	// have seen.
	Notice(ctx context.Context, owner int64) (Notice, error)
	// Acknowledge puts on record that the owner has seen the changes up to the entry with a
	// Seq. Where there is nothing to be seen up to there, nothing is put on record.
	Acknowledge(ctx context.Context, seq int64, c ChangedBy) error
	// AccountLog returns the newest changes of accounts, newest first.
	AccountLog(ctx context.Context, limit int) ([]RecordedChange, error)
}

// PreferenceStore is where people's preferences are kept.
type PreferenceStore interface {
	// ChangePreferences replaces the preferences of an account by what change makes of them,
	// in one transaction.
	ChangePreferences(ctx context.Context, owner int64, change func(Preferences) Preferences) error
}

// FailureStore is where failed sign-ins are counted.
type FailureStore interface {
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

// Service lets people in. Its fields are set once, before the first use.
type Service struct {
	Records Records
	Now     func() time.Time
	Cost    Cost // of hashing; zero is the standard
	// EvenLastAdmin lets the operator disable or demote the last one who manages accounts.
	EvenLastAdmin bool

	Breached BreachedPasswords // that the operator knows of; nil for none
	// NoPasswords is whether no password opens an account but that for emergencies.
	NoPasswords bool

	once  sync.Once
	slots chan struct{}
}

// maxHashing is how many passwords are hashed at the same time; others wait. With
// the standard cost they take 76 MiB together.
const maxHashing = 4

// SignIn returns the person whose name and password these are. It returns ErrWrongPassword for
// an unknown name, a wrong password or a disabled account, and a *Wait when too many
// attempts failed for that name or from that address. A browser that is known for the
// name waits for its own failures only.
func (s *Service) SignIn(ctx context.Context, name, password string, from Source) (Account, error) {
	a, err := s.tryPassword(ctx, signInKey(name), password, from)
	if err != nil {
		return Account{}, fmt.Errorf("sign in: %w", err)
	}
	s.strengthenHash(ctx, a, password)
	if a.BreakGlass {
		if err := s.Records.LogBreakGlass(ctx, s.changeBy(a.Person)); err != nil {
			return Account{}, fmt.Errorf("sign in: %w", err)
		}
	}
	a.Password = "" // which nobody needs any more
	return a, nil
}

// tryPassword opens the account with the key as checkCredentials does, and counts when that
// fails.
func (s *Service) tryPassword(ctx context.Context, key, password string, from Source) (Account, error) {
	var a Account
	err := s.countTry(ctx, key, from, func() (whole bool, err error) {
		a, err = s.checkCredentials(ctx, key, password)
		return !a.SecondFactor, err
	})
	if err != nil {
		return Account{}, err
	}
	return a, nil
}

// countTry counts an attempt for a name as failed, makes it, and takes the failure back when it
// succeeds. Where that is the whole of a sign-in, the name starts afresh; where a second factor
// follows, it does not: whoever has a password could clear with it what their guesses of codes
// count.
func (s *Service) countTry(ctx context.Context, key string, from Source, do func() (whole bool, err error)) error {
	who := failureSubjects(key, from)
	try := attempt{now: s.Now(), known: from.Browser != ""}
	since := try.now.Add(-forgetAfter)
	if err := s.Records.ChangeFailures(ctx, who, since, try.countFailure); err != nil {
		return err
	}
	whole, err := do()
	if err != nil {
		return err
	}
	undo := try.undoOwnFailure
	if whole {
		undo = try.undoFailure
	}
	return s.Records.ChangeFailures(ctx, who, since, undo)
}

// checkCredentials returns the account that key and password open, or ErrWrongPassword.
func (s *Service) checkCredentials(ctx context.Context, key, password string) (Account, error) {
	a, err := s.Records.Account(ctx, key)
	known := err == nil
	if err != nil && !errors.Is(err, ErrNoAccount) {
		return Account{}, err
	}
	h := emptyHash(s.Cost)
	known = known && a.Password != "" && (!s.NoPasswords || a.BreakGlass) // one without is opened by nothing
	if known {
		if h, err = parseHash(a.Password); err != nil {
			return Account{}, fmt.Errorf("account %d: %w", a.ID, err)
		}
	}
	possible := len(password) <= maxPasswordBytes
	if !possible {
		password = "" // nobody's, and quicker to hash
	}
	var matches bool
	if err := s.runHashing(ctx, func() { matches = h.matches(password) }); err != nil {
		return Account{}, err
	}
	if !known || !possible || !matches || a.Disabled {
		return Account{}, ErrWrongPassword
	}
	// The account may have been closed, or got another password, while this one was
	// waiting its turn.
	again, err := s.Records.Account(ctx, key)
	if err != nil {
		return Account{}, err
	}
	if again.Disabled || again.Password != a.Password {
		return Account{}, ErrWrongPassword
	}
	return again, nil
}

// runHashing runs f when it is its turn. It returns the error of ctx, and does not run
// f, when ctx ends before.
func (s *Service) runHashing(ctx context.Context, f func()) error {
	s.once.Do(func() { s.slots = make(chan struct{}, maxHashing) })
	select {
	case s.slots <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-s.slots }()
	f()
	return nil
}

// SetUp makes the first account, a Reviewer's or an Admin's. It returns ErrNotFirst
// when there is one already, even a disabled one, and a *Refused when the name, the
// password or the role cannot be had. Of several at the same time one succeeds.
func (s *Service) SetUp(ctx context.Context, name, password string, role Role) (Person, error) {
	if role != Reviewer && role != Admin {
		return Person{}, &Refused{FieldRole, "The first account reviews results or manages accounts."}
	}
	empty, err := s.Empty(ctx)
	if err != nil {
		return Person{}, err
	}
	if !empty {
		return Person{}, ErrNotFirst // said before anything is hashed
	}
	p, err := s.addAccount(ctx, name, password, role, true, Person{})
	if err != nil {
		return Person{}, fmt.Errorf("set up: %w", err)
	}
	return p, nil
}

// Add makes an account for the operator. It returns ErrNameTaken when
// there is one with that name in any letter case, even a disabled one, and a *Refused
// when the name, the password or the role cannot be had.
func (s *Service) Add(ctx context.Context, name, password string, role Role) (Person, error) {
	p, err := s.addAccount(ctx, name, password, role, false, Person{})
	if err != nil {
		return Person{}, fmt.Errorf("add account: %w", err)
	}
	return p, nil
}

func (s *Service) addAccount(ctx context.Context, name, password string, role Role, first bool, by Person) (Person, error) {
	a, err := s.newAccount(name, role)
	if err != nil {
		return Person{}, err
	}
	if a.Password, err = s.hashNewPassword(ctx, name, password); err != nil {
		return Person{}, err
	}
	a.ID, err = s.Records.AddAccount(ctx, a, first, s.changeBy(by))
	return a.Person, err
}

// newAccount is an account that has no password yet, or a *Refused.
func (s *Service) newAccount(name string, role Role) (Account, error) {
	if err := checkName(name); err != nil {
		return Account{}, err
	}
	if _, known := ParseRole(string(role)); !known {
		return Account{}, &Refused{FieldRole, "There is no such role."}
	}
	return Account{Person: Person{Name: name, Role: role, Created: s.Now()}, Key: NameKey(name), Looks: SkeletonsOf(name)}, nil
}

func (s *Service) changeBy(by Person) ChangedBy {
	return ChangedBy{By: by, At: s.Now(), EvenLastAdmin: s.EvenLastAdmin}
}

// hashNewPassword returns the PHC string of a password that name may have, or a *Refused.
func (s *Service) hashNewPassword(ctx context.Context, name, password string) (string, error) {
	if err := checkPassword(password, name); err != nil {
		return "", err
	}
	if err := s.refuseBreached(password); err != nil {
		return "", err
	}
	var h passwordHash
	if err := s.runHashing(ctx, func() { h = newHash(password, s.Cost) }); err != nil {
		return "", err
	}
	return h.String(), nil
}

// ChangePassword gives an account another password and ends its sessions. It returns
// ErrNoAccount when there is no such account, and a *Refused when the password cannot
// be had. A disabled account stays disabled.
func (s *Service) ChangePassword(ctx context.Context, name, password string) error {
	hashed, err := s.hashNewPassword(ctx, name, password)
	if err != nil {
		return fmt.Errorf("change password: %w", err)
	}
	if err := s.Records.SetPassword(ctx, signInKey(name), hashed, s.changeBy(Person{})); err != nil {
		return fmt.Errorf("change password: %w", err)
	}
	return nil
}

// ChangeOwnPassword does the same for someone who knows the present password. A wrong
// one counts as a failed sign-in does, with the errors of SignIn. One that became void
// meanwhile is wrong.
func (s *Service) ChangeOwnPassword(ctx context.Context, who Person, current, password string, from Source) error {
	a, err := s.tryPassword(ctx, NameKey(who.Name), current, from)
	if err != nil {
		return fmt.Errorf("change own password: %w", err)
	}
	hashed, err := s.hashNewPassword(ctx, who.Name, password)
	if err != nil {
		return fmt.Errorf("change own password: %w", err)
	}
	if err := s.Records.ReplacePassword(ctx, a, hashed, s.changeBy(who)); err != nil {
		return fmt.Errorf("change own password: %w", err)
	}
	return nil
}

// SetRole gives an account another role and ends its sessions. It returns ErrNoAccount when
// there is no such account, a *Refused when there is no such role, ErrLastAdmin when nobody
// would be left who manages accounts, and ErrNeedsRequest for what an admin has to ask for.
func (s *Service) SetRole(ctx context.Context, name string, role Role, by Person) error {
	if _, known := ParseRole(string(role)); !known {
		return &Refused{FieldRole, "There is no such role."}
	}
	if err := s.Records.SetRole(ctx, signInKey(name), role, s.changeBy(by)); err != nil {
		return fmt.Errorf("change role: %w", err)
	}
	return nil
}

// Disable closes an account, for good, and ends its sessions. What its person
// recorded stays, and so does the name. It returns ErrNoAccount when there is no such
// account, ErrLastAdmin for the last one who manages accounts, and nil for one that is disabled
// already.
func (s *Service) Disable(ctx context.Context, name string, by Person) error {
	if err := s.Records.DisableAccount(ctx, signInKey(name), s.changeBy(by)); err != nil {
		return fmt.Errorf("disable account: %w", err)
	}
	return nil
}

// Notice returns what someone has to be told about their account and has not yet said to
// have seen.
func (s *Service) Notice(ctx context.Context, owner int64) (Notice, error) {
	n, err := s.Records.Notice(ctx, owner)
	if err != nil {
		return Notice{}, fmt.Errorf("read what to tell: %w", err)
	}
	return n, nil
}

// Acknowledge puts on record that someone has seen the changes of their account up to the
// entry with a Seq, once however often it is sent.
func (s *Service) Acknowledge(ctx context.Context, owner Person, seq int64) error {
	if err := s.Records.Acknowledge(ctx, seq, s.changeBy(owner)); err != nil {
		return fmt.Errorf("acknowledge changes: %w", err)
	}
	return nil
}

// Prefer keeps how someone wants pages to be: one preference by its name. It returns
// ErrNoPreference when there is none of that name, or no such value of it.
func (s *Service) SetPreference(ctx context.Context, who Person, name, value string) error {
	if _, known := who.Preferences.With(name, value); !known {
		return ErrNoPreference
	}
	err := s.Records.ChangePreferences(ctx, who.ID, func(p Preferences) Preferences {
		p, _ = p.With(name, value)
		return p
	})
	if err != nil {
		return fmt.Errorf("keep preference %s: %w", name, err)
	}
	return nil
}

// Log returns the newest changes of accounts, newest first.
func (s *Service) Log(ctx context.Context, limit int) ([]RecordedChange, error) {
	list, err := s.Records.AccountLog(ctx, limit)
	if err != nil {
		return nil, fmt.Errorf("list changes of accounts: %w", err)
	}
	return list, nil
}

// People returns everyone who has an account, disabled or not, by name.
func (s *Service) People(ctx context.Context) ([]ListedPerson, error) {
	people, err := s.Records.Accounts(ctx)
	if err != nil {
		return nil, fmt.Errorf("list accounts: %w", err)
	}
	return people, nil
}

// Empty reports whether there is no account, not even a disabled one.
func (s *Service) Empty(ctx context.Context) (bool, error) {
	people, err := s.People(ctx)
	return err == nil && len(people) == 0, err
}
