package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"countersign/internal/account"
	"countersign/internal/ledger"
	"countersign/internal/review"
)

var _ account.Records = (*Store)(nil)

// personRow scans the columns id, name, role, created_at and disabled_at of an account.
type personRow struct {
	found    account.Person
	role     string
	created  int64
	disabled sql.NullInt64
}

func (p *personRow) scanTargets() []any {
	return []any{&p.found.ID, &p.found.Name, &p.role, &p.created, &p.disabled}
}

func (p *personRow) toPerson() account.Person {
	p.found.Role = account.Role(p.role)
	p.found.Created = timeOf(p.created)
	p.found.Disabled = p.disabled.Valid
	return p.found
}

// AddAccount keeps a new account, made at the time of c, and returns its ID; see
// account.AccountStore.
func (s *Store) AddAccount(ctx context.Context, a account.Account, first bool, c account.ChangedBy) (int64, error) {
	var id int64
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) (err error) {
		id, err = s.insertAccount(ctx, tx, a, first, c)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("store: add account: %w", err)
	}
	return id, nil
}

func (s *Store) insertAccount(ctx context.Context, tx *sql.Tx, a account.Account, first bool, c account.ChangedBy) (int64, error) {
	if c.NeedsRequest(a.Role) {
		return 0, account.ErrNeedsRequest
	}
	if err := mayAdd(ctx, tx, a, first); err != nil {
		return 0, err
	}
	id, err := insertAccountRow(ctx, tx, a, c)
	if err != nil {
		return 0, err
	}
	return id, s.logChange(ctx, tx, id, account.Added, c, newPassword(a.Password))
}

// insertAccountRow adds the row of a new account, and returns its ID.
func insertAccountRow(ctx context.Context, tx *sql.Tx, a account.Account, c account.ChangedBy) (int64, error) {
	var id int64
	err := tx.QueryRowContext(ctx, `
		INSERT INTO accounts (id, name, name_key, role, password, created_at)
		VALUES ((SELECT coalesce(max(id), 0) + 1 FROM accounts WHERE id > 0), $1, $2, $3, $4, $5)
		RETURNING id`, a.Name, a.Key, string(a.Role), a.Password, millis(c.At)).Scan(&id)
	return id, err
}

func mayAdd(ctx context.Context, tx *sql.Tx, a account.Account, first bool) error {
	var some, taken bool
	err := tx.QueryRowContext(ctx, `
		SELECT EXISTS (SELECT 1 FROM accounts WHERE id > 0),
			EXISTS (SELECT 1 FROM accounts WHERE name_key = $1)`, a.Key).Scan(&some, &taken)
	switch {
	case err != nil:
		return err
	case first && some:
		return account.ErrNotFirst
	case taken:
		return account.ErrNameTaken
	}
	return refuseLookalike(ctx, tx, a.Looks)
}

// refuseLookalike returns a *account.Refused when the name of an account may be taken
// for one that looks so.
func refuseLookalike(ctx context.Context, tx *sql.Tx, looks account.Skeletons) error {
	if looks == nil {
		return nil
	}
	rows, err := tx.QueryContext(ctx, `
		SELECT name
		FROM accounts`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return err
		}
		if looks.Confusable(account.SkeletonsOf(name)) {
			return account.RefuseLookalike(name)
		}
	}
	return rows.Err()
}

