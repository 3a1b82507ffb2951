package handlers_test

import (
	"crypto/sha256"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"countersign/internal/account"
)

// newLocalDesk is a desk at which browsers arrive by the name of this machine, where passkeys
// work.
func newLocalDesk(t *testing.T) *desk {
	t.Helper()
	d := newDesk(t, t.TempDir())
	d.web.URL = strings.Replace(d.web.URL, "127.0.0.1", "localhost", 1)
	return d
}

// signInWith sends the answer of a passkey from the sign-in page.
func (b *browser) signInWith(t *testing.T, text string) answer {
	t.Helper()
	a, err := b.post("/login/passkey", url.Values{"passkey-answer": {text}})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestPasskeySignsInAlone(t *testing.T) {
	d := newLocalDesk(t)
	device := newAuthenticator(t, d.web.URL)
	device.registers(d.signedIn("ann"), "Work laptop")
	b := d.browser()
	q := b.askedAt(t, "/login/passkey/begin")
	if len(q.PublicKey.Allowed) > 0 || q.PublicKey.Verification != "required" {
		t.Errorf("asked of anybody: %+v", q.PublicKey)
	}
	a := b.signInWith(t, device.prove(q))
	if a.status != http.StatusSeeOther || a.header.Get("Location") != "/queue" {
		t.Fatalf("status %d, Location %q: %s", a.status, a.header.Get("Location"), a.problem())
	}
	if a, err := b.get("/queue"); err != nil || a.status != http.StatusOK {
		t.Errorf("the queue: status %d, error %v", a.status, err)
	}
	list, err := d.store.Sessions(t.Context(), 1)
	if err != nil || len(list) != 2 || list[0].Proof != account.ByPasskey && list[1].Proof != account.ByPasskey {
		t.Errorf("sessions %+v, error %v", list, err)
	}
	page, err := b.get("/account/factors")
	if err != nil || !strings.Contains(page.body, "Work laptop") || !strings.Contains(page.body, "last used") {
		t.Errorf("the page of factors does not list it: status %d, error %v", page.status, err)
	}
	if log := d.log.String(); strings.Contains(log, "refused") {
		t.Errorf("the log: %s", log)
	}
}

// Whoever must have a second factor sets up a passkey and goes on to where they wanted to.
func TestPasskeyIsSetUpFirst(t *testing.T) {
	d := newLocalDesk(t)
	d.server.SecondFactor = account.EverybodyMust
	d.web.Config.Handler = d.server.Handler()
	b := d.signedIn("ann")
	device := newAuthenticator(t, d.web.URL)
	q := b.askedAt(t, "/account/factors/passkeys/begin")
	a, err := b.post("/account/factors/passkeys", url.Values{"name": {"Key"}, "next": {"/search"}, "passkey-answer": {device.create(q)}})
	if err != nil || a.status != http.StatusSeeOther || a.header.Get("Location") != "/search" {
		t.Fatalf("status %d, Location %q, error %v", a.status, a.header.Get("Location"), err)
	}
	if a, err = b.get("/queue"); err != nil || a.status != http.StatusOK {
		t.Errorf("the queue: status %d, error %v", a.status, err)
	}
	a, err = b.post("/account/factors/passkeys/remove", url.Values{"passkey": {"1"}})
	if err != nil || a.status != http.StatusUnprocessableEntity || !strings.Contains(a.problem(), "last one") {
		t.Errorf("removing the only one: status %d, error %v: %s", a.status, err, a.problem())
	}
	newAuthenticator(t, d.web.URL).registers(b, "Spare key")
	a, err = b.post("/account/factors/passkeys/remove", url.Values{"passkey": {"1"}})
	if err != nil || a.status != http.StatusSeeOther {
		t.Errorf("removing one of two: status %d, error %v: %s", a.status, err, a.problem())
	}
	if a, err = b.get("/account/factors"); err != nil || !strings.Contains(a.body, "Spare key") || strings.Contains(a.body, `data-passkey-entry="1"`) {
		t.Errorf("what is left: status %d, error %v", a.status, err)
	}
	d.verify(d.key(t))
}

// A passkey is asked for after the password, and one of somebody else is none.
func TestPasskeyAsSecondFactor(t *testing.T) {
	d := newLocalDesk(t)
	device := newAuthenticator(t, d.web.URL)
	device.registers(d.signedIn("ann"), "Laptop")
	other := newAuthenticator(t, d.web.URL)
	other.registers(d.signedIn("bob"), "Laptop")

	b := d.browser()
	a, err := b.post("/login", url.Values{"username": {"ann"}, "password": {password}, "next": {"/search"}})
	if err != nil || a.status != http.StatusOK || !strings.Contains(a.body, "data-second-factor") {
		t.Fatalf("after the password: status %d, error %v", a.status, err)
	}
	give := func(text string) answer {
		t.Helper()
		a, err := b.post("/login/second-factor/passkey", url.Values{"passkey-answer": {text}, "next": {"/search"}})
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	if a = give(other.prove(b.askedAt(t, "/login/second-factor/passkey/begin"))); a.status != http.StatusUnauthorized || a.problem() != notProven {
		t.Errorf("somebody else's: status %d: %s", a.status, a.problem())
	}
	if a, err = b.get("/queue"); err != nil || a.status != http.StatusSeeOther {
		t.Errorf("the queue before the second factor: status %d, error %v", a.status, err)
	}
	q := b.askedAt(t, "/login/second-factor/passkey/begin")
	if len(q.PublicKey.Allowed) != 1 || q.PublicKey.Allowed[0].ID != encoded(device.id) {
		t.Errorf("asked for %+v", q.PublicKey.Allowed)
	}
	if a = give(device.prove(q)); a.status != http.StatusSeeOther || a.header.Get("Location") != "/search" {
		t.Errorf("status %d, Location %q: %s", a.status, a.header.Get("Location"), a.problem())
	}
	if a, err = b.get("/queue"); err != nil || a.status != http.StatusOK {
		t.Errorf("the queue: status %d, error %v", a.status, err)
	}
}

const notProven = "That does not prove that it is you."

// Every wrong answer gets the same words and the same status, does nothing, and uses up its
// question.
func TestWrongPasskeyAnswers(t *testing.T) {
	d := newLocalDesk(t)
	device := newAuthenticator(t, d.web.URL)
	d.server.SessionLimits = account.SessionLimits{Idle: 48 * time.Hour, Absolute: 48 * time.Hour}
	ann := d.signedIn("ann")
	device.registers(ann, "Laptop")
	b := d.browser()
	ask := func() question { return b.askedAt(t, "/login/passkey/begin") }
	as := func(text string) func() string { return func() string { return text } }
	changed := func(change func(*authenticator)) func() string {
		return func() string {
			other := *device
			change(&other)
			return other.prove(ask())
		}
	}
	unknown := newAuthenticator(t, d.web.URL)
	unknown.handle = device.handle
	for _, test := range []struct {
		name string
		text func() string
		why  string
	}{
		{"nothing", as(""), "form"},
		{"no JSON", as("{"), "form"},
		{"no answer", as("{}"), "form"},
		{"much", as(strings.Repeat("[", 70000)), "form"},
		{"forged", changed(func(a *authenticator) { a.key = unknown.key }), "signature"},
		{"another origin", changed(func(a *authenticator) { a.origin = "http://localhost:1" }), "signature"},
		{"another origin that begins so", changed(func(a *authenticator) { a.origin += ".evil.example" }), "signature"},
		{"another site", changed(func(a *authenticator) { a.site = "evil.example" }), "signature"},
		{"user not verified", changed(func(a *authenticator) { a.flags &^= userVerified }), "signature"},
		{"user not present", changed(func(a *authenticator) { a.flags &^= userPresent }), "signature"},
		{"another owner", changed(func(a *authenticator) { a.handle = make([]byte, 32) }), "signature"},
		{"no owner", changed(func(a *authenticator) { a.handle = nil }), "signature"},
		{"nobody's passkey", func() string { return unknown.prove(ask()) }, "unknown"},
		{"a question for something else", func() string { return device.prove(ann.askedAt(t, "/account/proof/passkey/begin")) }, "question"},
		{"a question of nobody's", as(device.prove(question{})), "form"},
	} {
		before := d.log.String()
		a := b.signInWith(t, test.text())
		if a.status != http.StatusUnauthorized || a.problem() != notProven || a.header.Get("Set-Cookie") != "" {
			t.Errorf("%s: status %d: %s", test.name, a.status, a.problem())
		}
		if log := strings.TrimPrefix(d.log.String(), before); !strings.Contains(log, `"reason":"passkey-`+test.why+`"`) {
			t.Errorf("%s: want %q in the log: %s", test.name, test.why, log)
		}
		d.later(time.Hour + time.Minute) // so that nobody has to wait
	}
}

func TestPasskeyAnswerCountsOnce(t *testing.T) {
	d := newLocalDesk(t)
	device := newAuthenticator(t, d.web.URL)
	device.registers(d.signedIn("ann"), "Laptop")
	b := d.browser()
	text := device.prove(b.askedAt(t, "/login/passkey/begin"))
	if a := b.signInWith(t, text); a.status != http.StatusSeeOther {
		t.Fatalf("status %d: %s", a.status, a.problem())
	}
	if a := d.browser().signInWith(t, text); a.status != http.StatusUnauthorized || a.problem() != notProven {
		t.Errorf("once more: status %d: %s", a.status, a.problem())
	}
	text = device.prove(b.askedAt(t, "/login/passkey/begin"))
	d.later(5*time.Minute + time.Second)
	if a := d.browser().signInWith(t, text); a.status != http.StatusUnauthorized || a.problem() != notProven {
		t.Errorf("too late: status %d: %s", a.status, a.problem())
	}
}

// A counter that goes back may mean a copy. The answer is refused, the ledger says so, and so
// does every page to the owner. A device that does not count is taken.
func TestPasskeyThatCountsBack(t *testing.T) {
	d := newLocalDesk(t)
	device := newAuthenticator(t, d.web.URL)
	device.count = 5
	device.registers(d.signedIn("ann"), "Laptop")
	b := d.browser()
	if a := b.signInWith(t, device.prove(b.askedAt(t, "/login/passkey/begin"))); a.status != http.StatusSeeOther {
		t.Fatalf("status %d: %s", a.status, a.problem())
	}
	for _, count := range []uint32{6, 3, 0} {
		device.count = count - 1
		thief := d.browser()
		if a := thief.signInWith(t, device.prove(thief.askedAt(t, "/login/passkey/begin"))); a.status != http.StatusUnauthorized || a.problem() != notProven {
			t.Errorf("count %d after 6: status %d: %s", count, a.status, a.problem())
		}
	}
	list, err := d.store.AccountLog(t.Context(), 3)
	if err != nil || len(list) != 3 {
		t.Fatalf("%d changes, error %v", len(list), err)
	}
	for _, change := range list {
		if change.What != account.FactorRefused || change.Factor != account.Passkey || change.AccountName != "ann" || change.ByID != account.SystemID {
			t.Errorf("on record: %+v", change)
		}
	}
	page, err := b.get("/account")
	if err != nil || !strings.Contains(page.body, `data-notice="factor-refused"`) {
		t.Errorf("the owner is not told: status %d, error %v", page.status, err)
	}
	device.count = 6
	if a := d.browser().signInWith(t, device.prove(b.askedAt(t, "/login/passkey/begin"))); a.status != http.StatusSeeOther {
		t.Errorf("counting on: status %d: %s", a.status, a.problem())
	}

	steady := newAuthenticator(t, d.web.URL)
	steady.registers(d.signedIn("bob"), "Synced")
	for range 2 {
		steady.count = ^uint32(0) // and so zero in the answer
		again := d.browser()
		if a := again.signInWith(t, steady.prove(again.askedAt(t, "/login/passkey/begin"))); a.status != http.StatusSeeOther {
			t.Errorf("one that does not count: status %d: %s", a.status, a.problem())
		}
	}
	d.verify(d.key(t))
}

// Wrong answers wait as wrong passwords do, whether the passkey exists or not; nobody else waits.
func TestWrongPasskeysWait(t *testing.T) {
	d := newLocalDesk(t)
	device := newAuthenticator(t, d.web.URL)
	device.registers(d.signedIn("ann"), "Laptop")
	unknown := newAuthenticator(t, d.web.URL)
	unknown.handle = device.handle
	forger := *device
	forger.key = unknown.key
	for name, a := range map[string]*authenticator{"somebody's": &forger, "nobody's": unknown} {
		b := d.browser()
		for i := range 6 {
			status := b.signInWith(t, a.prove(b.askedAt(t, "/login/passkey/begin"))).status
			if want := map[bool]int{false: http.StatusUnauthorized, true: http.StatusTooManyRequests}[i == 5]; status != want {
				t.Errorf("%s, attempt %d: status %d, want %d", name, i+1, status, want)
			}
		}
	}
	if _, err := d.server.Accounts.SignIn(t.Context(), "ann", password, account.Source{Address: "127.0.0.1"}); err != nil {
		t.Errorf("ann's password: %v", err)
	}
}

// A proof of presence by passkey is as good as one by password, and bound to whoever gives it.
func TestPasskeyProvesPresence(t *testing.T) {
	d := newLocalDesk(t)
	device := newAuthenticator(t, d.web.URL)
	b := d.signedIn("ann")
	device.registers(b, "Laptop")
	bob := d.signedIn("bob")
	other := newAuthenticator(t, d.web.URL)
	other.registers(bob, "Laptop")
	d.later(6 * time.Minute)
	remove := url.Values{"passkey": {"1"}}
	a, err := b.post("/account/factors/passkeys/remove", remove)
	if err != nil || a.status != http.StatusUnauthorized || !strings.Contains(a.body, "data-passkey=\"get\"") {
		t.Fatalf("without a proof: status %d, error %v", a.status, err)
	}
	if a, err = b.post("/account/factors/passkeys/begin", nil); err != nil || a.status != http.StatusUnauthorized {
		t.Errorf("asking for a new passkey without a proof: status %d, error %v", a.status, err)
	}
	forBob := bob.askedAt(t, "/account/proof/passkey/begin")
	for name, text := range map[string]string{
		"another's passkey":         other.prove(b.askedAt(t, "/account/proof/passkey/begin")),
		"another's question":        device.prove(forBob),
		"a question for signing in": device.prove(b.askedAt(t, "/login/passkey/begin")),
	} {
		a, err = b.post("/account/factors/passkeys/remove", url.Values{"passkey": {"1"}, "proof-passkey": {text}})
		if err != nil || a.status != http.StatusUnauthorized || a.problem() != notProven {
			t.Errorf("%s: status %d, error %v: %s", name, a.status, err, a.problem())
		}
	}
	remove.Set("proof-passkey", device.prove(b.askedAt(t, "/account/proof/passkey/begin")))
	if a, err = b.post("/account/factors/passkeys/remove", remove); err != nil || a.status != http.StatusSeeOther {
		t.Errorf("with the passkey: status %d, error %v: %s", a.status, err, a.problem())
	}
}

// Removing a passkey signs out wherever a passkey was the proof.
func TestRemovedPasskeySignsOut(t *testing.T) {
	d := newLocalDesk(t)
	device := newAuthenticator(t, d.web.URL)
	b := d.signedIn("ann")
	device.registers(b, "Laptop")
	elsewhere := d.browser()
	if a := elsewhere.signInWith(t, device.prove(elsewhere.askedAt(t, "/login/passkey/begin"))); a.status != http.StatusSeeOther {
		t.Fatalf("status %d", a.status)
	}
	if a, err := b.post("/account/factors/passkeys/remove", url.Values{"passkey": {"1"}}); err != nil || a.status != http.StatusSeeOther {
		t.Fatalf("remove: status %d, error %v: %s", a.status, err, a.problem())
	}
	if a, err := elsewhere.get("/queue"); err != nil || !strings.HasPrefix(a.header.Get("Location"), "/login") {
		t.Errorf("elsewhere: status %d, error %v", a.status, err)
	}
	if a, err := b.get("/queue"); err != nil || a.status != http.StatusOK {
		t.Errorf("here: status %d, error %v", a.status, err)
	}
	last := d.browser()
	if a := last.signInWith(t, device.prove(last.askedAt(t, "/login/passkey/begin"))); a.status != http.StatusUnauthorized {
		t.Errorf("with the removed one: status %d", a.status)
	}
}

// A closed account is not opened by its passkey, in the same words.
func TestPasskeyOfDisabledAccount(t *testing.T) {
	d := newLocalDesk(t)
	device := newAuthenticator(t, d.web.URL)
	device.registers(d.signedIn("ann"), "Laptop")
	if err := d.server.Accounts.Disable(t.Context(), "ann", account.Person{}); err != nil {
		t.Fatal(err)
	}
	b := d.browser()
	if a := b.signInWith(t, device.prove(b.askedAt(t, "/login/passkey/begin"))); a.status != http.StatusUnauthorized || a.problem() != notProven {
		t.Errorf("status %d: %s", a.status, a.problem())
	}
}

// Once the host name is another, passkeys do not work. Every page says why, and the password and
// another factor still do.
func TestPasskeysOfAnotherHostName(t *testing.T) {
	d := newLocalDesk(t)
	d.server.SecondFactor = account.EverybodyMust
	d.web.Config.Handler = d.server.Handler()
	device := newAuthenticator(t, d.web.URL)
	signedIn := d.signedIn("ann")
	device.registers(signedIn, "Old laptop")
	const moved = "http://review.localhost:8080"
	d.server.Public = mustURL(t, moved)
	d.web.Config.Handler = d.server.Handler()

	b := d.browser()
	a, err := b.post("/login", url.Values{"username": {"ann"}, "password": {password}})
	if err != nil || a.status != http.StatusOK || !strings.Contains(a.body, "They were made for localhost, and the host name of this server is review.localhost now") || strings.Contains(a.body, "data-begin") {
		t.Errorf("the page of the second factor: status %d, error %v: %s", a.status, err, a.body)
	}
	q := b.askedAt(t, "/login/passkey/begin")
	if a = b.signInWith(t, device.prove(q)); a.status != http.StatusUnauthorized {
		t.Errorf("the passkey of localhost at review.localhost: status %d", a.status)
	}
	device.origin, device.site = moved, "review.localhost"
	if a = b.signInWith(t, device.prove(b.askedAt(t, "/login/passkey/begin"))); a.status != http.StatusUnauthorized {
		t.Errorf("one that was moved to review.localhost: status %d", a.status)
	}
	for address, said := range map[string]string{
		"http://192.0.2.7":          "the address of this server is an IP address",
		"http://review.example.com": "Passkeys need an https address",
		moved:                       "does not work any more",
	} {
		d.server.Public = mustURL(t, address)
		d.web.Config.Handler = d.server.Handler()
		a, err := signedIn.get("/account/factors")
		if err != nil || !strings.Contains(a.body, said) {
			t.Errorf("%s: status %d, error %v, want %q in %s", address, a.status, err, said, a.body)
		}
	}
}

// What is no answer to the question that somebody was asked makes no passkey.
func TestWrongNewPasskeys(t *testing.T) {
	d := newLocalDesk(t)
	b, bob := d.signedIn("ann"), d.signedIn("bob")
	const begin = "/account/factors/passkeys/begin"
	add := func(text string) answer {
		t.Helper()
		a, err := b.post("/account/factors/passkeys", url.Values{"name": {"Key"}, "passkey-answer": {text}})
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	changed := func(change func(*authenticator)) string {
		device := newAuthenticator(t, d.web.URL)
		change(device)
		return device.create(b.askedAt(t, begin))
	}
	device := newAuthenticator(t, d.web.URL)
	device.registers(bob, "Laptop")
	for name, text := range map[string]string{
		"no JSON":               "{",
		"another origin":        changed(func(a *authenticator) { a.origin = "http://localhost:1" }),
		"another site":          changed(func(a *authenticator) { a.site = "evil.example" }),
		"user not verified":     changed(func(a *authenticator) { a.flags &^= userVerified }),
		"user not present":      changed(func(a *authenticator) { a.flags &^= userPresent }),
		"another's question":    newAuthenticator(t, d.web.URL).create(bob.askedAt(t, begin)),
		"a question to sign in": newAuthenticator(t, d.web.URL).create(b.askedAt(t, "/login/passkey/begin")),
		"a proof":               device.prove(b.askedAt(t, begin)),
	} {
		if a := add(text); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.problem(), "No passkey was added") {
			t.Errorf("%s: status %d: %s", name, a.status, a.problem())
		}
	}
	same := newAuthenticator(t, d.web.URL)
	same.id = device.id
	if a := add(same.create(b.askedAt(t, begin))); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.problem(), "registered already") {
		t.Errorf("with the ID of another: status %d: %s", a.status, a.problem())
	}
	text := newAuthenticator(t, d.web.URL).create(b.askedAt(t, begin))
	if a := add(text); a.status != http.StatusSeeOther {
		t.Errorf("a right one: status %d: %s", a.status, a.problem())
	}
	if a := add(text); a.status != http.StatusUnprocessableEntity {
		t.Errorf("once more: status %d", a.status)
	}
	list, err := d.store.Passkeys(t.Context(), 1)
	if err != nil || len(list) != 1 {
		t.Errorf("%d passkeys, error %v", len(list), err)
	}
}

// A new passkey waits for a proof of presence: the name that was typed goes along, and so does
// the passkey where the proof grew old while it was made.
func TestNewPasskeyAfterProof(t *testing.T) {
	d := newLocalDesk(t)
	b := d.signedIn("ann")
	d.later(4 * time.Minute)
	text := newAuthenticator(t, d.web.URL).create(b.askedAt(t, "/account/factors/passkeys/begin"))
	d.later(2 * time.Minute)
	form := url.Values{"name": {"Blue key"}}
	a, err := b.post("/account/factors/passkeys", form)
	if err != nil || a.status != http.StatusUnauthorized || !strings.Contains(a.body, "Blue key") {
		t.Fatalf("without a proof: status %d, error %v", a.status, err)
	}
	form.Set("passkey-answer", text)
	if a, err = b.post("/account/factors/passkeys", form); err != nil || a.status != http.StatusUnauthorized || !strings.Contains(a.body, `name="passkey-answer"`) {
		t.Fatalf("with a passkey: status %d, error %v", a.status, err)
	}
	form.Set("proof-password", password)
	if a, err = b.post("/account/factors/passkeys", form); err != nil || a.status != http.StatusSeeOther {
		t.Errorf("with a proof: status %d, error %v: %s", a.status, err, a.problem())
	}
	form = url.Values{"name": {"Second key"}}
	if a, err = b.post("/account/factors/passkeys", form); err != nil || a.status != http.StatusOK || !strings.Contains(a.body, "press Add passkey once more") || !strings.Contains(a.body, `value="Second key"`) {
		t.Errorf("after a proof, without a passkey: status %d, error %v", a.status, err)
	}
}

// Anybody may ask for a passkey at the sign-in page: the questions are bounded.
func TestPasskeyQuestionsAreBounded(t *testing.T) {
	d := newLocalDesk(t)
	device := newAuthenticator(t, d.web.URL)
	device.registers(d.signedIn("ann"), "Laptop")
	d.openQuestions(account.MostOpenToAnybody)
	b := d.browser()
	q := b.askedAt(t, "/login/passkey/begin")
	if n := d.count(`SELECT count(*) FROM challenges`); n > account.MostOpenToAnybody {
		t.Errorf("%d questions are open", n)
	}
	if a := b.signInWith(t, device.prove(q)); a.status != http.StatusSeeOther {
		t.Errorf("the last one is not taken: status %d: %s", a.status, a.problem())
	}
}

// openQuestions puts as many into the database as were put to nobody known.
func (d *desk) openQuestions(n int) {
	d.t.Helper()
	db := d.raw()
	defer db.Close()
	tx, err := db.BeginTx(d.t.Context(), nil)
	for i := 0; err == nil && i < n; i++ {
		hash := sha256.Sum256([]byte(strconv.Itoa(i)))
		_, err = tx.ExecContext(d.t.Context(), `INSERT INTO challenges (hash, purpose, state, until) VALUES ($1, $2, '{}', $3)`,
			hash[:], string(account.AskPasskeySignIn), d.clock().UnixMilli()+int64(i))
	}
	if err == nil {
		err = tx.Commit()
	}
	if err != nil {
		d.t.Fatal(err)
	}
}
