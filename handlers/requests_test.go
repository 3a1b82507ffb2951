package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"countersign/internal/account"
	"countersign/internal/review"
)

// givePasskey gives somebody a passkey that nobody can use.
func (d *desk) givePasskey(name string) {
	d.t.Helper()
	d.exec(`INSERT INTO passkeys (id, account, credential_id, credential, sign_count, name, created_at)
		SELECT id, id, $2, '{}', 0, 'Phone', 0 FROM accounts WHERE name = $1`, name, []byte(name))
}

func (b *browser) page(t *testing.T, a answer, err error) *goquery.Document {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	page, err := a.document()
	if err != nil {
		t.Fatal(err)
	}
	return page
}

// Somebody lost their phone: an admin removes what was on it, with a reason. The person reads it at
// the next sign-in, and sets up another where the policy wants one.
func TestLostPhone(t *testing.T) {
	d := newDesk(t, t.TempDir())
	d.server.SecondFactor = account.EverybodyMust
	ann := d.signedIn("ann")
	d.exec(`UPDATE sessions SET proof = 'password+passkey'`)
	d.givePasskey("ann")
	d.addPerson("admin")
	d.givePasskey("admin")
	admin := d.browser()
	if _, err := admin.post("/login", url.Values{"username": {"admin"}, "password": {password}}); err != nil {
		t.Fatal(err)
	}
	d.exec(`UPDATE sessions SET proof = 'password+passkey' WHERE proof = 'password'`)
	if a, err := ann.get("/queue"); err != nil || a.status != http.StatusOK {
		t.Fatalf("ann before: status %d, error %v", a.status, err)
	}
	listed, err := admin.get("/accounts")
	if row := admin.page(t, listed, err).Find(`tr[data-account=ann]`); strings.TrimSpace(row.Find("[data-factors]").Text()) != "Passkey" || row.Find("[data-remove-factors]").Length() != 1 {
		t.Errorf("the list has %q", row.Text())
	}
	for name, test := range map[string]struct {
		form   url.Values
		status int
		says   string
	}{
		"not confirmed": {url.Values{"reason": {"lost"}}, http.StatusUnprocessableEntity, "not-confirmed"},
		"no reason":     {url.Values{"confirm": {"yes"}, "reason": {" "}}, http.StatusUnprocessableEntity, "Enter a reason"},
		"too long":      {url.Values{"confirm": {"yes"}, "reason": {strings.Repeat("so lost ", 60)}}, http.StatusUnprocessableEntity, "so lost so lost"},
	} {
		a, err := admin.post("/accounts/1/factors", test.form)
		if err != nil || a.status != test.status || !strings.Contains(a.body, test.says) {
			t.Errorf("%s: status %d, error %v", name, a.status, err)
		}
	}
	if a, err := ann.get("/queue"); err != nil || a.status != http.StatusOK {
		t.Errorf("ann after forms that did nothing: status %d, error %v", a.status, err)
	}
	form := url.Values{"confirm": {"yes"}, "reason": {"The phone was <b>lost</b>."}}
	if a, err := admin.post("/accounts/1/factors", form); err != nil || a.status != http.StatusSeeOther {
		t.Fatalf("removing them: status %d, error %v", a.status, err)
	}
	if a, err := ann.get("/queue"); err != nil || !strings.HasPrefix(a.header.Get("Location"), "/login") {
		t.Errorf("ann's session goes on: status %d, error %v", a.status, err)
	}
	if a, err := admin.post("/accounts/1/factors", form); err != nil || a.status != http.StatusConflict {
		t.Errorf("removing what is gone: status %d, error %v", a.status, err)
	}
	if a, err := ann.post("/login", url.Values{"username": {"ann"}, "password": {password}}); err != nil || a.status != http.StatusSeeOther {
		t.Fatalf("ann signs in: status %d, error %v", a.status, err)
	}
	a, err := ann.get("/queue")
	if err != nil || !strings.HasPrefix(a.header.Get("Location"), "/account/factors") {
		t.Fatalf("ann is not led to set one up: status %d, Location %q, error %v", a.status, a.header.Get("Location"), err)
	}
	d.server.SecondFactor = account.NobodyMust
	home, err := ann.get("/")
	notice := ann.page(t, home, err).Find("[data-notice=factors-taken]").Text()
	if !strings.Contains(notice, "admin removed your passkeys and codes: The phone was <b>lost</b>.") {
		t.Errorf("ann is told %q", notice)
	}
}

