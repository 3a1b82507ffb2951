package sandbox

import (
	"embed"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
)

//go:generate go run ./draw -out media
//go:embed media
var mediaFiles embed.FS

// medium answers for one media ID.
type medium = http.HandlerFunc

// library is what lies behind the media IDs of a result. It is made when the first of
// them is asked for.
type library func() map[string]medium

// appearance is who a recipient looks like: faces by number, as draw has them.
type appearance struct {
	documents []int             // the faces on the identity documents, in their order
	live      int               // the face before the camera
	instead   map[string]string // pictures that are other ones here: "passport-1-1": "lying"
	gone      bool              // whether everything was deleted after its time
	withheld  string            // the picture that may not be shown: "national_id-6-1"
}

// recipientAppearances returns the appearance of each recipient.
func recipientAppearances() map[int]appearance {
	return map[int]appearance{
		1: {documents: []int{1}, live: 1}, 2: {documents: []int{2}, live: 2}, 3: {documents: []int{3, 3}, live: 3},
		4: {documents: []int{4}, live: 4, instead: map[string]string{"national_id-4-1": "national_id-4-flawed"}},
		5: {documents: []int{5}, live: 5}, 6: {documents: []int{2}, live: 2}, 7: {documents: []int{4}, live: 4},
		8: {documents: []int{8}, live: 8}, 9: {documents: []int{8}, live: 9}, 10: {documents: []int{6}, live: 6},
		11: {documents: []int{7}, live: 7}, 12: {documents: []int{3, 3}, live: 3}, 13: {documents: []int{1}}, 14: {documents: []int{1}, live: 1},
		15: {documents: []int{4}, live: 4, gone: true}, 16: {documents: []int{2}, live: 2}, 17: {documents: []int{4}, live: 4},
		18: {documents: []int{1}, live: 1}, 19: {documents: []int{2}, live: 2}, 20: {documents: []int{7}, live: 7},
		21: {documents: []int{8}, live: 8}, 22: {documents: []int{1}, live: 1},
		23: {documents: []int{1}, live: 1, instead: map[string]string{"passport-1-1": "lying", "passport-1-frame": "seal"}},
		24: {documents: []int{6, 6, 8, 4}, live: 1, withheld: "national_id-6-1"},
		31: {documents: []int{1}, live: 1}, 32: {documents: []int{3, 3}, live: 3},
	}
}

// newLibrary makes the library of a recipient whose results, one or several, are given.
func newLibrary(number int, results ...[]byte) library {
	return sync.OnceValue(func() map[string]medium {
		books := map[string]medium{}
		for _, result := range results {
			var root tree
			if err := json.Unmarshal(result, &root); err != nil {
				panic(err) // the files are ours
			}
			s := mediaBuilder{number: number, part: recipientAppearances()[number], root: root, books: books}
			s.addResources()
			s.addChecks()
			s.addProfiles()
		}
		return books
	})
}

// tree is a JSON object as it is in a file.
type tree map[string]any

func (t tree) list(name string) []tree {
	var list []tree
	items, _ := t[name].([]any)
	for _, item := range items {
		if object, ok := item.(map[string]any); ok {
			list = append(list, object)
		}
	}
	return list
}

func (t tree) object(name string) tree {
	object, _ := t[name].(map[string]any)
	return object
}

func (t tree) text(name string) string {
	text, _ := t[name].(string)
	return text
}

// mediaBuilder puts media behind the IDs of one result.
type mediaBuilder struct {
	number int
	part   appearance
	root   tree
	books  map[string]medium
}

// putMedium puts m behind the medium that is in a field, or in the object itself where
// the field is empty.
func (s *mediaBuilder) putMedium(in tree, m medium) {
	if id := in.text("id"); id != "" {
		if s.part.gone {
			m = mediumNotFound
		}
		s.books[strings.ToLower(id)] = m
	}
}

func (s *mediaBuilder) addResources() {
	resources := s.root.object("resources")
	for i, document := range resources.list("id_documents") {
		s.addDocument(document, s.part.documents[i])
	}
	for i, document := range resources.list("supplementary_documents") {
		s.addSupplementary(document, i)
	}
	for _, capture := range resources.list("liveness_capture") {
		s.putMedium(capture.object("image").object("media"), pictureMedium(fmt.Sprintf("live-%d", s.part.live)))
		s.putMedium(capture.object("facemap").object("media"), biometricTemplate)
		for i, frame := range capture.list("frames") {
			s.putMedium(frame.object("media"), pictureMedium(fmt.Sprintf("turn%d-%d", i%3+1, s.part.live)))
		}
	}
	for _, capture := range resources.list("face_capture") {
		s.putMedium(capture.object("image").object("media"), pictureMedium(fmt.Sprintf("face-%d", s.part.live)))
	}
}

