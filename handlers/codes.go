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

// giveCode takes a code, or a recovery code in place of one, after the password, and lets
// whoever gave it in.
func (s *Server) giveCode(c echo.Context) error {
	form, err := readForm(c)
	if err != nil {
		return err
	}
	who := signedIn(c)
	if s.SecondFactor.NextStep(&who) != account.StepSecondFactor {
		return s.leadIn(c, who.Person, form) // given already
	}
	ctx, from := c.Request().Context(), s.signInSource(c, who.Name)
	if code := form.Get("recovery"); code != "" {
		left, err := s.Accounts.GiveRecoveryCode(ctx, who.Person, code, from)
		if err != nil {
			return s.refuseSecondFactor(c, form, err)
		}
		return s.letInByRecovery(c, form, left)
	}
	if err := s.Accounts.GiveCode(ctx, who.Person, form.Get("code"), from); err != nil {
		return s.refuseSecondFactor(c, form, err)
	}
	return s.passSecondFactor(c, form, account.ByPasswordAndCode)
}

// letInByRecovery lets in whoever gave a recovery code, and tells them how many are left.
func (s *Server) letInByRecovery(c echo.Context, form url.Values, left int) error {
	who := currentUser(c)
	if _, err := s.beginSession(c, who, account.ByPasswordAndRecovery); err != nil {
		return s.refuseSecondFactor(c, form, err)
	}
	next, err := s.wayIn(c, who, form)
	if err != nil {
		return err
	}
	page := views.RecoveryUsedPage{Frame: s.frame(c, "Recovery code used"), Left: left, Next: next}
	page.Path = next
	return renderPage(c, http.StatusOK, views.RecoveryUsed(page))
}

// beginCode makes a secret for an authenticator app and shows it. It is not shown again once it
// counts.
func (s *Server) beginCode(c echo.Context) error {
	form, err := readForm(c)
	if err != nil {
		return err
	}
	made, err := s.Accounts.BeginCode(c.Request().Context(), currentUser(c))
	if err != nil {
		return err
	}
	return s.renderFactors(c, http.StatusOK, views.FactorsPage{Next: localPath(form.Get("next")), NewCode: &made})
}

// confirmCode lets an authenticator app count whose code is right. Its person goes on with a
// session that the code proves, and all before it have ended.
func (s *Server) confirmCode(c echo.Context) error {
	form, err := readForm(c)
	if err != nil {
		return err
	}
	who := signedIn(c)
	recovery, err := s.Accounts.ConfirmCode(c.Request().Context(), who.Person, form.Get("code"))
	s.reportFactor(c, securityevent.FactorAdded, account.CodeApp, err)
	if len(recovery) > 0 {
		s.reportFactor(c, securityevent.FactorAdded, account.RecoveryCodes, nil)
	}
	switch {
	case errors.Is(err, account.ErrWrongPassword):
		return s.askForCodeAgain(c, form)
	case errors.Is(err, account.ErrNoFactor):
		page := views.FactorsPage{Next: localPath(form.Get("next")), CodeProblem: "This set-up has ended. Please start again."}
		return s.renderFactors(c, http.StatusConflict, page)
	case err != nil:
		return err
	}
	proof := who.Session.Proof
	if !proof.Strong() {
		proof = account.ByPasswordAndCode
	}
	if _, err := s.beginSession(c, who.Person, proof); err != nil {
		return err
	}
	if len(recovery) > 0 {
		return s.renderRecoveryCodes(c, recovery, localPath(form.Get("next")))
	}
	return c.Redirect(http.StatusSeeOther, views.FactorsPath)
}

// askForCodeAgain shows once more what the app has to be given.
func (s *Server) askForCodeAgain(c echo.Context, form url.Values) error {
	pending, err := s.Accounts.PendingCode(c.Request().Context(), currentUser(c))
	if err != nil {
		return err
	}
	page := views.FactorsPage{
		Next: localPath(form.Get("next")), NewCode: &pending,
		CodeProblem: "This is not the code that the app shows now. If it keeps failing, check the clock of the phone.",
	}
	return s.renderFactors(c, http.StatusUnprocessableEntity, page)
}

// renderRecoveryCodes shows recovery codes, this once.
func (s *Server) renderRecoveryCodes(c echo.Context, codes []string, next string) error {
	page := views.RecoveryCodesPage{Frame: s.frame(c, "Recovery codes"), Codes: codes, Next: next}
	page.Path = views.FactorsPath
	return renderPage(c, http.StatusOK, views.RecoveryCodes(page))
}

// makeRecoveryCodes gives whoever asks new recovery codes in place of those before.
func (s *Server) makeRecoveryCodes(c echo.Context) error {
	codes, err := s.Accounts.MakeRecoveryCodes(c.Request().Context(), currentUser(c))
	if errors.Is(err, account.ErrNoFactor) {
		return c.Redirect(http.StatusSeeOther, views.FactorsPath) // removed meanwhile
	}
	s.reportFactor(c, securityevent.FactorAdded, account.RecoveryCodes, err)
	if err != nil {
		return err
	}
	return s.renderRecoveryCodes(c, codes, views.FactorsPath)
}

// removeCode takes the authenticator app away from whoever wants that, unless they must have a
// second factor and it is the only one. Their other sessions end.
func (s *Server) removeCode(c echo.Context) error {
	who := signedIn(c)
	err := s.Accounts.RemoveCode(c.Request().Context(), who.Person, s.SecondFactor.Requires(who.Role))
	s.reportFactor(c, securityevent.FactorRemoved, account.CodeApp, err)
	switch {
	case errors.Is(err, account.ErrLastFactor):
		page := views.FactorsPage{Problem: "Your role needs a second factor, and this is the only one. Set up another first."}
		return s.renderFactors(c, http.StatusConflict, page)
	case err != nil && !errors.Is(err, account.ErrNoFactor):
		return err
	}
	if err == nil {
		if _, err := s.beginSession(c, who.Person, who.Session.Proof); err != nil { // as strong as it was
			return err
		}
	}
	return c.Redirect(http.StatusSeeOther, views.FactorsPath)
}
