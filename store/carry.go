package store

import (
	"context"
	"crypto/cipher"
	"database/sql"
	"fmt"
	"time"

	"countersign/internal/account"
	"countersign/internal/idv"
	"countersign/internal/review"
)

// Up to schema 3, notes, resets and changes of accounts had tables of their own. The
// first start with a ledger enters them, with the times at which they were recorded, and
// drops those tables in the same transaction.

// prepareLedger begins the ledger, and carries over what was recorded before there was
// one.
func (s *Store) prepareLedger(ctx context.Context, tx *sql.Tx) error {
	if err := s.begin(ctx, tx, s.now()); err != nil {
		return err
	}
	before, err := s.engine.hasTable(ctx, tx, "notes")
	if err != nil || !before {
		return err
	}
	for _, carry := range []func(context.Context, *sql.Tx) error{s.carryAccounts, s.carryNotes, s.carryResets} {
		if err := carry(ctx, tx); err != nil {
			return fmt.Errorf("store: carry over what was recorded before there was a ledger: %w", err)
		}
	}
	for _, table := range carriedTables() {
		if _, err := tx.ExecContext(ctx, `DROP TABLE `+table); err != nil {
			return err
		}
	}
	return nil
}

// carriedTables are those whose rows are carried over, in the order in which they can be
// dropped.
func carriedTables() []string { return []string{"reset_outcomes", "resets", "notes", "account_log"} }

// scanAll runs a query to its end before anything else is done in the transaction.
func scanAll[T any](ctx context.Context, tx *sql.Tx, query string, scan func(*sql.Rows) (T, error)) ([]T, error) {
	rows, err := tx.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	return list, rows.Err()
}

// carry appends entries as they were recorded, at the time at.
func (s *Store) carry(ctx context.Context, tx *sql.Tx, list []act) error {
	for _, a := range list {
		recorded := a.at.UTC()
		a.facts.Carried = &recorded
		a.at = s.now()
		if _, err := s.append(ctx, tx, a); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) carryNotes(ctx context.Context, tx *sql.Tx) error {
	list, err := scanAll(ctx, tx, `
		SELECT notes.recipient, notes.digest, notes.at, notes.key, notes.text, recipients.data_key,
			accounts.id, accounts.name, accounts.role, accounts.created_at, accounts.disabled_at
		FROM notes
		JOIN accounts ON accounts.id = notes.author
		JOIN recipients ON recipients.id = notes.recipient
		ORDER BY notes.id`, func(rows *sql.Rows) (act, error) {
		a := act{act: review.ActNote}
		var at int64
		var key string
		var sealed, wrapped []byte
		var by person
		err := rows.Scan(append([]any{recipientOf{&a.recipient}, digestOf{&a.snapshot}, &at, &key, &sealed, &wrapped}, by.fields()...)...)
		if err != nil {
			return a, err
		}
		a.at, a.by, a.facts.Form = timeOf(at), by.person(), key
		place := fmt.Sprintf("notes:v1:%s:%s:%d:%d:%s", a.recipient, a.snapshot, a.by.ID, at, key)
		a.content, err = s.opened(a.recipient, wrapped, sealed, place)
		return a, err
	})
	if err != nil {
		return err
	}
	return s.carry(ctx, tx, list)
}

// opened opens a text that was sealed in a table of its own.
func (s *Store) opened(id idv.RecipientID, wrapped, sealed []byte, place string) ([]byte, error) {
	var key cipher.AEAD
	key, err := s.unwrap(id, wrapped)
	if err != nil {
		return nil, err
	}
	text, err := unseal(key, sealed, place)
	return []byte(text), err
}

// formerReset is a reset with what came of it.
type formerReset struct {
	begun, ended act
	known        bool
}

func (s *Store) carryResets(ctx context.Context, tx *sql.Tx) error {
	list, err := scanAll(ctx, tx, `
		SELECT resets.recipient, resets.at, resets.key, resets.reason, recipients.data_key,
			reset_outcomes.at, coalesce(reset_outcomes.outcome, ''), coalesce(reset_outcomes.failure, ''),
			accounts.id, accounts.name, accounts.role, accounts.created_at, accounts.disabled_at
		FROM resets
		JOIN accounts ON accounts.id = resets.account
		JOIN recipients ON recipients.id = resets.recipient
		LEFT JOIN reset_outcomes ON reset_outcomes.reset = resets.id
		ORDER BY resets.id`, s.scanReset)
	if err != nil {
		return err
	}
	for _, r := range list {
		if err := s.carry(ctx, tx, []act{r.begun}); err != nil {
			return err
		}
		if !r.known {
			continue
		}
		size, err := ledgerSize(ctx, tx)
		if err != nil {
			return err
		}
		r.ended.about = size - 1
		if err := s.carry(ctx, tx, []act{r.ended}); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) scanReset(rows *sql.Rows) (formerReset, error) {
	r := formerReset{begun: act{act: review.ActReset}, ended: act{act: review.ActResetEnded}}
	var at int64
	var ended sql.NullInt64
	var key string
	var sealed, wrapped []byte
	var by person
	err := rows.Scan(append([]any{
		recipientOf{&r.begun.recipient}, &at, &key, &sealed, &wrapped, &ended, &r.ended.facts.Outcome, &r.ended.facts.Failure,
	}, by.fields()...)...)
	if err != nil {
		return r, err
	}
	r.begun.at, r.begun.by, r.begun.facts.Form = timeOf(at), by.person(), key
	r.ended.recipient, r.ended.by = r.begun.recipient, r.begun.by
	r.known, r.ended.at = ended.Valid, timeOf(ended.Int64)
	place := fmt.Sprintf("resets:v1:%s:%d:%d:%s", r.begun.recipient, r.begun.by.ID, at, key)
	r.begun.content, err = s.opened(r.begun.recipient, wrapped, sealed, place)
	return r, err
}

func (s *Store) carryAccounts(ctx context.Context, tx *sql.Tx) error {
	// Accounts from before there was a log of their changes stand as they were found; so
	// do those that were disabled before.
	list, err := scanAll(ctx, tx, `
		SELECT accounts.created_at AS at, accounts.id, accounts.name, CASE WHEN accounts.disabled_at IS NULL THEN 'added' ELSE 'disabled' END, accounts.role, 0, '', ''
		FROM accounts
		WHERE accounts.id > 0 AND NOT EXISTS (
			SELECT 1
			FROM account_log
			WHERE account_log.account = accounts.id AND (accounts.disabled_at IS NULL OR account_log.what = 'disabled'))
		UNION ALL
		SELECT account_log.at, account_log.account, accounts.name, account_log.what, account_log.role,
			coalesce(doers.id, 0), coalesce(doers.name, ''), coalesce(doers.role, '')
		FROM account_log
		JOIN accounts ON accounts.id = account_log.account
		LEFT JOIN accounts AS doers ON doers.id = account_log.by_account
		ORDER BY at`, func(rows *sql.Rows) (act, error) {
		a := act{act: review.ActAccount}
		var at int64
		var by account.Person
		err := rows.Scan(&at, &a.facts.Account, &a.facts.Whose, &a.facts.Deed, &a.facts.Role, &by.ID, &by.Name, &by.Role)
		a.at, a.by = timeOf(at), by
		return a, err
	})
	if err != nil {
		return err
	}
	return s.carry(ctx, tx, list)
}

// now is the time for what the store records of its own accord.
func (s *Store) now() time.Time { return s.clock() }
