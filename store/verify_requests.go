package store

import (
	"context"
	"database/sql"
	"fmt"

	"countersign/internal/account"
	"countersign/internal/review"
)

// learnRequest takes from an entry about an account what was asked for, and what became of it.
func (t *treeCheck) learnRequest(r *ledgerRow, f review.Facts) {
	switch {
	case account.Change(f.AccountChange) == account.RequestAsked:
		t.requests[r.Seq] = account.RequestOpen
	case account.Change(f.AccountChange) == account.RequestCancelled:
		t.requests[r.About] = account.RequestWithdrawn
	case f.AskedByID != 0:
		t.requests[r.About] = account.RequestDone
	}
}

// compareRequests compares the table of requests with what the entries say: whoever opens one
// again in the file could have it carried out twice.
func (t *treeCheck) compareRequests(ctx context.Context, tx *sql.Tx) error {
	rows, err := tx.QueryContext(ctx, `
		SELECT seq, state
		FROM account_requests`)
	if err != nil {
		return err
	}
	defer rows.Close()
	found := 0
	for rows.Next() {
		var seq int64
		var state string
		if err := rows.Scan(numberIn{&seq}, textIn{&state}); err != nil {
			return err
		}
		if want := t.requests[seq]; string(want) != state {
			return &Inconsistency{"account_requests", fmt.Sprintf("the request of entry %d is not %s, as the entries say", seq, state)}
		}
		found++
	}
	if err := rows.Err(); err != nil {
		return err
	}
	if found != len(t.requests) {
		return &Inconsistency{"account_requests", "a request that entries have is missing"}
	}
	return nil
}
