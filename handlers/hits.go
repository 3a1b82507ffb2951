package handlers

import (
	"errors"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"countersign/internal/idv"
	"countersign/internal/review"
	"countersign/views"
)

// judgeHits records what the chosen hits of a watchlist check are held for. The hits are
// fetched again, so that what is recorded is what the list says and not what a form says.
func (s *Server) judgeHits(c echo.Context, id idv.RecipientID) error {
	form, err := readForm(c)
	if err != nil {
		return err
	}
	typed := &views.KeptNote{
		Recipient: id, Key: form.Get("key"), Text: form.Get("note"),
		Action: c.Request().URL.RequestURI(), More: fieldsOf(form, "disposition", "hit"),
	}
	page, err := s.partPage(c, id)
	if err != nil {
		return &keptError{typed, err}
	}
	shown, err := hitsOf(&page)
	if err != nil {
		return &keptError{typed, err}
	}
	n := review.NewDispositions{
		Recipient: id, Digest: page.Snapshot.Digest, By: who(c), Check: page.Check,
		Disposition: review.Disposition(form.Get("disposition")), Note: typed.Text, Key: typed.Key,
	}
	if n.Hits, err = chosen(shown.List, form["hit"]); err == nil {
		err = s.Desk.JudgeHits(c.Request().Context(), n)
	}
	if err == nil {
		return c.Redirect(http.StatusSeeOther, views.PartPath(id, page.Snapshot.Digest, page.Key)+"&"+views.HitQueryString(shown.Page.Query))
	}
	status, problem := answerProblem(err)
	if status == 0 || shown.Judge == nil && !errors.Is(err, review.ErrStale) {
		return &keptError{typed, err}
	}
	problem += s.whenAgain(c, err)
	if shown.Judge == nil { // the result has changed meanwhile
		shown.Judge = &views.JudgeForm{ID: "judge-" + page.Key, Action: views.HitsPath(id, page.Key), Key: newKey()}
		problem = "Not recorded: the result has changed since. Hits are judged on the newest result; here is what you typed."
	}
	shown.Judge.Chosen, shown.Judge.Disposition, shown.Judge.Note, shown.Judge.Problem = form["hit"], n.Disposition, n.Note, problem
	return render(c, status, views.Part(page))
}

// hitsOf returns the hits on a page; an error when they could not be had, or there are
// none to be judged.
func hitsOf(page *views.PartPage) (*views.HitsPart, error) {
	for i := range page.Sections {
		section := &page.Sections[i]
		if section.Hits != nil && section.Problem == nil {
			return section.Hits, nil
		}
	}
	return nil, &review.Refused{Why: "The hits cannot be had from Yoti at the moment, so nothing was recorded. Here is what you typed; it can be sent again."}
}

// chosen returns the hits whose keys have the IDs; a *review.Refused when one is not
// among them.
func chosen(list *idv.HitList, ids []string) ([]*idv.Hit, error) {
	var hits []*idv.Hit
	found := map[string]bool{}
	for i := range list.Searches {
		for j := range list.Searches[i].Hits {
			h := &list.Searches[i].Hits[j]
			id := review.KeyOf(h).ID()
			if slices.Contains(ids, id) && !found[id] {
				hits = append(hits, h)
				found[id] = true
			}
		}
	}
	for _, id := range ids {
		if !found[id] {
			return nil, &review.Refused{Why: "One of the chosen hits is no longer in the search results. Nothing was recorded; please choose again."}
		}
	}
	return hits, nil
}
