package handlers

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"countersign/internal/account"
	"countersign/internal/idv"
	"countersign/internal/ledger"
	"countersign/internal/review"
	"countersign/views"
)

// errNoView stands for an address of the queue that names what is not there.
var errNoView = errors.New("there is no such view of the queue")

// viewError says what of the address of a view cannot be understood.
func viewError(err error) error {
	var filter *review.FilterError
	if errors.As(err, &filter) || errors.Is(err, review.ErrPageKey) {
		return errNoView
	}
	return nil
}

// showQueue is a page of a view of the queue.
func (s *Server) showQueue(c echo.Context) error {
	v, err := review.ParseView(currentUser(c), c.QueryParams())
	if err != nil {
		return err
	}
	key, err := review.ParsePageKey(c.QueryParam(views.PageField))
	if err != nil {
		return err
	}
	return s.renderQueue(c, http.StatusOK, v, key, views.QueuePage{})
}

// renderQueue shows a page of a view, with what the page has already.
func (s *Server) renderQueue(c echo.Context, status int, v review.View, key review.PageKey, page views.QueuePage) error {
	list, err := s.Desk.QueueList(c.Request().Context(), v, key)
	if err != nil {
		return err
	}
	page.Frame, page.QueueList, page.Key, page.Place = s.frame(c, v.Tab.Label()+" · Queue"), list, newKey(), key
	page.Requests = s.requestsToTell(c, page.Who)
	if isReadRequest(c.Request()) {
		page.Path = c.Request().URL.RequestURI()
	} else {
		page.Path = views.QueuePagePath(v, key)
	}
	return renderPage(c, status, views.Queue(page))
}

// pageOfForm is the page of the view from which a form was sent; the first one where the form
// does not say.
func pageOfForm(form url.Values) review.PageKey {
	key, err := review.ParsePageKey(form.Get(views.PageField))
	if err != nil {
		return review.PageKey{}
	}
	return key
}

// readViewForm reads a form of the queue, and the view from which it was sent.
func readViewForm(c echo.Context) (url.Values, review.View, error) {
	form, err := readForm(c)
	if err != nil {
		return nil, review.View{}, err
	}
	query, err := url.ParseQuery(form.Get("view"))
	if err != nil {
		return nil, review.View{}, &formError{err}
	}
	v, err := review.ParseView(currentUser(c), query)
	return form, v, err
}

// actOnCases does something about the cases that are ticked, or about one.
func (s *Server) actOnCases(c echo.Context) error {
	form, v, err := readViewForm(c)
	if err != nil {
		return err
	}
	switch {
	case form.Get("take") != "":
		return s.takeOne(c, v, form)
	case form.Get("do") == views.DoNext:
		return s.takeNext(c, v, form)
	}
	ids, err := parseCases(form["id"])
	if err != nil {
		return err
	}
	act := review.CasesAct{Cases: ids, By: v.Who, Act: caseActs[form.Get("do")], To: form.Get("to"), Tag: form.Get("tag"), Key: form.Get("key")}
	outcomes, err := s.Desk.ActOnCases(c.Request().Context(), act)
	if err != nil {
		return s.refuseCases(c, v, act, err)
	}
	page := views.CasesPage{Frame: s.frame(c, "Selected cases"), Done: actDone(act), Back: views.QueuePagePath(v, pageOfForm(form))}
	page.Path = page.Back
	for _, o := range outcomes {
		one := views.CaseOutcome{Recipient: o.Recipient, Done: o.Err == nil, Text: "Done."}
		if o.Err != nil {
			if one.Text, err = whyNotDone(o.Err); err != nil {
				return err
			}
		}
		page.Outcomes = append(page.Outcomes, one)
	}
	return renderPage(c, http.StatusOK, views.Cases(page))
}

// caseActs are the acts that a form about several cases can ask for.
var caseActs = map[string]ledger.Act{
	views.DoTake: review.ActTaken, views.DoRelease: review.ActReleased, views.DoAssign: review.ActAssigned,
	views.DoTag: review.ActTagged, views.DoUntag: review.ActUntagged,
}

