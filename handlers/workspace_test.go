package handlers_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"countersign/internal/review"
	"countersign/internal/yotisign/sandbox"
)

// headThere is true when it is known whom the case is about, or why that is not shown.
const headThere = `!document.querySelector('[data-load="now"] > .person-facts .load-link')`

// inMiddle are the IDs of the sections that the middle shows.
const inMiddle = `[...document.querySelectorAll(".case-checks > section")].filter(s => s.checkVisibility()).map(s => s.id)`

// One check at a time is in the middle, with the pictures and texts of what it used; they are
// on the page once.
func TestWorkspace(t *testing.T) {
	needsChromium(t)
	t.Parallel()
	d := newDesk(t, t.TempDir())
	b := startChromium(t, d, "ann")
	b.open("/recipients/00000000-0000-4000-8000-000000000004", 1440, "light")
	shows := func(after, want string) {
		t.Helper()
		if got := eval[[]string](b, inMiddle); len(got) != 1 || got[0] != want {
			t.Errorf("after %s the middle shows %v, want %s", after, got, want)
		}
		if current := eval[string](b, `document.querySelector('.case-nav [aria-current="true"]')?.getAttribute("href") ?? ""`); current != "#"+want {
			t.Errorf("after %s the list marks %q, want #%s", after, current, want)
		}
	}
	checks := eval[[]string](b, `[...document.querySelectorAll(".check-line")].map(a => a.getAttribute("href").slice(1))`)
	authenticity, liveness := checks[0], checks[1]
	const pictures = `document.querySelectorAll("#id_documents-1 figure").length + " " + document.querySelectorAll(".check-evidence figure").length`
	shows("opening", authenticity)
	count := eval[string](b, pictures)
	if !strings.HasPrefix(count, "0 ") || strings.HasSuffix(count, " 0") {
		t.Errorf("beside the check that used them stand %q pictures", count)
	}
	b.do(chromedp.KeyEvent("j"))
	shows("j", liveness)
	if after := eval[string](b, `String(document.querySelectorAll("#id_documents-1 figure").length)`); after == "0" {
		t.Error("the pictures of the document did not go back")
	}
	b.do(chromedp.KeyEvent("k"))
	shows("k", authenticity)
	b.do(chromedp.KeyEvent("k"))
	shows("k at the first", authenticity)
	b.do(chromedp.Focus(`.exception[data-exception=failed]`), chromedp.KeyEvent(kb.Enter))
	until(b, `document.querySelector(".row:target")?.dataset.result === "FAIL"`)
	shows("an exception", authenticity)
	b.do(chromedp.Click(`.case-also a[href="#documents"]`))
	until(b, `document.querySelector("#documents").checkVisibility()`)
	shows("documents", "documents")
	b.open("/recipients/00000000-0000-4000-8000-000000000004#"+liveness, 1440, "light")
	shows("an address", liveness)
	b.accessible("the workspace")
	b.complain("workspace")
}

