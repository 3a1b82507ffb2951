package handlers_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"countersign/internal/securityevent"
	"countersign/store"
)

// loggedEvent is a security event as it stands on a log.
type loggedEvent struct {
	Log, Time, Event, Outcome, Role, Session, Address, Request, Route, Reason string
	Version, Account, Subject, Count                                          int
}

// eventsIn reads the security events on a log, and nothing else of it.
func eventsIn(t testing.TB, log string) []loggedEvent {
	t.Helper()
	var list []loggedEvent
	for line := range strings.Lines(log) {
		if !strings.HasPrefix(line, `{"log":"security",`) {
			continue
		}
		var e loggedEvent
		decoder := json.NewDecoder(strings.NewReader(line))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&e); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		list = append(list, e)
	}
	return list
}

func printEvents(ts *testscript.TestScript, s *story, _ []string) {
	log := s.log.String()
	for _, e := range eventsIn(s.t, log[s.events:]) {
		if e.Version != 1 || e.Address == "" || e.Request == "" {
			ts.Fatalf("an event lacks something: %+v", e)
		}
		line := strings.Join(strings.Fields(strings.Join([]string{e.Event, e.Outcome, e.Reason}, " ")), " ")
		if e.Role != "" {
			line += " by " + e.Role
		}
		if e.Subject != 0 {
			line += " about another"
		}
		_, err := fmt.Fprintln(ts.Stdout(), line)
		ts.Check(err)
	}
	s.events = len(log)
}

// A burst of refused sign-ins is written up to a bound, on the log and for auditors, and the
// rest is counted.
func TestBurstOfRefusedSignInsIsBounded(t *testing.T) {
	d := newDesk(t, t.TempDir())
	auditor := d.signedIn("auditor")
	before := len(d.log.String())
	const tries = 40
	for i := range tries {
		a, err := d.browser().post("/login", url.Values{"username": {fmt.Sprint("nobody", i)}, "password": {"not this one"}})
		if err != nil || a.status == http.StatusSeeOther {
			t.Fatalf("sign-in: status %d, error %v", a.status, err)
		}
	}
	if list := eventsIn(t, d.log.String()[before:]); len(list) != securityevent.PerMinute {
		t.Errorf("%d events on the log, want %d", len(list), securityevent.PerMinute)
	}
	d.later(time.Minute)
	if err := d.server.Events.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	list := eventsIn(t, d.log.String()[before:])
	if len(list) != securityevent.PerMinute+1 || list[len(list)-1].Count != tries-securityevent.PerMinute || list[len(list)-1].Reason != "more" {
		t.Errorf("%d events, the last %+v", len(list), list[len(list)-1])
	}
	page, err := auditor.get("/audit/security?act=sign-in")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := page.document()
	if err != nil {
		t.Fatal(err)
	}
	rows := doc.Find(`tr[data-event="sign-in"][data-outcome="failure"]`)
	if rows.Length() != securityevent.PerMinute+1 || !strings.Contains(rows.First().Text(), fmt.Sprintf("and %d more", tries-securityevent.PerMinute)) {
		t.Errorf("%d rows, the first %s", rows.Length(), squeeze(rows.First().Text()))
	}
}

// No event has anybody's data, on the log, on the page or in the file: neither names nor what
// was typed, tokens or recipients.
func TestEventsHoldNobodysData(t *testing.T) {
	d := newDesk(t, t.TempDir())
	admin, auditor, ann := d.signedIn("admin"), d.signedIn("auditor"), d.signedIn("annabel-planted")
	const typed = "typed-in-the-wrong-field"
	for _, fields := range []url.Values{
		{"username": {typed}, "password": {typed}}, {"username": {"annabel-planted"}, "password": {typed}},
	} {
		if _, err := d.browser().post("/login", fields); err != nil {
			t.Fatal(err)
		}
	}
	made, err := admin.post("/accounts", url.Values{"username": {"robin-planted"}, "role": {"reviewer"}})
	if err != nil {
		t.Fatal(err)
	}
	token := regexp.MustCompile(`#token=([A-Z0-9]+)`).FindStringSubmatch(made.body)
	if token == nil {
		t.Fatal("the page has no link")
	}
	const recipient = "00000000-0000-4000-8000-000000000001"
	for _, post := range []struct {
		by     *browser
		path   string
		fields url.Values
	}{
		{d.browser(), "/password", url.Values{"token": {typed}}},
		{d.browser(), "/password", url.Values{"token": {token[1]}, "password": {"chosen-by-robin-alone"}}},
		{d.browser(), "/hooks/yoti/" + typed, nil},
		{ann, "/account/password", url.Values{"current": {typed}, "password": {typed}}},
		{ann, "/recipients/" + recipient + "/reset-limit", url.Values{"reason": {typed}}},
		{ann, "/recipients/" + recipient + "/bundle", nil},
	} {
		if _, err := post.by.post(post.path, post.fields); err != nil {
			t.Fatal(err)
		}
	}
	page, err := auditor.get("/audit/security")
	if err != nil || page.status != http.StatusOK {
		t.Fatalf("page: status %d, error %v", page.status, err)
	}
	file, err := auditor.post("/audit/security.csv", nil)
	if err != nil || !strings.Contains(file.body, "sign-in,failure") {
		t.Fatalf("file: %.200q, error %v", file.body, err)
	}
	log := d.log.String()
	cookies := ann.Jar.Cookies(&url.URL{Scheme: "http", Host: strings.TrimPrefix(ann.base, "http://"), Path: "/"})
	if len(cookies) == 0 || len(eventsIn(t, log)) < 10 {
		t.Fatalf("%d cookies, %d events", len(cookies), len(eventsIn(t, log)))
	}
	secrets := []string{typed, password, token[1], "chosen-by-robin-alone", hookSecret, recipient, apiKey}
	for _, cookie := range cookies {
		secrets = append(secrets, cookie.Value)
	}
	for _, secret := range secrets {
		for where, text := range map[string]string{"log": log, "page": page.body, "file": file.body} {
			if strings.Contains(text, secret) {
				t.Errorf("%q is on the %s", secret, where)
			}
		}
		for _, name := range filesWith(t, d.dir, secret) {
			if secret == typed || secret == "chosen-by-robin-alone" {
				t.Errorf("%q is in %s", secret, name)
			}
		}
	}
	for line := range strings.Lines(log) {
		if strings.HasPrefix(line, `{"log":"security"`) && strings.Contains(line, "planted") {
			t.Errorf("a name is in an event: %s", line)
		}
	}
}

