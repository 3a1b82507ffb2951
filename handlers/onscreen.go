package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"countersign/internal/idv"
	"countersign/internal/review"
	"countersign/views"
)

// reportOnScreen records which thumbnails of a page were on the screen, as the script of
// the page says, and answers with what is not opened by then. It says nothing that the page
// did not say.
func (s *Server) reportOnScreen(c echo.Context, id idv.RecipientID) error {
	form, err := readForm(c)
	if err != nil {
		return err
	}
	n := review.NewOnScreen{Recipient: id, By: currentUser(c), View: parsePageView(form.Get(views.ViewField))}
	if n.Digest, err = idv.ParseDigest(form.Get("snapshot")); err != nil {
		return review.ErrNoSnapshot
	}
	for _, name := range form["medium"] {
		medium, err := idv.ParseMediaID(name)
		if err != nil {
			return err
		}
		n.Media = append(n.Media, medium)
	}
	shown, covered, err := s.Desk.OnScreen(c.Request().Context(), n)
	if err != nil {
		return err
	}
	page := views.ReviewPage{Frame: views.Frame{Who: currentUser(c)}, Case: shown, Coverage: &covered}
	return renderPage(c, http.StatusOK, views.NotOpened(page))
}
