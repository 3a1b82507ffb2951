package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"countersign/internal/postgrestest"
)

// newServers starts two servers on one database, which have their keys in common.
func newServers(t *testing.T) (first, second *desk) {
	t.Helper()
	dir, dsn := t.TempDir(), postgrestest.URL(t)
	return newPostgresDesk(t, dir, dsn), newPostgresDesk(t, dir, dsn)
}

// at is the same browser, which comes to another server.
func (b *browser) at(d *desk) *browser { return &browser{b.Client, d.web.URL} }

// Whoever signs in on one server is signed in on the other, and signed out on both.
func TestSignInCountsOnBothServers(t *testing.T) {
	t.Parallel()
	first, second := newServers(t)
	ann := first.signedIn("ann")
	for range 2 {
		if a, _ := ann.at(second).mustGet(t, casePath); a.status != http.StatusOK {
			t.Errorf("on the other server: status %d", a.status)
		}
	}
	if a, _ := ann.at(second).mustPost(t, "/logout", url.Values{}); a.status != http.StatusSeeOther {
		t.Errorf("sign out: status %d", a.status)
	}
	for _, d := range []*desk{first, second} {
		if a, _ := ann.at(d).mustGet(t, casePath); a.status != http.StatusSeeOther || !strings.HasPrefix(a.header.Get("Location"), "/login") {
			t.Errorf("after the sign-out: status %d", a.status)
		}
	}
}

// Failed sign-ins count together, wherever they come to, also at the same time.
func TestFailedSignInsCountOnBothServers(t *testing.T) {
	t.Parallel()
	first, second := newServers(t)
	first.addPerson("ann")
	var all sync.WaitGroup
	for n := range 5 {
		b := []*desk{first, second}[n%2].browser()
		all.Go(func() {
			if a, err := b.post("/login", url.Values{"username": {"ann"}, "password": {"not hers"}}); err != nil || a.status != http.StatusUnauthorized {
				t.Errorf("a wrong password: status %d, error %v", a.status, err)
			}
		})
	}
	all.Wait()
	for _, d := range []*desk{first, second} {
		if a, _ := d.browser().mustPost(t, "/login", url.Values{"username": {"ann"}, "password": {password}}); a.status != http.StatusTooManyRequests {
			t.Errorf("after five failures: status %d", a.status)
		}
	}
}

// What one server had of Yoti a moment ago, the other does not ask for. The page is viewed all the
// same, and the access log says so.
func TestResultThatTheOtherServerJustHad(t *testing.T) {
	t.Parallel()
	first, second := newServers(t)
	ann, auditor := first.signedIn("ann"), first.signedIn("auditor")
	ann.mustGet(t, casePath)
	if a, _ := ann.at(second).mustPost(t, casePath+"/refresh", url.Values{}); a.status != http.StatusSeeOther {
		t.Errorf("ask again: status %d", a.status)
	}
	if a, _ := ann.at(second).mustGet(t, casePath); a.status != http.StatusOK {
		t.Errorf("the page: status %d", a.status)
	}
	if a, b := first.sandbox.Calls(), second.sandbox.Calls(); a != 1 || b != 0 {
		t.Errorf("Yoti was asked %d and %d times", a, b)
	}
	_, log := auditor.mustGet(t, "/audit/access")
	if n := strings.Count(log.Text(), "00000000-0000-4000-8000-000000000001"); n < 2 {
		t.Errorf("the access log names the recipient %d times: %s", n, log.Find("main").Text())
	}
	if a, _ := ann.mustPost(t, casePath+"/refresh", url.Values{}); a.status != http.StatusSeeOther || first.sandbox.Calls() != 2 {
		t.Errorf("ask again where it was had: status %d, %d times", a.status, first.sandbox.Calls())
	}
	second.later(2 * time.Second)
	if a, _ := ann.at(second).mustPost(t, casePath+"/refresh", url.Values{}); a.status != http.StatusSeeOther || second.sandbox.Calls() != 1 {
		t.Errorf("ask again later: status %d, %d times", a.status, second.sandbox.Calls())
	}
}
