package handlers

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"countersign/internal/account"
	"countersign/internal/idv"
	"countersign/internal/review"
	"countersign/views"
)

// takeCase gives a case to whoever asks for it, unless somebody was quicker.
func (s *Server) takeCase(c echo.Context, id idv.RecipientID) error {
	form, err := readForm(c)
	if err != nil {
		return err
	}
	err = s.Desk.Take(c.Request().Context(), review.NewTake{Recipient: id, By: currentUser(c), Key: form.Get("key")})
	return s.afterCasework(c, id, err)
}

// releaseCase gives a case back.
func (s *Server) releaseCase(c echo.Context, id idv.RecipientID) error {
	form, err := readForm(c)
	if err != nil {
		return err
	}
	err = s.Desk.Release(c.Request().Context(), review.NewRelease{Recipient: id, By: currentUser(c), Key: form.Get("key")})
	return s.afterCasework(c, id, err)
}

// assignCase gives a case to somebody.
func (s *Server) assignCase(c echo.Context, id idv.RecipientID) error {
	form, err := readForm(c)
	if err != nil {
		return err
	}
	err = s.Desk.Assign(c.Request().Context(), review.NewAssign{Recipient: id, By: currentUser(c), To: form.Get("to"), Key: form.Get("key")})
	return s.afterCasework(c, id, err)
}

// tagCase adds a tag to a case, or removes one.
func (s *Server) tagCase(c echo.Context, id idv.RecipientID) error {
	form, err := readForm(c)
	if err != nil {
		return err
	}
	err = s.Desk.Tag(c.Request().Context(), review.NewTag{
		Recipient: id, By: currentUser(c), Tag: form.Get("tag"), Remove: form.Get("remove") != "", Key: form.Get("key"),
	})
	return s.afterCasework(c, id, err)
}

// afterCasework leads back to where a form about a case came from, or says why it was not
// recorded.
func (s *Server) afterCasework(c echo.Context, id idv.RecipientID, err error) error {
	form, formErr := readForm(c)
	if formErr != nil {
		return formErr
	}
	back := form.Get(views.ReturnField)
	switch {
	case err != nil && back == "":
		return s.refuseCasework(c, id, err)
	case err != nil:
		return err
	case back != "":
		return c.Redirect(http.StatusSeeOther, localPath(back))
	}
	return c.Redirect(http.StatusSeeOther, keepView(c, views.RecipientPath(id)))
}

// refuseCasework shows the case again, with why what was sent was not recorded. What is not
// about the case as it stands has a page of its own.
func (s *Server) refuseCasework(c echo.Context, id idv.RecipientID, err error) error {
	known, ok := findProblem(err, besideForm, anywhere)
	if !ok || known.status >= http.StatusInternalServerError || errors.Is(err, review.ErrNoCase) || errors.Is(err, review.ErrErased) {
		return err
	}
	opened, openErr := s.Desk.Open(c.Request().Context(), currentUser(c), id, 0)
	if openErr != nil {
		return openErr
	}
	page, pageErr := s.reviewPage(c, opened)
	if pageErr != nil {
		return pageErr
	}
	page.Work.Problem = known.textFor(err) + s.whenAgain(c, err)
	return s.renderCase(c, known.status, page)
}

// takenSentence says who has a case.
func takenSentence(e *review.TakenError) string {
	return "Not done: this case is with " + e.By + ", since " + e.Since.UTC().Format("15:04 UTC on 2 January 2006") + "."
}

// caseForms is what the head of a case shows of the work on it.
func (s *Server) caseForms(c echo.Context, id idv.RecipientID) (views.CaseForms, error) {
	forms := views.CaseForms{Key: newKey()}
	var err error
	if forms.Viewers, err = s.Desk.Viewers(c.Request().Context(), currentUser(c), id); err != nil {
		return views.CaseForms{}, err
	}
	if currentUser(c).Role.May(account.TakeCases) {
		forms.Tags, err = s.Desk.OfferedTags(c.Request().Context())
	}
	return forms, err
}

// maxViewQuery is how long the query of a view may be, in bytes.
const maxViewQuery = 4000

