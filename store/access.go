package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"countersign/internal/account"
	"countersign/internal/idv"
	"countersign/internal/review"
)

// KeepAccess records that somebody is about to see something: of a recipient, who must
// have been fetched before, or of a file, which is about none.
func (s *Store) KeepAccess(ctx context.Context, a review.Access) error {
	read, err := hitsReadOrNull(a.HitsRead)
	if err != nil {
		return fmt.Errorf("store: keep access: %w", err)
	}
	err = s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `
			INSERT INTO access_log (at, account, recipient, digest, what, medium, part, hits, sha256, hits_read, after_entry)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, (SELECT max(seq) FROM ledger))`,
			millis(a.At), a.Who.ID, recipientOrNull(a.Recipient), a.Digest[:], string(a.What), mediumOrNull(a.Medium),
			a.Part, a.Hits, digestOrNull(a.SHA256), read)
		return err
	})
	if err != nil {
		return fmt.Errorf("store: keep access: %w", err)
	}
	return nil
}

// recipientOrNull stores the zero ID as NULL.
func recipientOrNull(id idv.RecipientID) sql.NullString {
	return sql.NullString{String: id.String(), Valid: id != idv.RecipientID{}}
}

// mediumOrNull stores the zero ID as NULL.
func mediumOrNull(id idv.MediaID) sql.NullString {
	return sql.NullString{String: id.String(), Valid: id != idv.MediaID{}}
}

// digestOrNull stores the zero digest as NULL.
func digestOrNull(d idv.Digest) any {
	if d == (idv.Digest{}) {
		return nil
	}
	return d[:]
}

// hitsReadOrNull stores nothing as NULL.
func hitsReadOrNull(read *review.HitsRead) (sql.NullString, error) {
	if read == nil {
		return sql.NullString{}, nil
	}
	text, err := json.Marshal(read)
	return sql.NullString{String: string(text), Valid: true}, err
}

// hitsRead returns what is remembered of the search results about a recipient, each as
// often as it was read differently.
func hitsRead(ctx context.Context, tx *sql.Tx, id idv.RecipientID) ([]review.HitsRead, error) {
	rows, err := tx.QueryContext(ctx, `
		SELECT hits_read, min(after_entry)
		FROM access_log
		WHERE recipient = ? AND hits_read IS NOT NULL
		GROUP BY hits_read
		ORDER BY min(id)`, id.String())
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []review.HitsRead
	for rows.Next() {
		var text string
		var read review.HitsRead
		if err := rows.Scan(&text, placeOf{&read.Place}); err != nil {
			return nil, err
		}
		if err := json.Unmarshal([]byte(text), &read); err != nil {
			return nil, err
		}
		list = append(list, read)
	}
	return list, rows.Err()
}

