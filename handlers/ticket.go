package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"countersign/internal/idv"
	"countersign/views"
)

// showTicket shows a stored result, or one check of it, as text for a ticket.
func (s *Server) showTicket(c echo.Context, id idv.RecipientID) error {
	digest, err := shown(c)
	if err != nil {
		return err
	}
	ticket, err := s.Desk.Ticket(c.Request().Context(), who(c), id, digest, c.QueryParam(views.TicketCheck))
	if err != nil {
		return err
	}
	ticket.Link = s.address(c) + views.SnapshotPath(id, ticket.Digest)
	page := views.TicketPage{Frame: s.frame(c, "Ticket for recipient "+id.String()), Recipient: id, Ticket: ticket}
	page.Search = id.String()
	return render(c, http.StatusOK, views.TicketText(page))
}
