package handlers_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"countersign/internal/account"
	"countersign/views"
)

// someCase has more pictures than a window shows.
const someCase = "/recipients/00000000-0000-4000-8000-000000000003"

// A receipt says of a thumbnail below the fold that it was sent, of one that was scrolled to
// that it was on the screen, and of a picture that was opened that it was; and the page
// keeps the list of what is not opened up to date.
func TestOnScreenInChromium(t *testing.T) {
	needsChromium(t)
	t.Parallel()
	d := newDesk(t, t.TempDir())
	b := startChromium(t, d, "ann")
	if a, err := d.signedIn("ann").post(views.PreferencesPath, url.Values{"prefer": {account.PreferView + "=" + account.ViewAll}}); err != nil || a.status != http.StatusSeeOther {
		t.Fatalf("all on one page: status %d, error %v", a.status, err)
	}
	b.open(someCase, 1440, "light")
	eval[chromedp.Void](b, `globalThis.thumbnail = (name) => [...document.querySelectorAll("[data-picture] img")].find(i => i.alt === name)`)
	eval[chromedp.Void](b, `globalThis.notOpened = (grade) => [...document.querySelectorAll("[data-not-opened=reader] li[data-grade='" + grade + "'] a")].map(a => a.textContent)`)
	const scrolledTo, opened = "Passport, United Kingdom, portrait", "Liveness capture 1, frame 1"
	for _, name := range []string{scrolledTo, opened} {
		if top := eval[float64](b, fmt.Sprintf(`thumbnail(%q).getBoundingClientRect().top`, name)); top < 900 {
			t.Fatalf("%s is in sight from the beginning, at %v px", name, top)
		}
	}
	eval[chromedp.Void](b, fmt.Sprintf(`thumbnail(%q).scrollIntoView({block: "center", behavior: "instant"})`, scrolledTo))
	until(b, fmt.Sprintf(`notOpened("on-screen").includes(%q)`, scrolledTo))
	// The browser has fetched others that nobody has scrolled to.
	eval[chromedp.Void](b, fmt.Sprintf(`globalThis.fetchedBelow = () => notOpened("sent").find(name => name !== %q && thumbnail(name)?.naturalWidth > 0 && thumbnail(name).getBoundingClientRect().top > innerHeight)`, opened))
	until(b, `Boolean(fetchedBelow())`)
	below := eval[string](b, `fetchedBelow()`)
	eval[chromedp.Void](b, fmt.Sprintf(`thumbnail(%q).closest("a").click()`, opened))
	until(b, `document.querySelector(".viewer-picture")?.naturalWidth > 0`)
	until(b, fmt.Sprintf(`!["", "sent", "on-screen"].some(g => notOpened(g).includes(%q))`, opened))
	until(b, fmt.Sprintf(`notOpened("sent").includes(%q)`, below))
	b.do(chromedp.KeyEvent(kb.Escape))
	b.complain("scrolling and opening")

	receipt := d.referAndRead(t, someCase)
	for grade, name := range map[string]string{"opened": opened, "on-screen": scrolledTo, "sent": below} {
		for _, other := range []string{"opened", "on-screen", "sent"} {
			said := squeeze(receipt.Find(`[data-coverage] div[data-grade="` + other + `"]`).Text())
			if strings.Contains(said, name) != (grade == other) {
				t.Errorf("%s should be %s, and of %s the receipt says: %s", name, grade, other, said)
			}
		}
	}
	left := squeeze(receipt.Find("[data-receipt-not-opened]").Text())
	if !strings.Contains(left, scrolledTo) || !strings.Contains(left, below) || strings.Contains(left, opened) {
		t.Errorf("not opened: %s", left)
	}
}

// Without script nothing is said to have been on the screen, however far somebody scrolls.
func TestOnScreenWithoutScript(t *testing.T) {
	needsChromium(t)
	t.Parallel()
	d := newDesk(t, t.TempDir())
	b := startChromium(t, d, "ann")
	call(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	b.open(someCase, 1440, "light")
	const picture = `.resources [data-picture] img`
	b.do(chromedp.ScrollIntoView(picture), chromedp.WaitVisible(picture))
	b.follow(chromedp.Navigate(d.web.URL + someCase))
	receipt := d.referAndRead(t, someCase)
	if n := receipt.Find(`[data-coverage] [data-grade="on-screen"]`).Length(); n > 0 {
		t.Errorf("%d things are said to have been on the screen", n)
	}
}

// referAndRead refers a case as ann, and returns the receipt.
func (d *desk) referAndRead(t *testing.T, path string) *goquery.Document {
	t.Helper()
	b := d.signedIn("ann")
	read := func(path string) *goquery.Document {
		t.Helper()
		a, err := b.get(path)
		if err != nil || a.status != http.StatusOK {
			t.Fatalf("%s: status %d, error %v", path, a.status, err)
		}
		page, err := a.document()
		if err != nil {
			t.Fatal(err)
		}
		return page
	}
	snapshot := snapshotOf(read(path))
	a, err := b.post(path+"/decisions", url.Values{"snapshot": {snapshot}, "key": {"k"}, "verdict": {"refer"}, "reason": {"beyond-me"}, "note": {"Please look."}})
	if err != nil || a.status != http.StatusSeeOther {
		t.Fatalf("decision: status %d, error %v", a.status, err)
	}
	return read(read(path).Find("[data-decision] a").First().AttrOr("href", ""))
}
