package cli

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"
)

// health is the command that asks a server whether it lives.
type health struct {
	Addr string `env:"COUNTERSIGN_ADDR" default:"127.0.0.1:8080" help:"Where the server listens."`
}

// healthTime is how long the server may take to say so.
const healthTime = 2 * time.Second

// Run asks once.
func (c *health) Run(ctx context.Context) error {
	host, port, err := net.SplitHostPort(c.Addr)
	if err != nil {
		return fmt.Errorf("--addr: %w", err)
	}
	if isWildcardHost(host) {
		host = "127.0.0.1"
	}
	ctx, cancel := context.WithTimeout(ctx, healthTime)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+"/healthz", nil)
	if err != nil {
		return err
	}
	direct := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}} // no proxy from the environment
	response, err := direct.Do(request)
	if err != nil {
		return errors.New("the server does not answer")
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("the server answers with status %d", response.StatusCode)
	}
	return nil
}
