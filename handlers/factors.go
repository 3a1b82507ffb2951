package handlers

import (
	"cmp"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"countersign/internal/account"
	"countersign/views"
)

// showFactors shows what somebody has to prove who they are, and leads through setting it up.
func (s *Server) showFactors(c echo.Context) error {
	return s.renderFactors(c, http.StatusOK, views.FactorsPage{Next: localPath(c.QueryParam("next")), Done: c.QueryParam("done")})
}

func (s *Server) renderFactors(c echo.Context, status int, page views.FactorsPage) error {
	who := signedIn(c)
	page.Frame = s.frame(c, "Passkeys and codes")
	page.Path = views.FactorsPath
	page.Factors = who.Factors
	page.Required = s.SecondFactor.NextStep(&who) == account.StepSetUpFactor
	page.PasskeyName = cmp.Or(page.PasskeyName, newPasskeyName(c))
	var err error
	if page.Passkeys, err = s.listPasskeys(c, who); err != nil {
		return err
	}
	return renderPage(c, status, views.Factors(page))
}

// factorAdded leads whoever set up a factor to what follows: to their work where they could not
// go on without one, else back to their factors. Their session counts as begun with the password
// and the factor, or it would ask for that next; one that was begun with more stays.
func (s *Server) factorAdded(c echo.Context, who account.SignedIn, proof account.Proof, done, next string) error {
	required := s.SecondFactor.NextStep(&who) == account.StepSetUpFactor
	if !who.Session.Proof.Strong() {
		if _, err := s.beginSession(c, who.Person, proof); err != nil {
			return err
		}
	}
	if required {
		return s.leadIn(c, who.Person, url.Values{"next": {next}})
	}
	return c.Redirect(http.StatusSeeOther, views.FactorsDonePath(done))
}
