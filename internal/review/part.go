package review

import (
	"context"
	"errors"
	"fmt"

	"countersign/internal/account"
	"countersign/internal/idv"
)

// ErrNoPart: the result has no resource or check with that key.
var ErrNoPart = errors.New("the result has no such part")

// Part is one resource or one check of a stored result.
type Part struct {
	Recipient idv.RecipientID
	Snapshot  Snapshot
	Session   *idv.Session
	Key       string
	Resource  *idv.Resource   // nil when it is a check
	Check     *idv.Check      // nil when it is a resource
	Bucket    idv.Bucket      // of the whole result
	Expected  *ExpectedSigner // who the signer should be; nil when nobody says so
}

// Part returns the resource or check with the key of a stored result: the one with the
// digest, or the newest where that is zero. It returns ErrNoPart when there is none.
func (d *Desk) Part(ctx context.Context, who account.Person, id idv.RecipientID, digest idv.Digest, key string) (*Part, error) {
	snapshot, session, err := d.shown(ctx, who, id, digest)
	if err != nil {
		return nil, err
	}
	part := &Part{Recipient: id, Snapshot: snapshot, Session: session, Key: key}
	for i := range session.Resources {
		if session.Resources[i].Key() == key {
			part.Resource = &session.Resources[i]
		}
	}
	for i := range session.Checks {
		if session.Checks[i].Key() == key {
			part.Check = &session.Checks[i]
		}
	}
	if part.Resource == nil && part.Check == nil {
		return nil, fmt.Errorf("open %s of %s: %w", key, id, ErrNoPart)
	}
	entry := Access{At: d.Now(), Who: who, Recipient: id, Digest: snapshot.Digest, What: SeenPart, Part: key}
	if err := d.Records.KeepAccess(ctx, entry); err != nil {
		return nil, fmt.Errorf("log access to %s: %w", id, err)
	}
	amounts, err := d.summary(ctx, &Visit{Recipient: id, Digest: snapshot.Digest, ReadHits: true})
	if err != nil {
		return nil, fmt.Errorf("open %s of %s: %w", key, id, err)
	}
	part.Bucket = amounts.bucket
	if part.Expected, err = d.Records.Expected(ctx, id); err != nil {
		return nil, fmt.Errorf("open %s of %s: %w", key, id, err)
	}
	return part, nil
}
