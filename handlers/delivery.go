package handlers

import (
	"context"
	"errors"
	"log/slog"
	"net/http"

	"github.com/labstack/echo/v4"
)

// watchDelivery remembers when a browser does not take what it is sent: its tab was closed,
// its connection broke, or it was too slow. Nobody here can mend that, so it is not an error.
func watchDelivery(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		c.Response().Writer = &watchedWriter{ResponseWriter: c.Response().Writer}
		return next(c)
	}
}

// watchedWriter is a response that remembers whether writing to it failed.
type watchedWriter struct {
	http.ResponseWriter
	failed bool
}

// Write implements io.Writer.
func (w *watchedWriter) Write(p []byte) (int, error) {
	n, err := w.ResponseWriter.Write(p)
	w.failed = w.failed || err != nil
	return n, err
}

// FlushError is what http.ResponseController flushes with.
func (w *watchedWriter) FlushError() error {
	err := http.NewResponseController(w.ResponseWriter).Flush()
	w.failed = w.failed || err != nil && !errors.Is(err, http.ErrNotSupported)
	return err
}

// Unwrap is for http.ResponseController.
func (w *watchedWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// wasUndelivered reports whether a request failed because its browser was gone: what was written
// did not arrive, or the request was given up, and that is why it failed. What Yoti or the
// disk did is something else, also when nobody waits for it any more.
func wasUndelivered(c echo.Context, err error) bool {
	if errors.Is(err, http.ErrAbortHandler) || c.Request().Context().Err() != nil && errors.Is(err, context.Canceled) {
		return true
	}
	for w := c.Response().Writer; w != nil; {
		if watched, ok := w.(*watchedWriter); ok {
			return watched.failed
		}
		inner, ok := w.(interface{ Unwrap() http.ResponseWriter })
		if !ok {
			return false
		}
		w = inner.Unwrap()
	}
	return false
}

// failureLogLevel is how loud a failed request is in the log.
func failureLogLevel(notTaken bool) slog.Level {
	if notTaken {
		return slog.LevelInfo
	}
	return slog.LevelError
}
