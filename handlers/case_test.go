package handlers_test

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"countersign/internal/bundle"
	"countersign/internal/ziptest"
)

// signIn signs somebody else in, in the same browser.
func (b *chromium) signIn(name string) {
	b.t.Helper()
	b.d.addPerson(name)
	b.follow(chromedp.Click(`button[formaction="/logout"], form[action="/logout"] button`))
	b.enterAs(name)
}

// look checks a page as people with other needs and on other screens have it.
func (b *chromium) look(where string) {
	b.t.Helper()
	for _, width := range []int64{320, 390, 1440} {
		b.do(chromedp.EmulateViewport(width, 900))
		b.fits(fmt.Sprintf("%s at %d px", where, width))
	}
	b.accessible(where)
	b.complain(where)
}

// A whole case, as people go through it: open, note, judge a hit, decide against Yoti,
// second review by somebody else, receipt, replay, bundle, and its verification.
func TestAWholeCase(t *testing.T) {
	needsChromium(t)
	t.Parallel()
	const id = "00000000-0000-4000-8000-000000000006"
	d := newDesk(t, t.TempDir())
	d.server.Desk.Program = madeBy
	b := startChromium(t, d, "ann")
	b.open("/recipients/"+id, 1440, "light")
	b.follow(chromedp.SendKeys("#note", "The names differ."), chromedp.Click(recordNote))
	b.do(chromedp.WaitVisible("[data-note]"))

	b.do(chromedp.Navigate(d.web.URL + eval[string](b, `document.querySelector("[data-check=WATCHLIST_SCREENING] a[href*=evidence]").getAttribute("href")`)))
	b.do(chromedp.WaitVisible(".judge-form"))
	eval[chromedp.Void](b, `document.querySelector("input[name=hit]").click()`)
	b.look("the hits, one selected")
	b.follow(
		chromedp.Click(`.judge-form [value="false-positive"]`),
		chromedp.SendKeys(".judge-form textarea", "Another year of birth."),
		chromedp.Click(".judge-form button[type=submit]"),
	)
	b.do(chromedp.WaitVisible(`[data-disposition="false-positive"]`))

	b.open("/recipients/"+id, 1440, "dark")
	if hidden := eval[bool](b, `getComputedStyle(document.querySelector('[data-for=approve]')).display === "none"`); !hidden {
		t.Error("reasons show before a verdict is chosen")
	}
	b.do(
		chromedp.Click(`[name=verdict][value=approve]`),
		chromedp.WaitVisible(`[data-for=approve]`),
		chromedp.Click(`[name=reason][value=other-person]`),
		chromedp.Click(`.overrides summary`),
		chromedp.SendKeys("textarea[name^=against]", "The hits are other people."),
	)
	b.look("the form of a decision")
	b.follow(chromedp.Click("#note-form [value=decide]"))
	b.do(chromedp.WaitVisible("#decision-problem"))
	if checked := eval[bool](b, `document.querySelector("[name=reason][value=other-person]").checked && document.querySelector("textarea[name^=against]").value.includes("other people")`); !checked {
		t.Error("what was chosen is lost when the note is missing")
	}
	b.look("a decision that lacks its note")
	// By keyboard: a click would miss while the page scrolls to the note.
	b.do(chromedp.SendKeys("#note", "I compared the years."))
	b.recordByKey()
	b.do(chromedp.WaitVisible("[data-decision-state=proposed]"))
	b.look("a case that awaits its second review")

	b.signIn("supervisor-sue")
	b.open("/", 1440, "dark")
	b.do(chromedp.WaitVisible(".pending a"))
	b.look("the start page with something pending")
	b.follow(chromedp.Click(".pending a"))
	b.do(chromedp.WaitVisible(".second-form"))
	b.look("the second review")
	b.follow(chromedp.SendKeys("#second-note", "So do I."), chromedp.Click(".second-form [value=yes]"))
	b.do(chromedp.WaitVisible("[data-decision-state=confirmed]"))
	// By keyboard: a click would miss while the page scrolls to the decision.
	b.follow(chromedp.Focus("[data-decision] a[href*=decisions]"), chromedp.KeyEvent(kb.Enter))
	b.do(chromedp.WaitVisible(".receipt [data-not-covered]"))
	b.look("the receipt")
	code := ask(b, chromedp.Text("[data-code]"))
	b.follow(chromedp.Click("a[href$=screen]"))
	b.do(chromedp.WaitVisible("[data-recipient] .message"))
	b.look("the page as it stood")
	if n := eval[int](b, `document.querySelectorAll("[data-note]").length + 10 * document.querySelectorAll("#note-form, .second-form").length`); n != 1 {
		t.Errorf("the page as it stood has %d notes and forms", n)
	}

	b.open("/recipients/"+id+"/bundle?choose", 1440, "light")
	b.look("the choice for a bundle")
	text := eval[string](b, `fetch("/recipients/`+id+`/bundle", {method: "POST"}).then(r => r.bytes()).then(all => btoa(Array.from(all, c => String.fromCharCode(c)).join("")))`)
	file, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	report, err := bundle.Check(file, d.key(t), madeBy)
	if err != nil {
		t.Fatal(err)
	}
	if proved := strings.Join(report.Proved, "\n"); !strings.Contains(proved, `ann, reviewer, approved on`) || !strings.Contains(proved, "that is confirmed") {
		t.Errorf("proved is %s", proved)
	}
	if !strings.Contains(string(ziptest.Unpack(t, file)["entries.jsonl"]), "So do I.") {
		t.Error("the second reviewer's note is not in the bundle")
	}
	if len(code) != len("XXXX-XXXX-XXXX-XXXX") {
		t.Errorf("the code on the receipt is %q", code)
	}
	d.verify(d.key(t))
}
