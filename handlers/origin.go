package handlers

import (
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"
)

// refuseForeignOrigin keeps other sites from posting with somebody's cookie. By https and
// on loopback addresses browsers say whether a request comes from the same site; by plain
// http under a name they only send the origin, which has to be the host that is asked for
// or the public address. Where https is in front, whoever comes by plain http is told: the
// cookies would not come along.
func (s *Server) refuseForeignOrigin() echo.MiddlewareFunc {
	protection := http.NewCrossOriginProtection()
	if s.Public != nil {
		// A proxy may put another Host in the place of the public one. An address that is
		// refused here only means that nothing more is trusted.
		_ = protection.AddTrustedOrigin(origin(s.Public))
	}
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			if protection.Check(c.Request()) != nil {
				return &foreignOriginError{s.Public}
			}
			if s.https() && !reads(c.Request()) && plainHTTP(c.Request().Header.Get(echo.HeaderOrigin)) {
				return &plainHTTPError{s.Public.String()}
			}
			return next(c)
		}
	}
}

// origin is the address of a site as browsers send it: without the usual port. Source:
// https://html.spec.whatwg.org/multipage/browsers.html#ascii-serialisation-of-an-origin
func origin(u *url.URL) string {
	host := strings.ToLower(u.Host)
	switch u.Scheme {
	case "http":
		host = strings.TrimSuffix(host, ":80")
	case "https":
		host = strings.TrimSuffix(host, ":443")
	}
	return u.Scheme + "://" + host
}

// plainHTTP reports whether the origin of a request is one to which browsers send no
// cookie that is for https only.
func plainHTTP(origin string) bool {
	u, err := url.Parse(origin)
	return err == nil && u.Scheme == "http" && !isLoopback(hostname(u.Host))
}

// foreignOriginError is a form that did not come from a page of ours, as far as the
// browser says.
type foreignOriginError struct{ public *url.URL }

func (e *foreignOriginError) Error() string { return "the request came from another site" }

// advice is for those who came from a page of ours all the same.
func (e *foreignOriginError) advice() string {
	if e.public == nil {
		return "If you came from one of its pages, whoever runs it has to name the address in your browser with --public-url."
	}
	return "If you came from one of its pages, open it at " + e.public.String() + " instead."
}

// plainHTTPError is a form that came by plain http, where there is https.
type plainHTTPError struct{ public string }

func (e *plainHTTPError) Error() string { return "the request came by plain http" }

// referrerPolicy says what a browser may tell of the page that leads to another. It tells
// nothing, except where it is by plain http under a name: there no-referrer would make it
// send a form of ours with "Origin: null", as a stranger's is
// (https://fetch.spec.whatwg.org/#append-a-request-origin-header), and it says nothing
// else of where a form comes from (https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header).
func (s *Server) referrerPolicy(host string) string {
	scheme, name := "http", hostname(host)
	if s.Public != nil && (isLoopback(name) || name == hostname(s.Public.Host)) {
		scheme, name = s.Public.Scheme, hostname(s.Public.Host) // a proxy is in between, or may be
	}
	if scheme == "https" || isLoopback(name) {
		return "no-referrer"
	}
	return "same-origin"
}

// isLoopback reports whether browsers hold a host to be this machine, and trust it as
// they do https: https://www.w3.org/TR/secure-contexts/#is-origin-trustworthy
func isLoopback(name string) bool {
	ip, err := netip.ParseAddr(name)
	return name == "localhost" || strings.HasSuffix(name, ".localhost") || err == nil && ip.IsLoopback()
}
