package handlers_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"

	"countersign/internal/account"
)

// addDevice puts a device for passkeys into the browser, whose user gives a finger when asked.
func (b *chromium) addDevice(transport webauthn.AuthenticatorTransport) webauthn.AuthenticatorID {
	b.t.Helper()
	call(b, webauthn.Enable, webauthn.EnableParams{})
	added, err := chromedp.Call(b.ctx, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{Options: &webauthn.VirtualAuthenticatorOptions{
		Protocol: webauthn.AuthenticatorProtocolCtap2, Transport: transport,
		HasResidentKey: true, HasUserVerification: true, IsUserVerified: true, AutomaticPresenceSimulation: true,
	}})
	if err != nil {
		b.t.Fatal(err)
	}
	return added.AuthenticatorID
}

// verified says whether the device's user gives the right finger.
func (b *chromium) verified(device webauthn.AuthenticatorID, right bool) {
	b.t.Helper()
	call(b, webauthn.SetUserVerified, webauthn.SetUserVerifiedParams{AuthenticatorID: device, IsUserVerified: right})
}

const (
	addPasskey = `button[data-passkey="create"]`
	usePasskey = `button[data-passkey="get"]`
)

// Somebody registers a passkey, signs in with it alone, gives it after the password, is refused a
// second one on the same device, renames it and removes it.
func TestPasskeyInChromium(t *testing.T) {
	needsChromium(t)
	t.Parallel()
	d := newLocalDesk(t)
	d.server.SecondFactor = account.AdminsAndSupervisorsMust
	d.web.Config.Handler = d.server.Handler()
	b := startChromium(t, d, "ann")
	device := b.addDevice(webauthn.AuthenticatorTransportInternal)
	b.open("/account/factors", 1440, "light")
	b.accessible("the page of factors")
	b.do(chromedp.SetValue("#passkey-name", "Work laptop"))
	b.follow(chromedp.Click(addPasskey))
	if at := eval[string](b, `location.pathname + location.search + document.querySelector("[data-passkey-entry] strong").textContent`); at != "/account/factors?done=passkey-addedWork laptop" {
		t.Errorf("after it was added: %s", at)
	}
	b.do(chromedp.Click(addPasskey))
	until(b, `document.querySelector("[data-passkey-status]").textContent.includes("has a passkey for your account already")`)

	signOut := func() { b.t.Helper(); b.follow(chromedp.Submit("form[action='/logout']")) }
	signOut()
	b.follow(chromedp.Click(usePasskey))
	if at := eval[string](b, `location.pathname`); at != "/queue" {
		t.Errorf("with the passkey alone: at %s", at)
	}
	signOut()
	b.follow(chromedp.SetValue("#username", "ann"), chromedp.SetValue("#password", password), chromedp.Submit("#password"))
	if !eval[bool](b, `document.querySelector("[data-second-factor]") !== null`) {
		t.Error("the password alone lets in")
	}
	b.accessible("the page of the second factor")
	b.verified(device, false)
	b.do(chromedp.Click(usePasskey))
	until(b, `document.querySelector("[data-passkey-status]").textContent.includes("No passkey was used")`)
	b.verified(device, true)
	b.follow(chromedp.Click(usePasskey))
	if at := eval[string](b, `location.pathname`); at != "/queue" {
		t.Errorf("with the password and the passkey: at %s", at)
	}

	b.open("/account/factors", 390, "dark")
	b.fits("the page of factors at 390 px")
	b.do(chromedp.Click("[data-passkey-entry] summary"), chromedp.SetValue("[data-passkey-entry] [name=name]", "Old laptop"))
	b.follow(chromedp.Submit("[data-passkey-entry] [name=name]"))
	if name := eval[string](b, `document.querySelector("[data-passkey-entry] strong").textContent`); name != "Old laptop" {
		t.Errorf("renamed to %q", name)
	}
	b.do(chromedp.Click("[data-passkey-entry] summary"))
	b.follow(chromedp.Click(`form[action$="/remove"] button`))
	if eval[bool](b, `document.querySelector("[data-passkey-entry]") !== null`) {
		t.Error("it was not removed")
	}
	signOut()
	b.follow(chromedp.Click(usePasskey)) // which the device still has
	if problem := eval[string](b, `document.querySelector(".field-problem").textContent`); !strings.Contains(problem, notProven) {
		t.Errorf("with the removed one: %q", problem)
	}
	b.complain("with a passkey")
}

