package store

import (
	"context"
	"database/sql"
	"fmt"

	"countersign/internal/account"
	"countersign/internal/idv"
	"countersign/internal/review"
)

// Recent lists the recipients of whom who saw something last, newest first. Those who stood in
// an envelope that was looked at were not opened by that.
func (s *Store) Recent(ctx context.Context, who account.Person, limit int) ([]review.Visit, error) {
	list, err := s.queryVisits(ctx, `
		SELECT seen.recipient, seen.at, `+visitColumns+`
		FROM access_log AS seen
		JOIN recipients ON recipients.id = seen.recipient
		WHERE seen.account = $1 AND seen.what <> $3
			AND NOT EXISTS (
				SELECT 1
				FROM access_log AS later
				WHERE later.account = seen.account
					AND later.recipient = seen.recipient
					AND later.id > seen.id
					AND later.what <> $3
				LIMIT 1 OFFSET 0)
		ORDER BY seen.id DESC
		LIMIT $2`, who.ID, limit, string(review.AccessEnvelope))
	if err != nil {
		return nil, fmt.Errorf("store: list recent recipients: %w", err)
	}
	return list, nil
}

// Drafts lists the recipients about whom who has an unsent text, the newest first.
func (s *Store) Drafts(ctx context.Context, who account.Person, limit int) ([]review.Visit, error) {
	list, err := s.queryVisits(ctx, `
		SELECT drafts.recipient, drafts.saved_at, `+visitColumns+`
		FROM drafts
		JOIN recipients ON recipients.id = drafts.recipient
		WHERE drafts.author = $1
		ORDER BY drafts.saved_at DESC, drafts.recipient
		LIMIT $2`, who.ID, limit)
	if err != nil {
		return nil, fmt.Errorf("store: list drafts: %w", err)
	}
	return list, nil
}

// visitColumns are what visits reads of the recipient of a row, besides its ID and a time. Here and
// in Recent the limit changes nothing but that PostgreSQL looks for each row, and does not go through
// the whole access log first.
const visitColumns = `recipients.state,

			(SELECT count(*) FROM ledger AS notes WHERE notes.recipient = recipients.id AND notes.act = 'note'),
			recipients.verdict, recipients.decided,
			(SELECT newest.digest FROM fetches AS newest WHERE newest.id = recipients.newest),
			recipients.erased_at IS NOT NULL,
			EXISTS (SELECT 1 FROM access_log AS hits WHERE hits.recipient = recipients.id AND hits.hits_read IS NOT NULL LIMIT 1 OFFSET 0)`

func (s *Store) queryVisits(ctx context.Context, query string, args ...any) ([]review.Visit, error) {
	var list []review.Visit
	err := s.read(ctx, func(tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, query, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var v review.Visit
			var at int64
			var state string
			var digest []byte
			if err := rows.Scan(recipientOf{&v.Recipient}, &at, &state, &v.Notes, &v.Verdict, &v.Decision, &digest, &v.Erased, &v.ReadHits); err != nil {
				return err
			}
			copy(v.Digest[:], digest)
			v.At, v.State = timeOf(at), idv.SessionState(state)
			list = append(list, v)
		}
		return rows.Err()
	})
	return list, err
}

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
