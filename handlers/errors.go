package handlers

import (
	"context"
	"errors"
	"net/http"
	"os"
	"strings"

	"github.com/labstack/echo/v4"

	"countersign/internal/account"
	"countersign/internal/idv"
	"countersign/internal/review"
	"countersign/views"
)

var (
	errForeignHost = errors.New("the request was for another host")
	errNotAllowed  = errors.New("the role does not allow this")
	errLinkUsed    = errors.New("the set-up link is not valid")
	errBadDigest   = errors.New("the form names no result")

	errNotDone = errors.New("the database could not be used, and nothing was done")

	errNoPasskeysHere = errors.New("there is no passkey that works here")
)

// The rows of the table of problems that stand for errors with a type of their own.
var (
	errNoRecipient    = errors.New("no recipient ID in the address")
	errBodyTooLarge   = errors.New("the body is too large")
	errBodyTooSlow    = errors.New("the body did not arrive in time")
	errBodyIncomplete = errors.New("the body did not arrive whole")
	errBadForm        = errors.New("the form cannot be read")
	errForeignOrigin  = errors.New("the request came from another site")
	errNoPage         = errors.New("there is no such page")
	errMethod         = errors.New("the page does not support the method")
	errBadRequest     = errors.New("the request was not understood")
	errInternal       = errors.New("an error that people are told nothing else of")
)

// noRecipient says that an address holds no recipient ID, and what it holds instead.
type noRecipient struct{ typed string }

func (e *noRecipient) Error() string        { return errNoRecipient.Error() }
func (e *noRecipient) Is(target error) bool { return target == errNoRecipient }

// bodyError is a body that did not arrive whole, or is too large.
type bodyError struct{ err error }

func (e *bodyError) Error() string { return "read body: " + e.err.Error() }
func (e *bodyError) Unwrap() error { return e.err }

// Is reports whether target says in which way the body did not arrive.
func (e *bodyError) Is(target error) bool {
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(e.err, &tooLarge):
		return target == errBodyTooLarge
	case errors.Is(e.err, os.ErrDeadlineExceeded):
		return target == errBodyTooSlow
	}
	return target == errBodyIncomplete
}

// formError is a form that could not be read.
type formError struct{ err error }

func (e *formError) Error() string        { return "read form: " + e.err.Error() }
func (e *formError) Unwrap() error        { return e.err }
func (e *formError) Is(target error) bool { return target == errBadForm }

// handleError is the one place where a failed request becomes a page and a log line. The
// page is made even where the request was given up meanwhile, as Go takes it when a body
// is not read to its end: otherwise nothing would be sent, with the status 200.
func (s *Server) handleError(err error, c echo.Context) {
	left := wasUndelivered(c, err)
	if c.Response().Committed {
		s.Log.Log(c.Request().Context(), failureLogLevel(left), "answer cut short", append(requestIDs(c), "route", c.Path(), "error", err)...)
		panic(http.ErrAbortHandler) // so that nobody takes what was sent for the whole
	}
	c.SetRequest(c.Request().WithContext(context.WithoutCancel(c.Request().Context())))
	s.reportRefusal(c, err)
	page, status := s.errorPage(c, err)
	if status >= http.StatusInternalServerError {
		s.Log.Log(c.Request().Context(), failureLogLevel(left), "request failed",
			append(requestIDs(c), "status", status, "code", page.Code, "method", c.Request().Method, "route", c.Path(), "error", err)...)
	}
	if body := (*bodyError)(nil); errors.As(err, &body) {
		c.Response().Header().Set(echo.HeaderConnection, "close") // what follows may be the rest of the body
	}
	if c.Request().Header.Get(echo.HeaderAccept) == echo.MIMEApplicationJSON {
		err = c.JSON(status, jsonProblem{page.Code, page.Heading, strings.Join(strings.Fields(page.Text+" "+page.Advice+" "+page.Wait.Words()+" "+page.Answer), " ")})
	} else {
		err = renderPage(c, status, views.Error(page))
	}
	if err == nil {
		return
	}
	s.Log.Log(c.Request().Context(), failureLogLevel(left || wasUndelivered(c, err)), "error page not sent", append(requestIDs(c), "error", err)...)
	if !c.Response().Committed {
		_ = c.String(status, page.Heading+"\n"+page.Text+"\n") // where nobody reads it, nothing is left to do
	}
}

// maxClientID is how much of a client's own ID for a request is logged, in bytes.
const maxClientID = 128

// requestIDs are for the log: our ID of a request and the one that it came with.
func requestIDs(c echo.Context) []any {
	ids := []any{"request", c.Response().Header().Get(echo.HeaderXRequestID)}
	if theirs := c.Request().Header.Get(echo.HeaderXRequestID); theirs != "" {
		ids = append(ids, "client_request", theirs[:min(len(theirs), maxClientID)])
	}
	return ids
}

// jsonProblem is what a script is told about a failed request.
type jsonProblem struct {
	Code   string `json:"code"` // as data-error of the page
	Title  string `json:"title"`
	Advice string `json:"advice"`
}

// errorPage says a failure in the words and the status of the web.
func (s *Server) errorPage(c echo.Context, err error) (views.ErrorPage, int) {
	page, status := explainError(err, isReadRequest(c.Request()))
	frame := s.frame(c, page.Heading)
	if c.Request().Method != http.MethodGet || c.QueryParam("token") != "" || strings.HasPrefix(c.Request().URL.Path, hookPath) {
		frame.Path = views.HomePath // neither a token nor the webhook's secret is for the page's forms
	}
	page.Frame = frame
	page.Request = c.Response().Header().Get(echo.HeaderXRequestID)
	page.Answer = review.AnswerOf(err).String()
	page.Ask = page.Ask && page.May(account.ReadResults)
	page.OwnSearch = page.Ask
	var typed *typedError
	if errors.As(err, &typed) {
		page.Typed = typed.form.forRetry()
	}
	var noID *noRecipient
	if errors.As(err, &noID) {
		page.Search = noID.typed
	}
	if id, idErr := recipientParam(c); idErr == nil {
		page.Tried = id.String()
		if errors.Is(err, review.ErrErased) {
			page.Remains = views.RecipientPath(id)
		}
	}
	s.offerRetry(c, err, &page)
	offerEnvelope(c, err, &page)
	return page, status
}

// offerRetry says on an error page when to come again, and where that would help.
func (s *Server) offerRetry(c echo.Context, err error, page *views.ErrorPage) {
	var limit *idv.RateLimit
	if errors.As(err, &limit) && !limit.Until.IsZero() {
		page.Wait = s.retryAfter(c, limit.Until)
	}
	var fast *review.TooFast
	if errors.As(err, &fast) {
		page.Wait = s.retryAfter(c, fast.Until)
		if isReadRequest(c.Request()) {
			page.Again = c.Request().URL.RequestURI()
		}
	}
	if errors.Is(err, review.ErrNoDatabase) && isReadRequest(c.Request()) {
		page.Again = page.Path
	}
	if kind, upstream := review.KindOf(err); upstream && kind != review.Expired { // asking again gives nothing else
		if id, err := recipientParam(c); err == nil {
			page.Again = views.RecipientPath(id)
		}
		if medium := (*mediumError)(nil); errors.As(err, &medium) {
			page.Again = c.Request().URL.RequestURI()
		}
	}
}
