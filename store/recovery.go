package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"countersign/internal/account"
)

// ReplaceRecoveryCodes gives c.By recovery codes in place of those before; see account.CodeStore.
func (s *Store) ReplaceRecoveryCodes(ctx context.Context, codes []account.CodeHash, c account.ChangedBy) error {
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		has, err := hasFactor(ctx, tx, c.By.ID)
		if err != nil {
			return err
		}
		if !has {
			return account.ErrNoFactor
		}
		return s.replaceRecoveryCodes(ctx, tx, codes, c)
	})
	if err != nil {
		return fmt.Errorf("store: replace recovery codes: %w", err)
	}
	return nil
}

// replaceRecoveryCodes does that and puts it on record.
func (s *Store) replaceRecoveryCodes(ctx context.Context, tx *sql.Tx, codes []account.CodeHash, c account.ChangedBy) error {
	if _, err := deleteRecoveryCodes(ctx, tx, c.By.ID); err != nil {
		return err
	}
	for _, code := range codes {
		_, err := tx.ExecContext(ctx, `
			INSERT INTO recovery_codes (account, code_hash)
			VALUES ($1, $2)`, c.By.ID, code[:])
		if err != nil {
			return err
		}
	}
	return s.logFactor(ctx, tx, account.FactorAdded, account.RecoveryCodes, c)
}

// dropIdleRecoveryCodes takes the recovery codes from c.By where there is no factor left that
// they stand in for, and puts that on record.
func (s *Store) dropIdleRecoveryCodes(ctx context.Context, tx *sql.Tx, c account.ChangedBy) error {
	if has, err := hasFactor(ctx, tx, c.By.ID); err != nil || has {
		return err
	}
	if some, err := deleteRecoveryCodes(ctx, tx, c.By.ID); err != nil || !some {
		return err
	}
	return s.logFactor(ctx, tx, account.FactorRemoved, account.RecoveryCodes, c)
}

// deleteRecoveryCodes forgets the recovery codes of an account, and reports whether it had any.
func deleteRecoveryCodes(ctx context.Context, tx *sql.Tx, owner int64) (some bool, err error) {
	result, err := tx.ExecContext(ctx, `
		DELETE FROM recovery_codes
		WHERE account = $1`, owner)
	if err != nil {
		return false, err
	}
	n, err := result.RowsAffected()
	return n > 0, err
}

// TakeRecoveryCode marks a recovery code as used; see account.CodeStore.
func (s *Store) TakeRecoveryCode(ctx context.Context, owner int64, code account.CodeHash, at time.Time) (left int, err error) {
	err = s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, `
			UPDATE recovery_codes
			SET used_at = $1
			WHERE account = $2 AND code_hash = $3 AND used_at IS NULL`, millis(at), owner, code[:])
		if err := expectRow(result, err, account.ErrWrongPassword); err != nil {
			return err
		}
		left, err = recoveryCodesLeft(ctx, tx, owner)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("store: take recovery code: %w", err)
	}
	return left, nil
}

// recoveryCodesLeft is how many recovery codes of an account were not used.
func recoveryCodesLeft(ctx context.Context, tx *sql.Tx, owner int64) (left int, err error) {
	err = tx.QueryRowContext(ctx, `
		SELECT count(*)
		FROM recovery_codes
		WHERE account = $1 AND used_at IS NULL`, owner).Scan(&left)
	return left, err
}
