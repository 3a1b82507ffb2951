package handlers_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"countersign/handlers"
	"countersign/internal/account"
	"countersign/internal/openid"
	"countersign/internal/openid/openidtest"
)

// company is a desk with the company's own sign-in before it.
type company struct {
	*desk
	provider *openidtest.Provider
}

func newCompany(t *testing.T) *company {
	t.Helper()
	d := newDesk(t, t.TempDir())
	co := &company{d, openidtest.New(t, d.clock)}
	co.person("s-1", "anna", "kyc-team")
	co.at(d.web.URL)
	return co
}

// at has browsers find the desk at an address.
func (co *company) at(address string) {
	co.t.Helper()
	d, t := co.desk, co.t
	d.web.URL = address
	co.provider.Redirect = address + "/login/openid/callback"
	secret, err := openid.NewSecret(openidtest.Secret)
	if err != nil {
		t.Fatal(err)
	}
	provider, err := openid.New(openid.Settings{
		Issuer: co.provider.URL, ClientID: openidtest.ClientID, Secret: secret, Redirect: co.provider.Redirect,
		Roles:      map[string][]string{"reviewer": {"kyc-team"}, "supervisor": {"kyc-leads"}, "auditor": {"audit"}, "admin": {"it"}},
		RolesClaim: "groups", NameClaim: "preferred_username", Now: d.clock,
	})
	if err != nil {
		t.Fatal(err)
	}
	d.server.Company = &handlers.CompanySignIn{Provider: provider, Rows: d.store, FormKey: []byte(strings.Repeat("k", 32))}
	d.web.Config.Handler = d.server.Handler()
}

// person puts somebody before the provider, in groups.
func (co *company) person(subject, name string, groups ...string) {
	co.provider.Person = &openidtest.Person{Subject: subject, Name: name, Session: "sid-" + subject, Groups: groups}
}

// through goes where a page leads to the provider, and brings back what it answers.
func (co *company) through(b *browser, leads string) answer {
	co.t.Helper()
	back := co.atProvider(leads)
	a, err := b.get(strings.TrimPrefix(back, co.web.URL))
	if err != nil {
		co.t.Fatal(err)
	}
	return a
}

