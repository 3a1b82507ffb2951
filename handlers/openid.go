package handlers

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"countersign/internal/account"
	"countersign/internal/openid"
	"countersign/internal/securityevent"
	"countersign/views"
)

// ProviderRows is where questions to the company's sign-in are kept, and the sessions that it
// began: *store.Store.
type ProviderRows interface {
	account.ChallengeStore
	// CheckSession keeps that the provider said again that the owner of a session may come in;
	// account.ErrNoSession when the session has ended meanwhile.
	CheckSession(ctx context.Context, token [sha256.Size]byte, owner int64, providerSession string, at time.Time) error
	// EndProviderSessions ends sessions on the word of a logout token, by whom or by which
	// session of the provider's they are; account.ErrNoChallenge for a token that came before.
	EndProviderSessions(ctx context.Context, id account.Identity, providerSession string, token [sha256.Size]byte, until, now time.Time) error
	// EndSessionsOf ends all sessions of an account that the provider began.
	EndSessionsOf(ctx context.Context, owner int64) error
}

// CompanySignIn is the company's own sign-in.
type CompanySignIn struct {
	Provider *openid.Provider
	Rows     ProviderRows
	FormKey  []byte // seals what is typed until the provider was asked; 32 bytes
}

// providerPurpose is that of questions to the provider.
const providerPurpose account.ChallengePurpose = "provider"

// How long the provider may be asked: forms that were typed wait longer than people who have
// still to begin.
const (
	signInFor = 15 * time.Minute
	formFor   = time.Hour
)

// The kinds of questions.
const (
	askSignIn = "sign-in"
	askCheck  = "check"   // whether whoever is signed in may still come in
	askProof  = "step-up" // whether whoever is signed in is there
)

// providerQuestion is what is kept of a question until it is answered. What was typed is sealed.
type providerQuestion struct {
	Kind    string    `json:"kind"`
	Browser string    `json:"browser"`           // hash of what the browser keeps
	Asked   time.Time `json:"asked"`             // when
	Session string    `json:"session,omitempty"` // hash of the token of the session that asked
	Action  string    `json:"action,omitempty"`  // where the form goes
	Form    []byte    `json:"form,omitempty"`    // sealed
}

// startCompanySignIn leads to the provider: a link, which carries nothing but the page to go on to.
func (s *Server) startCompanySignIn(c echo.Context) error {
	if s.Company == nil {
		return echo.ErrNotFound
	}
	if c.Request().Method == http.MethodHead {
		return c.NoContent(http.StatusOK)
	}
	who, err := s.sessionOf(c)
	if err != nil {
		return err
	}
	next := localPath(c.QueryParam("next"))
	question, prompt := providerQuestion{Kind: askSignIn}, openid.AsUsual
	switch {
	case who.ID != 0 && who.Session.NeedsCheck(s.Now()):
		question, prompt = providerQuestion{Kind: askCheck, Session: sessionName(&who)}, openid.Silently
	case who.ID != 0 && s.SecondFactor.NextStep(&who) == account.NoStep:
		return c.Redirect(http.StatusSeeOther, next)
	case c.Request().Header.Get("Sec-Fetch-Site") == "cross-site":
		return c.Redirect(http.StatusSeeOther, views.LoginReturnPath(next)) // nobody is signed in by the link of another site
	}
	form := url.Values{"next": {next}}
	address, err := s.askProvider(c, question, form, prompt)
	if err != nil {
		return s.companyProblem(c, question.Kind, form, err)
	}
	return c.Redirect(http.StatusSeeOther, address)
}

// carryToCompanySignIn does the same for whoever typed something before, which is kept meanwhile.
// The policy of the page lets no form lead elsewhere, so that a page does.
func (s *Server) carryToCompanySignIn(c echo.Context) error {
	form, err := readForm(c)
	if err != nil {
		return err
	}
	if s.Company == nil {
		return &typedError{carriedNote(form), echo.ErrNotFound}
	}
	address, err := s.askProvider(c, providerQuestion{Kind: askSignIn}, form, openid.AsUsual)
	if err != nil {
		return s.companyProblem(c, askSignIn, form, err)
	}
	return s.renderLeave(c, address)
}

// renderLeave shows a page that leads to the provider by itself.
func (s *Server) renderLeave(c echo.Context, address string) error {
	c.Response().Header().Set("Refresh", "0;url="+address)
	page := views.LeavePage{Frame: s.frame(c, "Company sign-in"), Address: address}
	page.Path = views.HomePath
	return renderPage(c, http.StatusOK, views.Leave(page))
}

