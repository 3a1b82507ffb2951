package store

import (
	"bytes"
	"context"
	"crypto/cipher"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"countersign/internal/idv"
	"countersign/internal/review"
)

// The body of a result is sealed under the data key of its recipient, behind a byte that tells
// it from a body of before results were sealed: that is JSON. An erased recipient has empty
// bodies.

// sealedBody is the byte with which a sealed body begins.
const sealedBody = 1

// bodyPlace is where the body of a result stands.
func bodyPlace(id idv.RecipientID, digest idv.Digest) string {
	return fmt.Sprintf("snapshots:v1:%s:%s", id, digest)
}

// sealBody seals the body of a result.
func sealBody(key cipher.AEAD, id idv.RecipientID, digest idv.Digest, body []byte) []byte {
	return key.Seal([]byte{sealedBody}, nil, body, []byte(bodyPlace(id, digest)))
}

// openBody returns the body of a result from what is stored. It returns review.ErrAltered when
// that is not what was stored there.
func openBody(key cipher.AEAD, id idv.RecipientID, digest idv.Digest, stored []byte) ([]byte, error) {
	if isPlainBody(stored) {
		return stored, nil
	}
	if len(stored) == 0 {
		return nil, fmt.Errorf("store: %w", review.ErrAltered)
	}
	body, err := key.Open(nil, nil, stored[1:], []byte(bodyPlace(id, digest)))
	if err != nil {
		return nil, fmt.Errorf("store: %w", review.ErrAltered)
	}
	return body, nil
}

// isPlainBody reports whether what is stored is a body that was not sealed yet.
func isPlainBody(stored []byte) bool { return len(stored) > 0 && stored[0] != sealedBody }

// readBody returns the body of a stored result.
func readBody(ctx context.Context, tx *sql.Tx, key cipher.AEAD, id idv.RecipientID, digest idv.Digest) ([]byte, error) {
	stored, err := storedBody(ctx, tx, id, digest)
	if err != nil {
		return nil, err
	}
	return openBody(key, id, digest, stored)
}

func storedBody(ctx context.Context, tx *sql.Tx, id idv.RecipientID, digest idv.Digest) (stored []byte, err error) {
	err = tx.QueryRowContext(ctx, `
		SELECT body
		FROM snapshots
		WHERE recipient = $1 AND digest = $2`, id.String(), digest[:]).Scan(&stored)
	return stored, err
}

// sealedFact is the fact that no result is left which was recorded before results were sealed.
const sealedFact = "results sealed"

// SealOptions say how results of before are sealed.
type SealOptions struct {
	Batch int       // how many results are looked at in one transaction; 0 for the usual number
	Step  func(int) // told after each transaction how many results were sealed so far; nil to hear nothing
}

// sealBatch is how many results are looked at in one transaction, which others wait for.
const sealBatch = 64

// sealProgress is how far results of before are sealed.
type sealProgress struct {
	last         fileBody // the last that was looked at
	sealed, left int      // left: as they were, since they cannot be sealed
	more         bool
}

// SealResults seals the results that were recorded before results were sealed, some at a time, and
// leaves nothing of them as they were. It returns how many it sealed. It goes on where an
// earlier call ended; once all are sealed, it has nothing to do. It returns ErrStillLogged when
// readers kept SQLite's log from being emptied, which another call tries again, and
// review.ErrAltered when results are left as they are, since they are not those that were
// fetched, or have no key.
func (s *Store) SealResults(ctx context.Context, o SealOptions) (int, error) {
	if s.whyStopped() != nil {
		return 0, fmt.Errorf("store: seal results: %w", review.ErrNotRecording)
	}
	all, err := s.allSealed(ctx)
	if err != nil || all {
		return 0, err
	}
	p, err := s.sealEarlier(ctx, o)
	if err != nil {
		return p.sealed, fmt.Errorf("store: seal results: %w", err)
	}
	if err := s.engine.emptyLog(context.WithoutCancel(ctx), s.writer); err != nil {
		return p.sealed, err
	}
	if p.left > 0 {
		return p.sealed, fmt.Errorf("store: seal results: %d are left as they are: %w", p.left, review.ErrAltered)
	}
	return p.sealed, s.noteAllSealed(ctx)
}

// sealEarlier goes through all results.
func (s *Store) sealEarlier(ctx context.Context, o SealOptions) (sealProgress, error) {
	limit := o.Batch
	if limit == 0 {
		limit = sealBatch
	}
	p := sealProgress{last: fileBody{digest: []byte{}}, more: true}
	for p.more {
		var next sealProgress
		err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) (err error) {
			next, err = s.sealSome(ctx, tx, p, limit)
			return err
		})
		if err != nil {
			return p, err
		}
		p = next
		if o.Step != nil {
			o.Step(p.sealed)
		}
		select {
		case <-ctx.Done():
			return p, ctx.Err()
		case <-time.After(changePause):
		}
	}
	return p, nil
}

// sealSome looks at the next results, and seals those that are not sealed.
func (s *Store) sealSome(ctx context.Context, tx *sql.Tx, p sealProgress, limit int) (sealProgress, error) {
	list, err := bodiesAfter(ctx, tx, &p.last, limit)
	if err != nil {
		return p, err
	}
	for _, b := range list {
		p.last = fileBody{recipient: b.recipient, digest: b.digest}
		if !isPlainBody(b.body) {
			continue
		}
		err := s.sealStored(ctx, tx, &b)
		switch {
		case errors.Is(err, review.ErrAltered):
			p.left++
		case err != nil:
			return p, err
		default:
			p.sealed++
		}
	}
	p.more = len(list) == limit
	return p, nil
}

// sealStored seals a result that is stored as it was fetched. It returns review.ErrAltered for one
// that is not what was fetched, or of which nobody can say: that is evidence, and stays.
func (s *Store) sealStored(ctx context.Context, tx *sql.Tx, b *fileBody) error {
	id, err := idv.ParseRecipientID(b.recipient)
	if sum := sha256.Sum256(b.body); err != nil || !bytes.Equal(sum[:], b.digest) {
		return review.ErrAltered
	}
	key, err := s.recipientKey(ctx, tx, id)
	if errors.Is(err, sql.ErrNoRows) || errors.Is(err, review.ErrErased) {
		return review.ErrAltered
	}
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `
		UPDATE snapshots
		SET body = $3
		WHERE recipient = $1 AND digest = $2`, b.recipient, b.digest, sealBody(key, id, idv.Digest(b.digest), b.body))
	return err
}

// allSealed reports whether it was noted that all results are sealed.
func (s *Store) allSealed(ctx context.Context) (all bool, err error) {
	err = s.read(ctx, func(tx *sql.Tx) error {
		return tx.QueryRowContext(ctx, `
			SELECT EXISTS (SELECT 1 FROM facts WHERE name = $1)`, sealedFact).Scan(&all)
	})
	if err != nil {
		return false, fmt.Errorf("store: read whether results are sealed: %w", err)
	}
	return all, nil
}

// noteAllSealed notes it, for which the schema stands: it takes no result that is not sealed.
func (s *Store) noteAllSealed(ctx context.Context) error {
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `
			INSERT INTO facts (name, value)
			VALUES ($1, $2)
			ON CONFLICT (name) DO NOTHING`, sealedFact, []byte{1})
		return err
	})
	if err != nil {
		return fmt.Errorf("store: note that results are sealed: %w", err)
	}
	return nil
}
