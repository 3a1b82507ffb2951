package review

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"time"

	"countersign/internal/account"
	"countersign/internal/idv"
	"countersign/internal/turns"
)

// SealedMedia is where copies of media are kept, sealed.
type SealedMedia interface {
	// SealMedium keeps a sealed copy of a medium, unless there is one.
	SealMedium(ctx context.Context, n NewSealed) error
	// SealedMedium returns the newest kept copy of a medium; ErrNotSealed when there is
	// none.
	SealedMedium(ctx context.Context, id idv.RecipientID, medium idv.MediaID) ([]byte, error)
}

// MediumRequest asks for a medium.
type MediumRequest struct {
	Recipient idv.RecipientID
	Digest    idv.Digest // of the result that names it; zero for the newest
	Medium    idv.MediaID
	As        AccessKind // AccessThumbnail, AccessOpened, AccessConsulted or AccessBundled
	View      int64      // page view for which it is loaded; zero where there is none
}

// Medium opens a medium that a stored result names. The caller closes it. It returns
// idv.ErrNotNamed or idv.ErrTemplate for what may not be fetched, without asking Yoti, and
// the errors of idv when Yoti does not give it.
func (d *Desk) Medium(ctx context.Context, who account.Person, r MediumRequest) (*ShownMedium, error) {
	snapshot, session, err := d.openSnapshot(ctx, who, r.Recipient, r.Digest)
	if err != nil {
		return nil, err
	}
	if err := session.MayFetch(r.Medium); err != nil {
		return nil, fmt.Errorf("medium %s of %s: %w", r.Medium, r.Recipient, err)
	}
	turn, err := d.mediaQueue().Wait(ctx, who.ID)
	if err != nil {
		return nil, fmt.Errorf("wait for other media: %w", err)
	}
	entry := Access{At: d.Now(), Who: who, Recipient: r.Recipient, Digest: snapshot.Digest, What: AccessMedium, Medium: r.Medium, View: r.View}
	body, err := d.logAndAsk(ctx, entry)
	if err != nil {
		turn.End()
		return nil, err
	}
	entry.What = r.As
	m := d.recordedMedium(ctx, entry, inTurn(body, turn))
	m.Session = session
	return m, nil
}

// The limits of media that are on their way.
const (
	maxMediaAsked = 8  // of Yoti, at the same time
	maxMediaOpen  = 16 // to their reader, with those that Yoti has sent wholly
	maxMediaEach  = 3  // to one person
)

// mediaQueue is where people wait for their media.
func (d *Desk) mediaQueue() *turns.Queue {
	d.mediaOnce.Do(func() {
		d.media = turns.New(turns.Limits{Working: maxMediaAsked, Open: maxMediaOpen, Each: maxMediaEach})
	})
	return d.media
}

// inTurn lets the turn rest when Yoti has sent the whole of a medium, and ends it when
// the medium is closed.
func inTurn(body io.ReadCloser, turn *turns.Turn) io.ReadCloser {
	return &turnEnder{newReadAhead(body, turn.Rest), turn}
}

type turnEnder struct {
	io.ReadCloser
	turn *turns.Turn
}

// Close implements io.Closer.
func (t *turnEnder) Close() error {
	defer t.turn.End()
	return t.ReadCloser.Close()
}

// logAndAsk opens a medium after its entry in the access log is on disk.
func (d *Desk) logAndAsk(ctx context.Context, entry Access) (io.ReadCloser, error) {
	id, medium := entry.Recipient, entry.Medium
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
	if errors.Is(err, idv.ErrNotFound) || errors.Is(err, idv.ErrExpired) {
		return d.sealedMedium(ctx, id, medium, err)
	}
	return body, err
}

// sealedMedium returns the copy that was kept of a medium which Yoti no longer has, or
// what Yoti said when there is none.
func (d *Desk) sealedMedium(ctx context.Context, id idv.RecipientID, medium idv.MediaID, gone error) (io.ReadCloser, error) {
	kept, err := d.Records.SealedMedium(ctx, id, medium)
	if errors.Is(err, ErrNotSealed) {
		return nil, gone
	}
	if err != nil {
		return nil, fmt.Errorf("open the kept copy of %s: %w", medium, err)
	}
	return io.NopCloser(bytes.NewReader(kept)), nil
}