// Account returns the account with the name key, or account.ErrNoAccount.
func (s *Store) Account(ctx context.Context, key string) (account.Account, error) {
	found := account.Account{Key: key}
	var by personRow
	err := s.readRow(ctx, func(db *sql.DB) error {
		return db.QueryRowContext(ctx, `
			SELECT password, `+hasSecondFactor("accounts.id")+`,
				EXISTS (SELECT 1 FROM break_glass WHERE break_glass.account = accounts.id),
				id, name, role, created_at, disabled_at
			FROM accounts
			WHERE name_key = $1 AND id > 0`, key).Scan(append([]any{&found.Password, &found.SecondFactor, &found.BreakGlass}, by.scanTargets()...)...)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return account.Account{}, account.ErrNoAccount
	}
	if err != nil {
		return account.Account{}, fmt.Errorf("store: read account: %w", err)
	}
	found.Person = by.toPerson()
	return found, nil
}

// Accounts returns everybody who has an account, disabled or not, by name key. The program
// itself, whose ID is below zero, is nobody.
func (s *Store) Accounts(ctx context.Context) ([]account.ListedPerson, error) {
	var list []account.ListedPerson
	err := s.read(ctx, func(tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, `
			SELECT password = '', signed_in_on, `+factorColumns+`,
				accounts.id, accounts.name, accounts.role, accounts.created_at, accounts.disabled_at
			FROM accounts
			WHERE id > 0
			ORDER BY name_key`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var found account.ListedPerson
			var by personRow
			var day sql.NullInt64
			targets := append([]any{&found.NoPassword, &day}, factorTargets(&found.Factors)...)
			if err := rows.Scan(append(targets, by.scanTargets()...)...); err != nil {
				return err
			}
			found.Person = by.toPerson()
			if day.Valid {
				found.SignedIn = timeOf(day.Int64)
			}
			list = append(list, found)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("store: list accounts: %w", err)
	}
	return list, nil
}

// SetPassword replaces the password hash of an account, voids its link and ends its
// sessions. It returns account.ErrNoAccount when there is no such account.
func (s *Store) SetPassword(ctx context.Context, key, password string, c account.ChangedBy) error {
	err := s.changeAccount(ctx, account.PasswordChanged, c, newPassword(password), signOut, `
		UPDATE accounts
		SET password = $1
		WHERE name_key = $2
		RETURNING id`, password, key)
	if err != nil {
		return fmt.Errorf("store: set password: %w", err)
	}
	return nil
}

// ReplacePassword is SetPassword for an account that still has the password with which
// it was read. It returns account.ErrWrongPassword when it has another, or none, or is
// disabled.
func (s *Store) ReplacePassword(ctx context.Context, a account.Account, password string, c account.ChangedBy) error {
	err := s.changeAccount(ctx, account.PasswordChanged, c, newPassword(password), signOut, `
		UPDATE accounts
		SET password = $1
		WHERE id = $2 AND password = $3 AND disabled_at IS NULL
		RETURNING id`, password, a.ID, a.Password)
	if errors.Is(err, account.ErrNoAccount) {
		err = account.ErrWrongPassword
	}
	if err != nil {
		return fmt.Errorf("store: replace password: %w", err)
	}
	return nil
}

// RehashPassword replaces the hash of a password by another of the same one, for an account that
// still has the hash with which it was read; see account.HashStore.
func (s *Store) RehashPassword(ctx context.Context, a account.Account, password string, c account.ChangedBy) error {
	err := s.changeAccount(ctx, account.PasswordRehashed, c, rehashedPassword(password), noFollowUp, `
		UPDATE accounts
		SET password = $1
		WHERE id = $2 AND password = $3 AND disabled_at IS NULL
		RETURNING id`, password, a.ID, a.Password)
	if errors.Is(err, account.ErrNoAccount) {
		err = account.ErrWrongPassword
	}
	if err != nil {
		return fmt.Errorf("store: rehash password: %w", err)
	}
	return nil
}

// SetRole gives an account another role and ends its sessions, unless it has it; see
// account.AccountStore.
func (s *Store) SetRole(ctx context.Context, key string, role account.Role, c account.ChangedBy) error {
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) error { return s.updateRole(ctx, tx, key, role, c) })
	if err = s.unlessSo(ctx, key, err); err != nil {
		return fmt.Errorf("store: set role: %w", err)
	}
	return nil
}

func (s *Store) updateRole(ctx context.Context, tx *sql.Tx, key string, role account.Role, c account.ChangedBy) error {
	if c.NeedsRequest(role) {
		return account.ErrNeedsRequest
	}
	return s.updateAccount(ctx, tx, account.RoleChanged, c, sameCredentials, endSessions, `
		UPDATE accounts
		SET role = $1
		WHERE name_key = $2 AND role <> $1
		RETURNING id`, string(role), key)
}

