package handlers

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"countersign/internal/idv"
	"countersign/internal/review"
	"countersign/views"
)

// showPerson shows by whom and which document a case is, as the text of the identity document
// says; of its number the end alone, unless the whole is asked for.
func (s *Server) showPerson(c echo.Context, id idv.RecipientID) error {
	digest, err := snapshotParam(c)
	if err != nil {
		return err
	}
	whole := c.QueryParam(views.NumberField) == views.WholeNumber
	part, err := s.Desk.Person(c.Request().Context(), currentUser(c), id, digest, whole)
	if err != nil {
		return err
	}
	page := views.PersonPage{Frame: s.frame(c, "Name and document"), Part: part, WholeNumber: whole, At: sessionTime(part), Now: s.Now()}
	page.Path = keepView(c, views.PersonPath(id, part.Snapshot.Digest))
	page.Search = id.String()
	m := identityText(part.Resource) // the page shows a few of its fields
	t := partText{field: m.Field}
	t.body, t.err = s.fetchText(c, part, m)
	section := t.section(part.Resource.Kind)
	if page.Problem = section.Problem; page.Problem == nil {
		page.Unread = section.Fields.Unread != nil
		page.Identity = section.Fields.Identity(part.Resource)
		page.Fields = section.Fields
		if page.Signer, err = s.Desk.CompareSigner(c.Request().Context(), currentUser(c), part, section.Fields); err != nil {
			return err
		}
	}
	return renderPage(c, http.StatusOK, views.Person(page))
}

// sessionTime is when a session took place, or else when its result was first fetched.
func sessionTime(part *review.Part) time.Time {
	if at := part.Session.At(); !at.IsZero() {
		return at
	}
	return part.Snapshot.First
}
