package review

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"countersign/internal/account"
	"countersign/internal/idv"
)

// sameSecond is how new a result is that another server on the same database had of Yoti, and
// that is taken instead of asking again.
const sameSecond = time.Second

// ownFetches are the results that this server had of Yoti lately. The zero ownFetches is ready.
type ownFetches struct {
	mu sync.Mutex
	at map[idv.RecipientID]time.Time // as it is recorded; no older than sameSecond
}

// keep remembers that a result was had, and forgets those that are old.
func (o *ownFetches) keep(id idv.RecipientID, at time.Time) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.at == nil {
		o.at = map[idv.RecipientID]time.Time{}
	}
	for other, had := range o.at {
		if age := at.Sub(had); age < 0 || age >= sameSecond {
			delete(o.at, other)
		}
	}
	o.at[id] = at.Truncate(time.Millisecond)
}

// has reports whether the result that was recorded at a time was had by this server.
func (o *ownFetches) has(id idv.RecipientID, at time.Time) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.at[id].Equal(at)
}

// keepResult records a result that was had of Yoti.
func (d *Desk) keepResult(ctx context.Context, id idv.RecipientID, who account.Person, result *idv.Decoded) error {
	at := d.Now()
	if err := d.Records.KeepResult(ctx, id, who, at, result); err != nil {
		return err
	}
	d.own.keep(id, at)
	return nil
}

// wasFetchedElsewhere reports whether another server on the same database had a result of the
// recipient a moment ago. The client of Yoti shares what is asked at the same time within one
// server; of two servers, both may ask when neither has its answer yet.
func (d *Desk) wasFetchedElsewhere(ctx context.Context, id idv.RecipientID) (bool, error) {
	newest, err := d.Records.Newest(ctx, id)
	if errors.Is(err, ErrNoSnapshot) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("look for a result of %s: %w", id, err)
	}
	age := d.Now().Sub(newest.Fetched)
	return age > -sameSecond && age < sameSecond && !d.own.has(id, newest.Fetched), nil
}
