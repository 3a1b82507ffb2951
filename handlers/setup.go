package handlers

import (
	"cmp"
	"context"
	"crypto/subtle"
	"encoding/base32"
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"countersign/internal/account"
	"countersign/internal/securityevent"
	"countersign/views"
)

// SetUpLink is the way to the first account: whoever knows its token may make it,
// once.
type SetUpLink struct{ token string }

// NewSetUpLink returns a link whose token is a secret of 16 bytes or more, which the servers of one
// database have in common: a proxy leads whoever follows the link to any of them.
func NewSetUpLink(secret []byte) *SetUpLink {
	return &SetUpLink{base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(secret)}
}

// Path is where the link leads on this server.
func (l *SetUpLink) Path() string { return views.LinkPath(views.SetUpPath, l.token) }

func (l *SetUpLink) hasToken(token string) bool {
	return l != nil && subtle.ConstantTimeCompare([]byte(l.token), []byte(token)) == 1
}

func (s *Server) showSetUp(c echo.Context) error {
	if err := s.needsFirstAccount(c.Request().Context()); err != nil {
		return err
	}
	page := views.SetUpPage{Frame: s.frame(c, "First account")}
	return renderPage(c, http.StatusOK, views.SetUp(page))
}

func (s *Server) setUp(c echo.Context) error {
	form, err := readForm(c)
	if err != nil {
		return err
	}
	ctx, token := c.Request().Context(), linkToken(form.Get("token"))
	if !s.SetUp.hasToken(token) {
		return errLinkUsed
	}
	if err := s.needsFirstAccount(ctx); err != nil {
		return err
	}
	role := account.Role(cmp.Or(form.Get("role"), string(account.Reviewer)))
	who, err := s.Accounts.SetUp(ctx, form.Get("username"), form.Get("password"), role)
	var refused *account.Refused
	switch {
	case errors.As(err, &refused):
		page := views.SetUpPage{Frame: s.frame(c, "First account"), Token: token, Name: form.Get("username"), Role: role, Problem: refused.Why}
		return renderPage(c, http.StatusUnprocessableEntity, views.SetUp(page))
	case errors.Is(err, account.ErrNotFirst):
		return errLinkUsed
	case err != nil:
		return err
	}
	added := eventOf(account.SignedIn{Person: who}, securityevent.AccountAdded, securityevent.Success, securityevent.FirstAccount)
	added.Subject = who.ID
	s.reportEvent(c, added)
	if _, err := s.beginSession(c, who, account.ByPassword); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, views.HomePath)
}

// needsFirstAccount returns nil while there is no account, and a link that makes one.
func (s *Server) needsFirstAccount(ctx context.Context) error {
	if s.SetUp == nil {
		return errLinkUsed
	}
	empty, err := s.Accounts.Empty(ctx)
	if err != nil {
		return err
	}
	if !empty {
		return errLinkUsed
	}
	return nil
}
