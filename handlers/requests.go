package handlers

import (
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"countersign/internal/account"
	"countersign/internal/securityevent"
	"countersign/views"
)

// ask puts on record what an admin asks for and another has to confirm.
func (s *Server) ask(c echo.Context, terms account.RequestTerms, page views.AccountsPage) error {
	asked, err := s.Accounts.Ask(c.Request().Context(), terms, currentUser(c))
	if err != nil {
		return s.refuseAccount(c, page, err)
	}
	s.reportRequest(c, securityevent.RequestAsked, asked.RequestTerms)
	return c.Redirect(http.StatusSeeOther, views.AccountsPath+"#"+views.RequestsID)
}

// carryOutRequest does what was asked for, by which another admin confirms it, and shows the
// link that it makes, this once.
func (s *Server) carryOutRequest(c echo.Context) error {
	id, err := requestParam(c)
	if err != nil {
		return err
	}
	done, token, err := s.Accounts.CarryOut(c.Request().Context(), id, currentUser(c))
	if err != nil {
		return err
	}
	s.reportCarriedOut(c, done)
	if token == "" {
		return c.Redirect(http.StatusSeeOther, views.AccountsPath)
	}
	return s.showLink(c, done.Name, token)
}

// cancelRequest withdraws a request, or objects to it.
func (s *Server) cancelRequest(c echo.Context) error {
	id, err := requestParam(c)
	if err != nil {
		return err
	}
	form, err := readForm(c)
	if err != nil {
		return err
	}
	ended, err := s.Accounts.CancelRequest(c.Request().Context(), id, currentUser(c))
	if err != nil {
		return err
	}
	s.reportRequest(c, securityevent.RequestEnded, ended.RequestTerms)
	return c.Redirect(http.StatusSeeOther, localPath(form.Get("next")))
}

// requestParam is the request that the address names.
func requestParam(c echo.Context) (int64, error) {
	id, err := strconv.ParseInt(c.Param("request"), 10, 64)
	if err != nil || strconv.FormatInt(id, 10) != c.Param("request") {
		return 0, account.ErrRequestOver // an address has one spelling
	}
	return id, nil
}

// requestsToTell are the requests that the reader is told of on the pages where they begin;
// none when nobody can say.
func (s *Server) requestsToTell(c echo.Context, who account.Person) []account.Request {
	if who.Role.May(account.ManageAccounts) {
		return nil // who has a page for them
	}
	ctx := c.Request().Context()
	list, err := s.Accounts.RequestsFor(ctx, who)
	if err != nil {
		s.Log.Log(ctx, lookupLogLevel(ctx), "requests about supervisors were not looked up", "error", err)
	}
	return list
}