// atProvider asks the provider, and returns where it leads back.
func (co *company) atProvider(leads string) string {
	co.t.Helper()
	if !strings.HasPrefix(leads, co.provider.URL+"/authorize?") {
		co.t.Fatalf("it leads to %q", leads)
	}
	response, err := http.DefaultTransport.RoundTrip(httptest.NewRequest(http.MethodGet, leads, nil))
	if err != nil {
		co.t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusFound {
		co.t.Fatalf("the provider answered %s", response.Status)
	}
	return response.Header.Get("Location")
}

func (co *company) get(b *browser, path string) answer {
	co.t.Helper()
	a, err := b.get(path)
	if err != nil {
		co.t.Fatal(err)
	}
	return a
}

func (co *company) post(b *browser, path string, form url.Values) answer {
	co.t.Helper()
	a, err := b.post(path, form)
	if err != nil {
		co.t.Fatal(err)
	}
	return a
}

// signIn signs whoever is before the provider in, and returns the last answer.
func (co *company) signIn(b *browser, next string) answer {
	co.t.Helper()
	return co.through(b, co.get(b, "/login/openid?next="+url.QueryEscape(next)).header.Get("Location"))
}

// entered returns a browser in which whoever is before the provider has signed in.
func (co *company) entered() *browser {
	co.t.Helper()
	b := co.browser()
	if a := co.signIn(b, "/queue"); a.status != http.StatusSeeOther || a.header.Get("Location") != "/queue" {
		co.t.Fatalf("sign in: status %d, Location %q", a.status, a.header.Get("Location"))
	}
	return b
}

func (co *company) people() []account.ListedPerson {
	co.t.Helper()
	list, err := co.store.Accounts(co.t.Context())
	if err != nil {
		co.t.Fatal(err)
	}
	return list
}

// wantProblem fails unless an answer says why nobody is signed in.
func wantProblem(t *testing.T, a answer, status int, code string) {
	t.Helper()
	if a.status != status || !strings.Contains(a.body, `data-error="`+code+`"`) {
		t.Errorf("status %d, want %d and %s; Location %q", a.status, status, code, a.header.Get("Location"))
	}
}

// The first sign-in makes an account, which has no password and is bound to the subject. Later
// ones find it, whatever the person is called by then.
func TestCompanySignIn(t *testing.T) {
	co := newCompany(t)
	page := co.get(co.browser(), "/login?next=/audit")
	if !strings.Contains(page.body, `href="/login/openid?next=%2Faudit"`) {
		t.Error("the sign-in page does not lead to the company's")
	}
	b := co.entered()
	if a := co.get(b, "/recipients/00000000-0000-4000-8000-000000000001"); a.status != http.StatusOK || !strings.Contains(a.body, "anna") {
		t.Errorf("a result: status %d", a.status)
	}
	co.person("s-1", "anna-with-a-new-name", "kyc-team")
	co.entered()
	people := co.people()
	if len(people) != 1 || people[0].Name != "anna" || people[0].Role != account.Reviewer || !people[0].NoPassword {
		t.Errorf("accounts are %+v", people)
	}
	if a := co.post(co.browser(), "/login", url.Values{"username": {"anna"}, "password": {""}}); a.status != http.StatusUnauthorized {
		t.Errorf("without a password: status %d", a.status)
	}
	if a := co.get(b, "/account"); !strings.Contains(a.body, "data-no-password") || strings.Contains(a.body, "Change password") {
		t.Error("the account offers to change a password that there is not")
	}
	if a := co.post(b, "/logout", nil); a.header.Get("Location") != "/login?signed-out=yes" {
		t.Errorf("sign out leads to %q", a.header.Get("Location"))
	}
	if a := co.get(b, "/login?signed-out=yes"); !strings.Contains(a.body, co.provider.URL+"/sign-out?client_id=countersign") {
		t.Error("it does not offer to sign out at the company")
	}
	co.verify()
}

// Whoever has no role does not come in, nor does whoever has two that exclude each other.
func TestCompanyRoles(t *testing.T) {
	for _, test := range []struct {
		name   string
		groups []string
		role   account.Role
		status int
		code   string
	}{
		{"none", nil, "", http.StatusForbidden, "provider-no-role"},
		{"unknown", []string{"staff"}, "", http.StatusForbidden, "provider-no-role"},
		{"one", []string{"audit"}, account.Auditor, 0, ""},
		{"reviewer and supervisor", []string{"kyc-team", "kyc-leads"}, account.Supervisor, 0, ""},
		{"admin and reviewer", []string{"kyc-team", "it"}, "", http.StatusForbidden, "provider-roles"},
		{"auditor and supervisor", []string{"kyc-team", "kyc-leads", "audit"}, "", http.StatusForbidden, "provider-roles"},
	} {
		t.Run(test.name, func(t *testing.T) {
			co := newCompany(t)
			co.person("s-1", "anna", test.groups...)
			a := co.signIn(co.browser(), "/")
			people := co.people()
			if test.code != "" {
				wantProblem(t, a, test.status, test.code)
				if len(people) != 0 {
					t.Errorf("accounts are %+v", people)
				}
				return
			}
			if a.status != http.StatusSeeOther || len(people) != 1 || people[0].Role != test.role {
				t.Errorf("status %d, accounts %+v", a.status, people)
			}
		})
	}
}

// A name proves nothing: whose it is has to be said by the operator.
func TestCompanyNameTaken(t *testing.T) {
	co := newCompany(t)
	co.addPerson("Anna")
	a := co.signIn(co.browser(), "/")
	wantProblem(t, a, http.StatusConflict, "provider-name-taken")
	if !strings.Contains(a.body, "countersign user bind") || !strings.Contains(a.body, "s-1") {
		t.Error("it does not say what to do")
	}
	local := co.signedIn("Anna")
	if err := co.server.Accounts.Bind(t.Context(), "anna", account.Identity{Issuer: co.provider.URL, Subject: "s-1"}); err != nil {
		t.Fatal(err)
	}
	if a := co.get(local, "/queue"); a.status != http.StatusSeeOther {
		t.Errorf("the session from before: status %d", a.status)
	}
	if a := co.get(co.entered(), "/queue"); !strings.Contains(a.body, "bound your account to an identity") {
		t.Error("its owner is not told")
	}
	co.verify()
	co.person("s-2", "bert", "kyc-team")
	if err := co.server.Accounts.Disable(t.Context(), "anna", account.Person{}); err != nil {
		t.Fatal(err)
	}
	co.person("s-1", "anna", "kyc-team")
	wantProblem(t, co.signIn(co.browser(), "/"), http.StatusForbidden, "provider-disabled")
}

// An answer counts once, in the browser that asked, for a token that is right.
func TestCompanyAnswers(t *testing.T) {
	co := newCompany(t)
	asked := co.browser()
	back := strings.TrimPrefix(co.atProvider(co.get(asked, "/login/openid").header.Get("Location")), co.web.URL)
	wantProblem(t, co.get(co.browser(), back), http.StatusBadRequest, "provider-question")
	wantProblem(t, co.get(asked, back), http.StatusBadRequest, "provider-question") // which the other used up
	back = strings.TrimPrefix(co.atProvider(co.get(asked, "/login/openid").header.Get("Location")), co.web.URL)
	if a := co.get(asked, back); a.status != http.StatusSeeOther {
		t.Fatalf("status %d", a.status)
	}
	wantProblem(t, co.get(asked, back), http.StatusBadRequest, "provider-question")

	late := co.browser()
	back = strings.TrimPrefix(co.atProvider(co.get(late, "/login/openid").header.Get("Location")), co.web.URL)
	co.later(16 * time.Minute)
	wantProblem(t, co.get(late, back), http.StatusBadRequest, "provider-question")

	for _, path := range []string{"/login/openid/callback", "/login/openid/callback?state=x&code=y", "/login/openid/callback?error=access_denied"} {
		wantProblem(t, co.get(co.browser(), path), http.StatusBadRequest, "provider-question")
	}
	co.provider.Change = func(token *openidtest.Token) { token.Sign = "none" }
	wantProblem(t, co.signIn(co.browser(), "/"), http.StatusUnauthorized, "provider-token")
	co.provider.Change = nil
	co.provider.Person = nil
	wantProblem(t, co.signIn(co.browser(), "/"), http.StatusUnauthorized, "provider-refused")
	if log := co.log.String(); strings.Contains(log, "s-1") || strings.Contains(log, "anna") || strings.Contains(log, "client secret") {
		t.Errorf("the log names somebody, or the secret: %s", log)
	}
}

// A link on another site leads to the sign-in page, and signs nobody in.
func TestCompanySignInFromElsewhere(t *testing.T) {
	co := newCompany(t)
	b := co.browser()
	r, err := http.NewRequest(http.MethodGet, co.web.URL+"/login/openid?next=/queue", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	if a := b.must(t, r); a.status != http.StatusSeeOther || a.header.Get("Location") != "/login?next=%2Fqueue" {
		t.Errorf("status %d, Location %q", a.status, a.header.Get("Location"))
	}
	if a := co.get(b, "/login/openid?next=/queue"); !strings.HasPrefix(a.header.Get("Location"), co.provider.URL) {
		t.Errorf("from a page of ours: status %d, Location %q", a.status, a.header.Get("Location"))
	}
}

// A provider that is down leaves local sign-in and says so.
func TestCompanyIsDown(t *testing.T) {
	co := newCompany(t)
	co.provider.Answer = func(w http.ResponseWriter) { w.WriteHeader(http.StatusBadGateway) }
	a := co.get(co.browser(), "/login/openid?next=/audit")
	wantProblem(t, a, http.StatusServiceUnavailable, "provider-unavailable")
	if !strings.Contains(a.body, `name="password"`) || !strings.Contains(a.body, `value="/audit"`) {
		t.Error("there is no local sign-in that leads on")
	}
	co.signedIn("ann")
	co.provider.Answer = nil
	co.later(time.Minute)
	b := co.entered()
	co.later(25 * time.Minute)
	co.get(b, "/queue")
	co.later(26 * time.Minute)
	co.provider.Answer = func(w http.ResponseWriter) { w.WriteHeader(http.StatusBadGateway) }
	if a := co.get(b, "/queue"); a.status != http.StatusOK {
		t.Errorf("a session of 51 minutes while it is down: status %d", a.status)
	}
	co.later(10 * time.Minute)
	if a := co.get(b, "/queue"); a.status != http.StatusSeeOther || !strings.HasPrefix(a.header.Get("Location"), "/login?") {
		t.Errorf("one of 61 minutes: status %d, Location %q", a.status, a.header.Get("Location"))
	}
}

// After 50 minutes the provider is asked again in silence; what it says then counts. The session
// stays the same, and ends when its time is over.
func TestCompanyRoleWithinTheHour(t *testing.T) {
	co := newCompany(t)
	b := co.entered()
	wait := func() {
		co.later(26 * time.Minute)
		co.get(b, "/awaiting") // no use of the session
		co.get(b, "/account/factors")
		co.later(25 * time.Minute)
	}
	wait()
	for _, header := range [][2]string{{"Sec-Fetch-Dest", "image"}, {"Sec-Fetch-Dest", "empty"}, {"Accept", "application/json"}} {
		r, err := http.NewRequest(http.MethodGet, co.web.URL+"/queue", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set(header[0], header[1])
		if a := b.must(t, r); a.status != http.StatusOK {
			t.Errorf("a part of a page, by %s: status %d", header, a.status)
		}
	}
	asked := co.get(b, "/queue?mine=yes")
	if asked.header.Get("Location") != "/login/openid?next=%2Fqueue%3Fmine%3Dyes" {
		t.Fatalf("status %d, Location %q", asked.status, asked.header.Get("Location"))
	}
	leads := co.get(b, asked.header.Get("Location")).header.Get("Location")
	if !strings.Contains(leads, "prompt=none") {
		t.Errorf("the provider is asked aloud: %s", leads)
	}
	if a := co.through(b, leads); a.header.Get("Location") != "/queue?mine=yes" {
		t.Errorf("back: status %d, Location %q", a.status, a.header.Get("Location"))
	}
	if a := co.get(b, "/queue"); a.status != http.StatusOK {
		t.Errorf("after it: status %d", a.status)
	}

	co.person("s-1", "anna", "audit") // moved to another role
	wait()
	asked = co.get(b, "/")
	co.through(b, co.get(b, asked.header.Get("Location")).header.Get("Location"))
	if people := co.people(); people[0].Role != account.Auditor {
		t.Errorf("the role is %s", people[0].Role)
	}
	if a := co.get(b, "/audit"); a.status != http.StatusOK {
		t.Errorf("as an auditor: status %d", a.status)
	}

	other := co.entered2()
	co.person("s-1", "anna") // taken away
	wait()
	co.get(other, "/account/factors")
	asked = co.get(b, "/audit")
	a := co.through(b, co.get(b, asked.header.Get("Location")).header.Get("Location"))
	wantProblem(t, a, http.StatusForbidden, "provider-no-role")
	for _, each := range []*browser{b, other} {
		if a := co.get(each, "/audit"); a.status != http.StatusSeeOther || !strings.HasPrefix(a.header.Get("Location"), "/login") {
			t.Errorf("after the role was taken away: status %d", a.status)
		}
	}
}

// entered2 is entered for whoever does not begin in the queue.
func (co *company) entered2() *browser {
	co.t.Helper()
	b := co.browser()
	if a := co.signIn(b, "/account"); a.status != http.StatusSeeOther {
		co.t.Fatalf("sign in: status %d", a.status)
	}
	return b
}

// After an hour a form asks to sign in, and what was typed is there afterwards.
func TestCompanyKeepsWhatWasTyped(t *testing.T) {
	co := newCompany(t)
	b := co.entered()
	const path = "/recipients/00000000-0000-4000-8000-000000000001"
	page, err := co.get(b, path).document()
	if err != nil {
		t.Fatal(err)
	}
	form := url.Values{"snapshot": {snapshotOf(page)}, "key": {"k1"}, "note": {"Typed for an hour."}}
	for range 3 {
		co.later(20 * time.Minute)
		if a := co.post(b, "/account/preferences", url.Values{"prefer": {"keys=off"}}); a.status != http.StatusSeeOther {
			t.Fatalf("a form within the hour: status %d", a.status)
		}
	}
	co.later(time.Minute)
	asked := co.post(b, path+"/notes", form)
	if asked.status != http.StatusUnauthorized {
		t.Fatalf("status %d", asked.status)
	}
	if page, err = asked.document(); err != nil {
		t.Fatal(err)
	}
	carried := url.Values{}
	for _, field := range page.Find(`form[action="/login/openid"] [name]`).EachIter() {
		carried.Add(field.AttrOr("name", ""), field.AttrOr("value", field.Text()))
	}
	leave := co.post(b, "/login/openid", carried)
	leads := strings.TrimPrefix(leave.header.Get("Refresh"), "0;url=")
	if leave.status != http.StatusOK || !strings.Contains(leave.body, "data-leave") {
		t.Fatalf("status %d", leave.status)
	}
	a := co.through(b, leads)
	if a.header.Get("Location") != path {
		t.Fatalf("back: status %d, Location %q", a.status, a.header.Get("Location"))
	}
	if a := co.get(b, path); !strings.Contains(a.body, "Typed for an hour.") {
		t.Error("what was typed is lost")
	}
}

// Whoever has neither password nor factor here proves at the company that they are there; the
// form waits meanwhile, and one button sends it.
func TestCompanyStepUp(t *testing.T) {
	co := newCompany(t)
	co.server.StepUp.Decisions = true
	co.web.Config.Handler = co.server.Handler()
	b := co.entered()
	const path = "/recipients/00000000-0000-4000-8000-000000000001"
	page, err := co.get(b, path).document()
	if err != nil {
		t.Fatal(err)
	}
	note := "First line.\r\n<b>Second</b> \"line\" with a\u200bhidden one"
	form := url.Values{"snapshot": {snapshotOf(page)}, "key": {"d1"}, "verdict": {"reject"}, "reason": {"document"}, "note": {note}}
	co.later(6 * time.Minute)
	asked := co.post(b, path+"/decisions", form)
	if asked.status != http.StatusUnauthorized || strings.Contains(asked.body, "proof-password") || !strings.Contains(asked.body, `name="proof-provider"`) {
		t.Fatalf("status %d, or it asks for a password", asked.status)
	}
	atCompany := func() string {
		t.Helper()
		form.Set("proof-provider", "yes")
		leave := co.post(b, path+"/decisions", form)
		form.Del("proof-provider")
		leads := strings.TrimPrefix(leave.header.Get("Refresh"), "0;url=")
		if leave.status != http.StatusOK || !strings.Contains(leads, "prompt=login") || !strings.Contains(leads, "max_age=0") {
			t.Fatalf("status %d, it leads to %q", leave.status, leads)
		}
		return leads
	}
	refused := func(name string, a answer) {
		t.Helper()
		if a.status != http.StatusUnauthorized || !strings.Contains(a.body, "data-step-up") || !strings.Contains(a.body, `action="`+path+`/decisions"`) || !strings.Contains(a.body, "First line.") {
			t.Errorf("%s: status %d, or the form is lost", name, a.status)
		}
	}
	for name, change := range map[string]func(){
		"no time of the proof":   func() {},
		"a proof of before":      func() { co.provider.Person.AuthTime = co.clock().Add(-2 * time.Minute) },
		"a proof to come":        func() { co.provider.Person.AuthTime = co.clock().Add(5 * time.Minute) },
		"somebody else":          func() { co.person("s-2", "bert", "kyc-team"); co.provider.Person.AuthTime = co.clock() },
		"nobody":                 func() { co.provider.Person = nil },
		"a token of nobody's":    func() { co.provider.Change = func(token *openidtest.Token) { token.Sign = "stranger" } },
		"a provider that failed": func() { co.provider.Change = func(token *openidtest.Token) { token.Claims["iss"] = "x" } },
	} {
		leads := atCompany()
		change()
		refused(name, co.through(b, leads))
		co.person("s-1", "anna", "kyc-team")
		co.provider.Change = nil
	}
	leads := atCompany()
	co.later(2 * time.Minute)
	co.provider.Person.AuthTime = co.clock()
	a := co.through(b, leads)
	if page, err = a.document(); err != nil || a.status != http.StatusOK {
		t.Fatalf("back: status %d, error %v", a.status, err)
	}
	again := url.Values{}
	for _, field := range page.Find("main form [name]").EachIter() {
		again.Add(field.AttrOr("name", ""), field.AttrOr("value", field.Text()))
	}
	done := co.post(b, page.Find("main form").AttrOr("action", ""), again)
	if done.status != http.StatusSeeOther {
		t.Fatalf("the button: status %d", done.status)
	}
	if receipt := co.get(b, strings.TrimPrefix(done.header.Get("Location"), co.web.URL)); !strings.Contains(receipt.body, "&lt;b&gt;Second&lt;/b&gt;") {
		t.Errorf("the note was not recorded: status %d", receipt.status)
	}
	if n := len(co.people()); n != 1 {
		t.Errorf("there are %d accounts: a proof made one", n)
	}
}

// The provider ends sessions on its word, once for each token.
func TestCompanyEndsSessions(t *testing.T) {
	co := newCompany(t)
	logout := func(token string) int {
		t.Helper()
		r, err := http.NewRequest(http.MethodPost, co.web.URL+"/login/openid/logout", strings.NewReader(url.Values{"logout_token": {token}}.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		return co.browser().must(t, r).status
	}
	in := func(b *browser) bool { return co.get(b, "/queue").status == http.StatusOK }
	anna := co.entered()
	co.person("s-2", "bert", "kyc-team")
	bert := co.entered()
	local := co.signedIn("ann")

	for name, token := range map[string]string{
		"a fault":      co.provider.LogoutToken("s-1", "", func(token *openidtest.Token) { token.Sign = "stranger" }),
		"no token":     "",
		"an ID token":  co.provider.LogoutToken("s-1", "", func(token *openidtest.Token) { token.Claims["nonce"] = "n" }),
		"not a logout": co.provider.LogoutToken("s-1", "", func(token *openidtest.Token) { delete(token.Claims, "events") }),
	} {
		if status := logout(token); status != http.StatusBadRequest || !in(anna) {
			t.Errorf("%s: status %d, still in: %t", name, status, in(anna))
		}
	}
	if status := logout(co.provider.LogoutToken("s-1", "sid-other", nil)); status != http.StatusOK || !in(anna) {
		t.Errorf("of another of her sessions: status %d, still in: %t", status, in(anna))
	}
	token := co.provider.LogoutToken("s-1", "", nil)
	if status := logout(token); status != http.StatusOK || in(anna) || !in(bert) || !in(local) {
		t.Errorf("of a subject: status %d; in are anna %t, bert %t, ann %t", status, in(anna), in(bert), in(local))
	}
	co.person("s-1", "anna", "kyc-team")
	anna = co.entered()
	if status := logout(token); status != http.StatusBadRequest || !in(anna) {
		t.Errorf("the same again: status %d, still in: %t", status, in(anna))
	}
	if status := logout(co.provider.LogoutToken("", "sid-s-2", nil)); status != http.StatusOK || in(bert) || !in(anna) {
		t.Errorf("of a session: status %d; in are bert %t, anna %t", status, in(bert), in(anna))
	}
	co.provider.Rotate()
	co.provider.Answer = func(w http.ResponseWriter) { w.WriteHeader(http.StatusBadGateway) }
	if status := logout(co.provider.LogoutToken("s-1", "", nil)); status != http.StatusServiceUnavailable {
		t.Errorf("while its keys cannot be had: status %d", status)
	}
}

// With passwords off, one account comes in by one, and everybody is told.
func TestNoPasswordsButOne(t *testing.T) {
	co := newCompany(t)
	co.addPerson("ann")
	if _, err := co.server.Accounts.AddBreakGlass(t.Context(), "axe", password, account.Supervisor); err != nil {
		t.Fatal(err)
	}
	if _, err := co.server.Accounts.AddBreakGlass(t.Context(), "second-axe", password, account.Admin); err == nil {
		t.Error("there are two emergency accounts")
	}
	if err := co.server.Accounts.Bind(t.Context(), "axe", account.Identity{Issuer: co.provider.URL, Subject: "s-9"}); err == nil {
		t.Error("the emergency account is bound to the provider")
	}
	co.server.Accounts.NoPasswords = true
	b := co.entered()
	if page := co.get(co.browser(), "/login"); !strings.Contains(page.body, "<summary>Emergency access</summary>") {
		t.Error("the sign-in page asks for a password first")
	}
	enter := func(name, password string) answer {
		return co.post(co.browser(), "/login", url.Values{"username": {name}, "password": {password}})
	}
	none, wrong := enter("ann", password), enter("ann", "not-this-one-at-all")
	if none.status != http.StatusUnauthorized || none.status != wrong.status || !strings.Contains(none.body, "The name or the password is wrong.") {
		t.Errorf("a password that is right: status %d, a wrong one: %d", none.status, wrong.status)
	}
	if a := co.get(b, "/queue"); strings.Contains(a.body, "data-break-glass") {
		t.Error("a use is told that was not")
	}
	if a := enter("axe", password); a.status != http.StatusSeeOther {
		t.Fatalf("the emergency account: status %d", a.status)
	}
	for range 2 {
		if a := co.get(b, "/queue"); !strings.Contains(a.body, "data-break-glass") || !strings.Contains(a.body, "The emergency account was used") {
			t.Errorf("it is not told: status %d", a.status)
		}
	}
	co.later(25 * time.Hour)
	if a := co.get(co.entered(), "/queue"); strings.Contains(a.body, "data-break-glass") {
		t.Error("it is told after a day")
	}
	co.person("s-3", "admina", "it")
	admin := co.entered2()
	a := co.post(admin, "/accounts", url.Values{"username": {"carl"}, "role": {"reviewer"}})
	if a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "Passwords are switched off") {
		t.Errorf("an account with a password: status %d", a.status)
	}
	co.verify()
}
