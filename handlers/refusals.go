package handlers

import (
	"errors"

	"github.com/labstack/echo/v4"

	"countersign/internal/idv"
	"countersign/internal/review"
	"countersign/views"
)

// refuseForm shows the recipient again with what was typed and chosen, and why it was not
// recorded. It is kept as a draft too, so that it outlives the page.
func (s *Server) refuseForm(c echo.Context, typed *typedForm, why error) error {
	status, problem := notRecorded(why)
	if status == 0 {
		return &typedError{typed, why}
	}
	problem += s.whenAgain(c, why)
	page, err := s.refusedPage(c, typed, why)
	if err != nil {
		return &typedError{typed, err}
	}
	page.Choice.Problem = problem
	errors.As(why, &page.Choice.Faults)
	return s.renderCase(c, status, page)
}

// refusedPage is the page of a recipient with the text that was not recorded in its form,
// and with what changed where that is why.
func (s *Server) refusedPage(c echo.Context, typed *typedForm, why error) (views.ReviewPage, error) {
	ctx := c.Request().Context()
	var refused *review.Refused
	if err := s.Desk.KeepDraft(ctx, typed.draft(currentUser(c))); err != nil && !errors.As(err, &refused) {
		return views.ReviewPage{}, err
	}
	opened, err := s.Desk.Open(ctx, currentUser(c), typed.recipient, 0)
	if err != nil {
		return views.ReviewPage{}, err
	}
	page, err := s.reviewPage(c, opened)
	if err != nil {
		return views.ReviewPage{}, err
	}
	page.Note.Text, page.Choice.Choice = typed.text, typed.choice()
	if errors.Is(why, review.ErrStale) {
		page.Refused, err = s.changesSince(c, opened, typed.snapshot)
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
func (s *Server) refuseAnswer(c echo.Context, typed *typedForm, err error) error {
	status, problem := answerProblem(err)
	if status == 0 {
		return &typedError{typed, err}
	}
	problem += s.whenAgain(c, err)
	opened, openErr := s.Desk.Open(c.Request().Context(), currentUser(c), typed.recipient, 0)
	if openErr != nil {
		return &typedError{typed, openErr}
	}
	page, pageErr := s.reviewPage(c, opened)
	if pageErr != nil {
		return &typedError{typed, pageErr}
	}
	page.Answer.Text, page.Answer.Problem, page.Choice.Problem = typed.text, problem, problem
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
// is not a matter of sending it again.
func answerProblem(err error) (int, string) { return problemBeside(err, besideAnswer) }

// notRecorded says why a form was not recorded, and with which status; zero when it is
// not for the page of the recipient to say.
func notRecorded(err error) (int, string) { return problemBeside(err, besideForm) }

func problemBeside(err error, in errorPlace) (int, string) {
	known, ok := findProblem(err, in, besideForm)
	if !ok {
		return 0, ""
	}
	return known.status, known.textFor(err)
}
