package review

import (
	"context"
	"fmt"

	"countersign/internal/account"
	"countersign/internal/idv"
)

// FetchInBackground asks Yoti for the result of a recipient in the name of the server and
// keeps it, or keeps why there is none. It counts against nobody's pace. While Yoti wants to
// be left alone about the recipient it returns that, and asks nothing; of an erased recipient
// it returns ErrErased.
//
// About a recipient of whom nothing is stored a failure is not kept: that somebody named an
// ID makes no case of it.
func (d *Desk) FetchInBackground(ctx context.Context, id idv.RecipientID) error {
	file, err := d.Records.Recipient(ctx, id, account.System(), NotePage{Limit: 1})
	if err == nil && file.Record.Erasure != nil {
		err = ErrErased
	}
	if err != nil {
		return fmt.Errorf("fetch %s in the background: %w", id, err)
	}
	if file.Failure.Holds(d.Now()) {
		return &idv.RateLimit{Until: file.Failure.Until}
	}
	if file.Newest == nil && file.Failure == nil {
		return d.fetchUnknown(ctx, id)
	}
	return d.fetch(ctx, account.System(), id, 0)
}

// fetchUnknown is fetch for a recipient of whom nothing is stored.
func (d *Desk) fetchUnknown(ctx context.Context, id idv.RecipientID) error {
	done := make(chan error, 1)
	d.underWay.Go(func() {
		asking, end := d.underWay.askingContext(ctx)
		defer end()
		decoded, err := d.Results.Session(asking, id)
		if err == nil {
			err = d.keepResult(context.WithoutCancel(ctx), id, account.System(), decoded)
		}
		done <- err
	})
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}
