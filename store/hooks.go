package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"countersign/internal/arrivals"
	"countersign/internal/idv"
)

var _ arrivals.Records = (*Store)(nil)

// named are the IDs of an event, as its row has them.
type named struct {
	Envelopes  []string `json:"envelopes,omitempty"`
	Sessions   []string `json:"sessions,omitempty"`
	Others     []string `json:"others,omitempty"`     // of which it does not say what they are of
	Recipients []string `json:"recipients,omitempty"` // that it names, or whose session it names
}

// KeepHook records an event and queues what it names; see arrivals.Records.
func (s *Store) KeepHook(ctx context.Context, h arrivals.Hook) (arrivals.Outcome, error) {
	var outcome arrivals.Outcome
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		known, err := recipientsOfSessions(ctx, tx, idTexts(slices.Concat(h.Sessions, h.Guessed())))
		if err != nil {
			return err
		}
		h.Recipients = withOthers(h.Recipients, known)
		if outcome, err = queueNamed(ctx, tx, h); err != nil {
			return err
		}
		return insertHook(ctx, tx, h, outcome)
	})
	if err != nil {
		return "", fmt.Errorf("store: keep an event: %w", err)
	}
	return outcome, nil
}

// queueNamed queues what an event names, unless there is a reason not to.
func queueNamed(ctx context.Context, tx *sql.Tx, h arrivals.Hook) (arrivals.Outcome, error) {
	if h.Unreadable {
		return arrivals.Unreadable, nil
	}
	if !h.Kind.BringsRecipients() {
		return arrivals.Ignored, nil
	}
	if len(h.Envelopes)+len(h.Recipients)+len(h.Others) == 0 {
		return arrivals.NamesNone, nil
	}
	repeated, err := justCame(ctx, tx, h)
	if err != nil || repeated {
		return arrivals.Repeated, err
	}
	wanted, err := wantedBy(ctx, tx, h)
	if err != nil {
		return "", err
	}
	outcome := arrivals.AlreadyDue
	for _, w := range wanted {
		changed, err := queueJob(ctx, tx, w)
		if err != nil {
			return "", err
		}
		if changed {
			outcome = arrivals.Queued
		}
	}
	return outcome, nil
}

// wantedBy is what Yoti is to be asked for because of an event. What an ID is of that it only
// mentions, one request of each kind tells.
func wantedBy(ctx context.Context, tx *sql.Tx, h arrivals.Hook) ([]wanted, error) {
	var list []wanted
	for _, id := range h.Envelopes {
		list = append(list, wanted{kind: arrivals.OfEnvelope, subject: id.String(), at: h.At})
	}
	for _, id := range h.Recipients {
		list = append(list, wanted{kind: arrivals.OfRecipient, subject: id.String(), at: h.At})
	}
	for _, id := range h.Guessed() {
		list = append(list,
			wanted{kind: arrivals.OfRecipient, subject: id.String(), at: h.At, attempts: arrivals.AttemptsAtMost - 1},
			wanted{kind: arrivals.OfEnvelope, subject: id.String(), at: h.At, attempts: arrivals.AttemptsAtMost - 1})
	}
	return withoutErased(ctx, tx, list)
}

// justCame reports whether an event with the same body came a moment ago.
func justCame(ctx context.Context, tx *sql.Tx, h arrivals.Hook) (bool, error) {
	var came bool
	err := tx.QueryRowContext(ctx, `
		SELECT EXISTS (SELECT 1 FROM hook_events WHERE digest = $1 AND at > $2 AND at <= $3 AND outcome <> 'repeated')`,
		h.Digest[:], millis(h.At.Add(-arrivals.RepeatedWithin)), millis(h.At)).Scan(&came)
	return came, err
}

func insertHook(ctx context.Context, tx *sql.Tx, h arrivals.Hook, outcome arrivals.Outcome) error {
	n := named{idTexts(h.Envelopes), idTexts(h.Sessions), idTexts(h.Guessed()), idTexts(h.Recipients)}
	text, err := json.Marshal(n)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `
		INSERT INTO hook_events (id, at, kind, digest, named, outcome)
		VALUES ((SELECT coalesce(max(id), 0) + 1 FROM hook_events), $1, $2, $3, $4, $5)`,
		millis(h.At), string(h.Kind), h.Digest[:], string(text), string(outcome))
	return err
}

