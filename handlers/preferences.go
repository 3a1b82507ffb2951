package handlers

import (
	"errors"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"countersign/internal/account"
	"countersign/internal/idv"
	"countersign/views"
)

// setPreference keeps how the reader wants pages to be, a preference as "name=value", and shows the
// page again that asked. A note that came along is kept as a draft.
func (s *Server) setPreference(c echo.Context) error {
	form, err := readForm(c)
	if err != nil {
		return err
	}
	if err := s.keepTyped(c); err != nil {
		return err
	}
	name, value, _ := strings.Cut(form.Get("prefer"), "=")
	err = s.Accounts.SetPreference(c.Request().Context(), currentUser(c), name, value)
	if errors.Is(err, account.ErrNoPreference) {
		return &formError{err}
	}
	if err != nil {
		return err
	}
	next := form.Get("next")
	if id, err := idv.ParseRecipientID(form.Get("recipient")); err == nil && next == "" {
		next = keepView(c, views.RecipientPath(id))
	}
	return c.Redirect(http.StatusSeeOther, localPath(next))
}
