package handlers

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"countersign/internal/idv"
	"countersign/internal/review"
	"countersign/internal/securityevent"
	"countersign/views"
)

// showReset explains what a reset of the session limit does, and asks for a reason.
func (s *Server) showReset(c echo.Context, id idv.RecipientID) error {
	return s.renderReset(c, http.StatusOK, id, views.ResetForm{})
}

func (s *Server) renderReset(c echo.Context, status int, id idv.RecipientID, form views.ResetForm) error {
	list, err := s.Desk.Resets(c.Request().Context(), currentUser(c), id)
	if err != nil {
		return err
	}
	page := views.ResetPage{Frame: s.frame(c, views.CaseTitle("", id, "Session limit")), Recipient: id, Form: form, Resets: list}
	page.Path = views.ResetPath(id)
	page.Form.Key = newKey()
	return renderPage(c, status, views.Reset(page))
}

// resetLimit asks Yoti to let a recipient begin more sessions. Nothing is asked unless
// the form says that its sender has read what that does.
func (s *Server) resetLimit(c echo.Context, id idv.RecipientID) error {
	fields, err := readForm(c)
	if err != nil {
		return err
	}
	form := views.ResetForm{Reason: fields.Get("reason")}
	if fields.Get("confirm") != "yes" {
		form.Problem = "Nothing was done: the box that confirms it was not ticked."
		return s.renderReset(c, http.StatusUnprocessableEntity, id, form)
	}
	reset := review.NewReset{Recipient: id, By: currentUser(c), Reason: form.Reason, Key: fields.Get("key")}
	_, err = s.Desk.ResetLimit(c.Request().Context(), reset)
	var refused *review.Refused
	switch {
	case errors.As(err, &refused):
		form.Problem = refused.Why
		return s.renderReset(c, http.StatusUnprocessableEntity, id, form)
	case errors.Is(err, review.ErrKeyUsed): // sent twice: what came of it stands on the page
	case err != nil:
		s.report(c, securityevent.LimitReset, securityevent.Failure, "")
		return &typedError{typedText(form.Reason), err}
	default:
		s.report(c, securityevent.LimitReset, securityevent.Success, "")
	}
	return c.Redirect(http.StatusSeeOther, views.ResetPath(id))
}
