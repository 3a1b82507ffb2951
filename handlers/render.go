package handlers

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"countersign/internal/account"
	"countersign/internal/review"
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
		Title:   title,
		Who:     who,
		Theme:   theme(c),
		Path:    c.Request().URL.RequestURI(),
		Demo:    s.Demo,
		Stopped: sentence(s.Stopped),
		Warning: sentence(s.Warning),
	}
}

// sentence is what a function says; empty where there is none.
func sentence(say func() string) string {
	if say == nil {
		return ""
	}
	return say()
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

// readyTime is how long a probe waits for an answer.
const readyTime = 3 * time.Second

// ready says whether something can be recorded, and why not in a word.
func (s *Server) ready(c echo.Context) error {
	ctx, cancel := context.WithTimeout(c.Request().Context(), readyTime)
	defer cancel()
	err := s.Ready(ctx)
	if err == nil {
		return c.String(http.StatusOK, "ready\n")
	}
	s.Log.ErrorContext(ctx, "not ready", "error", err)
	why := ""
	if known := (*review.Unready)(nil); errors.As(err, &known) {
		why = ": " + string(known.Reason)
	}
	return c.String(http.StatusServiceUnavailable, "not ready"+why+"\n")
}