// viewOf reads from which view of the queue a case was opened, from a form or an address; false
// when from none, or from what is no view.
func viewOf(c echo.Context) (review.View, bool) {
	text := c.FormValue(views.CaseViewField)
	if text == "" || len(text) > maxViewQuery {
		return review.View{}, false
	}
	query, err := url.ParseQuery(text)
	if err != nil {
		return review.View{}, false
	}
	v, err := review.ParseView(currentUser(c), query)
	return v, err == nil
}

// caseQueue reads from which view of the queue a case was opened, and what stands beside it
// there; nil when it was opened from none.
func (s *Server) caseQueue(c echo.Context, id idv.RecipientID) (*views.CaseQueue, error) {
	v, ok := viewOf(c)
	if !ok {
		return nil, nil
	}
	place, err := review.ParsePageKey(c.FormValue(views.PlaceField))
	if err != nil {
		place = review.PageKey{} // one that was tampered with: where the case stands now
	}
	beside, err := s.Desk.Beside(c.Request().Context(), v, id, place)
	var unknown *review.FilterError
	if errors.As(err, &unknown) || err == nil && beside == nil {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &views.CaseQueue{Beside: beside, Recipient: id, Query: v.Query().Encode()}, nil
}

// lineOfCase is what the page of a case knows of its line in the view from which it was opened.
func lineOfCase(opened *review.Case, q *views.CaseQueue) review.QueueLine {
	line := review.QueueLine{Recipient: opened.Recipient, Bucket: opened.Assessment.Bucket, Since: q.Place.Since}
	if opened.Current && q.Inside && q.Place.Phase == review.PhaseOpen {
		line.Stage = opened.Record.Stage(opened.Newest.Digest, true)
	}
	line.See(q.View)
	return line
}

// caseViewQuery is the view of the queue from which the case was opened that a page is about;
// empty when from none, or the page is about no case.
func caseViewQuery(c echo.Context) string {
	if !strings.HasPrefix(c.Path(), views.RecipientsPath+"/:id") {
		return ""
	}
	v, ok := viewOf(c)
	if !ok {
		return ""
	}
	return v.Query().Encode()
}

// keepView adds to the address of a page of a case from which view the case was opened, where
// the request says so.
func keepView(c echo.Context, path string) string {
	v, ok := viewOf(c)
	u, err := url.Parse(path)
	if !ok || err != nil {
		return path
	}
	query := u.Query()
	query.Set(views.CaseViewField, v.Query().Encode())
	if place := c.FormValue(views.PlaceField); place != "" {
		query.Set(views.PlaceField, place)
	}
	u.RawQuery = query.Encode()
	return u.String()
}

// afterDecision is where somebody goes who has just decided: on to the next case of the view
// from which the case was opened, unless they want to stay; else back to the case.
func (s *Server) afterDecision(c echo.Context, id idv.RecipientID, seq int64) string {
	stay := keepView(c, views.RecordedPath(id, seq))
	if currentUser(c).Preferences.Stay {
		return stay
	}
	q, err := s.caseQueue(c, id)
	if err != nil { // the decision is recorded all the same
		s.Log.WarnContext(c.Request().Context(), "the next case could not be looked up", "error", err)
		return stay
	}
	if q == nil || q.NextPath() == "" {
		return stay
	}
	return q.NextPath() + "&" + url.Values{views.DoneField: {id.String() + "." + strconv.FormatInt(seq, 10)}}.Encode()
}

// doneElsewhere reads what somebody has just recorded about another case; nil when nothing.
func (s *Server) doneElsewhere(c echo.Context) (*views.DoneElsewhere, error) {
	name, number, _ := strings.Cut(c.QueryParam(views.DoneField), ".")
	id, err := idv.ParseRecipientID(name)
	if err != nil {
		return nil, nil
	}
	seq, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return nil, nil
	}
	entry, err := s.Desk.OwnEntry(c.Request().Context(), currentUser(c), id, seq)
	if err != nil || entry == nil {
		return nil, err
	}
	return &views.DoneElsewhere{OwnEntry: entry}, nil
}
