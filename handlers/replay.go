package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"countersign/internal/idv"
	"countersign/views"
)

// showReplay shows a recipient as it stood on the screen when somebody decided.
func (s *Server) showReplay(c echo.Context, id idv.RecipientID) error {
	seq, err := decisionParam(c)
	if err != nil {
		return err
	}
	then, err := s.Desk.Replay(c.Request().Context(), currentUser(c), id, seq)
	if err != nil {
		return err
	}
	title := views.CaseTitle(then.Assessment.Bucket, id, "At the time of decision "+c.Param("seq"))
	page := views.ReviewPage{Frame: s.frame(c, title), Case: then.Case, Replay: then}
	page.Path, page.Search = keepView(c, views.ReplayPath(id, seq)), id.String()
	if covered := &then.Decision.Statement.Coverage; covered.Graded {
		page.Coverage = covered
	}
	return s.renderCase(c, http.StatusOK, page)
}
