package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"countersign/internal/account"
	"countersign/internal/review"
)

// AskFor puts on record what an admin asks for; see account.RequestStore. Whether somebody else
// could confirm it is decided in the same transaction.
func (s *Store) AskFor(ctx context.Context, terms account.RequestTerms, c account.ChangedBy) (account.Request, error) {
	var r account.Request
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) (err error) {
		r, err = s.insertRequest(ctx, tx, terms, c)
		return err
	})
	if err != nil {
		return account.Request{}, fmt.Errorf("store: ask for a change of an account: %w", err)
	}
	return r, nil
}

func (s *Store) insertRequest(ctx context.Context, tx *sql.Tx, terms account.RequestTerms, c account.ChangedBy) (account.Request, error) {
	by, err := personByID(ctx, tx, c.By.ID)
	if err != nil {
		return account.Request{}, err
	}
	if by.Disabled || !by.Role.May(account.ManageAccounts) {
		return account.Request{}, account.ErrMayNotConfirm
	}
	if err := mayAskFor(ctx, tx, &terms, c.At); err != nil {
		return account.Request{}, err
	}
	others, err := ableAdmins(ctx, tx, by.ID, c.At)
	if err != nil {
		return account.Request{}, err
	}
	terms.Alone = others == 0
	entry, err := s.enterFacts(ctx, tx, by.ID, changeEntry(c, review.Facts{AccountChange: string(account.RequestAsked), Request: &terms}), sameCredentials)
	if err != nil {
		return account.Request{}, err
	}
	_, err = tx.ExecContext(ctx, `
		INSERT INTO account_requests (seq, asked_at, state, ended_by)
		VALUES ($1, $2, $3, '')`, entry.Seq, millis(entry.At), string(account.RequestOpen))
	return account.Request{ID: entry.Seq, RequestTerms: terms, AskedBy: by, AskedAt: entry.At, State: account.RequestOpen}, err
}

// mayAskFor completes what is asked for, or returns why it could not be done.
func mayAskFor(ctx context.Context, tx *sql.Tx, terms *account.RequestTerms, now time.Time) error {
	open, err := readRequests(ctx, tx, now)
	if err != nil {
		return err
	}
	for i := range open {
		if r := &open[i]; r.IsOpen(now) && r.Kind == terms.Kind && account.NameKey(r.Name) == account.NameKey(terms.Name) {
			return account.ErrRequestTwice
		}
	}
	if terms.Kind == account.NewSupervisor {
		return mayAdd(ctx, tx, supervisorNamed(terms.Name), false)
	}
	owner, err := personByKey(ctx, tx, account.NameKey(terms.Name))
	if err != nil {
		return err
	}
	if owner.Disabled || (owner.Role == account.Supervisor) == (terms.Kind == account.BecomeSupervisor) {
		return account.ErrNoAccount // of those of which this can be asked
	}
	terms.Account, terms.Name = owner.ID, owner.Name
	return nil
}

// supervisorNamed is an account that nobody can sign in to yet.
func supervisorNamed(name string) account.Account {
	return account.Account{Person: account.Person{Name: name, Role: account.Supervisor}, Key: account.NameKey(name), Looks: account.SkeletonsOf(name)}
}

// personByKey returns whoever has the account with a name key; account.ErrNoAccount when nobody
// does.
func personByKey(ctx context.Context, tx *sql.Tx, key string) (account.Person, error) {
	var by personRow
	err := tx.QueryRowContext(ctx, `
		SELECT id, name, role, created_at, disabled_at
		FROM accounts
		WHERE name_key = $1 AND id > 0`, key).Scan(by.scanTargets()...)
	if errors.Is(err, sql.ErrNoRows) {
		err = account.ErrNoAccount
	}
	return by.toPerson(), err
}