// What comes from another site or is for another host is refused, and is an event.
func TestForeignRequestsAreEvents(t *testing.T) {
	d := newDesk(t, t.TempDir())
	b := d.signedIn("ann")
	for _, test := range []struct {
		want  string
		spoil func(*http.Request)
	}{
		{"foreign-origin-refused", func(r *http.Request) { r.Header.Set("Origin", "https://evil.example") }},
		{"foreign-host-refused", func(r *http.Request) { r.Host = "evil.example" }},
	} {
		before := len(d.log.String())
		r, err := http.NewRequest(http.MethodPost, b.base+"/logout", nil)
		if err != nil {
			t.Fatal(err)
		}
		test.spoil(r)
		b.must(t, r)
		list := eventsIn(t, d.log.String()[before:])
		if len(list) != 1 || list[0].Event != test.want || list[0].Outcome != "failure" || list[0].Address == "" || strings.Contains(d.log.String()[before:], "evil") {
			t.Errorf("%s: events %+v", test.want, list)
		}
	}
}

// A session that its owner ends from another is an event of that session.
func TestEndedSessionsAreEvents(t *testing.T) {
	d := newDesk(t, t.TempDir())
	here := d.signedIn("ann")
	d.signedIn("ann")
	begun := eventsIn(t, d.log.String())
	before := len(d.log.String())
	if _, err := here.post("/account/sessions/end-others", nil); err != nil {
		t.Fatal(err)
	}
	list := eventsIn(t, d.log.String()[before:])
	if len(list) != 1 || list[0].Event != "session-ended" || list[0].Reason != "own" || list[0].Session != begun[1].Session || begun[0].Session == begun[1].Session {
		t.Errorf("events %+v after %+v", list, begun)
	}
}

// What people did at the door is in the ledger a minute later, under their names, and it
// verifies.
func TestSignInsAreOnTheLedger(t *testing.T) {
	d := newDesk(t, t.TempDir())
	ann, auditor := d.signedIn("ann"), d.signedIn("auditor")
	if _, err := ann.post("/logout", nil); err != nil {
		t.Fatal(err)
	}
	if err := d.store.BatchLogs(t.Context(), d.clock()); err != nil {
		t.Fatal(err)
	}
	page, err := auditor.get("/audit?act=sign-ins&person=ann")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := page.document()
	if err != nil {
		t.Fatal(err)
	}
	if rows := doc.Find(`tr[data-act="sign-ins"]`); rows.Length() != 1 || !strings.Contains(rows.Text(), "sign-ins, SHA-256") {
		t.Errorf("%d rows: %s", rows.Length(), squeeze(rows.Text()))
	}
	if err := d.store.Close(); err != nil {
		t.Fatal(err)
	}
	v, err := store.Verify(t.Context(), store.VerifyOptions{Path: storeIn(d.dir, d.clock).Path})
	if err != nil || v.SignIns != 3 || v.Unbatched != 0 {
		t.Errorf("verified: %+v, error %v", v, err)
	}
}

// A session that was not put on record does not begin.
func TestNoSignInWithoutItsEvent(t *testing.T) {
	dir := t.TempDir()
	d := newDesk(t, dir)
	d.addPerson("ann")
	alter(t, dir, `CREATE TRIGGER no_more BEFORE INSERT ON sign_ins BEGIN SELECT RAISE(ABORT, 'no'); END`)
	b := d.browser()
	a, err := b.post("/login", url.Values{"username": {"ann"}, "password": {password}})
	if err != nil || a.status != http.StatusInternalServerError {
		t.Fatalf("sign in: status %d, error %v", a.status, err)
	}
	if a, err = b.get("/account"); err != nil || a.status != http.StatusSeeOther {
		t.Errorf("signed in all the same: status %d, error %v", a.status, err)
	}
}
