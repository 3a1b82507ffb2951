package idv

import (
	"strconv"
	"strings"
)

// Exhibit is something that a result names and that a person can open: a picture, a
// text, a file, or the results of a search.
type Exhibit struct {
	ID       MediaID
	Part     string // key of the resource, check or identity profile that it belongs to
	Field    string // in which it stands
	Title    string // of the part, as "Passport, Denmark"
	What     string // what of the part it is, as "Page 1, frame 2"
	Sequence string // what it is a frame of, as "Page 1"; empty where the part itself is the sequence
	Frame    int    // its number in the sequence, from 1; zero where it is not a frame
}

// Name is what a person calls it: "Passport, Denmark, page 1, frame 2".
func (e *Exhibit) Name() string { return mediumName(e.Title, e.What) }

func mediumName(title, what string) string { return title + ", " + strings.ToLower(what) }

// Exhibits returns what a person can open of a result, each medium once, in the order of
// the result. What may not be fetched is not among it.
func (s *Session) Exhibits() []Exhibit {
	list := exhibitList{fetchable: s.Fetchable(), listed: map[MediaID]bool{}}
	for i := range s.Resources {
		list.addResource(&s.Resources[i])
	}
	for i := range s.Checks {
		list.addCheck(&s.Checks[i])
	}
	for i := range s.IdentityProfiles {
		p := &s.IdentityProfiles[i]
		list.add(p.Report, Exhibit{Part: p.Key(), Field: FieldProfileReport, Title: p.Kind.Word().Label, What: "Verified details"})
	}
	return list.exhibits
}

type exhibitList struct {
	exhibits  []Exhibit
	fetchable Fetchable
	listed    map[MediaID]bool
}

func (l *exhibitList) addResource(r *Resource) {
	of := Exhibit{Part: r.Key(), Title: r.Title()}
	for i, p := range r.Pages {
		page := r.PageName(i)
		l.add(p.Media, of.inField(FieldPages, page))
		l.addFrames(p.Frames, of, page)
		for j, id := range p.ExtractionImageIDs {
			l.add(&Media{ID: id}, of.inField(FieldExtractionImages, ExtractionImageName(page, j)))
		}
	}
	for i := range r.Media {
		if m := &r.Media[i]; m.Picture() {
			l.add(&m.Media, of.inField(m.Field, fieldName(m.Field)))
		}
	}
	l.addFrames(r.Frames, of, "")
	for i := range r.Media {
		m := &r.Media[i]
		l.add(&m.Media, of.inField(m.Field, fieldName(m.Field)))
	}
}

func (l *exhibitList) addFrames(frames []Frame, of Exhibit, sequence string) {
	for i, f := range frames {
		e := of.inField(FieldFrames, FrameName(sequence, i))
		e.Sequence, e.Frame = sequence, i+1
		l.add(f.Media, e)
	}
}

func (l *exhibitList) addCheck(c *Check) {
	of := Exhibit{Part: c.Key(), Title: c.Name()}
	l.add(c.GeneratedProfile, of.inField(FieldGeneratedProfile, fieldName(FieldGeneratedProfile)))
	if c.Report != nil && c.Report.Watchlist != nil {
		l.add(c.Report.Watchlist.RawResults, of.inField(FieldRawResults, fieldName(FieldRawResults)))
	}
}

// inField is an exhibit of the same part.
func (e Exhibit) inField(field, what string) Exhibit {
	e.Field, e.What = field, what
	return e
}

func (l *exhibitList) add(m *Media, e Exhibit) {
	if m == nil {
		return
	}
	id, ok := m.MediaID()
	if !ok || l.listed[id] || l.fetchable.Check(id) != nil {
		return
	}
	l.listed[id] = true
	e.ID = id
	l.exhibits = append(l.exhibits, e)
}

// PageName says which side of a document a page is, counted from 0. Cards have a front and
// a back.
func (r *Resource) PageName(i int) string {
	if r.Kind != IDDocuments || r.DocumentType == "PASSPORT" || i > 1 {
		return "Page " + strconv.Itoa(i+1)
	}
	if i == 0 {
		return "Front"
	}
	return "Back"
}

// FrameName names a frame of a sequence, counted from 0. The sequence of a capture has no
// name.
func FrameName(sequence string, i int) string {
	if sequence == "" {
		return "Frame " + strconv.Itoa(i+1)
	}
	return sequence + ", frame " + strconv.Itoa(i+1)
}

// ExtractionImageName names a picture from which the text of a page was read, counted
// from 0.
func ExtractionImageName(page string, i int) string {
	return page + ", as its text was read " + strconv.Itoa(i+1)
}

// fieldName names a medium by its field.
func fieldName(field string) string {
	switch field {
	case FieldDocumentFields:
		return "Extracted data"
	case FieldExpandedFields:
		return "Extracted data by source"
	}
	label, _ := Visible(MediaField(field).Label)
	return label
}

// Picture reports whether the field of a medium promises a picture. The declared type does
// not: Yoti's page calls texts pictures.
func (m NamedMedia) Picture() bool {
	switch m.Field {
	case FieldIDPhoto, FieldImage, "id_photo":
		return true
	}
	return m.Field == FieldFile && strings.EqualFold(m.Media.Type, "IMAGE")
}

// MediaNames says what people call the media of a result. A medium that is in several
// places is called after the first in which it can be opened.
type MediaNames map[MediaID]string

// MediaNames names everything that the result names.
func (s *Session) MediaNames() MediaNames {
	names := MediaNames{}
	exhibits := s.Exhibits()
	for i := range exhibits {
		names[exhibits[i].ID] = exhibits[i].Name()
	}
	for i := range s.Resources {
		r := &s.Resources[i]
		names.addRest(r.Title(), &Session{Resources: s.Resources[i : i+1]})
	}
	for i := range s.Checks {
		names.addRest(s.Checks[i].Name(), &Session{Checks: s.Checks[i : i+1]})
	}
	return names
}

// addRest names what cannot be opened by itself by the part to which it belongs.
func (n MediaNames) addRest(title string, part *Session) {
	for _, m := range part.Media() {
		if id, ok := m.Media.MediaID(); ok && n[id] == "" {
			n[id] = mediumName(title, fieldName(m.Field))
		}
	}
}

// MediaName is MediaNames for a single medium; empty where the result does not name it.
func (s *Session) MediaName(id MediaID) string { return s.MediaNames()[id] }

// PartName is what people call the resource, check or identity profile with a key; empty
// where the result has none.
func (s *Session) PartName(key string) string {
	for i := range s.Resources {
		if r := &s.Resources[i]; r.Key() == key {
			return r.Title()
		}
	}
	for i := range s.Checks {
		if c := &s.Checks[i]; c.Key() == key {
			return c.Name()
		}
	}
	for i := range s.IdentityProfiles {
		if p := &s.IdentityProfiles[i]; p.Key() == key {
			return p.Kind.Word().Label
		}
	}
	return ""
}
