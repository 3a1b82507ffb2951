package review

import (
	"context"
	"fmt"
	"time"

	"countersign/internal/account"
	"countersign/internal/idv"
)

// Casework is what is known of who is at work on cases: *store.Store.
type Casework interface {
	// Viewers returns who else opened the newest page of a case since a time, the first of
	// them first. It looks at a bounded number of openings.
	Viewers(ctx context.Context, id idv.RecipientID, who account.Person, since time.Time) ([]Viewer, error)
	// TagsInUse returns tags that cases have, in the order of the alphabet.
	TagsInUse(ctx context.Context, limit int) ([]string, error)
	// IdleCases returns cases whose assignee has done nothing about them since a time.
	IdleCases(ctx context.Context, since time.Time, limit int) ([]idv.RecipientID, error)
}

// Viewer is somebody who looks at a case.
type Viewer struct {
	Name  string
	Since time.Time
}

const (
	viewingTime = 10 * time.Minute // for which somebody who opened a case counts as looking at it
	maxOffered  = 200              // tags that a page offers
)

// Viewers returns who else opened the newest page of a case in the last minutes.
func (d *Desk) Viewers(ctx context.Context, who account.Person, id idv.RecipientID) ([]Viewer, error) {
	list, err := d.Records.Viewers(ctx, id, who, d.Now().Add(-viewingTime))
	if err != nil {
		return nil, fmt.Errorf("look who views %s: %w", id, err)
	}
	return list, nil
}

// OfferedTags returns tags to choose from.
func (d *Desk) OfferedTags(ctx context.Context) ([]string, error) {
	list, err := d.Records.TagsInUse(ctx, maxOffered)
	if err != nil {
		return nil, fmt.Errorf("list tags: %w", err)
	}
	return list, nil
}

// IdleTime is for how long whoever has a case may do nothing about it before it goes back.
const IdleTime = 24 * time.Hour

// maxReleased is how many cases are released before others get their turn.
const maxReleased = 100

// ReleaseIdle releases, as the system, cases whose assignee has done nothing about them for
// IdleTime, and returns how many, and whether there may be more.
func (d *Desk) ReleaseIdle(ctx context.Context) (released int, more bool, err error) {
	now := d.Now()
	idle, err := d.Records.IdleCases(ctx, now.Add(-IdleTime), maxReleased)
	if err != nil {
		return 0, false, fmt.Errorf("list idle cases: %w", err)
	}
	for _, id := range idle {
		n := NewRelease{Recipient: id, By: account.System(), At: now, IdleSince: now.Add(-IdleTime)}
		seqs, err := d.Records.Record(ctx, n.By, id, "", n.Acts)
		if err != nil {
			return released, false, fmt.Errorf("release %s: %w", id, err)
		}
		released += len(seqs)
	}
	return released, len(idle) == maxReleased && released > 0, nil
}