// recordedMedium returns a medium on its way to somebody. When it was read to its end, closing
// it puts on record which bytes they were, as what the entry says, and seals a copy where
// that is asked for.
func (d *Desk) recordedMedium(ctx context.Context, entry Access, body io.ReadCloser) *ShownMedium {
	m := &ShownMedium{ReadCloser: body, hash: sha256.New()}
	if d.SealFor > 0 {
		m.copy = new(bytes.Buffer)
	}
	m.whole = func(sum idv.Digest) error {
		ctx := context.WithoutCancel(ctx)
		entry.At, entry.SHA256 = d.Now(), sum
		// A copy is one of what the record says was shown.
		if err := d.Records.KeepAccess(ctx, entry); err != nil || m.copy == nil {
			return err
		}
		return d.Records.SealMedium(ctx, NewSealed{entry.Recipient, entry.Medium, sum, entry.At, entry.At.Add(d.SealFor), m.copy.Bytes()})
	}
	return m
}

// ShownMedium is a medium on its way to somebody.
type ShownMedium struct {
	io.ReadCloser
	Session *idv.Session // that names it
	hash    hash.Hash
	copy    *bytes.Buffer // nil unless a copy is to be kept
	ended   bool
	whole   func(idv.Digest) error // nil once it was not shown
}

// Read implements io.Reader.
func (m *ShownMedium) Read(p []byte) (int, error) {
	n, err := m.ReadCloser.Read(p)
	m.hash.Write(p[:n])
	if m.copy != nil {
		m.copy.Write(p[:n])
	}
	m.ended = m.ended || errors.Is(err, io.EOF)
	return n, err
}

// NotShown says that nothing of the medium was shown after all, though it may have been
// read to its end.
func (m *ShownMedium) NotShown() { m.whole = nil }

// Close implements io.Closer.
func (m *ShownMedium) Close() error {
	err := m.ReadCloser.Close()
	if !m.ended || m.whole == nil {
		return err
	}
	whole := m.whole
	m.whole = nil // closed twice is on record once
	return errors.Join(err, whole(idv.Digest(m.hash.Sum(nil))))
}

// ErrNotSealed is returned when no copy of the medium was kept, or its time is over.
var ErrNotSealed = errors.New("no copy of this medium is kept")

// NewSealed is a medium that was shown, of which a copy is to be kept.
type NewSealed struct {
	Recipient idv.RecipientID
	Medium    idv.MediaID
	SHA256    idv.Digest
	At        time.Time
	Until     time.Time // when the copy goes
	Bytes     []byte
}

// Report returns Yoti's report on the session of a recipient, a PDF. It returns
// idv.ErrNotReady while the session is ongoing.
func (d *Desk) Report(ctx context.Context, who account.Person, id idv.RecipientID) ([]byte, error) {
	snapshot, _, err := d.openSnapshot(ctx, who, id, idv.Digest{})
	if err != nil {
		return nil, err
	}
	entry := Access{At: d.Now(), Who: who, Recipient: id, Digest: snapshot.Digest, What: AccessReport}
	if err := d.Records.KeepAccess(ctx, entry); err != nil {
		return nil, fmt.Errorf("log access to %s: %w", id, err)
	}
	report, err := d.Results.Report(ctx, id)
	if err != nil {
		return nil, err
	}
	entry.At, entry.What, entry.SHA256 = d.Now(), AccessReportSent, sha256.Sum256(report)
	if err := d.Records.KeepAccess(ctx, entry); err != nil {
		return nil, fmt.Errorf("log access to %s: %w", id, err)
	}
	return report, nil
}

// openSnapshot returns the stored result that a page is about, and what it says: the one with
// the digest, or the newest where that is zero. A recipient that was never opened is
// fetched.
func (d *Desk) openSnapshot(ctx context.Context, who account.Person, id idv.RecipientID, digest idv.Digest) (Snapshot, *idv.Session, error) {
	snapshot, err := d.storedSnapshot(ctx, id, digest)
	if errors.Is(err, ErrNoSnapshot) && digest == (idv.Digest{}) {
		if err := d.mayAskYoti(who); err != nil {
			return Snapshot{}, nil, err
		}
		if err := d.fetch(ctx, who, id, 0); err != nil {
			return Snapshot{}, nil, err
		}
		snapshot, err = d.storedSnapshot(ctx, id, digest)
	}
	if err != nil {
		return Snapshot{}, nil, fmt.Errorf("open a result of %s: %w", id, err)
	}
	read, err := d.readResult(&snapshot)
	if err != nil {
		return Snapshot{}, nil, fmt.Errorf("read result %s of %s: %w", snapshot.Digest.Short(), id, err)
	}
	return snapshot, read.session, nil
}

func (d *Desk) storedSnapshot(ctx context.Context, id idv.RecipientID, digest idv.Digest) (Snapshot, error) {
	if digest == (idv.Digest{}) {
		return d.Records.Newest(ctx, id)
	}
	return d.Records.Snapshot(ctx, id, digest)
}
