package handlers

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"countersign/internal/review"
	"countersign/internal/securityevent"
	"countersign/internal/spreadsheet"
)

// csvRows is how many rows of a list are read, and sent, at a time.
const csvRows = 2_000

// csvTime is how long each of these parts may take to be sent.
const csvTime = time.Minute

// sendCSV sends a list of any length as a file. The function next returns the next rows;
// none when there are no more. The first are read before anything is sent, so that what
// goes wrong with them becomes a page.
func sendCSV(c echo.Context, name string, head []string, next func() ([][]string, error)) error {
	rows, err := next()
	if err != nil {
		return err
	}
	h := c.Response().Header()
	h.Set(echo.HeaderContentType, "text/csv; charset=utf-8; header=present")
	h.Set(echo.HeaderContentDisposition, fmt.Sprintf("attachment; filename=%q", name))
	c.Response().WriteHeader(http.StatusOK)
	if _, err := io.WriteString(c.Response(), spreadsheet.ByteOrderMark); err != nil {
		return fmt.Errorf("send %s: %w", name, err)
	}
	file := spreadsheet.NewWriter(c.Response())
	if err := file.Write(head); err != nil {
		return fmt.Errorf("send %s: %w", name, err)
	}
	for len(rows) > 0 {
		// Where no deadline can be set, that of the server holds.
		_ = http.NewResponseController(c.Response()).SetWriteDeadline(time.Now().Add(csvTime))
		for _, row := range rows {
			if err := file.Write(row); err != nil {
				return fmt.Errorf("send %s: %w", name, err)
			}
		}
		if rows, err = next(); err != nil {
			return fmt.Errorf("send %s: %w", name, err)
		}
	}
	if err := file.Flush(); err != nil {
		return fmt.Errorf("send %s: %w", name, err)
	}
	return nil
}

// sendList sends a list as a file that is named for the moment at which it was made, after
// putting on record who takes it.
func (s *Server) sendList(c echo.Context, list review.List, head []string, next func() ([][]string, error)) error {
	if err := s.Desk.ExportList(c.Request().Context(), currentUser(c), list); err != nil {
		return err
	}
	s.report(c, securityevent.Export, securityevent.Success, securityevent.Reason(list))
	name := "countersign-" + string(list) + "-" + s.Now().UTC().Format("2006-01-02T150405Z") + ".csv"
	return sendCSV(c, name, head, next)
}

// chunkedRows reads a list part by part. When before stands at the first entry of all there
// is nothing left to be asked: zero would begin anew.
func chunkedRows(ctx context.Context, before *int64, read func(context.Context) ([][]string, error)) func() ([][]string, error) {
	begun := false
	return func() ([][]string, error) {
		if begun && *before == 0 {
			return nil, nil
		}
		begun = true
		return read(ctx)
	}
}
