package idv

import "strconv"

// ResourceKind is the list of the result's resources in which a resource stands.
type ResourceKind string

// The kinds of resources, named as on the wire. The first four are on Yoti Sign's
// page, the others in Yoti's documentation of identity verification.
const (
	IDDocuments            ResourceKind = "id_documents"
	SupplementaryDocuments ResourceKind = "supplementary_documents"
	LivenessCaptures       ResourceKind = "liveness_capture"
	FaceCaptures           ResourceKind = "face_capture"
	ApplicantProfiles      ResourceKind = "applicant_profiles"
	ShareCodes             ResourceKind = "share_codes"
)

// ResourceKinds returns the kinds in the order in which they are read and shown.
func ResourceKinds() []ResourceKind {
	return []ResourceKind{
		IDDocuments, SupplementaryDocuments, LivenessCaptures,
		FaceCaptures, ApplicantProfiles, ShareCodes,
	}
}

// Resource is something that the signer or the business supplied: a document, a
// capture of the face, a profile. Every retry makes a new one, so a session can
// hold several of a kind. Fields that a kind does not have are empty.
type Resource struct {
	Kind           ResourceKind
	Index          int    // position in its list: with Kind the key of this resource
	Turn           string // its place among those with the same words, as "2 of 2"; empty where it is the only one
	ID             string
	Source         string // END_USER, RELYING_BUSINESS, IBV
	DocumentType   string
	IssuingCountry string // ISO 3166-1 alpha-3
	LivenessType   string // ZOOM or STATIC
	CaptureType    string
	Pages          []Page
	Frames         []Frame      // of a liveness capture
	Media          []NamedMedia // in the order of the wire format
	Tasks          []Task
	CreatedAt      Time
	LastUpdated    Time
	Extras         []UnknownField
	Problems       []Problem
	JSON           string // the resource as it is in the snapshot
}

// Key names the resource within its session, for links and fragments:
// "id_documents-1".
func (r *Resource) Key() string { return string(r.Kind) + "-" + strconv.Itoa(r.Index+1) }

// Page is one captured side of a document.
type Page struct {
	CaptureMethod      string // CAMERA or UPLOAD, in any letter case
	Media              *Media
	Frames             []Frame
	ExtractionImageIDs []string // media from which the text was read
}

// Frame is one picture of a sequence. Uploads and some captures have frames
// without media.
type Frame struct {
	Media *Media
}

// Task is work that Yoti did on a resource, such as reading its text.
type Task struct {
	ID              string
	Type            string
	State           TaskState
	Recommendation  *TaskRecommendation
	GeneratedChecks []GeneratedCheck
	GeneratedMedia  []Media
	Created         Time
	LastUpdated     Time
}

// TaskRecommendation is what Yoti advised the signer to do after a task.
type TaskRecommendation struct {
	Value        string // PROGRESS, SHOULD_TRY_AGAIN, MUST_TRY_AGAIN
	Reason       string // QUALITY, USER_ERROR
	ReasonDetail string
}

// Generated names a check that a task brought about. Its type can be wrong in
// Yoti's examples: the id is what links.
type GeneratedCheck struct {
	ID   string
	Type string
}

// Medium returns the medium in a field of the resource; nil when there is none.
func (r *Resource) Medium(field string) *Media {
	for i := range r.Media {
		if r.Media[i].Field == field {
			return &r.Media[i].Media
		}
	}
	return nil
}

// IdentityDocument returns the identity document of which the text can be had and that
// stands for the session: the first that checks used, else the first. It returns nil when
// there is none.
func (s *Session) IdentityDocument() *Resource {
	var first *Resource
	standings := s.ResourceUses()
	for i := range s.Resources {
		r := &s.Resources[i]
		if fields := r.Medium(FieldDocumentFields); r.Kind != IDDocuments || fields == nil || fields.Unobtainable() {
			continue
		}
		if standings[i] == Used {
			return r
		}
		if first == nil {
			first = r
		}
	}
	return first
}

// OfKind returns those of the resources that are of a kind, in their order.
func OfKind(resources []AssessedResource, kind ResourceKind) []AssessedResource {
	var list []AssessedResource
	for _, r := range resources {
		if r.Kind == kind {
			list = append(list, r)
		}
	}
	return list
}

// TextsLabel says what there is to read of the resource.
func (r *Resource) TextsLabel() string {
	switch r.Kind {
	case ApplicantProfiles, ShareCodes:
		return "Show profile"
	}
	return "Show extracted data"
}

// CapturedBy says how the page was captured; empty where it is not known.
func (p Page) CapturedBy() string {
	if p.CaptureMethod == "" {
		return ""
	}
	w := CaptureMethod(p.CaptureMethod)
	if !w.Known {
		shown, _ := Visible(p.CaptureMethod)
		return shown + " (unknown)"
	}
	return w.Label
}
