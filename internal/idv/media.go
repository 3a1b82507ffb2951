package idv

import (
	"errors"
	"strings"

	"github.com/google/uuid"
)

// Media names something that Yoti keeps: a picture, extracted text, a file. The
// result holds only the name; personal data lies behind it.
type Media struct {
	ID          string
	Type        string // as declared: IMAGE, JSON, BINARY, PDF. Not to be trusted
	Created     Time
	LastUpdated Time
}

// NamedMedia is a medium with the field in which it stood, such as
// "document_id_photo".
type NamedMedia struct {
	Field string
	Media Media
}

// The fields of a result in which media stand, named as on the wire, where a page
// treats one in its own way.
const (
	FieldPages            = "pages"
	FieldFrames           = "frames"
	FieldExtractionImages = "extraction_image_ids"
	FieldDocumentFields   = "document_fields"
	FieldExpandedFields   = "expanded_document_fields"
	FieldIDPhoto          = "document_id_photo"
	FieldFile             = "file"
	FieldImage            = "image"
	FieldFaceMap          = "facemap"
	FieldGeneratedMedia   = "generated_media"
	FieldGeneratedProfile = "generated_profile"
	FieldRawResults       = "raw_results"
	FieldProfileReport    = "identity_profile_report"
	FieldProfile          = "media" // of an applicant profile, where it has no field of its own
)

// UnobtainableMeaning says of a medium without a usable ID that it cannot be had, so that
// nobody takes it for absent.
const UnobtainableMeaning = "The result mentions this without a media ID that Yoti could be asked for, so it cannot be had."

// typeBinary is the declared type of biometric templates.
const typeBinary = "BINARY"

// MediaID is the UUID by which Yoti Sign knows a medium. Only ParseMediaID makes one,
// so an address that is built from it cannot be steered. It is comparable; the zero
// value names nothing.
type MediaID struct{ id uuid.UUID }

// The reasons why a medium is not asked for.
var (
	// ErrNoMediaID is returned when the text is not a UUID.
	ErrNoMediaID = errors.New("no media ID")
	// ErrNotNamed is returned when the result does not name the medium.
	ErrNotNamed = errors.New("the result names no such medium")
	// ErrTemplate is returned when the medium is a biometric template, which nobody can read.
	ErrTemplate = errors.New("the medium is a biometric template")
)

// ParseMediaID reads s as one UUID with dashes, in either letter case.
func ParseMediaID(s string) (MediaID, error) {
	id, err := uuid.Parse(s)
	if err != nil || id == uuid.Nil || !strings.EqualFold(id.String(), s) {
		return MediaID{}, ErrNoMediaID
	}
	return MediaID{id}, nil
}

// String returns the ID in its canonical form: lower case, with dashes.
func (id MediaID) String() string { return id.id.String() }

// MediaID returns the ID of the medium, and false when what stands there is none.
func (m Media) MediaID() (MediaID, bool) {
	id, err := ParseMediaID(m.ID)
	return id, err == nil
}

// Unobtainable reports whether the result mentions the medium and gives no ID by which
// Yoti could be asked for it.
func (m Media) Unobtainable() bool {
	_, ok := m.MediaID()
	return !ok
}

// Template reports whether a medium in this place is a biometric template: it is
// neither fetched nor shown. Source: Yoti IDV, retrieve image.
func (m NamedMedia) Template() bool {
	return m.Field == FieldFaceMap || strings.EqualFold(strings.TrimSpace(m.Media.Type), typeBinary)
}

// Fetchable says of every medium that a result names whether it may be fetched.
type Fetchable map[MediaID]error

// Fetchable looks once at everything that the result names. A caller that asks about many
// media keeps what it returns.
func (s *Session) Fetchable() Fetchable {
	named := Fetchable{}
	for _, m := range s.Media() {
		id, ok := m.Media.MediaID()
		switch {
		case !ok:
		case m.Template(): // one place that makes it a template is enough
			named[id] = ErrTemplate
		case named[id] == nil:
			named[id] = nil
		}
	}
	return named
}

// Check returns nil when the result names the medium and it is nothing that must not
// be fetched; else ErrNotNamed or ErrTemplate.
func (f Fetchable) Check(id MediaID) error {
	err, named := f[id]
	if !named {
		return ErrNotNamed
	}
	return err
}

// MayFetch is Fetchable and Check for a single medium.
func (s *Session) MayFetch(id MediaID) error { return s.Fetchable().Check(id) }

// Media returns everything that the result names, each with its field; what is named
// twice is there twice, and what has no ID is not.
func (s *Session) Media() []NamedMedia {
	var list mediaList
	for i := range s.Resources {
		list.addResource(&s.Resources[i])
	}
	for i := range s.Checks {
		list.addCheck(&s.Checks[i])
	}
	for i := range s.IdentityProfiles {
		list.add(FieldProfileReport, s.IdentityProfiles[i].Report)
	}
	return list
}

// Texts returns the media of the resource that hold text.
func (r *Resource) Texts() []NamedMedia {
	var list []NamedMedia
	for _, m := range r.Media {
		if !m.Media.Unobtainable() && !m.Picture() && !m.Template() && m.Field != FieldFile {
			list = append(list, m)
		}
	}
	return list
}

// File returns the file of a supporting document that is no picture; nil when there is none.
func (r *Resource) File() *Media {
	for i := range r.Media {
		if m := &r.Media[i]; !m.Media.Unobtainable() && m.Field == FieldFile && !m.Picture() {
			return &m.Media
		}
	}
	return nil
}

// Texts returns the media of the check that hold text: what it searched with and what it
// found.
func (c *Check) Texts() []NamedMedia {
	var list []NamedMedia
	add := func(field string, m *Media) {
		if m != nil && !m.Unobtainable() {
			list = append(list, NamedMedia{field, *m})
		}
	}
	add(FieldGeneratedProfile, c.GeneratedProfile)
	if c.Report != nil && c.Report.Watchlist != nil {
		add(FieldRawResults, c.Report.Watchlist.RawResults)
	}
	return list
}

type mediaList []NamedMedia

func (l *mediaList) addResource(r *Resource) {
	for _, p := range r.Pages {
		l.add(FieldPages, p.Media)
		l.addFrames(p.Frames)
		for _, id := range p.ExtractionImageIDs {
			l.add(FieldExtractionImages, &Media{ID: id})
		}
	}
	l.addFrames(r.Frames)
	for _, m := range r.Media {
		l.add(m.Field, &m.Media)
	}
	for _, t := range r.Tasks {
		l.addGenerated(t.GeneratedMedia)
	}
}

func (l *mediaList) addCheck(c *Check) {
	l.addGenerated(c.GeneratedMedia)
	l.add(FieldGeneratedProfile, c.GeneratedProfile)
	if c.Report != nil && c.Report.Watchlist != nil {
		l.add(FieldRawResults, c.Report.Watchlist.RawResults)
	}
}

func (l *mediaList) addFrames(frames []Frame) {
	for _, f := range frames {
		l.add(FieldFrames, f.Media)
	}
}

func (l *mediaList) addGenerated(media []Media) {
	for i := range media {
		l.add(FieldGeneratedMedia, &media[i])
	}
}

func (l *mediaList) add(field string, m *Media) {
	if m != nil && m.ID != "" {
		*l = append(*l, NamedMedia{field, *m})
	}
}