// actDone says what was asked for in words.
func actDone(a review.CasesAct) string {
	switch a.Act {
	case review.ActTaken:
		return "Take cases"
	case review.ActReleased:
		return "Release cases"
	case review.ActAssigned:
		return "Assign cases to " + a.To
	case review.ActUntagged:
		return "Remove the tag " + a.Tag
	}
	return "Add the tag " + a.Tag
}

// parseCases reads recipients, each once.
func parseCases(texts []string) ([]idv.RecipientID, error) {
	var ids []idv.RecipientID
	for _, text := range texts {
		id, err := idv.ParseRecipientID(text)
		if err != nil {
			return nil, &formError{err}
		}
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// whyNotDone says in a sentence why something was not done for a case. It returns the errors
// that are no answer to that.
func whyNotDone(err error) (string, error) {
	var taken *review.TakenError
	var refused *review.Refused
	switch {
	case errors.As(err, &taken):
		return "Not done: " + taken.By + " has the case.", nil
	case errors.As(err, &refused):
		return "Not done: " + refused.Why, nil
	case errors.Is(err, review.ErrCaseDecided):
		return "Not done: the case is decided.", nil
	case errors.Is(err, review.ErrNoCase):
		return "Not done: there is no result of this recipient.", nil
	case errors.Is(err, review.ErrErased):
		return "Not done: this recipient's data was erased.", nil
	case errors.Is(err, review.ErrMayNotAssign):
		return "Not done: cases are assigned by supervisors.", nil
	case errors.Is(err, review.ErrMayNotTake):
		return "Not done: your role does not allow this.", nil
	case errors.Is(err, review.ErrNoAssignee):
		return "Not done: nobody of that name decides cases.", nil
	case errors.Is(err, review.ErrKeyUsed):
		return "Not done: this form was already used for something else.", nil
	}
	return "", err
}

// refuseCases shows the page of the queue again with what was ticked and typed, and why nothing
// was done.
func (s *Server) refuseCases(c echo.Context, v review.View, act review.CasesAct, why error) error {
	known, ok := findProblem(why, besideForm)
	if !ok {
		return why
	}
	form, err := readForm(c)
	if err != nil {
		return err
	}
	page := views.QueuePage{Typed: act, Problem: known.textFor(why) + s.whenAgain(c, why)}
	return s.renderQueue(c, known.status, v, pageOfForm(form), page)
}

// takeOne takes a case and shows its line again; where somebody else has it, who that is.
func (s *Server) takeOne(c echo.Context, v review.View, form url.Values) error {
	ids, err := parseCases([]string{form.Get("take")})
	if err != nil {
		return err
	}
	outcomes, err := s.Desk.ActOnCases(c.Request().Context(), review.CasesAct{Cases: ids, By: v.Who, Act: review.ActTaken, Key: form.Get("key")})
	if err != nil {
		return s.refuseCases(c, v, review.CasesAct{}, err)
	}
	if err := outcomes[0].Err; err != nil {
		text, err := whyNotDone(err)
		if err != nil {
			return err
		}
		return s.renderQueue(c, http.StatusConflict, v, pageOfForm(form), views.QueuePage{Problem: text})
	}
	path, err := s.lineAfter(c, v, ids[0], pageOfForm(form))
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, path)
}

// lineAfter is the line of a case on a page of a view or, where the case has left the view, the
// line that took its place.
func (s *Server) lineAfter(c echo.Context, v review.View, id idv.RecipientID, page review.PageKey) (string, error) {
	beside, err := s.Desk.Beside(c.Request().Context(), v, id, review.PageKey{})
	if err != nil || beside == nil {
		return views.QueuePagePath(v, page), err
	}
	q := views.CaseQueue{Beside: beside, Recipient: id}
	return q.PagePath(page), nil
}

// takeNext takes the first case that nobody has and that fits the filter, and opens it.
func (s *Server) takeNext(c echo.Context, v review.View, form url.Values) error {
	id, found, err := s.Desk.TakeNext(c.Request().Context(), v, form.Get("key"))
	if err != nil {
		return s.refuseCases(c, v, review.CasesAct{}, err)
	}
	if !found {
		return s.renderQueue(c, http.StatusOK, v, pageOfForm(form), views.QueuePage{Problem: views.NoneUnassigned(v)})
	}
	v.Tab = review.TabMine
	return c.Redirect(http.StatusSeeOther, views.CaseInViewPath(id, v, review.PageKey{}))
}

// saveView keeps a view under a name.
func (s *Server) saveView(c echo.Context) error {
	form, v, err := readViewForm(c)
	if err != nil {
		return err
	}
	shared := form.Get("shared") != ""
	err = s.Desk.SaveView(c.Request().Context(), v, form.Get("name"), shared)
	var refused *review.Refused
	if errors.As(err, &refused) {
		return s.renderQueue(c, http.StatusUnprocessableEntity, v, review.PageKey{}, views.QueuePage{ViewName: form.Get("name"), ViewShared: shared, ViewProblem: refused.Why})
	}
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, views.QueueViewPath(v))
}

