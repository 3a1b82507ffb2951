package handlers

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"countersign/internal/idv"
	"countersign/internal/review"
	"countersign/views"
)

// refuse shows the recipient again with what was typed and chosen, and why it was not
// recorded. It is kept as a draft too, so that it outlives the page.
func (s *Server) refuse(c echo.Context, typed *views.KeptNote, why error) error {
	status, problem := notRecorded(why)
	if status == 0 {
		return &keptError{typed, why}
	}
	problem += s.whenAgain(c, why)
	page, err := s.refusedPage(c, typed, why)
	if err != nil {
		return &keptError{typed, err}
	}
	page.Choice.Problem = problem
	errors.As(why, &page.Choice.Faults)
	return s.renderCase(c, status, page)
}

// refusedPage is the page of a recipient with the text that was not recorded in its form,
// and with what changed where that is why.
func (s *Server) refusedPage(c echo.Context, typed *views.KeptNote, why error) (views.ReviewPage, error) {
	ctx := c.Request().Context()
	var refused *review.Refused
	if err := s.Desk.KeepDraft(ctx, draftOf(who(c), typed)); err != nil && !errors.As(err, &refused) {
		return views.ReviewPage{}, err
	}
	opened, err := s.Desk.Open(ctx, who(c), typed.Recipient, 0)
	if err != nil {
		return views.ReviewPage{}, err
	}
	page, err := s.reviewPage(c, opened)
	if err != nil {
		return views.ReviewPage{}, err
	}
	page.Note.Text, page.Choice.Choice = typed.Text, choiceIn(typed.More)
	if errors.Is(why, review.ErrStale) {
		page.Refused, err = s.changesSince(c, opened, typed.Snapshot)
	}
	return page, err
}

// changesSince says what changed since the result that a refused note was about.
func (s *Server) changesSince(c echo.Context, opened *review.Case, snapshot string) (*views.RefusedNote, error) {
	digest, err := idv.ParseDigest(snapshot)
	if err != nil {
		return nil, err
	}
	changes, err := s.Desk.Since(c.Request().Context(), opened, digest)
	if errors.Is(err, review.ErrNoSnapshot) {
		return &views.RefusedNote{}, nil
	}
	return &views.RefusedNote{Digest: digest, Changes: changes, Known: true}, err
}

// refuseAnswer shows the recipient again with what was said to a decision, which was not
// recorded, and why.
func (s *Server) refuseAnswer(c echo.Context, typed *views.KeptNote, err error) error {
	status, problem := answerProblem(err)
	if status == 0 {
		return &keptError{typed, err}
	}
	problem += s.whenAgain(c, err)
	opened, openErr := s.Desk.Open(c.Request().Context(), who(c), typed.Recipient, 0)
	if openErr != nil {
		return &keptError{typed, openErr}
	}
	page, pageErr := s.reviewPage(c, opened)
	if pageErr != nil {
		return &keptError{typed, pageErr}
	}
	page.Answer.Text, page.Answer.Problem, page.Choice.Problem = typed.Text, problem, problem
	return s.renderCase(c, status, page)
}

// whenAgain says when a form that came too fast can be sent again, to follow a sentence;
// empty when that is not why it was refused.
func (s *Server) whenAgain(c echo.Context, err error) string {
	var tooFast *review.TooFast
	if !errors.As(err, &tooFast) {
		return ""
	}
	return " " + s.retryAfter(c, tooFast.Until).Words()
}

// answerProblem is notRecorded for what is said to a decision: there, an older result
// is no matter of sending it again.
func answerProblem(err error) (int, string) {
	if errors.Is(err, review.ErrStale) {
		return http.StatusConflict, "Not recorded: the decision is about another result than the newest. Withdraw it, or change the decision."
	}
	return notRecorded(err)
}

// notRecorded says why a form was not recorded, and with which status; zero when it is
// not for the page of the recipient to say.
func notRecorded(err error) (int, string) {
	var refused *review.Refused
	var tooFast *review.TooFast
	switch {
	case errors.As(err, &refused):
		return http.StatusUnprocessableEntity, refused.Why
	case errors.As(err, &tooFast):
		return http.StatusTooManyRequests, tooFast.Why
	case errors.Is(err, errBadDigest):
		return http.StatusBadRequest, "The form did not say which result it is about. Nothing was recorded."
	case errors.Is(err, review.ErrStale):
		return http.StatusConflict, "Not recorded: the result has changed since you read it. Please review the changes, then send it again."
	case errors.Is(err, review.ErrDecided):
		return http.StatusConflict, "Not recorded: somebody has decided since you opened this page. Their decision is above. To replace it with yours, record it again."
	case errors.Is(err, review.ErrExpectedChanged):
		return http.StatusConflict, "Not recorded: somebody changed the expected signer since you opened this page. Theirs is above. To replace it with yours, record it again."
	case errors.Is(err, review.ErrSettled):
		return http.StatusConflict, "Not recorded: the decision was reviewed, superseded or withdrawn in the meantime."
	case errors.Is(err, review.ErrKeyUsed):
		return http.StatusConflict, "Not recorded: this form was already used for something else, which is on this page. Send it again if this is an additional one."
	case errors.Is(err, review.ErrOwnDecision):
		return http.StatusForbidden, "Not recorded: a second review needs a second person, and this decision is your own."
	case errors.Is(err, review.ErrNotYours):
		return http.StatusForbidden, "Not recorded: only its author or a supervisor can withdraw a decision."
	}
	return 0, ""
}
