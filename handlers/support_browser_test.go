package handlers_test

import (
	"net/url"
	"strings"
	"testing"

	cdpbrowser "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/chromedp"
)

// The pages for support, as people see them.
func TestSupportPagesInChromium(t *testing.T) {
	needsChromium(t)
	t.Parallel()
	d := newDesk(t, t.TempDir())
	b := startChromium(t, d, "ann")
	for _, path := range []string{"/recipients/" + rejected + "/ticket", "/recipients/00000000-0000-4000-8000-000000000429"} {
		b.open(path, 1440, "light")
		for width, scheme := range map[int]string{1440: "light", 390: "dark"} {
			b.turn(width, scheme)
			b.fits(path)
			b.accessible(path)
			b.complain(path)
		}
	}
}

// rejected is a recipient whose document was rejected.
const rejected = "00000000-0000-4000-8000-000000000004"

// One click copies a case for a ticket, without leaving its page.
func TestCopyForATicket(t *testing.T) {
	needsChromium(t)
	d := newDesk(t, t.TempDir())
	b := startChromium(t, d, "ann")
	for _, name := range []string{"clipboard-read", "clipboard-write"} {
		call(b, cdpbrowser.SetPermission, cdpbrowser.SetPermissionParams{
			Permission: &cdpbrowser.PermissionDescriptor{Name: name}, Setting: cdpbrowser.PermissionSettingGranted, Origin: d.web.URL,
			BrowserContextID: chromedp.FromContext(b.ctx).BrowserContextID,
		})
	}
	b.open("/recipients/"+rejected, 1440, "light")
	b.do(chromedp.Click(`.case-actions a[data-copy-page]`))
	until(b, `document.querySelector(".case-actions a[data-copy-page]").textContent.includes("Copied")`)
	copied := eval[string](b, `navigator.clipboard.readText()`)
	for _, part := range []string{rejected, "Adverse (adverse)", "- no_sign_of_forgery: FAIL", d.web.URL + "/recipients/" + rejected + "#check-2"} {
		if !strings.Contains(copied, part) {
			t.Errorf("what was copied lacks %q: %s", part, copied)
		}
	}
	if path := eval[string](b, `location.pathname`); path != "/recipients/"+rejected {
		t.Errorf("it led to %s", path)
	}
	b.complain("copying")
}

// A file that is dropped anywhere on the start page is shown.
func TestDroppedFile(t *testing.T) {
	needsChromium(t)
	t.Parallel()
	d := newDesk(t, t.TempDir())
	b := startChromium(t, d, "ann")
	b.open("/", 1440, "light")
	b.follow(chromedp.Evaluate[chromedp.Void](`(() => {
		const files = new DataTransfer();
		files.items.add(new File(['{"state": "ONGOING", "checks": []}'], "a.json"));
		for (const type of ["dragenter", "dragover", "drop"]) {
			document.querySelector("h1").dispatchEvent(new DragEvent(type, {bubbles: true, cancelable: true, dataTransfer: files}));
		}
	})()`))
	b.do(chromedp.WaitVisible(`main[data-source=file][data-assessment=not-ready]`))
	b.fits("the page of a file")
	b.accessible("the page of a file")
	b.complain("dropping a file")
}

// What would be refused cannot be pressed until the time is over.
func TestCountdown(t *testing.T) {
	needsChromium(t)
	t.Parallel()
	d := newDesk(t, t.TempDir())
	b := startChromium(t, d, "ann")
	b.open("/recipients/00000000-0000-4000-8000-000000000429", 1440, "light")
	if held := eval[bool](b, `document.querySelector("[data-again]").matches("a:not([href])[aria-disabled=true]")`); !held {
		t.Error("the way back can be followed before the time is over")
	}
	until(b, `/^Try again in 2\d seconds/.test(document.querySelector("[data-wait-words]").textContent)`)

	guesser := d.browser()
	for range 5 {
		if _, err := guesser.post("/login", url.Values{"username": {"zoe"}, "password": {"a guess that is wrong"}}); err != nil {
			t.Fatal(err)
		}
	}
	stranger := startChromium(t, d, "")
	stranger.open("/login", 1440, "light")
	stranger.follow(chromedp.SetValue("#username", "zoe"), chromedp.SetValue("#password", "a guess that is wrong"), chromedp.Submit("#password"))
	until(stranger, `document.querySelector("[data-wait]") !== null`)
	until(stranger, `document.querySelector("main [type=submit]").disabled === false && document.querySelector("[data-wait-over]").textContent === "You can try again now."`)
	stranger.complain("waiting to sign in")
}
