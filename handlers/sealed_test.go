package handlers_test

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// A copy that is kept of a medium is shown when Yoti has it no more, until its time is
// over; it is on the disk only sealed.
func TestSealedMediaOutliveYotis(t *testing.T) {
	t.Parallel()
	const id = "00000000-0000-4000-8000-000000000777"
	picture, err := os.ReadFile("../internal/yotisign/sandbox/media/" + firstPicture(t))
	if err != nil {
		t.Fatal(err)
	}
	var gone atomic.Bool
	dir := t.TempDir()
	d := newDeskBefore(t, dir, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasSuffix(r.URL.Path, "/json"):
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, `{"session_id":"a","state":"COMPLETED","checks":[],"resources":{"id_documents":[
				{"id":"b","document_type":"PASSPORT","document_id_photo":{"media":{"id":"`+id+`","type":"IMAGE"}}}]}}`)
		case gone.Load():
			w.WriteHeader(http.StatusNotFound)
		default:
			w.Header().Set("Content-Type", "image/jpeg")
			_, _ = w.Write(picture)
		}
	}))
	d.server.Desk.SealFor = 2 * time.Second
	b := d.signedIn("ann")
	path := "/recipients/" + somebody + "/media/" + id
	want := func(status int) {
		t.Helper()
		a, err := b.get(path)
		if err != nil || a.status != status || status == http.StatusOK && a.body != string(picture) {
			t.Fatalf("status %d, %d bytes, error %v; want %d", a.status, len(a.body), err, status)
		}
	}
	want(http.StatusOK)
	gone.Store(true)
	want(http.StatusOK)
	for _, name := range d.placesWith(string(picture[len(picture)/2:][:64])) {
		t.Errorf("the picture stands open in %s", name)
	}
	d.server.Desk.SealFor = 0 // what was promised of the copy that there is still holds
	if err := d.store.SweepMedia(t.Context(), d.clock().Add(time.Second)); err != nil {
		t.Fatal(err)
	}
	want(http.StatusOK)
	if err := d.store.SweepMedia(t.Context(), d.clock().Add(2*time.Second)); err != nil {
		t.Fatal(err)
	}
	want(http.StatusNotFound)
}

// firstPicture is the name of a picture among the stand-in's media.
func firstPicture(t *testing.T) string {
	t.Helper()
	names, err := filepath.Glob("../internal/yotisign/sandbox/media/*.jpg")
	if err != nil || len(names) == 0 {
		t.Fatalf("there is no picture: %v", err)
	}
	return filepath.Base(names[0])
}
