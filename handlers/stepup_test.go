package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"countersign/internal/account"
)

// Where the operator wants it, a decision needs a fresh proof too. Its text goes through, with
// all its lines and invisible characters.
func TestDecisionAfterProof(t *testing.T) {
	d := newDesk(t, t.TempDir())
	d.server.StepUp.Decisions = true
	d.web.Config.Handler = d.server.Handler()
	b := d.signedIn("ann")
	const path = "/recipients/00000000-0000-4000-8000-000000000001"
	opened, err := b.get(path)
	if err != nil {
		t.Fatal(err)
	}
	page, err := opened.document()
	if err != nil {
		t.Fatal(err)
	}
	snapshot, _ := page.Find("main").Attr("data-snapshot")
	note := "First line.\r\n<b>Second</b> \"line\" with a\u200bhidden one\r\n\r\n"
	d.later(6 * time.Minute)
	asked, err := b.post(path+"/decisions", url.Values{"snapshot": {snapshot}, "key": {"d1"}, "verdict": {"reject"}, "reason": {"document"}, "note": {note}})
	if err != nil || asked.status != http.StatusUnauthorized {
		t.Fatalf("status %d, error %v", asked.status, err)
	}
	if page, err = asked.document(); err != nil {
		t.Fatal(err)
	}
	form := url.Values{"proof-password": {password}}
	for _, field := range page.Find("main form").Find("input[type=hidden], textarea").EachIter() {
		value, _ := field.Attr("value")
		form.Add(field.AttrOr("name", ""), value)
	}
	done, err := b.post(page.Find("main form").AttrOr("action", ""), form)
	if err != nil || done.status != http.StatusSeeOther {
		t.Fatalf("after the proof: status %d, error %v", done.status, err)
	}
	receipt, err := b.get(strings.Replace(done.header.Get("Location"), d.web.URL, "", 1))
	if err != nil || !strings.Contains(receipt.body, "&lt;b&gt;Second&lt;/b&gt;") {
		t.Errorf("the note was not recorded: status %d, error %v", receipt.status, err)
	}
	if log := d.log.String(); strings.Contains(log, password) {
		t.Error("the password stands in the log")
	}
}

// Whoever must have a second factor, and has none, comes no further than to where one is set up.
func TestSecondFactorIsSetUpFirst(t *testing.T) {
	d := newDesk(t, t.TempDir())
	d.server.SecondFactor = account.AdminsAndSupervisorsMust
	d.web.Config.Handler = d.server.Handler()
	b := d.signedIn("supervisor")
	for _, line := range d.server.Table() {
		if line.Action == account.Anyone || line.Action == account.SignOut || line.Action == account.OwnFactors {
			continue
		}
		a := b.must(t, request(t, b, line))
		if a.status != http.StatusSeeOther || !strings.HasPrefix(a.header.Get("Location"), "/account/factors") {
			t.Errorf("%s %s: status %d, Location %q", line.Method, line.Path, a.status, a.header.Get("Location"))
		}
	}
	if n := d.sandbox.Calls(); n != 0 {
		t.Errorf("Yoti was asked %d times", n)
	}
	a, err := b.get("/account/factors")
	if err != nil || a.status != http.StatusOK || !strings.Contains(a.body, "Your role needs a second factor") {
		t.Errorf("where it is set up: status %d, error %v", a.status, err)
	}
	if a, err = b.post("/logout", nil); err != nil || a.header.Get("Location") != "/login" {
		t.Errorf("signing out: status %d, error %v", a.status, err)
	}
	if a, err = d.signedIn("ann").get("/queue"); err != nil || a.status != http.StatusOK {
		t.Errorf("a reviewer, who needs none: status %d, error %v", a.status, err)
	}
}

// A proof of presence gives the session another token: whoever had the one before does not have
// what the proof opens. The session lasts no longer for it.
func TestProofGivesANewToken(t *testing.T) {
	t.Parallel()
	d := newDesk(t, t.TempDir())
	b := d.signedIn("auditor")
	site := mustURL(t, d.web.URL)
	before := b.Jar.Cookies(site)
	d.later(6 * time.Minute)
	a, err := b.post("/audit.csv", url.Values{"proof-password": {password}})
	if err != nil || a.status != http.StatusOK {
		t.Fatalf("with the proof: status %d, error %v", a.status, err)
	}
	thief := d.browser()
	thief.Jar.SetCookies(site, before)
	if a, err := thief.get("/audit"); err != nil || a.status != http.StatusSeeOther || !strings.HasPrefix(a.header.Get("Location"), "/login") {
		t.Errorf("with the token of before: status %d, error %v", a.status, err)
	}
	if a, err := b.get("/account"); err != nil || a.status != http.StatusOK || strings.Count(a.body, "data-session=") != 1 {
		t.Errorf("with the new one: status %d, error %v, %d sessions", a.status, err, strings.Count(a.body, "data-session="))
	}
	for range 30 { // always in use
		d.later(24 * time.Minute)
		if a, err = b.get("/account"); err != nil {
			t.Fatal(err)
		}
	}
	if a.status != http.StatusSeeOther {
		t.Errorf("twelve hours after signing in: status %d", a.status)
	}
}
