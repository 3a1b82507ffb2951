package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"countersign/internal/account"
	"countersign/internal/review"
)

const passkeyColumns = `passkeys.id, passkeys.credential, passkeys.sign_count, passkeys.name, passkeys.created_at, passkeys.used_at`

// passkeyRow reads the columns of a passkey.
type passkeyRow struct {
	found      account.PasskeyEntry
	credential []byte
	created    int64
	used       sql.NullInt64
}

func (r *passkeyRow) scanTargets() []any {
	return []any{&r.found.ID, &r.credential, &r.found.Count, &r.found.Name, &r.created, &r.used}
}

func (r *passkeyRow) toPasskey() (account.PasskeyEntry, error) {
	r.found.Created = timeOf(r.created)
	if r.used.Valid {
		r.found.Used = timeOf(r.used.Int64)
	}
	if err := json.Unmarshal(r.credential, &r.found.Credential); err != nil {
		return account.PasskeyEntry{}, fmt.Errorf("passkey %d: %w", r.found.ID, errForm)
	}
	return r.found, nil
}

// AddPasskey keeps a new passkey of whoever makes the change; see account.PasskeyStore.
func (s *Store) AddPasskey(ctx context.Context, p account.PasskeyEntry, c account.ChangedBy) error {
	credential, err := json.Marshal(p.Credential)
	if err != nil {
		return fmt.Errorf("store: add passkey: %w", err)
	}
	err = s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if err := mayAddPasskey(ctx, tx, p, c.By.ID); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `
			INSERT INTO passkeys (id, account, credential_id, credential, sign_count, name, created_at)
			VALUES ((SELECT coalesce(max(id), 0) + 1 FROM passkeys), $1, $2, $3, $4, $5, $6)`, c.By.ID, p.Credential.ID, string(credential), p.Count, p.Name, millis(c.At))
		if err != nil {
			return err
		}
		return s.logFactors(ctx, tx, c.By.ID, c, passkeyFacts(account.FactorAdded))
	})
	if err != nil {
		return fmt.Errorf("store: add passkey: %w", err)
	}
	return nil
}

func mayAddPasskey(ctx context.Context, tx *sql.Tx, p account.PasskeyEntry, owner int64) error {
	var able, known bool
	var count int
	err := tx.QueryRowContext(ctx, `
		SELECT EXISTS (SELECT 1 FROM accounts WHERE id = $1 AND disabled_at IS NULL),
			EXISTS (SELECT 1 FROM passkeys WHERE credential_id = $2),
			(SELECT count(*) FROM passkeys WHERE account = $1)`, owner, p.Credential.ID).Scan(&able, &known, &count)
	switch {
	case err != nil:
		return err
	case !able:
		return account.ErrNoAccount
	case known:
		return account.ErrPasskeyKnown
	case count >= account.MaxPasskeys:
		return account.ErrManyPasskeys
	}
	return nil
}

func passkeyFacts(what account.Change) review.Facts {
	return review.Facts{AccountChange: string(what), Factor: account.Passkey}
}

// Passkeys returns the passkeys of an account; see account.PasskeyStore.
func (s *Store) Passkeys(ctx context.Context, owner int64) ([]account.PasskeyEntry, error) {
	var list []account.PasskeyEntry
	err := s.read(ctx, func(tx *sql.Tx) (err error) {
		list, err = readPasskeys(ctx, tx, owner)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("store: list passkeys: %w", err)
	}
	return list, nil
}

func readPasskeys(ctx context.Context, tx *sql.Tx, owner int64) ([]account.PasskeyEntry, error) {
	rows, err := tx.QueryContext(ctx, `
		SELECT `+passkeyColumns+`
		FROM passkeys
		WHERE account = $1
		ORDER BY id`, owner)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []account.PasskeyEntry
	for rows.Next() {
		var row passkeyRow
		if err := rows.Scan(row.scanTargets()...); err != nil {
			return nil, err
		}
		p, err := row.toPasskey()
		if err != nil {
			return nil, err
		}
		list = append(list, p)
	}
	return list, rows.Err()
}

// FindPasskey returns the passkey with an ID and whose it is; see account.PasskeyStore.
func (s *Store) FindPasskey(ctx context.Context, credentialID []byte) (account.PasskeyEntry, account.Person, error) {
	var row passkeyRow
	var owner personRow
	err := s.readRow(ctx, func(db *sql.DB) error {
		return db.QueryRowContext(ctx, `
			SELECT `+passkeyColumns+`, accounts.id, accounts.name, accounts.role, accounts.created_at, accounts.disabled_at
			FROM passkeys
			JOIN accounts ON accounts.id = passkeys.account
			WHERE passkeys.credential_id = $1`, credentialID).Scan(append(row.scanTargets(), owner.scanTargets()...)...)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return account.PasskeyEntry{}, account.Person{}, account.ErrNoPasskey
	}
	if err != nil {
		return account.PasskeyEntry{}, account.Person{}, fmt.Errorf("store: find passkey: %w", err)
	}
	found, err := row.toPasskey()
	if err != nil {
		return account.PasskeyEntry{}, account.Person{}, fmt.Errorf("store: find passkey: %w", err)
	}
	return found, owner.toPerson(), nil
}

// UsePasskey counts a use of a passkey, unless its device counted back; see
// account.PasskeyStore. Of two uses at once with one count, one is refused.
func (s *Store) UsePasskey(ctx context.Context, id int64, count uint32, at time.Time) (bool, error) {
	var advanced bool
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, `
			UPDATE passkeys
			SET sign_count = $1, used_at = $2
			WHERE id = $3 AND (sign_count < $1 OR sign_count = 0 AND $1 = 0)`, int64(count), millis(at), id)
		if err != nil {
			return err
		}
		changed, err := result.RowsAffected()
		if advanced = changed == 1; err != nil || advanced {
			return err
		}
		return s.logRefusedPasskey(ctx, tx, id, at)
	})
	if err != nil {
		return false, fmt.Errorf("store: use passkey: %w", err)
	}
	return advanced, nil
}

