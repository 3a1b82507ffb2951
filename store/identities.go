package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"countersign/internal/account"
	"countersign/internal/review"
)

// AccountByIdentity returns the account that an identity is bound to; see account.IdentityStore.
func (s *Store) AccountByIdentity(ctx context.Context, id account.Identity) (account.Account, error) {
	var found account.Account
	var by personRow
	err := s.readRow(ctx, func(db *sql.DB) error {
		return db.QueryRowContext(ctx, `
			SELECT accounts.name_key, accounts.password, accounts.id, accounts.name, accounts.role, accounts.created_at, accounts.disabled_at
			FROM identities
			JOIN accounts ON accounts.id = identities.account
			WHERE identities.issuer = $1 AND identities.subject = $2`, id.Issuer, id.Subject).
			Scan(append([]any{&found.Key, &found.Password}, by.scanTargets()...)...)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return account.Account{}, account.ErrNoAccount
	}
	if err != nil {
		return account.Account{}, fmt.Errorf("store: read account by identity: %w", err)
	}
	found.Person = by.toPerson()
	return found, nil
}

// AddBoundAccount keeps a new account that an identity is bound to; see account.IdentityStore.
func (s *Store) AddBoundAccount(ctx context.Context, a account.Account, id account.Identity, c account.ChangedBy) (int64, error) {
	added, err := s.addSpecial(ctx, a, c, account.ProviderIdentity, func(ctx context.Context, tx *sql.Tx, owner int64) error {
		return insertIdentity(ctx, tx, owner, id, c.At)
	})
	if err != nil {
		return 0, fmt.Errorf("store: add bound account: %w", err)
	}
	return added, nil
}

// AddBreakGlass keeps a new account for emergencies; see account.BreakGlassStore.
func (s *Store) AddBreakGlass(ctx context.Context, a account.Account, c account.ChangedBy) (int64, error) {
	added, err := s.addSpecial(ctx, a, c, account.BreakGlass, func(ctx context.Context, tx *sql.Tx, owner int64) error {
		result, err := tx.ExecContext(ctx, `
			INSERT INTO break_glass (account, made_at)
			SELECT CAST($1 AS bigint), CAST($2 AS bigint)
			WHERE NOT `+ableBreakGlass, owner, millis(c.At))
		return expectRow(result, err, account.ErrBreakGlass)
	})
	if err != nil {
		return 0, fmt.Errorf("store: add account for emergencies: %w", err)
	}
	return added, nil
}

// ableBreakGlass is whether there is an account for emergencies that is not disabled.
const ableBreakGlass = `EXISTS (
	SELECT 1
	FROM break_glass
	JOIN accounts ON accounts.id = break_glass.account
	WHERE accounts.disabled_at IS NULL)`

// addSpecial keeps a new account with what it has besides a password, in one entry.
func (s *Store) addSpecial(ctx context.Context, a account.Account, c account.ChangedBy, what account.FactorKind, also func(context.Context, *sql.Tx, int64) error) (int64, error) {
	var id int64
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if err := mayAdd(ctx, tx, a, false); err != nil {
			return err
		}
		var err error
		if id, err = insertAccountRow(ctx, tx, a, c); err != nil {
			return err
		}
		if err := also(ctx, tx, id); err != nil {
			return err
		}
		known, err := factorDigests(ctx, tx, id)
		if err != nil {
			return err
		}
		facts := review.Facts{AccountChange: string(account.Added), Factor: what}
		return s.logFacts(ctx, tx, id, newEntry{by: c.By, Act: review.Act{At: c.At, Facts: facts}}, func(*account.Credentials) *account.Credentials {
			return &account.Credentials{Password: account.PasswordDigest(a.Password), Factors: known[id]}
		})
	})
	return id, err
}

// insertIdentity binds an account to an identity that no other has.
func insertIdentity(ctx context.Context, tx *sql.Tx, owner int64, id account.Identity, at time.Time) error {
	result, err := tx.ExecContext(ctx, `
		INSERT INTO identities (account, issuer, subject, bound_at)
		VALUES ($1, $2, $3, $4)
		ON CONFLICT (issuer, subject) DO NOTHING`, owner, id.Issuer, id.Subject, millis(at))
	return expectRow(result, err, account.ErrIdentityTaken)
}

