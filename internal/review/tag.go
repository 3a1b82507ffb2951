package review

import (
	"context"
	"fmt"
	"time"

	"countersign/internal/account"
	"countersign/internal/idv"
	"countersign/internal/ledger"
)

// MaxTags is how many tags a case may have.
const MaxTags = 20

// NewTag is a tag that is put on a case, or removed.
type NewTag struct {
	Recipient idv.RecipientID
	By        account.Person
	At        time.Time
	Tag       string // as it was typed; see ParseTag
	Remove    bool
	Key       string // idempotency key of the form
}

// Tag puts a tag on a case or removes one, once however often the form is sent. One that is
// there already, or that is to be removed and is not there, changes nothing. It returns a
// *Refused for a text that is no tag and for one tag too many, ErrNoCase or ErrErased where
// there is nothing to tag, and ErrKeyUsed when the form stands for something else.
func (d *Desk) Tag(ctx context.Context, n NewTag) error {
	if _, err := ParseTag(n.Tag); err != nil {
		return err
	}
	if err := d.mayRecord(ctx, n.By, n.Key); err != nil {
		return err
	}
	return d.tag(ctx, n)
}

// tag is Tag for one case of a form that may be recorded.
func (d *Desk) tag(ctx context.Context, n NewTag) error {
	tag, err := ParseTag(n.Tag)
	if err != nil {
		return err
	}
	n.Tag, n.At = tag, d.Now()
	if _, err := d.Records.Record(ctx, n.By, n.Recipient, n.Key, n.Acts); err != nil {
		return fmt.Errorf("tag %s: %w", n.Recipient, err)
	}
	return nil
}

// Acts returns what is on record of a tag. See Desk.Tag for its errors.
func (n *NewTag) Acts(now *OnRecord) ([]Act, error) {
	if sent, err := now.sentBefore(n.Same); sent || err != nil {
		return nil, err
	}
	record, err := now.Case()
	switch {
	case err != nil:
		return nil, err
	case record.Erasure != nil:
		return nil, ErrErased
	case now.Newest == idv.Digest{}:
		return nil, ErrNoCase
	case record.HasTag(n.Tag) != n.Remove:
		return nil, nil
	}
	if err := record.MayTag(n.By, n.Act(), n.Tag); err != nil {
		return nil, err
	}
	return []Act{{At: n.At, Act: n.Act(), Facts: Facts{Tag: n.Tag}}}, nil
}

// Act is what the tag records: that it was added, or removed.
func (n *NewTag) Act() ledger.Act {
	if n.Remove {
		return ActUntagged
	}
	return ActTagged
}

// Same reports whether an entry records this very tag, sent once more.
func (n *NewTag) Same(old *Recorded) bool {
	facts, err := ParseFacts(old.Entry)
	return err == nil && old.Act == n.Act() && old.Recipient == n.Recipient.String() && facts.Tag == n.Tag
}
