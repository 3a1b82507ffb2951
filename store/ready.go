package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"sync"
	"time"

	"countersign/internal/review"
)

// Ready returns nil when something can be recorded, which it tries, and a
// *review.Unready when not.
func (s *Store) Ready(ctx context.Context) error {
	if err := s.checkVersion(ctx); err != nil {
		return &review.Unready{Reason: s.versionReason(err), Err: err}
	}
	if h := s.whyStopped(); h != nil {
		return &review.Unready{Reason: h.reason, Err: errors.New(h.sentence)}
	}
	if err := s.probing.tryShared(ctx, s.tryWrite); err != nil {
		return s.notReady(err)
	}
	if why := s.logFailure(); why != "" {
		return &review.Unready{Reason: review.UnreadyLog, Err: errors.New("the checkpoint log cannot be written: " + why)}
	}
	return nil
}

// versionReason is why the schema cannot be read, or is another.
func (s *Store) versionReason(err error) review.UnreadyReason {
	if reason := s.reasonFor(err); reason != "" {
		return reason
	}
	return review.UnreadySchema
}

// notReady says why a write that was tried did not happen.
func (s *Store) notReady(err error) error {
	reason := s.reasonFor(err)
	switch h := s.whyStopped(); {
	case h != nil:
		reason = h.reason
	case reason == "" && errors.Is(err, context.DeadlineExceeded):
		reason = review.UnreadySlow
	case reason == "":
		reason = review.UnreadyDisk
	}
	return &review.Unready{Reason: reason, Err: err}
}

// reasonFor is why the database cannot be used; empty when it is not the disk, nor the
// right to write to it.
func (s *Store) reasonFor(err error) review.UnreadyReason {
	err = s.describeError(err)
	switch {
	case errors.Is(err, ErrUnreachable), errors.Is(err, ErrTLS), errors.Is(err, ErrSignIn), errors.Is(err, ErrNoDatabase):
		return review.UnreadyUnreachable
	case errors.Is(err, ErrStandby):
		return review.UnreadyStandby
	case errors.Is(err, ErrSlow), errors.Is(err, ErrBusy), errors.Is(err, ErrConflict):
		return review.UnreadySlow
	case errors.Is(err, ErrNoNewKey):
		return review.UnreadyKey
	case errors.Is(err, ErrFull):
		return review.UnreadyFull
	case errors.Is(err, ErrReadOnly), errors.Is(err, ErrNoRight):
		return review.UnreadyReadOnly
	case errors.Is(err, ErrDisk), errors.Is(err, ErrDamaged), errors.Is(err, ErrNotDatabase):
		return review.UnreadyDisk
	}
	return ""
}

// checkVersion reports whether the database answers and has the schema that this program
// expects.
func (s *Store) checkVersion(ctx context.Context) error {
	var version uint
	var dirty bool
	err := s.readRow(ctx, func(db *sql.DB) error {
		return db.QueryRowContext(ctx, `
			SELECT version, dirty
			FROM schema_migrations`).Scan(&version, &dirty)
	})
	if err != nil {
		return err
	}
	return s.checkSchemaVersion(version, dirty)
}

// tryWrite records something of no meaning, and sees to it that the checkpoint log is
// opened.
func (s *Store) tryWrite(ctx context.Context) error {
	return s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		s.logTried = false
		return touchDatabase(ctx, tx)
	})
}

// triedFact is the fact that is written to see whether anything can be.
const triedFact = "last trial write"

// touchDatabase changes the database, so that committing it writes to the disk. The same value
// again would write nothing.
func touchDatabase(ctx context.Context, tx *sql.Tx) error {
	value := make([]byte, 8)
	rand.Read(value) // never fails: https://pkg.go.dev/crypto/rand#Read
	_, err := tx.ExecContext(ctx, `
		INSERT INTO facts (name, value)
		VALUES ($1, $2)
		ON CONFLICT (name) DO UPDATE
		SET value = excluded.value`, triedFact, value)
	return err
}

// errMoved is returned when the database is not where it was opened.
var errMoved = errors.New("the database is no longer where it was opened")

// maxProbes is how often something is tried within a second: anybody may ask.
const maxProbes = 20

// sharedProbe is trying one thing, once for all who ask at the same time.
type sharedProbe struct {
	mu     sync.Mutex
	done   chan struct{} // closed when what is tried has ended; nil before the first
	ended  bool
	err    error // of the last try
	second time.Time
	tries  int // within that second
}

// tryShared tries something and returns what came of it, or what came of the last try when
// there were too many. Whoever does not wait to the end leaves it to the next who asks.
func (p *sharedProbe) tryShared(ctx context.Context, try func(context.Context) error) error {
	p.mu.Lock()
	if p.mayTry(time.Now()) {
		p.done, p.ended = make(chan struct{}), false
		go func() { p.finish(try(context.WithoutCancel(ctx))) }()
	}
	done := p.done
	p.mu.Unlock()
	select {
	case <-done:
	case <-ctx.Done():
		return ctx.Err()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.err
}

// mayTry reports whether nothing is being tried, and that was not done too often.
func (p *sharedProbe) mayTry(now time.Time) bool {
	if p.done != nil && !p.ended {
		return false
	}
	if now.Sub(p.second) >= time.Second {
		p.second, p.tries = now, 0
	}
	p.tries++
	return p.tries <= maxProbes
}

func (p *sharedProbe) finish(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.err, p.ended = err, true
	close(p.done)
}
