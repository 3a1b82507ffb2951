package handlers

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"countersign/internal/idv"
	"countersign/internal/review"
	"countersign/views"
)

// showSearch leads from whatever was typed to the recipient that it names, or lists the cases
// that it fits. Lines of cases hold nothing of a person, so that no access is recorded.
func (s *Server) showSearch(c echo.Context) error {
	typed := typedQuery(c, views.SearchField)
	page := s.searchPage(c, typed)
	if c.Request().URL.RawQuery == "" {
		return renderPage(c, http.StatusOK, views.Search(page))
	}
	found, err := s.Desk.Lookup(c.Request().Context(), currentUser(c), typed)
	if refused := (*review.SearchError)(nil); errors.As(err, &refused) {
		page.Problem = refused.Why
		return renderPage(c, http.StatusUnprocessableEntity, views.Search(page))
	}
	if err != nil {
		return err
	}
	if found.Open != (idv.RecipientID{}) {
		return c.Redirect(http.StatusSeeOther, views.RecipientPath(found.Open))
	}
	page.Lookup, page.Asked = found, true
	return renderPage(c, http.StatusOK, views.Search(page))
}

// searchPage is the page that asks what to search for, with what was typed.
func (s *Server) searchPage(c echo.Context, typed string) views.SearchPage {
	page := views.SearchPage{Frame: s.frame(c, "Search"), Now: s.Now()}
	page.Search, page.OwnSearch = typed, true
	return page
}