// AccessLog lists who saw what, newest first, from the entry before the one that the
// query names.
func (s *Store) AccessLog(ctx context.Context, q review.AccessQuery) ([]review.Access, error) {
	var list []review.Access
	err := s.read(ctx, func(tx *sql.Tx) error {
		query, arguments := accessQuery(q)
		rows, err := tx.QueryContext(ctx, query, arguments...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			a, err := scanAccess(rows)
			if err != nil {
				return err
			}
			list = append(list, a)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("store: list access: %w", err)
	}
	return list, nil
}

// accessQuery names only the columns that the query asks about, so that each form of
// it finds an index. Between times, entries are in the order of these: clocks are set
// back, and what was shown at a time may stand anywhere.
func accessQuery(q review.AccessQuery) (string, []any) {
	query := `
		SELECT access_log.id, access_log.at, access_log.recipient, access_log.digest, access_log.what, access_log.medium,
			access_log.part, access_log.hits, coalesce(access_log.sha256, x''),
			accounts.id, accounts.name, accounts.role, accounts.created_at, accounts.disabled_at
		FROM access_log
		JOIN accounts ON accounts.id = access_log.account
		WHERE TRUE`
	var arguments []any
	add := func(condition string, argument any) {
		query += `
			AND ` + condition
		arguments = append(arguments, argument)
	}
	before, order := `access_log.id < ?`, `access_log.id DESC`
	if !q.From.IsZero() || !q.Until.IsZero() {
		before, order = `(access_log.at, access_log.id) < (SELECT at, id FROM access_log WHERE id = ?)`, `access_log.at DESC, access_log.id DESC`
	}
	if q.Before > 0 {
		add(before, q.Before)
	}
	if q.Person != "" {
		add(`access_log.account = (SELECT id FROM accounts WHERE name_key = ?)`, account.NameKey(q.Person))
	}
	if q.Recipient != (idv.RecipientID{}) {
		add(`access_log.recipient = ?`, q.Recipient.String())
	}
	if q.What != "" {
		add(`access_log.what = ?`, string(q.What))
	}
	if !q.From.IsZero() {
		add(`access_log.at >= ?`, millis(q.From))
	}
	if !q.Until.IsZero() {
		add(`access_log.at < ?`, millis(q.Until))
	}
	return query + `
		ORDER BY ` + order + `
		LIMIT ?`, append(arguments, q.Limit)
}

func scanAccess(rows *sql.Rows) (review.Access, error) {
	var a review.Access
	var at int64
	var recipient, medium sql.NullString
	var sum []byte
	var by person
	err := rows.Scan(append([]any{&a.ID, &at, &recipient, digestOf{&a.Digest}, &a.What, &medium, &a.Part, &a.Hits, &sum}, by.fields()...)...)
	if err == nil && recipient.Valid {
		a.Recipient, err = idv.ParseRecipientID(recipient.String)
	}
	if err == nil && medium.Valid {
		a.Medium, err = idv.ParseMediaID(medium.String)
	}
	a.At, a.Who = timeOf(at), by.person()
	copy(a.SHA256[:], sum)
	return a, err
}

// Recent lists the recipients of whom who saw something last, newest first.
func (s *Store) Recent(ctx context.Context, who account.Person, limit int) ([]review.Visit, error) {
	list, err := s.visits(ctx, `
		SELECT seen.recipient, seen.at, recipients.state, `+noteCount+`, recipients.verdict, recipients.decided
		FROM access_log AS seen
		JOIN recipients ON recipients.id = seen.recipient
		WHERE seen.account = ?
			AND NOT EXISTS (
				SELECT 1
				FROM access_log AS later
				WHERE later.account = seen.account
					AND later.recipient = seen.recipient
					AND later.id > seen.id)
		ORDER BY seen.id DESC
		LIMIT ?`, who.ID, limit)
	if err != nil {
		return nil, fmt.Errorf("store: list recent recipients: %w", err)
	}
	return list, nil
}

// Waiting lists the recipients whose newest result is not final, in the order in
// which these were fetched.
func (s *Store) Waiting(ctx context.Context, limit int) ([]review.Visit, error) {
	list, err := s.visits(ctx, `
		SELECT recipients.id, fetches.at, recipients.state, `+noteCount+`, recipients.verdict, recipients.decided
		FROM recipients
		JOIN fetches ON fetches.id = recipients.newest
		WHERE recipients.final = 0 AND recipients.newest IS NOT NULL AND recipients.erased_at IS NULL
		ORDER BY recipients.newest
		LIMIT ?`, limit)
	if err != nil {
		return nil, fmt.Errorf("store: list waiting recipients: %w", err)
	}
	return list, nil
}

func (s *Store) visits(ctx context.Context, query string, args ...any) ([]review.Visit, error) {
	var list []review.Visit
	err := s.read(ctx, func(tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, query, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var v review.Visit
			var at int64
			var state string
			if err := rows.Scan(recipientOf{&v.Recipient}, &at, &state, &v.Notes, &v.Verdict, &v.Decision); err != nil {
				return err
			}
			v.At, v.State = timeOf(at), idv.SessionState(state)
			list = append(list, v)
		}
		return rows.Err()
	})
	return list, err
}
