package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"golang.org/x/term"

	"countersign/internal/account"
	"countersign/internal/review"
	"countersign/internal/securityevent"
	"countersign/store"
)

// user is the commands on accounts.
type user struct {
	Add      userAdd      `cmd:"" help:"Create an account. Asks for the password on a terminal, or reads the first line of standard input."`
	List     userList     `cmd:"" help:"List the accounts."`
	Disable  userDisable  `cmd:"" help:"Disable an account and end its sessions. What it recorded stays."`
	Role     userRole     `cmd:"" help:"Give an account another role."`
	Bind     userBind     `cmd:"" help:"Let an account sign in through the company's sign-in, by who its person is there."`
	Password userPassword `cmd:"" help:"Give an account a new password, read as by add, and end its sessions."`
	Factors  userFactors  `cmd:"" help:"Remove the passkeys and codes of somebody who lost them, and end their sessions."`
}

type userAdd struct {
	databaseFlags
	breachedFlag
	Role string `enum:"reviewer,supervisor,auditor,admin" default:"reviewer" help:"What the account may do: reviewer, supervisor, auditor or admin."`
	Name string `arg:"" help:"The name to sign in with, shown beside every note."`

	BreakGlass bool `name:"break-glass" help:"Make the emergency account: the only one that a password opens where the server runs with --no-passwords. Each use is on record, and shown to everyone for a day."`
}

// Run makes an account.
func (c *userAdd) Run(ctx context.Context, s streams) error {
	return c.withAccountService(ctx, s, func(door *account.Service) error {
		password, err := c.readNewPassword(s, door)
		if err != nil {
			return err
		}
		add, added := door.Add, securityevent.Reason(c.Role)
		if c.BreakGlass {
			add, added = door.AddBreakGlass, securityevent.BreakGlassMade
		}
		who, err := add(ctx, c.Name, password, account.Role(c.Role))
		if err != nil {
			return reasonOnly(err)
		}
		reportAccount(ctx, s, door, "user add", c.Name, securityevent.Event{Kind: securityevent.AccountAdded, Reason: added})
		fmt.Fprintf(s.out, "%s can sign in now.\n", terminalText(who.Name))
		return nil
	})
}

type userList struct{ databaseFlags }

// Run shows who has an account.
func (c *userList) Run(ctx context.Context, s streams) error {
	return c.withAccounts(ctx, s, func(door *account.Service) error {
		people, err := door.People(ctx)
		if err != nil {
			return err
		}
		table := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, "NAME\tROLE\tSINCE\tSTATE")
		for _, p := range people {
			state := "active"
			switch {
			case p.Disabled:
				state = "disabled"
			case p.NoPassword:
				state = "no password yet"
			}
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", terminalText(p.Name), p.Role, p.Created.UTC().Format(time.DateOnly), state)
		}
		return table.Flush()
	})
}

type userDisable struct {
	databaseFlags
	lastAdminFlag
	Name string `arg:"" help:"The name of the account."`
}

// lastAdminFlag lets the operator do what leaves nobody who manages accounts.
type lastAdminFlag struct {
	Force bool `help:"Even when nobody is left who can sign in and manage accounts."`
}

// Run closes an account.
func (c *userDisable) Run(ctx context.Context, s streams) error {
	return c.withAccounts(ctx, s, func(door *account.Service) error {
		door.EvenLastAdmin = c.Force
		if err := door.Disable(ctx, c.Name, account.Person{}); err != nil {
			return reasonOnly(err)
		}
		reportAccount(ctx, s, door, "user disable", c.Name, securityevent.Event{Kind: securityevent.AccountClosed, Reason: securityevent.ByOperator})
		fmt.Fprintf(s.out, "%s can no longer sign in.\n", terminalText(c.Name))
		return nil
	})
}

type userRole struct {
	databaseFlags
	lastAdminFlag
	Name string `arg:"" help:"The name of the account."`
	Role string `arg:"" enum:"reviewer,supervisor,auditor,admin" help:"The new role: reviewer, supervisor, auditor or admin."`
}

// Run changes a role.
func (c *userRole) Run(ctx context.Context, s streams) error {
	return c.withAccounts(ctx, s, func(door *account.Service) error {
		door.EvenLastAdmin = c.Force
		if err := door.SetRole(ctx, c.Name, account.Role(c.Role), account.Person{}); err != nil {
			return reasonOnly(err)
		}
		reportAccount(ctx, s, door, "user role", c.Name, securityevent.Event{Kind: securityevent.RoleChanged, Reason: securityevent.Reason(c.Role)})
		fmt.Fprintf(s.out, "%s is %s now, and is signed out everywhere.\n", terminalText(c.Name), c.Role)
		return nil
	})
}

