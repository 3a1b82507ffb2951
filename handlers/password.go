package handlers

import (
	"errors"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"countersign/internal/account"
	"countersign/views"
)

// showPassword asks whoever has a link for the token in it, which the address of the request
// does not hold; links of earlier versions do, and lead on to the choice of a password.
func (s *Server) showPassword(c echo.Context) error {
	token := linkToken(c.QueryParam("token"))
	if token == "" {
		return s.renderPassword(c, http.StatusOK, account.Person{}, "", "")
	}
	person, err := s.Accounts.Link(c.Request().Context(), token)
	if err != nil {
		return err
	}
	return s.renderPassword(c, http.StatusOK, person, token, "")
}

func (s *Server) renderPassword(c echo.Context, status int, person account.Person, token, problem string) error {
	page := views.PasswordPage{Frame: s.frame(c, "Choose a password"), Name: person.Name, Token: token, Problem: problem}
	page.Path = views.LoginPath // the token is not for the page's forms
	return renderPage(c, status, views.Password(page))
}

func (s *Server) choosePassword(c echo.Context) error {
	form, err := readForm(c)
	if err != nil {
		return err
	}
	ctx, token := c.Request().Context(), linkToken(form.Get("token"))
	person, err := s.Accounts.Link(ctx, token)
	if err != nil {
		return err
	}
	if !form.Has("password") {
		return s.renderPassword(c, http.StatusOK, person, token, "")
	}
	_, err = s.Accounts.UseLink(ctx, token, form.Get("password"))
	var refused *account.Refused
	if errors.As(err, &refused) {
		return s.renderPassword(c, http.StatusUnprocessableEntity, person, token, refused.Why)
	}
	if err != nil {
		return err
	}
	s.reportLinkUsed(c, person)
	if _, err := s.beginSession(c, person, account.ByPassword); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, views.HomePath)
}

// linkToken is the token in what a link's page was given: itself, or the whole link.
func linkToken(given string) string {
	if _, token, found := strings.Cut(given, "token="); found {
		given = token
	}
	return strings.TrimSpace(given)
}
