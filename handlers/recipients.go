package handlers

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"countersign/internal/account"
	"countersign/internal/idv"
	"countersign/internal/review"
	"countersign/views"
)

// recipientParam reads the ID in the address, in whatever notation.
func recipientParam(c echo.Context) (idv.RecipientID, error) {
	id, err := idv.FindRecipientID(c.Param("id"))
	if err != nil {
		return idv.RecipientID{}, &noRecipient{c.Param("id")}
	}
	return id, nil
}

// withRecipient reads the recipient that an address is about, for a page that needs one. Pages
// in whose address the ID has another notation than ours are led to the address that
// everybody bookmarks.
func withRecipient(handle func(echo.Context, idv.RecipientID) error) echo.HandlerFunc {
	return func(c echo.Context) error {
		id, err := recipientParam(c)
		if err != nil {
			return withTyped(c, err)
		}
		if isReadRequest(c.Request()) && c.Param("id") != id.String() {
			return c.Redirect(http.StatusSeeOther, addressWithID(c.Request().URL, id))
		}
		return handle(c, id)
	}
}

// withTyped is err with the text of the form that was sent, to be given back.
func withTyped(c echo.Context, err error) error {
	if isReadRequest(c.Request()) {
		return err
	}
	form, formErr := readForm(c)
	if formErr != nil {
		return formErr
	}
	return &typedError{typedText(textIn(form)), err}
}

// addressWithID is the address of a page about a recipient with the ID as we write it.
func addressWithID(u *url.URL, id idv.RecipientID) string {
	address := views.RecipientPath(id)
	rest := strings.TrimPrefix(u.EscapedPath(), views.RecipientsPath+"/")
	if _, page, found := strings.Cut(rest, "/"); found {
		address += "/" + page
	}
	if u.RawQuery != "" {
		address += "?" + u.RawQuery
	}
	return address
}

func (s *Server) showRecipient(c echo.Context, id idv.RecipientID) error {
	before, err := notesBeforeParam(c)
	if err != nil {
		return err
	}
	opened, err := s.Desk.Open(c.Request().Context(), currentUser(c), id, before)
	if errors.Is(err, review.ErrErased) {
		return s.renderErased(c, id)
	}
	if err != nil {
		return err
	}
	page, err := s.reviewPage(c, opened)
	if err != nil {
		return err
	}
	page.OldNotes = before > 0
	if page.Done, err = s.doneElsewhere(c); err != nil {
		return err
	}
	if err := s.addRecordedEntry(c, &page); err != nil {
		return err
	}
	if c.QueryParams().Has(views.AgainField) && page.MayWrite() {
		page.Choice = views.DecisionChoice{Choice: opened.RepeatedChoice(), Again: true}
	}
	return s.renderCase(c, http.StatusOK, page)
}

// addRecordedEntry puts on a page what its reader has just recorded, where the address says so.
func (s *Server) addRecordedEntry(c echo.Context, page *views.ReviewPage) error {
	seq, err := strconv.ParseInt(c.QueryParam(views.RecordedField), 10, 64)
	if err != nil {
		return nil // there is nothing to say
	}
	if page.Recorded = views.NewRecordedEntry(page.Case, page.Who, seq); page.Recorded == nil {
		return nil
	}
	if page.Queue != nil {
		page.Recorded.Next = page.Queue.AfterPath()
		return nil
	}
	lists, err := s.Desk.Home(c.Request().Context(), page.Who)
	if err != nil {
		return err
	}
	if next, ok := lists.Next(page.Who, page.Recipient); ok {
		page.Recorded.Next = views.RecipientPath(next)
	}
	return nil
}

// notesBeforeParam reads before which note the notes of a page stand; zero for the newest.
func notesBeforeParam(c echo.Context) (int64, error) {
	text := c.QueryParam(views.NotesBefore)
	if text == "" {
		return 0, nil
	}
	before, err := strconv.ParseInt(text, 10, 64)
	if err != nil || before <= 0 {
		return 0, echo.NewHTTPError(http.StatusNotFound)
	}
	return before, nil
}

func (s *Server) renderOpened(c echo.Context, opened *review.Case) error {
	page, err := s.reviewPage(c, opened)
	if err != nil {
		return err
	}
	return s.renderCase(c, http.StatusOK, page)
}

