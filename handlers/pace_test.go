package handlers_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

func (b *browser) note(t *testing.T, key, snapshot string, n int) answer {
	t.Helper()
	a, err := b.post("/recipients/"+somebody+"/notes", url.Values{"snapshot": {snapshot}, "key": {key}, "note": {fmt.Sprintf("Note number %d.", n)}})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// A page has the newest fifty notes and leads to the others; nobody writes more than sixty
// a minute, and what was too much is not lost.
func TestManyNotes(t *testing.T) {
	t.Parallel()
	d := newDesk(t, t.TempDir())
	b := d.signedIn("ann")
	snapshot := snapshotOf(pageAt(t, b, "/recipients/"+somebody))
	for n := range 60 {
		if a := b.note(t, fmt.Sprint("key", n), snapshot, n); a.status != http.StatusSeeOther {
			t.Fatalf("note %d: status %d", n, a.status)
		}
	}
	refused := b.note(t, "one too many", snapshot, 60)
	doc, err := refused.document()
	if err != nil {
		t.Fatal(err)
	}
	if problem := doc.Find("#decision-problem").Text(); !strings.Contains(problem, "Try again in 60 seconds, at 14:03:00 UTC.") || refused.header.Get("Retry-After") != "60" {
		t.Errorf("it says %q, and to programs %q", problem, refused.header.Get("Retry-After"))
	}
	if text := doc.Find("textarea[name=note]").Text(); refused.status != http.StatusTooManyRequests || text != "Note number 60." {
		t.Errorf("note 61 within a minute: status %d, the form holds %q", refused.status, text)
	}
	if a := b.note(t, "key59", snapshot, 59); a.status != http.StatusSeeOther {
		t.Errorf("a note that is on record, sent again: status %d", a.status)
	}
	d.later(time.Minute)
	if a := b.note(t, "one too many", snapshot, 60); a.status != http.StatusSeeOther {
		t.Errorf("a minute later: status %d", a.status)
	}
	doc = pageAt(t, b, "/recipients/"+somebody)
	if n := doc.Find("[data-note]").Length(); n != 50 || doc.Find(".note-text").First().Text() != "Note number 60." {
		t.Errorf("%d notes, the first says %q", n, doc.Find(".note-text").First().Text())
	}
	older := doc.Find("a:contains('Older notes')").AttrOr("href", "")
	doc = pageAt(t, b, older)
	if n := doc.Find("[data-note]").Length(); n != 11 || doc.Find(".note-text").First().Text() != "Note number 10." {
		t.Errorf("%s: %d notes, the first says %q", older, n, doc.Find(".note-text").First().Text())
	}
	if doc.Find("a:contains('Older notes')").Length() > 0 {
		t.Error("the last page leads on")
	}
}

// One person does not use up what Yoti gives everybody.
func TestManyOpenings(t *testing.T) {
	t.Parallel()
	d := newDesk(t, t.TempDir())
	d.server.Desk.OpeningsPerMinute = 2
	ann, bob := d.signedIn("ann"), d.signedIn("bob")
	open := func(b *browser, n, want int) answer {
		t.Helper()
		a, err := b.get(fmt.Sprintf("/recipients/00000000-0000-4000-8000-%012d", n))
		if err != nil || a.status != want {
			t.Errorf("recipient %d: status %d, error %v, want %d", n, a.status, err, want)
		}
		return a
	}
	open(ann, 1, http.StatusOK)
	open(ann, 2, http.StatusOK)
	if a := open(ann, 3, http.StatusTooManyRequests); a.header.Get("Retry-After") != "60" {
		t.Errorf("Retry-After: %q", a.header.Get("Retry-After"))
	} else if doc, err := a.document(); err != nil || doc.Find("[data-wait='60']").Length() != 1 || doc.Find("a[data-again][href$='003']").Length() != 1 || !strings.HasSuffix(doc.Find("[data-tried]").Text(), "003") {
		t.Errorf("the page says %s", squeeze(doc.Find("main").Text()))
	}
	open(ann, 2, http.StatusOK)
	open(bob, 3, http.StatusOK)
	open(ann, 3, http.StatusOK) // bob has opened it
	d.later(time.Minute)
	open(ann, 4, http.StatusOK)
}

// Nobody reports more of what was on the screen than pages do, nor too much at a time; what
// was refused can be reported later.
func TestManyReportsOfTheScreen(t *testing.T) {
	t.Parallel()
	d := newDesk(t, t.TempDir())
	b := d.signedIn("ann")
	page := pageAt(t, b, "/recipients/"+somebody).Find("main")
	report := func(media ...string) int {
		t.Helper()
		a, err := b.post(page.AttrOr("data-on-screen", ""), url.Values{"view": {page.AttrOr("data-page-view", "")}, "snapshot": {page.AttrOr("data-snapshot", "")}, "medium": media})
		if err != nil {
			t.Fatal(err)
		}
		return a.status
	}
	many := make([]string, 201)
	for i := range many {
		many[i] = fmt.Sprintf("00000000-0000-4000-8000-%012d", 1+i)
	}
	if status := report(many...); status != http.StatusUnprocessableEntity {
		t.Errorf("201 media: status %d", status)
	}
	for n := range 120 {
		if status := report(many[:n%2]...); status != http.StatusOK {
			t.Fatalf("report %d: status %d", n, status)
		}
	}
	if status := report(); status != http.StatusTooManyRequests {
		t.Errorf("report 121 within a minute: status %d", status)
	}
	d.later(time.Minute)
	if status := report(); status != http.StatusOK {
		t.Errorf("a minute later: status %d", status)
	}
}
