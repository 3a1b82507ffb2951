package views

import (
	"strings"

	"countersign/internal/idv"
	"countersign/internal/review"
)

// caseView is a case with what its reader may see of it, and what is looked up in its
// result again and again.
type caseView struct {
	*review.Case
	media     bool
	fetchable idv.Fetchable
	names     idv.MediaNames
	links     *idv.Links
	room      *pageRoom
	view      string // stands for the page view in the addresses of media; empty for the newest of the reader

	exceptions []idv.Exception
	inFull     map[string]bool // sub-checks to which an exception leads: key of the check, blank, name
	faces      shownFaces

	portraits []Picture
}

func newCaseView(c *review.Case, media bool) caseView {
	shown := caseView{Case: c, media: media, fetchable: c.Session.Fetchable(), names: c.Session.MediaNames(), links: c.Session.Links(), room: newPageRoom(c)}
	shown.exceptions, shown.inFull = c.Exceptions(), map[string]bool{}
	for _, e := range shown.exceptions {
		shown.inFull[e.Part+" "+e.Row] = true
	}
	if media {
		shown.portraits = shown.allFaces()
		shown.faces = shown.comparedFaces(shown.portraits)
	}
	return shown
}

// facesOf returns the faces that a check compared; nil where it compared none.
func (c caseView) facesOf(check *idv.Check) *facePair {
	for i := range c.faces.Pairs {
		if c.faces.Pairs[i].Check.Key() == check.Key() {
			return &c.faces.Pairs[i]
		}
	}
	return nil
}

// evidenceOf returns the keys of the documents and captures that a check used and of which
// there are pictures or texts, a blank between them.
func (c caseView) evidenceOf(check *idv.Check) string {
	if !c.media || check.Type.SearchesRecords() {
		return ""
	}
	var keys []string
	found, _ := c.links.ResourcesOf(check, maxNames)
	for _, r := range found {
		keys = append(keys, r.Key())
	}
	return strings.Join(keys, " ")
}

// pictureOf is a medium as a picture; false where it has no ID that can be asked for.
func (c caseView) pictureOf(m *idv.Media, caption, note string) (Picture, bool) {
	if m == nil {
		return Picture{}, false
	}
	id, ok := m.MediaID()
	if !ok || c.fetchable.Check(id) != nil {
		return Picture{}, false
	}
	return Picture{
		Href:      inView(MediumPath(c.Recipient, c.Snapshot.Digest, id), c.view),
		Thumbnail: inView(ThumbnailPath(c.Recipient, c.Snapshot.Digest, id), c.view),
		Label:     c.names[id],
		Caption:   caption,
		Note:      note,
	}, true
}

// picturesOf returns the pictures of a resource: its pages with their frames, the
// images that its text was read from, and what it has besides.
func (c caseView) picturesOf(r *idv.Resource) []Picture {
	var list pictureList
	for i, p := range r.Pages {
		page := r.PageName(i)
		list.add(c.pictureOf(p.Media, page, p.CapturedBy()))
		for j, f := range p.Frames {
			list.addSmall(c.pictureOf(f.Media, idv.FrameName(page, j), ""))
		}
		for j, id := range p.ExtractionImageIDs {
			list.addSmall(c.pictureOf(&idv.Media{ID: id}, idv.ExtractionImageName(page, j), ""))
		}
	}
	for _, m := range r.Media {
		if m.Picture() {
			list.addSmall(c.pictureOf(&m.Media, idv.MediaField(m.Field).Label, ""))
		}
	}
	for i, f := range r.Frames {
		list.addSmall(c.pictureOf(f.Media, idv.FrameName("", i), ""))
	}
	return list.pictures
}

// pictureList is a list in which no picture stands twice: the image that a text was
// read from is often the page itself.
type pictureList struct {
	pictures []Picture
	there    map[string]bool // by address
}

func (l *pictureList) add(p Picture, ok bool) {
	if !ok || l.there[p.Href] {
		return
	}
	if l.there == nil {
		l.there = map[string]bool{}
	}
	l.there[p.Href] = true
	l.pictures = append(l.pictures, p)
}

// addSmall adds a picture that is not a whole page.
func (l *pictureList) addSmall(p Picture, ok bool) {
	p.Small = true
	l.add(p, ok)
}

// toneOfStanding returns the tone of what became of a resource that no check used so far.
func toneOfStanding(s idv.ResourceUse) Tone {
	switch s {
	case idv.Waiting:
		return Wait
	}
	return Mute
}
