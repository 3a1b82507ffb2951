package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"countersign/internal/idv"
	"countersign/views"
)

// showTicket shows a stored result, or one check of it, as text for a ticket.
func (s *Server) showTicket(c echo.Context, id idv.RecipientID) error {
	digest, err := snapshotParam(c)
	if err != nil {
		return err
	}
	check := c.QueryParam(views.TicketCheck)
	told, err := s.Desk.ViewTicket(c.Request().Context(), currentUser(c), id, digest, check)
	if err != nil {
		return err
	}
	page := views.TicketPage{Frame: s.frame(c, "Ticket for recipient "+id.String()), Recipient: id, Result: views.RecipientPath(id)}
	if !told.Current {
		page.Result = views.SnapshotPath(id, told.Snapshot.Digest)
	}
	page.Ticket = told.Ticket(s.publicAddress(c) + page.Result)
	page.Ticket.Check = check
	page.Search = id.String()
	return renderPage(c, http.StatusOK, views.TicketText(page))
}
