package handlers

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"countersign/internal/idv"
	"countersign/internal/review"
	"countersign/views"
)

// keepTyped keeps the note that a form carries while something else is asked for.
func (s *Server) keepTyped(c echo.Context) error {
	form, err := readForm(c)
	if err != nil {
		return err
	}
	note := carriedNote(form)
	if note == nil {
		return nil
	}
	if err := s.Desk.KeepDraft(c.Request().Context(), note.draft(currentUser(c))); err != nil {
		return &typedError{note, err}
	}
	return nil
}

// savedDraft is what the script is told about a draft.
type savedDraft struct {
	Saved    time.Time `json:"saved"`
	Warnings []string  `json:"warnings"`
}

// keepDraft keeps what is being typed, for the script that sends it now and then.
func (s *Server) keepDraft(c echo.Context, id idv.RecipientID) error {
	form, err := readForm(c)
	if err != nil {
		return err
	}
	typed := typedNote(id, form)
	if err := s.Desk.KeepDraft(c.Request().Context(), typed.draft(currentUser(c))); err != nil {
		return &typedError{typed, err}
	}
	warnings := append([]string{}, review.NoteWarnings(typed.text, s.Now())...)
	return c.JSON(http.StatusOK, savedDraft{s.Now().UTC(), warnings})
}

func (s *Server) discardDraft(c echo.Context, id idv.RecipientID) error {
	form, err := readForm(c)
	if err != nil {
		return err
	}
	nothing := review.NewDraft{Recipient: id, Author: currentUser(c), Key: form.Get("key")}
	if err := s.Desk.KeepDraft(c.Request().Context(), nothing); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, keepView(c, views.RecipientPath(id)))
}
