package handlers

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v4"

	"countersign/internal/review"
	"countersign/internal/securityevent"
	"countersign/views"
)

// showSecurityEvents lists the security events, newest first.
func (s *Server) showSecurityEvents(c echo.Context) error {
	asked, filter := parseFilter(c.QueryParams(), securityevent.Kinds())
	page := views.EventsPage{Frame: s.frame(c, "Security events"), Filter: filter}
	page.Path = views.EventsPath
	if filter.Problem != "" {
		return renderPage(c, http.StatusUnprocessableEntity, views.SecurityEvents(page))
	}
	list, err := s.Events.List(c.Request().Context(), asked.eventQuery(auditPage+1))
	if err != nil {
		return err
	}
	if len(list) > auditPage {
		list = list[:auditPage]
		page.Next = list[auditPage-1].ID
	}
	page.Events = list
	return renderPage(c, http.StatusOK, views.SecurityEvents(page))
}

// sendSecurityEvents sends the events that are asked for as a file.
func (s *Server) sendSecurityEvents(c echo.Context) error {
	form, err := readFields(c)
	if err != nil {
		return err
	}
	asked, filter := parseFilter(form, securityevent.Kinds())
	if filter.Problem != "" {
		return &review.Refused{Why: filter.Problem}
	}
	return s.sendList(c, review.EventList, securityevent.Columns(), chunkedRows(c.Request().Context(), &asked.before, func(ctx context.Context) ([][]string, error) {
		list, err := s.Events.List(ctx, asked.eventQuery(csvRows))
		var rows [][]string
		for i := range list {
			rows = append(rows, list[i].Row())
			asked.before = list[i].ID
		}
		return rows, err
	}))
}

func (p listFilter) eventQuery(limit int) securityevent.Query {
	return securityevent.Query{Person: p.person, Kind: securityevent.Kind(p.act), From: p.from, Until: p.until, Before: p.before, Limit: limit}
}
