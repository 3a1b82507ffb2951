package handlers_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"countersign/internal/account"
)

const (
	looksAgain  = `document.dispatchEvent(new Event("visibilitychange"))`
	endNotice   = `document.querySelector(".session-end")?.innerText ?? ""`
	watchesOver = `document.querySelector(".session-end") !== null`
)

// Two minutes before a session ends, a quiet notice says so. One click, and it goes on; what is
// typed stays.
func TestSessionEndIsAnnounced(t *testing.T) {
	needsChromium(t)
	d := newDesk(t, t.TempDir())
	b := startChromium(t, d, "ann")
	b.withoutThumbnails() // the page says when one was on the screen, which is a use of the session
	b.open(recipientNumber(1), 1440, "light")
	until(b, watchesOver)
	d.later(27 * time.Minute)
	eval[bool](b, looksAgain)
	if text := eval[string](b, endNotice); text != "" {
		t.Errorf("three minutes before the end: %q", text)
	}
	b.do(chromedp.SetValue("#note", "Half a sentence"))
	d.later(time.Minute + 30*time.Second)
	eval[bool](b, looksAgain)
	until(b, `document.querySelector("[data-stay]") !== null`)
	if text := eval[string](b, endNotice); !strings.Contains(text, "Your session ends at ") {
		t.Errorf("the notice says %q", text)
	}
	b.accessible("with the notice")
	b.do(chromedp.Focus("#note"), chromedp.Click("[data-stay]"))
	until(b, `document.querySelector("[data-stay]") === null`)
	if text := eval[string](b, `document.activeElement.id`); text != "note" {
		t.Errorf("the focus is at %q", text)
	}
	d.later(29 * time.Minute)
	eval[bool](b, looksAgain)
	until(b, `document.querySelector("[data-stay]") !== null`)
	if text := eval[string](b, `document.querySelector("#note").value`); text != "Half a sentence" {
		t.Errorf("the note is %q", text)
	}
	for _, look := range []struct {
		width  int64
		scheme string
	}{{390, "dark"}, {390, "light"}, {1440, "dark"}} {
		b.do(chromedp.EmulateViewport(look.width, 900))
		b.fits("with the notice")
	}
	b.complain("the end of a session")
}

// Where the session is over, the page goes to the sign-in page, unless what is typed would be lost.
func TestPageAfterTheSession(t *testing.T) {
	needsChromium(t)
	d := newDesk(t, t.TempDir())
	b := startChromium(t, d, "supervisor")
	b.open(recipientNumber(1)+"/reset-limit", 1440, "light")
	until(b, watchesOver)
	b.do(chromedp.SetValue("main textarea, main input[type=text]", "The camera failed"))
	d.later(31 * time.Minute)
	eval[bool](b, looksAgain)
	until(b, `(`+endNotice+`).includes("still on this page")`)
	if at := b.at(); !strings.HasSuffix(at, "/reset-limit") {
		t.Errorf("the page went to %s, and what was typed is lost", at)
	}
	if eval[bool](b, `document.querySelector("h1").checkVisibility()`) {
		t.Error("the page can be seen when the session is over")
	}
	if text := eval[string](b, `document.querySelector(".session-end textarea").value`); text != "The camera failed" {
		t.Errorf("what was typed is shown as %q", text)
	}
	b.accessible("when the session is over")
	b.do(chromedp.Evaluate[chromedp.Void](`document.querySelector("main form").reset(), ` + looksAgain))
	b.arrives("/login")
	if next := eval[string](b, `new URLSearchParams(location.search).get("next")`); next != recipientNumber(1)+"/reset-limit" {
		t.Errorf("sign-in leads on to %q", next)
	}
}

// When the server cannot be asked, the page ends by its own clock: what is typed stays, and is seen
// again with the page once the server says that the session goes on. Nothing else is left.
func TestPageEndsByItsOwnClock(t *testing.T) {
	needsChromium(t)
	d := newDesk(t, t.TempDir())
	b := startChromium(t, d, "supervisor")
	const (
		cutOff     = `window.reach ??= fetch, window.fetch = () => Promise.reject(new TypeError("no network")), true`
		reconnect  = `window.fetch = window.reach, true`
		halfAnHour = `window.then ??= Date.now, Date.now = () => window.then() + 31 * 60_000, true`
		now        = `Date.now = window.then, true`
		visible    = `document.querySelector("h1").checkVisibility()`
		ended      = `(` + endNotice + `).includes("Your session has ended")`
	)
	b.open(recipientNumber(1)+"/reset-limit", 1440, "light")
	until(b, watchesOver)
	b.do(chromedp.SetValue("main textarea", "The camera failed"))
	eval[bool](b, cutOff)
	eval[bool](b, looksAgain)
	if !eval[bool](b, visible) {
		t.Error("the page is hidden before the session is over")
	}
	eval[bool](b, halfAnHour)
	eval[bool](b, looksAgain)
	until(b, ended)
	if eval[bool](b, visible) {
		t.Error("the page can be seen after the session")
	}
	if text := eval[string](b, `document.querySelector(".session-end textarea").value`); text != "The camera failed" {
		t.Errorf("what was typed is shown as %q", text)
	}
	eval[bool](b, now)
	eval[bool](b, reconnect)
	eval[bool](b, looksAgain)
	until(b, visible)
	if text := eval[string](b, `document.querySelector("main textarea").value`); text != "The camera failed" {
		t.Errorf("what was typed is %q", text)
	}
	b.do(chromedp.Evaluate[chromedp.Void](`document.querySelector("main form").reset()`))
	eval[bool](b, cutOff)
	eval[bool](b, halfAnHour)
	eval[bool](b, looksAgain)
	until(b, `document.querySelector("main") === null`)
	if text := eval[string](b, `document.body.innerText`); strings.Contains(text, recipientNumber(1)[len("/recipients/"):]) {
		t.Errorf("what is left: %.300q", text)
	}
}

