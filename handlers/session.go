package handlers

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/gorilla/sessions"
	"github.com/labstack/echo/v4"

	"countersign/internal/account"
	"countersign/internal/review"
	"countersign/internal/securityevent"
	"countersign/views"
)

// SessionRows is where it is kept who is signed in: *store.Store. A session is known
// by the SHA-256 of its token, so that whoever reads the rows cannot use them.
type SessionRows interface {
	// Session returns whose session it is; account.ErrNoSession when there is none, or
	// the account was disabled.
	Session(ctx context.Context, token [sha256.Size]byte) (account.SignedIn, error)
	// BeginSession keeps a new session of an account; account.ErrNoSession when that may not
	// sign in any more.
	BeginSession(ctx context.Context, owner int64, session account.Session) error
	// TouchSession keeps when a session was last seen; account.ErrNoSession when it, or the
	// right to it, has ended meanwhile.
	TouchSession(ctx context.Context, token [sha256.Size]byte, owner int64, seen time.Time) error
	// ProveSession keeps when its person last proved to be there, and knows the session by
	// another token from then on. It returns the errors of TouchSession.
	ProveSession(ctx context.Context, token, next [sha256.Size]byte, owner int64, at time.Time) error
	// EndSession forgets a session, if there is such a one.
	EndSession(ctx context.Context, token [sha256.Size]byte) error
	// Sessions lists the sessions of an account, the one seen last first.
	Sessions(ctx context.Context, owner int64) ([]account.Session, error)
	// EndSessionOf forgets a session of the account, if it has such a one.
	EndSessionOf(ctx context.Context, owner int64, token [sha256.Size]byte) error
	// EndSessionsBut forgets all sessions of the account but one.
	EndSessionsBut(ctx context.Context, owner int64, token [sha256.Size]byte) error
}

// sessionKey names a session's values, which live for one request.
type sessionKey string

const signedInKey sessionKey = "signed in"

// sessionStore keeps sessions for gorilla/sessions in the rows. The cookie holds a
// random token and nothing else; a session's ID is that token.
type sessionStore struct {
	rows   SessionRows
	now    func() time.Time
	limits account.SessionLimits
	secure bool // whether browsers come by https
}

// Get returns the session of the request, read once.
func (st *sessionStore) Get(r *http.Request, name string) (*sessions.Session, error) {
	return sessions.GetRegistry(r).Get(st, name)
}

// New returns the session that the request's cookie names, or a new one.
func (st *sessionStore) New(r *http.Request, name string) (*sessions.Session, error) {
	session := sessions.NewSession(st, name)
	session.IsNew = true
	session.Options = st.options()
	cookie, err := r.Cookie(name)
	if err != nil {
		return session, nil
	}
	return session, st.load(r.Context(), session, cookie.Value, asksByItself(r))
}

// options are the attributes of the cookie. It has no age: it ends with the browser,
// or earlier when its row does.
func (st *sessionStore) options() *sessions.Options {
	return &sessions.Options{Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: st.secure}
}

// asksByItself reports whether a page asks, and not the person in front of it: that is no use
// of the session, which ends as if the page had asked for nothing.
func asksByItself(r *http.Request) bool {
	return r.URL.Path == views.AwaitingPath || r.URL.Path == views.SessionPath && isReadRequest(r)
}

func (st *sessionStore) load(ctx context.Context, session *sessions.Session, token string, unused bool) error {
	who, err := st.rows.Session(ctx, sha256.Sum256([]byte(token)))
	now := st.now()
	if err == nil && st.limits.Ended(&who, now) {
		err = account.ErrNoSession
	}
	if err == nil && !unused && now.Sub(who.Session.Seen) >= st.limits.TouchInterval() {
		err = st.touch(ctx, &who, now)
	}
	if errors.Is(err, account.ErrNoSession) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read session: %w", err)
	}
	session.ID, session.IsNew = token, false
	session.Values[signedInKey] = who
	return nil
}

// touch writes down that a session is used. Where that cannot be done, the session ends
// sooner, and the request goes on: it may carry what somebody typed for an hour.
func (st *sessionStore) touch(ctx context.Context, who *account.SignedIn, now time.Time) error {
	err := st.rows.TouchSession(ctx, who.Session.Token, who.ID, now)
	if err == nil {
		who.Session.Seen = now
	}
	if errors.Is(err, review.ErrNotRecorded) || errors.Is(err, review.ErrOutcomeUnknown) {
		return nil
	}
	return err
}

