package handlers

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"countersign/internal/account"
	"countersign/internal/idv"
	"countersign/views"
)

// accountChanges is how many changes of accounts the page of accounts lists.
const accountChanges = 20

var (
	errNoAccount  = errors.New("there is no such account")
	errOwnAccount = errors.New("nobody takes their own rights away")
	errNoConfirm  = errors.New("it was not confirmed")
)

func (s *Server) showAccounts(c echo.Context) error {
	return s.renderAccounts(c, http.StatusOK, views.AccountsPage{})
}

// renderAccounts shows everybody who has an account, with what the page says besides.
func (s *Server) renderAccounts(c echo.Context, status int, page views.AccountsPage) error {
	page.Frame = s.frame(c, "Accounts")
	page.Path = views.AccountsPath
	ctx := c.Request().Context()
	var err error
	if page.People, err = s.Door.People(ctx); err != nil {
		return err
	}
	if page.Log, err = s.Door.Log(ctx, accountChanges); err != nil {
		return err
	}
	return renderPage(c, status, views.Accounts(page))
}

// addAccount makes an account and shows its link, this once.
func (s *Server) addAccount(c echo.Context) error {
	form, err := readForm(c)
	if err != nil {
		return err
	}
	name, role := form.Get("username"), account.Role(form.Get("role"))
	token, err := s.Door.Invite(c.Request().Context(), name, role, currentUser(c))
	var refused *account.Refused
	page := views.AccountsPage{Name: name, Role: role}
	switch {
	case errors.As(err, &refused):
		page.Problem = refused.Why
		return s.renderAccounts(c, http.StatusUnprocessableEntity, page)
	case errors.Is(err, account.ErrNameTaken):
		page.Problem = "There already is an account with this name, perhaps a disabled one. Names are never reused."
		return s.renderAccounts(c, http.StatusConflict, page)
	case err != nil:
		return err
	}
	return s.showLink(c, name, token)
}

func (s *Server) makeLink(c echo.Context) error {
	person, err := s.otherAccount(c)
	if err != nil {
		return err
	}
	token, err := s.Door.MakeLink(c.Request().Context(), person.Name, currentUser(c))
	if errors.Is(err, account.ErrUnknown) {
		return errNoAccount // disabled meanwhile
	}
	if err != nil {
		return err
	}
	return s.showLink(c, person.Name, token)
}

// showLink shows a link to choose a password. It is not kept, so it is shown once.
func (s *Server) showLink(c echo.Context, name, token string) error {
	page := views.AccountsPage{Whose: name, Link: s.publicAddress(c) + views.LinkPath(views.PasswordPath, token)}
	return s.renderAccounts(c, http.StatusOK, page)
}

// publicAddress is how the browser of a request reaches the server.
func (s *Server) publicAddress(c echo.Context) string {
	if s.Public != nil {
		return s.Public.String()
	}
	return "http://" + c.Request().Host // whoever has https in front says so
}

func (s *Server) disableAccount(c echo.Context) error {
	person, err := s.otherAccount(c)
	if err != nil {
		return err
	}
	form, err := readForm(c)
	if err != nil {
		return err
	}
	if form.Get("confirm") != "yes" {
		return errNoConfirm
	}
	if err := s.Door.Disable(c.Request().Context(), person.Name, currentUser(c)); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, views.AccountsPath)
}

func (s *Server) changeRole(c echo.Context) error {
	person, err := s.otherAccount(c)
	if err != nil {
		return err
	}
	form, err := readForm(c)
	if err != nil {
		return err
	}
	err = s.Door.SetRole(c.Request().Context(), person.Name, account.Role(form.Get("role")), currentUser(c))
	var refused *account.Refused
	if errors.As(err, &refused) {
		return s.renderAccounts(c, http.StatusUnprocessableEntity, views.AccountsPage{Problem: refused.Why})
	}
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, views.AccountsPath)
}

// otherAccount returns the person whose account the address names, who is not the one that
// asks: an admin who locks themself out can lock out everybody.
func (s *Server) otherAccount(c echo.Context) (account.Person, error) {
	id, err := strconv.ParseInt(c.Param("account"), 10, 64)
	if err != nil || strconv.FormatInt(id, 10) != c.Param("account") {
		return account.Person{}, errNoAccount // an address has one spelling
	}
	if id == currentUser(c).ID {
		return account.Person{}, errOwnAccount
	}
	people, err := s.Door.People(c.Request().Context())
	if err != nil {
		return account.Person{}, err
	}
	for _, p := range people {
		if p.ID == id {
			return p.Person, nil
		}
	}
	return account.Person{}, errNoAccount
}

// showPassword asks whoever has a link for the token in it, which the address of the request
// does not hold; links of earlier versions do, and lead on to the choice of a password.
func (s *Server) showPassword(c echo.Context) error {
	token := linkToken(c.QueryParam("token"))
	if token == "" {
		return s.renderPassword(c, http.StatusOK, account.Person{}, "", "")
	}
	person, err := s.Door.Link(c.Request().Context(), token)
	if err != nil {
		return err
	}
	return s.renderPassword(c, http.StatusOK, person, token, "")
}

func (s *Server) renderPassword(c echo.Context, status int, person account.Person, token, problem string) error {
	page := views.PasswordPage{Frame: s.frame(c, "Choose a password"), Name: person.Name, Token: token, Problem: problem}
	page.Path = views.LoginPath // the token is not for the page's forms
	return renderPage(c, status, views.Password(page))
}

