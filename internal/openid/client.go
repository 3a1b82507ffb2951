package openid

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// How long the provider may take, and how much it may say, in bytes.
const (
	connectTime = 3 * time.Second
	wholeTime   = 6 * time.Second
	maxAnswer   = 1 << 20
)

var (
	errForeignHost = errors.New("the address is on a host that is not the issuer's: name it with --oidc-host if it belongs to the provider")
	errNotSecure   = errors.New("the address does not begin with https://")
	errTooLong     = errors.New("the answer is too long")
)

// checkAddress returns nil for an address that may be asked.
func checkAddress(address string, allowed []string) error {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Host == "" || u.User != nil:
		return errors.New("it is not an address")
	case !isSecure(u):
		return errNotSecure
	case !slices.Contains(allowed, strings.ToLower(u.Host)):
		return errForeignHost
	}
	return nil
}

// newClient is a client that asks the allowed hosts only, and follows nothing.
func newClient(allowed []string) *http.Client {
	return &http.Client{
		Timeout:       wholeTime,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: guarded{allowed, &http.Transport{
			Proxy:                  nil, // the client's secret goes to the named hosts and nowhere else
			DialContext:            (&net.Dialer{Timeout: connectTime}).DialContext,
			TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
			TLSHandshakeTimeout:    connectTime,
			ResponseHeaderTimeout:  wholeTime,
			MaxResponseHeaderBytes: 64 << 10,
			MaxConnsPerHost:        8,
			IdleConnTimeout:        30 * time.Second,
			ForceAttemptHTTP2:      true,
		}},
	}
}

// guarded asks no host that is not allowed, whatever address it was given.
type guarded struct {
	allowed []string
	next    http.RoundTripper
}

// RoundTrip asks, and cuts an answer that is too long.
func (g guarded) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := checkAddress(r.URL.String(), g.allowed); err != nil {
		return nil, err
	}
	response, err := g.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	response.Body = &limitedBody{ReadCloser: response.Body, left: maxAnswer}
	return response, nil
}

// limitedBody fails once it has given as much as it may.
type limitedBody struct {
	io.ReadCloser
	left int64
}

func (b *limitedBody) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errTooLong
	}
	n, err := b.ReadCloser.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	return n, err
}

// redacted is an error without what the provider or a token said: for the log.
func redacted(err error) error {
	for _, known := range []error{errForeignHost, errNotSecure, errTooLong, context.DeadlineExceeded, context.Canceled} {
		if errors.Is(err, known) {
			return known
		}
	}
	var network *net.OpError
	if errors.As(err, &network) {
		return fmt.Errorf("no connection: %w", network.Err)
	}
	text, _, _ := strings.Cut(err.Error(), "\n")
	return errors.New(strings.ToValidUTF8(text[:min(len(text), maxReason)], "?"))
}

// maxReason is how much of an error is told, in bytes.
const maxReason = 200
