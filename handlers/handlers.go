// Package handlers serves the dashboard over HTTP. It knows neither SQL nor Yoti: a
// handler reads a request, calls packages review and account, and renders what they
// return.
//
// Every route is in one table (routes.go) with the action that a user must be allowed
// to take; other users never reach the handler. Failed requests are turned into pages,
// and logged where that is due, in one place (errors.go). A page is rendered into memory
// first, so that it is sent whole or not at all.
package handlers

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/labstack/echo/v4"

	"countersign/internal/account"
	"countersign/internal/arrivals"
	"countersign/internal/cache"
	"countersign/internal/idv"
	"countersign/internal/media"
	"countersign/internal/review"
	"countersign/internal/securityevent"
	"countersign/internal/turns"
	"countersign/internal/webhook"
	"countersign/views"
)

// Server answers the requests of browsers. Its fields are its dependencies, set once
// before Handler is called.
type Server struct {
	Desk     *review.Desk
	Accounts *account.Service
	Sessions SessionRows
	Arrivals *arrivals.Service
	// Ready reports why nothing can be recorded; nil when something can.
	Ready func(context.Context) error
	// Stopped says in a sentence why nothing is recorded, until the program is started
	// again or at the moment; empty while something is. Nil where that never happens.
	Stopped func() string
	// Warning says in a sentence what weakens the record; empty when nothing does. Nil where
	// that never happens.
	Warning func() string
	Log     *slog.Logger
	Events  *securityevent.Log // nil where nobody wants them
	Now     func() time.Time

	Hosts   []string     // names, besides those of this machine, that browsers may ask for
	Public  *url.URL     // address that browsers use; nil when it is where the server listens
	Proxies []*net.IPNet // proxies whose word on a client's address is taken; usually none
	SetUp   *SetUpLink   // way to the first account; nil when there is an account

	SessionLimits account.SessionLimits      // what is zero is as standard
	SecondFactor  account.SecondFactorPolicy // who must have one; the zero value is nobody
	// SecondFactorUnsaid is whether nobody needs one since the database is older than they are,
	// and the operator did not say so: admins are told.
	SecondFactorUnsaid bool
	StepUp             StepUp         // what needs a fresh proof besides what always does
	Company            *CompanySignIn // the company's own sign-in; nil where there is none

	// HookSecret opens the webhook, where that is on.
	HookSecret webhook.Secret
	WebhookOn  bool
	// BackgroundPerMinute is how often Yoti is asked in the background at most; zero where it
	// is not.
	BackgroundPerMinute int

	// Instance is what this server has and no other on the same host, and keeps when it is
	// started again: the names of its cookies follow from it.
	Instance string
	// BrowserKey signs the cookies by which browsers are known after a sign-in; empty for
	// one that lasts as long as the process.
	BrowserKey []byte

	Demo    bool // whether the data is made up
	Samples []views.Sample
	// DemoSignIn is repeated on the sign-in page of the demonstration; nil elsewhere.
	DemoSignIn *views.DemoSignIn

	Scaler *media.Scaler // makes thumbnails
	// Stall is how long a browser may take for a piece of a picture; zero is ten seconds.
	Stall time.Duration

	evidence cache.LRU[evidenceKey, packedEvidence]
	packer   packer
	bundles  *turns.Queue // where people wait for their evidence bundles
	uploads  *turns.Queue // where people wait for their files to be searched
	browsers account.Browsers
}

// evidenceKey is on what the evidence of a page depends.
type evidenceKey struct {
	recipient idv.RecipientID
	digest    idv.Digest
	media     bool   // whether the reader may see media
	codes     bool   // whether the reader wants Yoti's names
	hits      string // how far the watchlist hits were reviewed
	signer    string // how the expected signer compares
	view      string // of the queue, which its links keep
}

// packedEvidence is the evidence of a page with the largest part of it packed.
type packedEvidence struct {
	*views.Evidence
	findings packedPart
}

// Handler returns the whole server: the routes with everything that holds for all of
// them around.
func (s *Server) Handler() http.Handler { return s.newEcho() }

func (s *Server) newEcho() *echo.Echo {
	s.bundles = turns.New(turns.Limits{Working: maxBundles, Open: maxBundles, Each: 1})
	s.uploads = turns.New(turns.Limits{Working: maxUploads, Open: maxUploads, Each: 1})
	s.browsers = account.Browsers{Key: s.BrowserKey}
	if len(s.BrowserKey) == 0 {
		s.browsers.Key = []byte(rand.Text())
	}
	e := echo.New()
	e.HTTPErrorHandler = s.handleError
	e.IPExtractor = s.clientAddress()
	e.Pre(s.everyRequest()...)
	for _, r := range s.routes() {
		r.add(e, s.guard(r.action))
	}
	return e
}

// usesHTTPS reports whether browsers reach the server by https.
func (s *Server) usesHTTPS() bool { return s.Public != nil && s.Public.Scheme == "https" }
