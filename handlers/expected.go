package handlers

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"countersign/internal/idv"
	"countersign/internal/review"
	"countersign/views"
)

// setExpected records who the signer should be, or shows the page again with what was
// typed.
func (s *Server) setExpected(c echo.Context, id idv.RecipientID) error {
	form, err := readForm(c)
	if err != nil {
		return err
	}
	typed := views.ExpectedForm{Name: form.Get("name"), BirthDate: form.Get("birth_date"), Open: true}
	asked := review.ExpectedForm{
		Recipient: id, By: currentUser(c), Name: typed.Name, BirthDate: typed.BirthDate, Seen: seenSeq(form), Key: form.Get("key"),
	}
	if form.Has("clear") {
		asked.Name, asked.BirthDate = "", ""
	}
	err = s.Desk.SetExpected(c.Request().Context(), asked)
	if err == nil {
		return c.Redirect(http.StatusSeeOther, keepView(c, views.RecipientPath(id)+"#"+views.ExpectedTitleID))
	}
	status, problem := notRecorded(err)
	if status == 0 {
		return &typedError{typedText(typedExpected(typed.Name, typed.BirthDate)), err}
	}
	return s.refuseExpected(c, id, typed, status, problem, err)
}

// refuseExpected shows a recipient with a form of the expected signer that was not recorded.
func (s *Server) refuseExpected(c echo.Context, id idv.RecipientID, typed views.ExpectedForm, status int, problem string, why error) error {
	page, err := s.expectedPage(c, id)
	if err != nil {
		return &typedError{typedText(typedExpected(typed.Name, typed.BirthDate)), err}
	}
	typed.Key = page.Expected.Key
	if fields := (*review.RefusedExpected)(nil); errors.As(why, &fields) {
		typed.NameProblem, typed.BirthDateProblem = fields.Name, fields.BirthDate
	} else {
		typed.Problem = problem
	}
	page.Expected = typed
	return s.renderCase(c, status, page)
}

func (s *Server) expectedPage(c echo.Context, id idv.RecipientID) (views.ReviewPage, error) {
	opened, err := s.Desk.Open(c.Request().Context(), currentUser(c), id, 0)
	if err != nil {
		return views.ReviewPage{}, err
	}
	return s.reviewPage(c, opened)
}
