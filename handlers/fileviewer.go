package handlers

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/labstack/echo/v4"

	"countersign/internal/resultfile"
	"countersign/internal/review"
	"countersign/static"
	"countersign/views"
)

// FileViewer shows the result of one file to one browser: the first that opens its
// one-time address. It has no accounts, no database and no way to Yoti, and keeps nothing.
type FileViewer struct {
	web   *Server // for what holds for every request, and nothing else
	shown *review.Case
	token string // of the address
	key   string // of the cookie that is given for it
	used  atomic.Bool
}

// viewerPath is where a one-time address lies.
const viewerPath = "/open/"

// viewerCookie is by which the browser is known that opened the address.
const viewerCookie = "-file"

// NewFileViewer returns a viewer of a result that is asked for under the host.
func NewFileViewer(r *resultfile.Result, host string, log *slog.Logger, now func() time.Time) *FileViewer {
	return &FileViewer{
		web:   &Server{Log: log, Now: now, Hosts: []string{host}, Instance: host},
		shown: review.FileCase(r.Decoded, fileSource(r), now()),
		token: rand.Text(),
		key:   rand.Text(),
	}
}

// Path is the one-time address, without the host.
func (v *FileViewer) Path() string { return viewerPath + v.token }

// Handler returns the whole viewer.
func (v *FileViewer) Handler() http.Handler {
	e := echo.New()
	e.HTTPErrorHandler = v.handleError
	e.Pre(v.web.everyRequest()...)
	e.GET(static.Path+"*", echo.WrapHandler(static.Handler()))
	e.POST(views.ThemePath, v.web.chooseTheme, requireForm)
	e.GET(viewerPath+":token", v.redeemAddress)
	e.GET(views.HomePath, v.showResult)
	return e
}

// errNotEntered says that a browser did not open the one-time address, or not first.
var errNotEntered = errors.New("the one-time address was not opened in this browser")

// redeemAddress takes the one-time address for a cookie, once.
func (v *FileViewer) redeemAddress(c echo.Context) error {
	if subtle.ConstantTimeCompare([]byte(c.Param("token")), []byte(v.token)) != 1 || !v.used.CompareAndSwap(false, true) {
		return errNotEntered
	}
	c.SetCookie(&http.Cookie{Name: v.web.cookieName(viewerCookie), Value: v.key, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode})
	return c.Redirect(http.StatusSeeOther, views.HomePath)
}

// showResult shows the result to the browser that entered.
func (v *FileViewer) showResult(c echo.Context) error {
	if subtle.ConstantTimeCompare([]byte(v.web.cookieValue(c, viewerCookie)), []byte(v.key)) != 1 {
		return errNotEntered
	}
	return renderFile(c, v.frame(c, fileTitle(v.shown)), v.shown)
}

func (v *FileViewer) frame(c echo.Context, title string) views.Frame {
	return views.Frame{Title: title, Theme: v.web.theme(c), Path: views.HomePath}
}

// handleError is that of the server, for somebody who has no account.
func (v *FileViewer) handleError(err error, c echo.Context) {
	if c.Response().Committed {
		return
	}
	c.SetRequest(c.Request().WithContext(context.WithoutCancel(c.Request().Context())))
	page, status := explainError(err, false)
	page.Ask = false
	page.Frame = v.frame(c, page.Heading)
	if status >= http.StatusInternalServerError {
		v.web.Log.ErrorContext(c.Request().Context(), "request failed", "status", status, "code", page.Code, "error", err)
	}
	if err := renderPage(c, status, views.Error(page)); err != nil && !c.Response().Committed {
		_ = c.String(status, page.Heading+"\n") // where nobody reads it, nothing is left to do
	}
}