// proveAtCompany leads somebody to the provider to prove that they are there, with the form that
// needs the proof.
func (s *Server) proveAtCompany(c echo.Context, form url.Values) error {
	who := signedIn(c)
	if s.Company == nil || !who.Factors.Provider {
		return s.askForProof(c, http.StatusUnauthorized, form, views.StepUpPage{})
	}
	question := providerQuestion{Kind: askProof, Session: sessionName(&who), Action: c.Request().URL.RequestURI()}
	address, err := s.askProvider(c, question, form, openid.Afresh)
	if err != nil {
		s.reportCompany(c, securityevent.StepUp, err)
		return s.askForProof(c, http.StatusServiceUnavailable, form, views.StepUpPage{Problem: companyWords(err)})
	}
	return s.renderLeave(c, address)
}

// askProvider keeps a question with a form, and returns where the provider asks it.
func (s *Server) askProvider(c echo.Context, question providerQuestion, form url.Values, prompt openid.Prompt) (string, error) {
	ctx := c.Request().Context()
	q := openid.NewQuestion(s.cookieValue(c, providerCookie))
	address, err := s.Company.Provider.Address(ctx, q, prompt)
	if err != nil {
		return "", err
	}
	question.Browser, question.Asked = q.BrowserHash(), s.Now()
	lasts := signInFor
	if question.Kind == askProof || textIn(form) != "" {
		lasts = formFor
	}
	if question.Form, err = openid.SealForm(s.Company.FormKey, q, form); err != nil {
		return "", err
	}
	state, err := json.Marshal(question)
	if err != nil {
		return "", err
	}
	err = s.Company.Rows.AddChallenge(ctx, q.Hash(), account.Challenge{
		Purpose: providerPurpose, State: string(state), Until: question.Asked.Add(lasts),
	}, question.Asked)
	if err != nil {
		return "", fmt.Errorf("keep the question to the provider: %w", err)
	}
	s.setCookie(c, providerCookie, q.Browser, formFor)
	return address, nil
}

// sessionName names a session in a question.
func sessionName(who *account.SignedIn) string { return hex.EncodeToString(who.Session.Token[:]) }

var (
	errNoQuestion   = errors.New("the provider answers a question that was not asked, or not of this browser")
	errNotConfirmed = errors.New("the provider did not confirm who it is")
	errOtherPerson  = errors.New("the provider says that it is somebody else")
	errNotProved    = errors.New("the provider does not say that they proved who they are just now")
)

// finishCompanySignIn takes what the provider answers. The answer is in an address, which
// anybody may have made up: it counts for a question that is open, in the browser that was asked.
func (s *Server) finishCompanySignIn(c echo.Context) error {
	if s.Company == nil {
		return echo.ErrNotFound
	}
	if c.Request().Method == http.MethodHead {
		return c.NoContent(http.StatusOK)
	}
	question, q, err := s.takeQuestion(c)
	if err != nil {
		return s.companyProblem(c, askSignIn, nil, err)
	}
	form, err := openid.OpenForm(s.Company.FormKey, q, question.Form)
	if err != nil {
		return err
	}
	claims, err := s.providerAnswer(c, q)
	switch {
	case question.Kind == askProof:
		return s.finishProof(c, question, form, claims, err)
	case err != nil:
		return s.companyProblem(c, question.Kind, form, err)
	}
	return s.enter(c, question, form, claims)
}

// takeQuestion returns the question that is answered, which nobody can answer again.
func (s *Server) takeQuestion(c echo.Context) (providerQuestion, openid.Question, error) {
	var question providerQuestion
	q := openid.Question{State: c.QueryParam("state"), Browser: s.cookieValue(c, providerCookie)}
	found, err := s.Company.Rows.TakeChallenge(c.Request().Context(), q.Hash(), providerPurpose, s.Now())
	if errors.Is(err, account.ErrNoChallenge) {
		return question, q, errNoQuestion
	}
	if err != nil {
		return question, q, err
	}
	if err := json.Unmarshal([]byte(found.State), &question); err != nil {
		return question, q, fmt.Errorf("read the question to the provider: %w", err)
	}
	if !q.IsFor(question.Browser) {
		return question, q, errNoQuestion
	}
	return question, q, nil
}

// providerAnswer is what the provider says of whoever signed in.
func (s *Server) providerAnswer(c echo.Context, q openid.Question) (openid.Claims, error) {
	query := c.QueryParams()
	if err := s.Company.Provider.CheckIssuer(query); err != nil {
		return openid.Claims{}, err
	}
	if query.Get("code") == "" || query.Has("error") {
		return openid.Claims{}, errNotConfirmed
	}
	return s.Company.Provider.Answer(c.Request().Context(), q, query.Get("code"))
}