// withOthers returns recipients with those of others that are not among them.
func withOthers(ids, others []idv.RecipientID) []idv.RecipientID {
	all := slices.Clone(ids)
	for _, id := range others {
		if !slices.Contains(all, id) {
			all = append(all, id)
		}
	}
	return all
}

// idTexts writes IDs.
func idTexts[ID fmt.Stringer](ids []ID) []string {
	var list []string
	for _, id := range ids {
		list = append(list, id.String())
	}
	return list
}

// recipientsOfSessions returns the recipients whose newest result is of one of the sessions.
func recipientsOfSessions(ctx context.Context, tx *sql.Tx, sessions []string) ([]idv.RecipientID, error) {
	var list []idv.RecipientID
	for _, session := range sessions {
		found, err := recipientsOfSession(ctx, tx, session)
		if err != nil {
			return nil, err
		}
		list = append(list, found...)
	}
	return list, nil
}

// sessionQuery says once more that the session is not empty, or its index would not be used.
const sessionQuery = `
		SELECT id
		FROM recipients
		WHERE session = $1 AND session <> ''
		ORDER BY id`

// recipientsOfSession returns those of one session.
func recipientsOfSession(ctx context.Context, tx *sql.Tx, session string) ([]idv.RecipientID, error) {
	rows, err := tx.QueryContext(ctx, sessionQuery, session)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []idv.RecipientID
	for rows.Next() {
		var id idv.RecipientID
		if err := rows.Scan(recipientOf{&id}); err != nil {
			return nil, err
		}
		list = append(list, id)
	}
	return list, rows.Err()
}

// Hooks lists events, the newest first; see arrivals.Records.
func (s *Store) Hooks(ctx context.Context, before int64, limit int) ([]arrivals.Event, error) {
	var list []arrivals.Event
	err := s.read(ctx, func(tx *sql.Tx) (err error) {
		if list, err = hooksBefore(ctx, tx, before, limit); err != nil {
			return err
		}
		for i := range list {
			for k := range list[i].Recipients {
				if err := cameOf(ctx, tx, &list[i].Recipients[k], list[i].At); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("store: list events: %w", err)
	}
	return list, nil
}

func hooksBefore(ctx context.Context, tx *sql.Tx, before int64, limit int) ([]arrivals.Event, error) {
	rows, err := tx.QueryContext(ctx, `
		SELECT id, at, kind, named, outcome
		FROM hook_events
		WHERE id < $1 OR $1 = 0
		ORDER BY id DESC
		LIMIT $2`, before, limit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []arrivals.Event
	for rows.Next() {
		var e arrivals.Event
		var at int64
		var text string
		if err := rows.Scan(&e.ID, &at, &e.Kind, &text, &e.Outcome); err != nil {
			return nil, err
		}
		var n named
		if err := json.Unmarshal([]byte(text), &n); err != nil {
			return nil, err
		}
		e.At, e.Envelopes, e.Sessions, e.Others = timeOf(at), n.Envelopes, n.Sessions, n.Others
		for _, one := range n.Recipients {
			id, err := idv.ParseRecipientID(one)
			if err != nil {
				return nil, err
			}
			e.Recipients = append(e.Recipients, arrivals.NamedRecipient{ID: id})
		}
		list = append(list, e)
	}
	return list, rows.Err()
}

// cameOf fills in what came of a recipient since an event named it.
func cameOf(ctx context.Context, tx *sql.Tx, r *arrivals.NamedRecipient, since time.Time) error {
	err := tx.QueryRowContext(ctx, `
		SELECT EXISTS (SELECT 1 FROM jobs WHERE kind = 'recipient' AND subject = $1 AND cause = 'hook')`, r.ID.String()).Scan(&r.Waiting)
	if err != nil {
		return err
	}
	var at int64
	err = tx.QueryRowContext(ctx, `
		SELECT at, failure IS NOT NULL
		FROM fetches
		WHERE recipient = $1 AND at >= $2
		ORDER BY id
		LIMIT 1`, r.ID.String(), millis(since)).Scan(&at, &r.Failed)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	r.Asked = timeOf(at)
	return err
}

// SweepHooks forgets old events; see arrivals.Records.
func (s *Store) SweepHooks(ctx context.Context, before time.Time) error {
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `
			DELETE FROM hook_events
			WHERE at < $1`, millis(before))
		return err
	})
	if err != nil {
		return fmt.Errorf("store: forget events: %w", err)
	}
	return nil
}
