package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"

	"countersign/internal/review"
)

// sharedView is a view that everybody has, as the ledger says.
type sharedView struct {
	owner       int64
	name, query string
}

// learnView takes which views are shared from an entry, and says which rule it breaks.
func (t *treeCheck) learnView(r *ledgerRow, facts review.Facts) string {
	if r.Act == review.ActViewShared {
		t.views[r.Seq] = sharedView{r.Actor, facts.View, facts.Query}
		return ""
	}
	if v, shared := t.views[r.About]; !shared || v.name != facts.View {
		return "it removes a view that was not shared"
	}
	delete(t.views, r.About)
	return ""
}

// compareViews compares the shared views with what the ledger says of them.
func (t *treeCheck) compareViews(ctx context.Context, tx *sql.Tx) error {
	rows, err := tx.QueryContext(ctx, `
		SELECT entry, owner, name, query
		FROM saved_views
		WHERE entry IS NOT NULL
		ORDER BY entry, id`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var entry int64
		var found sharedView
		err := rows.Scan(numberIn{&entry}, numberIn{&found.owner}, textIn{&found.name}, textIn{&found.query})
		if errors.Is(err, errForm) {
			return &Inconsistency{"saved views", "a row does not have the form that this program gives it"}
		}
		if err != nil {
			return err
		}
		if want, shared := t.views[entry]; !shared || found != want {
			return &Inconsistency{"saved views", fmt.Sprintf("a shared view is not the one that entry %d shared", entry)}
		}
		delete(t.views, entry)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for _, entry := range slices.Sorted(maps.Keys(t.views)) {
		return &Inconsistency{"saved views", fmt.Sprintf("the view that entry %d shared is missing", entry)}
	}
	return nil
}
