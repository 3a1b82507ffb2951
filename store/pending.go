package store

import (
	"context"
	"fmt"

	"countersign/internal/account"
	"countersign/internal/review"
)

// Pending lists the decisions that somebody should look at.
func (s *Store) Pending(ctx context.Context, who account.Person, limit int) (review.Pending, error) {
	var p review.Pending
	anySupervisor := int64(-1)
	if who.Role == account.Supervisor {
		anySupervisor = 0
	}
	for _, list := range []struct {
		to    *[]review.Visit
		where string
		args  []any
	}{
		{&p.Second, `recipients.decided = 'proposed'`, nil},
		{&p.Referred, `recipients.referred IN ($2, $3)`, []any{who.ID, anySupervisor}},
		{&p.Changed, `recipients.changed = 1`, nil},
	} {
		var err error
		*list.to, err = s.queryVisits(ctx, `
			SELECT recipients.id, ledger.at, `+visitColumns+`
			FROM recipients
			JOIN ledger ON ledger.seq = recipients.decision
			WHERE `+list.where+` AND recipients.erased_at IS NULL
			ORDER BY recipients.decision
			LIMIT $1`, append([]any{limit}, list.args...)...)
		if err != nil {
			return review.Pending{}, fmt.Errorf("store: list pending recipients: %w", err)
		}
	}
	return p, nil
}