// CarryOut does what was asked for, once; see account.RequestStore.
func (s *Store) CarryOut(ctx context.Context, id int64, token [sha256.Size]byte, c account.ChangedBy) (account.Request, error) {
	var r account.Request
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) (err error) {
		if r, err = requestToCarryOut(ctx, tx, id, c); err != nil {
			return err
		}
		if c.By.ID != r.AskedBy.ID {
			if err := s.logRequest(ctx, tx, &r, account.RequestConfirmed, c); err != nil {
				return err
			}
		}
		c.Request = &r
		if err := s.doRequest(ctx, tx, token, c); err != nil {
			return err
		}
		return endRequest(ctx, tx, &r, account.RequestDone, c)
	})
	if err != nil {
		return account.Request{}, fmt.Errorf("store: carry out a request: %w", err)
	}
	return r, nil
}

// requestToCarryOut returns a request that its confirmer, or whoever asked, may carry out now.
func requestToCarryOut(ctx context.Context, tx *sql.Tx, id int64, c account.ChangedBy) (account.Request, error) {
	r, err := openRequest(ctx, tx, id, c.At)
	if err != nil {
		return r, err
	}
	who, err := personByID(ctx, tx, c.By.ID)
	if err != nil {
		return r, err
	}
	changes, err := accountChanges(ctx, tx, r.AskedAt.Add(-review.TrustedAgainAfter))
	if err != nil {
		return r, err
	}
	// The operator, who may do all this at once, needs no second account for it.
	changes = slices.DeleteFunc(changes, func(c review.AccountChange) bool { return c.By == 0 })
	onePerson := len(review.CouldBeOne(r.AskedBy.ID, who.ID, changes)) > 0
	return r, r.MayCarryOut(who, onePerson, c.At)
}

// doRequest does what the request of c asks for.
func (s *Store) doRequest(ctx context.Context, tx *sql.Tx, token [sha256.Size]byte, c account.ChangedBy) error {
	key, until := account.NameKey(c.Request.Name), c.At.Add(account.LinkValidity)
	switch c.Request.Kind {
	case account.NewSupervisor:
		if _, err := s.insertAccount(ctx, tx, supervisorNamed(c.Request.Name), false, c); err != nil {
			return err
		}
		return s.insertLink(ctx, tx, key, token, until, c)
	case account.BecomeSupervisor:
		return s.updateRole(ctx, tx, key, account.Supervisor, c)
	case account.SupervisorLink:
		return s.insertLink(ctx, tx, key, token, until, c)
	case account.SupervisorFactors:
		return s.deleteFactors(ctx, tx, key, c.Request.Reason, c)
	}
	return fmt.Errorf("nobody knows how to carry out %q", c.Request.Kind)
}

// CancelRequest ends an open request; see account.RequestStore.
func (s *Store) CancelRequest(ctx context.Context, id int64, c account.ChangedBy) (account.Request, error) {
	var r account.Request
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) (err error) {
		if r, err = openRequest(ctx, tx, id, c.At); err != nil {
			return err
		}
		who, err := personByID(ctx, tx, c.By.ID)
		if err != nil {
			return err
		}
		if !r.MayCancel(who, c.At) {
			return account.ErrRequestOver
		}
		if err := s.logRequest(ctx, tx, &r, account.RequestCancelled, c); err != nil {
			return err
		}
		return endRequest(ctx, tx, &r, account.RequestWithdrawn, c)
	})
	if err != nil {
		return account.Request{}, fmt.Errorf("store: cancel a request: %w", err)
	}
	return r, nil
}

// logRequest enters what somebody did about a request.
func (s *Store) logRequest(ctx context.Context, tx *sql.Tx, r *account.Request, what account.Change, c account.ChangedBy) error {
	a := changeEntry(c, review.Facts{AccountChange: string(what), Request: &r.RequestTerms})
	a.About = r.ID
	return s.logFacts(ctx, tx, c.By.ID, a, sameCredentials)
}

