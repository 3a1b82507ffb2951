package cli

import (
	"context"
	"errors"
	"time"

	"countersign/internal/review"
	"countersign/store"
)

// sealAgainAfter is when sealing results is tried again that could not be finished.
const sealAgainAfter = time.Minute

// sealResults seals the results that an earlier version recorded as they were.
func (s *site) sealResults(ctx context.Context) {
	said := false
	tell := func(sealed int) {
		if sealed > 0 && !said {
			s.log.InfoContext(ctx, "results are sealed, since an earlier version of the program recorded them as they were")
			said = true
		}
	}
	for {
		sealed, err := s.store.SealResults(ctx, store.SealOptions{Step: tell})
		if sealed > 0 {
			s.log.InfoContext(ctx, "results were sealed", "results", sealed)
		}
		switch {
		case err == nil || ctx.Err() != nil:
			return
		case errors.Is(err, store.ErrStillLogged):
			s.log.WarnContext(ctx, "the file beside the database that ends in -wal still holds results as they were, because somebody was reading; it is emptied as soon as it can be")
		case !errors.Is(err, review.ErrNotRecording): // which pages and the log say already
			s.log.ErrorContext(ctx, "results were not sealed", "error", err)
		}
		if errors.Is(err, review.ErrAltered) {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(sealAgainAfter):
		}
	}
}
