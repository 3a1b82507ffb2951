package handlers

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"countersign/internal/idv"
	"countersign/internal/review"
	"countersign/views"
)

// showDiff shows what differs between two stored results: "BEFORE..AFTER".
func (s *Server) showDiff(c echo.Context, id idv.RecipientID) error {
	first, second, _ := strings.Cut(c.Param("pair"), "..")
	before, err := idv.ParseDigest(first)
	if err != nil {
		return review.ErrNoSnapshot
	}
	after, err := idv.ParseDigest(second)
	if err != nil {
		return review.ErrNoSnapshot
	}
	compared, err := s.Desk.Compare(c.Request().Context(), currentUser(c), id, before, after)
	if err != nil {
		return err
	}
	page := views.DiffPage{Frame: s.frame(c, views.CaseTitle("", id, "Compare results")), Comparison: compared}
	page.Path = keepView(c, views.DiffPath(id, before, after))
	page.Search = id.String()
	return renderPage(c, http.StatusOK, views.Diff(page))
}
