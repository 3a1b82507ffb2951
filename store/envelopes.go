package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"countersign/internal/idv"
	"countersign/internal/review"
)

// KeepEnvelopeView records that somebody is about to see the recipients of an envelope, with
// a row for each who had none, and returns what is known of them.
func (s *Store) KeepEnvelopeView(ctx context.Context, v review.EnvelopeView) (map[idv.RecipientID]review.EnvelopeCase, error) {
	known := map[idv.RecipientID]review.EnvelopeCase{}
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		var ids []any
		for _, id := range v.Recipients {
			erased, err := s.keepEnvelopeMember(ctx, tx, v, id)
			if err != nil {
				return err
			}
			known[id] = review.EnvelopeCase{Erased: erased}
			ids = append(ids, id.String())
		}
		lines, err := readLines(ctx, tx, ids)
		if err != nil {
			return err
		}
		for id, line := range lines {
			line.See(review.View{Who: v.Who, Due: v.Due, At: v.At})
			known[id] = review.EnvelopeCase{Line: *line, Erased: known[id].Erased}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("store: keep envelope view: %w", err)
	}
	return known, nil
}

// keepEnvelopeMember records that somebody is about to see a recipient of an envelope, and
// reports whether the recipient was erased: then nothing is recorded.
func (s *Store) keepEnvelopeMember(ctx context.Context, tx *sql.Tx, v review.EnvelopeView, id idv.RecipientID) (erased bool, err error) {
	_, err = s.ensureRecipient(ctx, tx, id)
	if errors.Is(err, review.ErrErased) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	_, err = tx.ExecContext(ctx, `
		UPDATE recipients
		SET envelope = $1
		WHERE id = $2 AND envelope <> $1`, v.Envelope.String(), id.String())
	if err != nil {
		return false, err
	}
	_, err = insertAccess(ctx, tx, &review.Access{At: v.At, Who: v.Who, Recipient: id, What: review.AccessEnvelope})
	return false, err
}

// KnowsRecipient reports whether a result of a recipient came, an envelope names them, or
// they were erased.
func (s *Store) KnowsRecipient(ctx context.Context, id idv.RecipientID) (bool, error) {
	var known bool
	err := s.read(ctx, func(tx *sql.Tx) error {
		return tx.QueryRowContext(ctx, `
			SELECT EXISTS (
				SELECT 1
				FROM recipients
				WHERE id = $1 AND (newest IS NOT NULL OR envelope <> '' OR erased_at IS NOT NULL))`, id.String()).Scan(&known)
	})
	if err != nil {
		return false, fmt.Errorf("store: look for a recipient: %w", err)
	}
	return known, nil
}
