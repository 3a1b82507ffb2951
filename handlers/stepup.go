package handlers

import (
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"

	"github.com/labstack/echo/v4"

	"countersign/internal/account"
	"countersign/internal/securityevent"
	"countersign/views"
)

// StepUp says what needs a fresh proof of presence besides what always does.
type StepUp struct {
	Decisions bool
}

// afterProof lets a form through whose sender proved a moment ago to be there, or does so with
// it. Others are asked to, and what they typed goes along.
func (s *Server) afterProof(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		who := signedIn(c)
		if who.Session.IsFresh(s.Now()) {
			return next(c)
		}
		form, err := readForm(c)
		if err != nil {
			return err
		}
		atCompany := form.Has(views.ProofProvider)
		answer := takeAnswer(c.Request(), form)
		if atCompany {
			return s.proveAtCompany(c, form)
		}
		if !answer.Given() {
			return s.askForProof(c, http.StatusUnauthorized, form, views.StepUpPage{})
		}
		err = s.Accounts.ProvePresence(c.Request().Context(), who.Person, answer, s.signInSource(c, who.Name))
		s.reportAttempt(c, securityevent.StepUp, answerReason(answer), err)
		if err != nil {
			return s.refuseProof(c, form, err)
		}
		if err := s.proveSession(c); err != nil {
			return &typedError{typedText(textIn(form)), err}
		}
		return next(c)
	}
}

// afterProofIf is afterProof where the operator wants it.
func (s *Server) afterProofIf(wanted bool, next echo.HandlerFunc) echo.HandlerFunc {
	if wanted {
		return s.afterProof(next)
	}
	return next
}

// takeAnswer takes the answer out of a form, so that nothing which reads the form later finds a
// password in it.
func takeAnswer(r *http.Request, form url.Values) account.Answer {
	answer := account.Answer{Password: form.Get(views.ProofPassword), Code: form.Get(views.ProofCode), Passkey: form.Get(views.ProofPasskey)}
	for _, name := range views.ProofFields() {
		form.Del(name)
		r.Form.Del(name)
	}
	return answer
}

// refuseProof asks again, and says what was wrong.
func (s *Server) refuseProof(c echo.Context, form url.Values, err error) error {
	var wait *account.Wait
	switch {
	case errors.As(err, &wait):
		page := views.StepUpPage{Problem: "Too many attempts failed. Please wait.", Wait: s.retryAfter(c, wait.Until)}
		return s.askForProof(c, http.StatusTooManyRequests, form, page)
	case errors.Is(err, account.ErrWrongPassword):
		s.reportCountedBack(c, err)
		return s.askForProof(c, http.StatusUnauthorized, form, views.StepUpPage{Problem: notProven})
	}
	return &typedError{typedText(textIn(form)), err}
}

// askForProof shows a form that asks for a proof and carries what another form held.
func (s *Server) askForProof(c echo.Context, status int, form url.Values, page views.StepUpPage) error {
	page.Frame = s.frame(c, "Confirm that it is you")
	page.Path = views.HomePath
	who := signedIn(c)
	var err error
	if page.Passkeys, err = s.listPasskeys(c, who); err != nil {
		return &typedError{typedText(textIn(form)), err}
	}
	page.Factors, page.Company = who.Factors, s.Company != nil
	page.NoPassword = who.NoPassword || s.Accounts.NoPasswords && who.Factors.Provider
	if page.Action == "" {
		page.Action = c.Request().URL.RequestURI()
	}
	page.Fields = fieldList(form)
	return renderPage(c, status, views.AskForProof(page))
}

// fieldList is everything in a form, for another to carry it.
func fieldList(form url.Values) []views.FormField {
	var list []views.FormField
	for _, name := range slices.Sorted(maps.Keys(form)) {
		for _, value := range form[name] {
			list = append(list, views.FormField{Name: name, Value: value})
		}
	}
	return list
}
