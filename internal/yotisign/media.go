package yotisign

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"sync/atomic"
	"time"

	"countersign/internal/idv"
)

// Limits of media.
const (
	// MaxMediumBytes is the size of the largest medium that is passed on.
	MaxMediumBytes = 20 << 20
	// maxMedia is how many media are on their way at the same time; others wait.
	maxMedia = 8
	// leastRate is how many bytes of a medium are to come each second.
	leastRate = 16 << 10
)

// Medium opens a medium of a recipient's session. Its bytes are passed on as they
// come, whatever Yoti calls them; what they are is for the reader to find out. The
// caller closes it. Errors, those of reading too, wrap idv's: idv.ErrWithheld for a
// medium that exists and may not be shown, idv.ErrNotFound for one that is gone, and
// context.Canceled when the caller left.
// Source: Yoti Sign, Get IDV session media; Yoti IDV, retrieve image.
func (c *Client) Medium(ctx context.Context, id idv.RecipientID, medium idv.MediaID) (io.ReadCloser, error) {
	if err := c.media.Acquire(ctx, 1); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, c.options.Media)
	end := func() { cancel(); c.media.Release(1) }
	r, err := c.sendWithRetry(ctx, apiRequest{
		path:      []string{"idv", "recipients", id.String(), "sessions", "signed", "media", medium.String()},
		limit:     MaxMediumBytes,
		retryable: true,
	})
	if err != nil {
		end()
		return nil, fmt.Errorf("fetch medium: %w", withheldIfEmpty(err))
	}
	body := &stream{streamedAnswer: r, left: MaxMediumBytes, stall: c.options.Stall, cancel: cancel, end: end}
	return &echoFilter{stream: body, echo: c.echo}, nil
}

// withheldIfEmpty gives the answer without content its meaning.
func withheldIfEmpty(err error) error {
	var head *APIError
	if errors.As(err, &head) && head.Status == http.StatusNoContent {
		return fmt.Errorf("%w: %w", idv.ErrWithheld, head)
	}
	return err
}

// stream is the body of a reply, of no more than so many bytes, which do not come too
// slowly.
type stream struct {
	*streamedAnswer
	left   int64
	stall  time.Duration // by how much it may be behind the least rate
	behind time.Duration // by how much it is
	slow   atomic.Bool   // whether it was ended for that
	cancel func()        // ends a read that is under way
	end    func()        // gives everything back
}

// Read reads on. It returns idv.ErrTooLarge for what is longer than it may be.
func (s *stream) Read(p []byte) (int, error) {
	if int64(len(p)) > s.left+1 {
		p = p[:s.left+1]
	}
	n, err := s.readInTime(p)
	s.left -= int64(n)
	if s.left < 0 {
		return 0, fmt.Errorf("read medium: %w: %w", idv.ErrTooLarge, s.head)
	}
	if err != nil && err != io.EOF {
		return n, fmt.Errorf("read medium: %w: %w", transportError(err), s.head)
	}
	return n, err
}

// readInTime reads once. Only the time counts that is spent here: a reader that comes
// seldom does not make Yoti slow.
func (s *stream) readInTime(p []byte) (int, error) {
	began := time.Now()
	tooSlow := time.AfterFunc(s.stall-s.behind, func() { s.slow.Store(true); s.cancel() })
	n, err := s.body.Read(p)
	tooSlow.Stop()
	if err != nil && s.slow.Load() {
		err = os.ErrDeadlineExceeded
	}
	s.behind = max(0, s.behind+time.Since(began)-time.Second*time.Duration(n)/leastRate)
	return n, err
}

// Close lets go of the connection.
func (s *stream) Close() error {
	defer s.end()
	return s.body.Close()
}
