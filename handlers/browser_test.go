package handlers_test

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"countersign/internal/account"
	"countersign/internal/chromiumtest"
	"countersign/internal/idv"
	"countersign/internal/postgrestest"
	"countersign/internal/yotisign/sandbox"
	"countersign/views"
)

// axe looks for what keeps people from using a page.
//
//go:embed testdata/axe/axe.min.js
var axe string

// chromium is Chromium with one tab, in which name has signed in at d.
type chromium struct {
	t   *testing.T
	ctx context.Context
	d   *desk

	mu      sync.Mutex
	trouble []string // console errors, exceptions, refusals, requests to other hosts
}

// shared is the Chromium in which each test has a tab and a profile of its own: to start
// it takes longer than most of what is done with it. It starts with the first test that
// needs it.
var shared chromiumProcess

type chromiumProcess struct {
	once   sync.Once
	ctx    context.Context
	cancel context.CancelFunc
	err    error
}

func (p *chromiumProcess) start() (context.Context, error) {
	p.once.Do(func() {
		allocator, cancel := chromedp.NewExecAllocator(context.Background(), chromiumtest.Options()...)
		p.cancel = cancel
		p.ctx, _ = chromedp.NewContext(allocator)
		p.err = chromedp.Do(p.ctx)
	})
	return p.ctx, p.err
}

func (p *chromiumProcess) stop() {
	if p.cancel == nil {
		return
	}
	_ = chromedp.Cancel(p.ctx)
	p.cancel()
}

// needsChromium skips a test in a browser where there is none, with -short, and on PostgreSQL.
func needsChromium(t *testing.T) {
	t.Helper()
	if postgrestest.Chosen() {
		t.Skip("a browser sees nothing of the database")
	}
	chromiumtest.Need(t)
}

// startChromium opens a tab with a profile of its own, in a browser of its own where that
// needs further flags.
func startChromium(t *testing.T, d *desk, name string, flags ...chromedp.ExecAllocatorOption) *chromium {
	t.Helper()
	b := &chromium{t: t, ctx: newTab(t, flags), d: d}
	if err := chromedp.Listen(b.ctx, b.listen); err != nil {
		t.Fatal(err)
	}
	call(b, network.Enable, network.EnableParams{})
	call(b, cdplog.Enable, cdp.Empty{})
	call(b, runtime.Enable, cdp.Empty{})
	// A tab is in front of its own user, whatever the others do.
	call(b, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
	if name != "" {
		d.addPerson(name)
		b.do(chromedp.Navigate(d.web.URL + "/login"))
		b.enterAs(name)
	}
	return b
}

func newTab(t *testing.T, flags []chromedp.ExecAllocatorOption) context.Context {
	t.Helper()
	if len(flags) > 0 {
		allocator, stop := chromedp.NewExecAllocator(context.Background(), chromiumtest.Options(flags...)...)
		t.Cleanup(stop)
		ctx, cancel := chromedp.NewContext(allocator)
		t.Cleanup(cancel)
		return ctx
	}
	browser, err := shared.start()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := chromedp.NewContext(browser, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	return ctx
}

// withoutThumbnails has the browser load none from now on.
func (b *chromium) withoutThumbnails() {
	b.t.Helper()
	pictures := []*network.BlockPattern{{URLPattern: "*://*:*/recipients/*/media/*/thumbnail", Block: true}}
	call(b, network.SetBlockedURLs, network.SetBlockedURLsParams{URLPatterns: pictures})
}

// enterAs fills in the form of the sign-in page.
func (b *chromium) enterAs(name string) {
	b.t.Helper()
	b.follow(chromedp.SetValue("#username", name), chromedp.SetValue("#password", password), chromedp.Submit("#password"))
	b.do(chromedp.WaitReady("form[action='/logout'] button"))
}

func (b *chromium) listen(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		b.trouble = append(b.trouble, "exception: "+e.ExceptionDetails.Text)
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeWarning {
			b.trouble = append(b.trouble, "console: "+e.Args[0].Description+string(e.Args[0].Value))
		}
	case *cdplog.EventEntryAdded:
		// A page with an error status is reported as a failed load, and is meant.
		if e.Entry.Level == cdplog.EntryLevelError && !strings.Contains(e.Entry.Text, "Failed to load resource") {
			b.trouble = append(b.trouble, "log: "+e.Entry.Text)
		}
	case *network.EventRequestWillBeSent:
		if !strings.HasPrefix(e.Request.URL, b.d.web.URL) {
			b.trouble = append(b.trouble, "request to "+e.Request.URL)
		}
	}
}

// patience is how long a step in the browser may take before the test gives up.
const patience = 2 * time.Minute

func (b *chromium) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		b.t.Fatal(err)
	}
}

