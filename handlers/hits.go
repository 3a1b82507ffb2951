package handlers

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"countersign/internal/account"
	"countersign/internal/idv"
	"countersign/internal/review"
	"countersign/views"
)

// judgeHits records the disposition of the selected hits of a watchlist check. The hits are
// fetched again, so that what is recorded is what the list says and not what a form says.
func (s *Server) judgeHits(c echo.Context, id idv.RecipientID) error {
	form, err := readForm(c)
	if err != nil {
		return err
	}
	typed := typedAnswer(id, form, c.Request().URL.RequestURI(), "disposition", "rationale", "hit")
	page, err := s.partPage(c, id)
	if err != nil {
		return &typedError{typed, err}
	}
	shown, err := hitsOf(&page)
	if err != nil {
		return &typedError{typed, err}
	}
	n := review.NewDispositions{
		Recipient: id, Digest: page.Snapshot.Digest, By: currentUser(c), Check: page.Check,
		Disposition: review.Disposition(form.Get("disposition")), Note: typed.text, Rationale: form.Get("rationale"), Key: typed.key,
	}
	if n.Hits, err = selectedHits(shown.List, form["hit"]); err == nil {
		err = s.Desk.SetDispositions(c.Request().Context(), n)
	}
	if err == nil {
		return c.Redirect(http.StatusSeeOther, shown.RecordedHref(shown.Sheet.Next(form["hit"])))
	}
	status, problem := answerProblem(err)
	if status == 0 || shown.Judge == nil && !errors.Is(err, review.ErrStale) {
		return &typedError{typed, err}
	}
	problem += s.whenAgain(c, err)
	if shown.Judge == nil { // the result has changed meanwhile
		shown.Judge = &views.DispositionForm{ID: "judge-" + page.Key, Action: keepView(c, views.HitsPath(id, page.Key)), Key: newKey()}
		problem = "Not recorded: the result has changed since. Dispositions are set on the newest result; here is what you typed."
	}
	shown.Rule = ""
	shown.Judge.Chosen, shown.Judge.Disposition, shown.Judge.Problem = form["hit"], n.Disposition, problem
	shown.Judge.Note, shown.Judge.Rationale = n.Note, n.Rationale
	return renderPage(c, status, views.Part(page))
}

// hitsOf returns the hits on a page; an error when they could not be had, or there are
// none to be reviewed.
func hitsOf(page *views.PartPage) (*views.HitsPart, error) {
	for i := range page.Sections {
		section := &page.Sections[i]
		if section.Hits != nil && section.Problem == nil {
			return section.Hits, nil
		}
	}
	return nil, &review.Refused{Why: "The hits cannot be fetched from Yoti at the moment, so nothing was recorded. Here is what you typed; you can send it again."}
}

// selectedHits returns the hits whose keys have the IDs; a *review.Refused when one is not
// among them.
func selectedHits(list *idv.HitList, ids []string) ([]*idv.Hit, error) {
	wanted := map[string]bool{}
	for _, id := range ids {
		wanted[id] = true
	}
	var hits []*idv.Hit
	for i := range list.Searches {
		for j := range list.Searches[i].Hits {
			h := &list.Searches[i].Hits[j]
			if id := review.HitKeyOf(h).ID(); wanted[id] {
				hits = append(hits, h)
				delete(wanted, id) // one that is listed twice is recorded once
			}
		}
	}
	if len(wanted) > 0 {
		return nil, &review.Refused{Why: "One of the selected hits is no longer in the search results. Nothing was recorded; please select again."}
	}
	return hits, nil
}

// chooseHits picks the hits that the address asks for, puts on record that they are
// shown, and says what stands about them.
func (s *Server) chooseHits(c echo.Context, part *review.Part, hits *views.HitsPart) error {
	asked := views.ParseHitRequest(c.QueryParams())
	asked.Query.Born, asked.Query.At = hits.Signer.Born, s.Now()
	judged, err := s.Desk.CheckDispositions(c.Request().Context(), currentUser(c), part, hits.List)
	if err != nil {
		return err
	}
	hits.Check = part.Check
	hits.Digest = part.Snapshot.Digest
	hits.Snapshot = part.Snapshot.Digest.String()
	hits.Path, hits.CaseView = keepView(c, views.PartPath(part.Recipient, part.Snapshot.Digest, part.Key)), caseViewQuery(c)
	hits.Sheet = judged.Sheet(hits.List, asked.Query)
	hits.Review = judged.Review
	hits.Rule = asked.Rule
	hits.Current = currentHit(hits.Sheet, asked.Hit, asked.At)
	hits.Opened = hits.Current != nil && hits.Current.ID == asked.Hit
	hits.DetailsAlone = hits.Opened && asked.DetailsAlone
	if asked.Recorded {
		hits.Recorded = judged.RecordedBy(currentUser(c))
	}
	for _, which := range hits.Shown() {
		if err := s.Desk.RecordHitsView(c.Request().Context(), currentUser(c), part, which, hits.List); err != nil {
			return err
		}
	}
	if judged.Newest == part.Snapshot.Digest && currentUser(c).Role.May(account.Decide) {
		hits.Judge = &views.DispositionForm{
			ID: "judge-" + part.Key, Key: newKey(),
			Action: keepView(c, views.HitsPath(part.Recipient, part.Key)+"?snapshot="+hits.Snapshot+"&"+views.HitQueryString(hits.Sheet.Query)),
		}
		hits.Judge.Choose(hits.Rule)
	}
	return nil
}

// currentHit is the hit at which the reader is: the first of the IDs that the sheet has,
// else the one to go on with, else the first.
func currentHit(sheet *review.HitSheet, ids ...string) *review.HitRow {
	for _, id := range ids {
		if row := sheet.Row(id); row != nil {
			return row
		}
	}
	if next := sheet.Next(nil); next != nil {
		return next
	}
	if len(sheet.Rows) > 0 {
		return &sheet.Rows[0]
	}
	return nil
}
