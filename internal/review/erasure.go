package review

import (
	"context"
	"fmt"
	"strings"

	"countersign/internal/account"
	"countersign/internal/idv"
	"countersign/internal/ledger"
)

// ErasureReason is the reason of an erasure as it will stand in the ledger. It returns a
// *Refused when it cannot: unlike other texts, this one is never erased.
func ErasureReason(text string) (string, error) {
	text = strings.TrimSpace(Lines(text))
	return text, checkText("reason", text, MaxReasonLength)
}

// Remains is what is left of an erased recipient.
type Remains struct {
	Recipient idv.RecipientID
	Erasure   Erasure
	Entries   []*ledger.Entry // oldest first, without texts
}

// Remains returns what is left of an erased recipient; ErrNoSnapshot when the recipient
// was not erased. It holds nothing of a person, so no access entry is kept.
func (d *Desk) Remains(ctx context.Context, who account.Person, id idv.RecipientID) (*Remains, error) {
	file, err := d.Records.Recipient(ctx, id, who, NotePage{})
	if err != nil {
		return nil, fmt.Errorf("look at what is left of %s: %w", id, err)
	}
	if file.Record.Erasure == nil {
		return nil, fmt.Errorf("look at what is left of %s: %w", id, ErrNoSnapshot)
	}
	r := &Remains{Recipient: id, Erasure: *file.Record.Erasure}
	for i := range file.Record.Entries {
		r.Entries = append(r.Entries, &file.Record.Entries[i].Entry)
	}
	return r, nil
}
