package handlers

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"countersign/internal/account"
	"countersign/internal/arrivals"
	"countersign/internal/idv"
	"countersign/internal/media"
	"countersign/internal/review"
	"countersign/views"
)

// errorPlace is where an error is told: the same error can mean something else there.
type errorPlace int

const (
	anywhere     errorPlace = iota
	ofMedium                // a picture, file or text of Yoti's was asked for
	ofReport                // Yoti's report was asked for
	ofEnvelope              // an envelope was asked for
	whileReading            // nothing was sent that could be recorded
	besideForm              // on the page of the form that was sent
	besideAnswer            // the same, where the form was about a decision
)

// problem is a row of the table of errors that people see.
type problem struct {
	in      errorPlace
	errs    []error // that the row is about, as errors.Is tells
	status  int     // of HTTP; zero where the error has its own
	code    string  // our own word for it
	heading string
	text    string // empty where the error has its own
	ask     bool   // whether to offer another recipient
}

// textFor is what people read of err, which the row is about.
func (p *problem) textFor(err error) string {
	var refused *review.Refused
	var tooFast *review.TooFast
	var filter *review.FilterError
	var taken *review.TakenError
	switch {
	case p.code == noViewCode && errors.As(err, &filter):
		return "The address has a filter that names nothing: " + filter.Field + " is “" + filter.Value + "”. Open the queue and choose the filter there."
	case p.text != "":
		return p.text
	case errors.As(err, &taken):
		return takenSentence(taken)
	case errors.As(err, &refused):
		return refused.Why
	case errors.As(err, &tooFast):
		return tooFast.Why
	}
	return ""
}

// statusFor is the status of HTTP for err, which the row is about.
func (p *problem) statusFor(err error) int {
	var web *echo.HTTPError
	if p.status == 0 && errors.As(err, &web) {
		return web.Code
	}
	return p.status
}

// findProblem returns the row about an error in the first of the places that has one, and false
// where none has.
func findProblem(err error, places ...errorPlace) (*problem, bool) {
	for _, in := range places {
		for i := range problems {
			p := &problems[i]
			if p.in == in && slices.ContainsFunc(p.errs, func(target error) bool { return errors.Is(err, target) }) {
				return p, true
			}
		}
	}
	return nil, false
}

// explainError says an error in words and a status of HTTP. While reading, a record that could
// not be written means that nothing is shown.
func explainError(err error, reading bool) (views.ErrorPage, int) {
	places := placesOf(err)
	if reading {
		places = slices.Insert(places, 0, whileReading)
	}
	p, ok := findProblem(errors.Join(err, webProblem(err), viewError(err), notDone(err)), places...)
	if !ok {
		p, _ = findProblem(errInternal, places...)
	}
	page := views.ErrorPage{Code: p.code, Heading: p.heading, Text: p.textFor(err), Ask: p.ask}
	var foreign *foreignOriginError
	if errors.As(err, &foreign) && p.code == foreignOriginCode {
		page.Advice = foreign.advice()
	}
	return page, p.statusFor(err)
}

// placesOf says where to look an error up, by what was asked for.
func placesOf(err error) []errorPlace {
	var medium *mediumError
	var report *reportError
	switch {
	case errors.As(err, &medium):
		return []errorPlace{ofMedium, anywhere}
	case errors.As(err, &report):
		return []errorPlace{ofReport, anywhere}
	case errors.As(err, new(*envelopeError)):
		return []errorPlace{ofEnvelope, anywhere}
	}
	return []errorPlace{anywhere}
}

// notDone stands for what was not recorded since the database could not be used; nil where err is
// something else.
func notDone(err error) error {
	if errors.Is(err, review.ErrNotRecorded) && errors.Is(err, review.ErrNoDatabase) {
		return errNotDone
	}
	return nil
}

// webProblem stands for an error of Echo's own making; nil where err is none.
func webProblem(err error) error {
	var web *echo.HTTPError
	switch {
	case !errors.As(err, &web):
		return nil
	case web.Code == http.StatusNotFound:
		return errNoPage
	case web.Code == http.StatusMethodNotAllowed:
		return errMethod
	}
	return errBadRequest
}

// statusClientLeft is what servers log for a client that did not wait.
const statusClientLeft = 499

const (
	foreignOriginCode = "foreign-origin"
	noViewCode        = "no-view-of-queue"

	noDatabase = "The database cannot be used at the moment"

	goBack = "Nothing was recorded. Go back: your browser still has what you typed."
)

