package sandbox

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"image"
	_ "image/jpeg"
	_ "image/png"
	"io"
	"io/fs"
	"net/http"
	"strings"
	"testing"
)

const mediaBefore = "/sessions/signed/media/"

func (h *host) medium(id, medium string) (*http.Response, []byte) {
	h.t.Helper()
	return h.ask("GET", pathBefore+id+mediaBefore+medium, "Bearer "+apiKey)
}

// kindOf is what should lie behind a medium that is in a field.
func kindOf(field string) string {
	switch {
	case strings.HasSuffix(field, "fields") || strings.HasSuffix(field, "profile") || strings.HasSuffix(field, "profile_report") || strings.HasSuffix(field, "raw_results") || strings.Contains(field, "generated_media"):
		return "application/json;charset=utf-8"
	case strings.HasSuffix(field, "facemap"):
		return "application/octet-stream"
	case strings.HasSuffix(field, "file"):
		return "application/pdf"
	}
	return "image/"
}

// named returns the IDs of all media in a result, each with the kind it should have.
func named(t *testing.T, body []byte) map[string]string {
	t.Helper()
	kinds := map[string]string{}
	every(object(t, "result", body), func(at string, object map[string]any) {
		id, _ := object["id"].(string)
		if field, ok := strings.CutSuffix(at, ".media"); ok && id != "" {
			kinds[id] = kindOf(field)
		}
		if strings.Contains(at, ".generated_media[") && kinds[id] == "" {
			kinds[id] = kindOf("generated_media")
		}
	})
	return kinds
}

func TestEveryMediumThatAResultNamesIsThere(t *testing.T) {
	h := serve(t)
	number := 0
	for _, p := range People() {
		if p.Trouble {
			continue
		}
		number++
		for range 2 { // one result changes
			_, result := h.get(p.ID)
			for id, kind := range named(t, result) {
				res, body := h.medium(p.ID, strings.ToUpper(id))
				switch {
				case number == 15:
					if res.StatusCode != 404 || codeOf(body) != "MEDIA_CONTENT_NOT_FOUND" {
						t.Errorf("%s: past its time, %s = %d", p.Name, id, res.StatusCode)
					}
				case number == 24 && res.StatusCode == 204:
					if len(body) > 0 {
						t.Errorf("%s: withheld, and %d bytes", p.Name, len(body))
					}
				case res.StatusCode != 200 || !strings.HasPrefix(res.Header.Get("Content-Type"), kind):
					t.Errorf("%s: %s = %d %s, want %s", p.Name, id, res.StatusCode, res.Header.Get("Content-Type"), kind)
				default:
					isWhatItSays(t, kind, body)
				}
			}
		}
	}
	if h.MediaCalls() < 250 || h.Resets() != 0 {
		t.Errorf("%d media and %d resets were counted", h.MediaCalls(), h.Resets())
	}
}

func isWhatItSays(t *testing.T, kind string, body []byte) {
	t.Helper()
	switch kind {
	case "image/":
		if _, _, err := image.DecodeConfig(bytes.NewReader(body)); err != nil {
			t.Error(err)
		}
	case "application/pdf":
		if !bytes.HasPrefix(body, []byte("%PDF-")) {
			t.Errorf("%.20q is no PDF", body)
		}
	case "application/octet-stream":
		if len(body) == 0 {
			t.Error("the template is empty")
		}
	default:
		if !json.Valid(body) {
			t.Errorf("%.40q is no JSON", body)
		}
	}
}

func TestSomeMediaAreWithheld(t *testing.T) {
	h := serve(t)
	withheld := 0
	_, result := h.get(personID(24))
	for id := range named(t, result) {
		if res, _ := h.medium(personID(24), id); res.StatusCode == 204 {
			withheld++
		}
	}
	if withheld != 1 {
		t.Errorf("%d media are withheld", withheld)
	}
}

func TestMediaBelongToTheirRecipient(t *testing.T) {
	h := serve(t)
	_, result := h.get(personID(1))
	for id := range named(t, result) {
		if res, _ := h.medium(personID(2), id); res.StatusCode != 404 {
			t.Errorf("%s of another recipient = %d", id, res.StatusCode)
		}
	}
}

func TestPicturesAreFewAndSmall(t *testing.T) {
	total := 0
	err := fs.WalkDir(mediaFiles, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		body, err := mediaFiles.ReadFile(path)
		total += len(body)
		if err == nil && !strings.HasSuffix(path, ".json") {
			_, _, err = image.Decode(bytes.NewReader(body))
		}
		return err
	})
	if err != nil || total > 3_000_000 {
		t.Errorf("%d bytes, error %v", total, err)
	}
}