// DisableAccount disables an account as of the time of c, voids its link and ends its
// sessions, unless it is disabled. It returns account.ErrNoAccount when there is no such
// account.
func (s *Store) DisableAccount(ctx context.Context, key string, c account.ChangedBy) error {
	err := s.changeAccount(ctx, account.Disabled, c, withoutLink, signOut, `
		UPDATE accounts
		SET disabled_at = $1
		WHERE name_key = $2 AND disabled_at IS NULL
		RETURNING id`, millis(c.At), key)
	if err = s.unlessSo(ctx, key, err); err != nil {
		return fmt.Errorf("store: disable account: %w", err)
	}
	return nil
}

// unlessSo forgives a change that found no account to change when there is one with
// the key: it was so already. Accounts are never deleted, so it may look later.
func (s *Store) unlessSo(ctx context.Context, key string, err error) error {
	if errors.Is(err, account.ErrNoAccount) {
		_, err = s.Account(ctx, key)
	}
	return err
}

// changeAccount runs an UPDATE that returns the ID of its account, what else is to be
// done with that account, and puts it all on record.
func (s *Store) changeAccount(ctx context.Context, what account.Change, c account.ChangedBy, to credentialChange, also func(context.Context, *sql.Tx, int64) error, update string, args ...any) error {
	return s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		return s.updateAccount(ctx, tx, what, c, to, also, update, args...)
	})
}

// updateAccount is changeAccount within a transaction. Of the accounts that can sign in and
// manage others, one is always left.
func (s *Store) updateAccount(ctx context.Context, tx *sql.Tx, what account.Change, c account.ChangedBy, to credentialChange, also func(context.Context, *sql.Tx, int64) error, update string, args ...any) error {
	before, err := ableAdmins(ctx, tx, 0, c.At)
	if err != nil {
		return err
	}
	var id int64
	err = tx.QueryRowContext(ctx, update, args...).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return account.ErrNoAccount
	}
	if err != nil {
		return err
	}
	if err := also(ctx, tx, id); err != nil {
		return err
	}
	after, err := ableAdmins(ctx, tx, 0, c.At)
	if err != nil {
		return err
	}
	if before > 0 && after == 0 && !c.EvenLastAdmin {
		return account.ErrLastAdmin
	}
	return s.logChange(ctx, tx, id, what, c, to)
}

// ableAdmins counts who can sign in and manage accounts at a time, besides one account.
func ableAdmins(ctx context.Context, tx *sql.Tx, besides int64, now time.Time) (int, error) {
	var n int
	err := tx.QueryRowContext(ctx, `
		SELECT count(*)
		FROM accounts
		WHERE id > 0 AND id <> $1 AND role = $2 AND disabled_at IS NULL
			AND (password <> '' OR EXISTS (SELECT 1 FROM password_links WHERE account = accounts.id AND until > $3)
				OR EXISTS (SELECT 1 FROM identities WHERE account = accounts.id))`,
		besides, string(account.Admin), millis(now)).Scan(&n)
	return n, err
}

func noFollowUp(context.Context, *sql.Tx, int64) error { return nil }

// signOut ends an account's sessions and voids its link.
func signOut(ctx context.Context, tx *sql.Tx, id int64) error {
	if err := deleteLink(ctx, tx, id); err != nil {
		return err
	}
	return endSessions(ctx, tx, id)
}

// logChange enters a change of an account into the ledger, and gives the account the time
// of that entry where it has one.
func (s *Store) logChange(ctx context.Context, tx *sql.Tx, id int64, what account.Change, c account.ChangedBy, to credentialChange) error {
	return s.logFacts(ctx, tx, id, changeEntry(c, review.Facts{AccountChange: string(what)}), to)
}

