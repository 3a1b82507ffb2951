package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"countersign/internal/review"
)

// QueueCount counts the cases of a view.
func (s *Store) QueueCount(ctx context.Context, v review.View) (review.Count, error) {
	var n review.Count
	err := s.read(ctx, func(tx *sql.Tx) error {
		l, err := newListing(ctx, tx, v, review.PageKey{})
		if err != nil {
			return err
		}
		n, err = l.countAll(ctx, tx)
		return err
	})
	if err != nil {
		return review.Count{}, fmt.Errorf("store: count a view: %w", err)
	}
	return n, nil
}

// OverdueCount counts the overdue cases of a view of review.TabMine.
func (s *Store) OverdueCount(ctx context.Context, v review.View) (review.Count, error) {
	var n review.Count
	err := s.read(ctx, func(tx *sql.Tx) error {
		l, err := newListing(ctx, tx, v, review.PageKey{})
		if err != nil {
			return err
		}
		l.segments = slices.DeleteFunc(l.segments, func(part segment) bool { return !part.overdue })
		n, err = l.count(ctx, tx, review.PageKey{})
		return err
	})
	if err != nil {
		return review.Count{}, fmt.Errorf("store: count what is overdue: %w", err)
	}
	return n, nil
}