// Two devices have a passkey each, and each opens the account.
func TestTwoPasskeysInChromium(t *testing.T) {
	needsChromium(t)
	t.Parallel()
	d := newLocalDesk(t)
	b := startChromium(t, d, "ann")
	devices := []webauthn.AuthenticatorID{b.addDevice(webauthn.AuthenticatorTransportInternal), b.addDevice(webauthn.AuthenticatorTransportUsb)}
	for i, name := range []string{"Laptop", "Key"} {
		b.touches(devices[i], devices[1-i])
		b.open("/account/factors", 1440, "light")
		b.asBefore2025(i == 1)
		b.do(chromedp.SetValue("#passkey-name", name))
		b.follow(chromedp.Click(addPasskey))
	}
	if names := eval[[]string](b, `[...document.querySelectorAll("[data-passkey-entry] strong")].map(e => e.textContent)`); !slices.Equal(names, []string{"Laptop", "Key"}) {
		t.Errorf("listed are %q", names)
	}
	for i := range devices {
		b.touches(devices[i], devices[1-i])
		b.follow(chromedp.Submit("form[action='/logout']"))
		b.asBefore2025(i == 1)
		b.follow(chromedp.Click(usePasskey))
		if at := eval[string](b, `location.pathname`); at != "/queue" {
			t.Errorf("with passkey %d: at %s", i+1, at)
		}
	}
	list, err := d.store.Passkeys(t.Context(), 1)
	if err != nil || len(list) != 2 || list[0].Used.IsZero() || list[1].Used.IsZero() || string(list[0].Credential.Handle) != string(list[1].Credential.Handle) {
		t.Errorf("kept are %+v, error %v", list, err)
	}
}

// asBefore2025 takes from the page what browsers did not have then.
func (b *chromium) asBefore2025(older bool) {
	b.t.Helper()
	if older {
		b.do(chromedp.Evaluate[chromedp.Void](`
			delete PublicKeyCredential.parseCreationOptionsFromJSON;
			delete PublicKeyCredential.parseRequestOptionsFromJSON;
			delete PublicKeyCredential.prototype.toJSON;
		`))
	}
}

// touches has the browser's user touch one device, and not the other.
func (b *chromium) touches(device, other webauthn.AuthenticatorID) {
	b.t.Helper()
	for id, yes := range map[webauthn.AuthenticatorID]bool{device: true, other: false} {
		call(b, webauthn.SetAutomaticPresenceSimulation, webauthn.SetAutomaticPresenceSimulationParams{AuthenticatorID: id, Enabled: yes})
	}
}

// A decision that needs a proof of presence goes on after a passkey was given, with its text.
func TestPasskeyInTheMiddleOfADecision(t *testing.T) {
	needsChromium(t)
	t.Parallel()
	d := newLocalDesk(t)
	d.server.StepUp.Decisions = true
	d.web.Config.Handler = d.server.Handler()
	b := startChromium(t, d, "ann")
	b.addDevice(webauthn.AuthenticatorTransportInternal)
	b.open("/account/factors", 1440, "light")
	b.follow(chromedp.Click(addPasskey))
	b.open("/recipients/00000000-0000-4000-8000-000000000001", 1440, "light")
	d.later(6 * time.Minute)
	const text = "First line.\nSecond “line” <b>."
	b.do(chromedp.Evaluate[chromedp.Void](`
		document.querySelector("[name=verdict][value=reject]").click();
		document.querySelector("[name=reason][value=document]").click();
		document.querySelector("#note").value = "First line.\nSecond “line” <b>.";
	`))
	b.follow(chromedp.Click(`button[name=act][value=decide]`))
	if !eval[bool](b, `document.querySelector("[data-step-up]") !== null`) {
		t.Fatalf("no proof is asked for: %s", eval[string](b, `document.querySelector("main").textContent`))
	}
	b.accessible("the page that asks for a proof")
	b.follow(chromedp.Click(usePasskey))
	until(b, `document.querySelector("[data-recorded]") !== null || document.querySelector("[data-step-up]") !== null`)
	b.do(chromedp.Evaluate[chromedp.Void](`document.querySelector('[data-recorded] a[href*="/decisions/"]').click()`), chromedp.WaitReady("main"))
	until(b, `location.pathname.includes("/decisions/")`)
	if page := eval[string](b, `document.querySelector("main").innerText`); !strings.Contains(page, "Second “line” <b>.") || !strings.Contains(page, "First line.") {
		t.Errorf("the receipt of %q: %s", text, page)
	}
	b.complain("in the middle of a decision")
}

// Where there are no passkeys, pages say why, and lead to where there are.
func TestNoPasskeysAtANumber(t *testing.T) {
	needsChromium(t)
	t.Parallel()
	d := newDesk(t, t.TempDir())
	b := startChromium(t, d, "")
	for _, look := range []struct {
		width  int
		scheme string
	}{{1440, "light"}, {390, "dark"}} {
		b.open("/login", look.width, look.scheme)
		b.fits("the sign-in page")
		b.accessible("the sign-in page")
		said := eval[string](b, `document.querySelector("[data-no-passkeys]").textContent`)
		link := eval[string](b, `document.querySelector("[data-no-passkeys] a").href`)
		if !strings.Contains(said, "IP address") || link != strings.Replace(d.web.URL, "127.0.0.1", "localhost", 1)+"/login" {
			t.Errorf("said is %q, with a link to %s", said, link)
		}
		if eval[bool](b, `document.querySelector("[data-passkey]") !== null`) {
			t.Error("there is a button for passkeys")
		}
	}
	b.complain("at a number")
}
