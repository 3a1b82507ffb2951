package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
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
			INSERT INTO sealed_media (recipient, medium, sha256, at, until, body)
			VALUES (?, ?, ?, ?, ?, ?)
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
			WHERE recipient = ? AND medium = ?
			ORDER BY at DESC
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

// SweepMedia removes the copies of media whose time is over.
func (s *Store) SweepMedia(ctx context.Context, now time.Time) error {
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `
			DELETE FROM sealed_media
			WHERE until <= ?`, millis(now))
		return err
	})
	if err != nil {
		return fmt.Errorf("store: remove sealed media: %w", err)
	}
	return nil
}
