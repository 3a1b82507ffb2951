package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"countersign/internal/account"
	"countersign/internal/idv"
	"countersign/internal/review"
)

// ErrNoRecipient is returned when nothing was ever stored about the recipient.
var ErrNoRecipient = errors.New("nothing is stored about this recipient")

// ErrStillLogged is returned when what was erased is gone from the database, and not from the
// log beside it.
var ErrStillLogged = errors.New("was erased, but the file beside the database that ends in -wal still holds it, because somebody was reading; please give the same command again")

// Erase takes away for good what people typed about a recipient, the results, and the key
// with which the texts were sealed. That it was done, when, by whom and why stays in the
// ledger, which commits to the texts as before and still verifies. The zero Person is
// the operator. Erase returns ErrNoRecipient for a recipient that is not
// stored, review.ErrErased for one that was erased before, and ErrStillLogged when readers
// kept the log beside the database from being emptied, which another Erase tries again.
func (s *Store) Erase(ctx context.Context, id idv.RecipientID, by account.Person, reason string) error {
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := s.recipientKey(ctx, tx, id)
		if errors.Is(err, sql.ErrNoRows) {
			return ErrNoRecipient
		}
		if err != nil && !errors.Is(err, review.ErrAltered) { // a key that does not open can be destroyed too
			return err
		}
		// The entry comes first: the schema lets nothing go without it.
		entry, err := s.appendEntry(ctx, tx, newEntry{Act: review.Act{At: s.now(), Act: review.ActErasure, Facts: review.Facts{Reason: reason}}, by: by, recipient: id})
		if err != nil {
			return err
		}
		newest, err := newestDigest(ctx, tx, id)
		if err != nil {
			return err
		}
		return errors.Join(eraseRows(ctx, tx, id, entry.Seq), s.statusAfterErasure(ctx, tx, id, newest))
	})
	if err != nil && !errors.Is(err, review.ErrErased) {
		return fmt.Errorf("store: erase a recipient: %w", err)
	}
	return errors.Join(err, s.engine.emptyLog(context.WithoutCancel(ctx), s.writer))
}

// eraseRows removes what an erasure takes away; secure_delete overwrites it.
func eraseRows(ctx context.Context, tx *sql.Tx, id idv.RecipientID, seq int64) error {
	nothing := []byte{}
	for _, statement := range []struct {
		text string
		args []any
	}{
		{`
		UPDATE ledger
		SET text_sealed = NULL
		WHERE recipient = $1 AND text_sealed IS NOT NULL`, nil},
		{`
		UPDATE snapshots
		SET body = $2
		WHERE recipient = $1`, []any{nothing}},
		{`
		DELETE FROM drafts
		WHERE recipient = $1`, nil},
		{`
		DELETE FROM jobs
		WHERE kind = 'recipient' AND subject = $1`, nil},
		{`
		DELETE FROM sealed_media
		WHERE recipient = $1`, nil},
		{`
		UPDATE recipients
		SET data_key = $2, state = '', final = 1, envelope = '', erased_at = (SELECT at FROM ledger WHERE seq = $3)
		WHERE id = $1`, []any{nothing, seq}},
	} {
		if _, err := tx.ExecContext(ctx, statement.text, append([]any{id.String()}, statement.args...)...); err != nil {
			return err
		}
	}
	return nil
}
