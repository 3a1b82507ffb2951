package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"sync"
	"time"

	"countersign/internal/yotisign/sandbox"
)

// webhooks makes the stand-in for Yoti Sign sign envelopes and send what its webhooks would.
type webhooks struct {
	Webhook        string        `placeholder:"URL" help:"Sign envelopes at once, and send the events of them there."`
	WebhookSign    int           `default:"40" help:"How many envelopes it signs."`
	WebhookSeed    uint64        `default:"1" help:"Which: the same number gives the same envelopes, and the same order."`
	WebhookTwice   bool          `help:"Send each event twice."`
	WebhookLate    time.Duration `placeholder:"TIME" help:"Wait so long before each event, such as 2s."`
	WebhookShuffle bool          `help:"Send the events out of order."`
}

// maxSigned is how many envelopes may be signed at once.
const maxSigned = 10_000

// check returns what is wrong with the flags.
func (c webhooks) check() error {
	if c.Webhook == "" {
		return nil
	}
	if u, err := url.Parse(c.Webhook); err != nil || u.Hostname() == "" || u.Scheme != "https" && u.Scheme != "http" {
		return errors.New("--webhook: this is not an address such as https://countersign.example.org/hooks/yoti/SECRET")
	}
	if c.WebhookSign < 1 || c.WebhookSign > maxSigned {
		return fmt.Errorf("--webhook-sign: give a number from 1 to %d", maxSigned)
	}
	return nil
}

// start begins to send, if it is to, and returns what ends it. What came of it is said to
// out.
func (c webhooks) start(ctx context.Context, stand *sandbox.Sandbox, out io.Writer) (stop func()) {
	if c.Webhook == "" {
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	var sending sync.WaitGroup
	sending.Go(func() {
		accepted, err := c.notifier().Send(ctx, c.events(stand)...)
		switch {
		case ctx.Err() != nil:
		case err != nil:
			fmt.Fprintf(out, "The stand-in for Yoti Sign: %v\n", err)
		default:
			fmt.Fprintf(out, "The stand-in for Yoti Sign sent %d events.\n", accepted)
		}
	})
	return func() { cancel(); sending.Wait() }
}

func (c webhooks) notifier() *sandbox.Notifier {
	n := &sandbox.Notifier{URL: c.Webhook, Twice: c.WebhookTwice, Late: c.WebhookLate}
	if c.WebhookShuffle {
		n.Order = sandbox.Shuffled(c.WebhookSeed)
	}
	return n
}

func (c webhooks) events(stand *sandbox.Sandbox) []sandbox.Event {
	var events []sandbox.Event
	for _, e := range stand.SignEnvelopes(c.WebhookSign, c.WebhookSeed) {
		events = append(events, sandbox.EventsOf(e)...)
	}
	return events
}
