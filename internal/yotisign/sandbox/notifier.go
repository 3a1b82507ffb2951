package sandbox

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"time"
)

// Notifier sends events to a webhook, as Yoti Sign would: with POST, without a signature,
// each once and whatever the answer is. Yoti Sign documents no retries and no order, so it
// can also send twice, late and out of order.
// Source: Yoti Sign, notifications object.
type Notifier struct {
	URL    string        // where the events go; its path may be a secret, and no error repeats it
	Twice  bool          // whether each event is sent a second time, after all have been
	Late   time.Duration // how long it waits before each call
	Order  Order         // in which they are sent; nil for as they are
	Client *http.Client  // nil for one that follows no redirect and waits ten seconds
	// Wait holds a call back: it returns after the time, or with an error when ctx ends.
	// Nil for the usual clock.
	Wait func(ctx context.Context, d time.Duration) error
}

// Order returns the numbers from zero to n-1 in the order in which so many things are to
// come.
type Order func(n int) []int

// Shuffled returns an Order that is the same for the same seed.
func Shuffled(seed uint64) Order {
	return func(n int) []int { return rand.New(rand.NewPCG(seed, uint64(n))).Perm(n) }
}

// Reversed is the Order that begins with the last.
func Reversed(n int) []int {
	order := make([]int, n)
	for i := range order {
		order[i] = n - 1 - i
	}
	return order
}

// notifyTime is how long an answer of the webhook may take.
const notifyTime = 10 * time.Second

// Send sends the events and returns how many calls were answered with success. Its error
// is that of ctx when it ended, or says what came of the last call that failed.
func (n *Notifier) Send(ctx context.Context, events ...Event) (accepted int, err error) {
	client := n.client()
	calls := n.calls(events)
	var last error
	for _, e := range calls {
		if err := n.wait(ctx); err != nil {
			return accepted, err
		}
		switch err := n.post(ctx, client, e); {
		case err == nil:
			accepted++
		case ctx.Err() != nil:
			return accepted, ctx.Err()
		default:
			last = err
		}
	}
	if last != nil {
		return accepted, fmt.Errorf("the webhook took %d of %d events; the last failure: %w", accepted, len(calls), last)
	}
	return accepted, nil
}

// calls is what is sent, in its order.
func (n *Notifier) calls(events []Event) []Event {
	if n.Twice {
		events = slices.Concat(events, events)
	}
	if n.Order == nil {
		return events
	}
	var calls []Event
	for _, i := range n.Order(len(events)) {
		calls = append(calls, events[i])
	}
	return calls
}

func (n *Notifier) client() *http.Client {
	if n.Client != nil {
		return n.Client
	}
	return &http.Client{
		Timeout:       notifyTime,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

func (n *Notifier) wait(ctx context.Context) error {
	switch {
	case n.Late <= 0:
		return ctx.Err()
	case n.Wait != nil:
		return n.Wait(ctx, n.Late)
	}
	timer := time.NewTimer(n.Late)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// maxAnswer is how much of an answer is read, so that its connection can be used again.
const maxAnswer = 64 << 10

func (n *Notifier) post(ctx context.Context, client *http.Client, e Event) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, n.URL, bytes.NewReader(e.Body))
	if err != nil {
		return errors.New("its address cannot be read")
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := client.Do(request)
	if err != nil {
		return withoutAddress(err)
	}
	defer response.Body.Close()
	_, _ = io.CopyN(io.Discard, response.Body, maxAnswer)
	if response.StatusCode < 200 || response.StatusCode > 299 {
		return fmt.Errorf("status %d", response.StatusCode)
	}
	return nil
}

// withoutAddress returns an error of an http.Client without the address that was asked.
func withoutAddress(err error) error {
	var asked *url.Error
	if errors.As(err, &asked) {
		return asked.Err
	}
	return err
}
