package handlers

import (
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"countersign/internal/account"
	"countersign/internal/arrivals"
	"countersign/internal/securityevent"
	"countersign/internal/webhook"
	"countersign/views"
)

// hookPath is where Yoti Sign sends events, before the secret.
const hookPath = views.HooksPath + "/yoti/"

// isHook reports whether a request brings an event. It comes from no browser, its body is no
// form, and nothing of it is read before it is known that the sender knows the secret.
func isHook(r *http.Request) bool {
	return r.Method == http.MethodPost && strings.HasPrefix(echo.GetPath(r), hookPath)
}

// takeHook takes an event. It answers before Yoti is asked for anything. The path holds the
// secret: no answer repeats it, and whatever fails is logged by the route alone.
func (s *Server) takeHook(c echo.Context) error {
	if !s.WebhookOn {
		return echo.ErrNotFound
	}
	ctx := c.Request().Context()
	if !s.HookSecret.Matches(c.Param("secret")) {
		s.report(c, securityevent.WrongSecret, securityevent.Failure, securityevent.WrongAnswer)
		if err := s.Accounts.CountWrongSecret(ctx, account.Source{Address: c.RealIP()}); err != nil {
			return err
		}
		return echo.ErrNotFound
	}
	body, err := io.ReadAll(http.MaxBytesReader(c.Response(), c.Request().Body, webhook.MaxBytes))
	if err != nil {
		return &bodyError{err}
	}
	outcome, err := s.Arrivals.Take(ctx, body)
	if err != nil {
		return err
	}
	if outcome == arrivals.Unreadable {
		return echo.ErrBadRequest
	}
	return c.NoContent(http.StatusNoContent)
}

// hooksListed is how many events a page lists.
const hooksListed = 100

var errNoEvent = errors.New("the address names no event to continue from")

// showHooks lists the events of the last week.
func (s *Server) showHooks(c echo.Context) error {
	var before int64
	if text := c.QueryParam("before"); text != "" {
		var err error
		if before, err = strconv.ParseInt(text, 10, 64); err != nil || before <= 0 {
			return echo.NewHTTPError(http.StatusNotFound).SetInternal(errNoEvent)
		}
	}
	list, err := s.Arrivals.Events(c.Request().Context(), before, hooksListed+1)
	if err != nil {
		return err
	}
	page := views.HooksPage{Frame: s.frame(c, "Webhook"), On: s.WebhookOn, Events: list}
	page.Path = views.HooksPath
	if len(list) > hooksListed {
		page.Events = list[:hooksListed]
		page.Next = list[hooksListed-1].ID
	}
	return renderPage(c, http.StatusOK, views.Hooks(page))
}
