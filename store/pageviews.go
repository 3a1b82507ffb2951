package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"countersign/internal/idv"
	"countersign/internal/review"
)

// KeepOnScreen records which thumbnails were on the screen, each once for its page view,
// with the digest of the picture of which it was made. It returns review.ErrNoView when
// the person has no such page view of the result.
func (s *Store) KeepOnScreen(ctx context.Context, at time.Time, n review.NewOnScreen) error {
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if err := hasView(ctx, tx, n); err != nil {
			return err
		}
		for _, medium := range n.Media {
			if err := insertOnScreen(ctx, tx, at, n, medium); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("store: keep what was on the screen: %w", err)
	}
	return nil
}

// hasView returns review.ErrNoView unless the person has the page view of the result.
func hasView(ctx context.Context, tx *sql.Tx, n review.NewOnScreen) error {
	var there bool
	err := tx.QueryRowContext(ctx, `
		SELECT EXISTS (
			SELECT 1
			FROM access_log
			WHERE id = $1 AND account = $2 AND recipient = $3 AND digest = $4 AND page_view = 0 AND medium IS NULL)`,
		n.View, n.By.ID, n.Recipient.String(), n.Digest[:]).Scan(&there)
	if err == nil && !there {
		err = review.ErrNoView
	}
	return err
}

// insertOnScreen records that a thumbnail was on the screen, if it was sent for the page
// view, and that is not on record yet.
func insertOnScreen(ctx context.Context, tx *sql.Tx, at time.Time, n review.NewOnScreen, medium idv.MediaID) error {
	_, err := tx.ExecContext(ctx, `
		INSERT INTO access_log (id, at, account, recipient, digest, what, medium, sha256, after_entry, page_view)
		SELECT (`+nextID("access_log")+`), CAST($1 AS bigint), account, recipient, digest, CAST($2 AS text),
			medium, sha256, (SELECT max(seq) FROM ledger), page_view
		FROM access_log
		WHERE page_view = $3 AND medium = $4 AND what = $5
			AND NOT EXISTS (
				SELECT 1
				FROM access_log
				WHERE page_view = $3 AND medium = $4 AND what = $2)
		ORDER BY id DESC
		LIMIT 1`,
		millis(at), string(review.AccessOnScreen), n.View, medium.String(), string(review.AccessThumbnail))
	return err
}

// maxViewLines is how many lines of what was loaded for pages are listed with them at a
// time.
const maxViewLines = 20_000

// PageViews lists page views with what was loaded for each, newest first, from the entry
// before the one that the query names. Each is where its page is.
func (s *Store) PageViews(ctx context.Context, q review.AccessQuery) ([]review.PageView, error) {
	var list []review.PageView
	err := s.read(ctx, func(tx *sql.Tx) error {
		query, arguments := pageViewQuery(q)
		pages, err := queryAccesses(ctx, tx, query, arguments...)
		if err != nil {
			return err
		}
		list = make([]review.PageView, len(pages))
		for i := range pages {
			list[i].Access = pages[i]
		}
		return addLines(ctx, tx, list)
	})
	if err != nil {
		return nil, fmt.Errorf("store: list page views: %w", err)
	}
	return list, nil
}

// addLines adds to page views what was loaded for them.
func addLines(ctx context.Context, tx *sql.Tx, list []review.PageView) error {
	if len(list) == 0 {
		return nil
	}
	places := map[int64]int{}
	var q conditions
	var ids []string
	for i := range list {
		places[list[i].ID] = i
		ids = append(ids, q.argument(list[i].ID))
	}
	lines, err := queryAccesses(ctx, tx, selectAccess+`
		WHERE access_log.page_view > 0 AND access_log.page_view IN (`+strings.Join(ids, ", ")+`)
		ORDER BY access_log.id
		LIMIT `+q.argument(maxViewLines), q.arguments...)
	if err != nil {
		return err
	}
	for i := range lines {
		at := places[lines[i].View]
		list[at].Lines = append(list[at].Lines, lines[i])
	}
	if len(lines) < maxViewLines {
		return nil
	}
	return countLines(ctx, tx, list)
}

// countLines says of each page view how many lines there are beside those that it has.
func countLines(ctx context.Context, tx *sql.Tx, list []review.PageView) error {
	for i := range list {
		var all int
		err := tx.QueryRowContext(ctx, `
			SELECT count(*)
			FROM access_log
			WHERE page_view > 0 AND page_view = $1`, list[i].ID).Scan(&all)
		if err != nil {
			return err
		}
		list[i].More = all - len(list[i].Lines)
	}
	return nil
}

// pageViewQuery is accessQuery for the entries that belong to no page of another.
func pageViewQuery(q review.AccessQuery) (string, []any) {
	return accessQuery(q, `
			AND coalesce(access_log.page_view, 0) = 0`)
}
