package handlers

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"countersign/internal/account"
)

// What a browser keeps for us, beside the name of the program.
const (
	sessionCookie = ""
	themeCookie   = "-theme"
	browserCookie = "-browser" // by which it is known after a sign-in
	// providerCookie ties a question to the company's sign-in to the browser that asked it.
	providerCookie = "-openid"
)

// cookieName is the name of a cookie of this very server: browsers send cookies to every
// port of a host (RFC 6265 §8.5), where another server of ours may listen. Where https
// allows it the name binds the cookie to the host too.
func (s *Server) cookieName(kind string) string {
	name := "countersign" + kind
	if s.Instance != "" {
		sum := sha256.Sum256([]byte(s.Instance))
		name += "-" + hex.EncodeToString(sum[:6])
	}
	if s.usesHTTPS() {
		return "__Host-" + name
	}
	return name
}

// setCookie lets the browser keep a value for a time.
func (s *Server) setCookie(c echo.Context, kind, value string, lasts time.Duration) {
	c.SetCookie(&http.Cookie{
		Name:     s.cookieName(kind),
		Value:    value,
		Path:     "/",
		MaxAge:   int(lasts.Seconds()),
		HttpOnly: true,
		Secure:   s.usesHTTPS(),
		SameSite: http.SameSiteLaxMode,
	})
}

// cookieValue is the value that the browser kept; empty when it kept none.
func (s *Server) cookieValue(c echo.Context, kind string) string {
	cookie, err := c.Cookie(s.cookieName(kind))
	if err != nil {
		return ""
	}
	return cookie.Value
}

// signInSource is where a request comes from, for a sign-in under the name.
func (s *Server) signInSource(c echo.Context, name string) account.Source {
	return account.Source{Address: c.RealIP(), Browser: s.browsers.ID(s.cookieValue(c, browserCookie), name, s.Now())}
}

// rememberBrowser makes the browser a known one for whoever signed in with it.
func (s *Server) rememberBrowser(c echo.Context, who account.Person) {
	token := s.browsers.Remember(s.cookieValue(c, browserCookie), who.Name, s.Now())
	s.setCookie(c, browserCookie, token, account.BrowserKnownFor)
}
