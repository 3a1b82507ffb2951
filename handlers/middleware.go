package handlers

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"countersign/static"
	"countersign/views"
)

// everyRequest is what holds for all requests, outermost first.
func (s *Server) everyRequest() []echo.MiddlewareFunc {
	return []echo.MiddlewareFunc{
		nameRequest,
		watchDelivery,
		s.securityHeaders,
		s.recoverPanic,
		requireAnswer,
		s.refuseForeignOrigin(),
		s.refuseForeignHost,
		s.leadToOurAddress,
		readBody,
		compressPages(),
	}
}

// nameRequest gives a request an ID of ours, which is on the page of a failure and in
// the log.
func nameRequest(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		c.Response().Header().Set(echo.HeaderXRequestID, rand.Text())
		return next(c)
	}
}

// errNoAnswer would otherwise be an empty page with the status 200.
var errNoAnswer = errors.New("the request was handled, but not answered")

// requireAnswer makes sure that every status is one that somebody meant.
func requireAnswer(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if err := next(c); err != nil || c.Response().Committed {
			return err
		}
		return errNoAnswer
	}
}

// policy lets a page load from its own origin only what it needs, and nothing inline.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

func (s *Server) securityHeaders(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		h := c.Response().Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		trustworthy := s.isTrustworthyOrigin(c.Request().Host)
		h.Set("Referrer-Policy", referrerPolicy(trustworthy))
		h.Set("Cache-Control", "no-store")
		if trustworthy {
			h.Set("Cross-Origin-Opener-Policy", "same-origin")
		}
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
		if s.usesHTTPS() {
			h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
		}
		return next(c)
	}
}

// recoverPanic makes an error of a panic, with the place where it arose but without
// what was being handled.
func (s *Server) recoverPanic(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) (err error) {
		defer func() {
			if cause := recover(); cause != nil {
				if cause == http.ErrAbortHandler {
					panic(cause)
				}
				err = fmt.Errorf("panic of type %T at %s", cause, debug.Stack())
			}
		}()
		return next(c)
	}
}

// refuseForeignHost keeps other names from being pointed at this server: a page of
// such a name could read what is answered. Probes ask by whatever name or number they
// know, and learn nothing but that.
func (s *Server) refuseForeignHost(next echo.HandlerFunc) echo.HandlerFunc {
	allowed := s.allowedHosts()
	return func(c echo.Context) error {
		if !slices.Contains(allowed, hostWithoutPort(c.Request().Host)) && !isProbe(c.Request()) {
			return errForeignHost
		}
		return next(c)
	}
}

// The pages of probes.
const (
	healthPath = "/healthz"
	readyPath  = "/readyz"
)

// isProbe reports whether a request comes from a program that checks that the server lives,
// and follows nothing.
func isProbe(r *http.Request) bool {
	path := strings.TrimSuffix(echo.GetPath(r), "/")
	return isReadRequest(r) && (path == healthPath || path == readyPath)
}

// isReadRequest reports whether a request only asks for something.
func isReadRequest(r *http.Request) bool {
	return r.Method == http.MethodGet || r.Method == http.MethodHead
}

func (s *Server) allowedHosts() []string {
	hosts := []string{"localhost", "127.0.0.1", "::1"}
	for _, host := range s.Hosts {
		hosts = append(hosts, hostWithoutPort(host))
	}
	if s.Public != nil {
		hosts = append(hosts, hostWithoutPort(s.Public.Host))
	}
	return hosts
}

// hostWithoutPort is a Host header without its port, in lower case and without brackets. The
// dot at its end, which says that a name is complete, is not part of it.
func hostWithoutPort(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return strings.TrimSuffix(strings.ToLower(strings.Trim(host, "[]")), ".")
}

// leadToOurAddress leads pages that are asked for with a slash at the end of their
// path, or a dot at the end of the host, to the address under which everybody has
// them. A form goes where its path leads without the slash: to send it once more
// would take the browser's word that it does so, and that it has the text.
func (s *Server) leadToOurAddress(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		path := trimPath(r.URL.EscapedPath())
		host := s.hostWithoutDot(r)
		if path == r.URL.EscapedPath() && host == "" {
			return next(c)
		}
		if isReadRequest(r) && !isProbe(r) {
			if r.URL.RawQuery != "" {
				path += "?" + r.URL.RawQuery
			}
			return c.Redirect(http.StatusPermanentRedirect, host+path)
		}
		if unescaped, err := url.PathUnescape(path); err == nil {
			r.URL.Path = unescaped
			if r.URL.RawPath != "" {
				r.URL.RawPath = path
			}
		}
		return next(c)
	}
}

// trimPath is an escaped path without slashes at its end, where there is anything
// before them. A path that begins with two would name another host.
func trimPath(path string) string {
	if strings.HasPrefix(path, "//") {
		return path
	}
	return "/" + strings.Trim(path, "/")
}

// hostWithoutDot is the beginning of our address when r was sent to it with a dot
// behind the name; empty when it was not.
func (s *Server) hostWithoutDot(r *http.Request) string {
	name, port, err := net.SplitHostPort(r.Host)
	if err != nil {
		name = r.Host
	}
	trimmed, dotted := strings.CutSuffix(name, ".")
	switch {
	case !dotted || !slices.Contains(s.allowedHosts(), hostWithoutPort(r.Host)):
		return ""
	case s.Public != nil && hostWithoutPort(s.Public.Host) == hostWithoutPort(r.Host):
		return s.Public.Scheme + "://" + s.Public.Host
	case port != "":
		return "//" + net.JoinHostPort(trimmed, port)
	}
	return "//" + trimmed
}

// maxBody is how many bytes a request's body may have: the longest draft, each byte
// of it escaped, and the rest of its form.
const maxBody = 1 << 20

// readBody reads the whole body before anything is done, so that a form which does not
// arrive whole does nothing. A file is larger, and read when it is known who sends it.
func readBody(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		if isFileUpload(r) || isHook(r) {
			return next(c)
		}
		if r.ContentLength > maxBody {
			discardRest(r.Body)
			return &bodyError{&http.MaxBytesError{Limit: maxBody}}
		}
		body, err := io.ReadAll(http.MaxBytesReader(c.Response().Writer, r.Body, maxBody))
		if err != nil {
			if errors.As(err, new(*http.MaxBytesError)) {
				discardRest(r.Body)
			}
			return &bodyError{err}
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		return next(c)
	}
}

// compressPages packs pages. Assets, pictures and files are packed already. No page holds a secret beside
// something that an attacker chose, which is what packing could give away.
func compressPages() echo.MiddlewareFunc {
	return middleware.GzipWithConfig(middleware.GzipConfig{
		Level:     packLevel,
		MinLength: 1024,
		Skipper: func(c echo.Context) bool {
			path := c.Request().URL.Path
			return strings.HasPrefix(path, static.Path) || strings.Contains(path, views.MediaSegment) || strings.HasSuffix(path, views.ReportSegment)
		},
	})
}
