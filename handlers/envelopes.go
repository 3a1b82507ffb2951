package handlers

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"countersign/internal/account"
	"countersign/internal/idv"
	"countersign/internal/review"
	"countersign/views"
)

// envelopeError is a failure that is about an envelope.
type envelopeError struct{ err error }

func (e *envelopeError) Error() string { return "show envelope: " + e.err.Error() }
func (e *envelopeError) Unwrap() error { return e.err }

// envelopeParam reads the ID of the envelope in the address, in whatever notation.
func envelopeParam(c echo.Context) (idv.EnvelopeID, error) {
	return findEnvelopeID(c.Param("envelope"))
}

// findEnvelopeID returns the one UUID in a text, as that of an envelope. It returns
// idv.ErrNoEnvelopeID where there is none, or more than one.
func findEnvelopeID(text string) (idv.EnvelopeID, error) {
	id, err := idv.FindRecipientID(text)
	if err != nil {
		return idv.EnvelopeID{}, idv.ErrNoEnvelopeID
	}
	return idv.ParseEnvelopeID(id.String())
}

// findEnvelope leads from whatever was typed to the envelope that it names.
func (s *Server) findEnvelope(c echo.Context) error {
	typed := typedQuery(c, "id")
	id, err := findEnvelopeID(typed)
	if err == nil {
		return c.Redirect(http.StatusSeeOther, views.EnvelopePath(id))
	}
	page := s.searchPage(c, "")
	page.Path = views.SearchPath
	page.Envelope = views.EnvelopeForm{Typed: typed, Problem: "There is no envelope ID in this text. It is a UUID: 32 hexadecimal digits in five groups."}
	switch {
	case len(idv.FindRecipientIDs(typed)) > 1:
		page.Envelope.Problem = "This text contains more than one ID. Leave one."
	case strings.TrimSpace(typed) == "":
		page.Envelope.Problem = "Enter an envelope ID."
	}
	return renderPage(c, http.StatusUnprocessableEntity, views.Search(page))
}

// showEnvelope shows the recipients of an envelope, of whom Yoti is asked each time.
func (s *Server) showEnvelope(c echo.Context) error {
	id, err := envelopeParam(c)
	if err != nil {
		return err
	}
	if c.Param("envelope") != id.String() {
		return c.Redirect(http.StatusSeeOther, views.EnvelopePath(id))
	}
	opened, err := s.Desk.Envelope(c.Request().Context(), currentUser(c), id)
	if err != nil {
		return &envelopeError{err}
	}
	page := views.EnvelopePage{Frame: s.frame(c, views.EnvelopeTitle(id)), OpenedEnvelope: opened, Outcome: fetchOutcome(c, opened.At)}
	page.Path, page.Search = views.EnvelopePath(id), id.String()
	page.Subject = "Envelope " + id.String()
	return renderPage(c, http.StatusOK, views.Envelope(page))
}

// fetchEnvelope fetches the results of an envelope, and leads back to its page.
func (s *Server) fetchEnvelope(c echo.Context) error {
	id, err := envelopeParam(c)
	if err != nil {
		return err
	}
	done, err := s.Desk.FetchEnvelope(c.Request().Context(), currentUser(c), id)
	if err != nil {
		return &envelopeError{err}
	}
	return c.Redirect(http.StatusSeeOther, views.FetchedEnvelopePath(id, done))
}

// maxUntil is how far ahead an address can say that one has to wait.
const maxUntil = 24 * time.Hour

// fetchOutcome is what the address says of results that were fetched; nil where it says nothing.
func fetchOutcome(c echo.Context, now time.Time) *review.EnvelopeFetch {
	var counts [3]int
	for i, field := range []string{views.FetchedField, views.FailedField, views.LeftField} {
		n, err := strconv.Atoi(c.QueryParam(field))
		if err != nil || n < 0 || n > idv.MaxEnvelopeRecipients {
			return nil
		}
		counts[i] = n
	}
	done := &review.EnvelopeFetch{Fetched: counts[0], Failed: counts[1], Left: counts[2]}
	if seconds, err := strconv.ParseInt(c.QueryParam(views.UntilField), 10, 64); err == nil && seconds > 0 && seconds < now.Add(maxUntil).Unix() {
		done.Until = time.Unix(seconds, 0)
	}
	return done
}

// offerEnvelope offers on an error page to try again with the envelope that it is about, and
// to open the envelope with the ID of a recipient of whom Yoti knows nothing.
func offerEnvelope(c echo.Context, err error, page *views.ErrorPage) {
	if !page.May(account.ReadEvidence) {
		return
	}
	kind, upstream := review.KindOf(err)
	if id, idErr := envelopeParam(c); idErr == nil && upstream {
		page.Again, page.Search = views.EnvelopePath(id), id.String()
		return
	}
	if id, idErr := findEnvelopeID(c.Param("id")); idErr == nil && kind == review.NotFound && c.Path() == "/recipients/:id" {
		page.Other = views.EnvelopePath(id)
	}
}