// enter lets in whom the provider names, in the role that it gives them.
func (s *Server) enter(c echo.Context, question providerQuestion, form url.Values, claims openid.Claims) error {
	ctx := c.Request().Context()
	id := account.Identity{Issuer: s.Company.Provider.Issuer(), Subject: claims.Subject}
	role, err := account.ChooseRole(rolesNamed(s.Company.Provider.Roles(claims.Groups)))
	if err != nil {
		return s.companyProblem(c, question.Kind, form, &identityError{id, claims.Name, errors.Join(err, s.shutOut(ctx, id))})
	}
	who, change, err := s.Accounts.SignInByIdentity(ctx, id, claims.Name, role)
	if err != nil {
		return s.companyProblem(c, question.Kind, form, &identityError{id, claims.Name, err})
	}
	s.reportEntered(c, who, change)
	if question.Kind == askCheck {
		done, err := s.keepChecked(c, question, who, claims)
		if err != nil {
			return s.companyProblem(c, question.Kind, form, err)
		}
		if done {
			return c.Redirect(http.StatusSeeOther, localPath(form.Get("next")))
		}
	}
	if _, err := s.beginSession(c, who, account.ByProvider); err != nil {
		return s.companyProblem(c, question.Kind, form, err)
	}
	begun, err := s.sessionOf(c)
	if err == nil {
		err = s.Company.Rows.CheckSession(ctx, begun.Session.Token, who.ID, claims.Session, s.Now())
	}
	if err != nil {
		return &typedError{carriedNote(form), err}
	}
	return s.leadIn(c, who, form)
}

func rolesNamed(names []string) []account.Role {
	roles := make([]account.Role, len(names))
	for i, name := range names {
		roles[i] = account.Role(name)
	}
	return roles
}

// shutOut ends what somebody began when they still had a role.
func (s *Server) shutOut(ctx context.Context, id account.Identity) error {
	who, err := s.Accounts.FindByIdentity(ctx, id)
	if errors.Is(err, account.ErrNoAccount) || errors.Is(err, account.ErrDisabled) {
		return nil
	}
	if err != nil {
		return err
	}
	return s.Company.Rows.EndSessionsOf(ctx, who.ID)
}

// keepChecked keeps a session of which the provider confirmed the person, and reports false for
// one that has ended meanwhile, as with another role it may.
func (s *Server) keepChecked(c echo.Context, question providerQuestion, who account.Person, claims openid.Claims) (bool, error) {
	current, err := s.sessionOf(c)
	switch {
	case err != nil:
		return false, err
	case current.ID == 0:
		return false, nil
	case current.ID != who.ID || sessionName(&current) != question.Session:
		return false, errOtherPerson
	}
	err = s.Company.Rows.CheckSession(c.Request().Context(), current.Session.Token, who.ID, claims.Session, s.Now())
	if errors.Is(err, account.ErrNoSession) {
		return false, nil
	}
	return err == nil, err
}

// finishProof goes on with a form whose sender proved to the provider to be there: one button
// sends it. Whatever went wrong, what was typed is given back.
func (s *Server) finishProof(c echo.Context, question providerQuestion, form url.Values, claims openid.Claims, answered error) error {
	who, err := s.sessionOf(c)
	if err == nil && (who.ID == 0 || sessionName(&who) != question.Session) {
		err = account.ErrNoSession // ended while they were at the provider's
	}
	if err != nil {
		if companyStatus(err) != 0 {
			s.reportCompany(c, securityevent.StepUp, err)
		}
		return &typedError{typedText(textIn(form)), err}
	}
	c.Set(signedInContextKey, who)
	ctx := c.Request().Context()
	if answered == nil {
		answered = s.isProof(ctx, question, who, claims)
	}
	page := views.StepUpPage{Action: localPath(question.Action)}
	if answered != nil {
		s.reportCompany(c, securityevent.StepUp, answered)
		page.Problem = companyWords(answered)
		return s.askForProof(c, http.StatusUnauthorized, form, page)
	}
	s.report(c, securityevent.StepUp, securityevent.Success, securityevent.ByProvider)
	if err := s.proveSession(c); err != nil {
		return &typedError{typedText(textIn(form)), err}
	}
	page.Frame = s.frame(c, "Confirmed")
	page.Path = views.HomePath
	page.Fields = fieldList(form)
	return renderPage(c, http.StatusOK, views.Proved(page))
}

// isProof returns nil when the provider says that it is the person, and that they proved it after
// they were asked.
func (s *Server) isProof(ctx context.Context, question providerQuestion, who account.SignedIn, claims openid.Claims) error {
	found, err := s.Accounts.FindByIdentity(ctx, account.Identity{Issuer: s.Company.Provider.Issuer(), Subject: claims.Subject})
	switch {
	case errors.Is(err, account.ErrNoAccount) || err == nil && found.ID != who.ID:
		return errOtherPerson
	case err != nil:
		return err
	case !claims.ProvedSince(question.Asked, s.Now()):
		return errNotProved
	}
	return nil
}