// All checks on one page, and Yoti's names, are chosen in place and kept.
func TestPreferencesInChromium(t *testing.T) {
	needsChromium(t)
	t.Parallel()
	const page = "/recipients/00000000-0000-4000-8000-000000000004"
	d := newDesk(t, t.TempDir())
	b := startChromium(t, d, "ann")
	b.open(page, 1440, "light")
	b.do(chromedp.SendKeys("#note", "Half a thought."))
	b.do(chromedp.Click(`[data-prefer=view]`))
	until(b, `[...document.querySelectorAll(".case-checks > section")].every(s => s.checkVisibility())`)
	if n := eval[int](b, `document.querySelectorAll("#id_documents-1 figure").length`); n == 0 {
		t.Error("below each other, the pictures do not stand with their document")
	}
	b.fits("all checks below each other")
	b.accessible("all checks below each other")
	b.open(page, 1440, "light")
	if view := eval[string](b, `document.querySelector("main").dataset.view`); view != "all" {
		t.Errorf("the next time the view is %s", view)
	}
	b.do(chromedp.Click(`[data-prefer=view]`))
	until(b, `document.querySelector("main").dataset.view === "workspace" && document.querySelectorAll(".case-checks > section:not([data-chosen])").length > 0`)
	b.do(chromedp.KeyEvent("j"))
	chosen := eval[[]string](b, inMiddle)
	b.follow(chromedp.Click(`[data-prefer=codes]`))
	until(b, `document.querySelector("[data-check] h2 samp") !== null`)
	if after := eval[[]string](b, inMiddle); !slices.Equal(after, chosen) {
		t.Errorf("choosing codes leads from %v to %v", chosen, after)
	}
	if text := ask(b, chromedp.Value("#note")); text != "Half a thought." {
		t.Errorf("after choosing codes the note is %q", text)
	}
	b.open(page, 1440, "light")
	if wire := eval[string](b, `document.querySelector("[data-check] h2 samp").textContent`); wire != "ID_DOCUMENT_AUTHENTICITY" {
		t.Errorf("the next time the name is %q", wire)
	}
	b.complain("preferences")
}

// Whom the case is about comes while the page loads, after an entry in the access log, and
// the focus stays where it is.
func TestHeadInChromium(t *testing.T) {
	needsChromium(t)
	t.Parallel()
	d := newDesk(t, t.TempDir())
	b := startChromium(t, d, "ann")
	b.open("/recipients/00000000-0000-4000-8000-000000000004", 1440, "light")
	b.do(chromedp.WaitVisible(`.case-head [data-person=name]`))
	if name := ask(b, chromedp.Text(".case-head h1")); name != "INES SPECIMEN" {
		t.Errorf("the head names %q", name)
	}
	if active := eval[string](b, `document.activeElement.tagName`); active != "BODY" {
		t.Errorf("the focus went to %s", active)
	}
	entries := func(what review.AccessKind) int {
		t.Helper()
		list, err := d.store.AccessLog(t.Context(), review.AccessQuery{Person: "ann", What: what, Limit: 10})
		if err != nil {
			t.Fatal(err)
		}
		return len(list)
	}
	if person, number := entries(review.AccessPerson), entries(review.AccessNumber); person != 1 || number != 0 {
		t.Errorf("%d entries for the person and %d for the number", person, number)
	}
	if masked := ask(b, chromedp.Text("[data-person=number]")); strings.Contains(masked, "CA330") {
		t.Errorf("the number is shown unasked: %q", masked)
	}
	b.do(chromedp.Focus("[data-person=number] a"), chromedp.KeyEvent(kb.Enter))
	until(b, `document.querySelector("[data-person=number]").textContent.includes("CA3309146")`)
	if !eval[bool](b, `document.activeElement.matches("[data-person=number]")`) {
		t.Error("the focus did not follow to the number")
	}
	if number := entries(review.AccessNumber); number != 1 {
		t.Errorf("%d entries for the number", number)
	}
	b.open("/recipients/00000000-0000-4000-8000-000000000015", 1440, "light")
	until(b, `document.querySelector(".case-head [data-error=not-found]") !== null`)
	until(b, `document.querySelectorAll(".case-faces .case-face-missing, .case-faces img").length > 0`)
	b.complain("head")
}

// belowFold are the parts of a case that ought to be in the first screenful and are not.
const belowFold = `[".case-head", ".exceptions", ".exceptions li:last-child", "[name=verdict]", "button[value=decide]"].filter(s => {
	const e = document.querySelector(s);
	return e && e.checkVisibility() && e.getBoundingClientRect().bottom > innerHeight;
})`

// recordInSight is true where the button that records a decision is in the window.
const recordInSight = `(e => {
	const box = e.getBoundingClientRect();
	const top = document.elementFromPoint(box.x + box.width / 2, box.bottom - 2);
	return box.top >= 0 && box.bottom <= innerHeight && e.contains(top);
})(document.querySelector("button[value=decide]"))`

