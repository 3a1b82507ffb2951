package handlers

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"countersign/internal/review"
)

func (s *Server) answerHealth(c echo.Context) error { return c.String(http.StatusOK, "ok\n") }

// readyTime is how long a probe waits for an answer.
const readyTime = 3 * time.Second

// answerReady says whether something can be recorded, and why not in a word.
func (s *Server) answerReady(c echo.Context) error {
	ctx, cancel := context.WithTimeout(c.Request().Context(), readyTime)
	defer cancel()
	err := s.Ready(ctx)
	if err == nil {
		return c.String(http.StatusOK, s.readyText(c))
	}
	s.Log.Log(ctx, failureLogLevel(wasUndelivered(c, err)), "not ready", "error", err)
	why := ""
	if known := (*review.Unready)(nil); errors.As(err, &known) {
		why = ": " + string(known.Reason)
	}
	return c.String(http.StatusServiceUnavailable, "not ready"+why+"\n")
}

// readyText is what a probe is told that may go on. Probes go by the status, people
// read on.
func (s *Server) readyText(c echo.Context) string {
	if warning := s.clockWarning(c); warning != "" {
		return "ready\nwarning: " + warning + "\n"
	}
	return "ready\n"
}
