package handlers

import (
	"crypto/rand"
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
	typed := &views.KeptNote{Recipient: id, Snapshot: form.Get("snapshot"), Key: form.Get("key"), Text: form.Get("note"), More: more(form)}
	digest, err := idv.ParseDigest(typed.Snapshot)
	if err != nil {
		typed.Snapshot = ""
		return s.refuse(c, typed, errBadDigest)
	}
	note := review.NewNote{Recipient: id, Digest: digest, Author: who(c), Text: typed.Text, Key: typed.Key}
	if err := s.Desk.Note(c.Request().Context(), note); err != nil {
		return s.refuse(c, typed, err)
	}
	return s.toRecorded(c, id, note.Key)
}

func draftOf(who account.Person, note *views.KeptNote) review.NewDraft {
	return review.NewDraft{Recipient: note.Recipient, Author: who, Text: note.Text, Choice: choiceIn(note.More), Key: note.Key}
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
	draft := review.NewDraft{Recipient: id, Author: who(c), Text: form.Get("note"), Choice: choiceOf(form), Key: form.Get("key")}
	if err := s.Desk.KeepDraft(c.Request().Context(), draft); err != nil {
		return &keptError{&views.KeptNote{Recipient: id, Snapshot: form.Get("snapshot"), Key: draft.Key, Text: draft.Text, More: more(form)}, err}
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
