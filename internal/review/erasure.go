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
	text = strings.TrimSpace(UnixLines(text))
	return text, checkText("reason", text, MaxReasonLength)
}

// ErasedRecord is what is left of an erased recipient.
type ErasedRecord struct {
	Recipient idv.RecipientID
	Erasure   Erasure
	Entries   []*ledger.Entry // oldest first, without texts
}

// ErasedRecord returns what is left of an erased recipient; ErrNoSnapshot when the recipient
// was not erased. It holds nothing of a person, so no access entry is kept.
func (d *Desk) ErasedRecord(ctx context.Context, who account.Person, id idv.RecipientID) (*ErasedRecord, error) {
	file, err := d.Records.Recipient(ctx, id, who, NotePage{})
	if err != nil {
		return nil, fmt.Errorf("look at what is left of %s: %w", id, err)
	}
	if file.Record.Erasure == nil {
		return nil, fmt.Errorf("look at what is left of %s: %w", id, ErrNoSnapshot)
	}
	r := &ErasedRecord{Recipient: id, Erasure: *file.Record.Erasure}
	for i := range file.Record.Entries {
		r.Entries = append(r.Entries, &file.Record.Entries[i].Entry)
	}
	return r, nil
}
