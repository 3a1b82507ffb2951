package handlers_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// recipientNumber is the path of a made-up recipient.
func recipientNumber(n int) string {
	return fmt.Sprintf("/recipients/00000000-0000-4000-8000-%012d", n)
}

// edit presses a key with Control that edits, as browsers know them: "copy", "paste".
func (b *chromium) edit(command, key string) {
	b.t.Helper()
	const control = 2
	for _, kind := range []input.DispatchKeyEventType{input.DispatchKeyEventTypeRawKeyDown, input.DispatchKeyEventTypeKeyUp} {
		p := input.DispatchKeyEventParams{Type: kind, Modifiers: control, Key: key, Code: "Key" + strings.ToUpper(key)}
		if kind == input.DispatchKeyEventTypeRawKeyDown {
			p.Commands = []string{command}
		}
		call(b, input.DispatchKeyEvent, p)
	}
}

// copyText puts a text on the clipboard, from the field of the note, which is left as it was.
func (b *chromium) copyText(text string) {
	b.t.Helper()
	eval[chromedp.Void](b, fmt.Sprintf(`{ const note = document.getElementById("note"); note.dataset.before = note.value; note.value = %q; note.focus(); note.select(); }`, text))
	b.edit("copy", "c")
	eval[chromedp.Void](b, `{ const note = document.getElementById("note"); note.value = note.dataset.before; note.blur(); }`)
}

// at is where the browser is, without the host.
func (b *chromium) at() string {
	b.t.Helper()
	return eval[string](b, `location.pathname`)
}

// The second case of the morning: / and the new ID, which takes the place of the old one.
func TestNextCaseByKeyboard(t *testing.T) {
	needsChromium(t)
	d := newDesk(t, t.TempDir())
	b := startChromium(t, d, "ann")
	b.open(recipientNumber(4), 1440, "light")
	b.copyText("00000000-0000-4000-8000-000000000001")
	b.do(chromedp.KeyEvent("/"))
	b.edit("paste", "v")
	b.follow(chromedp.KeyEvent(kb.Enter))
	if at := b.at(); at != recipientNumber(1) {
		t.Errorf("/, paste and Enter lead to %s", at)
	}
	b.open("/", 1440, "light")
	b.do(chromedp.Focus("#id")) // as the page does by itself, sooner or later
	b.do(chromedp.KeyEvent("/"))
	if active := eval[string](b, `document.activeElement.id`); active != "recipient-search" {
		t.Errorf("on the start page / leads to %q", active)
	}
	if typed := eval[string](b, `document.getElementById("id").value`); typed != "" {
		t.Errorf("/ is typed into the field for an ID: %q", typed)
	}
	b.complain("the next case")
}

// What is pasted outside any field opens the one ID that it holds; of several the next page
// asks which, and anything else does nothing, and is sent nowhere.
func TestPasteOpensRecipient(t *testing.T) {
	needsChromium(t)
	d := newDesk(t, t.TempDir())
	b := startChromium(t, d, "ann")
	const id = "00000000-0000-4000-8000-000000000002"
	dashes := func(dash string) string { return strings.ReplaceAll(id, "-", dash) }
	for name, text := range map[string]string{
		"an ID":             id,
		"in a sentence":     "Please look at " + strings.ToUpper(id) + ", thanks",
		"in an address":     "https://sign.example.org/recipients/" + id + "?tab=idv",
		"escaped":           "next=%2Frecipients%2F" + dashes("%2D"),
		"en dashes":         dashes("–"),
		"non-breaking":      dashes("\u2011") + "\u00a0",
		"zero-width inside": strings.Join(strings.Split(id, ""), "\u200b"),
		"soft hyphens":      dashes("\u00ad-"),
		"marks around":      "\u202a\ufeff" + id + "\u202c",
		"full-width":        strings.NewReplacer("0", "０", "4", "４", "8", "８", "2", "２").Replace(id),
		"no dashes":         dashes(""),
		"twice":             id + " = " + strings.ToUpper(id),
	} {
		b.open(recipientNumber(4), 1440, "light")
		b.copyText(text)
		b.follow(pasting(b))
		if at := b.at(); at != recipientNumber(2) {
			t.Errorf("%s: pasting leads to %s", name, at)
		}
	}

	b.open(recipientNumber(4), 1440, "light")
	b.copyText("secret: hunter2, " + id + " or 00000000-0000-4000-8000-000000000003")
	b.follow(pasting(b))
	if eval[int](b, `document.querySelectorAll(".choices a").length`) != 2 || strings.Contains(eval[string](b, `location.href`), "hunter2") {
		t.Errorf("pasting two IDs leads to %s", eval[string](b, `location.href`))
	}

	const page = 4
	b.open(recipientNumber(page), 1440, "light")
	for name, text := range map[string]string{
		"a secret":      "hunter2",
		"a digest":      strings.Repeat("0123456789abcdef", 4),
		"a digit more":  id + "0",
		"half an ID":    id[:20],
		"broken escape": "100% " + id[1:],
	} {
		b.copyText(text)
		b.edit("paste", "v")
		if at := b.at(); at != recipientNumber(page) || eval[string](b, `document.getElementById("recipient-search").value`) != at[len("/recipients/"):] {
			t.Errorf("%s: pasting leads to %s", name, at)
		}
	}

	// In a field it is what was pasted there.
	b.copyText(id)
	b.do(chromedp.Focus("#note"))
	b.edit("paste", "v")
	if text := ask(b, chromedp.Value("#note")); text != id || b.at() != recipientNumber(page) {
		t.Errorf("pasted into the note, the note is %q at %s", text, b.at())
	}
	b.complain("pasting")
}

