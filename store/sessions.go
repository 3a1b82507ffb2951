package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"countersign/internal/account"
)

// Session returns who signed in with the token that has the hash, with their preferences and
// factors. It returns account.ErrNoSession when nobody did, or the account was disabled. How
// long a session lasts, and what its person may do, is for the caller to judge.
func (s *Store) Session(ctx context.Context, tokenHash [32]byte) (account.SignedIn, error) {
	who := account.SignedIn{Session: account.Session{Token: tokenHash}}
	var by personRow
	var chosen sql.NullString
	session := sessionRow{session: &who.Session}
	targets := append(append(session.scanTargets(), &chosen), factorTargets(&who.Factors)...)
	targets = append(targets, &who.Factors.Provider, &who.NoPassword)
	err := s.readRow(ctx, func(db *sql.DB) error {
		return db.QueryRowContext(ctx, `
			SELECT `+sessionColumns+`, preferences.chosen,
				`+factorColumns+`,
				EXISTS (SELECT 1 FROM identities WHERE identities.account = accounts.id), accounts.password = '',
				accounts.id, accounts.name, accounts.role, accounts.created_at, accounts.disabled_at
			FROM sessions
			JOIN accounts ON accounts.id = sessions.account
			LEFT JOIN preferences ON preferences.account = accounts.id
			WHERE sessions.token_hash = $1 AND accounts.disabled_at IS NULL`, tokenHash[:]).
			Scan(append(targets, by.scanTargets()...)...)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return account.SignedIn{}, account.ErrNoSession
	}
	if err != nil {
		return account.SignedIn{}, fmt.Errorf("store: read session: %w", err)
	}
	session.fill()
	who.Person = by.toPerson()
	who.Preferences = preferencesOf(chosen)
	return who, nil
}

const sessionColumns = `sessions.created_at, sessions.seen_at, sessions.proved_at, sessions.proof, sessions.address, sessions.browser,
	sessions.checked_at, sessions.provider_session`

// sessionRow reads the columns of a session.
type sessionRow struct {
	session                        *account.Session
	created, seen, proved, checked int64
}

func (r *sessionRow) scanTargets() []any {
	return []any{&r.created, &r.seen, &r.proved, &r.session.Proof, &r.session.Address, &r.session.Browser, &r.checked, &r.session.ProviderSession}
}

func (r *sessionRow) fill() {
	r.session.Created, r.session.Seen, r.session.Proved = timeOf(r.created), timeOf(r.seen), timeOf(r.proved)
	r.session.Checked = timeOf(r.checked)
}

// BeginSession records that the owner, an account, has signed in, with the token of the session
// and how, and when it was created. It returns account.ErrNoSession when the account is disabled
// or its password became void; an account that is bound to the company's sign-in needs none to be
// begun by that, or by a passkey.
func (s *Store) BeginSession(ctx context.Context, owner int64, session account.Session) error {
	checked := session.Checked
	if checked.IsZero() {
		checked = session.Created
	}
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, `
			INSERT INTO sessions (token_hash, account, created_at, seen_at, proved_at, checked_at, proof, address, browser, provider_session)
			SELECT $1, id, CAST($2 AS bigint), CAST($2 AS bigint), CAST($2 AS bigint), CAST($8 AS bigint), $4, $5, $6, $7
			FROM accounts
			WHERE id = $3 AND disabled_at IS NULL
				AND (password <> '' OR $4 IN ('provider', 'passkey') AND EXISTS (SELECT 1 FROM identities WHERE identities.account = accounts.id))`,
			session.Token[:], millis(session.Created), owner, string(session.Proof), session.Address, session.Browser, session.ProviderSession, millis(checked))
		if err := expectRow(result, err, account.ErrNoSession); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `
			UPDATE accounts
			SET signed_in_on = $1
			WHERE id = $2 AND ($3 <> 'password' OR NOT `+hasSecondFactor("accounts.id")+`)`,
			millis(session.Created.UTC().Truncate(24*time.Hour)), owner, string(session.Proof))
		return err
	})
	if err != nil {
		return fmt.Errorf("store: begin session: %w", err)
	}
	return nil
}

// TouchSession records that the owner was seen with a token again. It returns
// account.ErrNoSession when the session has ended meanwhile: a request that was under way does
// not bring it back.
func (s *Store) TouchSession(ctx context.Context, tokenHash [32]byte, owner int64, seen time.Time) error {
	return s.updateSession(ctx, `seen_at`, tokenHash, tokenHash, owner, seen)
}

// ProveSession records that the owner proved to be there, and that the session has another
// token from then on. It returns account.ErrNoSession as TouchSession does.
func (s *Store) ProveSession(ctx context.Context, tokenHash, nextHash [32]byte, owner int64, at time.Time) error {
	return s.updateSession(ctx, `proved_at`, tokenHash, nextHash, owner, at)
}