// changeEntry is the entry of a change of an account, with the request that it carries out.
func changeEntry(c account.ChangedBy, facts review.Facts) newEntry {
	a := newEntry{by: c.By, Act: review.Act{At: c.At, Facts: facts}}
	if r := c.Request; r != nil {
		a.About, a.Facts.AskedBy, a.Facts.AskedByID = r.ID, r.AskedBy.Name, r.AskedBy.ID
	}
	return a
}

func (s *Store) logFacts(ctx context.Context, tx *sql.Tx, id int64, a newEntry, to credentialChange) error {
	_, err := s.enterFacts(ctx, tx, id, a, to)
	return err
}

// enterFacts is logFacts that returns the entry.
func (s *Store) enterFacts(ctx context.Context, tx *sql.Tx, id int64, a newEntry, to credentialChange) (ledger.Entry, error) {
	whose, err := personByID(ctx, tx, id)
	if err != nil {
		return ledger.Entry{}, err
	}
	before, err := knownCredentials(ctx, tx, id)
	if err != nil {
		return ledger.Entry{}, err
	}
	a.Act.Act = review.ActAccount
	a.Facts.Account, a.Facts.AccountName, a.Facts.Role = id, whose.Name, string(whose.Role)
	if a.Facts.Credentials = to(before); a.Facts.Credentials != nil {
		a.Facts.Credentials.Disabled = whose.Disabled
	}
	entry, err := s.appendEntry(ctx, tx, a)
	if err != nil {
		return entry, err
	}
	column := map[account.Change]string{account.Added: "created_at", account.Disabled: "disabled_at"}[account.Change(a.Facts.AccountChange)]
	if column == "" {
		return entry, nil
	}
	_, err = tx.ExecContext(ctx, `
		UPDATE accounts
		SET `+column+` = $1
		WHERE id = $2`, millis(entry.At), id)
	return entry, err
}

// accountEntries returns the entries about an account behind one, the oldest first.
func accountEntries(ctx context.Context, tx *sql.Tx, id, behind int64) ([]review.Recorded, error) {
	rows, err := tx.QueryContext(ctx, `
		SELECT `+entryColumns+`
		FROM ledger
		WHERE account = $1 AND act = 'account' AND seq > $2
		ORDER BY seq`, id, behind) // the act is written out: see notesFrom
	return readEntries(rows, err)
}

// AccountLog returns the newest changes of accounts, newest first.
func (s *Store) AccountLog(ctx context.Context, limit int) ([]account.RecordedChange, error) {
	list, err := s.Ledger(ctx, review.LedgerQuery{Act: review.ActAccount, Limit: limit})
	if err != nil {
		return nil, err
	}
	var changes []account.RecordedChange
	for i := range list {
		r, _, err := accountRecorded(&list[i])
		if err != nil {
			return nil, fmt.Errorf("store: list changes of accounts: %w", err)
		}
		changes = append(changes, r)
	}
	return changes, nil
}

// accountRecorded reads the change of an account that an entry puts on record.
func accountRecorded(e *review.Recorded) (account.RecordedChange, review.Facts, error) {
	facts, err := review.ParseFacts(e.Entry)
	if err != nil {
		return account.RecordedChange{}, facts, err
	}
	r := account.RecordedChange{
		Seq: e.Seq, At: e.At, By: e.Name, ByID: e.Actor, AccountName: facts.AccountName, What: account.Change(facts.AccountChange), Role: account.Role(facts.Role),
		LinkBy: facts.LinkBy, Factor: facts.Factor, Reason: facts.Reason, AskedBy: facts.AskedBy, Request: facts.Request,
	}
	r.ByLink = r.What == account.PasswordChanged && e.About != 0
	if facts.Carried != nil {
		r.At = facts.Carried.UTC()
	}
	return r, facts, nil
}

// Notice returns what the owner of an account has to be told; see account.ChangeLog. What was
// recorded before people were told is not news to anybody.
func (s *Store) Notice(ctx context.Context, owner int64) (account.Notice, error) {
	var n account.Notice
	err := s.read(ctx, func(tx *sql.Tx) (err error) {
		n, err = readNotice(ctx, tx, owner)
		return err
	})
	if err != nil {
		return account.Notice{}, fmt.Errorf("store: read what to tell: %w", err)
	}
	return n, nil
}

