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
	"countersign/internal/arrivals"
	"countersign/internal/media"
	"countersign/internal/review"
	"countersign/internal/securityevent"
	"countersign/internal/yotisign"
	"countersign/store"
)

// patience is how long a page with a stored result waits for a newer one.
const patience = 2 * time.Second

// How long a client may take to send a request, and to read its answer from the first byte on.
const (
	headTime  = 5 * time.Second
	readTime  = 15 * time.Second
	writeTime = 30 * time.Second
	idleTime  = 2 * time.Minute
)

// waitTime is how long an answer may be waited for, and read: it comes after the whole of Yoti's time
// and of the database's.
const waitTime = 10*time.Second + store.LongestWait + writeTime

// How long requests may go on when the server stops, how long they may take to end after
// they were cut off, and how long each further step may take. Docker kills after ten
// seconds what has not stopped.
const (
	finishTime = 5 * time.Second
	cutTime    = time.Second
	stepTime   = time.Second
)

// maxHead is how many bytes the head of a request may have.
const maxHead = 64 << 10

// sweepEvery is how often sessions that have ended are removed.
const sweepEvery = 10 * time.Minute

// site is a dashboard that is about to be served.
type site struct {
	server   *handlers.Server
	store    *store.Store
	worker   *arrivals.Worker
	listener net.Listener
	log      *slog.Logger

	recording recordingChanges // nil where nobody tells
	eventDays int              // for how long security events are kept; zero is for ever
}

// newSite joins a store and a client of Yoti to a server.
func newSite(kept *store.Store, client *yotisign.Client, listener net.Listener, log *slog.Logger) *site {
	s := &site{store: kept, listener: listener, log: log, server: &handlers.Server{
		Desk:     &review.Desk{Results: client, Envelopes: client, Records: kept, Now: time.Now, Patience: patience, Program: buildVersion()},
		Accounts: &account.Service{Records: kept, Now: time.Now},
		Sessions: kept,
		Ready:    kept.Ready,
		Stopped:  kept.WhyNotRecording,
		Warning:  kept.Warning,
		Log:      log,
		Events:   &securityevent.Log{Keep: kept, Now: time.Now},
		Now:      time.Now,
		Scaler:   media.NewScaler(),
		Hosts:    []string{reachableAddress(listener)},
	}}
	s.takeArrivals(client)
	return s
}

// nameCookies sets the cookies of this site apart from those of any other on the same
// host: by its data key, and by a place, since a copy of the database may be served
// beside it.
func (s *site) nameCookies(place string) error {
	instance, err := s.store.DerivedKey("instance")
	if err != nil {
		return err
	}
	s.server.Instance = string(instance) + place
	s.server.BrowserKey, err = s.store.DerivedKey("known browsers")
	return err
}

// address is where the site is found.
func (s *site) address() string {
	if s.server.Public != nil {
		return s.server.Public.String()
	}
	return "http://" + reachableAddress(s.listener)
}

// run serves until ctx ends. Then it signs a checkpoint, finishes what is under way, or
// cuts it off when that takes too long, and signs another when there is something new.
func (s *site) run(ctx context.Context) error {
	web := &http.Server{
		Handler:           answersWithin(writeTime, s.server.Handler()),
		ReadHeaderTimeout: headTime,
		ReadTimeout:       readTime,
		WriteTimeout:      waitTime,
		IdleTimeout:       idleTime,
		MaxHeaderBytes:    maxHead,
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelWarn),
	}
	requests, cutOff := context.WithCancel(context.WithoutCancel(ctx))
	defer cutOff()
	web.BaseContext = func(net.Listener) context.Context { return requests }
	caring, stopCaring := context.WithCancel(ctx)
	defer stopCaring()
	var cares sync.WaitGroup
	cares.Go(func() { s.removeExpired(caring) })
	cares.Go(func() { s.keepLedger(caring) })
	cares.Go(func() { s.releaseIdle(caring) })
	cares.Go(func() { s.assessAnew(caring) })
	cares.Go(func() { s.sealResults(caring) })
	cares.Go(func() { s.watchRecording(caring) })
	s.report(ctx, securityevent.Event{Kind: securityevent.ServerStarted, Outcome: securityevent.Success})
	working := s.startWorker(caring)
	told, err := serveUntil(ctx, web, s.listener, func() {
		s.log.WarnContext(ctx, "some requests were still under way and were cut off", "after", finishTime)
		cutOff()
		s.server.Desk.CutOff()
	})
	stopCaring()
	waitAtMost(stepTime, working.Wait)                               // it ends at once, and asks nothing more
	waitAtMost(time.Until(told.Add(finishTime)), s.server.Desk.Wait) // for callers who left
	s.server.Desk.CutOff()
	waitAtMost(stepTime, s.server.Desk.Wait)
	waitAtMost(stepTime, cares.Wait)
	waitAtMost(stepTime, func() { s.endEvents(context.WithoutCancel(ctx)) })
	waitAtMost(stepTime, func() { s.closeLedger(context.WithoutCancel(ctx)) })
	return err
}