// Save keeps a new session under a new token and sends its cookie, or ends one whose
// MaxAge is negative.
func (st *sessionStore) Save(r *http.Request, w http.ResponseWriter, session *sessions.Session) error {
	if session.Options.MaxAge < 0 {
		http.SetCookie(w, sessions.NewCookie(session.Name(), "", session.Options))
		return st.rows.EndSession(r.Context(), sha256.Sum256([]byte(session.ID)))
	}
	who, _ := session.Values[signedInKey].(account.SignedIn)
	session.ID = rand.Text()
	who.Session.Token, who.Session.Created = sha256.Sum256([]byte(session.ID)), st.now()
	if err := st.rows.BeginSession(r.Context(), who.ID, who.Session); err != nil {
		return fmt.Errorf("save session: %w", err)
	}
	http.SetCookie(w, sessions.NewCookie(session.Name(), session.ID, session.Options))
	return nil
}

// currentSession returns the session of the request.
func (s *Server) currentSession(c echo.Context) (*sessions.Session, error) {
	store := &sessionStore{rows: s.Sessions, now: s.Now, limits: s.SessionLimits.OrStandard(), secure: s.usesHTTPS()}
	return store.Get(c.Request(), s.cookieName(sessionCookie))
}

// sessionOf returns whose session the request came with, even of someone who has not done all
// that a sign-in takes; the zero SignedIn where it came with none.
func (s *Server) sessionOf(c echo.Context) (account.SignedIn, error) {
	session, err := s.currentSession(c)
	if err != nil {
		return account.SignedIn{}, err
	}
	who, _ := session.Values[signedInKey].(account.SignedIn)
	return who, nil
}

// signedInPerson returns who is signed in, with all that a sign-in takes; the zero Person when
// nobody is.
func (s *Server) signedInPerson(c echo.Context) (account.Person, error) {
	who, err := s.sessionOf(c)
	if err != nil || s.SecondFactor.NextStep(&who) != account.NoStep {
		return account.Person{}, err
	}
	return who.Person, nil
}

// beginSession signs who in under a new token, ends the session that was there, and returns what
// is left for them to do. Once that is nothing, the browser is known for them.
func (s *Server) beginSession(c echo.Context, who account.Person, proof account.Proof) (account.Step, error) {
	session, err := s.currentSession(c)
	if err != nil {
		return "", err
	}
	ctx := c.Request().Context()
	before, _ := session.Values[signedInKey].(account.SignedIn)
	if session.ID != "" {
		if err := s.Sessions.EndSession(ctx, sha256.Sum256([]byte(session.ID))); err != nil {
			return "", fmt.Errorf("end the session before: %w", err)
		}
	}
	begins := account.Session{Proof: proof, Address: c.RealIP(), Browser: browserName(c.Request().UserAgent())}
	if before := signedIn(c); proof == account.ByProvider && before.ID == who.ID { // which the provider did not say again
		begins.Checked, begins.ProviderSession = before.Session.Checked, before.Session.ProviderSession
	}
	session.Values[signedInKey] = account.SignedIn{Person: who, Session: begins}
	if err := session.Save(c.Request(), c.Response()); err != nil {
		return "", err
	}
	begun, err := s.Sessions.Session(ctx, sha256.Sum256([]byte(session.ID)))
	if err != nil {
		return "", fmt.Errorf("read the session that was begun: %w", err)
	}
	if s.Company != nil && s.Accounts.NoPasswords && begun.Factors.Provider && proof != account.ByProvider {
		// The provider would not be asked whether they may still come in.
		return "", errors.Join(account.ErrNoSession, s.Sessions.EndSession(ctx, begun.Session.Token))
	}
	session.Values[signedInKey] = begun
	step := s.SecondFactor.NextStep(&begun)
	if err := s.reportBegun(c, &before, &begun); err != nil {
		return "", errors.Join(err, s.Sessions.EndSession(context.WithoutCancel(ctx), begun.Session.Token))
	}
	if step != account.StepSecondFactor {
		s.rememberBrowser(c, who)
	}
	return step, nil
}

// proveSession keeps that whoever guard let through proved to be there just now. The session
// goes on under a new token, and no longer than it would have: who had the token of before does
// not have what the proof opens.
func (s *Server) proveSession(c echo.Context) error {
	session, err := s.currentSession(c)
	if err != nil {
		return err
	}
	who, token := signedIn(c), rand.Text()
	next := sha256.Sum256([]byte(token))
	if err := s.Sessions.ProveSession(c.Request().Context(), who.Session.Token, next, who.ID, s.Now()); err != nil {
		return err
	}
	session.ID, who.Session.Token = token, next
	session.Values[signedInKey] = who
	c.Set(signedInContextKey, who)
	http.SetCookie(c.Response(), sessions.NewCookie(session.Name(), token, session.Options))
	return nil
}

// endSession signs out whoever is signed in.
func (s *Server) endSession(c echo.Context) error {
	session, err := s.currentSession(c)
	if err != nil {
		return err
	}
	who, _ := session.Values[signedInKey].(account.SignedIn)
	session.Options.MaxAge = -1
	if err := session.Save(c.Request(), c.Response()); err != nil {
		return err
	}
	s.reportEvent(c, eventOf(who, securityevent.SignOut, securityevent.Success, ""))
	return nil
}
