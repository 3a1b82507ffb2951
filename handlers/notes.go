package handlers

import (
	"crypto/rand"

	"github.com/labstack/echo/v4"

	"countersign/internal/idv"
	"countersign/internal/review"
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
	typed := typedNote(id, form)
	digest, err := idv.ParseDigest(typed.snapshot)
	if err != nil {
		typed.snapshot = ""
		return s.refuseForm(c, typed, errBadDigest)
	}
	note := review.NewNote{Recipient: id, Digest: digest, Author: currentUser(c), Text: typed.text, Key: typed.key}
	if err := s.Desk.Note(c.Request().Context(), note); err != nil {
		return s.refuseForm(c, typed, err)
	}
	return s.redirectToEntry(c, id, note.Key)
}