// problems are the errors that people see, and what they see of them. The first row about an
// error holds.
var problems = slices.Concat([]problem{
	{in: whileReading, errs: []error{review.ErrNoDatabase}, status: http.StatusServiceUnavailable, code: "no-database", heading: noDatabase, text: "Nothing can be shown until it can be used again. Please try again in a moment."},
	{in: whileReading, errs: []error{review.ErrNotRecorded, review.ErrOutcomeUnknown}, status: http.StatusInternalServerError, code: "not-recorded", heading: "This cannot be shown", text: "No personal data is shown without a record of who viewed it, and that record could not be written. Please tell the operator."},

	{in: ofMedium, errs: []error{media.ErrKind}, status: http.StatusBadGateway, code: "wrong-kind", heading: "This file cannot be displayed.", text: "What Yoti sent is neither a JPEG or PNG picture nor a PDF nor JSON, so it was rejected."},
	{in: ofMedium, errs: []error{idv.ErrNoMediaID}, status: http.StatusNotFound, code: "not-named", heading: "This has no media ID.", text: idv.UnobtainableMeaning},
	{in: ofMedium, errs: []error{context.Canceled}, status: statusClientLeft, code: "left", heading: "The request was cancelled", text: "Please load the page again."},
}, fromYoti, []problem{
	{errs: []error{errNoRecipient}, status: http.StatusNotFound, code: "no-recipient-id", heading: "This address has no recipient ID", text: "Enter the ID, or paste text that contains it.", ask: true},
	{errs: []error{idv.ErrNoEnvelopeID}, status: http.StatusNotFound, code: "no-envelope-id", heading: "This address has no envelope ID", text: "An envelope ID is a UUID: 32 hexadecimal digits in five groups. Enter it in the search field."},
	{errs: []error{review.ErrNotRecording}, status: http.StatusServiceUnavailable, code: "not-recording", heading: "Countersign is not recording", text: "Nothing was done. What is stored can be read as before; everything else has to wait until the operator has restarted it."},
	{errs: []error{review.ErrOutcomeUnknown}, status: http.StatusInternalServerError, code: "outcome-unknown", heading: "It is not known whether this was recorded", text: "Something failed while it was being written. Once Countersign records again, open the recipient's page: what is there is recorded. If it is not there, send the same form again; nothing is recorded twice."},
	{errs: []error{errNotDone}, status: http.StatusServiceUnavailable, code: "not-recorded", heading: "Nothing was recorded", text: "The database cannot be used at the moment, so it was not done. You can send the same form again in a moment; nothing is recorded twice."},
	{errs: []error{review.ErrNoDatabase}, status: http.StatusServiceUnavailable, code: "no-database", heading: noDatabase, text: "It is not known whether anything was recorded: check the recipient's page in a moment. If you send the same form again, nothing is recorded twice."},
	{errs: []error{review.ErrNotRecorded}, status: http.StatusInternalServerError, code: "not-recorded", heading: "Nothing was recorded", text: "It could not be written, so it was not done. Please tell the operator. You can send the same form again later; nothing is recorded twice."},
	{errs: []error{review.ErrNoSnapshot}, status: http.StatusNotFound, code: "no-snapshot", heading: "No such result is stored", text: "This recipient has no stored result with that digest.", ask: true},
	{errs: []error{review.ErrNoView}, status: http.StatusNotFound, code: "no-view", heading: "This page was not sent to you", text: "Nothing was recorded."},
	{errs: []error{review.ErrNoDecision}, status: http.StatusNotFound, code: "no-decision", heading: "There is no such decision", text: "Nobody made a decision with this number about this recipient.", ask: true},
	{errs: []error{review.ErrErased}, status: http.StatusGone, code: "erased", heading: "This recipient's data was erased", text: "The texts and results are permanently erased. The ledger still says what was done, and when.", ask: true},
	{errs: []error{review.ErrTaken}, status: http.StatusConflict, code: "taken", heading: "Somebody else has this case"},
	{errs: []error{review.ErrCaseDecided}, status: http.StatusConflict, code: "case-decided", heading: "This case is decided", text: "Not done: the case was decided in the meantime, so there is nothing to take or assign."},
	{errs: []error{review.ErrNoCase}, status: http.StatusNotFound, code: "no-case", heading: "There is no such case", text: "No result of this recipient is stored. Open the recipient first.", ask: true},
	{errs: []error{review.ErrNoAssignee}, status: http.StatusUnprocessableEntity, code: "no-assignee", heading: "Nobody of that name decides cases", text: "Not done: choose a reviewer or supervisor to assign the case to."},
	{errs: []error{review.ErrMayNotTake, review.ErrMayNotAssign}, status: http.StatusForbidden, code: "not-for-role", heading: "Your role does not allow this", text: "Nothing was done."},
	{errs: []error{review.ErrKeyUsed}, status: http.StatusConflict, code: "form-used", heading: "This form was already used for something else", text: "Nothing further was recorded. Load the page again, then send it once more."},
	{errs: []error{review.ErrAltered}, status: http.StatusInternalServerError, code: "altered", heading: "Data stored about this recipient was altered", text: "A text or a result cannot be opened with the key that sealed it, so it is not what was stored, and nothing is shown. Please tell the operator: countersign audit verify says which.", ask: true},
	{errs: []error{errNoView}, status: http.StatusBadRequest, code: noViewCode, heading: "There is no such view of the queue", text: "The address does not lead to a page of the queue. Open the queue and go on from there."},
	{errs: []error{errForeignOrigin}, status: http.StatusForbidden, code: foreignOriginCode, heading: "This request came from another site", text: "Countersign only takes forms from its own pages. Nothing was done."},
	{errs: []error{errForeignHost}, status: http.StatusMisdirectedRequest, code: "foreign-host", heading: "Countersign does not answer for this address", text: "The operator can allow the name with --allowed-host."},
	{errs: []error{review.ErrNoPart}, status: http.StatusNotFound, code: "no-part", heading: "This result has no such part", text: "The address may be mistyped."},
	{errs: []error{idv.ErrNotNamed, idv.ErrNoMediaID}, status: http.StatusNotFound, code: "not-named", heading: "This result names no such medium", text: "Only what the result of this recipient names can be shown."},
	{errs: []error{idv.ErrTemplate}, status: http.StatusForbidden, code: "template", heading: "This cannot be shown", text: "It is a file of face measurements for software, which Countersign does not fetch."},
	{errs: []error{arrivals.ErrNoImport}, status: http.StatusNotFound, code: "no-import", heading: "There is no such list", text: "Nobody imported a list with this number."},
	{errs: []error{errNoAccount}, status: http.StatusNotFound, code: "no-account", heading: "There is no such account", text: "Nothing was done."},
	{errs: []error{errOwnAccount}, status: http.StatusForbidden, code: "oneself", heading: "This is your own account", text: "Nothing was done. Another administrator has to change it, or the operator on the command line."},
	{errs: []error{account.ErrNeedsRequest}, status: http.StatusConflict, code: "needs-request", heading: "Another administrator has to confirm this", text: "Nothing was done: the account has become a supervisor's meanwhile. Go back to the accounts and ask for it there."},
	{errs: []error{account.ErrRequestTwice}, status: http.StatusConflict, code: "requested-already", heading: "This is requested already", text: "Nothing was done. The open requests stand on the page of the accounts."},
	{errs: []error{account.ErrRequestOver}, status: http.StatusNotFound, code: "request-over", heading: "This request is not open", text: "Nothing was done. It was carried out or cancelled, or lapsed after seven days."},
	{errs: []error{account.ErrOwnRequest}, status: http.StatusForbidden, code: "own-request", heading: "Nobody confirms their own request", text: "Nothing was done. Another administrator confirms it. Where there was none when you asked, you carry it out yourself after a day."},
	{errs: []error{account.ErrConfirmerIsAsker}, status: http.StatusForbidden, code: "one-person", heading: "One person could have asked for this and confirm it", text: "Nothing was done. Within the last day one of the two accounts was created, or given a role, a password or a link, by the other. Somebody else has to confirm it, or you after a day."},
	{errs: []error{account.ErrMayNotConfirm}, status: http.StatusForbidden, code: "no-admin", heading: "Only an administrator does this", text: "Nothing was done."},
	{errs: []error{account.ErrLastAdmin}, status: http.StatusConflict, code: "last-admin", heading: "This is the last administrator", text: "Nothing was done: nobody would be left who can sign in and manage accounts. Add another administrator first."},
	{errs: []error{account.ErrNoFactors}, status: http.StatusConflict, code: "no-factors", heading: "There are no passkeys and codes", text: "Nothing was done: this account has none."},
	{errs: []error{errNoConfirm}, status: http.StatusUnprocessableEntity, code: "not-confirmed", heading: "Not confirmed", text: "Nothing was done. Go back and tick the box that confirms it."},
	{errs: []error{account.ErrNoLink}, status: http.StatusForbidden, code: "password-link", heading: "This link is not valid", text: "It works once, for a day, and until there is a newer one. Ask an administrator for another."},
	{errs: []error{errNotAllowed, review.ErrNoCases}, status: http.StatusForbidden, code: "forbidden-action", heading: "Your role does not allow this", text: "Nothing was done."},
	{errs: []error{errLinkUsed}, status: http.StatusForbidden, code: "set-up-link", heading: "This set-up link is not valid", text: "It works once, on a database without accounts. Further accounts are added with: countersign user add"},
	{errs: []error{errNotEntered}, status: http.StatusForbidden, code: "one-time", heading: "This address works once", text: "The file is shown in the browser that opened it first. If that was not yours, stop countersign open and start it again."},
	{errs: []error{errNoPasskeysHere}, status: http.StatusConflict, code: "no-passkeys-here", heading: "There is no passkey for this address", text: "Nothing was done. Use another way to prove that it is you."},
	{errs: []error{errBodyTooLarge}, status: http.StatusRequestEntityTooLarge, code: "too-much", heading: "That is more than Countersign accepts", text: goBack},
	{errs: []error{errBodyTooSlow}, status: http.StatusRequestTimeout, code: "too-slow", heading: "This form did not arrive in time", text: goBack},
	{errs: []error{errBodyIncomplete}, status: http.StatusBadRequest, code: "incomplete", heading: "This form arrived incomplete", text: goBack},
	{errs: []error{echo.ErrUnsupportedMediaType}, status: http.StatusUnsupportedMediaType, code: "bad-form", heading: "This form could not be read", text: "It came in an encoding that Countersign does not accept. Nothing was recorded."},
	{errs: []error{errBadForm}, status: http.StatusBadRequest, code: "bad-form", heading: "This form could not be read", text: goBack},
	{errs: []error{review.ErrRefused}, status: http.StatusUnprocessableEntity, code: "refused", heading: "This was not accepted"},
	{errs: []error{review.ErrTooFast}, status: http.StatusTooManyRequests, code: "too-fast", heading: "That was too fast", ask: true},
	{errs: []error{errNoPage}, status: http.StatusNotFound, code: "no-page", heading: "There is no such page", text: "The address may be mistyped.", ask: true},
	{errs: []error{errMethod}, status: http.StatusMethodNotAllowed, code: "method", heading: "This page does not support that request", text: "Nothing was done. Use the button on its page to record something or to download a file."},
	{errs: []error{errBadRequest}, code: "request", heading: "This request was not understood", text: "Nothing was done."},
	{errs: []error{context.Canceled}, status: statusClientLeft, code: "left", heading: "The request was cancelled", text: "Please load the page again."},
	{in: ofMedium, errs: []error{errInternal}, status: http.StatusInternalServerError, code: "internal", heading: "Something went wrong in Countersign", text: "Nothing was shown."},
	{errs: []error{errInternal}, status: http.StatusInternalServerError, code: "internal", heading: "Something went wrong in Countersign", text: "It is not known whether anything was recorded: check the recipient's page. If you send the same form again, nothing is recorded twice."},
}, notRecordedProblems)

