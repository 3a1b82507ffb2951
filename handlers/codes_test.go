package handlers_test

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"
	"github.com/rogpeppe/go-internal/testscript"

	"countersign/internal/account"
	"countersign/internal/breached"
)

// showCode is a story's command: what an authenticator app with the key shows, perhaps at another
// time than now.
func showCode(ts *testscript.TestScript, s *story, args []string) {
	at := s.clock()
	if len(args) > 2 {
		by, err := time.ParseDuration(args[2])
		ts.Check(err)
		at = at.Add(by)
	}
	code, err := totp.GenerateCode(strings.ReplaceAll(args[1], " ", ""), at)
	ts.Check(err)
	ts.Setenv(args[0], code)
}

// setPolicy is a story's command: it says who must have a second factor.
func setPolicy(_ *testscript.TestScript, s *story, args []string) {
	s.server.SecondFactor = account.SecondFactorPolicy(args[0])
}

// codeApp is somebody's app, and their recovery codes.
type codeApp struct {
	secret   string
	recovery []string
}

// setUpCode sets up an authenticator app in a browser in which somebody is signed in.
func (b *browser) setUpCode(t *testing.T, d *desk) codeApp {
	t.Helper()
	begun, err := b.post("/account/factors/code", nil)
	if err != nil || begun.status != http.StatusOK {
		t.Fatalf("begin: status %d, error %v", begun.status, err)
	}
	page, err := begun.document()
	if err != nil {
		t.Fatal(err)
	}
	app := codeApp{secret: strings.ReplaceAll(page.Find("[data-secret]").Text(), " ", "")}
	confirmed, err := b.post("/account/factors/code/confirm", url.Values{"code": {app.code(t, d)}})
	if err != nil || confirmed.status != http.StatusOK {
		t.Fatalf("confirm: status %d, error %v", confirmed.status, err)
	}
	if page, err = confirmed.document(); err != nil {
		t.Fatal(err)
	}
	for _, code := range page.Find("[data-recovery-codes] code").EachIter() {
		app.recovery = append(app.recovery, code.Text())
	}
	return app
}

