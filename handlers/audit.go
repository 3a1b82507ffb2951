package handlers

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"countersign/internal/idv"
	"countersign/internal/review"
	"countersign/views"
)

// accessPage is how many entries a page of the access log has.
const accessPage = 100

// showAccessLog lists who saw what, newest first.
func (s *Server) showAccessLog(c echo.Context) error {
	page := views.AccessPage{Frame: s.frame(c, "Access log")}
	page.Path = views.AuditPath
	query, problem := accessQuery(c, &page)
	if problem != "" {
		page.Problem = problem
		return render(c, http.StatusUnprocessableEntity, views.AccessLog(page))
	}
	list, err := s.Desk.AccessLog(c.Request().Context(), query)
	if err != nil {
		return err
	}
	if len(list) > accessPage {
		list = list[:accessPage]
		page.Next = list[accessPage-1].ID
	}
	page.Entries = list
	return render(c, http.StatusOK, views.AccessLog(page))
}

// accessQuery reads what is asked for, and says what of it cannot be understood.
func accessQuery(c echo.Context, page *views.AccessPage) (review.AccessQuery, string) {
	query := review.AccessQuery{Person: strings.TrimSpace(c.QueryParam("person")), Limit: accessPage + 1}
	page.Person, page.Recipient = c.QueryParam("person"), c.QueryParam("recipient")
	if strings.TrimSpace(page.Recipient) != "" {
		id, err := idv.ParseRecipientID(page.Recipient)
		if err != nil {
			return query, "There is no recipient ID in this field. It is a UUID."
		}
		query.Recipient = id
	}
	if before := c.QueryParam("before"); before != "" {
		id, err := strconv.ParseInt(before, 10, 64)
		if err != nil || id <= 0 {
			return query, "The address names no entry to go on from."
		}
		query.Before = id
	}
	return query, ""
}
