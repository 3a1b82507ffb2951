package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"countersign/internal/idv"
	"countersign/views"
)

// showReceipt shows what a decision put on record, and what proves it.
func (s *Server) showReceipt(c echo.Context, id idv.RecipientID) error {
	seq, err := decisionParam(c)
	if err != nil {
		return err
	}
	receipt, err := s.Desk.Receipt(c.Request().Context(), currentUser(c), id, seq)
	if err != nil {
		return err
	}
	title := views.CaseTitle(receipt.Bucket(), id, "Decision receipt "+c.Param("seq"))
	page := views.ReceiptPage{Frame: s.frame(c, title), Receipt: receipt}
	page.Path, page.Search = keepView(c, views.DecisionPath(id, seq)), id.String()
	return renderPage(c, http.StatusOK, views.Receipt(page))
}