// Head, exceptions and the way to decide are in the first screenful, for everybody but the
// case of which everything is wrong; and whatever a verdict asks for, the button that records
// it stays there.
func TestNothingBelowTheFold(t *testing.T) {
	needsChromium(t)
	t.Parallel()
	d := newDesk(t, t.TempDir())
	d.server.Demo = true
	b := startChromium(t, d, "ann")
	for _, p := range sandbox.People() {
		if p.Trouble || strings.HasSuffix(p.ID, "24") {
			continue
		}
		b.open("/recipients/"+p.ID, 1440, "light")
		until(b, headThere)
		if hidden := eval[[]string](b, belowFold); len(hidden) > 0 {
			t.Errorf("%s: %v are below the fold", p.Name, hidden)
		}
		if scrolls := eval[int](b, `document.documentElement.scrollHeight - innerHeight`); scrolls > 0 {
			t.Errorf("%s: the window scrolls by %d px", p.Name, scrolls)
		}
		for _, key := range []string{"a", "r", "f"} {
			b.do(chromedp.KeyEvent(key))
			if !eval[bool](b, recordInSight) {
				t.Errorf("%s: after %s the button that records is out of sight", p.Name, key)
			}
		}
		b.complain(p.Name)
	}
}

// On a small screen, and at 400 % zoom, the header leaves the window to the case; what has no
// room in it is behind the reader's name.
func TestHeaderOnASmallScreen(t *testing.T) {
	needsChromium(t)
	t.Parallel()
	d := newDesk(t, t.TempDir())
	b := startChromium(t, d, "ann")
	b.open("/recipients/00000000-0000-4000-8000-000000000004", 320, "light")
	b.do(chromedp.EmulateViewport(320, 256))
	until(b, headThere)
	if share := eval[float64](b, `document.querySelector(".site").getBoundingClientRect().height / innerHeight`); share > 0.2 {
		t.Errorf("the header takes %.2f of the window", share)
	}
	b.do(chromedp.Focus(".site-menu"), chromedp.KeyEvent(kb.Enter), chromedp.WaitVisible(`button[formaction="/logout"]`))
	b.fits("the header with its menu open")
	b.accessible("the header with its menu open")
	b.open("/recipients/00000000-0000-4000-8000-000000000004", 1440, "light")
	if !eval[bool](b, `document.querySelector('button[formaction="/logout"]').checkVisibility() && !document.querySelector(".site-menu").checkVisibility()`) {
		t.Error("in a wide window the way to sign out is folded away")
	}
	b.complain("header")
}

// The page of nine checks is light, whatever names stand on it.
func TestNineChecksAreLight(t *testing.T) {
	t.Parallel()
	const most = 90 << 10 // bytes of HTML
	d := newDesk(t, t.TempDir())
	ann := d.signedIn("ann")
	for _, codes := range []string{"off", "on"} {
		if a, err := ann.post("/account/preferences", map[string][]string{"prefer": {"codes=" + codes}}); err != nil || a.status != 303 {
			t.Fatalf("status %d, error %v", a.status, err)
		}
		a, err := ann.get(nineChecks)
		if err != nil {
			t.Fatal(err)
		}
		page, err := a.document()
		if err != nil {
			t.Fatal(err)
		}
		var lacking []string
		for what, n := range map[string]int{"section[data-check]": 12, "[data-sub-check][data-result]": 55, "main[data-recipient][data-snapshot][data-state][data-assessment]": 1} {
			if got := page.Find(what).Length(); got != n {
				lacking = append(lacking, fmt.Sprintf("%d of %s", got, what))
			}
		}
		slices.Sort(lacking)
		if len(a.body) > most || len(lacking) > 0 {
			t.Errorf("with codes %s the page has %d bytes, want at most %d, and %v", codes, len(a.body), most, lacking)
		}
		t.Logf("with codes %s: %d bytes", codes, len(a.body))
	}
}
