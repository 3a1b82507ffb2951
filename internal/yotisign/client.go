// Package yotisign asks Yoti Sign's identity verification API.
//
// Everything goes one way (Client.get): to the one configured host and no other, with
// the key in one header and nowhere else, no redirect followed, no proxy taken from
// the environment, every time and size bounded. What goes wrong comes back as one of
// the errors of package idv, so that the rest of the program can tell them apart
// without knowing HTTP; an *APIError behind it has what Yoti's support will ask for.
//
// Source: Yoti Sign, Get IDV session result.
package yotisign

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"time"

	"github.com/cenkalti/backoff/v5"
	"golang.org/x/sync/singleflight"

	"countersign/internal/idv"
)

// Client asks one Yoti Sign with one key. It may be used at the same time by many.
type Client struct {
	base    BaseURL
	key     Key
	http    *http.Client
	options Options
	flights singleflight.Group
}

// Options are the times of a client. What is zero has its usual value.
type Options struct {
	Header time.Duration    // until the head of an answer is there; 5 s
	Whole  time.Duration    // until the whole answer is there, retries included; 10 s
	Pause  time.Duration    // before the first retry, about; 200 ms
	Now    func() time.Time // the clock
}

func (o Options) withDefaults() Options {
	if o.Header == 0 {
		o.Header = 5 * time.Second
	}
	if o.Whole == 0 {
		o.Whole = 10 * time.Second
	}
	if o.Pause == 0 {
		o.Pause = 200 * time.Millisecond
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}

// New returns a client for the API at base.
func New(base BaseURL, key Key, options Options) *Client {
	options = options.withDefaults()
	dialer := &net.Dialer{Timeout: options.Header}
	transport := &http.Transport{
		Proxy:                  nil, // the key goes to the configured host and nowhere else
		DialContext:            dialer.DialContext,
		TLSHandshakeTimeout:    options.Header,
		ResponseHeaderTimeout:  options.Header,
		MaxResponseHeaderBytes: 64 << 10,
		MaxConnsPerHost:        16,
		MaxIdleConnsPerHost:    4,
		IdleConnTimeout:        90 * time.Second,
		ForceAttemptHTTP2:      true,
	}
	return &Client{base: base, key: key, options: options, http: &http.Client{
		Transport: transport,
		// Go sends the key along when only the port changes.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// maxTries is how often a request is made that changes nothing at Yoti.
const maxTries = 3

// get asks for an address below the base and returns the body of the answer, which
// has the media type want and at most limit bytes after decompression. It tries again
// when nobody answered, or a gateway did in place of Yoti.
func (c *Client) get(ctx context.Context, address, want string, limit int64) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, c.options.Whole)
	defer cancel()
	pauses := backoff.NewExponentialBackOff()
	pauses.InitialInterval = c.options.Pause
	body, err := backoff.Retry(ctx, func() ([]byte, error) {
		body, err := c.getOnce(ctx, address, want, limit)
		if err != nil && !passing(err) {
			err = backoff.Permanent(err)
		}
		return body, err
	}, backoff.WithBackOff(pauses), backoff.WithMaxTries(maxTries))
	var permanent *backoff.PermanentError
	if errors.As(err, &permanent) {
		err = permanent.Unwrap()
	}
	if errors.Is(err, context.DeadlineExceeded) {
		err = idv.ErrTimedOut
	}
	return body, err
}

// passing reports whether a failure may be gone in a moment.
func passing(err error) bool {
	var dial *net.OpError
	if errors.As(err, &dial) && dial.Op == "dial" {
		return true
	}
	var answer *APIError
	if !errors.As(err, &answer) {
		return false
	}
	switch answer.Status {
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}

func (c *Client) getOnce(ctx context.Context, address, want string, limit int64) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, fmt.Errorf("%w: no request can be made of the address", idv.ErrUnexpected)
	}
	request.Header.Set("Authorization", "Bearer "+c.key.secret)
	request.Header.Set("Accept", want)
	request.Header.Set("User-Agent", "countersign")
	response, err := c.http.Do(request)
	if err != nil {
		return nil, unanswered(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		body, _ := read(response.Body, maxErrorBytes) // without a body there is no code
		return nil, refusal(response, body, c.options.Now())
	}
	kind, _, err := mime.ParseMediaType(response.Header.Get("Content-Type"))
	if err != nil || kind != want {
		return nil, fmt.Errorf("%w: not of type %s", idv.ErrInvalid, want)
	}
	body, err := read(response.Body, limit)
	if err != nil {
		return nil, unanswered(err)
	}
	return body, nil
}

// maxErrorBytes is how much of an error's body is read.
const maxErrorBytes = 64 << 10

// read reads the whole of r, which ends the connection's use when it is too long.
func read(r io.Reader, limit int64) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(body)) > limit {
		return nil, idv.ErrTooLarge
	}
	return body, nil
}

// unanswered puts idv's error in front of what the network said.
func unanswered(err error) error {
	meant := failure(err)
	var op *net.OpError
	if errors.As(err, &op) {
		return fmt.Errorf("%w: %w", meant, op)
	}
	return meant
}