// addDocument shows the face on an identity document.
func (s *mediaBuilder) addDocument(document tree, face int) {
	name := fmt.Sprintf("%s-%d", strings.ToLower(document.text("document_type")), face)
	for i, page := range document.list("pages") {
		s.putMedium(page.object("media"), s.pictureFor(fmt.Sprintf("%s-%d", name, i+1)))
		for _, frame := range page.list("frames") {
			s.putMedium(frame.object("media"), s.pictureFor(name+"-frame"))
		}
	}
	s.putMedium(document.object("document_id_photo").object("media"), pictureMedium(fmt.Sprintf("portrait-%d", face)))
	fields := textMedium(s.documentFields(document, face))
	s.putMedium(document.object("document_fields").object("media"), fields)
	s.putMedium(document.object("expanded_document_fields").object("media"), textMedium(s.expandedFields(face)))
	s.addGenerated(document, fields)
}

// addSupplementary shows a letter with an address.
func (s *mediaBuilder) addSupplementary(document tree, i int) {
	name := strings.ToLower(document.text("document_type"))
	if name == "bank_statement" {
		name = "phone_bill"
	}
	for _, page := range document.list("pages") {
		s.putMedium(page.object("media"), pictureMedium(name))
		for _, frame := range page.list("frames") {
			s.putMedium(frame.object("media"), pictureMedium(name))
		}
	}
	s.putMedium(document.object("file").object("media"), pdfMedium("Supporting document"))
	fields := textMedium(s.letterFields())
	s.putMedium(document.object("document_fields").object("media"), fields)
	s.addGenerated(document, fields)
}

// addGenerated puts what the tasks of a resource produced: texts like that of the
// document, of which some were corrected later.
func (s *mediaBuilder) addGenerated(document tree, m medium) {
	for _, task := range document.list("tasks") {
		for _, generated := range task.list("generated_media") {
			if _, known := s.books[strings.ToLower(generated.text("id"))]; !known {
				s.putMedium(generated, m)
			}
		}
	}
}

// addProfiles puts the details of the person behind identity profiles.
func (s *mediaBuilder) addProfiles() {
	for _, kind := range []string{"identity_profile", "advanced_identity_profile"} {
		s.putMedium(s.root.object(kind).object("identity_profile_report").object("media"), textMedium(s.profileFields()))
	}
}

func (s *mediaBuilder) addChecks() {
	for _, check := range s.root.list("checks") {
		profile := textMedium(s.profileFields())
		s.putMedium(check.object("generated_profile").object("media"), profile)
		summary := check.object("report").object("watchlist_summary")
		s.putMedium(summary.object("raw_results").object("media"), textMedium(s.searchHits(check.text("type"))))
		for _, generated := range check.list("generated_media") {
			if _, known := s.books[strings.ToLower(generated.text("id"))]; !known {
				s.putMedium(generated, profile)
			}
		}
	}
}

// pictureFor is the picture of that name, or what is in its place for this recipient.
func (s *mediaBuilder) pictureFor(name string) medium {
	if name == s.part.withheld {
		return withheldMedium
	}
	if other := s.part.instead[name]; other != "" {
		name = other
	}
	return pictureMedium(name)
}

func pictureMedium(name string) medium {
	kind, file := "image/jpeg", "media/"+name+".jpg"
	if name == "seal" {
		kind, file = "image/png", "media/"+name+".png"
	}
	body, err := mediaFiles.ReadFile(file)
	if err != nil {
		panic(err) // embedded when built; the tests ask for every one
	}
	return mediumOf(kind, body)
}

func textMedium(value any) medium {
	body, err := json.Marshal(value)
	if err != nil {
		panic(err) // our own literals
	}
	return mediumOf("application/json;charset=utf-8", body)
}

func pdfMedium(title string) medium { return mediumOf("application/pdf", onePagePDF(title)) }

// biometricTemplate is a biometric template: bytes that mean something to software alone.
func biometricTemplate(w http.ResponseWriter, _ *http.Request) {
	body := make([]byte, 4096)
	for i := range body {
		body[i] = byte(i * i >> 3)
	}
	sendBody(w, http.StatusOK, "application/octet-stream", body)
}

func withheldMedium(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }

func mediumNotFound(w http.ResponseWriter, _ *http.Request) {
	sendError(w, http.StatusNotFound, "MEDIA_CONTENT_NOT_FOUND", "The medium was deleted, or never was.")
}

func mediumOf(kind string, body []byte) medium {
	return func(w http.ResponseWriter, _ *http.Request) { sendBody(w, http.StatusOK, kind, body) }
}
