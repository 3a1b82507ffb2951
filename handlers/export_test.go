package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"countersign/internal/account"
)

// TableLine is a line of the table of routes.
type TableLine struct {
	Method, Path string
	Action       account.Action
}

// Table returns the table of routes.
func (s *Server) Table() []TableLine {
	var lines []TableLine
	for _, r := range s.routes() {
		lines = append(lines, TableLine{r.method, r.path, r.action})
	}
	return lines
}

// SessionCookie is the name of the cookie of a session.
func (s *Server) SessionCookie() string { return s.cookieName(sessionCookie) }

// HandlerSending returns the whole server with one more page, /constant, that sends
// the same body to whoever may read results.
func (s *Server) HandlerSending(body []byte) http.Handler {
	e := s.newEcho()
	e.GET("/constant", func(c echo.Context) error { return c.HTMLBlob(http.StatusOK, body) }, s.guard(account.ReadResults))
	return e
}

// HandlerMisbehaving returns the whole server with pages that do what no page should.
func (s *Server) HandlerMisbehaving() http.Handler {
	e := s.newEcho()
	pages := map[string]echo.HandlerFunc{
		"/nothing": func(echo.Context) error { return nil },
		"/panics":  func(echo.Context) error { panic("on purpose") },
		"/breaks": func(c echo.Context) error {
			c.Response().WriteHeader(http.StatusOK)
			panic("on purpose")
		},
		"/breaks-off": func(c echo.Context) error {
			if _, err := c.Response().Write(make([]byte, 100_000)); err != nil {
				return err
			}
			panic("on purpose")
		},
	}
	for path, page := range pages {
		e.GET(path, page)
		e.HEAD(path, page)
	}
	return e
}
