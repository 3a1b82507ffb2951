package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"time"

	"countersign/internal/idv"
	"countersign/internal/review"
)

// SealMedium keeps a sealed copy of a medium, unless there is one with the same bytes.
func (s *Store) SealMedium(ctx context.Context, n review.NewSealed) error {
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		key, err := s.recipientKey(ctx, tx, n.Recipient)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `
			INSERT INTO sealed_media (recipient, medium, sha256, at, until, body, copy)
			VALUES ($1, $2, $3, $4, $5, $6, (
				SELECT coalesce(max(copy), 0) + 1
				FROM sealed_media
				WHERE recipient = $1 AND medium = $2))
			ON CONFLICT (recipient, medium, sha256) DO NOTHING`,
			n.Recipient.String(), n.Medium.String(), n.SHA256[:], millis(n.At), millis(n.Until),
			seal(key, string(n.Bytes), mediumPlace(n.Recipient, n.Medium, n.SHA256)))
		return err
	})
	if err != nil {
		return fmt.Errorf("store: seal medium: %w", err)
	}
	return nil
}

// mediumPlace is where a sealed medium stands.
func mediumPlace(id idv.RecipientID, medium idv.MediaID, sum idv.Digest) string {
	return fmt.Sprintf("sealed_media:v1:%s:%s:%s", id, medium, sum)
}

// SealedMedium returns the newest kept copy of a medium; review.ErrNotSealed when there
// is none.
func (s *Store) SealedMedium(ctx context.Context, id idv.RecipientID, medium idv.MediaID) ([]byte, error) {
	var body string
	err := s.read(ctx, func(tx *sql.Tx) error {
		key, err := s.recipientKey(ctx, tx, id)
		if err != nil {
			return err
		}
		var sum idv.Digest
		var sealed []byte
		err = tx.QueryRowContext(ctx, `
			SELECT sha256, body
			FROM sealed_media
			WHERE recipient = $1 AND medium = $2
			ORDER BY copy DESC
			LIMIT 1`, id.String(), medium.String()).Scan(digestOf{&sum}, &sealed)
		if errors.Is(err, sql.ErrNoRows) {
			return review.ErrNotSealed
		}
		if err != nil {
			return err
		}
		body, err = unseal(key, sealed, mediumPlace(id, medium, sum))
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("store: open sealed medium: %w", err)
	}
	return []byte(body), nil
}

// Copies are swept every few minutes. When much more has passed, the server was not running,
// or its clock was set: until that has been so for a day, nothing goes, so that a clock which
// is ahead for an hour takes nothing away.
const (
	maxSweepGap = time.Hour
	doubtFor    = 24 * time.Hour
)

// sweptFact is the fact when copies of media were last looked through.
const sweptFact = "media swept"

// SweepMedia removes the copies of media whose time is over.
func (s *Store) SweepMedia(ctx context.Context, now time.Time) error {
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		doubt, err := doubtClock(ctx, tx, now)
		if err != nil {
			return err
		}
		return sweepMedia(ctx, tx, now, doubt)
	})
	if err != nil {
		return fmt.Errorf("store: remove sealed media: %w", err)
	}
	return nil
}

func sweepMedia(ctx context.Context, tx *sql.Tx, now time.Time, doubt bool) error {
	at := millis(now)
	over := `DELETE FROM sealed_media WHERE until <= $1 AND over_since IS NULL`
	if doubt {
		over = `UPDATE sealed_media SET over_since = $1 WHERE until <= $1 AND over_since IS NULL`
	}
	for _, statement := range []struct {
		text string
		args []any
	}{
		{`UPDATE sealed_media SET over_since = NULL WHERE over_since IS NOT NULL AND (until > $1 OR over_since > $1)`, []any{at}},
		{`DELETE FROM sealed_media WHERE until <= $1 AND over_since <= $2`, []any{at, millis(now.Add(-doubtFor))}},
		{over, []any{at}},
		{`INSERT INTO facts (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
			[]any{sweptFact, []byte(strconv.FormatInt(at, 10))}},
	} {
		if _, err := tx.ExecContext(ctx, statement.text, statement.args...); err != nil {
			return err
		}
	}
	return nil
}

// doubtClock reports whether the clock may have been set since copies were swept before.
func doubtClock(ctx context.Context, tx *sql.Tx, now time.Time) (bool, error) {
	var swept []byte
	var waiting bool
	err := tx.QueryRowContext(ctx, `
		SELECT (SELECT value FROM facts WHERE name = $1), EXISTS (SELECT 1 FROM sealed_media WHERE over_since IS NOT NULL)`,
		sweptFact).Scan(&swept, &waiting)
	if err != nil || swept == nil {
		return waiting, err
	}
	last, err := strconv.ParseInt(string(swept), 10, 64)
	if err != nil {
		last = 0 // somebody wrote it: nothing is known of the last time
	}
	return waiting || now.Sub(timeOf(last)) > maxSweepGap, nil
}
