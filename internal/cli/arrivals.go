package cli

import (
	"context"
	"fmt"
	"os"
	"sync"
	"time"

	"countersign/internal/arrivals"
	"countersign/internal/webhook"
	"countersign/internal/yotisign"
	"countersign/store"
)

// incoming is the flags that say how recipients come in without anybody opening their page.
type incoming struct {
	WebhookSecret string `name:"webhook-secret-file" env:"COUNTERSIGN_WEBHOOK_SECRET_FILE" placeholder:"FILE" help:"Take Yoti Sign's events at /hooks/yoti/SECRET. The file holds the secret, and others may not read it. Without it the webhook is off."`
	Background    int    `name:"background-per-minute" env:"COUNTERSIGN_BACKGROUND_PER_MINUTE" default:"30" help:"How often Yoti is asked in the background in a minute at most: for events, imported lists and results that are not final. 0 asks nothing."`
}

// maxBackground is how often Yoti can be asked in the background in a minute at most.
const maxBackground = 6000

// apply sets what the flags say.
func (c incoming) apply(s *site) error {
	if c.Background < 0 || c.Background > maxBackground {
		return fmt.Errorf("--background-per-minute: give a number up to %d, or 0 to ask nothing", maxBackground)
	}
	s.worker.PerMinute, s.server.BackgroundPerMinute = c.Background, c.Background
	if c.WebhookSecret == "" {
		return nil
	}
	secret, err := readWebhookSecret(c.WebhookSecret)
	if err != nil {
		return err
	}
	s.server.HookSecret, s.server.WebhookOn = secret, true
	return nil
}

// readWebhookSecret reads the secret from a file that others may not read or write.
func readWebhookSecret(name string) (webhook.Secret, error) {
	file, err := os.Open(name)
	if err != nil {
		return webhook.Secret{}, fmt.Errorf("--webhook-secret-file: %w", err)
	}
	defer file.Close()
	secret, err := webhook.ReadSecret(file)
	if err != nil {
		return webhook.Secret{}, fmt.Errorf("--webhook-secret-file: %s: %w", name, err)
	}
	found, err := file.Stat()
	if err == nil && found.Mode().IsRegular() {
		err = store.CheckSecret(found)
	}
	if err != nil {
		return webhook.Secret{}, fmt.Errorf("--webhook-secret-file: the file %s %w", name, err)
	}
	return secret, nil
}

// takeArrivals joins the way by which recipients come in to a site, and its worker.
func (s *site) takeArrivals(client *yotisign.Client) {
	s.worker = arrivals.NewWorker(arrivals.Worker{
		Jobs: s.store, Fetcher: s.server.Desk, Envelopes: client, Now: time.Now, Holder: s.workerName(), Log: s.log,
	})
	s.server.Arrivals = &arrivals.Service{Records: s.store, Now: time.Now, Wake: s.worker.Wake}
}

// workerName is the name of the worker of this site: no two that run at the same time have a host and an
// address in common.
func (s *site) workerName() string {
	host, err := os.Hostname()
	if err != nil {
		host = "unnamed" // then the address alone has to do
	}
	return host + " " + s.listener.Addr().String()
}

// startWorker lets the worker work until ctx ends.
func (s *site) startWorker(ctx context.Context) *sync.WaitGroup {
	var working sync.WaitGroup
	working.Go(func() { s.worker.Run(ctx) })
	return &working
}