// endRequest keeps that a request is open no more.
func endRequest(ctx context.Context, tx *sql.Tx, r *account.Request, state account.RequestState, c account.ChangedBy) error {
	r.State, r.EndedAt, r.EndedBy = state, c.At, c.By.Name
	result, err := tx.ExecContext(ctx, `
		UPDATE account_requests
		SET state = $1, ended_at = $2, ended_by = $3
		WHERE seq = $4 AND state = $5`, string(state), millis(c.At), c.By.Name, r.ID, string(account.RequestOpen))
	return expectRow(result, err, account.ErrRequestOver)
}

// Requests lists what is open, and what was carried out shortly before; see
// account.RequestStore.
func (s *Store) Requests(ctx context.Context, now time.Time) ([]account.Request, error) {
	var list []account.Request
	err := s.read(ctx, func(tx *sql.Tx) (err error) {
		list, err = readRequests(ctx, tx, now)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("store: list requests: %w", err)
	}
	return list, nil
}

// openRequest returns a request that is open at a time; account.ErrRequestOver when there is no
// such one.
func openRequest(ctx context.Context, tx *sql.Tx, id int64, now time.Time) (account.Request, error) {
	list, err := readRequests(ctx, tx, now)
	if err != nil {
		return account.Request{}, err
	}
	at := slices.IndexFunc(list, func(r account.Request) bool { return r.ID == id && r.IsOpen(now) })
	if at < 0 {
		return account.Request{}, account.ErrRequestOver
	}
	return list[at], nil
}

// readRequests reads what may be open at a time, and what was carried out shortly before. What
// is asked for, and by whom, is what the ledger says: a row that somebody planted in the table
// asks for nothing.
func readRequests(ctx context.Context, tx *sql.Tx, now time.Time) ([]account.Request, error) {
	states, err := requestStates(ctx, tx, now)
	if err != nil || len(states) == 0 {
		return nil, err
	}
	rows, err := tx.QueryContext(ctx, `
		SELECT `+entryColumns+`
		FROM ledger
		WHERE act = $1 AND seq IN (
			SELECT seq
			FROM account_requests
			WHERE state = 'open' AND asked_at > $2 OR state = 'done' AND ended_at > $3)
		ORDER BY seq`,
		string(review.ActAccount), millis(now.Add(-account.RequestValidity)), millis(now.Add(-account.RequestToldFor)))
	entries, err := readEntries(rows, err)
	if err != nil {
		return nil, err
	}
	var list []account.Request
	for i := range entries {
		facts, err := review.ParseFacts(entries[i].Entry)
		if err != nil {
			return nil, err
		}
		if facts.Request == nil || account.Change(facts.AccountChange) != account.RequestAsked {
			continue
		}
		r := states[entries[i].Seq]
		r.RequestTerms, r.AskedAt = *facts.Request, entries[i].At
		r.AskedBy = account.Person{ID: entries[i].Actor, Name: entries[i].Name, Role: account.Role(entries[i].Role)}
		list = append(list, r)
	}
	return list, nil
}

// requestStates reads how far requests came, by their ID.
func requestStates(ctx context.Context, tx *sql.Tx, now time.Time) (map[int64]account.Request, error) {
	rows, err := tx.QueryContext(ctx, `
		SELECT seq, state, ended_at, ended_by
		FROM account_requests
		WHERE state = 'open' AND asked_at > $1 OR state = 'done' AND ended_at > $2`,
		millis(now.Add(-account.RequestValidity)), millis(now.Add(-account.RequestToldFor)))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	found := map[int64]account.Request{}
	for rows.Next() {
		var r account.Request
		var ended sql.NullInt64
		if err := rows.Scan(&r.ID, &r.State, &ended, &r.EndedBy); err != nil {
			return nil, err
		}
		if ended.Valid {
			r.EndedAt = timeOf(ended.Int64)
		}
		found[r.ID] = r
	}
	return found, rows.Err()
}
