package handlers

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"countersign/internal/account"
	"countersign/views"
)

// showFactors shows what somebody has to prove who they are, and leads through setting it up.
func (s *Server) showFactors(c echo.Context) error {
	return s.renderFactors(c, http.StatusOK, views.FactorsPage{Next: localPath(c.QueryParam("next"))})
}

func (s *Server) renderFactors(c echo.Context, status int, page views.FactorsPage) error {
	who := signedIn(c)
	page.Frame = s.frame(c, "Passkeys and codes")
	page.Path = views.FactorsPath
	page.Factors = who.Factors
	page.Required = s.SecondFactor.NextStep(&who) == account.StepSetUpFactor
	return renderPage(c, status, views.Factors(page))
}
