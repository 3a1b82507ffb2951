package account

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Identity is who somebody is at the company's sign-in. An e-mail address is no part of it: it
// can be given to somebody else.
type Identity struct{ Issuer, Subject string }

// The longest that an identity has, in bytes.
const (
	maxIssuer  = 2048
	maxSubject = 255
)

// CheckedFor is how long the word of the company's sign-in counts on who may come in and as
// what, and CheckAfter when it is asked for again.
const (
	CheckedFor = 60 * time.Minute
	CheckAfter = 50 * time.Minute
)

// IdentityStore is where it is kept who is who at the company's sign-in.
type IdentityStore interface {
	// AccountByIdentity returns the account that an identity is bound to, disabled or not;
	// ErrNoAccount when there is none.
	AccountByIdentity(ctx context.Context, id Identity) (Account, error)
	// AddBoundAccount keeps a new account without a password, bound to an identity. It returns
	// the errors of AddAccount, and ErrIdentityTaken.
	AddBoundAccount(ctx context.Context, a Account, id Identity, c ChangedBy) (int64, error)
	// BindIdentity binds the account with the name key to an identity, in place of another that
	// it may have, and ends its sessions. It returns ErrNoAccount, and ErrIdentityTaken when
	// the identity is another account's.
	BindIdentity(ctx context.Context, key string, id Identity, c ChangedBy) error
}

// BreakGlassStore is where it is kept which account opens the house when nothing else does.
type BreakGlassStore interface {
	// AddBreakGlass keeps a new account that may sign in with its password where nobody else
	// may. It returns the errors of AddAccount, and ErrBreakGlass when there is one already
	// that is not disabled.
	AddBreakGlass(ctx context.Context, a Account, c ChangedBy) (int64, error)
	// LogBreakGlass puts on record that such an account was used by its person.
	LogBreakGlass(ctx context.Context, c ChangedBy) error
	// BreakGlassUses returns the uses since a time, the newest first.
	BreakGlassUses(ctx context.Context, since time.Time) ([]RecordedChange, error)
	// HasBreakGlass reports whether there is such an account that is not disabled.
	HasBreakGlass(ctx context.Context) (bool, error)
}

var (
	// ErrIdentityTaken is returned when an identity is bound to another account.
	ErrIdentityTaken = errors.New("another account is bound to this identity")
	// ErrBreakGlass is returned when there is an account for emergencies already, or when one
	// would be bound to an identity.
	ErrBreakGlass = errors.New("there is one account for emergencies, and it is not bound to the company's sign-in")
	// ErrDisabled is returned when an account that is known from elsewhere is disabled.
	ErrDisabled = errors.New("the account is disabled")
)

// IdentityFact is what the identity of an account is known by in FactorsDigest.
func IdentityFact(id Identity) string { return "identity " + hexSHA256(id.Issuer+"\n"+id.Subject) }

// BreakGlassFact is what an account for emergencies is known by in FactorsDigest.
func BreakGlassFact() string { return "break-glass" }

// SignInByIdentity returns the person of an identity, with the role that the company gives them
// now. Whoever comes for the first time gets an account of the name. What was done for that is
// Added, RoleChanged or nothing. It returns ErrDisabled, ErrNameTaken when another account has the name, and a *Refused when the name or the role cannot
// be had.
func (s *Service) SignInByIdentity(ctx context.Context, id Identity, name string, role Role) (Person, Change, error) {
	a, err := s.Records.AccountByIdentity(ctx, id)
	switch {
	case errors.Is(err, ErrNoAccount):
		who, err := s.addByIdentity(ctx, id, name, role)
		return who, Added, err
	case err != nil:
		return Person{}, "", fmt.Errorf("sign in by identity: %w", err)
	case a.Disabled:
		return Person{}, "", ErrDisabled
	case a.Role == role:
		return a.Person, "", nil
	}
	if err := s.Records.SetRole(ctx, a.Key, role, s.changeBy(System())); err != nil {
		return Person{}, "", fmt.Errorf("sign in by identity: %w", err)
	}
	a.Role = role
	return a.Person, RoleChanged, nil
}

