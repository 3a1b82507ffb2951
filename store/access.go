package store

import (
	"context"
	"database/sql"
	"fmt"

	"countersign/internal/account"
	"countersign/internal/idv"
	"countersign/internal/review"
)

// KeepAccess records that somebody is about to see something: of a recipient, who must
// have been fetched before, or of a file, which is about none.
func (s *Store) KeepAccess(ctx context.Context, a review.Access) error {
	_, err := s.KeepView(ctx, a)
	return err
}

// KeepView is KeepAccess for a page, and returns the ID of the entry.
func (s *Store) KeepView(ctx context.Context, a review.Access) (int64, error) {
	var id int64
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) (err error) {
		if id, err = insertAccess(ctx, tx, &a); err != nil {
			return err
		}
		return s.afterAccess(ctx, tx, &a)
	})
	if err != nil {
		return 0, fmt.Errorf("store: keep access: %w", err)
	}
	return id, nil
}

// insertAccess adds an entry to the access log and returns its ID. A page view that is none
// of that person and recipient does not count. A medium for which none is named belongs to
// the newest page of the result that the person was sent.
func insertAccess(ctx context.Context, tx *sql.Tx, a *review.Access) (int64, error) {
	read, err := jsonOrNull(a.HitsRead)
	if err != nil {
		return 0, err
	}
	compared, err := jsonOrNull(a.Signer)
	if err != nil {
		return 0, err
	}
	var id int64
	err = tx.QueryRowContext(ctx, `
		INSERT INTO access_log (id, at, account, recipient, digest, what, medium, part, hits, sha256, hits_read, signer_compared, after_entry, page_view)
		VALUES ((`+nextID("access_log")+`), $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $15, (SELECT max(seq) FROM ledger), coalesce(
			(SELECT id
			FROM access_log
			WHERE id = $11 AND account = $2 AND recipient = $3 AND page_view = 0 AND medium IS NULL),
			(SELECT id
			FROM access_log
			WHERE $11 = 0 AND CAST($6 AS text) IS NOT NULL
				AND account = $2 AND recipient = $3 AND digest = $4 AND what IN ($12, $13, $14)
			ORDER BY id DESC
			LIMIT 1), 0))
		RETURNING id`,
		millis(a.At), a.Who.ID, recipientOrNull(a.Recipient), a.Digest[:], string(a.What), mediumOrNull(a.Medium),
		a.Part, a.Hits, digestOrNull(a.SHA256), read, a.View,
		string(review.AccessResult), string(review.AccessSnapshot), string(review.AccessReplay), compared).Scan(&id)
	return id, err
}

// AccessLog lists who saw what, newest first, from the entry before the one that the
// query names.
func (s *Store) AccessLog(ctx context.Context, q review.AccessQuery) ([]review.Access, error) {
	var list []review.Access
	err := s.read(ctx, func(tx *sql.Tx) (err error) {
		query, arguments := accessQuery(q, "")
		list, err = queryAccesses(ctx, tx, query, arguments...)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("store: list access: %w", err)
	}
	return list, nil
}

// queryAccesses returns the entries of the access log that a query selects.
func queryAccesses(ctx context.Context, tx *sql.Tx, query string, arguments ...any) ([]review.Access, error) {
	rows, err := tx.QueryContext(ctx, query, arguments...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []review.Access
	for rows.Next() {
		a, err := scanAccess(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, a)
	}
	return list, rows.Err()
}

// accessQuery names only the columns that the query asks about, so that each form of
// it finds an index. Between times, entries are in the order of these: clocks are set
// back, and what was shown at a time may stand anywhere.
func accessQuery(q review.AccessQuery, only string) (string, []any) {
	var c conditions
	order := `access_log.id DESC`
	switch between := !q.From.IsZero() || !q.Until.IsZero(); {
	case between && q.Before > 0:
		c.and(`(access_log.at, access_log.id) < (SELECT at, id FROM access_log WHERE id = `, q.Before, `)`)
	case q.Before > 0:
		c.and(`access_log.id < `, q.Before, ``)
	}
	if !q.From.IsZero() || !q.Until.IsZero() {
		order = `access_log.at DESC, access_log.id DESC`
	}
	if q.Person != "" {
		c.and(`access_log.account = (SELECT id FROM accounts WHERE name_key = `, account.FindKey(q.Person), `)`)
	}
	if q.Recipient != (idv.RecipientID{}) {
		c.and(`access_log.recipient = `, q.Recipient.String(), ``)
	}
	if q.What != "" {
		c.and(`access_log.what = `, string(q.What), ``)
	}
	if !q.From.IsZero() {
		c.and(`access_log.at >= `, millis(q.From), ``)
	}
	if !q.Until.IsZero() {
		c.and(`access_log.at < `, millis(q.Until), ``)
	}
	return selectAccess + `
		WHERE TRUE` + only + c.text + `
		ORDER BY ` + order + `
		LIMIT ` + c.argument(q.Limit), c.arguments
}

// selectAccess selects what scanAccess scans.
const selectAccess = `
		SELECT access_log.id, access_log.at, access_log.recipient, access_log.digest, access_log.what, access_log.medium,
			access_log.part, access_log.hits, access_log.sha256, coalesce(access_log.page_view, 0), access_log.page_view IS NULL,
			accounts.id, accounts.name, accounts.role, accounts.created_at, accounts.disabled_at
		FROM access_log
		JOIN accounts ON accounts.id = access_log.account`

func scanAccess(rows *sql.Rows) (review.Access, error) {
	var a review.Access
	var at int64
	var recipient, medium sql.NullString
	var sum []byte
	var by personRow
	err := rows.Scan(append([]any{&a.ID, &at, &recipient, digestOf{&a.Digest}, &a.What, &medium, &a.Part, &a.Hits, &sum, &a.View, &a.Older}, by.scanTargets()...)...)
	if err == nil && recipient.Valid {
		a.Recipient, err = idv.ParseRecipientID(recipient.String)
	}
	if err == nil && medium.Valid {
		a.Medium, err = idv.ParseMediaID(medium.String)
	}
	a.At, a.Who = timeOf(at), by.toPerson()
	copy(a.SHA256[:], sum)
	return a, err
}
