package cli

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// hangupTime is how long further hangups count as the same one: a terminal that is closed
// sends several.
const hangupTime = time.Second

// stopContext returns a context that ends when the process is told to stop: by SIGINT, by
// SIGTERM, or by SIGHUP, unless it was started to outlive that, as with nohup. A second
// signal ends the process at once.
func stopContext() context.Context {
	told, forget := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(told, forget)
	if signal.Ignored(syscall.SIGHUP) {
		return told
	}
	ctx, cancel := context.WithCancel(told)
	hangups := make(chan os.Signal, 1)
	signal.Notify(hangups, syscall.SIGHUP)
	go func() {
		select {
		case <-hangups:
			forget()
			cancel()
			time.Sleep(hangupTime)
		case <-ctx.Done():
		}
		signal.Stop(hangups)
	}()
	return ctx
}

// ignoreWriteSignals keeps what a server can do without from ending it: that nobody reads what it
// prints, or that a file grows to its limit, become errors of the write.
func ignoreWriteSignals() { signal.Ignore(writeSignals()...) }