func (s *Service) addByIdentity(ctx context.Context, id Identity, name string, role Role) (Person, error) {
	if err := checkIdentity(id); err != nil {
		return Person{}, err
	}
	a, err := s.newAccount(name, role)
	if err != nil {
		return Person{}, err
	}
	if a.ID, err = s.Records.AddBoundAccount(ctx, a, id, s.changeBy(System())); err != nil {
		return Person{}, fmt.Errorf("add account of an identity: %w", err)
	}
	return a.Person, nil
}

// FindByIdentity returns the person of an identity; ErrNoAccount when there is none, and
// ErrDisabled with the person.
func (s *Service) FindByIdentity(ctx context.Context, id Identity) (Person, error) {
	a, err := s.Records.AccountByIdentity(ctx, id)
	if err != nil {
		return Person{}, fmt.Errorf("find identity: %w", err)
	}
	if a.Disabled {
		return a.Person, ErrDisabled
	}
	return a.Person, nil
}

// Bind lets an account sign in by an identity, for the operator. It returns ErrNoAccount,
// ErrIdentityTaken, ErrBreakGlass, and a *Refused for what is no identity.
func (s *Service) Bind(ctx context.Context, name string, id Identity) error {
	if err := checkIdentity(id); err != nil {
		return err
	}
	if err := s.Records.BindIdentity(ctx, signInKey(name), id, s.changeBy(Person{})); err != nil {
		return fmt.Errorf("bind: %w", err)
	}
	return nil
}

func checkIdentity(id Identity) error {
	if id.Issuer == "" || id.Subject == "" || len(id.Issuer) > maxIssuer || len(id.Subject) > maxSubject {
		return &Refused{FieldName, "An identity has an issuer, and a subject of at most 255 bytes."}
	}
	return nil
}

// AddBreakGlass makes the account for emergencies, for the operator: it may sign in with its
// password where passwords are off. It returns the errors of Add, and ErrBreakGlass.
func (s *Service) AddBreakGlass(ctx context.Context, name, password string, role Role) (Person, error) {
	a, err := s.newAccount(name, role)
	if err != nil {
		return Person{}, err
	}
	if a.Password, err = s.hashNewPassword(ctx, name, password); err != nil {
		return Person{}, err
	}
	if a.ID, err = s.Records.AddBreakGlass(ctx, a, s.changeBy(Person{})); err != nil {
		return Person{}, fmt.Errorf("add account for emergencies: %w", err)
	}
	return a.Person, nil
}

// BreakGlassToldFor is how long the use of the account for emergencies is told.
const BreakGlassToldFor = 24 * time.Hour

// BreakGlassUses returns what is told of the account for emergencies, the newest first.
func (s *Service) BreakGlassUses(ctx context.Context) ([]RecordedChange, error) {
	list, err := s.Records.BreakGlassUses(ctx, s.Now().Add(-BreakGlassToldFor))
	if err != nil {
		return nil, fmt.Errorf("list uses of the account for emergencies: %w", err)
	}
	return list, nil
}

// ErrNoRole is returned for somebody to whom the company gives no role here.
var ErrNoRole = errors.New("the company gives them no role")

// RolesConflict says that the company gives somebody roles that nobody may have together.
type RolesConflict struct{ Roles []Role }

func (e *RolesConflict) Error() string { return "the company gives them roles that exclude each other" }

// ChooseRole returns the role of somebody to whom the company gives roles. A supervisor may do all
// that a reviewer may, and is often in the groups of both: that is a supervisor. Any other two
// exclude each other, which is a *RolesConflict: nobody is to be an administrator, or an auditor,
// because of the order in which roles are written down. It returns ErrNoRole for none.
func ChooseRole(roles []Role) (Role, error) {
	kept := slices.Compact(slices.Sorted(slices.Values(roles)))
	if slices.Contains(kept, Supervisor) {
		kept = slices.DeleteFunc(kept, func(r Role) bool { return r == Reviewer })
	}
	switch len(kept) {
	case 0:
		return "", ErrNoRole
	case 1:
		return kept[0], nil
	}
	return "", &RolesConflict{kept}
}
