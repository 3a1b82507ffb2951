package handlers_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Where Yoti's answer holds the API key, nothing of that answer is shown or kept, and a
// page says so.
func TestAnswersThatHoldTheKey(t *testing.T) {
	t.Parallel()
	const id, medium = "00000000-0000-4000-8000-0000000000e1", "00000000-0000-4000-8000-0000000000e2"
	escaped := strings.ReplaceAll(apiKey, "-", `\u002d`)
	packed := base64.StdEncoding.EncodeToString([]byte("x" + apiKey))
	held := "" // what the result holds
	d := newDeskBefore(t, t.TempDir(), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		switch {
		case strings.HasSuffix(r.URL.Path, "/json"):
			fmt.Fprintf(w, `{"session_id":"%s","user_tracking_id":"seen-%s","state":"COMPLETED","checks":[],"resources":{"id_documents":[{"id":"a","document_fields":{"media":{"id":%q,"type":"JSON"}}}]}}`, held, held, medium)
		case strings.HasSuffix(r.URL.Path, "/pdf"):
			_, _ = w.Write([]byte("%PDF-1.7 " + apiKey))
		default:
			fmt.Fprintf(w, `{"full_name":"Jane %s"}`, packed)
		}
	}))
	b := d.signedIn("ann")
	refused := func(path string) {
		t.Helper()
		a, err := b.get(path)
		if err != nil || a.status != http.StatusBadGateway || !strings.Contains(a.body, `data-error="key-echoed"`) || strings.Contains(a.body, "seen-") || strings.Contains(a.body, "Jane") {
			t.Errorf("%s: status %d, error %v: %.600s", path, a.status, err, a.body)
		}
	}
	for _, held = range []string{apiKey, escaped, packed, "Bearer " + apiKey} {
		refused("/recipients/" + id)
	}
	held = "fine"
	if a, err := b.get("/recipients/" + id); err != nil || a.status != http.StatusOK {
		t.Fatalf("status %d, error %v", a.status, err)
	}
	refused("/recipients/" + id + "/media/" + medium)
	refused("/recipients/" + id + "/report")
	a, err := b.get("/recipients/" + id + "/evidence/id_documents-1")
	if err != nil || !strings.Contains(a.body, `data-error="key-echoed"`) || strings.Contains(a.body, "Jane") {
		t.Errorf("status %d, error %v", a.status, err)
	}
	held = escaped
	if a, err = b.post("/recipients/"+id+"/refresh", nil); err != nil || a.status != http.StatusSeeOther {
		t.Errorf("status %d, error %v", a.status, err)
	}
	if a, err = b.get("/recipients/" + id); err != nil || !strings.Contains(a.body, "API key") || strings.Contains(a.body, "seen-"+apiKey) {
		t.Errorf("status %d, error %v: the page does not say what came of it", a.status, err)
	}
	nowhere := func(where string, text []byte) {
		for _, form := range []string{apiKey, escaped, packed} {
			if bytes.Contains(text, []byte(form)) {
				t.Errorf("%s holds %s", where, form)
			}
		}
	}
	nowhere("the page", []byte(a.body))
	nowhere("the log", []byte(d.log.String()))
	err = fs.WalkDir(os.DirFS(d.dir), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		file, err := os.ReadFile(filepath.Join(d.dir, name))
		nowhere(name, file)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