// removeView removes a saved view, and shows the one from which that was asked.
func (s *Server) removeView(c echo.Context) error {
	form, v, err := readViewForm(c)
	if err != nil {
		return err
	}
	id, err := strconv.ParseInt(form.Get("id"), 10, 64)
	if err != nil {
		return &formError{err}
	}
	if err := s.Desk.RemoveView(c.Request().Context(), v.Who, id); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, views.QueueViewPath(v))
}

// sendQueue sends a whole view as a file.
func (s *Server) sendQueue(c echo.Context) error {
	form, err := readFields(c)
	if err != nil {
		return err
	}
	v, err := review.ParseView(currentUser(c), form)
	if err != nil {
		return err
	}
	// What the filter names is looked up before it is on record that somebody takes the list.
	rows, err := s.queueRows(c.Request().Context(), v)
	if err != nil {
		return err
	}
	return s.sendList(c, review.QueueFile, review.QueueColumns(), rows)
}

// queueRows reads a view part by part, the first at once.
func (s *Server) queueRows(ctx context.Context, v review.View) (func() ([][]string, error), error) {
	lines, next, err := s.Desk.QueueLines(ctx, v, review.PageKey{})
	if err != nil {
		return nil, err
	}
	return func() ([][]string, error) {
		for len(lines) == 0 && !next.IsZero() { // a part of many cases may have none that fits
			if lines, next, err = s.Desk.QueueLines(ctx, v, next); err != nil {
				return nil, err
			}
		}
		var rows [][]string
		for i := range lines {
			rows = append(rows, review.QueueRow(&lines[i]))
		}
		lines = nil
		return rows, nil
	}, nil
}

// awaitingAnswer is what awaits somebody, for a script.
type awaitingAnswer struct {
	Awaiting string `json:"awaiting"` // how many cases, in digits; empty for none
	sessionAnswer
}

// showAwaiting says to a page what awaits its reader.
func (s *Server) showAwaiting(c echo.Context) error {
	n, counted, err := s.Desk.AwaitingAgain(c.Request().Context(), currentUser(c))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, awaitingAnswer{awaitingText(n, counted), s.sessionLeft(signedIn(c))})
}

// awaitingText writes how many cases await somebody; empty for none.
func awaitingText(n review.Count, counted bool) string {
	if !counted || n.N == 0 && !n.More {
		return ""
	}
	return views.ShortCount(n)
}

// awaitingText is what the header of a page says awaits its reader; empty for nothing, and where
// nobody can say.
func (s *Server) awaitingText(c echo.Context, who account.Person) string {
	ctx := c.Request().Context()
	n, counted, err := s.Desk.Awaiting(ctx, who)
	if err != nil {
		s.Log.Log(ctx, lookupLogLevel(ctx), "what awaits the reader was not counted", "error", err)
		return ""
	}
	return awaitingText(n, counted)
}
