package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"countersign/internal/account"
)

// A password that was hashed at less cost than today's is hashed anew when its person signs in.
// They stay signed in elsewhere and are not told; the ledger says so.
func TestPasswordIsHashedAnew(t *testing.T) {
	d := newDesk(t, t.TempDir())
	elsewhere := d.signedIn("ann")
	costOf := func() string {
		t.Helper()
		a, err := d.store.Account(t.Context(), "ann")
		if err != nil {
			t.Fatal(err)
		}
		return strings.Split(a.Password, "$")[3]
	}
	if got := costOf(); got != "m=64,t=1,p=1" {
		t.Fatalf("to begin with the cost is %s", got)
	}
	d.server.Accounts.Cost = account.Cost{Memory: 64, Time: 2}
	if a, err := d.browser().post("/login", url.Values{"username": {"ann"}, "password": {"not the one at all"}}); err != nil || a.status != http.StatusUnauthorized {
		t.Fatalf("a wrong password: status %d, error %v", a.status, err)
	}
	if got := costOf(); got != "m=64,t=1,p=1" {
		t.Errorf("after a wrong password the cost is %s", got)
	}
	d.signedIn("ann")
	if got := costOf(); got != "m=64,t=2,p=1" {
		t.Errorf("after a right one it is %s", got)
	}
	d.signedIn("ann")
	d.server.Accounts.Cost = account.Cost{Memory: 64, Time: 1}
	d.signedIn("ann")
	if got := costOf(); got != "m=64,t=2,p=1" {
		t.Errorf("at less cost again it is %s", got)
	}
	page, err := elsewhere.get("/queue")
	if err != nil || page.status != http.StatusOK || strings.Contains(page.body, "set a new password") {
		t.Errorf("elsewhere: status %d, error %v", page.status, err)
	}
	log, err := d.store.AccountLog(t.Context(), 10)
	if err != nil {
		t.Fatal(err)
	}
	var anew []string
	for _, change := range log {
		if change.What == account.PasswordRehashed {
			anew = append(anew, change.By)
		}
	}
	if len(anew) != 1 || anew[0] != "ann" {
		t.Errorf("the record has it %d times, by %q", len(anew), anew)
	}
	d.verify()
}

// A password that was changed while the old one was being hashed anew stays changed.
func TestHashOfChangedPasswordStays(t *testing.T) {
	d := newDesk(t, t.TempDir())
	d.addPerson("ann")
	read, err := d.store.Account(t.Context(), "ann")
	if err != nil {
		t.Fatal(err)
	}
	if err := d.server.Accounts.ChangePassword(t.Context(), "ann", "gravel otter lantern"); err != nil {
		t.Fatal(err)
	}
	err = d.store.RehashPassword(t.Context(), read, "another hash", account.ChangedBy{By: read.Person, At: d.clock()})
	if err == nil {
		t.Error("the hash of the old password took the place of the new one's")
	}
	if a, err := d.browser().post("/login", url.Values{"username": {"ann"}, "password": {"gravel otter lantern"}}); err != nil || a.status != http.StatusSeeOther {
		t.Errorf("the new password: status %d, error %v", a.status, err)
	}
}