// identityError is why somebody whom the provider named was not let in.
type identityError struct {
	id   account.Identity
	name string
	err  error
}

func (e *identityError) Error() string { return e.err.Error() }
func (e *identityError) Unwrap() error { return e.err }

// companyProblem shows the sign-in page with what went wrong at the company's, and everything that
// was typed. Whoever was to be checked is signed out: nobody says that they may still come in.
func (s *Server) companyProblem(c echo.Context, kind string, form url.Values, err error) error {
	status := companyStatus(err)
	if status == 0 {
		return &typedError{carriedNote(form), err}
	}
	s.reportCompany(c, securityevent.SignIn, err)
	if kind == askCheck {
		if err := s.endSession(c); err != nil {
			return err
		}
	}
	s.Log.LogAttrs(c.Request().Context(), companyLogLevel(err), "company sign-in failed", logCompany(c, kind, err)...)
	page := s.signInPage(c)
	page.Next, page.Typed = localPath(form.Get("next")), carriedNote(form).forSignIn()
	page.Path = views.LoginReturnPath(page.Next)
	if page.Company == nil {
		page.Company = &views.CompanySignIn{}
	}
	page.Company.Problem, page.Company.Code = companyWords(err), companyCode(err)
	if identity := (*identityError)(nil); errors.As(err, &identity) && errors.Is(err, account.ErrNameTaken) {
		page.Company.Issuer, page.Company.Subject, page.Company.Name = identity.id.Issuer, identity.id.Subject, identity.name
	}
	if page.Who.ID != 0 { // signed in otherwise, before
		page.Who = account.Person{}
	}
	return renderPage(c, status, views.SignIn(page))
}

// signInPage is the sign-in page with the ways in that there are.
func (s *Server) signInPage(c echo.Context) views.SignInPage {
	page := views.SignInPage{Frame: s.frame(c, "Sign in"), Ready: s.DemoSignIn}
	if s.Company != nil {
		page.Company = &views.CompanySignIn{Only: s.Accounts.NoPasswords}
	}
	return page
}

// mustCheck reports whether a page is asked for by somebody of whom the provider is to say first
// that they may still come in. While it is not there nobody is sent to it: the session ends when
// its time is over.
func (s *Server) mustCheck(c echo.Context, who *account.SignedIn) bool {
	return s.Company != nil && isPageVisit(c.Request()) && who.Session.NeedsCheck(s.Now()) && s.Company.Provider.Reachable(c.Request().Context()) == nil
}

// isPageVisit reports whether somebody goes to a page, in whose place another may be shown.
func isPageVisit(r *http.Request) bool {
	if r.Method != http.MethodGet || asksByItself(r) {
		return false
	}
	if dest := r.Header.Get("Sec-Fetch-Dest"); dest != "" {
		return dest == "document"
	}
	accept := r.Header.Get(echo.HeaderAccept)
	return accept == "" || strings.Contains(accept, echo.MIMETextHTML)
}

// endByCompany ends sessions on the word of the provider. It comes from a server: no cookie
// and no page of ours has a part in it, and the token proves by whom it is.
func (s *Server) endByCompany(c echo.Context) error {
	if s.Company == nil {
		return echo.ErrNotFound
	}
	form, err := readForm(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	logout, err := s.Company.Provider.ReadLogout(ctx, form.Get("logout_token"))
	id := account.Identity{Issuer: s.Company.Provider.Issuer(), Subject: logout.Subject}
	if err == nil {
		err = s.Company.Rows.EndProviderSessions(ctx, id, logout.Session, logout.Hash, logout.Until, s.Now())
	}
	s.reportCompanyEnded(c, id, err)
	switch {
	case err == nil:
		return c.NoContent(http.StatusOK)
	case errors.Is(err, openid.ErrUnavailable):
		return c.JSON(http.StatusServiceUnavailable, logoutProblem{"temporarily_unavailable"})
	case errors.Is(err, openid.ErrToken), errors.Is(err, account.ErrNoChallenge):
		if err := s.Accounts.CountWrongSecret(ctx, account.Source{Address: c.RealIP()}); err != nil {
			return err
		}
		return c.JSON(http.StatusBadRequest, logoutProblem{"invalid_request"})
	}
	return err
}

// logoutProblem is what the provider is told. Source:
// https://openid.net/specs/openid-connect-backchannel-1_0.html#BCResponse
type logoutProblem struct {
	Error string `json:"error"`
}
