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

// Coverage returns what somebody was shown of a result so far: media of whatever result,
// parts and hits of this one.
func (s *Store) Coverage(ctx context.Context, id idv.RecipientID, digest idv.Digest, who account.Person) (review.Coverage, error) {
	covered := review.NewCoverage()
	err := s.read(ctx, func(tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, `
			SELECT what, part, hits, medium, sha256, page_view IS NULL, digest = $1
			FROM access_log
			WHERE account = $2 AND recipient = $3 AND what NOT IN ('result', 'medium')
			ORDER BY id`, digest[:], who.ID, id.String())
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			a, this, err := scanEvidence(rows)
			if err != nil {
				return err
			}
			covered.Add(&a, this)
		}
		return rows.Err()
	})
	if err != nil {
		return review.Coverage{}, fmt.Errorf("store: read coverage: %w", err)
	}
	return covered.Coverage(), nil
}

// scanEvidence scans an entry of the access log, and whether it is of the result that is
// asked about.
func scanEvidence(rows *sql.Rows) (a review.Access, this bool, err error) {
	var medium sql.NullString
	var sum []byte
	if err = rows.Scan(&a.What, &a.Part, &a.Hits, &medium, &sum, &a.Older, &this); err == nil && medium.Valid {
		a.Medium, err = idv.ParseMediaID(medium.String)
	}
	copy(a.SHA256[:], sum)
	return a, this, err
}

// maxOpenings is how many openings of a recipient are looked at, from the latest on.
const maxOpenings = 300

// Openings lists who was shown a recipient's results of late, once for each day and
// person, the latest first.
func (s *Store) ViewSummaries(ctx context.Context, id idv.RecipientID) ([]review.ViewSummary, error) {
	var list []review.ViewSummary
	err := s.read(ctx, func(tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, `
			SELECT opened.at, accounts.name, days.times, opened.after_entry
			FROM (
				SELECT count(*) AS times, min(id) AS first
				FROM access_log
				WHERE recipient = $1 AND what = 'result' AND id > coalesce((
					SELECT id
					FROM access_log
					WHERE recipient = $1 AND what = 'result'
					ORDER BY id DESC
					LIMIT 1 OFFSET $2), 0)
				GROUP BY account, at / 86400000) AS days
			JOIN access_log AS opened ON opened.id = days.first
			JOIN accounts ON accounts.id = opened.account
			ORDER BY days.first DESC
			LIMIT 100`, id.String(), maxOpenings)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var o review.ViewSummary
			var at int64
			if err := rows.Scan(&at, &o.By, &o.Times, placeOf{&o.Place}); err != nil {
				return err
			}
			o.At = timeOf(at)
			list = append(list, o)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("store: list openings: %w", err)
	}
	return list, nil
}

// HitsRead returns what is remembered of the search results about a recipient.
func (s *Store) HitsRead(ctx context.Context, id idv.RecipientID) (list []review.HitsRead, err error) {
	err = s.read(ctx, func(tx *sql.Tx) (err error) {
		list, err = hitsRead(ctx, tx, id)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("store: list hits that were read: %w", err)
	}
	return list, nil
}

// hitsRead returns what is remembered of the search results about a recipient, each as
// often as it was read differently.
func hitsRead(ctx context.Context, tx *sql.Tx, id idv.RecipientID) ([]review.HitsRead, error) {
	rows, err := tx.QueryContext(ctx, `
		SELECT hits_read, min(after_entry)
		FROM access_log
		WHERE recipient = $1 AND hits_read IS NOT NULL
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