// renderErased shows what is left of an erased recipient.
func (s *Server) renderErased(c echo.Context, id idv.RecipientID) error {
	remains, err := s.Desk.ErasedRecord(c.Request().Context(), currentUser(c), id)
	if err != nil {
		return err
	}
	page := views.ErasedPage{Frame: s.frame(c, "Erased · "+views.CaseTitle("", id)), ErasedRecord: remains}
	page.Path, page.Search = views.RecipientPath(id), id.String()
	return renderPage(c, http.StatusGone, views.Erased(page))
}

// reviewPage is the page of a case, with the draft of whoever asks in its form.
func (s *Server) reviewPage(c echo.Context, opened *review.Case) (views.ReviewPage, error) {
	page := views.ReviewPage{
		Frame:          s.frame(c, views.CaseTitle(opened.Assessment.Bucket, opened.Recipient)),
		Case:           opened,
		Note:           views.NoteForm{Key: newKey()},
		Answer:         views.AnswerForm{Key: newKey()},
		Expected:       views.ExpectedForm{Key: newKey()},
		VerdictOptions: s.Desk.VerdictOptions(opened),
	}
	page.Path = keepView(c, views.RecipientPath(opened.Recipient))
	page.Search = opened.Recipient.String()
	if page.Who.Role.May(account.ReadEvidence) {
		covered, err := s.Desk.Coverage(c.Request().Context(), page.Who, opened)
		if err != nil {
			return views.ReviewPage{}, err
		}
		page.Coverage = &covered
	}
	var err error
	if page.Queue, err = s.caseQueue(c, opened.Recipient); err != nil {
		return views.ReviewPage{}, err
	}
	if page.Queue != nil {
		page.Queue.Line = lineOfCase(opened, page.Queue)
	}
	if !opened.Current {
		page.Title = views.CaseTitle(opened.Assessment.Bucket, opened.Recipient, "Result "+opened.Snapshot.Digest.Short())
		page.Path = keepView(c, views.SnapshotPath(opened.Recipient, opened.Snapshot.Digest))
		return page, nil
	}
	if page.Work, err = s.caseForms(c, opened.Recipient); err != nil {
		return views.ReviewPage{}, err
	}
	if opened.Draft != nil {
		page.Note.Text, page.Note.Saved = opened.Draft.Text, true
		page.Choice.Choice = opened.Draft.Choice
	}
	if !page.MayWrite() {
		return page, nil
	}
	page.Form = views.NoteFormID
	page.Deciders, err = s.Desk.Deciders(c.Request().Context())
	return page, err
}

// renderCase shows a case, with warnings about the text in its form.
func (s *Server) renderCase(c echo.Context, status int, page views.ReviewPage) error {
	evidence, err := s.evidenceOf(c, page)
	if err != nil {
		return err
	}
	page.Evidence = evidence.Evidence
	page.Note.Warnings = review.NoteWarnings(page.Note.Text, s.Now())
	b := templ.GetBuffer()
	defer templ.ReleaseBuffer(b)
	if err := views.Review(page).Render(pageContext(c), b); err != nil {
		return err
	}
	return s.packer.send(c, status, b.Bytes(), evidence.findings)
}

// evidenceOf is what of the page of a case follows from its result.
func (s *Server) evidenceOf(c echo.Context, page views.ReviewPage) (packedEvidence, error) {
	key := evidenceKey{page.Recipient, page.Snapshot.Digest, page.Who.Role.May(account.ReadEvidence), page.Who.Preferences.Codes, fmt.Sprint(page.HitReviews()), page.Signer().String(), caseViewQuery(c)}
	compute := func() (packedEvidence, error) {
		evidence, err := views.NewEvidence(pageContext(c), page.Case, key.media)
		if err != nil {
			return packedEvidence{}, err
		}
		findings, err := newPackedPart(evidence.Findings())
		return packedEvidence{evidence, findings}, err
	}
	if !page.Snapshot.Cacheable() {
		return compute()
	}
	return s.evidence.GetOrCompute(key, compute)
}

// refreshResult asks Yoti again. Whatever comes of it stands on the page that follows.
func (s *Server) refreshResult(c echo.Context, id idv.RecipientID) error {
	if err := s.keepTyped(c); err != nil {
		return err
	}
	err := s.Desk.Refresh(c.Request().Context(), currentUser(c), id)
	if _, known := review.KindOf(err); err != nil && !known {
		return err
	}
	return c.Redirect(http.StatusSeeOther, keepView(c, views.RecipientPath(id)))
}
