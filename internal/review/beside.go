package review

import (
	"context"
	"fmt"

	"countersign/internal/idv"
)

// Beside is where a case stands in a view, and what stands beside it.
type Beside struct {
	Neighbours
	View  View
	Place PageKey // of the case; where it stood, once it has left the view
}

// Beside says what stands beside a case in a view. The place is where the case stood when the
// view was followed; the zero PageKey is where it stands now. It returns nil for a case that no
// list has.
func (d *Desk) Beside(ctx context.Context, v View, id idv.RecipientID, place PageKey) (*Beside, error) {
	v.Due, v.At = d.Due, d.Now()
	if place.Recipient != id {
		var listed bool
		var err error
		if place, listed, err = d.Records.QueuePlace(ctx, v, id); err != nil || !listed {
			return nil, err
		}
	}
	n, err := d.Records.QueueNeighbours(ctx, v, place)
	if err != nil {
		return nil, fmt.Errorf("look beside %s: %w", id, err)
	}
	return &Beside{n, v, place}, nil
}

// Position says where the case stands: "7 of 43". It is empty once it has left the view.
func (b *Beside) Position() string {
	if !b.Inside {
		return ""
	}
	return b.Neighbours.Position()
}

// Page is the key of a page of the view on which the case is; the zero PageKey is the first.
func (b *Beside) Page() PageKey {
	if b.Previous == nil || !b.Before.More && b.Before.N < QueuePageSize {
		return PageKey{}
	}
	key := b.Previous.Key
	key.Back = false
	return key
}
