package handlers

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v4"

	"countersign/internal/review"
	"countersign/views"
)

// showAccessLog lists who saw what by page view, newest first.
func (s *Server) showAccessLog(c echo.Context) error {
	asked, filter := parseFilter(c.QueryParams(), review.AccessKinds())
	page := views.AccessPage{Frame: s.frame(c, "Access log"), Filter: filter}
	page.Path = views.AccessPath
	if filter.Problem != "" {
		return renderPage(c, http.StatusUnprocessableEntity, views.AccessLog(page))
	}
	var err error
	if page.Views, page.Next, err = s.Desk.PageViews(c.Request().Context(), asked.accessQuery(auditPage)); err != nil {
		return err
	}
	return renderPage(c, http.StatusOK, views.AccessLog(page))
}

// sendAccessLog sends the views that are asked for as a file.
func (s *Server) sendAccessLog(c echo.Context) error {
	form, err := readFields(c)
	if err != nil {
		return err
	}
	asked, filter := parseFilter(form, review.AccessKinds())
	if filter.Problem != "" {
		return &review.Refused{Why: filter.Problem}
	}
	return s.sendList(c, review.AccessList, review.AccessColumns(), chunkedRows(c.Request().Context(), &asked.before, func(ctx context.Context) ([][]string, error) {
		list, err := s.Desk.AccessLog(ctx, asked.accessQuery(csvRows))
		var rows [][]string
		for i := range list {
			rows = append(rows, review.AccessRow(&list[i]))
			asked.before = list[i].ID
		}
		return rows, err
	}))
}
