package review

import (
	"context"
	"fmt"
	"time"

	"countersign/internal/account"
	"countersign/internal/idv"
)

// FileSource says of a result that somebody read from a file where in it that stands.
type FileSource struct {
	Where     string          // in words, such as "line 3"; empty where the file holds nothing else
	Others    []string        // where each of the results in the file stands, in their order; empty where it is the only one
	Number    int             // its place among them, from 1
	Recipient idv.RecipientID // whom the file says that it is about; the zero ID where it does not
	Secrets   int             // tokens and keys that were removed
}

// FileCase is the case of a result from a file. It has nothing of what is on record, and
// names no recipient: nobody asked Yoti for this result.
func FileCase(d *idv.Decoded, source FileSource, at time.Time) *Case {
	source.Secrets = d.Secrets
	return &Case{
		File:       File{Record: &Record{}},
		Snapshot:   Snapshot{Digest: d.Digest, Canonical: d.Canonical, TokenTTL: d.TokenTTL},
		Session:    &d.Session,
		Assessment: idv.Assess(&d.Session),
		Source:     &source,
		At:         at,
	}
}

// ViewFile returns the case of a result from a file, after the access entry is kept. The
// entry names the result by its digest; nothing else of the file is kept.
func (d *Desk) ViewFile(ctx context.Context, who account.Person, result *idv.Decoded, source FileSource) (*Case, error) {
	c := FileCase(result, source, d.Now())
	entry := Access{At: c.At, Who: who, Digest: c.Snapshot.Digest, What: AccessFile}
	if err := d.Records.KeepAccess(ctx, entry); err != nil {
		return nil, fmt.Errorf("log access to the result %s of a file: %w", c.Snapshot.Digest.Short(), err)
	}
	return c, nil
}

// Ticket is what of the case can be told to others. The link is that of its page; empty
// where it has none.
func (c *Case) Ticket(link string) *idv.Ticket {
	t := &idv.Ticket{
		Recipient: c.Recipient, Session: c.Session, Assessment: c.Assessment, Digest: c.Snapshot.Digest,
		First: c.Snapshot.First, Fetched: c.Snapshot.Fetched, Link: link,
	}
	if c.Source != nil {
		t.Recipient = c.Source.Recipient
	}
	return t
}

// ViewTicket returns a stored result of a recipient that is told to others: the one with the
// digest, or the newest where that is zero; the check with the key, or all where that is
// empty. It returns ErrNoPart when there is no such check.
func (d *Desk) ViewTicket(ctx context.Context, who account.Person, id idv.RecipientID, digest idv.Digest, check string) (*Case, error) {
	snapshot, _, err := d.openSnapshot(ctx, who, id, digest)
	if err != nil {
		return nil, err
	}
	file, err := d.Records.Recipient(ctx, id, who, NotePage{Limit: 1})
	if err != nil {
		return nil, fmt.Errorf("open a result of %s: %w", id, err)
	}
	read, err := d.readResult(&snapshot)
	if err != nil {
		return nil, fmt.Errorf("read result %s of %s: %w", snapshot.Digest.Short(), id, err)
	}
	c := &Case{File: file, Recipient: id, Snapshot: snapshot, Session: read.session, Assessment: read.withConflicts(file.HitsRead)}
	c.Current = file.Newest != nil && file.Newest.Digest == snapshot.Digest
	if check != "" && !c.Ticket("").Names(check) {
		return nil, fmt.Errorf("open %s of %s: %w", check, id, ErrNoPart)
	}
	entry := Access{At: d.Now(), Who: who, Recipient: id, Digest: snapshot.Digest, What: AccessTicket, Part: check}
	if err := d.Records.KeepAccess(ctx, entry); err != nil {
		return nil, fmt.Errorf("log access to %s: %w", id, err)
	}
	return c, nil
}
