// Package yotisign asks Yoti Sign's identity verification API.
//
// Everything goes one way (Client.get): to the one configured host and no other, with the
// key in one header and nowhere else, no answer taken that holds it, no redirect followed,
// no proxy taken from the environment, every time and size bounded. What goes wrong comes
// back as one of the errors of package idv, so that the rest of the program can tell them
// apart without knowing HTTP; an *APIError behind it has what Yoti's support will ask for.
//
// Source: Yoti Sign, Get IDV session result.
package yotisign

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"time"

	"github.com/cenkalti/backoff/v5"
	"golang.org/x/sync/semaphore"
	"golang.org/x/sync/singleflight"

	"countersign/internal/idv"
)

// Client asks one Yoti Sign with one key. It may be used at the same time by many.
type Client struct {
	base    BaseURL
	key     Key
	options Options
	keeping *http.Transport // connections; for questions that may be asked again
	closing *http.Transport // each connection after one answer; for those that may not
	flights singleflight.Group
	echo    *echoDetector       // finds the key in answers
	media   *semaphore.Weighted // how many media are on their way
}

// Options are the times of a client. What is zero has its usual value.
type Options struct {
	Connect time.Duration    // until a connection is there, and again until TLS is; 5 s
	Header  time.Duration    // from the request until the head of its answer; 5 s
	Whole   time.Duration    // until the whole answer is there, retries included; 10 s
	Media   time.Duration    // the same for a medium, which goes on to a browser meanwhile; 60 s
	Stall   time.Duration    // by how much a medium may be behind the least rate; 5 s
	Pause   time.Duration    // before the first retry, about; 200 ms
	Now     func() time.Time // the clock
}

// The usual times.
const (
	connectTime = 5 * time.Second
	headerTime  = 5 * time.Second
	wholeTime   = 10 * time.Second
	mediaTime   = 60 * time.Second
	stallTime   = 5 * time.Second
	firstPause  = 200 * time.Millisecond
)

func (o Options) withDefaults() Options {
	usual := func(d *time.Duration, value time.Duration) {
		if *d <= 0 { // less than zero would be for ever
			*d = value
		}
	}
	usual(&o.Connect, connectTime)
	usual(&o.Header, headerTime)
	usual(&o.Whole, wholeTime)
	usual(&o.Media, mediaTime)
	usual(&o.Stall, stallTime)
	usual(&o.Pause, firstPause)
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}

// New returns a client for the API at base.
func New(base BaseURL, key Key, options Options) *Client {
	options = options.withDefaults()
	keeping := &http.Transport{
		Proxy:                  nil, // the key goes to the configured host and nowhere else
		DialContext:            (&net.Dialer{Timeout: options.Connect}).DialContext,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:    options.Connect,
		ResponseHeaderTimeout:  options.Header,
		MaxResponseHeaderBytes: 64 << 10,
		MaxConnsPerHost:        16,
		MaxIdleConnsPerHost:    4,
		IdleConnTimeout:        90 * time.Second,
		ForceAttemptHTTP2:      true,
	}
	// Of its own accord a Transport sends a GET again when a connection that was used
	// before ends without an answer. On a new connection it does not.
	closing := keeping.Clone()
	closing.DisableKeepAlives = true
	return &Client{
		base: base, key: key, options: options, keeping: keeping, closing: closing,
		echo: newEcho(key), media: semaphore.NewWeighted(maxMedia),
	}
}

// apiRequest is what Yoti is asked.
type apiRequest struct {
	path       []string // below the base
	want       string   // the media type of a good answer; empty when its bytes tell
	limit      int64    // of its body, in bytes after decompression
	retryable  bool     // whether it may be asked again: it changes nothing at Yoti
	mayBeEmpty bool     // whether an answer without a body is a good one
}

// streamedAnswer is a good answer of which the body is still to be read.
type streamedAnswer struct {
	body io.ReadCloser
	head *APIError // for the error to come when the body turns out to be unusable
}

// wholeAnswer is a good answer: 200, of the type and size that was asked for.
type wholeAnswer struct {
	body []byte
	head *APIError
}

// maxTries is how often a question is asked that may be asked again.
const maxTries = 3

