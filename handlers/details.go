package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"countersign/internal/idv"
	"countersign/internal/review"
	"countersign/views"
)

// showDetails shows what a stored result says about one part besides what its page shows, or
// the result as it is stored.
func (s *Server) showDetails(c echo.Context, id idv.RecipientID) error {
	digest, err := snapshotParam(c)
	if err != nil {
		return err
	}
	page := views.DetailsPage{Recipient: id}
	if key := c.Param("part"); key == views.JSONPart {
		body, err := s.Desk.JSON(c.Request().Context(), currentUser(c), id, digest)
		if err != nil {
			return err
		}
		page.Snapshot = review.Snapshot{Digest: digest, Canonical: body}
	} else {
		if page.Part, err = s.Desk.Details(c.Request().Context(), currentUser(c), id, digest, key); err != nil {
			return err
		}
		page.Snapshot = page.Part.Snapshot
	}
	page.Frame = s.frame(c, page.Heading())
	page.Path = keepView(c, views.DetailsPath(id, page.Snapshot.Digest, c.Param("part")))
	page.Search = id.String()
	return renderPage(c, http.StatusOK, views.Details(page))
}
