package handlers

import (
	"crypto/sha256"
	"errors"

	"github.com/labstack/echo/v4"

	"countersign/internal/account"
	"countersign/internal/openid"
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

// reportBegun reports a session that was begun, and what became of the one before it. A session
// that goes on under a new token, as after a change of the password or of a factor, is no sign-in.
func (s *Server) reportBegun(c echo.Context, before, begun *account.SignedIn) error {
	who := signedIn(c)
	renewed := who.ID == begun.ID && s.SecondFactor.NextStep(&who) == account.NoStep
	completed := before.ID == begun.ID && s.SecondFactor.NextStep(before) != account.NoStep
	if before.ID != 0 && !completed {
		s.reportEvent(c, eventOf(*before, securityevent.SessionEnded, securityevent.Success, securityevent.Replaced))
	}
	if renewed {
		return nil
	}
	if factor := secondFactorOf(begun.Session.Proof); factor != "" {
		s.reportEvent(c, eventOf(*begun, securityevent.SecondFactor, securityevent.Success, factor))
	}
	kind := securityevent.SignIn
	if s.SecondFactor.NextStep(begun) == account.StepSecondFactor {
		kind = securityevent.FirstFactor
	}
	return s.reportSurely(c, eventOf(*begun, kind, securityevent.Success, securityevent.Reason(begun.Session.Proof)))
}

// secondFactorOf is the second factor in a proof; empty where there is none.
func secondFactorOf(proof account.Proof) securityevent.Reason {
	switch proof {
	case account.ByPasswordAndCode:
		return securityevent.ByCode
	case account.ByPasswordAndRecovery:
		return securityevent.ByRecovery
	case account.ByPasswordAndPasskey:
		return securityevent.ByPasskey
	}
	return ""
}

// reportRefusedSignIn reports a sign-in that failed. The account that was named is in it, and
// never the name: people type passwords there.
func (s *Server) reportRefusedSignIn(c echo.Context, name string, err error) {
	reason := attemptReason(err)
	if reason == "" {
		return
	}
	id, lookErr := s.Accounts.IDOf(c.Request().Context(), name)
	if lookErr != nil {
		id = 0 // the event matters more than whose account was named
	}
	if refused := (*account.RefusedPasskey)(nil); errors.As(err, &refused) {
		id = refused.Owner.ID
	}
	s.reportEvent(c, securityevent.Event{Kind: securityevent.SignIn, Outcome: securityevent.Failure, Account: id, Reason: reason})
}

// reportAttempt reports an attempt of whoever is signed in to prove something: that it
// succeeded, in which way, or why it failed. What came to no answer is no attempt.
func (s *Server) reportAttempt(c echo.Context, kind securityevent.Kind, way securityevent.Reason, err error) {
	if err == nil {
		s.report(c, kind, securityevent.Success, way)
		return
	}
	if reason := attemptReason(err); reason != "" {
		s.report(c, kind, securityevent.Failure, reason)
	}
}

// attemptReason is why an attempt failed; empty where that was no answer to it.
func attemptReason(err error) securityevent.Reason {
	var wait *account.Wait
	var refused *account.RefusedPasskey
	switch {
	case errors.As(err, &wait):
		return securityevent.TooMany
	case errors.As(err, &refused):
		return securityevent.Reason("passkey-" + refused.Why)
	case errors.Is(err, account.ErrWrongPassword):
		return securityevent.WrongAnswer
	}
	return ""
}

// answerReason is in which way an answer proves presence.
func answerReason(answer account.Answer) securityevent.Reason {
	switch {
	case answer.Passkey != "":
		return securityevent.ByPasskey
	case answer.Code != "":
		return securityevent.ByCode
	}
	return securityevent.ByPassword
}

// reportRefusal reports a request that was refused for what a security team wants to know.
func (s *Server) reportRefusal(c echo.Context, err error) {
	switch {
	case errors.Is(err, errForeignOrigin):
		s.report(c, securityevent.ForeignOrigin, securityevent.Failure, "")
	case errors.Is(err, errForeignHost):
		s.report(c, securityevent.ForeignHost, securityevent.Failure, "")
	case errors.Is(err, errNotAllowed):
		who, _ := s.sessionOf(c) // was read already
		action, _ := c.Get(actionContextKey).(account.Action)
		if action == account.Anyone {
			action = "" // what is not allowed is a part of what was sent along
		}
		s.reportEvent(c, eventOf(who, securityevent.ActionRefused, securityevent.Failure, securityevent.Reason(action)))
	case errors.Is(err, account.ErrNoLink), errors.Is(err, errLinkUsed):
		s.report(c, securityevent.LinkUsed, securityevent.Failure, securityevent.NotValid)
	}
}

// reportAdded reports an account that was made.
func (s *Server) reportAdded(c echo.Context, name string, role account.Role) {
	id, err := s.Accounts.IDOf(c.Request().Context(), name)
	if err != nil {
		id = 0
	}
	s.reportAbout(c, securityevent.AccountAdded, id, securityevent.Reason(role))
}

// reportLinkUsed reports a password that was chosen with a link.
func (s *Server) reportLinkUsed(c echo.Context, who account.Person) {
	for _, kind := range []securityevent.Kind{securityevent.LinkUsed, securityevent.PasswordSet} {
		s.reportEvent(c, eventOf(account.SignedIn{Person: who}, kind, securityevent.Success, securityevent.ByLink))
	}
}

// reportEnded reports a session that its owner ended from another.
func (s *Server) reportEnded(c echo.Context, token [sha256.Size]byte) {
	s.reportEvent(c, securityevent.Event{
		Kind: securityevent.SessionEnded, Outcome: securityevent.Success, Reason: securityevent.ByOwner, Session: securityevent.SessionDigest(token),
	})
}

// reportFactor reports what somebody did to a factor of theirs, or that they could not.
func (s *Server) reportFactor(c echo.Context, kind securityevent.Kind, factor account.FactorKind, err error) {
	s.reportAttempt(c, kind, securityevent.Reason(factor), err)
}

// reportCountedBack reports a passkey that counted fewer uses than before, of which there may be
// a copy. Other errors are passed over.
func (s *Server) reportCountedBack(c echo.Context, err error) {
	var refused *account.RefusedPasskey
	if errors.As(err, &refused) && refused.Why == account.FaultCounter {
		s.reportEvent(c, securityevent.Event{Kind: securityevent.CounterBack, Outcome: securityevent.Failure, Account: refused.Owner.ID})
	}
}

// reportCompany reports that the company's sign-in let nobody in, or proved nothing, and why.
// The account is that of whom it named, where it is known.
func (s *Server) reportCompany(c echo.Context, kind securityevent.Kind, err error) {
	e := securityevent.Event{Kind: kind, Outcome: securityevent.Failure, Reason: securityevent.Reason(companyCode(err))}
	if identity := (*identityError)(nil); errors.As(err, &identity) {
		who, _ := s.Accounts.FindByIdentity(c.Request().Context(), identity.id) // the event matters more than whose account it is
		e.Account = who.ID
	}
	s.reportEvent(c, e)
}

// reportEntered reports what the company's sign-in did to the account of whom it let in.
func (s *Server) reportEntered(c echo.Context, who account.Person, change account.Change) {
	switch change {
	case account.Added:
		s.reportAbout(c, securityevent.AccountAdded, who.ID, securityevent.Reason(who.Role))
	case account.RoleChanged:
		s.reportAbout(c, securityevent.RoleChanged, who.ID, securityevent.Reason(who.Role))
	}
}

// reportCompanyEnded reports that the company's sign-in ended sessions, or why it did not.
func (s *Server) reportCompanyEnded(c echo.Context, id account.Identity, err error) {
	e := securityevent.Event{Kind: securityevent.CompanyEnded, Outcome: securityevent.Failure}
	switch {
	case err == nil:
		who, _ := s.Accounts.FindByIdentity(c.Request().Context(), id) // nobody where only a session is named
		e.Outcome, e.Subject = securityevent.Success, who.ID
	case errors.Is(err, openid.ErrUnavailable):
		e.Reason = securityevent.Reason(companyCode(err))
	case errors.Is(err, openid.ErrToken), errors.Is(err, account.ErrNoChallenge):
		e.Reason = securityevent.NotValid
	default:
		return
	}
	s.reportEvent(c, e)
}

// reportCarriedOut reports a request that was carried out, and what was done by it.
func (s *Server) reportCarriedOut(c echo.Context, r account.Request) {
	s.reportRequest(c, securityevent.RequestDone, r.RequestTerms)
	switch r.Kind {
	case account.NewSupervisor:
		s.reportAdded(c, r.Name, account.Supervisor)
	case account.BecomeSupervisor:
		s.reportAbout(c, securityevent.RoleChanged, r.Account, securityevent.Reason(account.Supervisor))
	case account.SupervisorLink:
		s.reportAbout(c, securityevent.LinkMade, r.Account, "")
	case account.SupervisorFactors:
		s.reportAbout(c, securityevent.FactorsTaken, r.Account, "")
	}
}

func (s *Server) reportRequest(c echo.Context, kind securityevent.Kind, terms account.RequestTerms) {
	s.reportAbout(c, kind, terms.Account, securityevent.Reason(terms.Kind))
}
