package handlers

import (
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"countersign/internal/idv"
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
	page.Path = keepView(c, views.PartPath(id, part.Snapshot.Digest, part.Key))
	page.Search = id.String()
	if page.Queue, err = s.caseQueue(c, id); err != nil {
		return views.PartPage{}, err
	}
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
			wanted[i].as = review.AccessConsulted
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
