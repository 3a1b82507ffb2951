package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	_ "modernc.org/sqlite" // to alter what the store would not
)

// newStoppedDesk starts a desk whose ledger was altered while nobody looked.
func newStoppedDesk(t *testing.T) *desk {
	t.Helper()
	dir := t.TempDir()
	before := newDesk(t, dir)
	for _, name := range []string{"ann", "supervisor", "auditor", "admin"} {
		before.addPerson(name)
	}
	if err := before.store.Close(); err != nil { // a second time does no harm
		t.Fatal(err)
	}
	before.alter("ledger", "ledger_is_not_changed", `UPDATE ledger SET name = 'nobody' WHERE seq = 3`)
	return newDesk(t, dir)
}

// Where the ledger was altered, everything can be read and nothing is recorded. Every
// page says so, and what was typed is given back.
func TestNothingIsRecordedOverAnAlteredLedger(t *testing.T) {
	t.Parallel()
	d := newStoppedDesk(t)
	const somebody = "/recipients/00000000-0000-4000-8000-000000000001"
	if page, err := d.browser().get("/login"); err != nil || !strings.Contains(page.body, "stopped-banner") {
		t.Errorf("the sign-in page has no banner: %v", err)
	}
	ann := d.signedIn("ann")
	page, err := ann.get(somebody)
	if err != nil || page.status != http.StatusOK {
		t.Fatalf("recipient: status %d, error %v", page.status, err)
	}
	doc, err := page.document()
	if err != nil {
		t.Fatal(err)
	}
	if banner := doc.Find(".stopped-banner").Text(); !strings.Contains(banner, "entry 3 ") {
		t.Errorf("the banner says %q", banner)
	}
	supervisor := d.signedIn("supervisor")
	admin := d.signedIn("admin")
	for _, test := range []struct {
		what   string
		who    *browser
		path   string
		fields url.Values
		typed  string
	}{
		{"note", ann, somebody + "/notes", url.Values{"snapshot": {snapshotOf(doc)}, "key": {"k1"}, "note": {"Long thought about."}}, "Long thought about."},
		{"reset", supervisor, somebody + "/reset-limit", url.Values{"confirm": {"yes"}, "key": {"k2"}, "reason": {"The camera broke."}}, "The camera broke."},
		{"account", admin, "/accounts", url.Values{"username": {"robin"}, "role": {"reviewer"}}, ""},
	} {
		a, err := test.who.post(test.path, test.fields)
		if err != nil {
			t.Fatal(err)
		}
		if a.status != http.StatusServiceUnavailable || !strings.Contains(a.body, `data-error="not-recording"`) {
			t.Errorf("%s: status %d", test.what, a.status)
		}
		answer, err := a.document()
		if err != nil {
			t.Fatal(err)
		}
		if kept := answer.Find("textarea").Text(); !strings.Contains(kept, test.typed) {
			t.Errorf("%s: the page gives back %q", test.what, kept)
		}
	}
	if a, err := d.signedIn("auditor").get("/audit"); err != nil || a.status != http.StatusOK ||
		!strings.Contains(a.body, `data-health="broken"`) || !strings.Contains(a.body, "Entry 3 is the first that is wrong") {
		t.Errorf("the audit page does not say where the ledger is broken: status %d, error %v", a.status, err)
	}
	if n := d.sandbox.Resets(); n != 0 {
		t.Errorf("Yoti was asked to reset a limit %d times without a record", n)
	}
}

// A recipient of whom a text was altered has a page that says so, and shows nothing in its
// place.
func TestAnAlteredTextIsNotShown(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	d := newDesk(t, dir)
	const somebody = "/recipients/00000000-0000-4000-8000-000000000001"
	ann := d.signedIn("ann")
	note := url.Values{"snapshot": {snapshotOf(pageAt(t, ann, somebody))}, "key": {"k1"}, "note": {"As I wrote it."}}
	if a, err := ann.post(somebody+"/notes", note); err != nil || a.status != http.StatusSeeOther {
		t.Fatalf("note: status %d, error %v", a.status, err)
	}
	d.alter("ledger", "ledger_is_not_changed", `UPDATE ledger SET text_sealed = content WHERE act = 'note'`)
	a, err := ann.get(somebody)
	if err != nil || a.status != http.StatusInternalServerError || !strings.Contains(a.body, `data-error="altered"`) {
		t.Errorf("status %d, error %v", a.status, err)
	}
	if !strings.Contains(d.log.String(), "a sealed text or result was altered") {
		t.Error("the log does not say so")
	}
}

// What is said to a decision while nothing is recorded can be sent again as the very same
// thing, and not as a note. The receipt is shown all the same.
func TestAnAnswerThatIsNotRecordedIsGivenBack(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	d := newDesk(t, dir)
	d.addPerson("supervisor")
	const somebody = "/recipients/00000000-0000-4000-8000-000000000001"
	ann := d.signedIn("ann")
	snapshot := snapshotOf(pageAt(t, ann, somebody))
	if _, err := d.store.Checkpoint(t.Context()); err != nil {
		t.Fatal(err)
	}
	decision := url.Values{"snapshot": {snapshot}, "key": {"k1"}, "verdict": {"reject"}, "reason": {"fraud"}, "note": {"A forgery."}}
	if a, err := ann.post(somebody+"/decisions", decision); err != nil || a.status != http.StatusSeeOther {
		t.Fatalf("decide: status %d, error %v", a.status, err)
	}
	d.addPerson("bob")
	if err := d.store.Close(); err != nil {
		t.Fatal(err)
	}
	d.alter("ledger", "ledger_is_not_changed", `UPDATE ledger SET role = 'nobody' WHERE seq = (SELECT max(seq) FROM ledger)`)
	d = newDesk(t, dir)
	supervisor := d.signedIn("supervisor")
	receipt := somebody + "/decisions/" + pageAt(t, supervisor, somebody).Find("[data-decision]").AttrOr("data-decision", "")
	if a, err := supervisor.get(receipt); err != nil || a.status != http.StatusOK {
		t.Errorf("receipt: status %d, error %v", a.status, err)
	}
	for _, test := range []struct {
		path, field string
		fields      url.Values
	}{
		{receipt + "/second", "note", url.Values{"snapshot": {snapshot}, "key": {"k2"}, "agree": {"no"}, "note": {"The seal is fine."}}},
		{receipt + "/withdraw", "reason", url.Values{"key": {"k3"}, "reason": {"The seal is fine."}}},
	} {
		a, err := supervisor.post(test.path, test.fields)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := a.document()
		if err != nil {
			t.Fatal(err)
		}
		form := answer.Find("form.kept")
		sent := url.Values{test.field: {strings.TrimPrefix(form.Find("textarea[name="+test.field+"]").Text(), "\n")}}
		form.Find("input").Each(func(_ int, input *goquery.Selection) {
			if name := input.AttrOr("name", ""); name != "recipient" {
				sent.Add(name, input.AttrOr("value", ""))
			}
		})
		if a.status != http.StatusServiceUnavailable || form.AttrOr("action", "") != test.path || sent.Encode() != test.fields.Encode() {
			t.Errorf("%s: status %d; the form leads to %q with %v", test.path, a.status, form.AttrOr("action", ""), sent)
		}
	}
}