func (s *Server) choosePassword(c echo.Context) error {
	form, err := readForm(c)
	if err != nil {
		return err
	}
	ctx, token := c.Request().Context(), linkToken(form.Get("token"))
	person, err := s.Door.Link(ctx, token)
	if err != nil {
		return err
	}
	if !form.Has("password") {
		return s.renderPassword(c, http.StatusOK, person, token, "")
	}
	_, err = s.Door.UseLink(ctx, token, form.Get("password"))
	var refused *account.Refused
	if errors.As(err, &refused) {
		return s.renderPassword(c, http.StatusUnprocessableEntity, person, token, refused.Why)
	}
	if err != nil {
		return err
	}
	if err := s.beginSession(c, person); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, views.HomePath)
}

func (s *Server) showOwnAccount(c echo.Context) error {
	return s.renderOwnAccount(c, http.StatusOK, "")
}

func (s *Server) renderOwnAccount(c echo.Context, status int, problem string) error {
	return s.renderOwnAccountWaiting(c, status, problem, views.RetryAfter{})
}

func (s *Server) renderOwnAccountWaiting(c echo.Context, status int, problem string, wait views.RetryAfter) error {
	page := views.OwnAccountPage{Frame: s.frame(c, "My account"), Problem: problem, Wait: wait, Changed: c.QueryParam("changed") != ""}
	page.Path = views.OwnAccountPath
	list, err := s.Sessions.Sessions(c.Request().Context(), currentUser(c).ID)
	if err != nil {
		return err
	}
	current, err := s.ownToken(c)
	if err != nil {
		return err
	}
	now := s.Now()
	for _, session := range list {
		if sessionExpired(now, session.Created, session.Seen) {
			continue // ended, and not swept yet
		}
		page.Sessions = append(page.Sessions, views.OwnSession{
			Session: session, ID: hex.EncodeToString(session.Token[:]), Current: session.Token == current,
		})
	}
	return renderPage(c, status, views.OwnAccount(page))
}

// ownToken is what is kept of the token with which the request came.
func (s *Server) ownToken(c echo.Context) ([sha256.Size]byte, error) {
	session, err := s.currentSession(c)
	if err != nil {
		return [sha256.Size]byte{}, err
	}
	return sha256.Sum256([]byte(session.ID)), nil
}

// acknowledgeChanges puts on record that somebody has seen what others did to their account.
func (s *Server) acknowledgeChanges(c echo.Context) error {
	form, err := readForm(c)
	if err != nil {
		return err
	}
	seq, err := strconv.ParseInt(form.Get("seen"), 10, 64)
	if err != nil {
		return &formError{errors.New("it names no entry")}
	}
	if err := s.Door.Acknowledge(c.Request().Context(), currentUser(c), seq); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, localPath(form.Get("next")))
}

// changeOwnPassword gives whoever knows the current password another, and ends their
// other sessions.
func (s *Server) changeOwnPassword(c echo.Context) error {
	form, err := readForm(c)
	if err != nil {
		return err
	}
	err = s.Door.ChangeOwnPassword(c.Request().Context(), currentUser(c), form.Get("current"), form.Get("password"), s.signInSource(c, currentUser(c).Name))
	var refused *account.Refused
	var wait *account.Wait
	switch {
	case errors.As(err, &refused):
		return s.renderOwnAccount(c, http.StatusUnprocessableEntity, refused.Why)
	case errors.Is(err, account.ErrWrong):
		return s.renderOwnAccount(c, http.StatusUnprocessableEntity, "The current password is wrong.")
	case errors.As(err, &wait):
		return s.renderOwnAccountWaiting(c, http.StatusTooManyRequests, "Too many attempts failed. Please wait.", s.retryAfter(c, wait.Until))
	case err != nil:
		return err
	}
	if err := s.beginSession(c, currentUser(c)); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, views.OwnAccountPath+"?changed=password")
}

// endOwnSession ends one of the sessions of whoever asks, which may be this one.
func (s *Server) endOwnSession(c echo.Context) error {
	form, err := readForm(c)
	if err != nil {
		return err
	}
	token, err := hex.DecodeString(form.Get("session"))
	if err != nil || len(token) != sha256.Size {
		return &formError{errors.New("it names no session")}
	}
	if current, err := s.ownToken(c); err != nil {
		return err
	} else if current == [sha256.Size]byte(token) {
		return s.signOut(c)
	}
	if err := s.Sessions.EndSessionOf(c.Request().Context(), currentUser(c).ID, [sha256.Size]byte(token)); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, views.OwnAccountPath)
}

func (s *Server) endOtherSessions(c echo.Context) error {
	current, err := s.ownToken(c)
	if err != nil {
		return err
	}
	if err := s.Sessions.EndSessionsBut(c.Request().Context(), currentUser(c).ID, current); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, views.OwnAccountPath)
}

// setPreference keeps how the reader wants pages to be, a preference as "name=value", and shows the
// page again that asked. A note that came along is kept as a draft.
func (s *Server) setPreference(c echo.Context) error {
	form, err := readForm(c)
	if err != nil {
		return err
	}
	if err := s.keepTyped(c); err != nil {
		return err
	}
	name, value, _ := strings.Cut(form.Get("prefer"), "=")
	err = s.Door.Prefer(c.Request().Context(), currentUser(c), name, value)
	if errors.Is(err, account.ErrNoPreference) {
		return &formError{err}
	}
	if err != nil {
		return err
	}
	next := form.Get("next")
	if id, err := idv.ParseRecipientID(form.Get("recipient")); err == nil && next == "" {
		next = views.RecipientPath(id)
	}
	return c.Redirect(http.StatusSeeOther, localPath(next))
}
