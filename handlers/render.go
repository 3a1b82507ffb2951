package handlers

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"countersign/internal/account"
	"countersign/views"
)

// render sends a page, whole or not at all.
func render(c echo.Context, status int, page templ.Component) error {
	b := templ.GetBuffer()
	defer templ.ReleaseBuffer(b)
	if err := page.Render(c.Request().Context(), b); err != nil {
		return err
	}
	return c.HTMLBlob(status, b.Bytes())
}

// frame is the frame of a page for whoever is signed in.
func (s *Server) frame(c echo.Context, title string) views.Frame {
	who, err := s.person(c)
	if err != nil {
		who = account.Person{} // the page that asked for the frame says what is wrong
	}
	return views.Frame{
		ClockWarning: s.clockWarning(c),
		Notice:       s.notice(c, who),

		Title:   title,
		Who:     who,
		Theme:   theme(c),
		Path:    c.Request().URL.RequestURI(),
		Demo:    s.Demo,
		Stopped: s.stopped(),
	}
}

// clockWarning says that the clock is behind; empty when it is not, or when nobody can say.
func (s *Server) clockWarning(c echo.Context) string {
	ctx := c.Request().Context()
	clock, err := s.Desk.Clock(ctx)
	if err != nil {
		s.Log.WarnContext(ctx, "the clock was not compared with the ledger", "error", err)
		return ""
	}
	return clock.Warning()
}

// notice is what somebody has to be told about their account; nothing when nobody can say.
func (s *Server) notice(c echo.Context, who account.Person) account.Notice {
	if who.ID == 0 {
		return account.Notice{}
	}
	ctx := c.Request().Context()
	n, err := s.Door.Notice(ctx, who.ID)
	if err != nil {
		s.Log.WarnContext(ctx, "changes of an account were not looked up", "error", err)
		return account.Notice{}
	}
	return n
}

// stopped says why nothing is recorded; empty while something is.
func (s *Server) stopped() string {
	if s.Stopped == nil {
		return ""
	}
	return s.Stopped()
}

const themeCookie = "theme"

func theme(c echo.Context) views.Theme {
	cookie, err := c.Cookie(themeCookie)
	if err != nil {
		return views.Auto
	}
	return views.ParseTheme(cookie.Value)
}

// chooseTheme keeps the theme in the browser, where it belongs.
func (s *Server) chooseTheme(c echo.Context) error {
	form, err := readForm(c)
	if err != nil {
		return err
	}
	c.SetCookie(&http.Cookie{
		Name:     themeCookie,
		Value:    string(views.ParseTheme(form.Get("theme"))),
		Path:     "/",
		MaxAge:   int((365 * 24 * time.Hour).Seconds()),
		HttpOnly: true,
		Secure:   s.https(),
		SameSite: http.SameSiteLaxMode,
	})
	return c.Redirect(http.StatusSeeOther, local(form.Get("next")))
}

// readForm reads the posted fields; those of the address do not count.
func readForm(c echo.Context) (url.Values, error) {
	if err := c.Request().ParseForm(); err != nil {
		return nil, &formError{err}
	}
	return c.Request().PostForm, nil
}

// retryAfter tells programs when to come again.
func retryAfter(c echo.Context, now, then time.Time) {
	seconds := max(1, int((then.Sub(now)+time.Second-1)/time.Second))
	c.Response().Header().Set("Retry-After", strconv.Itoa(seconds))
}

func (s *Server) healthy(c echo.Context) error { return c.String(http.StatusOK, "ok\n") }

func (s *Server) ready(c echo.Context) error {
	if err := s.Ready(c.Request().Context()); err != nil {
		s.Log.ErrorContext(c.Request().Context(), "not ready", "error", err)
		return c.String(http.StatusServiceUnavailable, "not ready\n")
	}
	answer := "ready\n"
	if warning := s.clockWarning(c); warning != "" { // probes go by the status, people read on
		answer += "warning: " + warning + "\n"
	}
	return c.String(http.StatusOK, answer)
}
