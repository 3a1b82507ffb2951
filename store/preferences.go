package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"countersign/internal/account"
)

// ChangePreferences replaces the preferences of an account by what change makes of them.
func (s *Store) ChangePreferences(ctx context.Context, owner int64, change func(account.Preferences) account.Preferences) error {
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		var kept sql.NullString
		err := tx.QueryRowContext(ctx, `
			SELECT chosen
			FROM preferences
			WHERE account = $1`, owner).Scan(&kept)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		chosen, err := json.Marshal(change(preferencesOf(kept)))
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `
			INSERT INTO preferences (account, chosen)
			VALUES ($1, $2)
			ON CONFLICT (account) DO UPDATE
			SET chosen = excluded.chosen`, owner, string(chosen))
		return err
	})
	if err != nil {
		return fmt.Errorf("store: change preferences: %w", err)
	}
	return nil
}

// preferencesOf reads what is kept. What a newer program chose and this one does not know is
// left out: nobody is kept out for it.
func preferencesOf(kept sql.NullString) account.Preferences {
	var p account.Preferences
	if err := json.Unmarshal([]byte(kept.String), &p); err != nil {
		return account.Preferences{}
	}
	return p
}