// BindIdentity binds an account to an identity; see account.IdentityStore.
func (s *Store) BindIdentity(ctx context.Context, key string, id account.Identity, c account.ChangedBy) error {
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		var owner int64
		var emergency bool
		err := tx.QueryRowContext(ctx, `
			SELECT id, EXISTS (SELECT 1 FROM break_glass WHERE break_glass.account = accounts.id)
			FROM accounts
			WHERE name_key = $1 AND id > 0 AND disabled_at IS NULL`, key).Scan(&owner, &emergency)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return account.ErrNoAccount
		case err != nil:
			return err
		case emergency:
			return account.ErrBreakGlass
		}
		_, err = tx.ExecContext(ctx, `
			DELETE FROM identities
			WHERE account = $1`, owner)
		if err != nil {
			return err
		}
		if err := insertIdentity(ctx, tx, owner, id, c.At); err != nil {
			return err
		}
		if err := endSessions(ctx, tx, owner); err != nil {
			return err
		}
		return s.logFactors(ctx, tx, owner, c, review.Facts{AccountChange: string(account.Bound), Factor: account.ProviderIdentity})
	})
	if err != nil {
		return fmt.Errorf("store: bind identity: %w", err)
	}
	return nil
}

// LogBreakGlass puts on record that an account for emergencies was used; see
// account.BreakGlassStore.
func (s *Store) LogBreakGlass(ctx context.Context, c account.ChangedBy) error {
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		return s.logChange(ctx, tx, c.By.ID, account.BreakGlassUsed, c, sameCredentials)
	})
	if err != nil {
		return fmt.Errorf("store: record the use of the account for emergencies: %w", err)
	}
	return nil
}

// BreakGlassUses returns the uses of accounts for emergencies; see account.BreakGlassStore.
func (s *Store) BreakGlassUses(ctx context.Context, since time.Time) ([]account.RecordedChange, error) {
	var uses []account.RecordedChange
	err := s.read(ctx, func(tx *sql.Tx) error {
		var any bool
		err := tx.QueryRowContext(ctx, `
			SELECT EXISTS (SELECT 1 FROM break_glass)`).Scan(&any)
		if err != nil || !any {
			return err
		}
		rows, err := tx.QueryContext(ctx, `
			SELECT `+entryColumns+`
			FROM ledger
			WHERE at >= $1 AND act = 'account'
			ORDER BY seq DESC`, millis(since))
		list, err := readEntries(rows, err)
		if err != nil {
			return err
		}
		for i := range list {
			r, _, err := accountRecorded(&list[i])
			if err != nil {
				return err
			}
			if r.What == account.BreakGlassUsed {
				uses = append(uses, r)
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("store: list uses of the account for emergencies: %w", err)
	}
	return uses, nil
}

// HasBreakGlass reports whether an account for emergencies can be used; see
// account.BreakGlassStore.
func (s *Store) HasBreakGlass(ctx context.Context) (bool, error) {
	var has bool
	err := s.readRow(ctx, func(db *sql.DB) error { return db.QueryRowContext(ctx, `SELECT `+ableBreakGlass).Scan(&has) })
	if err != nil {
		return false, fmt.Errorf("store: look for an account for emergencies: %w", err)
	}
	return has, nil
}

// CheckSession records that the provider said again that the owner of a session may come in, in
// a session of its own that may have a name. It returns account.ErrNoSession as TouchSession does.
func (s *Store) CheckSession(ctx context.Context, tokenHash [32]byte, owner int64, providerSession string, at time.Time) error {
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, `
			UPDATE sessions
			SET checked_at = $1, provider_session = $2
			WHERE token_hash = $3 AND account = $4 AND proof = 'provider'
				AND EXISTS (SELECT 1 FROM accounts WHERE id = sessions.account AND disabled_at IS NULL)`,
			millis(at), providerSession, tokenHash[:], owner)
		return expectRow(result, err, account.ErrNoSession)
	})
	if err != nil {
		return fmt.Errorf("store: check session: %w", err)
	}
	return nil
}

// EndProviderSessions ends the sessions that were begun through the provider by whoever has the
// identity, or in a session of the provider's with that name; with both, those for which both
// are true. A token with the same hash is taken once: account.ErrNoChallenge for another time.
func (s *Store) EndProviderSessions(ctx context.Context, id account.Identity, providerSession string, token [32]byte, until, now time.Time) error {
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `
			DELETE FROM logout_tokens
			WHERE until < $1`, millis(now))
		if err != nil {
			return err
		}
		result, err := tx.ExecContext(ctx, `
			INSERT INTO logout_tokens (hash, until)
			VALUES ($1, $2)
			ON CONFLICT (hash) DO NOTHING`, token[:], millis(until))
		if err := expectRow(result, err, account.ErrNoChallenge); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `
			DELETE FROM sessions
			WHERE proof = 'provider'
				AND ($2 = '' OR account IN (SELECT account FROM identities WHERE issuer = $1 AND subject = $2))
				AND ($3 = '' OR provider_session = $3)
				AND ($2 <> '' OR $3 <> '')`, id.Issuer, id.Subject, providerSession)
		return err
	})
	if err != nil {
		return fmt.Errorf("store: end sessions of the provider: %w", err)
	}
	return nil
}

// EndSessionsOf ends all sessions of an account that were begun through the provider.
func (s *Store) EndSessionsOf(ctx context.Context, owner int64) error {
	return s.endWhere(ctx, `account = $1 AND proof = 'provider'`, owner)
}
