//go:build unix

package handlers_test

import (
	"net/http"
	"net/url"
	"os/signal"
	"strings"
	"syscall"
	"testing"
)

// fullDisk makes every write beyond the first bytes of a file fail, for this process,
// until the function that it returns is called.
func fullDisk(t *testing.T) (emptied func()) {
	t.Helper()
	signal.Ignore(syscall.SIGXFSZ) // the write fails then, as on a full disk
	var before syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &before); err != nil {
		t.Fatal(err)
	}
	full := before
	full.Cur = 1
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &full); err != nil {
		t.Fatal(err)
	}
	emptied = func() {
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &before); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(emptied)
	return emptied
}

// A note that meets a full disk is given back, and the page does not say that it is
// recorded. From then on nothing is recorded until the next start, space or no space:
// what is stored can be read, as soon as that can be logged.
func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	d := newDesk(t, dir)
	ann := d.signedIn("ann")
	const somebody = "/recipients/00000000-0000-4000-8000-000000000001"
	page, err := ann.get(somebody)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := page.document()
	if err != nil {
		t.Fatal(err)
	}
	note := url.Values{
		"snapshot": {snapshotOf(doc)},
		"key":      {doc.Find("#note-form input[name=key]").AttrOr("value", "")},
		"note":     {"Written when the disk was full."},
	}
	send := func(b *browser) answer {
		t.Helper()
		a, err := b.post(somebody+"/notes", note)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	emptied := fullDisk(t)
	a := send(ann)
	unsure := strings.Contains(a.body, `data-error="outcome-unknown"`) || strings.Contains(a.body, `data-error="not-recorded"`)
	if a.status != http.StatusInternalServerError || !unsure || !strings.Contains(a.body, note.Get("note")) || !strings.Contains(a.body, "stopped-banner") {
		t.Errorf("on a full disk: status %d, text kept %t: %.2000s", a.status, strings.Contains(a.body, note.Get("note")), a.body)
	}
	if a, err := ann.get(somebody); err != nil || a.status != http.StatusInternalServerError || !strings.Contains(a.body, `data-error="not-recorded"`) {
		t.Errorf("a page whose access could not be logged: status %d, error %v", a.status, err)
	}
	emptied()
	if a := send(ann); a.status != http.StatusServiceUnavailable || !strings.Contains(a.body, `data-error="not-recording"`) {
		t.Errorf("before the restart: status %d", a.status)
	}
	if a, err := ann.get(somebody); err != nil || a.status != http.StatusOK || !strings.Contains(a.body, "stopped-banner") {
		t.Errorf("a page whose access can be logged again: status %d, error %v; %s", a.status, err, d.log)
	}
	if err := d.store.Close(); err != nil {
		t.Fatal(err)
	}
	d = newDesk(t, dir)
	ann = d.signedIn("ann")
	for range 2 {
		if a := send(ann); a.status != http.StatusSeeOther {
			t.Errorf("after the restart: status %d", a.status)
		}
	}
	if a, err = ann.get(somebody); err != nil || strings.Count(a.body, note.Get("note")) != 1 || strings.Contains(a.body, "stopped-banner") {
		t.Errorf("the note stands there %d times, error %v", strings.Count(a.body, note.Get("note")), err)
	}
}
