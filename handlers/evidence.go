package handlers

import (
	"net/http"
	"strconv"
	"sync"

	"github.com/labstack/echo/v4"

	"countersign/internal/account"
	"countersign/internal/idv"
	"countersign/internal/media"
	"countersign/internal/review"
	"countersign/views"
)

// showPart shows a resource or a check with the texts behind it, which are fetched for
// this page and forgotten with it.
func (s *Server) showPart(c echo.Context, id idv.RecipientID) error {
	page, err := s.partPage(c, id)
	if err != nil {
		return err
	}
	return renderPage(c, http.StatusOK, views.Part(page))
}

// partPage is the page of the part that the address names.
func (s *Server) partPage(c echo.Context, id idv.RecipientID) (views.PartPage, error) {
	digest, err := snapshotParam(c)
	if err != nil {
		return views.PartPage{}, err
	}
	number, err := picturesPageParam(c)
	if err != nil {
		return views.PartPage{}, err
	}
	part, err := s.Desk.Part(c.Request().Context(), currentUser(c), id, digest, c.Param("part"))
	if err != nil {
		return views.PartPage{}, err
	}
	page := views.PartPage{Frame: s.frame(c, views.CaseTitle(part.Bucket, id, views.PartTitle(part))), Part: part, At: sessionTime(part)}
	page.Path = views.PartPath(id, part.Snapshot.Digest, part.Key)
	page.Search = id.String()
	var there bool
	if page.Pictures, there = views.NewPictureSheet(part, number); !there {
		return views.PartPage{}, echo.NewHTTPError(http.StatusNotFound)
	}
	if number > 1 {
		return page, nil
	}
	if part.Resource != nil {
		page.Sections = s.resourceSections(c, part)
	} else {
		page.Sections, err = s.checkSections(c, part)
	}
	return page, err
}

// picturesPageParam reads which page of pictures is asked for, counted from 1.
func picturesPageParam(c echo.Context) (int, error) {
	text := c.QueryParam(views.PicturesPage)
	if text == "" {
		return 1, nil
	}
	page, err := strconv.Atoi(text)
	if err != nil || page < 1 {
		return 0, echo.NewHTTPError(http.StatusNotFound)
	}
	return page, nil
}

// resourceSections reads the texts of a document or a profile.
func (s *Server) resourceSections(c echo.Context, part *review.Part) []views.PartSection {
	r := part.Resource
	wanted := wantedTexts(textAccessKind(c), r.Texts())
	identity := part.Session.IdentityDocument()
	compared := r.Kind == idv.SupplementaryDocuments && identity != nil && r.Medium(idv.FieldDocumentFields) != nil
	if compared {
		wanted = append(wanted, identityText(identity))
	}
	texts := s.fetchTexts(c, part, wanted)
	shown := texts
	if compared {
		shown = texts[:len(texts)-1]
	}
	var sections []views.PartSection
	var own *idv.Fields
	for _, t := range shown {
		section := t.section(r.Kind)
		if t.field == idv.FieldDocumentFields {
			own = section.Fields
		}
		sections = append(sections, section)
	}
	if compared && own != nil && own.Unread == nil {
		sections = append(sections, comparisonSection(identity, r, texts[len(texts)-1], own))
	}
	return sections
}

// comparisonSection sets the fields of an identity document beside those of a supporting one.
func comparisonSection(identity, supporting *idv.Resource, t partText, own *idv.Fields) views.PartSection {
	section := t.section(idv.IDDocuments)
	section.Title = "Compared with the identity document"
	if section.Problem != nil || section.Fields.Unread != nil {
		return section
	}
	section.Compared = &views.Comparison{
		Identity:   identity.Title(),
		Supporting: supporting.Title(),
		List:       idv.CompareDocuments(section.Fields, own),
	}
	return section
}

// checkSections reads what a check searched with, and what it found.
func (s *Server) checkSections(c echo.Context, part *review.Part) ([]views.PartSection, error) {
	var sections []views.PartSection
	var profile *idv.Fields
	hits := -1
	wanted := wantedTexts(textAccessKind(c), part.Check.Texts())
	for i := range wanted {
		if wanted[i].Field == idv.FieldRawResults { // of which a page shows some hits
			wanted[i].as = review.SeenConsulted
		}
	}
	for _, t := range s.fetchTexts(c, part, wanted) {
		section := t.section("")
		if t.field == idv.FieldRawResults {
			hits = len(sections)
		}
		if t.field == idv.FieldGeneratedProfile {
			profile = section.Fields
		}
		sections = append(sections, section)
	}
	if hits < 0 || sections[hits].Problem != nil {
		return sections, nil
	}
	shown := sections[hits].Hits
	var document *idv.Fields
	if profile == nil || profile.Value("date_of_birth") == "" {
		document = s.documentFields(c, part)
	}
	shown.Signer = idv.SignerOf(profile, document, shown.List)
	if err := s.chooseHits(c, part, shown); err != nil {
		return nil, err
	}
	if shown.DetailsAlone {
		return sections[hits : hits+1], nil
	}
	return sections, nil
}

// documentFields is what was read from the identity document; nil when it cannot be had.
func (s *Server) documentFields(c echo.Context, part *review.Part) *idv.Fields {
	identity := part.Session.IdentityDocument()
	if identity == nil {
		return nil
	}
	return s.fetchTexts(c, part, []wantedText{identityText(identity)})[0].section(idv.IDDocuments).Fields
}

// chooseHits picks the hits that the address asks for, puts on record that they are
// shown, and says what stands about them.
func (s *Server) chooseHits(c echo.Context, part *review.Part, hits *views.HitsPart) error {
	asked := views.ParseHitRequest(c.QueryParams())
	asked.Query.Born, asked.Query.At = hits.Signer.Born, s.Now()
	judged, err := s.Desk.Judgements(c.Request().Context(), currentUser(c), part, hits.List)
	if err != nil {
		return err
	}
	hits.Check = part.Check
	hits.Digest = part.Snapshot.Digest
	hits.Snapshot = part.Snapshot.Digest.String()
	hits.Path = views.PartPath(part.Recipient, part.Snapshot.Digest, part.Key)
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
		if err := s.Desk.SawHits(c.Request().Context(), currentUser(c), part, which, hits.List); err != nil {
			return err
		}
	}
	if judged.Newest == part.Snapshot.Digest && currentUser(c).Role.May(account.Decide) {
		hits.Judge = &views.JudgeForm{
			ID: "judge-" + part.Key, Key: newKey(),
			Action: views.HitsPath(part.Recipient, part.Key) + "?snapshot=" + hits.Snapshot + "&" + views.HitQueryString(hits.Sheet.Query),
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

// wantedText is a text to be fetched, and what it is on record as.
type wantedText struct {
	idv.NamedMedia
	as review.Seen
}

// textAccessKind is what the texts of a part are on record as: a form reads them to record
// something, and leads to the page that shows them.
func textAccessKind(c echo.Context) review.Seen {
	if isReadRequest(c.Request()) {
		return review.SeenOpened
	}
	return review.SeenConsulted
}

func wantedTexts(as review.Seen, list []idv.NamedMedia) []wantedText {
	var wanted []wantedText
	for _, m := range list {
		wanted = append(wanted, wantedText{m, as})
	}
	return wanted
}

// identityText is the text of the identity document for a page about something else.
func identityText(identity *idv.Resource) wantedText {
	return wantedText{idv.NamedMedia{Field: idv.FieldDocumentFields, Media: *identity.Medium(idv.FieldDocumentFields)}, review.SeenConsulted}
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
