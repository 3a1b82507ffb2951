package handlers_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"countersign/internal/yotisign/sandbox"
)

// Names and addresses of an envelope are on its page alone: in no file, no log and no other
// page, also after its results were fetched.
func TestNamesOfEnvelopesStayOut(t *testing.T) {
	t.Parallel()
	d := newDesk(t, t.TempDir())
	ann, auditor := d.signedIn("ann"), d.signedIn("auditor")
	for _, e := range sandbox.Envelopes() {
		page := mustGet(t, ann, "/envelopes/"+e.ID)
		if e.Trouble {
			continue
		}
		if _, err := ann.post("/envelopes/"+e.ID+"/fetch", url.Values{}); err != nil {
			t.Fatal(err)
		}
		others := mustGet(t, ann, "/search?q="+e.ID).body + mustGet(t, ann, "/").body + mustGet(t, auditor, "/audit/access").body + mustGet(t, auditor, "/audit").body
		for _, r := range e.Recipients {
			for _, personal := range []string{r.Name, r.Email} {
				if !strings.Contains(page.body, personal) {
					t.Errorf("%s: %q is not on the page", e.Name, personal)
				}
				if strings.Contains(others, personal) || strings.Contains(d.log.String(), personal) {
					t.Errorf("%s: %q is on another page or in the log", e.Name, personal)
				}
				for _, name := range d.placesWith(personal) {
					t.Errorf("%s: %q is in %s", e.Name, personal, name)
				}
			}
		}
		if !strings.Contains(others, e.Recipients[0].ID) {
			t.Errorf("%s: its recipients are not found", e.Name)
		}
	}
	for _, personal := range []string{"egnp.exe", "a@example.org"} { // of the hostile one
		if found := d.placesWith(personal); len(found) > 0 || strings.Contains(d.log.String(), personal) {
			t.Errorf("%q is in %v or in the log", personal, found)
		}
	}
}

// mustGet returns a page whatever its status.
func mustGet(t *testing.T, b *browser, path string) answer {
	t.Helper()
	a, err := b.get(path)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// Where it cannot be recorded that somebody sees a recipient of an envelope, nothing is shown
// of any, and nothing is kept.
func TestEnvelopeWithoutAccessEntry(t *testing.T) {
	t.Parallel()
	d := newDesk(t, t.TempDir())
	ann := d.signedIn("ann")
	witness := sandbox.Envelopes()[1].Recipients[2]
	d.refuseInserts("access_log", "new.recipient = '"+witness.ID+"'")
	before := d.rows("recipients", "access_log")
	a := mustGet(t, ann, "/envelopes/"+sandbox.Envelopes()[1].ID)
	if a.status != http.StatusInternalServerError || strings.Contains(a.body, "@example.org") {
		t.Errorf("status %d, the page says %s", a.status, a.body)
	}
	if after := d.rows("recipients", "access_log"); after != before {
		t.Errorf("there is %s, before it %s", after, before)
	}
}

// Fetching all results of an envelope keeps to what one person may ask Yoti, says what was
// left, and goes on there.
func TestManyResultsOfAnEnvelope(t *testing.T) {
	t.Parallel()
	d := newDesk(t, t.TempDir())
	d.server.Desk.OpeningsPerMinute = 3
	ann := d.signedIn("ann")
	path := "/envelopes/" + sandbox.Envelopes()[1].ID
	fetch := func(want string) {
		t.Helper()
		a, err := ann.post(path+"/fetch", url.Values{})
		if err != nil || a.status != http.StatusSeeOther || a.header.Get("Location") != path+want {
			t.Errorf("status %d, leads to %q, error %v; want %s", a.status, a.header.Get("Location"), err, want)
		}
	}
	if a := mustGet(t, ann, path); a.status != http.StatusOK {
		t.Fatalf("status %d", a.status)
	}
	outcome := fmt.Sprintf("?failed=0&fetched=1&left=1&until=%d", opening.Add(time.Minute).Unix())
	fetch(outcome)
	d.later(time.Minute)
	page := mustGet(t, ann, path+outcome)
	if doc, err := page.document(); err != nil || !strings.Contains(doc.Find(".message").Text(), "1 recipient was not asked for, since Yoti may be asked only so often. Fetch the rest now.") {
		t.Errorf("the page says %s", page.body)
	}
	fetch("?failed=0&fetched=1&left=0")
	if n := d.sandbox.Calls(); n != 2 {
		t.Errorf("Yoti was asked for %d results", n)
	}
	if a := mustGet(t, ann, path); a.status != http.StatusTooManyRequests || !strings.Contains(a.body, "data-again") {
		t.Errorf("one question too many: status %d", a.status)
	}
	d.later(time.Minute)
	if a := mustGet(t, ann, path+"?failed=0&fetched=99999&left=x"); strings.Contains(a.body, "99999") {
		t.Error("the page takes any number for what was fetched")
	}
}
