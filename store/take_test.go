package store_test

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"testing"

	"countersign/internal/ledger"
	"countersign/internal/review"
)

// An entry that no rule would have let through is found, whoever wrote it.
func TestAnEntryThatTakesATakenCaseIsFound(t *testing.T) {
	d, _ := newSigningDesk(t)
	d.fetch(d.id, 0, d.ann, passportResult(t, "COMPLETED", "REJECT", "COUNTERFEIT", "a"))
	d.act(d.ann, (&review.NewTake{Recipient: d.id, By: d.ann, At: after(1)}).Acts)
	must(t, d.verifies(t))
	d.act(d.bob, func(now *review.OnRecord) ([]review.Act, error) {
		return []review.Act{{At: after(2), Act: review.ActTaken, Snapshot: now.Newest}}, nil
	})
	err := d.verifies(t)
	if !errors.Is(err, ledger.ErrBroken) || !strings.Contains(err.Error(), "a case that somebody else has") {
		t.Errorf("an entry that takes a taken case: %v", err)
	}
}

func TestTagsInUse(t *testing.T) {
	d, _ := newSigningDesk(t)
	if list, err := d.TagsInUse(t.Context(), 10); err != nil || len(list) != 0 {
		t.Errorf("of no tags: %q, error %v", list, err)
	}
	must(t, d.Write(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
		for i, tag := range []string{"vip", "late", "vip", "again"} {
			_, err := tx.ExecContext(ctx, dialect(`INSERT INTO recipients (id, data_key) VALUES ($1, x'')`), string(rune('0'+i))+"0000000-0000-4000-8000-000000000000")
			if err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, `INSERT INTO case_facets (recipient, kind, value, phase, concern, since) VALUES ($1, 'tag', $2, 0, 0, 0)`,
				string(rune('0'+i))+"0000000-0000-4000-8000-000000000000", tag); err != nil {
				return err
			}
		}
		return nil
	}))
	for limit, want := range map[int]string{10: "again late vip", 2: "again late"} {
		if list, err := d.TagsInUse(t.Context(), limit); err != nil || strings.Join(list, " ") != want {
			t.Errorf("at most %d tags: %q, error %v, want %s", limit, list, err, want)
		}
	}
}