// waitAtMost returns when step has ended, or after a while.
func waitAtMost(patience time.Duration, step func()) {
	done := make(chan struct{})
	go func() {
		step()
		close(done)
	}()
	select {
	case <-done:
	case <-time.After(patience):
	}
}

// serveUntil serves until ctx ends, and returns when that was and what was under way is
// answered. What takes too long is cut off, by cutOff and by closing its connections.
func serveUntil(ctx context.Context, web *http.Server, listener net.Listener, cutOff func()) (told time.Time, err error) {
	open := &connections{open: map[net.Conn]struct{}{}}
	web.ConnState = open.trackState
	failed := make(chan error, 1)
	go func() { failed <- web.Serve(listener) }()
	select {
	case err := <-failed:
		return told, fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	told = time.Now()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), finishTime+cutTime)
	defer cancel()
	late := time.AfterFunc(finishTime, func() {
		cutOff()
		open.closeAll()
	})
	defer late.Stop()
	if err := web.Shutdown(ctx); err != nil {
		return told, web.Close()
	}
	return told, nil
}

// connections are those that a server has. To close them is not to forget them, as
// http.Server.Close does: Shutdown still waits for their requests to end.
type connections struct {
	mu   sync.Mutex
	open map[net.Conn]struct{}
}

func (c *connections) trackState(conn net.Conn, state http.ConnState) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch state {
	case http.StateNew:
		c.open[conn] = struct{}{}
	case http.StateClosed, http.StateHijacked:
		delete(c.open, conn)
	}
}

func (c *connections) closeAll() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for conn := range c.open {
		_ = conn.Close() // its request ends with an error of its own
	}
}

// removeExpired removes ended sessions, and copies of media, security events and events of the
// webhook whose time is over, now and then.
func (s *site) removeExpired(ctx context.Context) {
	ticker := time.NewTicker(sweepEvery)
	defer ticker.Stop()
	for {
		s.sweepSessions(ctx)
		s.sweepEvents(ctx)
		if err := s.store.SweepMedia(ctx, time.Now()); err != nil && ctx.Err() == nil {
			s.log.ErrorContext(ctx, "old copies of media were not removed", "error", err)
		}
		if err := s.server.Arrivals.Sweep(ctx); err != nil && ctx.Err() == nil {
			s.log.ErrorContext(ctx, "old events of the webhook were not removed", "error", err)
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
	if address == "" { // which would be a random port, on every address
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

// reachableAddress is the host and port at which this machine finds the listener.
func reachableAddress(listener net.Listener) string {
	host, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil || !isWildcardHost(host) {
		return listener.Addr().String()
	}
	return net.JoinHostPort("localhost", port)
}

// isWildcardHost reports whether to listen on host is to listen on all addresses.
func isWildcardHost(host string) bool {
	ip := net.ParseIP(host)
	return host == "" || ip != nil && ip.IsUnspecified()
}

// isLoopbackOnly reports whether only this machine can reach the listener.
func isLoopbackOnly(listener net.Listener) bool {
	address, ok := listener.Addr().(*net.TCPAddr)
	return ok && address.IP.IsLoopback()
}
