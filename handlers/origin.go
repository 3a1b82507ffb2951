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
// or the public address. Where https is in front, forms that come by plain http under a name
// are refused with the rest: cookies would not come along there.
func (s *Server) refuseForeignOrigin() echo.MiddlewareFunc {
	protection := http.NewCrossOriginProtection()
	if s.Public != nil {
		// A proxy may put another Host in the place of the public one. An address that is
		// refused here only means that nothing more is trusted.
		_ = protection.AddTrustedOrigin(siteOrigin(s.Public))
	}
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			if protection.Check(c.Request()) != nil && !isHook(c.Request()) {
				return &foreignOriginError{s.Public}
			}
			return next(c)
		}
	}
}

// foreignOriginError is a form that did not come from a page of ours, as far as the
// browser says.
type foreignOriginError struct{ public *url.URL }

func (e *foreignOriginError) Error() string        { return errForeignOrigin.Error() }
func (e *foreignOriginError) Is(target error) bool { return target == errForeignOrigin }

// advice is for those who came from a page of ours all the same. By plain http under a
// name where there is https, our pages look like those of others.
func (e *foreignOriginError) advice() string {
	if e.public == nil {
		return "If you came from one of its pages, the operator has to name the address in your browser with --public-url."
	}
	return "If you came from one of its pages, open it at " + e.public.String() + " instead."
}

// siteOrigin is the address of a site as browsers send it: without the usual port. Source:
// https://html.spec.whatwg.org/multipage/browsers.html#ascii-serialisation-of-an-origin
func siteOrigin(u *url.URL) string {
	host := strings.ToLower(u.Host)
	switch u.Scheme {
	case "http":
		host = strings.TrimSuffix(host, ":80")
	case "https":
		host = strings.TrimSuffix(host, ":443")
	}
	return u.Scheme + "://" + host
}

// isTrustworthyOrigin reports whether a browser that sends this Host trusts the address at which it
// found us: by https, and on loopback addresses. Otherwise it says nothing of the site that
// a form comes from (https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header), and
// ignores some headers with a complaint.
func (s *Server) isTrustworthyOrigin(host string) bool {
	name := hostWithoutPort(host)
	if s.Public != nil && isLoopback(name) {
		name = hostWithoutPort(s.Public.Host) // there may be a proxy that rewrites the Host
	}
	return s.usesHTTPS() || isLoopback(name)
}

// referrerPolicy says what a browser may tell of the page that leads to another: nothing,
// except to ourselves where no-referrer would make it send our own forms with
// "Origin: null", as those of strangers are
// (https://fetch.spec.whatwg.org/#append-a-request-origin-header).
func referrerPolicy(trustworthy bool) string {
	if trustworthy {
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