// getWhole asks a question and reads the whole answer.
func (c *Client) getWhole(ctx context.Context, q apiRequest) (*wholeAnswer, error) {
	ctx, cancel := context.WithTimeout(ctx, c.options.Whole)
	defer cancel()
	r, err := c.sendWithRetry(ctx, q)
	if err != nil {
		return nil, err
	}
	defer r.body.Close()
	body, err := readLimited(r.body, q.limit)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", transportError(err), r.head)
	}
	if len(bytes.TrimSpace(body)) == 0 {
		return nil, fmt.Errorf("%w: %w", idv.ErrEmpty, r.head)
	}
	if c.echo.foundInAnswer(body) {
		return nil, errEcho(r.head)
	}
	return &wholeAnswer{body, r.head}, nil
}

// sendWithRetry asks a question. If it may, it asks again when nobody answered, or a gateway
// did in place of Yoti.
func (c *Client) sendWithRetry(ctx context.Context, q apiRequest) (*streamedAnswer, error) {
	if !q.retryable {
		return c.sendOnce(ctx, c.closing, q)
	}
	var r *streamedAnswer
	var err error
	try := func() (*streamedAnswer, error) {
		r, err = c.sendOnce(ctx, c.keeping, q)
		if err != nil && !isTransient(err) {
			return nil, backoff.Permanent(err)
		}
		return r, err
	}
	pauses := backoff.NewExponentialBackOff()
	pauses.InitialInterval = c.options.Pause
	// When the time runs out in a pause, Retry returns that and not what the last
	// answer was, which says more.
	_, _ = backoff.Retry(ctx, try, backoff.WithBackOff(pauses), backoff.WithMaxTries(maxTries))
	return r, err
}

// isTransient reports whether a failure may be gone in a moment.
func isTransient(err error) bool {
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

// sendOnce asks once. Every request to Yoti is made here, and by a Transport alone: an
// http.Client would follow redirects, with the key when only the port changes.
func (c *Client) sendOnce(ctx context.Context, transport *http.Transport, q apiRequest) (*streamedAnswer, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base.join(q.path...), nil)
	if err != nil {
		return nil, fmt.Errorf("%w: no request can be made of the address", idv.ErrUnexpected)
	}
	request.Header.Set("Authorization", c.key.bearerHeader())
	request.Header.Set("Accept", cmp.Or(q.want, "*/*"))
	request.Header.Set("User-Agent", "countersign")
	response, err := transport.RoundTrip(request)
	if err != nil {
		return nil, transportError(err)
	}
	if err := c.checkResponse(response, q); err != nil {
		response.Body.Close()
		return nil, err
	}
	return &streamedAnswer{response.Body, errorHead(response)}, nil
}

// checkResponse returns nil for a good answer, and otherwise what is wrong with it.
func (c *Client) checkResponse(response *http.Response, q apiRequest) error {
	head := errorHead(response)
	if c.echo.foundIn([]byte(head.RequestID)) {
		return errEcho(head)
	}
	if response.StatusCode != http.StatusOK {
		body, _ := readLimited(response.Body, maxErrorBytes) // without a body there is no code
		if c.echo.foundInAnswer(body) {
			return errEcho(head)
		}
		if code := codeOf(body); !c.key.occursIn(code) {
			head.Code = code
		}
		return fmt.Errorf("%w: %w", errorOfStatus(response, head.Code, c.options.Now()), head)
	}
	if response.ContentLength == 0 && !q.mayBeEmpty {
		return fmt.Errorf("%w: %w", idv.ErrEmpty, head)
	}
	kind, _, err := mime.ParseMediaType(response.Header.Get("Content-Type"))
	if q.want != "" && (err != nil || kind != q.want) {
		if start, err := readLimited(response.Body, 1); err == nil && len(start) == 0 {
			return fmt.Errorf("%w: %w", idv.ErrEmpty, head)
		}
		return fmt.Errorf("%w: not of type %s: %w", idv.ErrInvalid, q.want, head)
	}
	if response.ContentLength > q.limit {
		return fmt.Errorf("%w: %w", idv.ErrTooLarge, head)
	}
	return nil
}

// maxErrorBytes is how much of an error's body is read.
const maxErrorBytes = 64 << 10

// readLimited reads the whole of r, as it is after decompression by the transport. Of what is
// longer than limit it reads no more than that, and returns idv.ErrTooLarge.
func readLimited(r io.Reader, limit int64) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(body)) > limit {
		return nil, idv.ErrTooLarge
	}
	return body, nil
}
