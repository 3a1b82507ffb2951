package yotisign

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net"
	"net/http"

	"countersign/internal/idv"
)

// ResetLimit lets a recipient begin more sessions: each call doubles how many were
// configured, until there are fifty. It changes state at Yoti although it is a GET, so
// it is asked once, on a connection of its own, and never again. Its errors wrap those
// of idv; where the answer was lost, or says nothing on whether it was done,
// idv.ErrOutcomeUnknown too.
// Source: Yoti Sign, Reset session limit.
func (c *Client) ResetLimit(ctx context.Context, id idv.RecipientID) error {
	ctx, cancel := context.WithTimeout(ctx, c.options.Whole)
	defer cancel()
	r, err := c.sendWithRetry(ctx, apiRequest{
		path:       []string{"idv", "recipients", id.String(), "sessions", "reset-limit"},
		limit:      math.MaxInt64, // of a body that is not read
		retryable:  false,
		mayBeEmpty: true,
	})
	switch {
	case err == nil:
		return r.body.Close() // what it says is not documented
	case isRefused(err):
		return fmt.Errorf("reset session limit: %w", err)
	}
	return fmt.Errorf("reset session limit: %w: %w", idv.ErrOutcomeUnknown, err)
}

// isRefused reports whether an error says that nothing was done: nobody was reached, or
// Yoti said no.
func isRefused(err error) bool {
	var dial *net.OpError
	if errors.As(err, &dial) && dial.Op == "dial" {
		return true
	}
	var head *APIError
	return errors.As(err, &head) &&
		head.Status >= http.StatusBadRequest && head.Status < http.StatusInternalServerError && head.Status != http.StatusRequestTimeout
}
