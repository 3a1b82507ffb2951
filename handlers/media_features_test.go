package handlers_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// emulate sets a media feature for the pages that are shown from then on.
func (b *chromium) emulate(name, value string) {
	b.t.Helper()
	call(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: name, Value: value}},
	})
}

// differ checks that two elements do not look the same.
func (b *chromium) differ(chosen, other string) {
	b.t.Helper()
	looks := eval[[]string](b, fmt.Sprintf(`[%q, %q].map(selector => {
		const look = getComputedStyle(document.querySelector(selector));
		return look.backgroundColor + " " + look.color;
	})`, chosen, other))
	if looks[0] == looks[1] {
		b.t.Errorf("%s looks like %s: %s", chosen, other, looks[0])
	}
}

// Where the system gives the colours, what is chosen, pressed or current still looks
// unlike what is not.
func TestForcedColours(t *testing.T) {
	needsChromium(t)
	t.Parallel()
	d := newDesk(t, t.TempDir())
	b := startChromium(t, d, "ann")
	b.emulate("forced-colors", "active")
	b.do(chromedp.EmulateViewport(1440, 900), chromedp.Navigate(d.web.URL+"/recipients/00000000-0000-4000-8000-000000000004"))
	b.differ(`button[name=theme][aria-pressed=true]`, `button[name=theme][aria-pressed=false]`)
	b.do(chromedp.Click(`input[name=verdict][value=reject]`), chromedp.Click(`[data-for=reject] input[name=reason]`))
	b.differ(`label:has(> [value=reject]:checked)`, `label:has(> [value=approve])`)
	b.differ(`[data-for=reject] label:has(> input:checked)`, `[data-for=reject] label:has(> input:not(:checked))`)
	const drawn = `[...document.querySelectorAll("input[type=radio], input[type=checkbox]")].filter(e => e.checkVisibility() && getComputedStyle(e).appearance === "none").length`
	if n := eval[int](b, drawn); n > 0 {
		t.Errorf("%d ticks and radio buttons are drawn by grounds, which are all the same", n)
	}
	b.complain("forced colours")
}

func TestCurrentTabInForcedColours(t *testing.T) {
	needsChromium(t)
	t.Parallel()
	d := newDesk(t, t.TempDir())
	b := startChromium(t, d, "auditor")
	b.emulate("forced-colors", "active")
	b.do(chromedp.EmulateViewport(1440, 900), chromedp.Navigate(d.web.URL+"/audit"))
	b.differ(`.audit-tabs [aria-current]`, `.audit-tabs a:not([aria-current])`)
}

// On paper a page is a record: every check with all its sub-checks, folded away or not,
// nothing to press or to fill in, and no card of which only the title is left.
func TestPrint(t *testing.T) {
	needsChromium(t)
	t.Parallel()
	d := newDesk(t, t.TempDir())
	b := startChromium(t, d, "supervisor")
	for _, page := range []string{nineChecks, "/recipients/00000000-0000-4000-8000-000000000001", "/recipients/00000000-0000-4000-8000-000000000006/evidence/check-1", "/account", "/"} {
		call(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"})
		// The width of A4 within its margins.
		b.do(chromedp.EmulateViewport(695, 994), chromedp.Navigate(d.web.URL+page))
		if left := eval[[]string](b, `[...document.querySelectorAll("button, .btn:not(.load-link), form, label, input, select, textarea, .copy")]
			.filter(e => e.checkVisibility()).map(e => e.outerHTML.slice(0, 80))`); len(left) > 0 {
			t.Errorf("%s: on paper are %q", page, left)
		}
		if missing := eval[int](b, `[...document.querySelectorAll("[data-sub-check]")].filter(e => e.getClientRects().length === 0 || !e.checkVisibility()).length`); missing > 0 {
			t.Errorf("%s: %d sub-checks are not on paper", page, missing)
		}
		if empty := eval[[]string](b, `[...document.querySelectorAll(".panel")].filter(e => e.checkVisibility())
			.filter(e => [...e.children].every(c => c.matches("h2, h3, h4") || !c.checkVisibility())).map(e => e.textContent.trim())`); len(empty) > 0 {
			t.Errorf("%s: on paper are empty cards %q", page, empty)
		}
		b.fits(page + " on paper")
		b.complain(page + " on paper")
	}
}

// Each sheet says what it is about, who printed it and when; a stylesheet takes that from
// attributes of the document.
func TestEachSheetSaysWhoPrinted(t *testing.T) {
	needsChromium(t)
	t.Parallel()
	d := newDesk(t, t.TempDir())
	ann := d.signedIn("ann")
	for _, test := range []struct{ path, subject string }{
		{nineChecks, "Recipient 00000000-0000-4000-8000-000000000003"},
		{"/account", "My account"},
	} {
		html := pageAt(t, ann, test.path).Find("html")
		subject, by, at := html.AttrOr("data-print-subject", ""), html.AttrOr("data-print-by", ""), html.AttrOr("data-print-at", "")
		if subject != test.subject || by != "Printed by ann" || at != "23 Nov 2026, 14:02 UTC" {
			t.Errorf("%s: sheets say %q, %q, %q", test.path, subject, by, at)
		}
	}
	b := startChromium(t, d, "ann")
	b.do(chromedp.Navigate(d.web.URL + nineChecks))
	const printed = `(dispatchEvent(new Event("beforeprint")), document.documentElement.dataset.printAt)`
	if at := eval[string](b, printed); !regexp.MustCompile(`^\d{1,2} [A-Z][a-z]{2,3} \d{4}, \d\d:\d\d UTC$`).MatchString(at) || at == "23 Nov 2026, 14:02 UTC" {
		t.Errorf("printed now, sheets say %q", at)
	}
	boxes := eval[string](b, `[...document.styleSheets].flatMap(sheet => [...sheet.cssRules]).flatMap(rule => [...rule.cssRules ?? []]).filter(rule => rule instanceof CSSPageRule).map(rule => rule.cssText).join(" ")`)
	for _, part := range []string{"data-print-subject", "data-print-by", "data-print-at", "counter(page)", "counter(pages)"} {
		if !strings.Contains(boxes, part) {
			t.Errorf("the margins of a sheet have no %s: %s", part, boxes)
		}
	}
}

// A tone is never told by its colour alone: whatever has one has an icon and a word.
func TestTonesHaveIconAndWord(t *testing.T) {
	t.Parallel()
	d := newDesk(t, t.TempDir())
	ann := d.signedIn("ann")
	for _, id := range []string{
		"00000000-0000-4000-8000-000000000002", "00000000-0000-4000-8000-000000000006", "00000000-0000-4000-8000-000000000014",
		"00000000-0000-4000-8000-000000000017", "00000000-0000-4000-8000-000000000024", "00000000-0000-4000-8000-000000000032",
	} {
		toned := pageAt(t, ann, "/recipients/"+id).Find(`[class*="tone-"]`)
		if toned.Length() == 0 {
			t.Errorf("%s: nothing has a tone", id)
		}
		for _, element := range toned.EachIter() {
			if element.Find("svg.icon").Length() == 0 || squeeze(element.Text()) == "" {
				html, _ := element.Html()
				t.Errorf("%s: .%s has no icon or no word: %.200s", id, element.AttrOr("class", ""), html)
			}
		}
	}
}
