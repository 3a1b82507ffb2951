package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"countersign/internal/account"
	"countersign/internal/review"
)

// SetLink makes an account's password void, ends its sessions, and lets whoever has
// the token with that hash choose another until a time. It returns account.ErrNoAccount
// when there is no such account or it is disabled.
func (s *Store) SetLink(ctx context.Context, key string, token [32]byte, until time.Time, c account.ChangedBy) error {
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) error { return s.insertLink(ctx, tx, key, token, until, c) })
	if err != nil {
		return fmt.Errorf("store: set link: %w", err)
	}
	return nil
}

func (s *Store) insertLink(ctx context.Context, tx *sql.Tx, key string, token [32]byte, until time.Time, c account.ChangedBy) error {
	link := func(ctx context.Context, tx *sql.Tx, id int64) error {
		owner, err := personByID(ctx, tx, id)
		if err != nil {
			return err
		}
		if c.NeedsRequest(owner.Role) {
			return account.ErrNeedsRequest
		}
		if err := signOut(ctx, tx, id); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `
			INSERT INTO password_links (account, token_hash, until)
			VALUES ($1, $2, $3)`, id, token[:], millis(until))
		return err
	}
	return s.updateAccount(ctx, tx, account.LinkMade, c, newLink(account.LinkDigest(token, until)), link, `
		UPDATE accounts
		SET password = ''
		WHERE name_key = $1 AND disabled_at IS NULL
		RETURNING id`, key)
}

// Link returns the account whose link has the token with that hash; account.ErrNoLink
// when there is none that is valid at the time now.
func (s *Store) Link(ctx context.Context, token [32]byte, now time.Time) (account.Person, error) {
	var who account.Person
	err := s.read(ctx, func(tx *sql.Tx) (err error) {
		who, _, err = accountOfLink(ctx, tx, token, now)
		return err
	})
	if err != nil {
		return account.Person{}, fmt.Errorf("store: read link: %w", err)
	}
	return who, nil
}

// accountOfLink returns the account of a link that is valid, and the entry that says so. A link
// that the record does not have is none, however it came into its table; and one that
// would be valid for longer than any was made by a clock that was wrong.
func accountOfLink(ctx context.Context, tx *sql.Tx, token [32]byte, now time.Time) (account.Person, *review.Recorded, error) {
	var by personRow
	var until int64
	err := tx.QueryRowContext(ctx, `
		SELECT accounts.id, accounts.name, accounts.role, accounts.created_at, accounts.disabled_at, password_links.until
		FROM password_links
		JOIN accounts ON accounts.id = password_links.account
		WHERE password_links.token_hash = $1 AND password_links.until > $2 AND password_links.until <= $3
			AND accounts.disabled_at IS NULL`,
		token[:], millis(now), millis(now.Add(account.LinkValidity+account.ClockSlack))).Scan(append(by.scanTargets(), &until)...)
	if errors.Is(err, sql.ErrNoRows) {
		return account.Person{}, nil, account.ErrNoLink
	}
	if err != nil {
		return account.Person{}, nil, err
	}
	who := by.toPerson()
	made, known, err := linkMade(ctx, tx, who.ID)
	if err == nil && (made == nil || known != nil && known.Link != account.LinkDigest(token, timeOf(until))) {
		err = account.ErrNoLink
	}
	return who, made, err
}

// linkMade returns the entry with which the newest link of an account was made, nil when
// none was, and what the record has of how the account signs in now.
func linkMade(ctx context.Context, tx *sql.Tx, id int64) (*review.Recorded, *account.Credentials, error) {
	list, err := accountEntries(ctx, tx, id, 0)
	if err != nil {
		return nil, nil, err
	}
	var made *review.Recorded
	var known *account.Credentials
	for i := range list {
		facts, err := review.ParseFacts(list[i].Entry)
		if err != nil {
			return nil, nil, err
		}
		known = facts.Credentials
		if account.Change(facts.AccountChange) == account.LinkMade {
			made = &list[i]
		}
	}
	return made, known, nil
}

// UseLink gives the account of a link its password and voids the link. It returns
// account.ErrNoLink as Link does. Whose link it was goes on record: they had it in hand.
func (s *Store) UseLink(ctx context.Context, token [32]byte, password string, now time.Time) error {
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		who, made, err := accountOfLink(ctx, tx, token, now)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `
			UPDATE accounts
			SET password = $1
			WHERE id = $2`, password, who.ID)
		if err != nil {
			return err
		}
		if err := signOut(ctx, tx, who.ID); err != nil {
			return err
		}
		facts := review.Facts{AccountChange: string(account.PasswordChanged), LinkBy: made.Name, LinkByID: made.Actor}
		return s.logFacts(ctx, tx, who.ID, newEntry{by: who, Act: review.Act{At: now, About: made.Seq, Facts: facts}}, newPassword(password))
	})
	if err != nil {
		return fmt.Errorf("store: use link: %w", err)
	}
	return nil
}

func deleteLink(ctx context.Context, tx *sql.Tx, id int64) error {
	_, err := tx.ExecContext(ctx, `
		DELETE FROM password_links
		WHERE account = $1`, id)
	return err
}
