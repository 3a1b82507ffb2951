package handlers

import (
	"fmt"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"countersign/internal/account"
	"countersign/internal/review"
	"countersign/views"
)

// guard lets through whoever may do the action. Whoever is not signed in is asked to, whoever
// has not done all that a sign-in takes is led to what is left, and what they had typed is
// carried along.
func (s *Server) guard(action account.Action) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			c.Set(actionContextKey, action)
			if action == account.Anyone {
				return next(c)
			}
			who, err := s.sessionOf(c)
			step := s.SecondFactor.NextStep(&who)
			switch {
			case err != nil:
				return s.nobodyKnown(c, err)
			case who.ID == 0, step == account.StepSecondFactor && s.Now().Sub(who.Session.Created) > account.SecondFactorLimit:
				return s.leadToSignIn(c)
			case step == account.NoStep && s.mustCheck(c, &who):
				return c.Redirect(http.StatusSeeOther, views.ProviderReturnPath(c.Request().URL.RequestURI()))
			case step == account.NoStep && who.Role.May(action), isPartOf(step, action):
				c.Set(signedInContextKey, who)
				return next(c)
			case step == account.StepSecondFactor:
				return s.leadToSecondFactor(c)
			case step == account.StepSetUpFactor:
				return s.leadToSetUpFactor(c, who.Person)
			}
			return withTyped(c, errNotAllowed)
		}
	}
}

// nobodyKnown is err, for which it is not known who sent a request. Nothing of that was done, and
// what was typed goes back to whoever sent it, in the answer to that very request.
func (s *Server) nobodyKnown(c echo.Context, err error) error {
	if isReadRequest(c.Request()) {
		return err
	}
	form, formErr := readForm(c)
	if formErr != nil {
		return formErr
	}
	return &typedError{typedUnknown(c, form), fmt.Errorf("%w: %w", review.ErrNotRecorded, err)}
}

// isPartOf reports whether an action is what somebody does who is at a step of the sign-in.
func isPartOf(step account.Step, action account.Action) bool {
	switch action {
	case account.SignOut:
		return step != account.NoStep
	case account.GiveSecondFactor:
		return step == account.StepSecondFactor
	case account.OwnFactors:
		return step == account.StepSetUpFactor
	}
	return false
}

// leadToSignIn asks whoever is not signed in to do so.
func (s *Server) leadToSignIn(c echo.Context) error {
	if c.Request().Method == http.MethodPost {
		return s.askToSignIn(c)
	}
	return c.Redirect(http.StatusSeeOther, views.LoginReturnPath(c.Request().URL.RequestURI()))
}

// leadToSecondFactor asks whoever gave the password only for what is left, with what they typed.
func (s *Server) leadToSecondFactor(c echo.Context) error {
	if c.Request().Method != http.MethodPost {
		return c.Redirect(http.StatusSeeOther, views.SecondFactorPath+"?next="+url.QueryEscape(c.Request().URL.RequestURI()))
	}
	form, err := readForm(c)
	if err != nil {
		return err
	}
	typed := typedUnsigned(c, form)
	page := views.SecondFactorPage{Typed: typed.forSignIn()}
	if typed != nil {
		page.Next = views.RecipientPath(typed.recipient)
	}
	return s.renderSecondFactor(c, http.StatusUnauthorized, page)
}

// leadToSetUpFactor leads whoever must have a second factor to where it is set up. What they
// typed is kept as a draft: they are signed in as far as they can be.
func (s *Server) leadToSetUpFactor(c echo.Context, who account.Person) error {
	if c.Request().Method != http.MethodPost {
		return c.Redirect(http.StatusSeeOther, views.FactorsPath+"?next="+url.QueryEscape(c.Request().URL.RequestURI()))
	}
	form, err := readForm(c)
	if err != nil {
		return err
	}
	if typed := typedUnsigned(c, form); typed != nil {
		if err := s.keepForLater(c, who, typed); err != nil {
			return err
		}
	}
	return c.Redirect(http.StatusSeeOther, views.FactorsPath)
}

// actionContextKey is where guard leaves the action of the route.
const actionContextKey = "action"

// signedInContextKey is where guard leaves who it let through.
const signedInContextKey = "who"

// signedIn returns whom guard let through, with their session; the zero SignedIn on routes for
// anyone.
func signedIn(c echo.Context) account.SignedIn {
	who, _ := c.Get(signedInContextKey).(account.SignedIn)
	return who
}

// currentUser returns the person whom guard let through; the zero Person on routes for anyone.
func currentUser(c echo.Context) account.Person { return signedIn(c).Person }