// fromYoti are the reasons why Yoti gave nothing.
var fromYoti = slices.Concat(
	gaveNothing(idv.ErrNotFound, http.StatusNotFound),
	gaveNothing(idv.ErrUnauthorised, http.StatusBadGateway),
	gaveNothing(idv.ErrForbidden, http.StatusBadGateway),
	[]problem{{in: ofReport, errs: []error{idv.ErrNotReady}, status: http.StatusConflict, code: "no-report-yet", heading: "There is no report yet", text: "Yoti makes it when the session is completed, and this one is still ongoing."}},
	gaveNothing(idv.ErrNotReady, http.StatusServiceUnavailable),
	gaveNothing(idv.ErrExpired, http.StatusConflict),
	gaveNothing(idv.ErrNoApplication, http.StatusBadGateway),
	gaveNothing(idv.ErrNotUnderstood, http.StatusBadGateway),
	gaveNothing(idv.ErrEmpty, http.StatusBadGateway, media.ErrEmpty),
	gaveNothing(idv.ErrRateLimited, http.StatusServiceUnavailable),
	gaveNothing(idv.ErrUnavailable, http.StatusServiceUnavailable),
	gaveNothing(idv.ErrTooLarge, http.StatusBadGateway, media.ErrLarge),
	gaveNothing(idv.ErrInvalid, http.StatusBadGateway),
	gaveNothing(idv.ErrTimedOut, http.StatusGatewayTimeout),
	gaveNothing(idv.ErrUnreachable, http.StatusBadGateway),
	gaveNothing(idv.ErrWithheld, http.StatusBadGateway),
	gaveNothing(idv.ErrKeyEchoed, http.StatusBadGateway),
	gaveNothing(idv.ErrUnexpected, http.StatusBadGateway),
)

