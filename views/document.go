package views

import (
	"strings"

	"countersign/internal/idv"
	"countersign/internal/review"
)

// shownCase is a case with what its reader may see of it.
type shownCase struct {
	*review.Case
	media bool
}

// picture is a medium as a picture; false where it has no ID that can be asked for.
func (c shownCase) picture(m *idv.Media, of, caption, note string) (Picture, bool) {
	if m == nil {
		return Picture{}, false
	}
	id, ok := m.MediaID()
	if !ok || c.Session.MayFetch(id) != nil {
		return Picture{}, false
	}
	return Picture{
		Href:      MediumPath(c.Recipient, c.Snapshot.Digest, id),
		Thumbnail: ThumbnailPath(c.Recipient, c.Snapshot.Digest, id),
		Label:     of + ", " + strings.ToLower(caption),
		Caption:   caption,
		Note:      note,
	}, true
}

// picturesOf returns the pictures of a resource: its pages with their frames, the
// images that its text was read from, and what it has besides.
func (c shownCase) picturesOf(r *idv.Resource) []Picture {
	var list pictureList
	title := ResourceTitle(r)
	for i, p := range r.Pages {
		page := pageName(r, i)
		list.add(c.picture(p.Media, title, page, capturedBy(p)))
		for j, f := range p.Frames {
			list.add(c.picture(f.Media, title, page+", frame "+position(j), ""))
		}
		for j, id := range p.ExtractionImageIDs {
			list.add(c.picture(&idv.Media{ID: id}, title, page+", as its text was read "+position(j), ""))
		}
	}
	for _, m := range r.Media {
		if isPicture(m) {
			list.add(c.picture(&m.Media, title, idv.MediaField(m.Field).Label, ""))
		}
	}
	for i, f := range r.Frames {
		list.add(c.picture(f.Media, title, "Frame "+position(i), ""))
	}
	return list
}

// pictureList is a list in which no picture stands twice: the image that a text was
// read from is often the page itself.
type pictureList []Picture

func (l *pictureList) add(p Picture, ok bool) {
	if !ok {
		return
	}
	for _, other := range *l {
		if other.Href == p.Href {
			return
		}
	}
	*l = append(*l, p)
}

// isPicture reports whether the field of a medium promises a picture. The declared
// type does not: Yoti's page calls texts pictures.
func isPicture(m idv.NamedMedia) bool {
	switch m.Field {
	case idv.FieldIDPhoto, idv.FieldImage, "id_photo":
		return true
	}
	return m.Field == idv.FieldFile && strings.EqualFold(m.Media.Type, "IMAGE")
}

// pageName says which side of a document a page is. Cards have a front and a back.
func pageName(r *idv.Resource, i int) string {
	if r.Kind != idv.IDDocuments || r.DocumentType == "PASSPORT" || i > 1 {
		return "Page " + position(i)
	}
	if i == 0 {
		return "Front"
	}
	return "Back"
}

// capturedBy says how a page was captured; empty where it is not known.
func capturedBy(p idv.Page) string {
	if p.CaptureMethod == "" {
		return ""
	}
	w := idv.CaptureMethod(p.CaptureMethod)
	if !w.Known {
		shown, _ := idv.Visible(p.CaptureMethod)
		return shown + " (unknown)"
	}
	return w.Label
}

// faces returns the faces of a session: portraits of documents, live captures, face
// captures, each with what became of it unless checks used it. Of a capture in several
// frames the first with a picture stands for all.
func (c shownCase) faces() []Picture {
	var list pictureList
	for i := range c.Session.Resources {
		r := &c.Session.Resources[i]
		note := ""
		if s := c.Assessment.Of(r).Standing; s != idv.Used {
			note = s.Word().Label
		}
		before := len(list)
		for _, m := range r.Media {
			if m.Field == idv.FieldIDPhoto || m.Field == idv.FieldImage {
				list.add(c.face(&m.Media, r, note))
			}
		}
		for j := 0; len(list) == before && j < len(r.Frames); j++ {
			list.add(c.face(r.Frames[j].Media, r, note))
		}
	}
	return list
}

// face is a picture of a face, named for what it was taken from.
func (c shownCase) face(m *idv.Media, r *idv.Resource, note string) (Picture, bool) {
	p, ok := c.picture(m, ResourceTitle(r), "Face", note)
	p.Caption = ResourceTitle(r)
	if r.Kind == idv.IDDocuments {
		p.Caption = "Portrait: " + p.Caption
	}
	return p, ok
}

// faceChecks returns the checks that compare faces.
func faceChecks(s *idv.Session) []*idv.Check {
	var list []*idv.Check
	for i := range s.Checks {
		if t := s.Checks[i].Type; t == idv.DocumentFaceMatch || t == idv.FaceComparison {
			list = append(list, &s.Checks[i])
		}
	}
	return list
}

// toneOfStanding returns the tone of what became of a resource.
func toneOfStanding(s idv.Standing) Tone {
	switch s {
	case idv.Used:
		return Good
	case idv.Waiting:
		return Wait
	}
	return Mute
}

// hasTexts reports whether there is text behind a resource that a page of its own
// shows.
func hasTexts(r *idv.Resource) bool { return len(TextsOf(r)) > 0 }

// TextsOf returns the media of a resource that hold text.
func TextsOf(r *idv.Resource) []idv.NamedMedia {
	var list []idv.NamedMedia
	for _, m := range r.Media {
		if _, ok := m.Media.MediaID(); ok && !isPicture(m) && !m.Template() && m.Field != idv.FieldFile {
			list = append(list, m)
		}
	}
	return list
}

// fileOf returns the file of a supporting document that is no picture; nil when there
// is none.
func fileOf(r *idv.Resource) *idv.Media {
	for _, m := range r.Media {
		if _, ok := m.Media.MediaID(); ok && m.Field == idv.FieldFile && !isPicture(m) {
			return &m.Media
		}
	}
	return nil
}
