package handlers

import (
	"sync"

	"github.com/labstack/echo/v4"

	"countersign/internal/idv"
	"countersign/internal/media"
	"countersign/internal/review"
	"countersign/views"
)

// documentFields is what was read from the identity document; nil when it cannot be had.
func (s *Server) documentFields(c echo.Context, part *review.Part) *idv.Fields {
	identity := part.Session.IdentityDocument()
	if identity == nil {
		return nil
	}
	return s.fetchTexts(c, part, []wantedText{identityText(identity)})[0].section(idv.IDDocuments).Fields
}

// wantedText is a text to be fetched, and what it is on record as.
type wantedText struct {
	idv.NamedMedia
	as review.AccessKind
}

// textAccessKind is what the texts of a part are on record as: a form reads them to record
// something, and leads to the page that shows them.
func textAccessKind(c echo.Context) review.AccessKind {
	if isReadRequest(c.Request()) {
		return review.AccessOpened
	}
	return review.AccessConsulted
}

func wantedTexts(as review.AccessKind, list []idv.NamedMedia) []wantedText {
	var wanted []wantedText
	for _, m := range list {
		wanted = append(wanted, wantedText{m, as})
	}
	return wanted
}

// identityText is the text of the identity document for a page about something else.
func identityText(identity *idv.Resource) wantedText {
	return wantedText{idv.NamedMedia{Field: idv.FieldDocumentFields, Media: *identity.Medium(idv.FieldDocumentFields)}, review.AccessConsulted}
}

// partText is a medium that holds text, or why it cannot be had.
type partText struct {
	field string
	body  []byte
	err   error
}

// fetchTexts fetches media that hold text, at the same time.
func (s *Server) fetchTexts(c echo.Context, part *review.Part, wanted []wantedText) []partText {
	list := make([]partText, len(wanted))
	var all sync.WaitGroup
	for i, m := range wanted {
		list[i].field = m.Field
		all.Go(func() { list[i].body, list[i].err = s.fetchText(c, part, m) })
	}
	all.Wait()
	return list
}

func (s *Server) fetchText(c echo.Context, part *review.Part, m wantedText) ([]byte, error) {
	id, err := idv.ParseMediaID(m.Media.ID)
	if err != nil {
		return nil, err
	}
	body, err := s.Desk.Medium(c.Request().Context(), currentUser(c), review.MediumRequest{
		Recipient: part.Recipient, Digest: part.Snapshot.Digest, Medium: id, As: m.as, View: part.View,
	})
	if err != nil {
		return nil, err
	}
	defer body.Close()
	medium, err := media.Sniff(body)
	if err == nil && medium.Kind != media.JSON {
		err = media.ErrKind
	}
	if err != nil {
		body.NotShown()
		return nil, err
	}
	return medium.ReadAll(idv.MaxHitsBytes)
}

// section shows a text as what its field says that it is.
func (t partText) section(kind idv.ResourceKind) views.PartSection {
	section := views.PartSection{Title: idv.MediaField(t.field).Label}
	if t.err != nil {
		page, _ := explainError(&mediumError{t.err}, false)
		section.Problem = &views.MediumProblem{Code: page.Code, Title: page.Heading, Advice: page.Text, Answer: review.AnswerOf(t.err).String()}
		return section
	}
	switch t.field {
	case idv.FieldRawResults:
		section.Hits = &views.HitsPart{List: idv.ReadHits(t.body)}
	case idv.FieldExpandedFields:
		section.Expanded = idv.ReadExpanded(t.body)
	default:
		section.Fields = idv.ReadFields(t.body)
		if t.field == idv.FieldDocumentFields && section.Fields.Unread == nil {
			section.Missing = section.Fields.Missing(kind)
		}
		section.Extracted = t.field == idv.FieldDocumentFields && kind == idv.IDDocuments
	}
	return section
}
