package cli

import (
	"context"
	"fmt"
	"net"
	"net/http"

	"countersign/internal/yotisign"
	"countersign/internal/yotisign/sandbox"
)

// standIn is the command that runs the stand-in for Yoti Sign by itself.
type standIn struct {
	Addr string `env:"COUNTERSIGN_SANDBOX_ADDR" default:"127.0.0.1:9090" help:"Where to listen."`
	Key  string `name:"api-key" env:"COUNTERSIGN_SANDBOX_API_KEY" required:"" placeholder:"KEY" help:"The key that it accepts. Make one up: it opens nothing else."`
	webhooks
}

// Run serves until ctx ends.
func (c *standIn) Run(ctx context.Context, s streams) error {
	outliveLog()
	if _, err := yotisign.NewKey(c.Key); err != nil {
		return fmt.Errorf("--api-key: %w", err)
	}
	if err := c.check(); err != nil {
		return err
	}
	listener, err := listen(context.WithoutCancel(ctx), c.Addr)
	if err != nil {
		return err
	}
	fmt.Fprintf(s.out, "The stand-in for Yoti Sign is at http://%s/v2 (give this as --yoti-base-url)\n", listener.Addr())
	// Answers that are slow on purpose break off when ctx ends, so that nobody waits for them.
	stand := sandbox.New(c.Key)
	defer c.start(ctx, stand, s.err)()
	web := &http.Server{Handler: stand, ReadHeaderTimeout: headTime, BaseContext: func(net.Listener) context.Context { return ctx }}
	_, err = serveUntil(ctx, web, listener, func() {})
	return err
}
