package handlers

import (
	"cmp"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strconv"

	"github.com/labstack/echo/v4"

	"countersign/internal/account"
	"countersign/internal/passkey"
	"countersign/internal/securityevent"
	"countersign/views"
)

// passkeySite returns the site whose passkeys count: that of the public address, or else where
// this machine is asked for by its own name. It returns the errors of passkey.SiteAt where there
// is none.
func (s *Server) passkeySite(c echo.Context) (passkey.Site, error) {
	if s.Public != nil {
		return passkey.SiteAt(siteOrigin(s.Public))
	}
	return passkey.SiteAt("http://" + c.Request().Host)
}

// passkeysHere says on a page whose passkeys work, or why none do.
func (s *Server) passkeysHere(c echo.Context) views.PasskeySite {
	site, err := s.passkeySite(c)
	switch {
	case err == nil:
		return views.PasskeySite{Host: site.Host, Origin: site.Origin}
	case s.Public != nil && errors.Is(err, passkey.ErrNumber):
		return views.PasskeySite{Trouble: "Passkeys need a host name, and the address of this server is an IP address."}
	case s.Public != nil:
		return views.PasskeySite{Trouble: "Passkeys need an https address with a full host name. The address of this server is " + siteOrigin(s.Public) + "."}
	case isLoopback(hostWithoutPort(c.Request().Host)):
		return views.PasskeySite{Trouble: "Passkeys need a host name, and this page was opened at an IP address.", Instead: "http://" + localhost(c.Request().Host)}
	}
	return views.PasskeySite{Trouble: "Passkeys need https, and an address that the operator has named with --public-url."}
}

// localhost is the name of this machine, with the port of a host.
func localhost(host string) string {
	if _, port, err := net.SplitHostPort(host); err == nil {
		return net.JoinHostPort("localhost", port)
	}
	return "localhost"
}

// askPasskeySignIn asks a browser for any passkey of the site.
func (s *Server) askPasskeySignIn(c echo.Context) error {
	return s.askForPasskey(c, account.Person{}, account.AskPasskeySignIn)
}

// askSecondPasskey asks whoever gave their password for one of their passkeys.
func (s *Server) askSecondPasskey(c echo.Context) error {
	return s.askForPasskey(c, currentUser(c), account.AskPasskeySecond)
}

// askPasskeyProof asks somebody to prove with a passkey that they are there.
func (s *Server) askPasskeyProof(c echo.Context) error {
	return s.askForPasskey(c, currentUser(c), account.AskPasskeyProof)
}

func (s *Server) askForPasskey(c echo.Context, who account.Person, purpose account.ChallengePurpose) error {
	site, err := s.passkeySite(c)
	if err != nil {
		return errNoPasskeysHere
	}
	options, err := s.Accounts.AskForPasskey(c.Request().Context(), who, purpose, site)
	if errors.Is(err, account.ErrNoPasskey) {
		return errNoPasskeysHere
	}
	if err != nil {
		return err
	}
	return c.JSONBlob(http.StatusOK, options)
}

// askNewPasskey asks the browser of whoever proved a moment ago to be there to make a passkey.
// The script sends the form to all others, which asks for the proof.
func (s *Server) askNewPasskey(c echo.Context) error {
	who := signedIn(c)
	if !who.Session.IsFresh(s.Now()) {
		return c.NoContent(http.StatusUnauthorized)
	}
	site, err := s.passkeySite(c)
	if err != nil {
		return errNoPasskeysHere
	}
	options, err := s.Accounts.AskForNewPasskey(c.Request().Context(), who.Person, site)
	if err != nil {
		return err
	}
	return c.JSONBlob(http.StatusOK, options)
}

// signInWithPasskey signs in whose passkey answered.
func (s *Server) signInWithPasskey(c echo.Context) error {
	form, err := readForm(c)
	if err != nil {
		return err
	}
	who, err := s.Accounts.SignInWithPasskey(c.Request().Context(), form.Get(views.PasskeyAnswer), s.signInSource(c, ""))
	if err != nil {
		s.reportCountedBack(c, err)
		return s.refuseSignIn(c, form, err)
	}
	if _, err = s.beginSession(c, who, account.ByPasskey); errors.Is(err, account.ErrNoSession) { // closed meanwhile
		return s.refuseSignIn(c, form, &account.RefusedPasskey{Why: account.FaultOwner, Owner: who})
	}
	if err != nil {
		return err
	}
	return s.leadIn(c, who, form)
}

// giveSecondPasskey ends the sign-in of whoever gave their password and now a passkey.
func (s *Server) giveSecondPasskey(c echo.Context) error {
	form, err := readForm(c)
	if err != nil {
		return err
	}
	who := currentUser(c)
	err = s.Accounts.GiveSecondPasskey(c.Request().Context(), who, form.Get(views.PasskeyAnswer), s.signInSource(c, who.Name))
	if err != nil {
		s.reportCountedBack(c, err)
		return s.refuseSecondFactor(c, form, err)
	}
	return s.passSecondFactor(c, form, account.ByPasswordAndPasskey)
}

