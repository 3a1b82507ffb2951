package review

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"

	"countersign/internal/account"
	"countersign/internal/idv"
)

// Medium opens a medium that a stored result names: the one with the digest, or the
// newest where that is zero. The caller closes it. It returns idv.ErrNotNamed or
// idv.ErrTemplate for what may not be fetched, without asking Yoti, and the errors of
// idv when Yoti does not give it.
func (d *Desk) Medium(ctx context.Context, who account.Person, id idv.RecipientID, digest idv.Digest, medium idv.MediaID) (io.ReadCloser, error) {
	snapshot, session, err := d.shown(ctx, who, id, digest)
	if err != nil {
		return nil, err
	}
	if err := session.MayFetch(medium); err != nil {
		return nil, fmt.Errorf("medium %s of %s: %w", medium, id, err)
	}
	entry := Access{At: d.Now(), Who: who, Recipient: id, Digest: snapshot.Digest, What: SeenMedium, Medium: medium}
	// The disk and Yoti are waited for at the same time; nothing is handed out before
	// both have answered.
	logged := make(chan error, 1)
	go func() { logged <- d.Records.KeepAccess(ctx, entry) }()
	body, err := d.Results.Medium(ctx, id, medium)
	if logErr := <-logged; logErr != nil {
		if body != nil {
			logErr = errors.Join(logErr, body.Close())
		}
		return nil, fmt.Errorf("log access to %s: %w", id, logErr)
	}
	if err != nil {
		return nil, err
	}
	entry.What = SeenWhole
	return &shownWhole{ReadCloser: body, hash: sha256.New(), whole: func(sum idv.Digest) error {
		entry.At, entry.SHA256 = d.Now(), sum
		return d.Records.KeepAccess(context.WithoutCancel(ctx), entry)
	}}, nil
}

// shownWhole is a medium on its way to somebody. When it was read to its end, closing
// it puts on record which bytes they were.
type shownWhole struct {
	io.ReadCloser
	hash  hash.Hash
	ended bool
	whole func(idv.Digest) error
}

// Read implements io.Reader.
func (m *shownWhole) Read(p []byte) (int, error) {
	n, err := m.ReadCloser.Read(p)
	m.hash.Write(p[:n])
	m.ended = m.ended || errors.Is(err, io.EOF)
	return n, err
}

// Close implements io.Closer.
func (m *shownWhole) Close() error {
	err := m.ReadCloser.Close()
	if !m.ended {
		return err
	}
	m.ended = false // closed twice is on record once
	return errors.Join(err, m.whole(idv.Digest(m.hash.Sum(nil))))
}

// Report returns Yoti's report on the session of a recipient, a PDF. It returns
// idv.ErrNotReady while the session is ongoing.
func (d *Desk) Report(ctx context.Context, who account.Person, id idv.RecipientID) ([]byte, error) {
	snapshot, _, err := d.shown(ctx, who, id, idv.Digest{})
	if err != nil {
		return nil, err
	}
	entry := Access{At: d.Now(), Who: who, Recipient: id, Digest: snapshot.Digest, What: SeenReport}
	if err := d.Records.KeepAccess(ctx, entry); err != nil {
		return nil, fmt.Errorf("log access to %s: %w", id, err)
	}
	return d.Results.Report(ctx, id)
}

// shown returns the stored result that a page is about, and what it says: the one with
// the digest, or the newest where that is zero. A recipient that was never opened is
// fetched.
func (d *Desk) shown(ctx context.Context, who account.Person, id idv.RecipientID, digest idv.Digest) (Snapshot, *idv.Session, error) {
	snapshot, err := d.stored(ctx, id, digest)
	if errors.Is(err, ErrNoSnapshot) && digest == (idv.Digest{}) {
		if err := d.fetch(ctx, who, id, 0); err != nil {
			return Snapshot{}, nil, err
		}
		snapshot, err = d.stored(ctx, id, digest)
	}
	if err != nil {
		return Snapshot{}, nil, fmt.Errorf("open a result of %s: %w", id, err)
	}
	read, err := d.read(&snapshot)
	if err != nil {
		return Snapshot{}, nil, fmt.Errorf("read result %s of %s: %w", snapshot.Digest.Short(), id, err)
	}
	return snapshot, read.session, nil
}

func (d *Desk) stored(ctx context.Context, id idv.RecipientID, digest idv.Digest) (Snapshot, error) {
	if digest == (idv.Digest{}) {
		return d.Records.Newest(ctx, id)
	}
	return d.Records.Snapshot(ctx, id, digest)
}
