package handlers_test

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"countersign/internal/idv"
	"countersign/internal/review"
)

// queuePeople are recipients of the sandbox that come to different places of the queue.
func queuePeople() []int { return []int{1, 2, 4, 6, 9, 13, 24} }

// fetchAll opens recipients, so that they come to the queue.
func (d *desk) fetchAll(b *browser, people []int) {
	d.t.Helper()
	for _, n := range people {
		if a, err := b.get(recipientNumber(n)); err != nil || a.status != http.StatusOK {
			d.t.Fatalf("open recipient %02d: status %d, error %v", n, a.status, err)
		}
	}
}

// The queue is worked by keyboard alone; nobody is kept from it, at any width, in any scheme.
func TestQueueInChromium(t *testing.T) {
	needsChromium(t)
	t.Parallel()
	d := newDesk(t, t.TempDir())
	d.server.Desk.Due = review.DuePolicy{idv.Adverse: 4 * time.Hour, idv.Investigate: 24 * time.Hour, idv.Clear: 48 * time.Hour}
	ann := d.signedIn("ann")
	d.fetchAll(ann, queuePeople())
	d.later(4*time.Hour + 12*time.Minute)
	b := startChromium(t, d, "ann")
	if at := b.at(); at != "/queue" {
		t.Errorf("sign-in leads to %s", at)
	}
	const current = `document.activeElement.closest("tr.queue-line")?.dataset.case ?? ""`
	const lines = `[...document.querySelectorAll("tr.queue-line")].map(r => r.dataset.case)`
	b.open("/queue?tab=unassigned", 1440, "light")
	until(b, `document.querySelector("[data-take-next]") !== null`)
	all := eval[[]string](b, lines)
	if len(all) < 5 {
		t.Fatalf("the queue has %d lines", len(all))
	}
	b.do(chromedp.KeyEvent("j"), chromedp.KeyEvent("j"), chromedp.KeyEvent("k"))
	if got := eval[string](b, current); got != all[0] {
		t.Errorf("after j, j, k the focus is at %q, want %s", got, all[0])
	}
	b.do(chromedp.KeyEvent("x"))
	if got := eval[[]string](b, `[...document.querySelectorAll("[name=id]:checked")].map(e => e.value)`); len(got) != 1 || got[0] != all[0] {
		t.Errorf("x selected %v", got)
	}
	b.do(chromedp.KeyEvent("j"))
	b.follow(chromedp.KeyEvent("t"))
	until(b, `document.querySelector("[data-awaiting-count]")?.textContent === "1"`)
	if title := eval[string](b, `document.title`); !strings.HasPrefix(title, "(1) ") {
		t.Errorf("the title is %q", title)
	}
	b.open("/queue", 1440, "light")
	until(b, fmt.Sprintf(`document.querySelector("#case-%s") !== null`, all[1]))
	b.do(chromedp.KeyEvent("j"))
	b.follow(chromedp.KeyEvent(kb.Enter))
	if at := b.at(); !strings.HasPrefix(at, "/recipients/"+all[1]) {
		t.Errorf("Enter leads to %s", at)
	}
	b.open("/queue#case-"+all[1], 1440, "light")
	until(b, fmt.Sprintf(`(%s) === %q`, current, all[1]))
	b.complain("the queue by keyboard")

	// On a phone the tab that is open is in sight, and the head of a case that was opened in a
	// view has room for the name.
	b.open("/queue?tab=all", 390, "light")
	until(b, `(e => e.left >= 0 && e.right <= innerWidth)(document.querySelector(".queue-tabs [aria-current]").getBoundingClientRect())`)
	b.open("/recipients/"+all[2]+"?view=tab%3Dunassigned", 390, "light")
	until(b, headThere)
	if width := eval[float64](b, `document.querySelector(".case-who").offsetWidth`); width < 200 {
		t.Errorf("who a case is about has %v px of a phone", width)
	}
	b.fits("a case in a view on a phone")

	for _, path := range []string{"/queue?tab=all&bucket=adverse&bucket=investigate&bucket=clear&bucket=clear-with-notes&bucket=not-ready", "/queue", "/queue?tab=second"} {
		b.open(path, 1440, "light")
		b.do(chromedp.WaitVisible("[data-queue]"))
		for _, look := range []look{{1440, "light"}, {1440, "dark"}, {390, "dark"}, {390, "light"}, {320, "light"}} {
			where := fmt.Sprintf("%s at %d px, %s", path, look.width, look.scheme)
			b.turn(look.width, look.scheme)
			if look.width == 1440 == (look.scheme == "light") || look.width == 320 {
				b.accessible(where)
			} else {
				b.legible(where)
			}
			b.fits(where)
			b.complain(where)
			if folder := os.Getenv("QUEUE_SHOTS"); folder != "" {
				name := fmt.Sprintf("%s/%d-%s-%d.png", folder, look.width, look.scheme, len(path))
				if err := os.WriteFile(name, ask(b, chromedp.FullScreenshot(90)), 0o600); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}

// Three hundred cases are seen each once, page by page, forwards and backwards, with and
// without a filter.
func TestQueueIsPagedOverHTTP(t *testing.T) {
	t.Parallel()
	d := newDesk(t, t.TempDir())
	ann := d.signedIn("ann")
	d.fetchAll(ann, []int{1, 4})
	d.copyCases(300)
	for _, path := range []string{"/queue?tab=unassigned", "/queue?bucket=adverse&tab=unassigned", "/queue?country=BEL&document=NATIONAL_ID&tab=all"} {
		seen := map[string]int{}
		var pages [][]string
		at := path
		var last string
		for at != "" {
			page := d.queuePage(t, ann, at)
			last = at
			pages = append(pages, page.lines)
			for _, id := range page.lines {
				seen[id]++
			}
			at = page.next
		}
		want := 302
		if strings.Contains(path, "adverse") || strings.Contains(path, "BEL") {
			want = 151
		}
		for id, n := range seen {
			if n != 1 {
				t.Errorf("%s: %s is seen %d times", path, id, n)
			}
		}
		if len(seen) != want || len(pages) != (want+review.QueuePageSize-1)/review.QueuePageSize {
			t.Errorf("%s: %d cases on %d pages, want %d", path, len(seen), len(pages), want)
		}
		for i := len(pages) - 1; i > 0; i-- {
			page := d.queuePage(t, ann, last)
			if fmt.Sprint(page.lines) != fmt.Sprint(pages[i]) {
				t.Fatalf("%s: going back, page %d is another", path, i)
			}
			last = page.previous
		}
		if first := d.queuePage(t, ann, last); fmt.Sprint(first.lines) != fmt.Sprint(pages[0]) {
			t.Errorf("%s: going back does not lead to the first page", path)
		}
	}
}

// copyCases puts as many cases behind its back into the database of a desk, which stand in the
// queue as recipients 01 and 04 do.
func (d *desk) copyCases(n int) {
	d.t.Helper()
	for _, statement := range []string{
		`INSERT INTO recipients (id, data_key, stage, phase, concern, since, bucket, why, document, country, holder)
			SELECT '10000000-0000-4000-8000-' || substr(CAST(1000000000000 + i AS TEXT), 2), data_key, stage, phase, concern, since - i % 7, bucket, why, document, country, holder FROM n`,
		`INSERT INTO case_facets (recipient, kind, value, phase, concern, since)
			SELECT '10000000-0000-4000-8000-' || substr(CAST(1000000000000 + i AS TEXT), 2), kind, value, case_facets.phase, case_facets.concern, case_facets.since - i % 7
			FROM n JOIN case_facets ON case_facets.recipient = n.id`,
	} {
		d.exec(`WITH RECURSIVE count (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM count WHERE i < $1),
			n AS (SELECT count.i, recipients.* FROM count JOIN recipients ON recipients.id = CASE WHEN count.i % 2 = 0 THEN '00000000-0000-4000-8000-000000000001' ELSE '00000000-0000-4000-8000-000000000004' END)
			`+statement, n)
	}
}

// queuePage is what a page of the queue shows.
type queuePage struct {
	lines          []string
	next, previous string
}

func (d *desk) queuePage(t *testing.T, b *browser, path string) queuePage {
	t.Helper()
	a, err := b.get(path)
	if err != nil || a.status != http.StatusOK {
		t.Fatalf("%s: status %d, error %v", path, a.status, err)
	}
	doc, err := a.document()
	if err != nil {
		t.Fatal(err)
	}
	page := queuePage{next: doc.Find("a[rel=next]").AttrOr("href", ""), previous: doc.Find("a[rel=prev]").AttrOr("href", "")}
	doc.Find("tr.queue-line").Each(func(_ int, e *goquery.Selection) { page.lines = append(page.lines, e.AttrOr("data-case", "")) })
	return page
}

// To ask what awaits somebody is no use of their session: it ends as if nothing had asked.
func TestAskingWhatAwaitsKeepsNoSession(t *testing.T) {
	t.Parallel()
	d := newDesk(t, t.TempDir())
	b := d.signedIn("ann")
	for range 4 {
		d.later(9 * time.Minute)
		a, err := b.get("/queue/awaiting")
		if err != nil {
			t.Fatal(err)
		}
		idle := d.clock().Sub(opening)
		if ended := a.status == http.StatusSeeOther; ended != (idle > 30*time.Minute) {
			t.Errorf("after %s: status %d", idle, a.status)
		}
	}
}

// Pages that ask too often are told when to go on.
func TestAskingWhatAwaitsHasALimit(t *testing.T) {
	t.Parallel()
	d := newDesk(t, t.TempDir())
	b := d.signedIn("ann")
	for i := range 121 {
		a, err := b.get("/queue/awaiting")
		if err != nil {
			t.Fatal(err)
		}
		want := http.StatusOK
		if i == 120 {
			want = http.StatusTooManyRequests
		}
		if a.status != want {
			t.Fatalf("time %d: status %d", i+1, a.status)
		}
	}
}

// Whatever stands in a cell of a file, a spreadsheet takes it for text.
func TestQueueFileHasNoFormula(t *testing.T) {
	t.Parallel()
	d := newDesk(t, t.TempDir())
	d.addPerson("=1+1")
	b := d.signedIn("=1+1")
	d.fetchAll(b, []int{4})
	id := recipientNumber(4)[len("/recipients/"):]
	if a, err := b.post("/queue", url.Values{"key": {"k"}, "view": {"tab=all"}, "take": {id}}); err != nil || a.status != http.StatusSeeOther {
		t.Fatalf("take: status %d, error %v", a.status, err)
	}
	a, err := b.post("/queue.csv", url.Values{"tab": {"all"}})
	if err != nil || a.status != http.StatusOK {
		t.Fatalf("status %d, error %v", a.status, err)
	}
	if !strings.Contains(a.body, "1+1") || strings.Contains(a.body, ",=1+1") {
		t.Errorf("the file is %q", a.body)
	}
}
