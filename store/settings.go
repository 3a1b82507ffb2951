package store

import (
	"context"
	"database/sql"
	"fmt"

	"countersign/internal/account"
)

// SecondFactorDefault is who must have a second factor where nothing else says so: admins and
// supervisors in a database that began with this rule, and nobody in one that is older.
func (s *Store) SecondFactorDefault(ctx context.Context) (account.SecondFactorPolicy, error) {
	var policy account.SecondFactorPolicy
	err := s.readRow(ctx, func(db *sql.DB) error {
		return db.QueryRowContext(ctx, `
			SELECT value
			FROM settings
			WHERE name = 'second-factor'`).Scan(&policy)
	})
	if err != nil {
		return "", fmt.Errorf("store: read who must have a second factor: %w", err)
	}
	return policy, nil
}
