// Package handlers is HTTP in, pages out. It knows neither SQL nor Yoti: it reads a
// request, asks the desk or the door, and renders what they answer.
//
// Every route stands in one table (routes.go) with the action that it takes, and
// whoever may not take it never reaches its function. Every failed request becomes a
// page, and a log line if it is one, in one place (errors.go). A page is rendered
// into memory first, so it goes out whole or not at all.
package handlers

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/labstack/echo/v4"

	"countersign/internal/account"
	"countersign/internal/idv"
	"countersign/internal/media"
	"countersign/internal/review"
	"countersign/views"
)

// Server answers the requests of browsers. Its fields are its dependencies, set once
// before Handler is called.
type Server struct {
	Desk     *review.Desk
	Door     *account.Door
	Sessions SessionRows
	// Ready reports why nothing can be recorded; nil when something can.
	Ready func(context.Context) error
	// Stopped says in a sentence why nothing is recorded, until the program is started
	// again or at the moment; empty while something is. Nil where that never happens.
	Stopped func() string
	// Warning says in a sentence what weakens the record; empty when nothing does. Nil where
	// that never happens.
	Warning func() string
	Log     *slog.Logger
	Now     func() time.Time

	Hosts   []string     // names, besides those of this machine, that browsers may ask for
	Public  *url.URL     // address that browsers use; nil when it is where the server listens
	Proxies []*net.IPNet // proxies whose word on a client's address is taken; usually none
	SetUp   *SetUpLink   // way to the first account; nil when there is an account

	Demo    bool // whether the data is made up
	Samples []views.Sample

	Scaler *media.Scaler // makes thumbnails

	evidence review.Memo[evidenceKey, *views.Evidence]
	bundles  chan struct{} // holds a token for each evidence bundle that is being made
}

// evidenceKey is on what the evidence of a page depends.
type evidenceKey struct {
	recipient idv.RecipientID
	digest    idv.Digest
	media     bool // whether the reader may see media
}

// Handler returns the whole server: the routes with everything that holds for all of
// them around.
func (s *Server) Handler() http.Handler { return s.echo() }

func (s *Server) echo() *echo.Echo {
	s.bundles = make(chan struct{}, maxBundles)
	e := echo.New()
	e.HTTPErrorHandler = s.handleError
	e.IPExtractor = s.clientAddress()
	e.Pre(s.everyRequest()...)
	for _, r := range s.routes() {
		for _, method := range r.methods() {
			e.Add(method, r.path, r.handle, s.guard(r.action))
		}
	}
	return e
}

// clientAddress says how to tell the address of a client: from the connection, unless
// there are proxies to be trusted.
func (s *Server) clientAddress() echo.IPExtractor {
	if len(s.Proxies) == 0 {
		return echo.ExtractIPDirect()
	}
	options := []echo.TrustOption{echo.TrustLoopback(false), echo.TrustLinkLocal(false), echo.TrustPrivateNet(false)}
	for _, proxy := range s.Proxies {
		options = append(options, echo.TrustIPRange(proxy))
	}
	return echo.ExtractIPFromXFFHeader(options...)
}

// https reports whether browsers reach the server by https.
func (s *Server) https() bool { return s.Public != nil && s.Public.Scheme == "https" }