// A note that is kept as a draft does not hold the page: after sign-in it is there again.
func TestDraftOutlivesTheSession(t *testing.T) {
	needsChromium(t)
	d := newDesk(t, t.TempDir())
	b := startChromium(t, d, "ann")
	b.open(recipientNumber(1), 1440, "light")
	until(b, watchesOver)
	b.do(chromedp.SendKeys("#note", "Half a sentence"))
	d.later(29 * time.Minute)
	eval[bool](b, looksAgain) // the notice comes, and the draft is sent, which is a use of the session
	until(b, `document.querySelector("[data-draft-status]").textContent.startsWith("Draft saved")`)
	d.later(31 * time.Minute)
	b.do(chromedp.Evaluate[chromedp.Void](looksAgain))
	b.arrives("/login")
	b.follow(chromedp.SetValue("#username", "ann"), chromedp.SetValue("#password", password), chromedp.Submit("#password"))
	until(b, `document.querySelector("#note") !== null`)
	if text := eval[string](b, `document.querySelector("#note").value`); text != "Half a sentence" {
		t.Errorf("the note is %q", text)
	}
}

// After sign-out no page comes back: not by Back, and not in another tab of the same browser.
func TestNothingIsLeftAfterSignOut(t *testing.T) {
	needsChromium(t)
	d := newDesk(t, t.TempDir())
	b := startChromium(t, d, "ann")
	b.open("/", 1440, "light")
	b.open(recipientNumber(1), 1440, "light")
	until(b, watchesOver)
	second := b.anotherTab()
	second.open("/queue", 1440, "light")
	until(second, watchesOver)
	b.follow(chromedp.Click("form[action='/logout'] button, button[formaction='/logout']"))
	b.arrives("/login")
	second.arrives("/login")
	b.follow(chromedp.Evaluate[chromedp.Void](`void setTimeout(() => history.back(), 10)`))
	b.arrives("/login")
	if text := eval[string](b, `document.body.innerText`); strings.Contains(text, recipientNumber(1)[len("/recipients/"):]) || strings.Contains(text, "Liveness") {
		t.Errorf("Back shows %.300q", text)
	}
	if n := len(d.signIns(t, "ann")); n != 0 {
		t.Errorf("%d sessions are left", n)
	}
}

func (d *desk) signIns(t *testing.T, name string) []account.Session {
	t.Helper()
	who, err := d.store.Account(t.Context(), account.NameKey(name))
	if err != nil {
		t.Fatal(err)
	}
	list, err := d.store.Sessions(t.Context(), who.ID)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// anotherTab is one of the same profile.
func (b *chromium) anotherTab() *chromium {
	b.t.Helper()
	ctx, cancel := chromedp.NewContext(b.ctx)
	b.t.Cleanup(cancel)
	return &chromium{t: b.t, ctx: ctx, d: b.d}
}

// arrives waits until the tab is at a page to which it goes by itself. What is asked of a page that
// is being left has no answer, and is asked again.
func (b *chromium) arrives(path string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	for ctx.Err() == nil {
		at, err := chromedp.Run(ctx, chromedp.Evaluate[string](`new Promise(tell => setTimeout(() => tell(location.pathname), 50))`, chromedp.EvalAwaitPromise))
		if err == nil && at == path {
			return
		}
	}
	b.t.Fatalf("the tab never arrives at %s", path)
}

// A page that the browser had put aside shows nothing until it is known that its reader is still
// signed in. What was typed in it is there then.
func TestPageThatWasPutAside(t *testing.T) {
	needsChromium(t)
	d := newDesk(t, t.TempDir())
	b := startChromium(t, d, "ann")
	b.open(recipientNumber(1), 1440, "light")
	until(b, watchesOver)
	const (
		putAside = `dispatchEvent(new PageTransitionEvent("pagehide", {persisted: true}))`
		comeBack = `dispatchEvent(new PageTransitionEvent("pageshow", {persisted: true}))`
		visible  = `document.querySelector("h1").checkVisibility()`
	)
	b.do(chromedp.SetValue("#note", "Half a sentence"))
	eval[bool](b, putAside)
	if eval[bool](b, visible) {
		t.Error("the page that was put aside can be seen")
	}
	eval[bool](b, comeBack)
	until(b, visible)
	if text := eval[string](b, `document.querySelector("#note").value`); text != "Half a sentence" {
		t.Errorf("the note is %q", text)
	}
	eval[bool](b, putAside)
	for _, session := range d.signIns(t, "ann") {
		if err := d.store.EndSession(t.Context(), session.Token); err != nil {
			t.Fatal(err)
		}
	}
	b.do(chromedp.Evaluate[chromedp.Void](comeBack))
	b.arrives("/login")
}

// In Firefox too, nothing comes back after sign-out.
func TestBackAfterSignOutInFirefox(t *testing.T) {
	d := newDesk(t, t.TempDir())
	b := startFirefox(t, d)
	b.signIn("ann")
	b.open("/account")
	b.until(watchesOver)
	b.follow(func() { saying[bool](b, `document.querySelector("form[action='/logout'] button").click() ?? true`) })
	b.until(`location.pathname === "/login"`)
	b.follow(func() { saying[bool](b, `setTimeout(() => history.back(), 10) > 0`) })
	b.until(`location.pathname === "/login" && document.querySelector("#username") !== null`)
	if text := saying[string](b, `document.body.innerText`); strings.Contains(text, "Active sessions") {
		t.Errorf("Back shows %.300q", text)
	}
}
