package handlers

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v4"

	"countersign/internal/review"
	"countersign/views"
)

// showLedger lists what everybody did, newest first, and says how the ledger is.
func (s *Server) showLedger(c echo.Context) error {
	ctx := c.Request().Context()
	asked, filter := parseFilter(c.QueryParams(), review.Acts())
	page := views.LedgerPage{Frame: s.frame(c, "Ledger"), Filter: filter}
	page.Path = views.AuditPath
	var err error
	if page.Health, err = s.Desk.Health(ctx); err != nil {
		return err
	}
	if filter.Problem != "" {
		return renderPage(c, http.StatusUnprocessableEntity, views.Ledger(page))
	}
	list, err := s.Desk.Ledger(ctx, asked.ledgerQuery(auditPage+1))
	if err != nil {
		return err
	}
	if len(list) > auditPage {
		list = list[:auditPage]
		page.Next = list[auditPage-1].Seq
	}
	page.Entries = list
	return renderPage(c, http.StatusOK, views.Ledger(page))
}

// sendLedger sends the entries that are asked for as a file.
func (s *Server) sendLedger(c echo.Context) error {
	form, err := readFields(c)
	if err != nil {
		return err
	}
	asked, filter := parseFilter(form, review.Acts())
	if filter.Problem != "" {
		return &review.Refused{Why: filter.Problem}
	}
	return s.sendList(c, review.LedgerList, review.LedgerColumns(), chunkedRows(c.Request().Context(), &asked.before, func(ctx context.Context) ([][]string, error) {
		list, err := s.Desk.Ledger(ctx, asked.ledgerQuery(csvRows))
		var rows [][]string
		for i := range list {
			rows = append(rows, review.LedgerRow(list[i].Entry))
			asked.before = list[i].Seq
		}
		return rows, err
	}))
}

// sendCheckpoint sends a signed checkpoint of the whole ledger.
func (s *Server) sendCheckpoint(c echo.Context) error {
	signed, err := s.Desk.Checkpoint(c.Request().Context())
	if err != nil {
		return err
	}
	return c.Blob(http.StatusOK, echo.MIMETextPlainCharsetUTF8, signed)
}

// sendPublicKey sends the key with which checkpoints can be checked.
func (s *Server) sendPublicKey(c echo.Context) error {
	health, err := s.Desk.Health(c.Request().Context())
	if err != nil {
		return err
	}
	if health.Public == "" {
		return echo.ErrNotFound
	}
	return c.String(http.StatusOK, health.Public+"\n")
}
