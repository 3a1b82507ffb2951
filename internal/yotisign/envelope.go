package yotisign

import (
	"context"
	"fmt"

	"countersign/internal/idv"
)

// Envelope fetches an envelope with its recipients. Its errors wrap those of idv:
// idv.ErrNotFound where there is no such envelope, idv.ErrForbidden where the API key did
// not create it, idv.ErrUnauthorised where the key is not accepted, and idv.ErrInvalid
// too for an answer that says it is about another envelope. An answer that does not say
// which it is about is taken for the one that was asked for.
// Source: Yoti Sign, Get envelope.
func (c *Client) Envelope(ctx context.Context, id idv.EnvelopeID) (*idv.Envelope, error) {
	a, err := c.get(ctx, question{
		path:  []string{"envelopes", id.String()},
		want:  "application/json",
		limit: idv.MaxEnvelopeBytes,
		again: true,
	})
	if err != nil {
		return nil, fmt.Errorf("fetch envelope: %w", err)
	}
	e, err := idv.DecodeEnvelope(a.body)
	if err != nil {
		return nil, fmt.Errorf("read envelope: %w: %w", err, a.head)
	}
	switch e.ID {
	case idv.EnvelopeID{}:
		e.ID = id
	case id:
	default:
		return nil, fmt.Errorf("read envelope: %w: about another envelope: %w", idv.ErrInvalid, a.head)
	}
	return e, nil
}
