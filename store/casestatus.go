package store

import (
	"context"
	"database/sql"

	"countersign/internal/idv"
	"countersign/internal/review"
)

// saveStatus writes the status of a case for the lists that find it by that. Referred is the
// account to which a new decision refers it; one that is not valid leaves it with whom it is.
func saveStatus(ctx context.Context, tx *sql.Tx, id idv.RecipientID, status review.CaseStatus, referred sql.NullInt64) error {
	if status.Decision == 0 {
		return nil
	}
	_, err := tx.ExecContext(ctx, `
		UPDATE recipients
		SET decision = $1, verdict = $2, decided = $3, changed = $4, referred = CASE WHEN $5 = 1 THEN coalesce($6, referred) END
		WHERE id = $7`,
		status.Decision, string(status.Verdict), string(status.State), boolToInt(status.Changed), boolToInt(status.Referred), referred, id.String())
	return err
}

// statusAfterResult writes the status that a case has with a new result.
func statusAfterResult(ctx context.Context, tx *sql.Tx, id idv.RecipientID, d *idv.Decoded) error {
	record, err := familyOf(ctx, tx, id, review.OfDecisions())
	if err != nil {
		return err
	}
	if err := saveStatus(ctx, tx, id, record.CaseStatus(d.Digest), sql.NullInt64{}); err != nil {
		return err
	}
	return afterResult(ctx, tx, id, record, &d.Session)
}

// statusAfterErasure writes the status that a case has once it is erased.
func (s *Store) statusAfterErasure(ctx context.Context, tx *sql.Tx, id idv.RecipientID, newest idv.Digest) error {
	record, err := familyOf(ctx, tx, id, review.OfDecisions())
	if err != nil {
		return err
	}
	if err := saveStatus(ctx, tx, id, record.CaseStatus(newest), sql.NullInt64{}); err != nil {
		return err
	}
	return s.afterDecisive(ctx, tx, id, record)
}