func readNotice(ctx context.Context, tx *sql.Tx, owner int64) (account.Notice, error) {
	var n account.Notice
	list, err := accountEntries(ctx, tx, owner, 0)
	if err != nil {
		return n, err
	}
	for i := range list {
		r, facts, err := accountRecorded(&list[i])
		switch {
		case err != nil:
			return n, err
		case r.What == account.Acknowledged:
			n.Last = r.At
			n.Changes = slices.DeleteFunc(n.Changes, func(c account.RecordedChange) bool { return c.Seq <= facts.Acknowledged })
		case list[i].Version != ledger.V1 && facts.Carried == nil && r.OwnerIsTold(owner):
			n.Changes = append(n.Changes, r)
		}
	}
	return n, nil
}

// Acknowledge puts on record that the owner of an account has seen its changes up to an
// entry; see account.ChangeLog.
func (s *Store) Acknowledge(ctx context.Context, seq int64, c account.ChangedBy) error {
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		n, err := readNotice(ctx, tx, c.By.ID)
		if err != nil || len(n.Changes) == 0 || n.Changes[0].Seq > seq {
			return err
		}
		facts := review.Facts{AccountChange: string(account.Acknowledged), Acknowledged: min(seq, n.Newest())}
		return s.logFacts(ctx, tx, c.By.ID, newEntry{by: c.By, Act: review.Act{At: c.At, Facts: facts}}, sameCredentials)
	})
	if err != nil {
		return fmt.Errorf("store: acknowledge changes: %w", err)
	}
	return nil
}

// ChangeFailures changes the failures that are counted against subjects, in one
// transaction; see account.FailureStore.
func (s *Store) ChangeFailures(ctx context.Context, subjects []string, since time.Time, change func([]account.Failures) error) error {
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `
			DELETE FROM sign_in_failures
			WHERE last_at < $1`, millis(since))
		if err != nil {
			return err
		}
		list, err := readFailures(ctx, tx, subjects)
		if err != nil {
			return err
		}
		if err := change(list); err != nil {
			return err
		}
		return writeFailures(ctx, tx, list)
	})
	if err != nil {
		return fmt.Errorf("store: count sign-ins: %w", err)
	}
	return nil
}

func readFailures(ctx context.Context, tx *sql.Tx, subjects []string) ([]account.Failures, error) {
	list := make([]account.Failures, 0, len(subjects))
	for _, subject := range subjects {
		found := account.Failures{Subject: subject}
		var last int64
		err := tx.QueryRowContext(ctx, `
			SELECT count, last_at
			FROM sign_in_failures
			WHERE subject = $1`, subject).Scan(&found.Count, &last)
		if err == nil {
			found.Last = timeOf(last)
		} else if !errors.Is(err, sql.ErrNoRows) {
			return nil, err
		}
		list = append(list, found)
	}
	return list, nil
}

func writeFailures(ctx context.Context, tx *sql.Tx, list []account.Failures) error {
	for _, f := range list {
		var err error
		if f.Count > 0 {
			_, err = tx.ExecContext(ctx, `
				INSERT INTO sign_in_failures (subject, count, last_at)
				VALUES ($1, $2, $3)
				ON CONFLICT (subject) DO UPDATE
				SET count = excluded.count, last_at = excluded.last_at`, f.Subject, f.Count, millis(f.Last))
		} else {
			_, err = tx.ExecContext(ctx, `
				DELETE FROM sign_in_failures
				WHERE subject = $1`, f.Subject)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Deciders lists the people who may decide, by name.
func (s *Store) Deciders(ctx context.Context) ([]account.Person, error) {
	all, err := s.Accounts(ctx)
	if err != nil {
		return nil, err
	}
	var list []account.Person
	for _, p := range all {
		if p.Role.May(account.Decide) && !p.Disabled {
			list = append(list, p.Person)
		}
	}
	return list, nil
}