// gaveNothing makes the rows of a reason, with the words that the domain has for it. The
// others mean the same where they are about a medium.
func gaveNothing(err error, status int, others ...error) []problem {
	kind, _ := review.KindOf(err)
	row := func(in errorPlace, word review.FailureWord) problem {
		return problem{in: in, errs: []error{err}, status: status, code: string(kind), heading: word.Title, text: word.Advice, ask: true}
	}
	medium := row(ofMedium, kind.MediumWord())
	medium.errs, medium.ask = append(medium.errs, others...), false
	if kind == review.Withheld {
		medium.status = http.StatusForbidden
	}
	rows := []problem{medium, row(anywhere, kind.Word())}
	if word := kind.ReportWord(); word != kind.Word() {
		rows = append(rows, row(ofReport, word))
	}
	envelope := row(ofEnvelope, kind.EnvelopeWord())
	envelope.ask = false
	rows = append(rows, envelope)
	return rows
}

// notRecordedProblems are the reasons why a form was not recorded that stand beside it on
// the page it came from.
var notRecordedProblems = []problem{
	{in: besideForm, errs: []error{review.ErrRefused}, status: http.StatusUnprocessableEntity, code: "refused", heading: "Not recorded"},
	{in: besideForm, errs: []error{review.ErrTooFast}, status: http.StatusTooManyRequests, code: "too-fast", heading: "Not recorded"},
	{in: besideForm, errs: []error{errBadDigest}, status: http.StatusBadRequest, code: "no-result-named", heading: "Not recorded", text: "The form did not say which result it is about. Nothing was recorded."},
	{in: besideAnswer, errs: []error{review.ErrStale}, status: http.StatusConflict, code: "stale", heading: "Not recorded", text: "Not recorded: the decision is about another result than the newest. Withdraw it, or change the decision."},
	{in: besideForm, errs: []error{review.ErrStale}, status: http.StatusConflict, code: "stale", heading: "Not recorded", text: "Not recorded: the result has changed since you read it. Please review the changes, then send it again."},
	{in: besideForm, errs: []error{review.ErrDecided}, status: http.StatusConflict, code: "decided", heading: "Not recorded", text: "Not recorded: somebody has decided since you opened this page. Their decision is above. To replace it with yours, record it again."},
	{in: besideForm, errs: []error{review.ErrExpectedChanged}, status: http.StatusConflict, code: "expected-changed", heading: "Not recorded", text: "Not recorded: somebody changed the expected signer since you opened this page. Theirs is above. To replace it with yours, record it again."},
	{in: besideForm, errs: []error{review.ErrSettled}, status: http.StatusConflict, code: "settled", heading: "Not recorded", text: "Not recorded: the decision was reviewed, superseded or withdrawn in the meantime."},
	{in: besideForm, errs: []error{review.ErrKeyUsed}, status: http.StatusConflict, code: "form-used", heading: "Not recorded", text: "Not recorded: this form was already used for something else, which is on this page. Send it again if this is an additional one."},
	{in: besideForm, errs: []error{review.ErrOwnDecision}, status: http.StatusForbidden, code: "own-decision", heading: "Not recorded", text: "Not recorded: a second review needs a second person, and this decision is your own."},
	{in: besideForm, errs: []error{review.ErrNotYours}, status: http.StatusForbidden, code: "not-yours", heading: "Not recorded", text: "Not recorded: only its author or a supervisor can withdraw a decision."},
}
