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
	errMayNot      = errors.New("the role does not allow this")
	errLinkUsed    = errors.New("the set-up link is not valid")
	errBadDigest   = errors.New("the form names no result")
)

// noRecipient says that an address holds no recipient ID, and what it holds instead.
type noRecipient struct{ typed string }

func (e *noRecipient) Error() string { return "no recipient ID in the address" }

// bodyError is a body that did not arrive whole, or is too large.
type bodyError struct{ err error }

func (e *bodyError) Error() string { return "read body: " + e.err.Error() }
func (e *bodyError) Unwrap() error { return e.err }

// formError is a form that could not be read.
type formError struct{ err error }

func (e *formError) Error() string { return "read form: " + e.err.Error() }
func (e *formError) Unwrap() error { return e.err }

// keptError is a failure while somebody's text was at hand, which the page must
// give back.
type keptError struct {
	note *views.KeptNote // nil when there was no text after all
	err  error
}

func (e *keptError) Error() string { return e.err.Error() }
func (e *keptError) Unwrap() error { return e.err }

// typedError is a failure while a text was at hand that is for no note.
type typedError struct {
	text string
	err  error
}

func (e *typedError) Error() string { return e.err.Error() }
func (e *typedError) Unwrap() error { return e.err }

// handleError is the one place where a failed request becomes a page and a log line. The
// page is made even where the request was given up meanwhile, as Go takes it when a body
// is not read to its end: otherwise nothing would be sent, with the status 200.
func (s *Server) handleError(err error, c echo.Context) {
	left := notTaken(c, err)
	if c.Response().Committed {
		s.Log.Log(c.Request().Context(), failureLevel(left), "answer cut short", append(requestIDs(c), "route", c.Path(), "error", err)...)
		panic(http.ErrAbortHandler) // so that nobody takes what was sent for the whole
	}
	c.SetRequest(c.Request().WithContext(context.WithoutCancel(c.Request().Context())))
	page, status := s.errorPage(c, err)
	if status >= http.StatusInternalServerError {
		s.Log.Log(c.Request().Context(), failureLevel(left), "request failed",
			append(requestIDs(c), "status", status, "code", page.Code, "method", c.Request().Method, "route", c.Path(), "error", err)...)
	}
	if body := (*bodyError)(nil); errors.As(err, &body) {
		c.Response().Header().Set(echo.HeaderConnection, "close") // what follows may be the rest of the body
	}
	if c.Request().Header.Get(echo.HeaderAccept) == echo.MIMEApplicationJSON {
		err = c.JSON(status, problem{page.Code, page.Heading, strings.Join(strings.Fields(page.Text+" "+page.Advice+" "+page.Wait.Words()+" "+page.Answer), " ")})
	} else {
		err = render(c, status, views.Error(page))
	}
	if err == nil {
		return
	}
	s.Log.Log(c.Request().Context(), failureLevel(left || notTaken(c, err)), "error page not sent", append(requestIDs(c), "error", err)...)
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

// problem is what a script is told about a failed request.
type problem struct {
	Code   string `json:"code"` // as data-error of the page
	Title  string `json:"title"`
	Advice string `json:"advice"`
}

// errorPage says a failure in the words and the status of the web.
func (s *Server) errorPage(c echo.Context, err error) (views.ErrorPage, int) {
	page, status := explain(err)
	if reads(c.Request()) && (errors.Is(err, review.ErrNotRecorded) || errors.Is(err, review.ErrOutcomeUnknown)) {
		page, status = unshown()
	}
	frame := s.frame(c, page.Heading)
	if c.Request().Method != http.MethodGet || c.QueryParam("token") != "" {
		frame.Path = views.HomePath // a token is not for the page's forms
	}
	page.Frame = frame
	page.Request = c.Response().Header().Get(echo.HeaderXRequestID)
	page.Answer = review.AnswerOf(err).String()
	page.Ask = page.Ask && page.May(account.ReadResults)
	page.OwnSearch = page.Ask
	var kept *keptError
	if errors.As(err, &kept) {
		page.Kept = kept.note
	}
	var text *typedError
	if errors.As(err, &text) {
		page.Typed = text.text
	}
	var typed *noRecipient
	if errors.As(err, &typed) {
		page.Search = typed.typed
	}
	if id, idErr := recipient(c); idErr == nil {
		page.Tried = id.String()
		if errors.Is(err, review.ErrErased) {
			page.Remains = views.RecipientPath(id)
		}
	}
	var limit *idv.RateLimit
	if errors.As(err, &limit) && !limit.Until.IsZero() {
		page.Wait = s.retryAfter(c, limit.Until)
	}
	var fast *review.TooFast
	if errors.As(err, &fast) {
		page.Wait = s.retryAfter(c, fast.Until)
		if reads(c.Request()) {
			page.Again = c.Request().URL.RequestURI()
		}
	}
	if kind, upstream := review.KindOf(err); upstream && kind != review.Expired { // asking again gives nothing else
		if id, err := recipient(c); err == nil {
			page.Again = views.RecipientPath(id)
		}
		if medium := (*mediumError)(nil); errors.As(err, &medium) {
			page.Again = c.Request().URL.RequestURI()
		}
	}
	return page, status
}

// explain knows which error is which status, and what people read.
func explain(err error) (views.ErrorPage, int) {
	var medium *mediumError
	if errors.As(err, &medium) {
		return explainMedium(medium.err)
	}
	var report *reportError
	if errors.As(err, &report) {
		return explainReport(report.err)
	}
	if kind, ok := review.KindOf(err); ok {
		word := kind.Word()
		return views.ErrorPage{Code: string(kind), Heading: word.Title, Text: word.Advice, Ask: true}, upstreamStatus(kind)
	}
	var body *bodyError
	var form *formError
	var foreign *foreignOriginError
	var typed *noRecipient
	var refused *review.Refused
	var tooFast *review.TooFast
	var web *echo.HTTPError
	switch {
	case errors.As(err, &typed):
		return views.ErrorPage{Code: "no-recipient-id", Heading: "This address has no recipient ID", Text: "Enter the ID, or paste text that contains it.", Ask: true}, http.StatusNotFound
	case errors.Is(err, review.ErrNotRecording):
		return views.ErrorPage{Code: "not-recording", Heading: "Countersign is not recording", Text: "Nothing was done. What is stored can be read as before; everything else has to wait until the operator has restarted it."}, http.StatusServiceUnavailable
	case errors.Is(err, review.ErrOutcomeUnknown):
		return views.ErrorPage{Code: "outcome-unknown", Heading: "It is not known whether this was recorded", Text: "Something failed while it was being written. Once Countersign has been restarted, open the recipient's page: what is there is recorded. If it is not there, send the same form again; nothing is recorded twice."}, http.StatusInternalServerError
	case errors.Is(err, review.ErrNotRecorded):
		return views.ErrorPage{Code: "not-recorded", Heading: "Nothing was recorded", Text: "It could not be written, so it was not done. Please tell the operator. You can send the same form again later; nothing is recorded twice."}, http.StatusInternalServerError
	case errors.Is(err, review.ErrNoSnapshot):
		return views.ErrorPage{Code: "no-snapshot", Heading: "No such result is stored", Text: "This recipient has no stored result with that digest.", Ask: true}, http.StatusNotFound
	case errors.Is(err, review.ErrNoView):
		return views.ErrorPage{Code: "no-view", Heading: "This page was not sent to you", Text: "Nothing was recorded."}, http.StatusNotFound
	case errors.Is(err, review.ErrNoDecision):
		return views.ErrorPage{Code: "no-decision", Heading: "There is no such decision", Text: "Nobody made a decision with this number about this recipient.", Ask: true}, http.StatusNotFound
	case errors.Is(err, review.ErrErased):
		return views.ErrorPage{Code: "erased", Heading: "This recipient's data was erased", Text: "The texts and results are permanently erased. The ledger still says what was done, and when.", Ask: true}, http.StatusGone
	case errors.Is(err, review.ErrAltered):
		return views.ErrorPage{Code: "altered", Heading: "Data stored about this recipient was altered", Text: "A text cannot be opened with the key that sealed it, so it is not what was written, and nothing is shown. Please tell the operator: countersign audit verify names the entry.", Ask: true}, http.StatusInternalServerError
	case errors.As(err, &foreign):
		return views.ErrorPage{Code: "foreign-origin", Heading: "This request came from another site", Text: "Countersign only takes forms from its own pages. Nothing was done.", Advice: foreign.advice()}, http.StatusForbidden
	case errors.Is(err, errForeignHost):
		return views.ErrorPage{Code: "foreign-host", Heading: "Countersign does not answer for this address", Text: "The operator can allow the name with --allowed-host."}, http.StatusMisdirectedRequest
	case errors.Is(err, review.ErrNoPart):
		return views.ErrorPage{Code: "no-part", Heading: "This result has no such part", Text: "The address may be mistyped."}, http.StatusNotFound
	case errors.Is(err, idv.ErrNotNamed), errors.Is(err, idv.ErrNoMediaID):
		return views.ErrorPage{Code: "not-named", Heading: "This result names no such medium", Text: "Only what the result of this recipient names can be shown."}, http.StatusNotFound
	case errors.Is(err, idv.ErrTemplate):
		return views.ErrorPage{Code: "template", Heading: "This cannot be shown", Text: "It is a file of face measurements for software, which Countersign does not fetch."}, http.StatusForbidden
	case errors.Is(err, errNoAccount):
		return views.ErrorPage{Code: "no-account", Heading: "There is no such account", Text: "Nothing was done."}, http.StatusNotFound
	case errors.Is(err, errOneself):
		return views.ErrorPage{Code: "oneself", Heading: "This is your own account", Text: "Nothing was done. Another administrator has to change it, or the operator on the command line."}, http.StatusForbidden
	case errors.Is(err, errNoConfirm):
		return views.ErrorPage{Code: "not-confirmed", Heading: "Not confirmed", Text: "Nothing was done. Go back and tick the box that confirms it."}, http.StatusUnprocessableEntity
	case errors.Is(err, account.ErrNoLink):
		return views.ErrorPage{Code: "password-link", Heading: "This link is not valid", Text: "It works once, for a day, and until there is a newer one. Ask an administrator for another."}, http.StatusForbidden
	case errors.Is(err, errMayNot):
		return views.ErrorPage{Code: "forbidden-action", Heading: "Your role does not allow this", Text: "Nothing was done."}, http.StatusForbidden
	case errors.Is(err, errLinkUsed):
		return views.ErrorPage{Code: "set-up-link", Heading: "This set-up link is not valid", Text: "It works once, on a database without accounts, until the server is started again. Further accounts are added with: countersign user add"}, http.StatusForbidden
	case errors.As(err, &body):
		return explainBody(body.err)
	case errors.Is(err, echo.ErrUnsupportedMediaType):
		return views.ErrorPage{Code: "bad-form", Heading: "This form could not be read", Text: "It came in an encoding that Countersign does not accept. Nothing was recorded."}, http.StatusUnsupportedMediaType
	case errors.As(err, &form):
		return views.ErrorPage{Code: "bad-form", Heading: "This form could not be read", Text: "Nothing was recorded. Go back: your browser still has what you typed."}, http.StatusBadRequest
	case errors.As(err, &refused):
		return views.ErrorPage{Code: "refused", Heading: "This was not accepted", Text: refused.Why}, http.StatusUnprocessableEntity
	case errors.As(err, &tooFast):
		return views.ErrorPage{Code: "too-fast", Heading: "That was too fast", Text: tooFast.Why, Ask: true}, http.StatusTooManyRequests
	case errors.As(err, &web):
		return webPage(web.Code)
	case errors.Is(err, context.Canceled):
		return views.ErrorPage{Code: "left", Heading: "The request was cancelled", Text: "Please load the page again."}, statusClientLeft
	}
	return views.ErrorPage{Code: "internal", Heading: "Something went wrong in Countersign", Text: "It is not known whether anything was recorded: check the recipient's page. If you send the same form again, nothing is recorded twice."}, http.StatusInternalServerError
}

// explainBody says why a form did not arrive.
func explainBody(err error) (views.ErrorPage, int) {
	const back = "Nothing was recorded. Go back: your browser still has what you typed."
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return views.ErrorPage{Code: "too-much", Heading: "That is more than Countersign accepts", Text: back}, http.StatusRequestEntityTooLarge
	case errors.Is(err, os.ErrDeadlineExceeded):
		return views.ErrorPage{Code: "too-slow", Heading: "This form did not arrive in time", Text: back}, http.StatusRequestTimeout
	}
	return views.ErrorPage{Code: "incomplete", Heading: "This form arrived incomplete", Text: back}, http.StatusBadRequest
}