// pasting presses Control and V.
func pasting(b *chromium) chromedp.Action[chromedp.Void] {
	return func(context.Context, *chromedp.Target) (chromedp.Void, error) {
		b.edit("paste", "v")
		return chromedp.Void{}, nil
	}
}

// Single-key shortcuts that are switched off do nothing, and can be switched on again.
func TestSingleKeysOff(t *testing.T) {
	needsChromium(t)
	t.Parallel()
	d := newDesk(t, t.TempDir())
	b := startChromium(t, d, "ann")
	b.open(recipientNumber(4), 1440, "light")
	b.do(chromedp.KeyEvent("?"), chromedp.WaitVisible("#shortcuts[open]"))
	b.follow(chromedp.Click(`#shortcuts button[value="keys=off"]`))
	if at := b.at(); at != recipientNumber(4) {
		t.Errorf("switching off leads to %s", at)
	}
	for _, key := range []string{"/", "j", "k", "n", "?", "a", "r", "f"} {
		b.do(chromedp.KeyEvent(key))
		if eval[bool](b, `document.activeElement !== document.body || Boolean(document.querySelector("dialog[open]"))`) {
			t.Errorf("%s does something although it is switched off", key)
		}
	}
	if eval[bool](b, `Boolean(document.querySelector("[name=verdict]:checked"))`) {
		t.Error("a verdict is chosen by a key that is switched off")
	}
	b.open(recipientNumber(6), 1440, "light")
	b.follow(chromedp.Navigate(eval[string](b, `document.querySelector(".check .load-link[href*='/hits/'], .check .load-link").href`)))
	for _, key := range []string{"j", "x", "f", "m", "i", " "} {
		b.do(chromedp.KeyEvent(key))
	}
	if eval[bool](b, `Boolean(document.querySelector("[name=hit]:checked, [name=disposition]:checked, tr.hit:focus"))`) {
		t.Error("hits are gone through by keys that are switched off")
	}
	b.open(recipientNumber(4), 1440, "light")
	b.do(chromedp.Click(`[data-open-dialog=shortcuts]`), chromedp.WaitVisible("#shortcuts[open]"))
	b.follow(chromedp.Click(`#shortcuts button[value="keys=on"]`))
	b.do(chromedp.KeyEvent("/"))
	if active := eval[string](b, `document.activeElement.id`); active != "recipient-search" {
		t.Errorf("after switching on, / leads to %q", active)
	}
	b.complain("single keys")
}

// Half an ID, Enter and Enter open the first case that it fits; envelopes and what a search
// found can be read by everybody's means.
func TestSearchInChromium(t *testing.T) {
	needsChromium(t)
	t.Parallel()
	d := newDesk(t, t.TempDir())
	b := startChromium(t, d, "ann")
	const two, hostile = "/envelopes/00000000-0000-4000-9000-000000000002", "/envelopes/00000000-0000-4000-9000-00000000bad6"
	for _, page := range []string{recipientNumber(4), recipientNumber(6), recipientNumber(24)} {
		b.open(page, 1440, "light")
	}
	for _, page := range []string{"/search", two, hostile, "/search?q=00000000-0000-4000", "/search?q=00000000-0000-4000-9000-000000000002", "/search?q=nothing"} {
		b.open(page, 1440, "light")
		for _, look := range []look{{1440, "light"}, {390, "dark"}} {
			where := fmt.Sprintf("%s at %d px, %s", page, look.width, look.scheme)
			b.turn(look.width, look.scheme)
			b.fits(where)
			b.accessible(where)
			b.complain(where)
		}
	}
	b.open(two, 320, "light")
	b.fits("an envelope at 320 px")
	b.open("/", 1440, "light") // whose search field has the focus
	b.follow(chromedp.SendKeys("#recipient-search", "00000000-0000-4000-8"+kb.Enter))
	if n := eval[int](b, `document.querySelectorAll("[data-line]").length`); n != 3 {
		t.Errorf("%d cases were found", n)
	}
	until(b, `document.activeElement.closest("[data-line]") !== null`)
	b.follow(chromedp.KeyEvent(kb.Enter))
	if at := b.at(); at != recipientNumber(4) {
		t.Errorf("Enter leads to %s", at)
	}
	b.complain("search")
}
