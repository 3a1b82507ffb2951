package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"syscall"
	"time"

	"countersign/handlers"
	"countersign/internal/account"
	"countersign/internal/media"
	"countersign/internal/review"
	"countersign/internal/yotisign"
	"countersign/store"
)

// patience is how long a page with a stored result waits for a newer one.
const patience = 2 * time.Second

// How long a client may take to send a request and to read its answer, and how long
// requests under way may take when the server stops. An answer may have to wait for
// the whole of Yoti's time.
const (
	headTime  = 5 * time.Second
	readTime  = 15 * time.Second
	writeTime = 30 * time.Second
	idleTime  = 2 * time.Minute
	stopTime  = 15 * time.Second
)

// maxHead is how many bytes the head of a request may have.
const maxHead = 64 << 10

// sweepEvery is how often sessions that have ended are removed.
const sweepEvery = 10 * time.Minute

// site is a dashboard that is about to be served.
type site struct {
	server   *handlers.Server
	store    *store.Store
	listener net.Listener
	log      *slog.Logger
}

// newSite joins a store and a client of Yoti to a server.
func newSite(kept *store.Store, client *yotisign.Client, listener net.Listener, log *slog.Logger) *site {
	return &site{store: kept, listener: listener, log: log, server: &handlers.Server{
		Desk:     &review.Desk{Results: client, Records: kept, Now: time.Now, Patience: patience, Program: version()},
		Door:     &account.Door{Records: kept, Now: time.Now},
		Sessions: kept,
		Ready:    kept.Ready,
		Stopped:  kept.Stopped,
		Log:      log,
		Now:      time.Now,
		Scaler:   media.NewScaler(),
		Hosts:    []string{reachedAt(listener)},
	}}
}

// nameCookies sets the cookies of this site apart from those of any other on the same
// host: by its data key, and by its address, since a copy of the database may be served
// beside it. The address is as it was given, so that a port of chance ends no session.
func (s *site) nameCookies(address string) error {
	instance, err := s.store.DerivedKey("instance")
	if err != nil {
		return err
	}
	s.server.Instance = string(instance) + address
	s.server.BrowserKey, err = s.store.DerivedKey("known browsers")
	return err
}

// address is where the site is found.
func (s *site) address() string {
	if s.server.Public != nil {
		return s.server.Public.String()
	}
	return "http://" + reachedAt(s.listener)
}

// run serves until ctx ends. Then it finishes what is under way.
func (s *site) run(ctx context.Context) error {
	web := &http.Server{
		Handler:           s.server.Handler(),
		ReadHeaderTimeout: headTime,
		ReadTimeout:       readTime,
		WriteTimeout:      writeTime,
		IdleTimeout:       idleTime,
		MaxHeaderBytes:    maxHead,
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelWarn),
	}
	caring, stopCaring := context.WithCancel(ctx)
	var cares sync.WaitGroup
	cares.Go(func() { s.sweep(caring) })
	cares.Go(func() { s.keepLedger(caring) })
	err := serveUntil(ctx, web, s.listener)
	stopCaring()
	cares.Wait()
	s.server.Desk.Wait()
	s.closeLedger(context.WithoutCancel(ctx))
	return err
}

// serveUntil serves until ctx ends, and returns when what was under way is answered.
func serveUntil(ctx context.Context, web *http.Server, listener net.Listener) error {
	failed := make(chan error, 1)
	go func() { failed <- web.Serve(listener) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTime)
	defer cancel()
	if err := web.Shutdown(ctx); err != nil {
		return errors.Join(fmt.Errorf("some requests were still under way after %s and were cut off", stopTime), web.Close())
	}
	return nil
}

// sweep removes ended sessions and copies of media whose time is over, now and then.
func (s *site) sweep(ctx context.Context) {
	ticker := time.NewTicker(sweepEvery)
	defer ticker.Stop()
	for {
		if err := s.store.SweepSessions(ctx, time.Now(), handlers.IdleLimit, handlers.AbsoluteLimit); err != nil && ctx.Err() == nil {
			s.log.ErrorContext(ctx, "ended sessions were not removed", "error", err)
		}
		if err := s.store.SweepMedia(ctx, time.Now()); err != nil && ctx.Err() == nil {
			s.log.ErrorContext(ctx, "old copies of media were not removed", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// listen opens a socket, and says in a sentence why it cannot.
func listen(ctx context.Context, address string) (net.Listener, error) {
	if address == "" { // which would be a port of chance, for everybody
		return nil, errors.New("--addr is empty: give an address such as 127.0.0.1:8080")
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	var refused *net.OpError
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("something else listens on %s already: stop it, or choose another address with --addr", address)
	case errors.As(err, &refused):
		return nil, fmt.Errorf("cannot listen on %s: %w", address, refused.Err) // without the address once more
	case err != nil:
		return nil, fmt.Errorf("cannot listen on %s: %w", address, err)
	}
	return listener, nil
}

// reachedAt is the host and port at which this machine finds the listener.
func reachedAt(listener net.Listener) string {
	host, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil || !everywhere(host) {
		return listener.Addr().String()
	}
	return net.JoinHostPort("localhost", port)
}

// everywhere reports whether to listen on host is to listen on all addresses.
func everywhere(host string) bool {
	ip := net.ParseIP(host)
	return host == "" || ip != nil && ip.IsUnspecified()
}

// onlyHere reports whether only this machine can reach the listener.
func onlyHere(listener net.Listener) bool {
	address, ok := listener.Addr().(*net.TCPAddr)
	return ok && address.IP.IsLoopback()
}
