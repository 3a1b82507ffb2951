package handlers_test

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// A browser goes to a provider on another site and comes back, with its cookies and past the
// policy of our pages: at sign-in, and in the middle of a decision, whose text is recorded.
func TestCompanySignInInBrowser(t *testing.T) {
	needsChromium(t)
	t.Parallel()
	co := newCompany(t)
	co.server.StepUp.Decisions = true
	co.at(strings.Replace(co.web.URL, "127.0.0.1", "localhost", 1)) // another site than that of the provider
	b := startChromium(t, co.desk, "")
	b.open("/login", 1440, "light")
	b.do(chromedp.Click("[data-company-sign-in]"), chromedp.WaitVisible("form[action='/logout'] button"))
	const path = "/recipients/00000000-0000-4000-8000-000000000001"
	b.open(path, 1440, "light")
	b.do(chromedp.SendKeys("#note", "Typed before the proof."))
	co.later(6 * time.Minute)
	co.provider.Person.AuthTime = co.clock()
	eval[bool](b, `document.querySelector("[name=verdict][value=reject]").click(), document.querySelector("[name=reason][value=document]").click(), true`)
	eval[bool](b, `document.querySelector("button[name=act][value=decide]").click(), true`)
	b.do(chromedp.WaitVisible("[data-step-up] button[name=proof-provider]"))
	b.do(chromedp.Click("[data-step-up] button[name=proof-provider]"), chromedp.WaitVisible("[data-proved] button"))
	b.do(chromedp.Click("[data-proved] button"), chromedp.WaitVisible("[data-decision]"))
	if text := ask(b, chromedp.Text("main")); !strings.Contains(text, "Typed before the proof.") {
		t.Errorf("what was typed was not recorded: %.300s", text)
	}
}