// Sign-ins that stop before the second factor end after ten minutes.
func TestUnfinishedSignInEnds(t *testing.T) {
	d := newDesk(t, t.TempDir())
	d.addPerson("ann")
	d.givePasskey("ann")
	b := d.browser()
	if _, err := b.post("/login", url.Values{"username": {"ann"}, "password": {password}}); err != nil {
		t.Fatal(err)
	}
	d.later(account.SecondFactorLimit)
	if a, err := b.get("/queue"); err != nil || !strings.HasPrefix(a.header.Get("Location"), "/login/second-factor") {
		t.Errorf("at ten minutes: Location %q, error %v", a.header.Get("Location"), err)
	}
	d.later(time.Second)
	if a, err := b.get("/queue"); err != nil || !strings.HasPrefix(a.header.Get("Location"), "/login?") {
		t.Errorf("later: Location %q, error %v", a.header.Get("Location"), err)
	}
}

// An admin gives no second review; one who became a supervisor a moment ago counts as whoever
// they could act as when they were an admin.
func TestAdminsAndSecondReviews(t *testing.T) {
	for _, action := range account.Actions() {
		if data := account.Reviewer.May(action) || account.Auditor.May(action); data && account.Admin.May(action) && action != account.OwnAccount {
			t.Errorf("an admin may do what is done about people's data: %s", action)
		}
	}
	d := newDesk(t, t.TempDir())
	ann, admin := d.signedIn("ann"), d.signedIn("admin")
	const path = "/recipients/00000000-0000-4000-8000-000000000004"
	opened, err := ann.get(path)
	snapshot := snapshotOf(ann.page(t, opened, err))
	decided, err := ann.post(path+"/decisions", url.Values{"snapshot": {snapshot}, "key": {"d1"}, "seen": {"0"}, "verdict": {"approve"}, "reason": {"explained"}, "note": {"The branch saw the card."}})
	if err != nil || decided.status != http.StatusSeeOther {
		t.Fatalf("deciding: status %d, error %v", decided.status, err)
	}
	seen, err := ann.get(path)
	decision := ann.page(t, seen, err).Find("[data-decision]").AttrOr("data-decision", "")
	second := path + "/decisions/" + decision + "/second"
	agree := url.Values{"snapshot": {snapshot}, "key": {"s1"}, "agree": {"yes"}}
	if a, err := admin.post(second, agree); err != nil || a.status != http.StatusForbidden {
		t.Errorf("an admin's second review: status %d, error %v", a.status, err)
	}
	// The admin makes a link for the author, and the operator makes the admin a supervisor.
	if a, err := admin.post("/accounts/1/link", nil); err != nil || a.status != http.StatusOK {
		t.Fatalf("a link for the author: status %d, error %v", a.status, err)
	}
	d.server.Accounts.EvenLastAdmin = true
	if err := d.server.Accounts.SetRole(t.Context(), "admin", account.Supervisor, account.Person{}); err != nil {
		t.Fatal(err)
	}
	if a, err := admin.post(second, agree); err != nil || a.status != http.StatusUnauthorized {
		t.Errorf("the session of before goes on: status %d, error %v", a.status, err)
	}
	if _, err := admin.post("/login", url.Values{"username": {"admin"}, "password": {password}}); err != nil {
		t.Fatal(err)
	}
	review2, err := admin.get(path)
	why := admin.page(t, review2, err).Find(".second-form [data-one-person]").Text()
	if !strings.Contains(why, review.OnePersonTitle) || !strings.Contains(why, "admin created a password link for ann") {
		t.Errorf("the page of the second review says %q", why)
	}
	if a, err := admin.post(second, agree); err != nil || a.status != http.StatusSeeOther {
		t.Fatalf("the second review: status %d, error %v", a.status, err)
	}
	receipt, err := admin.get(path + "/decisions/" + decision)
	if text := admin.page(t, receipt, err).Find("[data-second] [data-one-person]").Text(); !strings.Contains(text, "admin created a password link for ann") {
		t.Errorf("the receipt says %q", text)
	}
}

// Admins of a house that is older than second factors read that nobody needs one.
func TestUpgradedHouseIsTold(t *testing.T) {
	d := newDesk(t, t.TempDir())
	admin := d.signedIn("admin")
	for _, unsaid := range []bool{false, true} {
		d.server.SecondFactorUnsaid = unsaid
		a, err := admin.get("/accounts")
		if told := strings.Contains(admin.page(t, a, err).Find("main .message").Text(), "--require-second-factor"); told != unsaid {
			t.Errorf("the operator has not said: %t; the page says so: %t", unsaid, told)
		}
	}
}
