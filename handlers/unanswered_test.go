package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"countersign/internal/yotisign/sandbox"
)

// Who decides on a result that may have changed, while Yoti cannot be asked, decides on
// what they read. The receipt says that it could not be had again.
func TestDecisionWhileYotiIsDown(t *testing.T) {
	t.Parallel()
	const pending = "/recipients/00000000-0000-4000-8000-000000000014"
	var down atomic.Bool
	stand := sandbox.New(apiKey)
	d := newDeskBefore(t, t.TempDir(), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if down.Load() {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		stand.ServeHTTP(w, r)
	}))
	b := d.signedIn("ann")
	page, err := b.get(pending)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := page.document()
	if err != nil {
		t.Fatal(err)
	}
	receipt := func(key string) string {
		t.Helper()
		form := url.Values{
			"snapshot": {snapshotOf(doc)}, "key": {key}, "seen": {doc.Find("[name=seen]").AttrOr("value", "")},
			"verdict": {"reject"}, "reason": {"fraud"}, "note": {"Nobody will answer."},
		}
		if a, err := b.post(pending+"/decisions", form); err != nil || a.status != http.StatusSeeOther {
			t.Fatalf("decide: status %d, error %v", a.status, err)
		}
		if page, err = b.get(pending); err != nil {
			t.Fatal(err)
		}
		if doc, err = page.document(); err != nil {
			t.Fatal(err)
		}
		a, err := b.get(pending + "/decisions/" + doc.Find("[data-decision]").AttrOr("data-decision", ""))
		if err != nil || a.status != http.StatusOK {
			t.Fatalf("receipt: status %d, error %v", a.status, err)
		}
		return a.body
	}
	if strings.Contains(receipt("k1"), "Retry failed") {
		t.Error("the receipt says that Yoti did not answer, and it did")
	}
	down.Store(true)
	d.later(2 * time.Minute)
	if said := receipt("k2"); !strings.Contains(said, "Retry failed") || !strings.Contains(said, "Yoti is unavailable.") {
		t.Error("the receipt does not say that Yoti could not be asked")
	}
}
