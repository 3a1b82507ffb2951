package handlers

import (
	"context"
	"errors"
	"log/slog"
	"strconv"
	"time"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"countersign/internal/account"
	"countersign/views"
)

// renderPage sends a page, whole or not at all, and nothing in it that cannot be seen.
func renderPage(c echo.Context, status int, page templ.Component) error {
	b := templ.GetBuffer()
	defer templ.ReleaseBuffer(b)
	if err := page.Render(pageContext(c), b); err != nil {
		return err
	}
	return c.HTMLBlob(status, views.Reveal(b.Bytes()))
}

// pageContext is the context in which pages are rendered for the reader: links between the
// pages of a case keep from which view of the queue it was opened.
func pageContext(c echo.Context) context.Context {
	return views.WithCaseView(views.WithCodes(c.Request().Context(), currentUser(c).Preferences.Codes), caseViewQuery(c))
}

// frame is the frame of a page for whoever is signed in.
func (s *Server) frame(c echo.Context, title string) views.Frame {
	who, err := s.signedInPerson(c)
	if err != nil {
		who = account.Person{} // the page that asked for the frame says what is wrong
	}
	session, _ := s.sessionOf(c) // as above
	limits := s.SessionLimits.OrStandard()
	left, _ := limits.Left(&session.Session, s.Now())
	return views.Frame{
		ClockWarning: s.clockWarning(c),
		Notice:       s.accountNotice(c, who),
		Awaiting:     s.awaitingText(c, who),
		BreakGlass:   s.breakGlass(c, who),
		PasskeySite:  s.passkeysHere(c),

		SessionLeft:    left,
		SessionWarning: limits.Warning(),

		Title:   title,
		Subject: pageSubject(c, title),
		Made:    s.Now(),
		Who:     who,
		Theme:   s.theme(c),
		Path:    c.Request().URL.RequestURI(),
		Demo:    s.Demo,
		Stopped: statusSentence(s.Stopped),
		Warning: statusSentence(s.Warning),
	}
}

// pageSubject is the recipient that a page is about, or else its title.
func pageSubject(c echo.Context, title string) string {
	if id, err := recipientParam(c); err == nil {
		return "Recipient " + id.String()
	}
	return title
}

// clockWarning says that the clock is behind; empty when it is not, or when nobody can say.
func (s *Server) clockWarning(c echo.Context) string {
	ctx := c.Request().Context()
	clock, err := s.Desk.Clock(ctx)
	if err != nil {
		s.Log.Log(ctx, lookupLogLevel(ctx), "the clock was not compared with the ledger", "error", err)
		return ""
	}
	return clock.Warning()
}

// lookupLogLevel is how loud it is that something for a page was not looked up: where nobody
// waits for the page, it is nothing.
func lookupLogLevel(ctx context.Context) slog.Level {
	if errors.Is(ctx.Err(), context.Canceled) {
		return slog.LevelDebug
	}
	return slog.LevelWarn
}

// accountNotice is what somebody has to be told about their account; nothing when nobody can say.
func (s *Server) accountNotice(c echo.Context, who account.Person) account.Notice {
	if who.ID == 0 {
		return account.Notice{}
	}
	ctx := c.Request().Context()
	n, err := s.Accounts.Notice(ctx, who.ID)
	if err != nil {
		s.Log.Log(ctx, lookupLogLevel(ctx), "changes of an account were not looked up", "error", err)
		return account.Notice{}
	}
	return n
}

// breakGlass is what start pages say of the account for emergencies; nothing on others.
func (s *Server) breakGlass(c echo.Context, who account.Person) []account.RecordedChange {
	if path := c.Request().URL.Path; who.ID == 0 || path != views.HomePath && path != views.QueuePath && path != views.AccountsPath {
		return nil
	}
	ctx := c.Request().Context()
	list, err := s.Accounts.BreakGlassUses(ctx)
	if err != nil {
		s.Log.Log(ctx, lookupLogLevel(ctx), "uses of the account for emergencies were not looked up", "error", err)
		return nil
	}
	return list
}

// statusSentence is what a function says; empty where there is none.
func statusSentence(say func() string) string {
	if say == nil {
		return ""
	}
	return say()
}

// retryAfter tells programs when to come again, and returns the same for people.
func (s *Server) retryAfter(c echo.Context, then time.Time) views.RetryAfter {
	wait := views.RetryAfter{Now: s.Now(), Until: then}
	seconds := max(1, int((then.Sub(wait.Now)+time.Second-1)/time.Second))
	c.Response().Header().Set("Retry-After", strconv.Itoa(seconds))
	return wait
}
