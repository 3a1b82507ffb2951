package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"countersign/internal/account"
)

// SetLink makes an account's password void, ends its sessions, and lets whoever has
// the token with that hash choose another until a time. It returns account.ErrUnknown
// when there is no such account or it is disabled.
func (s *Store) SetLink(ctx context.Context, key string, token [32]byte, until time.Time, c account.Change) error {
	link := func(ctx context.Context, tx *sql.Tx, id int64) error {
		if err := signOut(ctx, tx, id); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `
			INSERT INTO password_links (account, token_hash, until)
			VALUES (?, ?, ?)`, id, token[:], millis(until))
		return err
	}
	err := s.changeAccount(ctx, account.LinkMade, c, link, `
		UPDATE accounts
		SET password = ''
		WHERE name_key = ? AND disabled_at IS NULL
		RETURNING id`, key)
	if err != nil {
		return fmt.Errorf("store: set link: %w", err)
	}
	return nil
}

// Link returns the account whose link has the token with that hash; account.ErrNoLink
// when there is none that is valid at the time now.
func (s *Store) Link(ctx context.Context, token [32]byte, now time.Time) (account.Person, error) {
	var who account.Person
	err := s.read(ctx, func(tx *sql.Tx) (err error) {
		who, err = linked(ctx, tx, token, now)
		return err
	})
	if err != nil {
		return account.Person{}, fmt.Errorf("store: read link: %w", err)
	}
	return who, nil
}

func linked(ctx context.Context, tx *sql.Tx, token [32]byte, now time.Time) (account.Person, error) {
	var by person
	err := tx.QueryRowContext(ctx, `
		SELECT accounts.id, accounts.name, accounts.role, accounts.created_at, accounts.disabled_at
		FROM password_links
		JOIN accounts ON accounts.id = password_links.account
		WHERE password_links.token_hash = ? AND password_links.until > ? AND accounts.disabled_at IS NULL`,
		token[:], millis(now)).Scan(by.fields()...)
	if errors.Is(err, sql.ErrNoRows) {
		return account.Person{}, account.ErrNoLink
	}
	return by.person(), err
}

// UseLink gives the account of a link its password and voids the link. It returns
// account.ErrNoLink as Link does.
func (s *Store) UseLink(ctx context.Context, token [32]byte, password string, now time.Time) error {
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		who, err := linked(ctx, tx, token, now)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `
			UPDATE accounts
			SET password = ?
			WHERE id = ?`, password, who.ID)
		if err != nil {
			return err
		}
		if err := signOut(ctx, tx, who.ID); err != nil {
			return err
		}
		return s.logChange(ctx, tx, who.ID, account.PasswordChanged, account.Change{By: who, At: now})
	})
	if err != nil {
		return fmt.Errorf("store: use link: %w", err)
	}
	return nil
}

func deleteLink(ctx context.Context, tx *sql.Tx, id int64) error {
	_, err := tx.ExecContext(ctx, `
		DELETE FROM password_links
		WHERE account = ?`, id)
	return err
}
