package views

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/a-h/templ"

	"countersign/internal/idv"
	"countersign/internal/review"
)

func rendering(t *testing.T, c templ.Component) *goquery.Document {
	t.Helper()
	var b bytes.Buffer
	if err := c.Render(WithCodes(context.Background(), true), &b); err != nil {
		t.Fatal(err)
	}
	document, err := goquery.NewDocumentFromReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	return document
}

var passport = Picture{Href: "/p/1", Thumbnail: "/p/1?small", Label: "Passport, front", Note: "Uploaded"}

// Without script a picture is a link to the original.
func TestPictureTile(t *testing.T) {
	page := rendering(t, pictureTile(passport))
	link := page.Find("figure[data-picture] > a[data-view]")
	image := link.Find("img")
	for _, test := range []struct{ what, got, want string }{
		{"the link", link.AttrOr("href", ""), "/p/1"},
		{"the thumbnail", image.AttrOr("src", ""), "/p/1?small"},
		{"the text for who sees none", image.AttrOr("alt", ""), "Passport, front"},
		{"loading", image.AttrOr("loading", ""), "lazy"},
		{"the room kept", image.AttrOr("width", "") + "×" + image.AttrOr("height", ""), "320×320"},
		{"the label", page.Find("figcaption .picture-label").Text(), "Passport, front"},
		{"the note", page.Find("figcaption .picture-note").Text(), "Uploaded"},
	} {
		if test.got != test.want {
			t.Errorf("%s is %q, want %q", test.what, test.got, test.want)
		}
	}
	bare := rendering(t, pictureTile(Picture{Href: "/p/1", Thumbnail: "/p/1?small", Label: "Selfie"}))
	if bare.Find(".picture-note").Length() != 0 {
		t.Error("a picture without note has an empty one")
	}
}

// Labels are made from words of Yoti's, and addresses must not run.
func TestPicturesAreEscaped(t *testing.T) {
	hostile := Picture{Href: "javascript:alert(1)", Thumbnail: `"><script>`, Label: `<img src=x onerror=alert(1)>`, Note: `</figcaption><script>`}
	page := rendering(t, pictureTile(hostile))
	if page.Find("script, img[onerror]").Length() != 0 || page.Find("img").Length() != 1 {
		t.Error("a label became markup")
	}
	if href := page.Find("a").AttrOr("href", ""); strings.Contains(href, "javascript") {
		t.Errorf("the link goes to %q", href)
	}
}

func TestGallery(t *testing.T) {
	selfie := Picture{Href: "/p/2", Thumbnail: "/p/2?small", Label: "Selfie"}
	page := rendering(t, gallery("Pages of the passport", []Picture{passport, selfie}))
	group := page.Find(`[data-gallery][role=group]`)
	if name := group.AttrOr("aria-label", ""); name != "Pages of the passport" {
		t.Errorf("the gallery is called %q", name)
	}
	if order := group.Find("a[data-view]").Map(func(_ int, a *goquery.Selection) string { return a.AttrOr("href", "") }); strings.Join(order, " ") != "/p/1 /p/2" {
		t.Errorf("the pictures are %v", order)
	}
	if none := rendering(t, gallery("Pages", nil)).Find("body").Children(); none.Length() != 0 {
		t.Error("a gallery without pictures shows something")
	}
}

// Each score stands under the faces that its check compared, and no other.
func TestFacePairs(t *testing.T) {
	const result = `{"resources": {
		"id_documents": [
			{"id": "P", "document_type": "PASSPORT", "document_id_photo": {"media": {"id": "00000000-0000-4000-8000-00000000000a"}}},
			{"id": "L", "document_type": "DRIVING_LICENCE", "document_id_photo": {"media": {"id": "00000000-0000-4000-8000-00000000000b"}}},
			{"id": "N", "document_type": "NATIONAL_ID", "document_id_photo": {"media": {"id": "00000000-0000-4000-8000-00000000000c"}}}],
		"liveness_capture": [{"id": "S", "image": {"media": {"id": "00000000-0000-4000-8000-00000000000d"}}}]},
	"checks": [
		{"type": "ID_DOCUMENT_FACE_MATCH", "resources_used": ["P", "S"], "report": {"breakdown": [{"sub_check": "ai_face_match", "result": "PASS", "details": [{"name": "confidence_score", "value": "0.82"}], "process": "EXPERT_REVIEW"}]}},
		{"type": "ID_DOCUMENT_FACE_MATCH", "resources_used": ["S", "L"], "report": {"breakdown": [{"sub_check": "ai_face_match", "result": "PASS", "details": [{"name": "confidence_score", "value": "0.78"}]}]}},
		{"type": "ID_DOCUMENT_FACE_MATCH", "resources_used": ["N"], "report": {}}]}`
	decoded, err := idv.Decode([]byte(result))
	if err != nil {
		t.Fatal(err)
	}
	page := rendering(t, findings(newCaseView(&review.Case{Session: &decoded.Session, Assessment: idv.Assess(&decoded.Session), File: review.File{Record: &review.Record{}}}, true)))
	for key, want := range map[string]struct{ pictures, score, text string }{
		"check-1": {"00a 00d", "Score 0.82, expert review", "Passport"},
		"check-2": {"00b 00d", "Score 0.78", "Driving licence"},
		"check-3": {"", "", "does not name two faces"},
	} {
		pair := page.Find("[data-face-pair=" + key + "]")
		var pictures []string
		pair.Find("a[data-view]").Each(func(_ int, a *goquery.Selection) {
			path, _, _ := strings.Cut(a.AttrOr("href", ""), "?")
			pictures = append(pictures, path[len(path)-3:])
		})
		if got := strings.Join(pictures, " "); got != want.pictures || pair.Find("strong").Text() != want.score || !strings.Contains(pair.Text(), want.text) {
			t.Errorf("%s has the pictures %q and says %q, want %+v", key, got, pair.Text(), want)
		}
	}
	if others := page.Find("#faces > .faces figure"); others.Length() != 1 || !strings.Contains(others.Text(), "National identity card") {
		t.Errorf("the other faces are %q", others.Text())
	}
}

// The control needs script, so it is hidden until there is some.
func TestFaceComparison(t *testing.T) {
	page := rendering(t, faceComparison([]Picture{passport, passport}))
	if n := page.Find("[data-faces][data-gallery] figure").Length(); n != 2 {
		t.Errorf("%d faces are shown, want 2", n)
	}
	if page.Find("button[data-faces-larger][data-needs-script][hidden]").Length() != 1 {
		t.Error("the control is missing, or there without script")
	}
	if none := rendering(t, faceComparison(nil)).Find("body").Children(); none.Length() != 0 {
		t.Error("a comparison without faces shows something")
	}
}
