package handlers

import (
	"github.com/labstack/echo/v4"

	"countersign/internal/account"
	"countersign/internal/securityevent"
)

// report reports an event of the request: of whoever is signed in, with what else of it is
// known. Reason is a word of the program's. To say whose account the event is about, or that of
// somebody who is not signed in yet, fill an Event and call reportEvent.
func (s *Server) report(c echo.Context, kind securityevent.Kind, outcome securityevent.Outcome, reason securityevent.Reason) {
	s.reportEvent(c, securityevent.Event{Kind: kind, Outcome: outcome, Reason: reason})
}

// reportAbout is report for what somebody did with the account of another.
func (s *Server) reportAbout(c echo.Context, kind securityevent.Kind, subject int64, reason securityevent.Reason) {
	s.reportEvent(c, securityevent.Event{Kind: kind, Outcome: securityevent.Success, Subject: subject, Reason: reason})
}

// reportEvent reports an event, and fills in what the request says. That one is not kept stops
// nothing: it is on the log.
func (s *Server) reportEvent(c echo.Context, e securityevent.Event) {
	if err := s.reportSurely(c, e); err != nil {
		s.Log.ErrorContext(c.Request().Context(), "a security event was not kept", append(requestIDs(c), "event", string(e.Kind), "error", err)...)
	}
}

// reportSurely is reportEvent for what must not happen unless it is kept.
func (s *Server) reportSurely(c echo.Context, e securityevent.Event) error {
	who := signedIn(c)
	if e.Account == 0 && who.ID != 0 {
		e.Account, e.Role = who.ID, who.Role
	}
	if e.Session == "" {
		e.Session = securityevent.SessionDigest(who.Session.Token)
	}
	e.Address = c.RealIP()
	e.Request = c.Response().Header().Get(echo.HeaderXRequestID)
	e.Route = c.Path()
	return s.Events.Report(c.Request().Context(), e)
}

// eventOf is an event of somebody who is not, or not yet, let through by guard.
func eventOf(who account.SignedIn, kind securityevent.Kind, outcome securityevent.Outcome, reason securityevent.Reason) securityevent.Event {
	return securityevent.Event{
		Kind: kind, Outcome: outcome, Reason: reason,
		Account: who.ID, Role: who.Role, Session: securityevent.SessionDigest(who.Session.Token),
	}
}
