package handlers

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"countersign/internal/account"
	"countersign/internal/idv"
	"countersign/views"
)

// showHome is the start page. Whoever manages accounts starts there.
func (s *Server) showHome(c echo.Context) error {
	if !currentUser(c).Role.May(account.ReadResults) {
		return c.Redirect(http.StatusSeeOther, views.AccountsPath)
	}
	return s.renderHome(c, http.StatusOK, views.HomePage{Frame: s.frame(c, "Open a recipient")})
}

// renderHome shows the start page with its lists.
func (s *Server) renderHome(c echo.Context, status int, page views.HomePage) error {
	lists, err := s.Desk.Home(c.Request().Context(), page.Who)
	if err != nil {
		return err
	}
	page.Requests = s.requestsToTell(c, page.Who)
	page.Home, page.Samples, page.Now = lists, s.Samples, s.Now()
	return renderPage(c, status, views.Home(page))
}

// findRecipient leads from whatever was typed to the recipient that it names.
func (s *Server) findRecipient(c echo.Context) error {
	typed := typedQuery(c, "id")
	ids := idv.FindRecipientIDs(typed)
	if len(ids) == 1 {
		return c.Redirect(http.StatusSeeOther, views.RecipientPath(ids[0]))
	}
	page := views.HomePage{Frame: s.frame(c, "Open a recipient"), Choices: ids}
	page.Search, page.Path = typed, views.HomePath
	switch {
	case len(ids) > 1:
		page.Problem = "This text contains more than one ID. Choose one."
	case strings.TrimSpace(typed) == "":
		page.Problem = "Enter a recipient ID."
	case len(typed) > idv.MaxIDText:
		page.Problem = "This text is too long to be searched for an ID. Paste the part that holds it."
	default:
		page.Problem = "There is no recipient ID in this text. It is a UUID: 32 hexadecimal digits in five groups."
	}
	return s.renderHome(c, http.StatusUnprocessableEntity, page)
}

// typedQuery is what was typed into a field, or stands in an address that somebody put
// together by hand: what is not a well-formed query is taken as it came.
func typedQuery(c echo.Context, field string) string {
	if typed := c.QueryParam(field); typed != "" {
		return typed
	}
	_, typed, _ := strings.Cut(c.Request().URL.RawQuery, field+"=")
	return typed
}
