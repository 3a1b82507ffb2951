package yotisign

import (
	"context"
	"fmt"

	"countersign/internal/idv"
)

// Session fetches the session result of a recipient. Whoever asks for the same
// recipient while it is under way shares the answer; one who leaves does not take it
// from the others. Its errors wrap those of idv.
// Source: Yoti Sign, Get IDV session result.
func (c *Client) Session(ctx context.Context, id idv.RecipientID) (*idv.Decoded, error) {
	flight := c.flights.DoChan(id.String(), func() (any, error) {
		return c.session(context.WithoutCancel(ctx), id)
	})
	select {
	case landed := <-flight:
		if landed.Err != nil {
			return nil, landed.Err
		}
		return landed.Val.(*idv.Decoded), nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (c *Client) session(ctx context.Context, id idv.RecipientID) (*idv.Decoded, error) {
	address := c.base.join("idv", "recipients", id.String(), "sessions", "signed", "json")
	body, err := c.get(ctx, address, "application/json", idv.MaxResultBytes)
	if err != nil {
		return nil, fmt.Errorf("fetch session result: %w", err)
	}
	decoded, err := idv.Decode(body)
	if err != nil {
		return nil, fmt.Errorf("read session result: %w", err)
	}
	return decoded, nil
}
