package handlers_test

import (
	"crypto/rand"
	"errors"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// smallDisk returns a folder on a file system of its own, of a few megabytes.
func smallDisk(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "disk")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=4m,mode=0700"); err != nil {
		t.Skipf("a small file system cannot be mounted: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// fillDisk takes all the space that is left on a disk, and returns the file that has it.
func fillDisk(t *testing.T, dir string) string {
	t.Helper()
	file, err := os.Create(filepath.Join(dir, "filler"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if _, err := io.Copy(file, io.LimitReader(rand.Reader, 64<<20)); !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("the disk is not full: %v", err)
	}
	return file.Name()
}

// While the disk is full nothing is confirmed, what was typed is given back whatever it was
// for, and every page and readyz say so. When there is space again all goes on by itself,
// and what was sent again is there once.
func TestFullDiskAndSpaceAgain(t *testing.T) {
	t.Parallel()
	dir := smallDisk(t)
	d := newDesk(t, dir)
	const somebody = "/recipients/00000000-0000-4000-8000-000000000001"
	ann, supervisor := d.signedIn("ann"), d.signedIn("supervisor")
	page, err := ann.get(somebody)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := supervisor.get(somebody); err != nil {
		t.Fatal(err)
	}
	doc, err := page.document()
	if err != nil {
		t.Fatal(err)
	}
	snapshot := snapshotOf(doc)
	decision := url.Values{"snapshot": {snapshot}, "key": {"decision"}, "verdict": {"reject"}, "reason": {"fraud"}, "note": {"Decided before."}}
	if a, err := ann.post(somebody+"/decisions", decision); err != nil || a.status != http.StatusSeeOther {
		t.Fatalf("decide: status %d, error %v", a.status, err)
	}
	if page, err = supervisor.get(somebody); err != nil {
		t.Fatal(err)
	}
	if doc, err = page.document(); err != nil {
		t.Fatal(err)
	}
	decided := somebody + "/decisions/" + doc.Find("[data-decision]").AttrOr("data-decision", "")
	d.later(2 * time.Minute) // so that the use of their sessions is to be written down, too
	filler := fillDisk(t, dir)

	wantReady(t, d, http.StatusServiceUnavailable, "not ready: disk-full\n")
	if a, err := d.browser().get("/login"); err != nil || !strings.Contains(a.body, "stopped-banner") {
		t.Errorf("the sign-in page does not say that nothing is recorded: %v", err)
	}
	const text = "Long thought about, on a full disk."
	for _, test := range []struct {
		who    *browser
		path   string
		fields url.Values
	}{
		{ann, somebody + "/notes", url.Values{"snapshot": {snapshot}, "key": {"k1"}, "note": {text}}},
		{ann, somebody + "/decisions", url.Values{"snapshot": {snapshot}, "key": {"k2"}, "verdict": {"refer"}, "reason": {"authority"}, "note": {text}}},
		{ann, somebody + "/draft", url.Values{"key": {"k1"}, "note": {text}}},
		{ann, decided + "/withdraw", url.Values{"key": {"k3"}, "reason": {text}}},
		{supervisor, decided + "/second", url.Values{"snapshot": {snapshot}, "key": {"k4"}, "agree": {"no"}, "note": {text}}},
		{supervisor, somebody + "/reset-limit", url.Values{"confirm": {"yes"}, "key": {"k5"}, "reason": {text}}},
		{ann, "/theme", url.Values{"theme": {"dark"}, "next": {somebody}}},
		{ann, "/logout", url.Values{"recipient": {strings.TrimPrefix(somebody, "/recipients/")}, "snapshot": {snapshot}, "key": {"k1"}, "note": {text}}},
	} {
		a, err := test.who.post(test.path, test.fields)
		if err != nil {
			t.Fatal(err)
		}
		if test.path == "/theme" { // is kept by the browser
			if a.status != http.StatusSeeOther {
				t.Errorf("%s: status %d", test.path, a.status)
			}
			continue
		}
		if a.status != http.StatusInternalServerError || !strings.Contains(a.body, `data-error="not-recorded"`) || !strings.Contains(a.body, text) || !strings.Contains(a.body, "stopped-banner") {
			t.Errorf("%s: status %d, text kept %t: %.1500s", test.path, a.status, strings.Contains(a.body, text), a.body)
		}
	}
	if a, err := ann.get(somebody); err != nil || a.status != http.StatusInternalServerError || !strings.Contains(a.body, `data-error="not-recorded"`) {
		t.Errorf("a page whose access cannot be logged: status %d, error %v", a.status, err)
	}
	if n := d.sandbox.Resets(); n != 0 {
		t.Errorf("Yoti was asked to reset a limit %d times without a record", n)
	}
	if d.store.Halted() {
		t.Error("it records nothing until it is started again")
	}

	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	note := url.Values{"snapshot": {snapshot}, "key": {"k1"}, "note": {text}}
	for range 2 {
		if a, err := ann.post(somebody+"/notes", note); err != nil || a.status != http.StatusSeeOther {
			t.Errorf("with space again: status %d, error %v", a.status, err)
		}
	}
	if a, err := ann.get(somebody); err != nil || strings.Count(a.body, text) != 1 || strings.Contains(a.body, "stopped-banner") {
		t.Errorf("the note stands there %d times, error %v", strings.Count(a.body, text), err)
	}
	wantReady(t, d, http.StatusOK, "ready\n")
}

func wantReady(t *testing.T, d *desk, status int, body string) {
	t.Helper()
	if a, err := d.browser().get("/readyz"); err != nil || a.status != status || a.body != body {
		t.Errorf("readyz: status %d, %q, error %v", a.status, a.body, err)
	}
}
