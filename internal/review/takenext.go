package review

import (
	"context"
	"errors"
	"fmt"

	"countersign/internal/account"
	"countersign/internal/idv"
)

// nextPage is how many cases TakeNext looks at in one reading. It needs others than the first
// only where somebody is quicker.
const nextPage = 5

// TakeNext gives the one who asks the first case of those that nobody has, by a filter. It
// reports false when there is none. A form that was sent before took a case then: it leads to
// that one, and takes no other. It returns ErrKeyUsed when the form stands for something else.
func (d *Desk) TakeNext(ctx context.Context, v View, key string) (idv.RecipientID, bool, error) {
	if !v.Who.Role.May(account.TakeCases) {
		return idv.RecipientID{}, false, ErrNoCases
	}
	if err := d.mayRecord(ctx, v.Who, key); err != nil {
		return idv.RecipientID{}, false, err
	}
	if id, sent, err := d.takenBefore(ctx, v.Who, key); sent || err != nil {
		return id, sent, err
	}
	v.Tab, v.Due, v.At = TabUnassigned, d.Due, d.Now()
	var at PageKey
	for {
		page, err := d.Records.Queue(ctx, v, at, nextPage)
		if err != nil {
			return idv.RecipientID{}, false, fmt.Errorf("look for the next case: %w", err)
		}
		if id, taken, err := d.takeFirst(ctx, v.Who, page.Lines, key); taken || err != nil {
			return id, taken, err
		}
		if at = page.Next; at.IsZero() {
			return idv.RecipientID{}, false, nil
		}
	}
}

// takeFirst takes the first of some cases that nobody took before; it reports false when
// somebody was quicker with all of them.
func (d *Desk) takeFirst(ctx context.Context, who account.Person, lines []QueueLine, key string) (idv.RecipientID, bool, error) {
	for _, line := range lines {
		err := d.take(ctx, NewTake{Recipient: line.Recipient, By: who, Key: key})
		switch {
		case err == nil:
			return line.Recipient, true, nil
		case errors.Is(err, ErrTaken), errors.Is(err, ErrCaseDecided), errors.Is(err, ErrErased), errors.Is(err, ErrNoCase):
			continue
		case errors.Is(err, ErrKeyUsed): // the same form was sent twice at once
			return d.takenBefore(ctx, who, key)
		}
		return idv.RecipientID{}, false, err
	}
	return idv.RecipientID{}, false, nil
}

// takenBefore returns which case somebody took with a form; false when with none.
func (d *Desk) takenBefore(ctx context.Context, who account.Person, key string) (idv.RecipientID, bool, error) {
	entry, err := d.Records.FormEntry(ctx, who, key)
	switch {
	case err != nil:
		return idv.RecipientID{}, false, fmt.Errorf("look for a form of %s: %w", who.Name, err)
	case entry == nil:
		return idv.RecipientID{}, false, nil
	case entry.Act != ActTaken:
		return idv.RecipientID{}, false, ErrKeyUsed
	}
	id, err := idv.ParseRecipientID(entry.Recipient)
	if err != nil {
		return idv.RecipientID{}, false, fmt.Errorf("read entry %d: %w", entry.Seq, err)
	}
	return id, true, nil
}
