package yotisign

import (
	"context"
	"errors"
	"fmt"
	"time"

	"countersign/internal/idv"
)

// Session fetches the session result of a recipient. Anyone who asks for the same
// recipient while it is under way shares the answer; one who leaves does not take it
// from the others. Each gets a value of their own. Its errors wrap those of idv, but
// for context.Canceled when the caller left.
// Source: Yoti Sign, Get IDV session result.
func (c *Client) Session(ctx context.Context, id idv.RecipientID) (*idv.Decoded, error) {
	flight := c.flights.DoChan(id.String(), func() (any, error) {
		asked := c.options.Now()
		answer, err := c.getWhole(context.WithoutCancel(ctx), apiRequest{
			path:      []string{"idv", "recipients", id.String(), "sessions", "signed", "json"},
			want:      "application/json",
			limit:     idv.MaxResultBytes,
			retryable: true,
		})
		return sharedAnswer{answer, asked}, err
	})
	select {
	case landed := <-flight:
		if landed.Err != nil {
			return nil, fmt.Errorf("fetch session result: %w", landed.Err)
		}
		return decodeResult(landed.Val.(sharedAnswer))
	case <-ctx.Done():
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			return nil, fmt.Errorf("fetch session result: %w: %w", idv.ErrTimedOut, ctx.Err())
		}
		return nil, ctx.Err()
	}
}

// sharedAnswer is an answer for all who wait for it, of whom some came after Yoti was asked.
type sharedAnswer struct {
	*wholeAnswer
	asked time.Time
}

func decodeResult(a sharedAnswer) (*idv.Decoded, error) {
	decoded, err := idv.Decode(a.body)
	if err != nil {
		return nil, fmt.Errorf("read session result: %w: %w", err, a.head)
	}
	decoded.Asked = a.asked
	return decoded, nil
}