// code is what the app shows now.
func (a codeApp) code(t *testing.T, d *desk) string {
	t.Helper()
	code, err := totp.GenerateCode(a.secret, d.clock())
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// askedForCode is a browser in which somebody gave their password, and has to give a code.
func (d *desk) askedForCode(t *testing.T, name string) *browser {
	t.Helper()
	b := d.browser()
	a, err := b.post("/login", url.Values{"username": {name}, "password": {password}})
	if err != nil || a.status != http.StatusOK || !strings.Contains(a.body, "data-second-factor") {
		t.Fatalf("after the password: status %d, error %v", a.status, err)
	}
	return b
}

// Of several who give the same code at once, one is let in.
func TestCodeAtOnce(t *testing.T) {
	d := newDesk(t, t.TempDir())
	app := d.signedIn("ann").setUpCode(t, d)
	d.later(time.Minute)
	browsers := []*browser{d.askedForCode(t, "ann"), d.askedForCode(t, "ann"), d.askedForCode(t, "ann"), d.askedForCode(t, "ann")}
	code := app.code(t, d)
	statuses := make([]int, len(browsers))
	var group sync.WaitGroup
	for i, b := range browsers {
		group.Go(func() {
			a, err := b.post("/login/second-factor", url.Values{"code": {code}})
			if err != nil {
				t.Error(err)
			}
			statuses[i] = a.status
		})
	}
	group.Wait()
	in := 0
	for _, status := range statuses {
		switch status {
		case http.StatusSeeOther:
			in++
		case http.StatusUnauthorized:
		default:
			t.Errorf("status %d", status)
		}
	}
	if in != 1 {
		t.Errorf("%d were let in by one code, want 1", in)
	}
}

// Whoever has a password cannot clear with it what their guesses of codes count.
func TestPasswordClearsNoGuessedCodes(t *testing.T) {
	d := newDesk(t, t.TempDir())
	app := d.signedIn("ann").setUpCode(t, d)
	guesser := d.browser()
	wrong, waits := 0, 0
	for range 6 {
		a, err := guesser.post("/login", url.Values{"username": {"ann"}, "password": {password}})
		if err != nil {
			t.Fatal(err)
		}
		if a.status == http.StatusTooManyRequests {
			waits++
			continue
		}
		for range 3 {
			if a, err = guesser.post("/login/second-factor", url.Values{"code": {"000000"}}); err != nil {
				t.Fatal(err)
			}
			switch a.status {
			case http.StatusUnauthorized:
				wrong++
			case http.StatusTooManyRequests:
				waits++
			default:
				t.Fatalf("a guessed code: status %d", a.status)
			}
		}
	}
	if wrong > 5 || waits == 0 {
		t.Errorf("%d codes were tried without a wait, and %d attempts had to wait", wrong, waits)
	}
	d.later(time.Hour + time.Minute)
	b := d.askedForCode(t, "ann")
	if a, err := b.post("/login/second-factor", url.Values{"code": {app.code(t, d)}}); err != nil || a.status != http.StatusSeeOther {
		t.Errorf("an hour later: status %d, error %v", a.status, err)
	}
}

// A secret, its codes and the recovery codes are on the page that shows them once, and neither in
// a log nor in a file; and the database agrees with the ledger.
func TestCodesStayOut(t *testing.T) {
	d := newDesk(t, t.TempDir())
	b := d.signedIn("ann")
	app := b.setUpCode(t, d)
	if len(app.recovery) != account.RecoveryCodesMade {
		t.Fatalf("there are %d recovery codes", len(app.recovery))
	}
	d.later(time.Minute)
	code := app.code(t, d)
	for _, form := range []url.Values{{"code": {code}}, {"code": {code}}, {"recovery": {app.recovery[0]}}, {"recovery": {"nothing-like-one"}}} {
		if _, err := d.askedForCode(t, "ann").post("/login/second-factor", form); err != nil {
			t.Fatal(err)
		}
	}
	for _, path := range []string{"/account/factors", "/account"} {
		if a, err := b.get(path); err != nil || strings.Contains(strings.ReplaceAll(a.body, " ", ""), app.secret) || strings.Contains(a.body, app.recovery[1]) {
			t.Errorf("%s shows a secret again, or failed: %v", path, err)
		}
	}
	for _, secret := range append([]string{app.secret, code, strings.ReplaceAll(app.recovery[0], "-", ""), strings.ReplaceAll(app.recovery[1], "-", "")}, app.recovery...) {
		if strings.Contains(d.log.String(), secret) {
			t.Errorf("%q is in the log", secret)
		}
		if secret == code {
			continue // six digits are in a database by chance
		}
		for _, name := range d.placesWith(secret) {
			t.Errorf("%q is in %s", secret, name)
		}
	}
	d.verify()
}

// While the operator's list of passwords cannot be read, nobody chooses a password that was not
// looked up in it.
func TestPasswordIsNotChosenUnchecked(t *testing.T) {
	d := newDesk(t, t.TempDir())
	path := filepath.Join(t.TempDir(), "hashes.txt")
	if err := os.WriteFile(path, []byte(strings.Repeat("0", 40)+":1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	list, err := breached.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	d.server.Accounts.Breached = list
	b := d.signedIn("ann")
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	form := url.Values{"current": {password}, "password": {"gravel otter lantern"}}
	if a, err := b.post("/account/password", form); err != nil || a.status != http.StatusInternalServerError {
		t.Errorf("without the list: status %d, error %v", a.status, err)
	}
	if strings.Contains(d.log.String(), "gravel") {
		t.Error("the password is in the log")
	}
	d.server.Accounts.Breached = nil
	d.signedIn("ann") // with the old one
}
