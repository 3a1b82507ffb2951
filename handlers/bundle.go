package handlers

import (
	"fmt"
	"net/http"

	"github.com/labstack/echo/v4"

	"countersign/internal/account"
	"countersign/internal/bundle"
	"countersign/internal/idv"
	"countersign/views"
)

// sendBundle hands out the evidence about a recipient as one file, with the media that
// the address names. With "choose" in the address it asks which those shall be.
func (s *Server) sendBundle(c echo.Context, id idv.RecipientID) error {
	if c.QueryParams().Has("choose") {
		return s.chooseBundle(c, id)
	}
	var media []idv.MediaID
	for _, name := range c.QueryParams()["media"] {
		medium, err := idv.ParseMediaID(name)
		if err != nil {
			return err
		}
		media = append(media, medium)
	}
	if len(media) > 0 && !who(c).Role.May(account.ReadEvidence) {
		return errMayNot
	}
	if c.Request().Method == http.MethodHead { // nothing is taken, so nothing is recorded
		return c.NoContent(http.StatusOK)
	}
	file, err := s.makeBundle(c, id, media)
	if err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderContentDisposition, fmt.Sprintf("attachment; filename=%q", "countersign-"+id.String()+".zip"))
	return c.Blob(http.StatusOK, "application/zip", file)
}

// maxBundles is how many bundles are made at once, of different people: each is wholly in
// memory, with its media.
const maxBundles = 2

func (s *Server) makeBundle(c echo.Context, id idv.RecipientID, media []idv.MediaID) ([]byte, error) {
	ctx := c.Request().Context()
	turn, err := s.bundles.Wait(ctx, who(c).ID)
	if err != nil {
		return nil, fmt.Errorf("wait for other bundles: %w", err)
	}
	defer turn.End()
	dossier, err := s.Desk.Dossier(ctx, who(c), id, media)
	if err != nil {
		return nil, err
	}
	return bundle.Build(dossier)
}

// chooseBundle asks which media shall go along.
func (s *Server) chooseBundle(c echo.Context, id idv.RecipientID) error {
	opened, err := s.Desk.Open(c.Request().Context(), who(c), id, 0)
	if err != nil {
		return err
	}
	page := views.BundlePage{Frame: s.frame(c, "Evidence bundle of recipient "+id.String()), Case: opened}
	page.Path, page.Search = views.BundlePath(id)+"?choose", id.String()
	return render(c, http.StatusOK, views.Bundle(page))
}
