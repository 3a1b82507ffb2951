package review

import (
	"context"
	"fmt"
	"slices"

	"countersign/internal/account"
	"countersign/internal/idv"
	"countersign/internal/ledger"
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

// OwnEntry is an act on a decision that somebody made about a case.
type OwnEntry struct {
	Recipient idv.RecipientID
	Seq       int64
	Act       ledger.Act
	Verdict   Verdict // of a decision
}

// OwnEntry returns the act on a decision with the Seq that somebody made about a recipient; nil
// when there is none. It tells nothing of the person, so no access entry is made.
func (d *Desk) OwnEntry(ctx context.Context, who account.Person, id idv.RecipientID, seq int64) (*OwnEntry, error) {
	file, err := d.Records.Recipient(ctx, id, who, NotePage{Limit: 1})
	if err != nil {
		return nil, fmt.Errorf("look for entry %d: %w", seq, err)
	}
	e := file.Record.Entry(seq)
	if e == nil || e.Actor != who.ID || !slices.Contains(DecisiveActs(), e.Act) {
		return nil, nil
	}
	facts, err := ParseFacts(e.Entry)
	return &OwnEntry{Recipient: id, Seq: seq, Act: e.Act, Verdict: facts.Verdict}, err
}
