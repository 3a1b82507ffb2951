package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"countersign/internal/account"
)

// Session returns who is signed in with the token that has the hash, with their
// preferences, and since when, and when they were last seen. It returns account.ErrNoSession when nobody is, or the
// account was disabled. How long a session lasts is for the caller to judge.
func (s *Store) Session(ctx context.Context, tokenHash [32]byte) (who account.Person, created, seen time.Time, err error) {
	var by personRow
	var createdAt, seenAt int64
	var chosen sql.NullString
	err = s.readers.QueryRowContext(ctx, `
		SELECT sessions.created_at, sessions.seen_at, preferences.chosen,
			accounts.id, accounts.name, accounts.role, accounts.created_at, accounts.disabled_at
		FROM sessions
		JOIN accounts ON accounts.id = sessions.account
		LEFT JOIN preferences ON preferences.account = accounts.id
		WHERE sessions.token_hash = $1 AND accounts.disabled_at IS NULL`, tokenHash[:]).
		Scan(append([]any{&createdAt, &seenAt, &chosen}, by.scanTargets()...)...)
	if errors.Is(err, sql.ErrNoRows) {
		return account.Person{}, time.Time{}, time.Time{}, account.ErrNoSession
	}
	if err != nil {
		return account.Person{}, time.Time{}, time.Time{}, fmt.Errorf("store: read session: %w", s.describeError(err))
	}
	who = by.toPerson()
	who.Preferences = preferencesOf(chosen)
	return who, timeOf(createdAt), timeOf(seenAt), nil
}

// SaveSession records that the owner, an account, has signed in with a token, when
// created and seen are the same time, or else that it was seen with the token again.
// It returns account.ErrNoSession when the account is disabled or its password became
// void, and for one seen again when the session has ended meanwhile: a request that was
// under way does not bring it back.
func (s *Store) SaveSession(ctx context.Context, tokenHash [32]byte, owner int64, created, seen time.Time) error {
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if millis(created) == millis(seen) {
			return insertSession(ctx, tx, tokenHash, owner, created)
		}
		return touchSession(ctx, tx, tokenHash, owner, seen)
	})
	if err != nil {
		return fmt.Errorf("store: save session: %w", err)
	}
	return nil
}

func insertSession(ctx context.Context, tx *sql.Tx, tokenHash [32]byte, owner int64, created time.Time) error {
	result, err := tx.ExecContext(ctx, `
		INSERT INTO sessions (token_hash, account, created_at, seen_at)
		SELECT $1, id, CAST($2 AS bigint), CAST($2 AS bigint)
		FROM accounts
		WHERE id = $3 AND disabled_at IS NULL AND password <> ''
		ON CONFLICT (token_hash) DO UPDATE
		SET seen_at = CASE WHEN sessions.seen_at > excluded.seen_at THEN sessions.seen_at ELSE excluded.seen_at END
		WHERE sessions.account = excluded.account`, tokenHash[:], millis(created), owner)
	return expectRow(result, err, account.ErrNoSession)
}

func touchSession(ctx context.Context, tx *sql.Tx, tokenHash [32]byte, owner int64, seen time.Time) error {
	result, err := tx.ExecContext(ctx, `
		UPDATE sessions
		SET seen_at = CASE WHEN seen_at > $1 THEN seen_at ELSE $1 END
		WHERE token_hash = $2 AND account = $3
			AND EXISTS (SELECT 1 FROM accounts WHERE id = sessions.account AND disabled_at IS NULL)`,
		millis(seen), tokenHash[:], owner)
	return expectRow(result, err, account.ErrNoSession)
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
			SELECT token_hash, created_at, seen_at
			FROM sessions
			WHERE account = $1
			ORDER BY seen_at DESC`, owner)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var hash []byte
			var created, seen int64
			if err := rows.Scan(&hash, &created, &seen); err != nil {
				return err
			}
			list = append(list, account.Session{Token: [32]byte(hash), Created: timeOf(created), Seen: timeOf(seen)})
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

// SweepSessions forgets the sessions that at the time now were not seen for longer
// than idle, or are older than absolute, or are from the future: a clock that was put right
// since would let them last.
func (s *Store) SweepSessions(ctx context.Context, now time.Time, idle, absolute time.Duration) error {
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `
			DELETE FROM sessions
			WHERE seen_at < $1 OR created_at < $2 OR seen_at > $3 OR created_at > $3`,
			millis(now.Add(-idle)), millis(now.Add(-absolute)), millis(now.Add(account.ClockSlack)))
		return err
	})
	if err != nil {
		return fmt.Errorf("store: sweep sessions: %w", err)
	}
	return nil
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