type userPassword struct {
	databaseFlags
	breachedFlag
	Name string `arg:"" help:"The name of the account."`
}

// Run changes a password.
func (c *userPassword) Run(ctx context.Context, s streams) error {
	return c.withAccounts(ctx, s, func(door *account.Service) error {
		password, err := c.readNewPassword(s, door)
		if err != nil {
			return err
		}
		if err := door.ChangePassword(ctx, c.Name, password); err != nil {
			return reasonOnly(err)
		}
		reportAccount(ctx, s, door, "user password", c.Name, securityevent.Event{Kind: securityevent.PasswordSet, Reason: securityevent.ByOperator})
		fmt.Fprintf(s.out, "%s has a new password and is signed out everywhere.\n", terminalText(c.Name))
		return nil
	})
}

type userFactors struct {
	databaseFlags
	Name   string `arg:"" help:"The name of the account."`
	Remove bool   `required:"" help:"Remove them all: nobody can see or set them."`
	Reason string `required:"" placeholder:"TEXT" help:"Why. The person reads it at the next sign-in."`
}

// Run takes an account's second factors away.
func (c *userFactors) Run(ctx context.Context, s streams) error {
	return c.withAccounts(ctx, s, func(door *account.Service) error {
		if err := door.TakeFactors(ctx, c.Name, c.Reason, account.Person{}); err != nil {
			return reasonOnly(err)
		}
		reportAccount(ctx, s, door, "user factors", c.Name, securityevent.Event{Kind: securityevent.FactorsTaken, Reason: securityevent.ByOperator})
		fmt.Fprintf(s.out, "%s has no passkeys and codes any more, and is signed out everywhere.\n", terminalText(c.Name))
		return nil
	})
}

// withAccounts is withAccountService for a database that exists: a slip of the keyboard in its
// name must not make an empty one.
func (d databaseFlags) withAccounts(ctx context.Context, s streams, act func(*account.Service) error) error {
	if err := d.requireExisting(); err != nil {
		return err
	}
	return d.withAccountService(ctx, s, act)
}

// withAccountService opens the database for as long as act runs.
func (d databaseFlags) withAccountService(ctx context.Context, s streams, act func(*account.Service) error) (err error) {
	kept, err := d.openStore(ctx, s)
	if err != nil {
		return err
	}
	defer joinCloseError(&err, kept)
	return explainNotRecorded(kept, act(&account.Service{Records: kept, Now: time.Now}))
}

// explainNotRecorded says why nothing was recorded, where the server of the database decides
// that.
func explainNotRecorded(kept *store.Store, err error) error {
	if errors.Is(err, review.ErrNotRecording) {
		return errors.New(kept.WhyNotRecording())
	}
	return err
}

// reasonOnly takes off what was being done where the reason says it all.
func reasonOnly(err error) error {
	var refused *account.Refused
	if errors.As(err, &refused) {
		return refused
	}
	if errors.Is(err, account.ErrLastAdmin) {
		return errLastAdmin
	}
	for _, known := range []error{account.ErrNameTaken, account.ErrNoAccount, account.ErrNoFactors, account.ErrIdentityTaken, account.ErrBreakGlass} {
		if errors.Is(err, known) {
			return known
		}
	}
	return err
}

var errLastAdmin = errors.New("nobody would be left who can sign in and manage accounts: say --force if that is meant")

// readPassword reads the first line, or asks a terminal twice without showing it.
func readPassword(s streams) (string, error) {
	file, ok := s.in.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		line, err := bufio.NewReader(s.in).ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return "", fmt.Errorf("read the password: %w", err)
		}
		return strings.TrimRight(line, "\r\n"), nil
	}
	first, err := promptPassword(s, file, "Password: ")
	if err != nil {
		return "", err
	}
	second, err := promptPassword(s, file, "The same again: ")
	if err != nil {
		return "", err
	}
	if first != second {
		return "", errors.New("the two passwords differ")
	}
	return first, nil
}

func promptPassword(s streams, terminal *os.File, prompt string) (string, error) {
	fmt.Fprint(s.err, prompt)
	password, err := term.ReadPassword(int(terminal.Fd()))
	fmt.Fprintln(s.err)
	if err != nil {
		return "", fmt.Errorf("read the password: %w", err)
	}
	return string(password), nil
}