// addPasskey keeps the passkey that a browser made.
func (s *Server) addPasskey(c echo.Context) error {
	form, err := readForm(c)
	if err != nil {
		return err
	}
	page := views.FactorsPage{Next: localPath(form.Get("next")), PasskeyName: form.Get("name")}
	answer := form.Get(views.PasskeyAnswer)
	if answer == "" { // the script could not ask before there was a proof of presence
		page.Done = views.ProofGiven
		return s.renderFactors(c, http.StatusOK, page)
	}
	who := signedIn(c)
	err = s.Accounts.AddPasskey(c.Request().Context(), who.Person, page.PasskeyName, answer)
	s.reportFactor(c, securityevent.FactorAdded, account.Passkey, err)
	if err != nil {
		return s.refusePasskey(c, page, err)
	}
	return s.factorAdded(c, who, account.ByPasswordAndPasskey, views.PasskeyAdded, page.Next)
}

// refusePasskey says on the page of factors why nothing was changed.
func (s *Server) refusePasskey(c echo.Context, page views.FactorsPage, err error) error {
	var refused *account.Refused
	switch {
	case errors.As(err, &refused):
		page.Problem = refused.Why
	case errors.Is(err, account.ErrPasskeyKnown):
		page.Problem = "This passkey is registered already."
	case errors.Is(err, account.ErrManyPasskeys):
		page.Problem = "You have " + strconv.Itoa(account.MaxPasskeys) + " passkeys, and cannot have more. Remove one that you do not need."
	case errors.Is(err, account.ErrNotCreated):
		page.Problem = "No passkey was added: the answer did not fit the question, or came too late. Try again."
	case errors.Is(err, account.ErrLastFactor):
		page.Problem = "Your role needs a second factor, and this is the last one that works. Set up another before you remove it."
	case errors.Is(err, account.ErrNoPasskey):
		page.Problem = "There is no such passkey any more."
	default:
		return err
	}
	return s.renderFactors(c, http.StatusUnprocessableEntity, page)
}

// readPasskeyForm reads a form about a passkey, and which it is about.
func readPasskeyForm(c echo.Context) (url.Values, int64, error) {
	form, err := readForm(c)
	if err != nil {
		return nil, 0, err
	}
	id, err := strconv.ParseInt(form.Get("passkey"), 10, 64)
	if err != nil {
		return nil, 0, &formError{errors.New("it names no passkey")}
	}
	return form, id, nil
}

// renamePasskey gives a passkey the name that its owner typed.
func (s *Server) renamePasskey(c echo.Context) error {
	form, id, err := readPasskeyForm(c)
	if err != nil {
		return err
	}
	if err := s.Accounts.RenamePasskey(c.Request().Context(), currentUser(c), id, form.Get("name")); err != nil {
		return s.refusePasskey(c, views.FactorsPage{}, err)
	}
	return c.Redirect(http.StatusSeeOther, views.FactorsDonePath(views.PasskeyRenamed))
}

// removePasskey removes a passkey of whoever asks.
func (s *Server) removePasskey(c echo.Context) error {
	_, id, err := readPasskeyForm(c)
	if err != nil {
		return err
	}
	who := signedIn(c)
	site, _ := s.passkeySite(c) // where there is none, no passkey works
	err = s.Accounts.RemovePasskey(c.Request().Context(), who, id, s.SecondFactor.Requires(who.Role), site)
	s.reportFactor(c, securityevent.FactorRemoved, account.Passkey, err)
	if err != nil {
		return s.refusePasskey(c, views.FactorsPage{}, err)
	}
	return c.Redirect(http.StatusSeeOther, views.FactorsDonePath(views.PasskeyRemoved))
}

// listPasskeys returns somebody's passkeys as a page shows them.
func (s *Server) listPasskeys(c echo.Context, who account.SignedIn) ([]views.OwnPasskey, error) {
	if who.Factors.Passkeys == 0 {
		return nil, nil
	}
	list, err := s.Accounts.Passkeys(c.Request().Context(), who.ID)
	if err != nil {
		return nil, err
	}
	site, _ := s.passkeySite(c) // where there is none, no passkey works
	var shown []views.OwnPasskey
	for _, p := range list {
		shown = append(shown, views.OwnPasskey{PasskeyEntry: p, Works: p.WorksAt(site)})
	}
	return shown, nil
}

// newPasskeyName is a name to begin with: that of the browser.
func newPasskeyName(c echo.Context) string {
	return cmp.Or(browserName(c.Request().UserAgent()), "Passkey")
}