// follow takes steps to another page, and waits until that is there. To look for an
// element while one page takes the place of another may find it on neither, for ever.
func (b *chromium) follow(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if _, err := chromedp.RunResponse(ctx, steps...); err != nil {
		b.t.Fatal(err)
	}
}

// ask runs a step and returns what it gives.
func ask[T any](b *chromium, step chromedp.Action[T]) T {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	value, err := chromedp.Run(ctx, step)
	if err != nil {
		b.t.Fatal(err)
	}
	return value
}

// eval returns the value of an expression in the page, or what its promise gives.
func eval[T any](b *chromium, expression string) T {
	b.t.Helper()
	return ask(b, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
}

// until waits for an expression in the page to become true, also when another page takes the place
// of this one meanwhile: then it goes on there. One that cannot be told yet, since what it speaks
// of is not there, is not true.
func until(b *chromium, expression string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	look := chromedp.Evaluate[bool](`new Promise(found => {
		const isTrue = () => { try { return Boolean(`+expression+`) } catch { return false } };
		const look = () => isTrue() ? found(true) : setTimeout(look, 50);
		look();
	})`, chromedp.EvalAwaitPromise)
	for {
		_, err := chromedp.Run(ctx, look)
		if err == nil {
			return
		}
		if ctx.Err() != nil || !isAboutAnotherPage(err) {
			b.t.Fatalf("waiting for %s: %v", expression, err)
		}
	}
}

// isAboutAnotherPage says whether a step failed because the page in which it began was left.
func isAboutAnotherPage(err error) bool {
	var refused *cdproto.Error
	return errors.As(err, &refused) && refused.Code == -32000
}

// call sends a command of the protocol.
func call[P, R any](b *chromium, command cdp.Command[P, R], params P) {
	b.t.Helper()
	if _, err := chromedp.Call(b.ctx, command, params); err != nil {
		b.t.Fatal(err)
	}
}

// open shows a page in a window of that width, in the light or the dark scheme.
func (b *chromium) open(path string, width int, scheme string) {
	b.t.Helper()
	b.emulate("prefers-color-scheme", scheme)
	b.do(chromedp.EmulateViewport(int64(width), 900), chromedp.Navigate(b.d.web.URL+path))
}

// turn shows the page that is open in a window of another width or in another scheme, without
// loading it again, and waits until nothing moves any more.
func (b *chromium) turn(width int, scheme string) {
	b.t.Helper()
	b.emulate("prefers-color-scheme", scheme)
	b.do(chromedp.EmulateViewport(int64(width), 900))
	until(b, fmt.Sprintf(`innerWidth === %d && matchMedia("(prefers-color-scheme: %s)").matches`, width, scheme))
	eval[chromedp.Void](b, settled)
}

// settled is a promise that is kept once the page was drawn anew and what moves has arrived. A
// browser on a busy machine may draw nothing for long, and then nothing moves either: what
// has an end is taken there at once, and a page that is not drawn is laid out all the same.
const settled = `Promise.race([
		new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn))),
		new Promise(late => setTimeout(late, 2000)),
	]).then(() => {
		for (const a of document.getAnimations()) if (a.effect?.getComputedTiming().endTime < Infinity) a.finish();
	})`

// complain reports whatever went wrong in the browser since the last time.
func (b *chromium) complain(where string) {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, trouble := range b.trouble {
		b.t.Errorf("%s: %s", where, trouble)
	}
	b.trouble = nil
}

// violation is what axe found.
type violation struct {
	ID     string `json:"id"`
	Impact string `json:"impact"`
	Nodes  []struct {
		Target  []any  `json:"target"`
		Summary string `json:"failureSummary"`
	} `json:"nodes"`
}

// accessible runs axe on the page. What is serious or critical is an error, anything
// else is listed.
func (b *chromium) accessible(where string) {
	b.t.Helper()
	b.runAxe(where, `{resultTypes: ["violations"]}`)
}

// legible runs the rules of axe about colours alone. They are what is left to ask of a page
// that is accessible at the same width in the other scheme.
func (b *chromium) legible(where string) {
	b.t.Helper()
	b.runAxe(where, `{resultTypes: ["violations"], runOnly: {type: "rule", values: ["color-contrast", "link-in-text-block"]}}`)
}

func (b *chromium) runAxe(where, options string) {
	b.t.Helper()
	eval[chromedp.Void](b, settled)                                  // a colour on its way to another has no contrast of its own
	if !eval[bool](b, `typeof globalThis.axe?.run === "function"`) { // the page keeps it until it is left
		b.do(chromedp.Evaluate[chromedp.Void](axe))
	}
	text := eval[string](b, `axe.run(document, `+options+`).then(r => JSON.stringify(r.violations))`)
	var violations []violation
	if err := json.Unmarshal([]byte(text), &violations); err != nil {
		b.t.Fatal(err)
	}
	for _, v := range violations {
		report := b.t.Logf
		if v.Impact == "serious" || v.Impact == "critical" {
			report = b.t.Errorf
		}
		report("%s: %s (%s) at %v: %s", where, v.ID, v.Impact, v.Nodes[0].Target, v.Nodes[0].Summary)
	}
}

// fits checks that nothing has to be scrolled sideways, and that no text is squeezed into
// a column of single letters.
func (b *chromium) fits(where string) {
	b.t.Helper()
	if over := eval[int](b, tooWide); over > 0 {
		wide := eval[[]string](b, `[...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > document.documentElement.clientWidth + 1).slice(0, 5).map(e => e.tagName + "." + e.className)`)
		b.t.Errorf("%s: %d px too wide, by %v", where, over, wide)
	}
	if names := eval[[]string](b, squeezed); len(names) > 0 {
		b.t.Errorf("%s: no room for %v", where, names)
	}
}

// tooWide is by how many pixels the page is wider than the window.
const tooWide = `document.documentElement.scrollWidth - document.documentElement.clientWidth`

// squeezed are elements whose text is a column of single letters.
const squeezed = `[...document.querySelectorAll("h1, h2, h3, p, li, dt, dd, th, td, label, legend, summary, caption, code")]
	.filter(e => e.textContent.trim().length > 12 && e.checkVisibility())
	.filter(e => { const box = e.getBoundingClientRect(); return box.width > 1 && box.width < 48 && box.height > 4 * box.width })
	.slice(0, 5).map(e => e.tagName + "." + e.className + " in " + e.parentElement.className)`

// look is a width of the window and a scheme.
type look struct {
	width  int
	scheme string
}

// Every page, as people see it.
func TestPagesInChromium(t *testing.T) {
	needsChromium(t)
	t.Parallel()
	d := newDesk(t, t.TempDir())
	for _, p := range sandbox.People() {
		d.server.Samples = append(d.server.Samples, views.Sample{Name: p.Name, Shows: p.Shows})
	}
	b := startChromium(t, d, "ann")
	pages := []string{"/", "/recipients?id=nothing", "/nowhere", "/recipients/00000000-0000-4000-8000-000000000404"}
	for _, p := range sandbox.People() {
		if !p.Trouble || strings.HasSuffix(p.ID, "bad6") {
			pages = append(pages, "/recipients/"+p.ID)
		}
	}
	for i, page := range pages {
		// Schemes differ in colours and widths in order: two looks show all of both, and what is only
		// in another pair of them is asked for now and then.
		looks := []look{{1440, "light"}, {390, "dark"}}
		if i%2 == 1 { // which come from a narrow window to a wide one
			slices.Reverse(looks)
		}
		if i%8 == 0 {
			looks = append(looks, look{390, "light"}, look{1440, "dark"})
		}
		for n, look := range looks {
			where := fmt.Sprintf("%s at %d px, %s", page, look.width, look.scheme)
			if n == 0 {
				b.open(page, look.width, look.scheme)
			} else {
				b.turn(look.width, look.scheme)
			}
			b.fits(where)
			if n < 2 {
				b.accessible(where)
			} else {
				b.legible(where)
			}
			b.complain(where)
		}
	}
	b.open("/recipients/00000000-0000-4000-8000-000000000024", 320, "light")
	b.fits("the worst case at 320 px")
	b.open("/recipients/00000000-0000-4000-8000-000000000032", 320, "light")
	b.fits("identity profiles at 320 px")
}

// What lies behind a result is read in its place, by everybody's means.
func TestEvidenceInChromium(t *testing.T) {
	needsChromium(t)
	t.Parallel()
	d := newDesk(t, t.TempDir())
	b := startChromium(t, d, "ann")
	for i, p := range sandbox.People() {
		if p.Trouble && !strings.HasSuffix(p.ID, "bad6") {
			continue
		}
		look := struct {
			width  int
			scheme string
		}{1440, "light"}
		if i%2 == 0 {
			look.width, look.scheme = 390, "dark"
		}
		where := fmt.Sprintf("%s at %d px, %s", p.Name, look.width, look.scheme)
		b.open("/recipients/"+p.ID, look.width, look.scheme)
		eval[chromedp.Void](b, `document.querySelectorAll(".load-link").forEach(link => link.click())`)
		until(b, `!document.querySelector("[data-load] > .load-link")`)
		if problem := eval[string](b, `document.querySelector(".load-status")?.textContent ?? ""`); problem != "" {
			t.Errorf("%s: %s", where, problem)
		}
		b.fits(where)
		if i%6 == 5 || p.Trouble {
			b.accessible(where)
		}
		b.complain(where)
	}
}

// A reviewer without a mouse reads everything: the text in its place, the hits by page
// and the picture in the viewer, and comes back to where they were.
func TestEvidenceByKeyboard(t *testing.T) {
	needsChromium(t)
	t.Parallel()
	d := newDesk(t, t.TempDir())
	b := startChromium(t, d, "ann")
	b.open("/recipients/00000000-0000-4000-8000-000000000006", 1440, "light")
	const load = "#check-1 .load-link"
	b.do(chromedp.Focus(load), chromedp.KeyEvent(kb.Enter), chromedp.WaitVisible("#check-1 [data-hit]"))
	if !eval[bool](b, `document.activeElement.matches("#check-1 .part")`) {
		t.Error("the focus did not follow into what was loaded")
	}
	b.do(chromedp.Focus("#check-1 tr.hit th a"), chromedp.KeyEvent(kb.Enter), chromedp.WaitVisible("#check-1 [data-hit-details] time"))
	if !eval[bool](b, `document.querySelector("#check-1 [data-hit-details] time").dataset.local !== undefined`) {
		t.Error("times in what was loaded are in UTC alone")
	}
	b.do(chromedp.KeyEvent(kb.Escape))
	b.do(chromedp.SetValue("#check-1 #hit-list", "sanction"), chromedp.Focus("#check-1 .hit-filter button"), chromedp.KeyEvent(kb.Enter))
	until(b, `document.querySelectorAll("#check-1 [data-hit]").length === 2`)
	const picture = "#id_documents-1 [data-view]"
	b.do(chromedp.Click(`.case-also a[href="#documents"]`), chromedp.WaitVisible(picture))
	b.do(chromedp.Focus(picture), chromedp.KeyEvent(kb.Enter), chromedp.WaitVisible("dialog[open] img"))
	until(b, `document.querySelector("dialog[open] img").naturalWidth >= 1000`)
	b.do(chromedp.KeyEvent("+"), chromedp.KeyEvent("r"), chromedp.KeyEvent(kb.ArrowRight), chromedp.KeyEvent(kb.Escape))
	until(b, `!document.querySelector("dialog[open]")`)
	if !eval[bool](b, `document.activeElement.matches("#id_documents-1 [data-view]")`) {
		t.Error("the focus did not come back to the picture")
	}
	b.complain("keyboard")
}

// A picture that cannot be had is a small tile with a sentence; the others stay.
func TestMissingPicturesInChromium(t *testing.T) {
	needsChromium(t)
	t.Parallel()
	d := newDesk(t, t.TempDir())
	b := startChromium(t, d, "ann")
	b.open("/recipients/00000000-0000-4000-8000-000000000015#documents", 1440, "light")
	eval[chromedp.Void](b, `document.querySelectorAll("img[loading=lazy]").forEach(img => img.loading = "eager")`)
	until(b, `document.querySelector("#id_documents-1 [data-picture]").textContent.includes("Yoti no longer has this.")`)
	b.accessible("pictures that are gone")
	b.open("/recipients/00000000-0000-4000-8000-000000000024#documents", 1440, "light")
	eval[chromedp.Void](b, `document.querySelectorAll("img[loading=lazy]").forEach(img => img.loading = "eager")`)
	until(b, `document.querySelector("#id_documents-2 [data-picture]").textContent.includes("Yoti withholds this.")`)
	until(b, `[...document.querySelectorAll("[data-picture] img")].filter(img => img.complete && img.naturalWidth > 0).length > 8`)
	b.complain("missing pictures")
}

// No picture that a browser shows is broken, and neither is what stands for a thumbnail
// that cannot be made; it leads to the picture.
func TestDamagedPicturesInChromium(t *testing.T) {
	needsChromium(t)
	t.Parallel()
	d := newDesk(t, t.TempDir())
	b := startChromium(t, d, "ann")
	b.open("/recipients/00000000-0000-4000-8000-00000000bad9", 1440, "light")
	eval[chromedp.Void](b, `document.querySelectorAll("details").forEach(d => d.open = true); document.querySelectorAll("[data-picture] img").forEach(i => i.loading = "eager")`)
	until(b, `[...document.querySelectorAll("[data-picture] img")].every(i => i.complete)`)
	for name, script := range map[string]string{
		"pictures":          `document.querySelectorAll("[data-picture] img").length`,
		"that can be seen":  `[...document.querySelectorAll("[data-picture] img")].filter(i => i.naturalWidth > 0 && !i.hidden).length`,
		"links to pictures": `[...document.querySelectorAll("[data-picture] a")].filter(a => a.href.includes("/media/")).length`,
	} {
		if n := eval[int](b, script); n != 4 {
			t.Errorf("%d %s, want 4", n, name)
		}
	}
	// All but the one that claims 60,000 by 60,000 pixels are shown as they are.
	whole := eval[[]int](b, `Promise.all([...document.querySelectorAll("[data-picture] a")].map(a => new Promise(done => {
		const image = new Image();
		image.onload = () => done(image.naturalWidth);
		image.onerror = () => done(0);
		image.src = a.href;
	})))`)
	if len(whole) != 4 || whole[0] != 9248 || whole[1] == 0 || whole[2] == 0 {
		t.Errorf("widths of the pictures: %v", whole)
	}
	b.complain("damaged pictures")
}

// What supervisors, auditors and administrators see.
func TestOtherRolesInChromium(t *testing.T) {
	needsChromium(t)
	t.Parallel()
	d := newDesk(t, t.TempDir())
	for _, role := range []string{"supervisor", "auditor", "admin"} {
		b := d.signedIn(role)
		pages := map[string][]string{
			"supervisor": {"/recipients/" + somebody, "/recipients/" + somebody + "/reset-limit", "/account"},
			"auditor":    {"/", "/recipients/" + somebody, "/audit", "/audit?act=decision&from=2026-11-31", "/audit/access", "/audit/security", "/audit/security?act=dance", "/account"},
			"admin":      {"/accounts", "/account", "/nowhere"},
		}[role]
		c := startChromium(t, d, "")
		cookie := b.Jar.Cookies(mustURL(t, b.base))[0]
		call(c, network.SetCookie, network.SetCookieParams{Name: cookie.Name, Value: cookie.Value, URL: b.base})
		for i, page := range pages {
			scheme := []string{"light", "dark"}[i%2]
			c.open(page, 1440, scheme)
			for _, width := range []int{1440, 390} {
				where := fmt.Sprintf("%s for the %s at %d px, %s", page, role, width, scheme)
				c.turn(width, scheme)
				c.fits(where)
				c.accessible(where)
				c.complain(where)
			}
		}
	}
}

// A desk on which nothing is recorded, and the page of an erased recipient.
func TestStoppedAndErasedInChromium(t *testing.T) {
	needsChromium(t)
	t.Parallel()
	d := newStoppedDesk(t)
	b := startChromium(t, d, "auditor")
	for i, page := range []string{"/audit", "/", "/recipients/" + somebody} {
		scheme := []string{"light", "dark"}[i%2]
		b.open(page, 1440, scheme)
		for _, width := range []int{1440, 390} {
			where := fmt.Sprintf("%s without recording at %d px", page, width)
			b.turn(width, scheme)
			b.fits(where)
			b.accessible(where)
			b.complain(where)
		}
	}
	d = newDesk(t, t.TempDir())
	b = startChromium(t, d, "ann")
	b.open("/recipients/"+somebody, 1440, "light")
	id, err := idv.ParseRecipientID(somebody)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.store.Erase(t.Context(), id, account.Person{}, "Asked for in letter 12."); err != nil {
		t.Fatal(err)
	}
	b.open("/recipients/"+somebody, 1440, "light")
	for width, scheme := range map[int]string{1440: "light", 390: "dark"} {
		where := fmt.Sprintf("an erased recipient at %d px", width)
		b.turn(width, scheme)
		b.fits(where)
		b.accessible(where)
	}
}

func TestSignInInChromium(t *testing.T) {
	needsChromium(t)
	t.Parallel()
	d := newDesk(t, t.TempDir())
	d.addPerson("ann")
	b := startChromium(t, d, "")
	for _, scheme := range []string{"light", "dark"} {
		b.open("/login", 390, scheme)
		until(b, `document.activeElement.id === "username"`)
		b.fits("sign-in")
		b.accessible("sign-in, " + scheme)
		b.complain("sign-in")
	}
	b.enterAs("ann")
	b.open("/", 390, "light")
	until(b, `document.activeElement.id === "id"`)
}

// The header leaves the window to the page, also where 400 % zoom makes it 320 by 256: its
// tools are behind a button.
func TestHeaderIsOneLine(t *testing.T) {
	needsChromium(t)
	t.Parallel()
	d := newDesk(t, t.TempDir())
	b := startChromium(t, d, "ann")
	for _, size := range [][2]int64{{320, 256}, {390, 844}, {959, 300}, {960, 300}, {1440, 900}} {
		where := fmt.Sprintf("the header at %d × %d px", size[0], size[1])
		b.do(chromedp.EmulateViewport(size[0], size[1]), chromedp.Navigate(d.web.URL+"/recipients/00000000-0000-4000-8000-000000000001"))
		height := eval[float64](b, `document.querySelector(".site").getBoundingClientRect().height`)
		if height > float64(size[1])/5 {
			t.Errorf("%s is %.0f px high", where, height)
		}
		if size[0] < 960 {
			b.do(chromedp.Click(".site-menu"))
		}
		b.do(chromedp.WaitVisible(`#site-tools button[title="Sign out"]`))
		b.fits(where)
		b.accessible(where)
	}
}

// The first load of a review page is light: the page itself and what all pages share. What it
// shows of a person comes besides, as it is seen.
func TestFirstLoadIsLight(t *testing.T) {
	needsChromium(t)
	t.Parallel()
	d := newDesk(t, t.TempDir())
	b := startChromium(t, d, "ann")
	call(b, network.ClearBrowserCache, cdp.Empty{})
	b.open("/recipients/00000000-0000-4000-8000-000000000003", 1440, "light")
	const shared = `[...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource").filter(e => !e.name.includes("/recipients/"))]`
	requests := eval[int](b, shared+`.length`)
	bytes := eval[int](b, shared+`.reduce((sum, e) => sum + e.transferSize, 0)`)
	t.Logf("first load of the nine-check page: %d requests, %d bytes", requests, bytes)
	if requests > 6 || bytes > 120<<10 || bytes == 0 {
		t.Errorf("first load: %d requests and %d bytes, want at most 6 and %d", requests, bytes, 120<<10)
	}
}

// What is typed is kept without a click, and there again on the next visit.
func TestDraftIsKeptWhileTyping(t *testing.T) {
	needsChromium(t)
	t.Parallel()
	d := newDesk(t, t.TempDir())
	b := startChromium(t, d, "ann")
	const page = "/recipients/00000000-0000-4000-8000-000000000004"
	const typed = "Card 4111 1111 1111 1111 was in the picture."
	b.open(page, 1440, "light")
	b.do(chromedp.SendKeys("#note", typed))
	until(b, `document.querySelector("[data-draft-status]").textContent.includes("saved")`)
	if warning := ask(b, chromedp.Text("[data-guard] li")); !strings.Contains(warning, "card") {
		t.Errorf("the guard says %q", warning)
	}
	b.open("/", 1440, "light")
	b.open(page, 1440, "light")
	if text := ask(b, chromedp.Value("#note")); text != typed {
		t.Errorf("after coming back the note is %q", text)
	}
	b.follow(chromedp.Click(recordNote))
	b.do(chromedp.WaitVisible("[data-note]"))
	if text := ask(b, chromedp.Value("#note")); text != "" {
		t.Errorf("after recording, the form still holds %q", text)
	}
	b.complain(page)
}

// recordNote is the button that records a note.
const recordNote = "#note-form button.btn:not([formaction])"

func TestKeyboard(t *testing.T) {
	needsChromium(t)
	t.Parallel()
	d := newDesk(t, t.TempDir())
	b := startChromium(t, d, "ann")
	b.open("/recipients/00000000-0000-4000-8000-000000000004", 1440, "light")
	press := func(key string) string {
		t.Helper()
		b.do(chromedp.KeyEvent(key))
		return eval[string](b, `document.activeElement.id`)
	}
	titles := eval[[]string](b, `[...document.querySelectorAll(".case-checks > [data-check] > header h2")].map(h => h.id)`)
	if active := press("j"); active != titles[1] {
		t.Errorf("j leads to %q, want %q", active, titles[1])
	}
	if active := press("j"); active != titles[2] {
		t.Errorf("a second j leads to %q, want %q", active, titles[2])
	}
	if active := press("k"); active != titles[1] {
		t.Errorf("k leads to %q, want %q", active, titles[1])
	}
	if shown := eval[[]string](b, `[...document.querySelectorAll(".case-checks > section")].filter(s => s.checkVisibility()).map(s => s.id + "-title")`); len(shown) != 1 || shown[0] != titles[1] {
		t.Errorf("the middle shows %v, want %s", shown, titles[1])
	}
	if active := press("n"); active != "note" {
		t.Errorf("n leads to %q", active)
	}
	eval[chromedp.Void](b, `document.activeElement.blur()`)
	press("?")
	b.do(chromedp.WaitVisible("#shortcuts[open]"))
	b.accessible("the list of shortcuts")
	press(kb.Escape)
	b.do(chromedp.WaitNotVisible("#shortcuts"))
	if active := press("/"); active != "recipient-search" {
		t.Errorf("/ leads to %q", active)
	}
	b.complain("keyboard")
}

// Everything works where scripts are off.
func TestWithoutScript(t *testing.T) {
	needsChromium(t)
	t.Parallel()
	d := newDesk(t, t.TempDir())
	b := startChromium(t, d, "ann")
	call(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	b.open("/recipients/00000000-0000-4000-8000-000000000001", 1440, "light")
	if hidden := eval[int](b, `[...document.querySelectorAll(".case-checks > section")].filter(s => !s.checkVisibility()).length`); hidden > 0 {
		t.Errorf("%d sections are hidden without script", hidden)
	}
	b.follow(chromedp.Focus(".case-person a"), chromedp.KeyEvent(kb.Enter))
	b.do(chromedp.WaitVisible("[data-person=name]"))
	b.open("/recipients/00000000-0000-4000-8000-000000000001", 1440, "light")
	b.follow(chromedp.Focus(".raw-result a"), chromedp.KeyEvent(kb.Enter))
	b.do(chromedp.WaitVisible("#part pre"))
	b.open("/recipients/00000000-0000-4000-8000-000000000001", 1440, "light")
	// By keyboard: a click would miss while the page scrolls to the new note.
	b.do(chromedp.SendKeys("#note", "Written without script."))
	b.follow(chromedp.Focus(recordNote), chromedp.KeyEvent(kb.Enter))
	b.do(chromedp.WaitVisible("[data-note]"), chromedp.SendKeys("#note", "And a draft."))
	b.follow(chromedp.Focus(`button[formaction="/logout"]`), chromedp.KeyEvent(kb.Enter))
	b.do(chromedp.WaitVisible("#username"))
	page, err := d.signedIn("ann").get("/recipients/00000000-0000-4000-8000-000000000001")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(page.body, "Written without script.") || !strings.Contains(page.body, "And a draft.") {
		t.Error("the note or the draft is lost")
	}
	b.complain("without script")
}

// The theme is chosen in place, and kept.
func TestTheme(t *testing.T) {
	needsChromium(t)
	t.Parallel()
	d := newDesk(t, t.TempDir())
	b := startChromium(t, d, "ann")
	b.open("/", 1440, "light")
	const background = `getComputedStyle(document.body).backgroundColor`
	light := eval[string](b, background)
	b.do(chromedp.Click(`button[name=theme][value=dark]`))
	until(b, `document.documentElement.dataset.theme === "dark"`)
	dark := eval[string](b, background)
	until(b, `fetch("/").then(r => r.text()).then(t => t.includes('data-theme="dark"'))`)
	b.open("/", 1440, "light")
	if kept := eval[string](b, background); light == dark || kept != dark {
		t.Errorf("backgrounds: light %s, dark %s, on the next page %s", light, dark, kept)
	}
	b.complain("theme")
}

// Times are in UTC; the reader's own is there for who points at one, and for who listens.
// None is a stop on the way of the Tab key.
func TestLocalTimes(t *testing.T) {
	needsChromium(t)
	t.Parallel()
	d := newDesk(t, t.TempDir())
	b := startChromium(t, d, "ann")
	call(b, emulation.SetTimezoneOverride, emulation.SetTimezoneOverrideParams{TimezoneID: "Asia/Tokyo"})
	b.open("/recipients/00000000-0000-4000-8000-000000000001", 1440, "light")
	text := eval[string](b, `document.querySelector("main time").textContent`)
	seen := eval[string](b, `document.querySelector("main time").firstChild.textContent`)
	title := eval[string](b, `document.querySelector("main time").title`)
	if seen != "14:02 UTC" || !strings.Contains(title, "GMT+9") || text != seen+" ("+title+")" {
		t.Errorf("the page shows %q, says %q and has the title %q", seen, text, title)
	}
	if stops := eval[int](b, `document.querySelectorAll("time[tabindex]").length`); stops > 0 {
		t.Errorf("%d times are stops of the Tab key", stops)
	}
	b.complain("times")
}

// An address with a fragment opens what it points to.
func TestFragmentOpensDetails(t *testing.T) {
	needsChromium(t)
	t.Parallel()
	d := newDesk(t, t.TempDir())
	b := startChromium(t, d, "ann")
	b.open("/recipients/00000000-0000-4000-8000-000000000001#check-1-document_in_date", 1440, "light")
	b.do(chromedp.WaitVisible("#check-1 .passed li#check-1-document_in_date"))
	b.complain("fragment")
}
