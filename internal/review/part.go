package review

import (
	"context"
	"errors"
	"fmt"

	"countersign/internal/account"
	"countersign/internal/idv"
)

// ErrNoPart is returned when the result has no resource or check with that key.
var ErrNoPart = errors.New("the result has no such part")

// Part is one resource or one check of a stored result.
type Part struct {
	Recipient idv.RecipientID
	Snapshot  Snapshot
	Session   *idv.Session
	Key       string
	Resource  *idv.Resource   // nil when it is a check
	Check     *idv.Check      // nil when it is a resource
	View      int64           // ID of the access entry of this page view
	Bucket    idv.Bucket      // of the whole result
	Expected  *ExpectedSigner // who the signer should be; nil when nobody says so
}

// Part returns the resource or check with the key of a stored result, to be shown with the
// texts behind it: of the result with the digest, or of the newest where that is zero. It
// returns ErrNoPart when there is none.
func (d *Desk) Part(ctx context.Context, who account.Person, id idv.RecipientID, digest idv.Digest, key string) (*Part, error) {
	return d.openPart(ctx, who, id, digest, AccessPart, byKey(key))
}

// Details returns the same to be shown with what the result itself says about it.
func (d *Desk) Details(ctx context.Context, who account.Person, id idv.RecipientID, digest idv.Digest, key string) (*Part, error) {
	return d.openPart(ctx, who, id, digest, AccessDetails, byKey(key))
}

// Person returns the identity document by which the head of a case names the signer, with the
// whole number of the document or without it. It returns ErrNoPart when the result has none
// of which the text can be had.
func (d *Desk) Person(ctx context.Context, who account.Person, id idv.RecipientID, digest idv.Digest, number bool) (*Part, error) {
	what := AccessPerson
	if number {
		what = AccessNumber
	}
	return d.openPart(ctx, who, id, digest, what, func(s *idv.Session, p *Part) {
		if p.Resource = s.IdentityDocument(); p.Resource != nil {
			p.Key = p.Resource.Key()
		}
	})
}

// byKey finds a part of a session by its key.
func byKey(key string) func(*idv.Session, *Part) {
	return func(s *idv.Session, p *Part) {
		p.Key = key
		for i := range s.Resources {
			if s.Resources[i].Key() == key {
				p.Resource = &s.Resources[i]
			}
		}
		for i := range s.Checks {
			if s.Checks[i].Key() == key {
				p.Check = &s.Checks[i]
			}
		}
	}
}

// openPart returns the part that find finds, after the access entry is kept.
func (d *Desk) openPart(ctx context.Context, who account.Person, id idv.RecipientID, digest idv.Digest, what AccessKind, find func(*idv.Session, *Part)) (*Part, error) {
	snapshot, session, err := d.openSnapshot(ctx, who, id, digest)
	if err != nil {
		return nil, err
	}
	part := &Part{Recipient: id, Snapshot: snapshot, Session: session}
	find(session, part)
	if part.Resource == nil && part.Check == nil {
		return nil, fmt.Errorf("open %s of %s: %w", part.Key, id, ErrNoPart)
	}
	entry := Access{At: d.Now(), Who: who, Recipient: id, Digest: snapshot.Digest, What: what, Part: part.Key}
	if part.View, err = d.Records.KeepView(ctx, entry); err != nil {
		return nil, fmt.Errorf("log access to %s: %w", id, err)
	}
	amounts, err := d.summaryOfVisit(ctx, &Visit{Recipient: id, Digest: snapshot.Digest, ReadHits: true})
	if err != nil {
		return nil, fmt.Errorf("open %s of %s: %w", part.Key, id, err)
	}
	part.Bucket = amounts.bucket
	if part.Expected, err = d.Records.Expected(ctx, id); err != nil {
		return nil, fmt.Errorf("open %s of %s: %w", part.Key, id, err)
	}
	return part, nil
}