// logRefusedPasskey enters into the ledger that a passkey was refused.
func (s *Store) logRefusedPasskey(ctx context.Context, tx *sql.Tx, id int64, at time.Time) error {
	var owner int64
	err := tx.QueryRowContext(ctx, `
		SELECT account
		FROM passkeys
		WHERE id = $1`, id).Scan(&owner)
	if errors.Is(err, sql.ErrNoRows) {
		return account.ErrNoPasskey
	}
	if err != nil {
		return err
	}
	refused := newEntry{by: account.System(), Act: review.Act{At: at, Facts: passkeyFacts(account.FactorRefused)}}
	return s.logFacts(ctx, tx, owner, refused, sameCredentials)
}

// RenamePasskey gives a passkey of an account another name; see account.PasskeyStore.
func (s *Store) RenamePasskey(ctx context.Context, owner, id int64, name string) error {
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, `
			UPDATE passkeys
			SET name = $1
			WHERE id = $2 AND account = $3`, name, id, owner)
		return expectRow(result, err, account.ErrNoPasskey)
	})
	if err != nil {
		return fmt.Errorf("store: rename passkey: %w", err)
	}
	return nil
}

// RemovePasskey removes a passkey of whoever makes the change; see account.PasskeyStore.
func (s *Store) RemovePasskey(ctx context.Context, id int64, token [32]byte, allow func(account.PasskeyEntry, []account.PasskeyEntry, bool) error, c account.ChangedBy) error {
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		list, err := readPasskeys(ctx, tx, c.By.ID)
		if err != nil {
			return err
		}
		removed, left := takePasskey(list, id)
		if removed.ID == 0 {
			return account.ErrNoPasskey
		}
		var code bool
		err = tx.QueryRowContext(ctx, `
			SELECT EXISTS (SELECT 1 FROM code_secrets WHERE account = $1 AND confirmed_at IS NOT NULL)`, c.By.ID).Scan(&code)
		if err != nil {
			return err
		}
		if err := allow(removed, left, code); err != nil {
			return err
		}
		return s.deletePasskey(ctx, tx, id, token, c)
	})
	if err != nil {
		return fmt.Errorf("store: remove passkey: %w", err)
	}
	return nil
}

// takePasskey returns the passkey with an ID, and the others.
func takePasskey(list []account.PasskeyEntry, id int64) (taken account.PasskeyEntry, left []account.PasskeyEntry) {
	for _, p := range list {
		if p.ID == id {
			taken = p
		} else {
			left = append(left, p)
		}
	}
	return taken, left
}

// deletePasskey removes a passkey, and ends the sessions that it, or another of its owner's, may
// have begun: which it was, they do not say.
func (s *Store) deletePasskey(ctx context.Context, tx *sql.Tx, id int64, token [32]byte, c account.ChangedBy) error {
	_, err := tx.ExecContext(ctx, `
		DELETE FROM passkeys
		WHERE id = $1`, id)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `
		DELETE FROM sessions
		WHERE account = $1 AND token_hash <> $2 AND proof IN ($3, $4)`,
		c.By.ID, token[:], string(account.ByPasskey), string(account.ByPasswordAndPasskey))
	if err != nil {
		return err
	}
	return s.logFactors(ctx, tx, c.By.ID, c, passkeyFacts(account.FactorRemoved))
}
