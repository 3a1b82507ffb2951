package handlers

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"countersign/internal/idv"
	"countersign/internal/review"
)

// showSnapshot shows a stored result as a page or, with .json behind it, by itself.
func (s *Server) showSnapshot(c echo.Context, id idv.RecipientID) error {
	name, asJSON := strings.CutSuffix(c.Param("digest"), ".json")
	digest, err := idv.ParseDigest(name)
	if err != nil {
		return review.ErrNoSnapshot
	}
	if asJSON {
		return s.sendJSON(c, id, digest)
	}
	opened, err := s.Desk.Snapshot(c.Request().Context(), currentUser(c), id, digest)
	if err != nil {
		return err
	}
	return s.renderOpened(c, opened)
}

// sendJSON sends a stored result byte for byte, so that its digest can be checked.
func (s *Server) sendJSON(c echo.Context, id idv.RecipientID, digest idv.Digest) error {
	body, err := s.Desk.JSON(c.Request().Context(), currentUser(c), id, digest)
	if err != nil {
		return err
	}
	return c.Blob(http.StatusOK, "application/json", body)
}
