package handlers

import (
	"errors"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"countersign/internal/account"
	"countersign/internal/securityevent"
	"countersign/views"
)

// accountChanges is how many changes of accounts the page of accounts lists.
const accountChanges = 20

var (
	errNoAccount  = errors.New("there is no such account")
	errOwnAccount = errors.New("nobody takes their own rights away")
	errNoConfirm  = errors.New("it was not confirmed")
)

func (s *Server) showAccounts(c echo.Context) error {
	return s.renderAccounts(c, http.StatusOK, views.AccountsPage{})
}

// renderAccounts shows everybody who has an account, with what the page says besides.
func (s *Server) renderAccounts(c echo.Context, status int, page views.AccountsPage) error {
	page.Frame = s.frame(c, "Accounts")
	page.Path = views.AccountsPath
	ctx := c.Request().Context()
	var err error
	if page.People, err = s.Accounts.People(ctx); err != nil {
		return err
	}
	if page.Log, err = s.Accounts.Log(ctx, accountChanges); err != nil {
		return err
	}
	if page.Requests, err = s.Accounts.RequestsFor(ctx, currentUser(c)); err != nil {
		return err
	}
	page.NobodyNeedsFactor = s.SecondFactorUnsaid
	return renderPage(c, status, views.Accounts(page))
}

// addAccount makes an account and shows its link, this once.
func (s *Server) addAccount(c echo.Context) error {
	form, err := readForm(c)
	if err != nil {
		return err
	}
	name, role := form.Get("username"), account.Role(form.Get("role"))
	page := views.AccountsPage{Name: name, Role: role}
	if role == account.Supervisor {
		return s.ask(c, account.RequestTerms{Kind: account.NewSupervisor, Name: name}, page)
	}
	token, err := s.Accounts.Invite(c.Request().Context(), name, role, currentUser(c))
	if err != nil {
		return s.refuseAccount(c, page, err)
	}
	s.reportAdded(c, name, role)
	return s.showLink(c, name, token)
}

// refuseAccount shows the page again with what was typed, and why nothing was done.
func (s *Server) refuseAccount(c echo.Context, page views.AccountsPage, err error) error {
	var refused *account.Refused
	switch {
	case errors.As(err, &refused):
		page.Problem, page.Field = refused.Why, refused.Field
		return s.renderAccounts(c, http.StatusUnprocessableEntity, page)
	case errors.Is(err, account.ErrNameTaken):
		page.Problem, page.Field = "There already is an account with this name, perhaps a disabled one. Names are never reused.", account.FieldName
		return s.renderAccounts(c, http.StatusConflict, page)
	}
	return err
}

func (s *Server) makeLink(c echo.Context) error {
	person, err := s.otherAccount(c)
	if err != nil {
		return err
	}
	if person.Role == account.Supervisor {
		return s.ask(c, account.RequestTerms{Kind: account.SupervisorLink, Name: person.Name}, views.AccountsPage{})
	}
	token, err := s.Accounts.MakeLink(c.Request().Context(), person.Name, currentUser(c))
	if errors.Is(err, account.ErrNoAccount) {
		return errNoAccount // disabled meanwhile
	}
	if refused := (*account.Refused)(nil); errors.As(err, &refused) {
		return s.renderAccounts(c, http.StatusUnprocessableEntity, views.AccountsPage{Problem: refused.Why})
	}
	if err != nil {
		return err
	}
	s.reportAbout(c, securityevent.LinkMade, person.ID, "")
	return s.showLink(c, person.Name, token)
}

// showLink shows a link to choose a password. It is not kept, so it is shown once.
func (s *Server) showLink(c echo.Context, name, token string) error {
	page := views.AccountsPage{AccountName: name, Link: s.publicAddress(c) + views.LinkPath(views.PasswordPath, token)}
	return s.renderAccounts(c, http.StatusOK, page)
}

// publicAddress is how the browser of a request reaches the server.
func (s *Server) publicAddress(c echo.Context) string {
	if s.Public != nil {
		return s.Public.String()
	}
	return "http://" + c.Request().Host // whoever has https in front says so
}

func (s *Server) disableAccount(c echo.Context) error {
	person, err := s.otherAccount(c)
	if err != nil {
		return err
	}
	form, err := readForm(c)
	if err != nil {
		return err
	}
	if form.Get("confirm") != "yes" {
		return errNoConfirm
	}
	if err := s.Accounts.Disable(c.Request().Context(), person.Name, currentUser(c)); err != nil {
		return err
	}
	s.reportAbout(c, securityevent.AccountClosed, person.ID, "")
	return c.Redirect(http.StatusSeeOther, views.AccountsPath)
}

func (s *Server) changeRole(c echo.Context) error {
	person, err := s.otherAccount(c)
	if err != nil {
		return err
	}
	form, err := readForm(c)
	if err != nil {
		return err
	}
	role := account.Role(form.Get("role"))
	if role == account.Supervisor && person.Role != role {
		return s.ask(c, account.RequestTerms{Kind: account.BecomeSupervisor, Name: person.Name}, views.AccountsPage{})
	}
	if err := s.Accounts.SetRole(c.Request().Context(), person.Name, role, currentUser(c)); err != nil {
		return s.refuseAccount(c, views.AccountsPage{}, err)
	}
	s.reportAbout(c, securityevent.RoleChanged, person.ID, securityevent.Reason(role))
	return c.Redirect(http.StatusSeeOther, views.AccountsPath)
}

// takeFactors removes the passkeys and codes of somebody who lost them.
func (s *Server) takeFactors(c echo.Context) error {
	person, err := s.otherAccount(c)
	if err != nil {
		return err
	}
	form, err := readForm(c)
	if err != nil {
		return err
	}
	if form.Get("confirm") != "yes" {
		return errNoConfirm
	}
	reason := form.Get("reason")
	page := views.AccountsPage{FactorsOf: person.ID, Reason: reason}
	if person.Role == account.Supervisor {
		return s.ask(c, account.RequestTerms{Kind: account.SupervisorFactors, Name: person.Name, Reason: reason}, page)
	}
	if err := s.Accounts.TakeFactors(c.Request().Context(), person.Name, reason, currentUser(c)); err != nil {
		return s.refuseAccount(c, page, err)
	}
	s.reportAbout(c, securityevent.FactorsTaken, person.ID, "")
	return c.Redirect(http.StatusSeeOther, views.AccountsPath)
}

// otherAccount returns the person whose account the address names, who is not the one that
// asks: an admin who locks themself out can lock out everybody.
func (s *Server) otherAccount(c echo.Context) (account.Person, error) {
	id, err := strconv.ParseInt(c.Param("account"), 10, 64)
	if err != nil || strconv.FormatInt(id, 10) != c.Param("account") {
		return account.Person{}, errNoAccount // an address has one spelling
	}
	if id == currentUser(c).ID {
		return account.Person{}, errOwnAccount
	}
	people, err := s.Accounts.People(c.Request().Context())
	if err != nil {
		return account.Person{}, err
	}
	for _, p := range people {
		if p.ID == id {
			return p.Person, nil
		}
	}
	return account.Person{}, errNoAccount
}
