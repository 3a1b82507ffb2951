package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
)

const takenCase = "00000000-0000-4000-8000-000000000004"

// Of two who take a case at once one has it, and the other is told who.
func TestTwoTakeACaseAtOnce(t *testing.T) {
	t.Parallel()
	d := newDesk(t, t.TempDir())
	names := []string{"ann", "bob"}
	var browsers []*browser
	for _, name := range names {
		b := d.signedIn(name)
		if a, err := b.get("/recipients/" + takenCase); err != nil || a.status != http.StatusOK {
			t.Fatalf("status %d, error %v", a.status, err)
		}
		browsers = append(browsers, b)
	}
	answers := make([]answer, len(names))
	var both sync.WaitGroup
	for i, b := range browsers {
		both.Go(func() {
			var err error
			if answers[i], err = b.post("/recipients/"+takenCase+"/take", url.Values{"key": {names[i]}}); err != nil {
				t.Error(err)
			}
		})
	}
	both.Wait()
	for i, a := range answers {
		other := answers[1-i]
		switch {
		case a.status == http.StatusSeeOther && other.status == http.StatusConflict:
			if !strings.Contains(other.body, "this case is with "+names[i]) {
				t.Errorf("the other is not told that %s has the case", names[i])
			}
		case a.status == http.StatusSeeOther || a.status != http.StatusConflict:
			t.Errorf("%s: status %d, the other %d", names[i], a.status, other.status)
		}
	}
}

// A case on which its taker does nothing for a day goes back, and says so; to look at it is
// to do something.
func TestIdleCaseGoesBack(t *testing.T) {
	t.Parallel()
	d := newDesk(t, t.TempDir())
	b := d.signedIn("ann")
	look := func() *goquery.Document {
		t.Helper()
		a, err := b.get("/recipients/" + takenCase)
		if err != nil {
			t.Fatal(err)
		}
		page, err := goquery.NewDocumentFromReader(strings.NewReader(a.body))
		if err != nil {
			t.Fatal(err)
		}
		return page
	}
	release := func(want int) {
		t.Helper()
		if released, more, err := d.server.Desk.ReleaseIdle(t.Context()); released != want || more || err != nil {
			t.Errorf("%d released, more %v, error %v, want %d", released, more, err, want)
		}
	}
	look()
	if a, err := b.post("/recipients/"+takenCase+"/take", url.Values{"key": {"k"}}); err != nil || a.status != http.StatusSeeOther {
		t.Fatalf("status %d, error %v", a.status, err)
	}
	d.later(10 * time.Hour)
	b = d.signedIn("ann")
	look()
	d.later(23 * time.Hour)
	release(0)
	d.later(time.Hour + time.Minute)
	release(1)
	release(0)
	b = d.signedIn("ann")
	page := look()
	if holder := page.Find(".case-holder").Text(); !strings.Contains(holder, "Nobody has this case") {
		t.Errorf("the case is %q", holder)
	}
	if told := page.Find("[data-event=assigned]").First().Text(); !strings.Contains(told, "released the case of ann: it went back after a day without activity") {
		t.Errorf("the timeline says %q", told)
	}
}
