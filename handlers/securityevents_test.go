package handlers_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"countersign/internal/account"
	"countersign/internal/openid/openidtest"
	"countersign/internal/securityevent"
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
		for _, name := range d.placesWith(secret) {
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

// newEvents are the events since the last call: kind, outcome and reason, by a role, and whether
// they are about another's account.
func (d *desk) newEvents(seen *int) []string {
	d.t.Helper()
	log := d.log.String()
	var list []string
	for _, e := range eventsIn(d.t, log[*seen:]) {
		line := e.Event + " " + e.Outcome
		if e.Reason != "" {
			line += " " + e.Reason
		}
		if e.Role != "" {
			line += " by " + e.Role
		}
		if e.Subject != 0 {
			line += " about another"
		}
		list = append(list, line)
	}
	*seen = len(log)
	return list
}

func (d *desk) wantEvents(seen *int, what string, want ...string) {
	d.t.Helper()
	if got := d.newEvents(seen); !slices.Equal(got, want) {
		d.t.Errorf("%s: events\n%s\nwant\n%s", what, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// Setting up, using and removing passkeys are events, also where that fails.
func TestPasskeysAreEvents(t *testing.T) {
	d := newLocalDesk(t)
	ann, device, seen := d.signedIn("ann"), newAuthenticator(t, d.web.URL), 0
	device.count = 5
	d.newEvents(&seen)
	device.registers(ann, "planted-name")
	d.wantEvents(&seen, "added", "factor-added success passkey by reviewer", "session-ended success replaced by reviewer")
	b := d.browser()
	b.signInWith(t, device.prove(b.askedAt(t, "/login/passkey/begin")))
	d.wantEvents(&seen, "alone", "sign-in success passkey by reviewer")
	device.count = 2
	thief := d.browser()
	thief.signInWith(t, device.prove(thief.askedAt(t, "/login/passkey/begin")))
	d.wantEvents(&seen, "counted back", "passkey-counter-went-back failure", "sign-in failure passkey-counter")
	device.count = 9
	b = d.browser()
	if _, err := b.post("/login", url.Values{"username": {"ann"}, "password": {password}}); err != nil {
		t.Fatal(err)
	}
	other := *device
	other.flags &^= userVerified
	for _, used := range []*authenticator{&other, device} {
		text := used.prove(b.askedAt(t, "/login/second-factor/passkey/begin"))
		if _, err := b.post("/login/second-factor/passkey", url.Values{"passkey-answer": {text}}); err != nil {
			t.Fatal(err)
		}
	}
	d.wantEvents(&seen, "second factor", "first-factor success password by reviewer", "second-factor failure passkey-signature by reviewer",
		"second-factor success passkey by reviewer", "sign-in success password+passkey by reviewer")
	d.later(6 * time.Minute)
	for _, used := range []*authenticator{&other, device} {
		used.count += 10
		text := used.prove(b.askedAt(t, "/account/proof/passkey/begin"))
		if _, err := b.post("/account/factors/passkeys/remove", url.Values{"passkey": {"1"}, "proof-passkey": {text}}); err != nil {
			t.Fatal(err)
		}
	}
	d.wantEvents(&seen, "removed", "step-up failure passkey-signature by reviewer", "step-up success passkey by reviewer", "factor-removed success passkey by reviewer")
	if log := d.log.String(); strings.Contains(log, "planted") {
		t.Errorf("a name is on the log: %s", log)
	}
}

// So are those of an authenticator app and of recovery codes.
func TestCodesAreEvents(t *testing.T) {
	d := newDesk(t, t.TempDir())
	ann, seen := d.signedIn("ann"), 0
	d.newEvents(&seen)
	post := func(b *browser, path string, form url.Values) {
		t.Helper()
		if a, err := b.post(path, form); err != nil || a.status == http.StatusNotFound {
			t.Fatalf("%s: status %d, error %v", path, a.status, err)
		}
	}
	post(ann, "/account/factors/code", nil)
	post(ann, "/account/factors/code/confirm", url.Values{"code": {"000000"}})
	app := ann.setUpCode(t, d)
	d.wantEvents(&seen, "set up", "factor-added failure wrong by reviewer", "factor-added success code by reviewer",
		"factor-added success recovery-codes by reviewer", "session-ended success replaced by reviewer")
	d.later(time.Minute)
	b := d.askedForCode(t, "ann")
	post(b, "/login/second-factor", url.Values{"code": {"000000"}})
	post(b, "/login/second-factor", url.Values{"recovery": {"nothing-like-one"}})
	post(b, "/login/second-factor", url.Values{"recovery": {app.recovery[0]}})
	d.wantEvents(&seen, "recovery", "first-factor success password by reviewer", "second-factor failure wrong by reviewer", "second-factor failure wrong by reviewer",
		"second-factor success recovery by reviewer", "sign-in success password+recovery by reviewer")
	d.later(6 * time.Minute)
	post(b, "/account/factors/recovery-codes", url.Values{"proof-code": {"000000"}})
	post(b, "/account/factors/recovery-codes", url.Values{"proof-code": {app.code(t, d)}})
	post(b, "/account/factors/code/remove", nil)
	d.wantEvents(&seen, "step-up", "step-up failure wrong by reviewer", "step-up success code by reviewer", "factor-added success recovery-codes by reviewer",
		"factor-removed success code by reviewer", "session-ended success replaced by reviewer")
}

// The company's sign-in: who came in, as what, who did not and why, and whom it signed out.
func TestCompanySignInsAreEvents(t *testing.T) {
	co := newCompany(t)
	seen := 0
	co.newEvents(&seen)
	co.signIn(co.browser(), "/")
	co.wantEvents(&seen, "the first time", "account-added success reviewer about another", "sign-in success provider by reviewer")
	co.person("s-1", "anna", "audit")
	co.entered2()
	co.wantEvents(&seen, "another role", "role-changed success auditor about another", "sign-in success provider by auditor")
	co.person("s-1", "anna")
	co.signIn(co.browser(), "/")
	co.wantEvents(&seen, "no role", "sign-in failure provider-no-role")
	co.person("s-1", "anna", "audit", "it")
	co.signIn(co.browser(), "/")
	co.wantEvents(&seen, "two roles", "sign-in failure provider-roles")
	for _, e := range eventsIn(t, co.log.String())[4:] {
		if e.Account == 0 || e.Role != "" {
			t.Errorf("whom the provider named is not in %+v", e)
		}
	}
	co.get(co.browser(), "/login/openid/callback?state=x&code=y")
	co.wantEvents(&seen, "another browser", "sign-in failure provider-question")
	co.person("s-1", "anna", "kyc-team")
	co.provider.Change = func(token *openidtest.Token) { token.Sign = "none" }
	co.signIn(co.browser(), "/")
	co.provider.Change = nil
	co.wantEvents(&seen, "a token of nobody's", "sign-in failure provider-token")

	b := co.entered()
	co.newEvents(&seen)
	co.later(6 * time.Minute)
	leads := strings.TrimPrefix(co.post(b, "/account/factors/code", url.Values{"proof-provider": {"yes"}}).header.Get("Refresh"), "0;url=")
	co.person("s-2", "bert", "kyc-team")
	co.through(b, leads)
	co.person("s-1", "anna", "kyc-team")
	leads = strings.TrimPrefix(co.post(b, "/account/factors/code", url.Values{"proof-provider": {"yes"}}).header.Get("Refresh"), "0;url=")
	co.provider.Person.AuthTime = co.clock()
	co.through(b, leads)
	co.wantEvents(&seen, "step-up", "step-up failure provider-person by reviewer", "step-up success provider by reviewer")

	for _, token := range []string{"no token", co.provider.LogoutToken("s-1", "", nil)} {
		co.post(co.browser(), "/login/openid/logout", url.Values{"logout_token": {token}})
	}
	co.wantEvents(&seen, "signed out there", "provider-sign-out failure not-valid", "provider-sign-out success about another")

	if _, err := co.server.Accounts.AddBreakGlass(t.Context(), "axe", password, account.Supervisor); err != nil {
		t.Fatal(err)
	}
	co.post(co.browser(), "/login", url.Values{"username": {"axe"}, "password": {password}})
	co.wantEvents(&seen, "emergency", "break-glass-used success by supervisor", "sign-in success password by supervisor")
	co.provider.Answer = func(w http.ResponseWriter) { w.WriteHeader(http.StatusBadGateway) }
	co.at(co.web.URL) // which has not asked it yet
	co.get(co.browser(), "/login/openid")
	co.wantEvents(&seen, "down", "sign-in failure provider-unavailable")
	for line := range strings.Lines(co.log.String()) {
		if strings.HasPrefix(line, `{"log":"security"`) && (strings.Contains(line, "anna") || strings.Contains(line, "s-1")) {
			t.Errorf("an event names somebody: %s", line)
		}
	}
}

// What one admin asks for and another carries out, or somebody cancels.
func TestRequestsAreEvents(t *testing.T) {
	d := newDesk(t, t.TempDir())
	ann, seen := d.signedIn("ann"), 0
	d.signedIn("supervisor")
	admin, two := d.signedIn("admin"), d.signedIn("admin-two")
	d.givePasskey("supervisor")
	d.newEvents(&seen)
	request := func(by *browser, path string, form url.Values) string {
		t.Helper()
		if a, err := by.post(path, form); err != nil || a.status != http.StatusSeeOther {
			t.Fatalf("%s: status %d, error %v", path, a.status, err)
		}
		a, err := by.get("/accounts")
		return by.page(t, a, err).Find("#requests [data-request]").Last().AttrOr("data-request", "")
	}
	for _, test := range []struct {
		kind, path, does string
		form             url.Values
	}{
		{"supervisor", "/accounts/1/role", "role-changed success supervisor", url.Values{"role": {"supervisor"}}},
		{"supervisor-link", "/accounts/2/link", "link-made success", nil},
		{"supervisor-factors", "/accounts/2/factors", "factors-taken success", url.Values{"confirm": {"yes"}, "reason": {"typed-reason"}}},
		{"new-supervisor", "/accounts", "account-added success supervisor", url.Values{"username": {"typed-name"}, "role": {"supervisor"}}},
	} {
		about := " about another"
		if test.kind == "new-supervisor" {
			about = "" // there is none yet
		}
		id := request(admin, test.path, test.form)
		d.wantEvents(&seen, test.kind, "request-asked success "+test.kind+" by admin"+about)
		if _, err := two.post("/accounts/requests/"+id+"/carry-out", nil); err != nil {
			t.Fatal(err)
		}
		d.wantEvents(&seen, test.kind, "request-carried-out success "+test.kind+" by admin"+about, test.does+" by admin about another")
	}
	id := request(admin, "/accounts/2/link", nil)
	if _, err := ann.post("/login", url.Values{"username": {"ann"}, "password": {password}}); err != nil {
		t.Fatal(err)
	}
	d.newEvents(&seen)
	if a, err := ann.post("/accounts/requests/"+id+"/cancel", nil); err != nil || a.status != http.StatusSeeOther {
		t.Fatalf("cancel %q: status %d, error %v: %s", id, a.status, err, a.problem())
	}
	d.wantEvents(&seen, "cancelled", "request-cancelled success supervisor-link by supervisor about another")
	if strings.Contains(d.log.String(), "typed") {
		t.Errorf("the log has what was typed: %s", d.log.String())
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
	if v := d.verify(); v.SignIns != 3 || v.Unbatched != 0 {
		t.Errorf("verified: %+v", v)
	}
}

// A session that was not put on record does not begin.
func TestNoSignInWithoutItsEvent(t *testing.T) {
	dir := t.TempDir()
	d := newDesk(t, dir)
	d.addPerson("ann")
	d.refuseInserts("sign_ins", "")
	b := d.browser()
	a, err := b.post("/login", url.Values{"username": {"ann"}, "password": {password}})
	if err != nil || a.status != http.StatusInternalServerError {
		t.Fatalf("sign in: status %d, error %v", a.status, err)
	}
	if a, err = b.get("/account"); err != nil || a.status != http.StatusSeeOther {
		t.Errorf("signed in all the same: status %d, error %v", a.status, err)
	}
}
