package handlers_test

import (
	"fmt"
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
	d := newDesk(t, t.TempDir())
	b := startChromium(t, d, "auditor")
	b.emulate("forced-colors", "active")
	b.do(chromedp.EmulateViewport(1440, 900), chromedp.Navigate(d.web.URL+"/audit"))
	b.differ(`.audit-tabs [aria-current]`, `.audit-tabs a:not([aria-current])`)
}

// A tone is never told by its colour alone: whatever has one has an icon and a word.
func TestTonesHaveIconAndWord(t *testing.T) {
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