func TestHostileMediaAreNamedByTheHostileResult(t *testing.T) {
	h := serve(t)
	_, result := h.get(trouble("00000000bad6"))
	for id := range hostileMedia() {
		if !bytes.Contains(result, []byte(id)) {
			t.Errorf("the hostile result does not name %s", id)
		}
	}
	if res, body := h.medium(trouble("00000000bad6"), "01e4fc2d-031c-4188-b221-c25f6aaf76fd"); len(body) < 25<<20 || res.ContentLength >= 0 {
		t.Errorf("%d bytes, and %d declared", len(body), res.ContentLength)
	}
	_, body := h.medium(trouble("00000000bad6"), "83fd989e-60f2-4040-8362-d53c9efc6d89")
	if c, kind, err := image.DecodeConfig(bytes.NewReader(body)); err != nil || kind != "png" || c.Width != 60000 || c.Height != 60000 {
		t.Errorf("%s %+v, %v", kind, c, err)
	}
}

func (h *host) report(id string) (*http.Response, []byte) {
	h.t.Helper()
	return h.ask("GET", pathBefore+id+"/sessions/signed/pdf", "Bearer "+apiKey)
}

func TestReports(t *testing.T) {
	h := serve(t)
	for number := 1; number <= 25; number++ {
		res, body := h.report(personID(number))
		_, result := h.get(personID(number))
		if object(t, "result", result)["state"] == "ONGOING" && number != 20 {
			if res.StatusCode != 409 {
				t.Errorf("%d is ongoing, and its report = %d", number, res.StatusCode)
			}
			continue
		}
		z, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
		if err != nil || len(z.File) != 1 || res.Header.Get("Content-Type") != "application/zip" || !strings.HasPrefix(res.Header.Get("Content-Disposition"), "attachment") {
			t.Fatalf("%d: %v, %v", number, res.Header, err)
		}
		f, err := z.File[0].Open()
		if err != nil {
			t.Fatal(err)
		}
		if text, err := io.ReadAll(f); err != nil || !bytes.HasPrefix(text, []byte("%PDF-")) || !bytes.Contains(text, []byte("SPECIMEN")) {
			t.Errorf("%d: %.20q, %v", number, text, err)
		}
	}
	for tail, status := range map[string]int{"000000000401": 401, "000000000403": 403, "000000000404": 404, "000000000409": 409, "000000000429": 429, "000000000500": 500} {
		if res, _ := h.report(trouble(tail)); res.StatusCode != status {
			t.Errorf("%s = %d", tail, res.StatusCode)
		}
		if res, _ := h.medium(trouble(tail), personID(1)); res.StatusCode != status {
			t.Errorf("medium of %s = %d", tail, res.StatusCode)
		}
	}
}

func TestResetsDoubleUntilFifty(t *testing.T) {
	h := serve(t)
	path := pathBefore + personID(1) + "/sessions/reset-limit"
	for _, want := range []int{200, 200, 200, 200, 200, 409, 409} { // 6, 12, 24, 48, 50
		if res, _ := h.ask("GET", path, "Bearer "+apiKey); res.StatusCode != want {
			t.Errorf("status %d, want %d", res.StatusCode, want)
		}
	}
	if h.Resets() != 7 {
		t.Errorf("%d were counted", h.Resets())
	}
}

func TestAResetWithoutAnswerCounts(t *testing.T) {
	h := serve(t)
	req, err := http.NewRequest("GET", h.url+pathBefore+trouble("00000000bad1")+"/sessions/reset-limit", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+apiKey)
	if res, err := http.DefaultTransport.RoundTrip(req); err == nil {
		res.Body.Close()
		t.Errorf("status %d, want no answer", res.StatusCode)
	}
	if h.Resets() == 0 {
		t.Error("it was not counted")
	}
}

func TestAMediumThatNobodyNamesIsNotThere(t *testing.T) {
	h := serve(t)
	for number := 1; number <= 25; number++ {
		res, body := h.medium(personID(number), "00000000-0000-4000-8000-00000000beef")
		if res.StatusCode != 404 || codeOf(body) != "MEDIA_CONTENT_NOT_FOUND" {
			t.Errorf("of recipient %d = %d", number, res.StatusCode)
		}
	}
}
