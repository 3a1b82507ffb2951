package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"countersign/internal/account"
	"countersign/views"
)

// showSecondFactor asks whoever gave their password for a factor that the account has.
func (s *Server) showSecondFactor(c echo.Context) error {
	next := localPath(c.QueryParam("next"))
	if s.SecondFactor.NextStep(new(signedIn(c))) != account.StepSecondFactor {
		return c.Redirect(http.StatusSeeOther, next) // given already
	}
	return s.renderSecondFactor(c, http.StatusOK, views.SecondFactorPage{Next: next})
}

// renderSecondFactor shows the form in which a sign-in goes on.
func (s *Server) renderSecondFactor(c echo.Context, status int, page views.SecondFactorPage) error {
	who, err := s.sessionOf(c)
	if err != nil {
		return err
	}
	page.Frame = s.frame(c, "Second factor")
	page.Path = views.LoginPath
	page.Name, page.Factors = who.Name, who.Factors
	return renderPage(c, status, views.SecondFactor(page))
}
