package handlers_test

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"

	"countersign/internal/yotisign/sandbox"
)

// The pages of imports and of the webhook, as people see them; and an import that goes on
// while somebody looks is shown as it is, without a reload.
func TestArrivalsInChromium(t *testing.T) {
	needsChromium(t)
	t.Parallel()
	d := newDesk(t, t.TempDir())
	b := startChromium(t, d, "ann")
	look := func(where string) {
		t.Helper()
		for width, scheme := range map[int]string{1440: "light", 390: "dark"} {
			b.do(chromedp.EmulateViewport(int64(width), 900))
			eval[chromedp.Void](b, fmt.Sprintf(`document.documentElement.dataset.theme = %q`, scheme))
			b.fits(fmt.Sprintf("%s at %d px", where, width))
			b.accessible(fmt.Sprintf("%s at %d px", where, width))
		}
		b.complain(where)
	}
	b.open("/import", 1440, "light")
	look("the form of a list")
	list := "recipient_id,name\n00000000-0000-4000-8000-000000000001,Ann\n00000000-0000-4000-8000-000000000002,Bob\n00000000-0000-4000-8000-000000000404,Eve\n=1+1,Jim\nnone,Joe\n"
	b.follow(chromedp.SetValue("#list", list), chromedp.Submit("#list"))
	look("the preview of a list")
	b.follow(chromedp.Click(".import-start button"))
	look("a list that is being fetched")
	eval[chromedp.Void](b, `document.documentElement.dataset.sameDocument = "yes"; document.activeElement.blur()`)
	d.workOff()
	until(b, `document.querySelector("[data-refreshed]").dataset.importState === "done"`)
	if !eval[bool](b, `document.documentElement.dataset.sameDocument === "yes" && !document.querySelector("form[action$='/stop']") && document.querySelector("[data-line='2'] time").dataset.local !== undefined`) {
		t.Error("the page was loaded anew, can still be stopped, or has times in UTC alone")
	}
	look("a list that was fetched")

	for _, e := range append(sandbox.EventsOf(sandbox.Envelopes()[1]), sandbox.StrayEvents()...) {
		if _, err := d.hook("/hooks/yoti/"+hookSecret, string(e.Body)); err != nil {
			t.Fatal(err)
		}
	}
	d.workOff()
	admin := startChromium(t, d, "")
	d.addPerson("admin")
	admin.open("/login", 1440, "light")
	admin.follow(chromedp.SetValue("#username", "admin"), chromedp.SetValue("#password", password), chromedp.Submit("#password"))
	b = admin
	b.open("/hooks", 1440, "light")
	look("the events of the webhook")
}
