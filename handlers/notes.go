package handlers

import (
	"crypto/rand"
	"errors"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"countersign/internal/account"
	"countersign/internal/idv"
	"countersign/internal/review"
	"countersign/views"
)

// newKey is an idempotency key for one form.
func newKey() string { return rand.Text() }

// addNote records a note, or shows the page again with the text and why it was not
// recorded.
func (s *Server) addNote(c echo.Context, id idv.RecipientID) error {
	form, err := readForm(c)
	if err != nil {
		return err
	}
	typed := &views.KeptNote{Recipient: id, Snapshot: form.Get("snapshot"), Key: form.Get("key"), Text: form.Get("note")}
	digest, err := idv.ParseDigest(typed.Snapshot)
	if err != nil {
		typed.Snapshot = ""
		return s.refuseNote(c, typed, errBadDigest)
	}
	note := review.NewNote{Recipient: id, Digest: digest, Author: who(c), Text: typed.Text, Key: typed.Key}
	if err := s.Desk.Note(c.Request().Context(), note); err != nil {
		return s.refuseNote(c, typed, err)
	}
	return c.Redirect(http.StatusSeeOther, views.RecipientPath(id)+"#"+views.NotesID)
}

// refuseNote shows the recipient again with what was typed. The text is kept as a
// draft too, so that it outlives the page.
func (s *Server) refuseNote(c echo.Context, typed *views.KeptNote, err error) error {
	status, problem := notRecorded(err)
	if status == 0 {
		return &keptError{typed, err}
	}
	page, err := s.refusedPage(c, typed, err)
	if err != nil {
		return &keptError{typed, err}
	}
	page.Note.Problem = problem
	return s.renderCase(c, status, page)
}

// refused says what changed since the result that a refused note was about.
func (s *Server) refused(c echo.Context, opened *review.Case, snapshot string) (*views.RefusedNote, error) {
	digest, err := idv.ParseDigest(snapshot)
	if err != nil {
		return nil, err
	}
	changes, err := s.Desk.Since(c.Request().Context(), opened, digest)
	if errors.Is(err, review.ErrNoSnapshot) {
		return &views.RefusedNote{}, nil
	}
	return &views.RefusedNote{Changes: changes, Known: true}, err
}

func draftOf(who account.Person, note *views.KeptNote) review.NewDraft {
	return review.NewDraft{Recipient: note.Recipient, Author: who, Text: note.Text, Key: note.Key}
}

// keepTyped keeps the note that a form carries while something else is asked for.
func (s *Server) keepTyped(c echo.Context) error {
	form, err := readForm(c)
	if err != nil {
		return err
	}
	note := kept(form)
	if note == nil {
		return nil
	}
	if err := s.Desk.KeepDraft(c.Request().Context(), draftOf(who(c), note)); err != nil {
		return &keptError{note, err}
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
	draft := review.NewDraft{Recipient: id, Author: who(c), Text: form.Get("note"), Key: form.Get("key")}
	if err := s.Desk.KeepDraft(c.Request().Context(), draft); err != nil {
		return err
	}
	warnings := append([]string{}, review.Guard(draft.Text, s.Now())...)
	return c.JSON(http.StatusOK, savedDraft{s.Now().UTC(), warnings})
}

func (s *Server) discardDraft(c echo.Context, id idv.RecipientID) error {
	form, err := readForm(c)
	if err != nil {
		return err
	}
	nothing := review.NewDraft{Recipient: id, Author: who(c), Key: form.Get("key")}
	if err := s.Desk.KeepDraft(c.Request().Context(), nothing); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, views.RecipientPath(id))
}
