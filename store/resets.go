package store

import (
	"context"
	"database/sql"
	"fmt"

	"countersign/internal/review"
)

// BeginReset records that somebody is about to reset a session limit. The recipient
// need not have been fetched. It returns review.ErrKeyUsed when the form was sent
// before.
func (s *Store) BeginReset(ctx context.Context, r review.NewReset) (int64, error) {
	var seq int64
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if err := s.ensureRecipient(ctx, tx, r.Recipient); err != nil {
			return err
		}
		used, err := entryOfForm(ctx, tx, r.By, r.Key)
		if err != nil {
			return err
		}
		if used > 0 {
			return review.ErrKeyUsed
		}
		seq, err = s.append(ctx, tx, act{
			at: r.At, by: r.By, recipient: r.Recipient, act: review.ActReset,
			facts: review.Facts{Form: r.Key}, content: []byte(r.Reason),
		})
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("store: begin reset: %w", err)
	}
	return seq, nil
}

// EndReset records what came of a reset, once.
func (s *Store) EndReset(ctx context.Context, r review.NewReset, seq int64, end review.ResetEnd) error {
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := s.append(ctx, tx, act{
			at: end.At, by: r.By, recipient: r.Recipient, act: review.ActResetEnded, about: seq,
			facts: review.Facts{Outcome: end.Outcome, Failure: end.Failure},
		})
		return err
	})
	if err != nil {
		return fmt.Errorf("store: end reset: %w", err)
	}
	return nil
}
