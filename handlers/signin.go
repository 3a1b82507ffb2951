package handlers

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"countersign/internal/account"
	"countersign/internal/securityevent"
	"countersign/views"
)

// askToSignIn shows the sign-in form in place of what was posted, with the text in it.
func (s *Server) askToSignIn(c echo.Context) error {
	form, err := readForm(c)
	if err != nil {
		return err
	}
	typed := typedUnsigned(c, form)
	page := s.signInPage(c)
	page.Typed = typed.forSignIn()
	if typed != nil {
		page.Next = views.RecipientPath(typed.recipient)
	}
	page.Path = views.HomePath
	return renderPage(c, http.StatusUnauthorized, views.SignIn(page))
}

func (s *Server) showSignIn(c echo.Context) error {
	next := localPath(c.QueryParam("next"))
	who, err := s.signedInPerson(c)
	if err != nil {
		return err
	}
	if who.ID != 0 {
		return c.Redirect(http.StatusSeeOther, next)
	}
	first, err := s.Accounts.Empty(c.Request().Context())
	if err != nil {
		return err
	}
	page := s.signInPage(c)
	page.Next, page.First = next, first
	if page.Company != nil && c.QueryParam(views.SignedOutField) != "" {
		page.Company.SignOut = s.Company.Provider.SignOutAddress(s.publicAddress(c) + views.LoginPath)
	}
	return renderPage(c, http.StatusOK, views.SignIn(page))
}

func (s *Server) signIn(c echo.Context) error {
	form, err := readForm(c)
	if err != nil {
		return err
	}
	name := form.Get("username")
	opened, err := s.Accounts.SignIn(c.Request().Context(), name, form.Get("password"), s.signInSource(c, name))
	if err != nil {
		return s.refuseSignIn(c, form, err)
	}
	who := opened.Person
	if opened.BreakGlass {
		s.reportEvent(c, eventOf(account.SignedIn{Person: who}, securityevent.BreakGlassUsed, securityevent.Success, ""))
	}
	step, err := s.beginSession(c, who, account.ByPassword)
	if errors.Is(err, account.ErrNoSession) { // closed while the password was looked at
		return s.refuseSignIn(c, form, account.ErrWrongPassword)
	}
	if err != nil {
		return err
	}
	if step == account.StepSecondFactor {
		page := views.SecondFactorPage{Next: localPath(form.Get("next")), Typed: carriedNote(form).forSignIn()}
		return s.renderSecondFactor(c, http.StatusOK, page)
	}
	return s.leadIn(c, who, form)
}

// leadIn leads whoever has signed in to where they wanted to go, with what they had typed.
func (s *Server) leadIn(c echo.Context, who account.Person, form url.Values) error {
	next, err := s.wayIn(c, who, form)
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, next)
}

// wayIn is where whoever has signed in wanted to go. What they had typed is kept for them.
func (s *Server) wayIn(c echo.Context, who account.Person, form url.Values) (string, error) {
	next := localPath(form.Get("next"))
	if note := carriedNote(form); note != nil {
		if err := s.keepForLater(c, who, note); err != nil {
			return "", err
		}
		next = views.RecipientPath(note.recipient)
	}
	if next == views.HomePath && who.Role.May(account.Decide) {
		next = views.QueuePath // where the day's work is
	}
	return next, nil
}

// keepForLater keeps as a draft what somebody typed before they were signed in.
func (s *Server) keepForLater(c echo.Context, who account.Person, note *typedForm) error {
	if !who.Role.May(account.WriteNotes) {
		return &typedError{note, errNotAllowed} // the text is given back, for whoever may
	}
	keep := s.Desk.KeepDraft
	if note.answer {
		keep = s.Desk.AddToDraft
	}
	if err := keep(c.Request().Context(), note.draft(who)); err != nil {
		return &typedError{note, err}
	}
	return nil
}

// refuseSignIn shows the form again, with everything but the password in it.
func (s *Server) refuseSignIn(c echo.Context, form url.Values, err error) error {
	s.reportRefusedSignIn(c, form.Get("username"), err)
	typed := carriedNote(form)
	page := s.signInPage(c)
	page.Name, page.Next, page.Typed = form.Get("username"), localPath(form.Get("next")), typed.forSignIn()
	page.Path = views.LoginReturnPath(page.Next)
	var wait *account.Wait
	switch {
	case errors.As(err, &wait):
		page.Problem = "Too many sign-ins failed. Please wait."
		page.Wait = s.retryAfter(c, wait.Until)
		return renderPage(c, http.StatusTooManyRequests, views.SignIn(page))
	case errors.As(err, new(*account.RefusedPasskey)):
		page.Problem = notProven
		return renderPage(c, http.StatusUnauthorized, views.SignIn(page))
	case errors.Is(err, account.ErrWrongPassword):
		page.Problem = "The name or the password is wrong."
		return renderPage(c, http.StatusUnauthorized, views.SignIn(page))
	}
	return &typedError{typed, err}
}

func (s *Server) signOut(c echo.Context) error {
	if err := s.keepTyped(c); err != nil {
		return err
	}
	who, err := s.sessionOf(c)
	if err != nil {
		return err
	}
	if err := s.endSession(c); err != nil {
		return err
	}
	if s.isTrustworthyOrigin(c.Request().Host) {
		// Not "cookies": those of other servers on the host would go too.
		c.Response().Header().Set("Clear-Site-Data", `"cache", "storage"`)
	}
	if s.Company != nil && who.Session.Proof == account.ByProvider {
		return c.Redirect(http.StatusSeeOther, views.LoginPath+"?"+views.SignedOutField+"=yes") // where it offers to sign out there too
	}
	return c.Redirect(http.StatusSeeOther, views.LoginPath)
}

// localPath returns next when it is the address of a page of ours, else the start page.
func localPath(next string) string {
	u, err := url.Parse(next)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil ||
		!strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.Contains(next, `\`) {
		return views.HomePath
	}
	return u.RequestURI()
}
