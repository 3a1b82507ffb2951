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

// SavedViews returns somebody's own views and those that are shared, by name.
func (s *Store) SavedViews(ctx context.Context, who account.Person) ([]review.SavedView, error) {
	var list []review.SavedView
	err := s.read(ctx, func(tx *sql.Tx) (err error) {
		list, err = readRows(ctx, tx, scanView, `
			SELECT views.id, views.name, views.query, views.owner, owners.name, views.entry IS NOT NULL, views.owner = $1
			FROM saved_views AS views
			JOIN accounts AS owners ON owners.id = views.owner
			WHERE views.owner = $1 OR views.entry IS NOT NULL
			ORDER BY views.name, views.id`, who.ID)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("store: list saved views: %w", err)
	}
	return list, nil
}

func scanView(rows *sql.Rows) (v review.SavedView, err error) {
	err = rows.Scan(&v.ID, &v.Name, &v.Query, &v.Owner, &v.OwnerName, &v.Shared, &v.Own)
	return v, err
}

// SaveView keeps a view of somebody; see review.ViewStore.
func (s *Store) SaveView(ctx context.Context, who account.Person, v review.SavedView, at time.Time) error {
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		saved, err := viewSaved(ctx, tx, who, v)
		if err != nil || saved {
			return err
		}
		var entry sql.NullInt64
		if v.Shared {
			e, err := s.appendEntry(ctx, tx, newEntry{by: who, Act: review.Act{At: at, Act: review.ActViewShared, Facts: review.Facts{View: v.Name, Query: v.Query}}})
			if err != nil {
				return err
			}
			entry = sql.NullInt64{Int64: e.Seq, Valid: true}
		}
		_, err = tx.ExecContext(ctx, `
			INSERT INTO saved_views (id, owner, name, query, entry)
			VALUES ((SELECT coalesce(max(id), 0) + 1 FROM saved_views), $1, $2, $3, $4)`, who.ID, v.Name, v.Query, entry)
		return err
	})
	if err != nil {
		return fmt.Errorf("store: save a view: %w", err)
	}
	return nil
}

// viewSaved reports whether somebody has just this view. It returns a *review.Refused where
// another has the name, or there is no room for one more.
func viewSaved(ctx context.Context, tx *sql.Tx, who account.Person, v review.SavedView) (bool, error) {
	var query string
	var shared bool
	err := tx.QueryRowContext(ctx, `
		SELECT query, entry IS NOT NULL
		FROM saved_views
		WHERE owner = $1 AND name = $2`, who.ID, v.Name).Scan(&query, &shared)
	switch {
	case err == nil && query == v.Query && shared == v.Shared:
		return true, nil
	case err == nil:
		return false, &review.Refused{Why: "You have another view with this name. Remove it first, or choose another name."}
	case !errors.Is(err, sql.ErrNoRows):
		return false, err
	}
	var views int
	err = tx.QueryRowContext(ctx, `
		SELECT count(*)
		FROM saved_views
		WHERE owner = $1`, who.ID).Scan(&views)
	if err == nil && views >= review.MaxSavedViews {
		err = &review.Refused{Why: fmt.Sprintf("You have %d saved views, and no room for more. Remove one first.", views)}
	}
	return false, err
}

// RemoveView removes a view; see review.ViewStore.
func (s *Store) RemoveView(ctx context.Context, who account.Person, id int64, at time.Time) error {
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		var v review.SavedView
		var entry int64
		err := tx.QueryRowContext(ctx, `
			SELECT name, query, owner, coalesce(entry, 0)
			FROM saved_views
			WHERE id = $1`, id).Scan(&v.Name, &v.Query, &v.Owner, &entry)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		v.Shared = entry != 0
		if err != nil || !v.MayRemove(who) {
			return err
		}
		if v.Shared {
			_, err := s.appendEntry(ctx, tx, newEntry{by: who, Act: review.Act{At: at, Act: review.ActViewRemoved, About: entry, Facts: review.Facts{View: v.Name, Query: v.Query}}})
			if err != nil {
				return err
			}
		}
		_, err = tx.ExecContext(ctx, `
			DELETE FROM saved_views
			WHERE id = $1`, id)
		return err
	})
	if err != nil {
		return fmt.Errorf("store: remove a view: %w", err)
	}
	return nil
}