// unshown is the page in the place of one whose access entry could not be written.
func unshown() (views.ErrorPage, int) {
	return views.ErrorPage{Code: "not-recorded", Heading: "This cannot be shown", Text: "No personal data is shown without a record of who viewed it, and that record could not be written. Please tell the operator."}, http.StatusInternalServerError
}

// statusClientLeft is what servers log for a client that did not wait.
const statusClientLeft = 499

// webPage explains the errors of Echo's own making.
func webPage(code int) (views.ErrorPage, int) {
	switch code {
	case http.StatusNotFound:
		return views.ErrorPage{Code: "no-page", Heading: "There is no such page", Text: "The address may be mistyped.", Ask: true}, code
	case http.StatusMethodNotAllowed:
		return views.ErrorPage{Code: "method", Heading: "This page does not support that request", Text: "Nothing was done. Use the button on its page to record something or to download a file."}, code
	}
	return views.ErrorPage{Code: "request", Heading: "This request was not understood", Text: "Nothing was done."}, code
}

// upstreamStatus is the status of a page that says why Yoti gave no result.
func upstreamStatus(kind review.FailureKind) int {
	switch kind {
	case review.NotFound:
		return http.StatusNotFound
	case review.Expired:
		return http.StatusConflict
	case review.TimedOut:
		return http.StatusGatewayTimeout
	case review.NotReady, review.RateLimited, review.Unavailable:
		return http.StatusServiceUnavailable
	}
	return http.StatusBadGateway
}
