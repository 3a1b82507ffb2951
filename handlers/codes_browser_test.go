package handlers_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"countersign/internal/account"
)

// looks checks the page that is open in both schemes, in a wide and a narrow window, without
// asking for it again: it may answer a form. No colour is half way to that of the other scheme.
func (b *chromium) looks(where string) {
	b.t.Helper()
	for _, look := range []struct {
		width  int64
		scheme string
	}{{1440, "light"}, {390, "dark"}, {1440, "dark"}, {390, "light"}} {
		call(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: look.scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}},
		})
		b.do(chromedp.EmulateViewport(look.width, 900))
		b.fits(where)
		b.accessible(where + ", " + look.scheme)
		b.complain(where)
		if folder := os.Getenv("SCREENSHOTS"); folder != "" {
			name := strings.ReplaceAll(where, " ", "-") + "-" + look.scheme + map[bool]string{true: "-wide", false: "-narrow"}[look.width > 1000] + ".png"
			if err := os.WriteFile(filepath.Join(folder, name), ask(b, chromedp.FullScreenshot(90)), 0o600); err != nil {
				b.t.Fatal(err)
			}
		}
	}
}

// Whoever must have a second factor sets up an authenticator app, keeps the recovery codes, and
// signs in with a code, then with a recovery code, and proves with a code to be there.
func TestCodesInChromium(t *testing.T) {
	needsChromium(t)
	t.Parallel()
	d := newDesk(t, t.TempDir())
	d.server.SecondFactor = account.AdminsAndSupervisorsMust
	b := startChromium(t, d, "supervisor")
	b.looks("factor needed")
	b.follow(chromedp.Click("form[action='/account/factors/code'] button"))
	until(b, `document.activeElement.id === "code"`)
	app := codeApp{secret: eval[string](b, `document.querySelector("[data-secret]").textContent.replaceAll(" ", "")`)}
	b.looks("set up")
	b.follow(chromedp.SetValue("#code", "000000"), chromedp.Submit("#code"))
	b.looks("set up again")
	b.follow(chromedp.SetValue("#code", app.code(t, d)), chromedp.Submit("#code"))
	app.recovery = strings.Fields(eval[string](b, `[...document.querySelectorAll("[data-recovery-codes] code")].map(e => e.textContent).join(" ")`))
	b.looks("recovery codes")
	b.follow(chromedp.Click("main a.btn"))
	b.do(chromedp.Navigate(d.web.URL + "/account/factors"))
	b.looks("factors")

	enter := func() {
		b.follow(chromedp.Submit("form[action='/logout'] button"))
		b.follow(chromedp.SetValue("#username", "supervisor"), chromedp.SetValue("#password", password), chromedp.Submit("#password"))
		until(b, `document.activeElement.id === "code"`)
	}
	enter()
	b.looks("second factor")
	b.follow(chromedp.SetValue("#code", "000000"), chromedp.Submit("#code"))
	b.looks("second factor wrong")
	d.later(time.Minute)
	b.follow(chromedp.SetValue("#code", app.code(t, d)), chromedp.Submit("#code"))
	until(b, `location.pathname === "/queue"`)

	enter()
	b.do(chromedp.Click("details summary"))
	b.looks("lost phone")
	b.follow(chromedp.SetValue("#recovery", strings.ToLower(app.recovery[3])), chromedp.Submit("#recovery"))
	b.looks("recovery code used")

	d.later(6 * time.Minute)
	b.do(chromedp.Navigate(d.web.URL + "/account/factors"))
	b.follow(chromedp.Click("form[action='/account/factors/recovery-codes'] button"))
	b.looks("step-up")
	b.follow(chromedp.SetValue("#proof-code", app.code(t, d)), chromedp.Submit("#proof-code"))
	until(b, `document.querySelectorAll("[data-recovery-codes] code").length === 10`)
}