// updateSession sets a time of a session, unless it has a later one, and its token.
func (s *Store) updateSession(ctx context.Context, column string, tokenHash, nextHash [32]byte, owner int64, at time.Time) error {
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, `
			UPDATE sessions
			SET `+column+` = CASE WHEN `+column+` > $1 THEN `+column+` ELSE $1 END, token_hash = $4
			WHERE token_hash = $2 AND account = $3
				AND EXISTS (SELECT 1 FROM accounts WHERE id = sessions.account AND disabled_at IS NULL)`,
			millis(at), tokenHash[:], owner, nextHash[:])
		return expectRow(result, err, account.ErrNoSession)
	})
	if err != nil {
		return fmt.Errorf("store: save session: %w", err)
	}
	return nil
}

// EndSession forgets a session, if there is one.
func (s *Store) EndSession(ctx context.Context, tokenHash [32]byte) error {
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `
			DELETE FROM sessions
			WHERE token_hash = $1`, tokenHash[:])
		return err
	})
	if err != nil {
		return fmt.Errorf("store: end session: %w", err)
	}
	return nil
}

// Sessions lists the browsers in which somebody is signed in, the one seen last first.
func (s *Store) Sessions(ctx context.Context, owner int64) ([]account.Session, error) {
	var list []account.Session
	err := s.read(ctx, func(tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, `
			SELECT token_hash, `+sessionColumns+`
			FROM sessions
			WHERE account = $1
			ORDER BY seen_at DESC`, owner)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var hash []byte
			var session account.Session
			row := sessionRow{session: &session}
			if err := rows.Scan(append([]any{&hash}, row.scanTargets()...)...); err != nil {
				return err
			}
			row.fill()
			session.Token = [32]byte(hash)
			list = append(list, session)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("store: list sessions: %w", err)
	}
	return list, nil
}

// EndSessionOf forgets a session of its owner's, if there is such a one.
func (s *Store) EndSessionOf(ctx context.Context, owner int64, tokenHash [32]byte) error {
	return s.endWhere(ctx, `account = $1 AND token_hash = $2`, owner, tokenHash[:])
}

// EndSessionsBut forgets all sessions of their owner but one.
func (s *Store) EndSessionsBut(ctx context.Context, owner int64, tokenHash [32]byte) error {
	return s.endWhere(ctx, `account = $1 AND token_hash <> $2`, owner, tokenHash[:])
}

func (s *Store) endWhere(ctx context.Context, condition string, args ...any) error {
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `
			DELETE FROM sessions
			WHERE `+condition, args...)
		return err
	})
	if err != nil {
		return fmt.Errorf("store: end sessions: %w", err)
	}
	return nil
}

// SweepSessions forgets the sessions that have ended by the time now as
// account.SessionLimits.Ended says, and returns them: whose they were, by number and role, and
// their tokens.
func (s *Store) SweepSessions(ctx context.Context, now time.Time, limits account.SessionLimits) ([]account.SignedIn, error) {
	var ended []account.SignedIn
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) (err error) {
		ended, err = deleteSessions(ctx, tx, `seen_at < $1 OR created_at < $2 OR seen_at > $3 OR created_at > $3
				OR created_at < $4 AND proof = $5 AND `+hasSecondFactor("sessions.account"),
			millis(now.Add(-limits.Idle)), millis(now.Add(-limits.Absolute)), millis(now.Add(account.ClockSlack)),
			millis(now.Add(-account.SecondFactorLimit)), string(account.ByPassword))
		if err != nil {
			return err
		}
		return deleteEndedChallenges(ctx, tx, now)
	})
	if err != nil {
		return nil, fmt.Errorf("store: sweep sessions: %w", err)
	}
	return ended, nil
}

// deleteSessions forgets sessions, and returns them as SweepSessions does.
func deleteSessions(ctx context.Context, tx *sql.Tx, condition string, args ...any) ([]account.SignedIn, error) {
	rows, err := tx.QueryContext(ctx, `
		DELETE FROM sessions
		WHERE `+condition+`
		RETURNING token_hash, account, (SELECT role FROM accounts WHERE id = sessions.account)`, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var ended []account.SignedIn
	for rows.Next() {
		var hash []byte
		var who account.SignedIn
		if err := rows.Scan(&hash, &who.ID, &who.Role); err != nil {
			return nil, err
		}
		copy(who.Session.Token[:], hash)
		ended = append(ended, who)
	}
	return ended, rows.Err()
}

// endSessions signs an account out everywhere.
func endSessions(ctx context.Context, tx *sql.Tx, owner int64) error {
	_, err := tx.ExecContext(ctx, `
		DELETE FROM sessions
		WHERE account = $1`, owner)
	return err
}

// expectRow returns missing when a statement that succeeded changed no row.
func expectRow(result sql.Result, err, missing error) error {
	if err != nil {
		return err
	}
	changed, err := result.RowsAffected()
	if err == nil && changed == 0 {
		return missing
	}
	return err
}
