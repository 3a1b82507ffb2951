package handlers

import (
	"fmt"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"countersign/internal/idv"
	"countersign/internal/media"
)

// sendReport sends Yoti's report as a file.
func (s *Server) sendReport(c echo.Context, id idv.RecipientID) error {
	report, err := s.Desk.Report(c.Request().Context(), currentUser(c), id)
	if err != nil {
		return &reportError{err}
	}
	name := "yoti-report-" + id.String() + "-" + s.Now().UTC().Format(time.DateOnly) + ".pdf"
	setMediumHeaders(c, media.PDF, fmt.Sprintf("attachment; filename=%q", name))
	return c.Blob(http.StatusOK, string(media.PDF), report)
}

// reportError is why Yoti's report cannot be had.
type reportError struct{ err error }

func (e *reportError) Error() string { return "send report: " + e.err.Error() }

func (e *reportError) Unwrap() error { return e.err }
