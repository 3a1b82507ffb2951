package handlers

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"countersign/internal/account"
	"countersign/internal/securityevent"
	"countersign/views"
)

func (s *Server) showOwnAccount(c echo.Context) error {
	return s.renderOwnAccount(c, http.StatusOK, "")
}

func (s *Server) renderOwnAccount(c echo.Context, status int, problem string) error {
	return s.renderOwnAccountWaiting(c, status, problem, views.RetryAfter{})
}

func (s *Server) renderOwnAccountWaiting(c echo.Context, status int, problem string, wait views.RetryAfter) error {
	page := views.OwnAccountPage{Frame: s.frame(c, "My account"), Problem: problem, Wait: wait, Changed: c.QueryParam("changed") != ""}
	page.Path = views.OwnAccountPath
	page.NoPassword = signedIn(c).NoPassword
	list, err := s.Sessions.Sessions(c.Request().Context(), currentUser(c).ID)
	if err != nil {
		return err
	}
	current, err := s.ownToken(c)
	if err != nil {
		return err
	}
	now, limits, factors := s.Now(), s.SessionLimits.OrStandard(), signedIn(c).Factors
	for _, session := range list {
		if limits.Ended(&account.SignedIn{Session: session, Factors: factors}, now) {
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
	if err := s.Accounts.Acknowledge(c.Request().Context(), currentUser(c), seq); err != nil {
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
	err = s.Accounts.ChangeOwnPassword(c.Request().Context(), currentUser(c), form.Get("current"), form.Get("password"), s.signInSource(c, currentUser(c).Name))
	s.reportAttempt(c, securityevent.PasswordSet, securityevent.ByOwner, err)
	var refused *account.Refused
	var wait *account.Wait
	switch {
	case errors.As(err, &refused):
		return s.renderOwnAccount(c, http.StatusUnprocessableEntity, refused.Why)
	case errors.Is(err, account.ErrWrongPassword):
		return s.renderOwnAccount(c, http.StatusUnprocessableEntity, "The current password is wrong.")
	case errors.As(err, &wait):
		return s.renderOwnAccountWaiting(c, http.StatusTooManyRequests, "Too many attempts failed. Please wait.", s.retryAfter(c, wait.Until))
	case err != nil:
		return err
	}
	if _, err := s.beginSession(c, currentUser(c), signedIn(c).Session.Proof); err != nil { // as strong as it was
		return err
	}
	return c.Redirect(http.StatusSeeOther, views.OwnAccountPath+"?changed=password")
}

// sessionAnswer is what a page is told about the session of its reader.
type sessionAnswer struct {
	Left       int  `json:"left"`       // seconds until it ends, if it is not used
	Extendable bool `json:"extendable"` // whether a use makes that longer
}

func (s *Server) sessionLeft(who account.SignedIn) sessionAnswer {
	left, extendable := s.SessionLimits.OrStandard().Left(&who.Session, s.Now())
	return sessionAnswer{int(left.Seconds()), extendable}
}

// showSession says to a page how long its reader stays signed in, which is no use of the session.
func (s *Server) showSession(c echo.Context) error {
	return c.JSON(http.StatusOK, s.sessionLeft(signedIn(c)))
}

// staySignedIn is a use of the session and nothing else, and is written down each time.
func (s *Server) staySignedIn(c echo.Context) error {
	who := signedIn(c)
	err := s.Sessions.TouchSession(c.Request().Context(), who.Session.Token, who.ID, s.Now())
	if errors.Is(err, account.ErrNoSession) { // ended meanwhile
		return s.leadToSignIn(c)
	}
	if err != nil {
		return err
	}
	who.Session.Seen = s.Now()
	return c.JSON(http.StatusOK, s.sessionLeft(who))
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
	s.reportEnded(c, [sha256.Size]byte(token))
	return c.Redirect(http.StatusSeeOther, views.OwnAccountPath)
}

func (s *Server) endOtherSessions(c echo.Context) error {
	current, err := s.ownToken(c)
	if err != nil {
		return err
	}
	list, err := s.Sessions.Sessions(c.Request().Context(), currentUser(c).ID)
	if err != nil {
		return err
	}
	if err := s.Sessions.EndSessionsBut(c.Request().Context(), currentUser(c).ID, current); err != nil {
		return err
	}
	for _, session := range list {
		if session.Token != current {
			s.reportEnded(c, session.Token)
		}
	}
	return c.Redirect(http.StatusSeeOther, views.OwnAccountPath)
}
