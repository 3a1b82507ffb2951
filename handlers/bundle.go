package handlers

import (
	"fmt"
	"net/http"

	"github.com/labstack/echo/v4"

	"countersign/internal/account"
	"countersign/internal/bundle"
	"countersign/internal/idv"
	"countersign/internal/securityevent"
	"countersign/views"
)

// sendBundle hands out the evidence about a recipient as one file, with the media that
// the form names.
func (s *Server) sendBundle(c echo.Context, id idv.RecipientID) error {
	form, err := readFields(c)
	if err != nil {
		return err
	}
	var media []idv.MediaID
	for _, name := range form["media"] {
		medium, err := idv.ParseMediaID(name)
		if err != nil {
			return err
		}
		media = append(media, medium)
	}
	if len(media) > 0 && !currentUser(c).Role.May(account.ReadEvidence) {
		return errNotAllowed
	}
	file, err := s.makeBundle(c, id, media)
	if err != nil {
		return err
	}
	s.report(c, securityevent.Export, securityevent.Success, securityevent.BundleTaken)
	c.Response().Header().Set(echo.HeaderContentDisposition, fmt.Sprintf("attachment; filename=%q", "countersign-"+id.String()+".zip"))
	return c.Blob(http.StatusOK, "application/zip", file)
}

// maxBundles is how many bundles are made at once, of different people: each is wholly in
// memory, with its media.
const maxBundles = 2

func (s *Server) makeBundle(c echo.Context, id idv.RecipientID, media []idv.MediaID) ([]byte, error) {
	ctx := c.Request().Context()
	turn, err := s.bundles.Wait(ctx, currentUser(c).ID)
	if err != nil {
		return nil, fmt.Errorf("wait for other bundles: %w", err)
	}
	defer turn.End()
	contents, err := s.Desk.BundleContents(ctx, currentUser(c), id, media)
	if err != nil {
		return nil, err
	}
	return bundle.Build(contents)
}

// bundleTitle is what the page of a bundle is called.
const bundleTitle = "Evidence bundle"

// showBundle says what a bundle is, and has the button that takes it. With "choose" in
// the address it opens the recipient and asks which media shall go along.
func (s *Server) showBundle(c echo.Context, id idv.RecipientID) error {
	if err := s.Desk.NotErased(c.Request().Context(), currentUser(c), id); err != nil {
		return err
	}
	page := views.BundlePage{Frame: s.frame(c, views.CaseTitle("", id, bundleTitle)), Recipient: id}
	page.Path, page.Search = views.BundlePath(id), id.String()
	if c.QueryParams().Has("choose") {
		number, err := picturesPageParam(c)
		if err != nil {
			return err
		}
		opened, err := s.Desk.Open(c.Request().Context(), currentUser(c), id, 0)
		if err != nil {
			return err
		}
		var there bool
		if page.Choices, there = views.NewChoiceSheet(opened.Session, number); !there {
			return echo.NewHTTPError(http.StatusNotFound)
		}
		page.Title = views.CaseTitle(opened.Assessment.Bucket, id, bundleTitle)
		page.All = c.QueryParams().Has(views.AllMedia)
		page.Choosing, page.Path = true, views.ChooseBundlePath(id)
	}
	return renderPage(c, http.StatusOK, views.Bundle(page))
}
