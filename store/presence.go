package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"countersign/internal/account"
	"countersign/internal/idv"
	"countersign/internal/review"
)

// maxLatestOpenings is how many of the latest openings of a case say who is looking at it.
const maxLatestOpenings = 100

// Viewers returns who else opened the newest page of a case since a time; see review.Casework.
func (s *Store) Viewers(ctx context.Context, id idv.RecipientID, who account.Person, since time.Time) ([]review.Viewer, error) {
	var list []review.Viewer
	err := s.read(ctx, func(tx *sql.Tx) (err error) {
		list, err = readRows(ctx, tx, scanViewer, `
			SELECT accounts.name, min(latest.at)
			FROM (
				SELECT account, at
				FROM access_log
				WHERE recipient = $1 AND what = 'result'
				ORDER BY id DESC
				LIMIT $2) AS latest
			JOIN accounts ON accounts.id = latest.account
			WHERE latest.at >= $3 AND latest.account <> $4
			GROUP BY accounts.id, accounts.name
			ORDER BY min(latest.at), accounts.name`, id.String(), maxLatestOpenings, millis(since), who.ID)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("store: look who else views a case: %w", err)
	}
	return list, nil
}

func scanViewer(rows *sql.Rows) (v review.Viewer, err error) {
	var since int64
	err = rows.Scan(&v.Name, &since)
	v.Since = timeOf(since)
	return v, err
}

// TagsInUse returns tags that cases have, in the order of the alphabet. Each is one step in an
// index, however many cases have it.
func (s *Store) TagsInUse(ctx context.Context, limit int) ([]string, error) {
	var list []string
	err := s.read(ctx, func(tx *sql.Tx) (err error) {
		list, err = readRows(ctx, tx, func(rows *sql.Rows) (tag string, err error) {
			err = rows.Scan(&tag)
			return tag, err
		}, `
			WITH RECURSIVE tags (value, place) AS (
				SELECT min(value), 1
				FROM case_facets
				WHERE kind = 'tag' AND phase IS NOT NULL
				UNION ALL
				SELECT (
					SELECT min(case_facets.value)
					FROM case_facets
					WHERE case_facets.kind = 'tag' AND case_facets.phase IS NOT NULL AND case_facets.value > tags.value), tags.place + 1
				FROM tags
				WHERE tags.value IS NOT NULL AND tags.place <= $1)
			SELECT value
			FROM tags
			WHERE value IS NOT NULL
			ORDER BY value
			LIMIT $1`, limit)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("store: list tags: %w", err)
	}
	return list, nil
}

// IdleCases returns cases whose assignee has done nothing about them since a time, those that
// wait longest first.
func (s *Store) IdleCases(ctx context.Context, since time.Time, limit int) ([]idv.RecipientID, error) {
	var list []idv.RecipientID
	err := s.read(ctx, func(tx *sql.Tx) (err error) {
		list, err = readRows(ctx, tx, func(rows *sql.Rows) (id idv.RecipientID, err error) {
			err = rows.Scan(recipientOf{&id})
			return id, err
		}, `
			SELECT id
			FROM recipients
			WHERE assignee IS NOT NULL AND active_at <= $1
			ORDER BY active_at
			LIMIT $2`, millis(since), limit)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("store: list idle cases: %w", err)
	}
	return list, nil
}

// QueuePlace returns where a case stands in a view; see review.Queues.
func (s *Store) QueuePlace(ctx context.Context, v review.View, id idv.RecipientID) (review.PageKey, bool, error) {
	var c listedCase
	err := s.read(ctx, func(tx *sql.Tx) (err error) {
		c, err = readListed(ctx, tx, id)
		return err
	})
	if err != nil {
		return review.PageKey{}, false, fmt.Errorf("store: look for a case in the queue: %w", err)
	}
	if !c.place.phase.Valid {
		return review.PageKey{}, false, nil
	}
	key := review.PageKey{Phase: review.Phase(c.place.phase.Int64), Concern: int(c.place.concern), Since: timeOf(c.place.since), Recipient: id, At: timeOf(millis(v.At))}
	if last, due := v.Due.OverdueSince(c.newest.Columns.Bucket, v.At); due && v.Tab == review.TabMine && key.Phase == review.PhaseOpen {
		key.Overdue = !key.Since.After(last)
	}
	return key, true, nil
}
