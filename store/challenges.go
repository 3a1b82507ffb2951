package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"countersign/internal/account"
)

// AddChallenge keeps a question until it is answered; see account.ChallengeStore.
func (s *Store) AddChallenge(ctx context.Context, hash [sha256.Size]byte, c account.Challenge, now time.Time) error {
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if err := deleteEndedChallenges(ctx, tx, now); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `
			INSERT INTO challenges (hash, purpose, account, state, until)
			VALUES ($1, $2, $3, $4, $5)`,
			hash[:], string(c.Purpose), sql.NullInt64{Int64: c.Account, Valid: c.Account != 0}, c.State, millis(c.Until))
		if err != nil || c.Most == 0 {
			return err
		}
		return forgetOldest(ctx, tx, c)
	})
	if err != nil {
		return fmt.Errorf("store: add challenge: %w", err)
	}
	return nil
}

// deleteEndedChallenges forgets the questions that nobody may answer any more. One may hold what
// somebody typed, sealed.
func deleteEndedChallenges(ctx context.Context, tx *sql.Tx, now time.Time) error {
	_, err := tx.ExecContext(ctx, `
		DELETE FROM challenges
		WHERE until < $1`, millis(now))
	return err
}

// forgetOldest forgets questions of a purpose but for those that are open longest.
func forgetOldest(ctx context.Context, tx *sql.Tx, c account.Challenge) error {
	_, err := tx.ExecContext(ctx, `
		DELETE FROM challenges
		WHERE purpose = $1 AND until <= (
			SELECT until FROM challenges
			WHERE purpose = $1
			ORDER BY until DESC
			LIMIT 1 OFFSET $2
		)`, string(c.Purpose), c.Most)
	return err
}

// TakeChallenge returns a question and forgets it; see account.ChallengeStore.
func (s *Store) TakeChallenge(ctx context.Context, hash [sha256.Size]byte, purpose account.ChallengePurpose, now time.Time) (account.Challenge, error) {
	found := account.Challenge{Purpose: purpose}
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		var owner sql.NullInt64
		var until int64
		err := tx.QueryRowContext(ctx, `
			DELETE FROM challenges
			WHERE hash = $1 AND purpose = $2 AND until >= $3
			RETURNING account, state, until`, hash[:], string(purpose), millis(now)).Scan(&owner, &found.State, &until)
		if errors.Is(err, sql.ErrNoRows) {
			return account.ErrNoChallenge
		}
		found.Account, found.Until = owner.Int64, timeOf(until)
		return err
	})
	if err != nil {
		return account.Challenge{}, fmt.Errorf("store: take challenge: %w", err)
	}
	return found, nil
}
