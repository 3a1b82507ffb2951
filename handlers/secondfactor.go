package handlers

import (
	"errors"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"countersign/internal/account"
	"countersign/internal/securityevent"
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
	if page.Passkeys, err = s.listPasskeys(c, who); err != nil {
		return err
	}
	return renderPage(c, status, views.SecondFactor(page))
}

// passSecondFactor ends the sign-in of whoever proved their second factor.
func (s *Server) passSecondFactor(c echo.Context, form url.Values, proof account.Proof) error {
	who := currentUser(c)
	_, err := s.beginSession(c, who, proof)
	if errors.Is(err, account.ErrNoSession) { // closed meanwhile
		return c.Redirect(http.StatusSeeOther, views.LoginPath)
	}
	if err != nil {
		return err
	}
	return s.leadIn(c, who, form)
}

// refuseSecondFactor asks again, and says what was wrong. What was typed before goes along.
func (s *Server) refuseSecondFactor(c echo.Context, form url.Values, err error) error {
	s.reportAttempt(c, securityevent.SecondFactor, "", err)
	typed := carriedNote(form)
	page := views.SecondFactorPage{Next: localPath(form.Get("next")), Typed: typed.forSignIn()}
	var wait *account.Wait
	switch {
	case errors.As(err, &wait):
		page.Problem = "Too many attempts failed. Please wait."
		page.Wait = s.retryAfter(c, wait.Until)
		return s.renderSecondFactor(c, http.StatusTooManyRequests, page)
	case errors.Is(err, account.ErrWrongPassword), errors.Is(err, account.ErrNoSession): // closed meanwhile
		page.Problem = notProven
		return s.renderSecondFactor(c, http.StatusUnauthorized, page)
	}
	return &typedError{typed, err}
}

// notProven is what everybody reads whose second factor or proof of presence is wrong, in
// whatever way.
const notProven = "That does not prove that it is you."
