package store

import (
	"context"
	"crypto/cipher"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"time"

	"countersign/internal/account"
	"countersign/internal/review"
)

// codeKeyPlace is where the data key of an account's secret for codes stands.
func codeKeyPlace(owner int64) string {
	return "code_secrets:v1:key:" + strconv.FormatInt(owner, 10)
}

// codePlace is where that secret stands.
func codePlace(owner int64) string { return "code_secrets:v1:" + strconv.FormatInt(owner, 10) }

// AddCodeSecret keeps a secret that is not confirmed yet; see account.CodeStore.
func (s *Store) AddCodeSecret(ctx context.Context, owner int64, secret string, at time.Time) error {
	plain := make([]byte, keyBytes)
	rand.Read(plain) // never fails, see crypto/rand
	key, err := newSeal(plain)
	if err != nil {
		return fmt.Errorf("store: add code secret: %w", err)
	}
	sealed := seal(key, secret, codePlace(owner))
	err = s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		// Sealed in the transaction, which knows the data key that counts.
		wrapped := seal(s.dataKeys, string(plain), codeKeyPlace(owner))
		_, err := tx.ExecContext(ctx, `
			INSERT INTO code_secrets (account, data_key, sealed, created_at, last_step)
			VALUES ($1, $2, $3, $4, 0)
			ON CONFLICT (account) WHERE confirmed_at IS NULL DO UPDATE
			SET data_key = excluded.data_key, sealed = excluded.sealed, created_at = excluded.created_at`,
			owner, wrapped, sealed, millis(at))
		return err
	})
	if err != nil {
		return fmt.Errorf("store: add code secret: %w", err)
	}
	return nil
}

// CodeSecret returns the secret of an account; see account.CodeStore.
func (s *Store) CodeSecret(ctx context.Context, owner int64, confirmed bool) (account.CodeSecret, error) {
	var found account.CodeSecret
	var wrapped []byte
	var created int64
	err := s.readRow(ctx, func(db *sql.DB) error {
		return db.QueryRowContext(ctx, `
			SELECT data_key, sealed, created_at, last_step
			FROM code_secrets
			WHERE account = $1 AND (confirmed_at IS NOT NULL) = $2`, owner, confirmed).Scan(&wrapped, &found.Sealed, &created, &found.LastStep)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return account.CodeSecret{}, account.ErrNoFactor
	}
	if err != nil {
		return account.CodeSecret{}, fmt.Errorf("store: read code secret: %w", err)
	}
	found.Created = timeOf(created)
	if found.Secret, err = openCodeSecret(s.dataKeys, owner, wrapped, found.Sealed); err != nil {
		return account.CodeSecret{}, err
	}
	return found, nil
}

// openCodeSecret opens a secret with its data key, which is sealed under the key of the data-key
// file.
func openCodeSecret(dataKeys cipher.AEAD, owner int64, wrapped, sealed []byte) (string, error) {
	key, err := unseal(dataKeys, wrapped, codeKeyPlace(owner))
	if err != nil {
		return "", err
	}
	return openCode([]byte(key), owner, sealed)
}

// openCode opens a secret with its own data key.
func openCode(key []byte, owner int64, sealed []byte) (string, error) {
	opened, err := newSeal(key)
	if err != nil {
		return "", fmt.Errorf("store: %w", review.ErrAltered)
	}
	return unseal(opened, sealed, codePlace(owner))
}

// ConfirmCodeSecret lets a secret count; see account.CodeStore.
func (s *Store) ConfirmCodeSecret(ctx context.Context, secret account.CodeSecret, step int64, recovery []account.CodeHash, c account.ChangedBy) (added bool, err error) {
	err = s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if err := s.deleteCodeSecret(ctx, tx, c); err != nil && !errors.Is(err, account.ErrNoFactor) {
			return err
		}
		result, err := tx.ExecContext(ctx, `
			UPDATE code_secrets
			SET confirmed_at = $1, last_step = $2
			WHERE account = $3 AND sealed = $4 AND confirmed_at IS NULL`, millis(c.At), step, c.By.ID, secret.Sealed)
		if err := expectRow(result, err, account.ErrNoFactor); err != nil {
			return err
		}
		if err := s.logFactor(ctx, tx, account.FactorAdded, account.CodeApp, c); err != nil {
			return err
		}
		left, err := recoveryCodesLeft(ctx, tx, c.By.ID)
		if err != nil {
			return err
		}
		if added = left == 0; added {
			if err := s.replaceRecoveryCodes(ctx, tx, recovery, c); err != nil {
				return err
			}
		}
		return endSessions(ctx, tx, c.By.ID)
	})
	if err != nil {
		return false, fmt.Errorf("store: confirm code secret: %w", err)
	}
	return added, nil
}

// logFactor enters into the ledger that a factor of c.By was added or removed by them.
func (s *Store) logFactor(ctx context.Context, tx *sql.Tx, what account.Change, kind account.FactorKind, c account.ChangedBy) error {
	return s.logFactors(ctx, tx, c.By.ID, c, review.Facts{AccountChange: string(what), Factor: kind})
}

// TakeCodeStep makes a step the last one used; see account.CodeStore. That is one statement, so
// that a code which is sent twice at once counts once.
func (s *Store) TakeCodeStep(ctx context.Context, owner int64, secret account.CodeSecret, step int64) error {
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, `
			UPDATE code_secrets
			SET last_step = $1
			WHERE account = $2 AND sealed = $3 AND last_step = $4 AND confirmed_at IS NOT NULL`,
			step, owner, secret.Sealed, secret.LastStep)
		return expectRow(result, err, account.ErrWrongPassword)
	})
	if err != nil {
		return fmt.Errorf("store: take code: %w", err)
	}
	return nil
}

// RemoveCodeSecret forgets the secret of c.By; see account.CodeStore.
func (s *Store) RemoveCodeSecret(ctx context.Context, oneMustStay bool, c account.ChangedBy) error {
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if err := s.deleteCodeSecret(ctx, tx, c); err != nil {
			return err
		}
		others, err := hasFactor(ctx, tx, c.By.ID)
		if err != nil {
			return err
		}
		if oneMustStay && !others {
			return account.ErrLastFactor
		}
		if err := s.dropIdleRecoveryCodes(ctx, tx, c); err != nil {
			return err
		}
		return endSessions(ctx, tx, c.By.ID)
	})
	if err != nil {
		return fmt.Errorf("store: remove code secret: %w", err)
	}
	return nil
}

// deleteCodeSecret forgets the confirmed secret of c.By and puts that on record. It returns
// account.ErrNoFactor when there is none.
func (s *Store) deleteCodeSecret(ctx context.Context, tx *sql.Tx, c account.ChangedBy) error {
	result, err := tx.ExecContext(ctx, `
		DELETE FROM code_secrets
		WHERE account = $1 AND confirmed_at IS NOT NULL`, c.By.ID)
	if err := expectRow(result, err, account.ErrNoFactor); err != nil {
		return err
	}
	return s.logFactor(ctx, tx, account.FactorRemoved, account.CodeApp, c)
}

// hasFactor reports whether an account has a second factor.
func hasFactor(ctx context.Context, tx *sql.Tx, owner int64) (has bool, err error) {
	err = tx.QueryRowContext(ctx, `
		SELECT `+hasSecondFactor("$1"), owner).Scan(&has)
	return has, err
}
