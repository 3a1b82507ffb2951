package handlers_test

import (
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// counted presses keys one after the other, and counts them.
func (b *chromium) counted(n *int, keys ...string) {
	b.t.Helper()
	for _, key := range keys {
		*n++
		b.do(chromedp.KeyEvent(key))
	}
}

// recordByKey presses Ctrl+Enter, and waits for the page that follows.
func (b *chromium) recordByKey() {
	b.t.Helper()
	b.follow(chromedp.KeyEvent(kb.Enter, chromedp.KeyModifiers(chromedp.ModifierCtrl)))
}

func (b *chromium) focus() string {
	b.t.Helper()
	return eval[string](b, `document.activeElement.id || document.activeElement.value || document.activeElement.tagName`)
}

// A case is decided with the keyboard alone, and a clear one with few keys. What is missing is
// said where it is, and nothing that was chosen or typed is lost.
func TestDecideByKeyboard(t *testing.T) {
	needsChromium(t)
	t.Parallel()
	d := newDesk(t, t.TempDir())
	b := startChromium(t, d, "ann")

	t.Run("approve", func(t *testing.T) {
		b.open("/recipients/00000000-0000-4000-8000-000000000001", 1440, "light")
		keys := 1 // for Ctrl+Enter
		b.counted(&keys, "a")
		if focus := b.focus(); focus != "decide" {
			t.Errorf("after a the focus is on %q", focus)
		}
		b.recordByKey()
		if keys > 5 {
			t.Errorf("it takes %d keys", keys)
		}
		if text := ask(b, chromedp.Text("[data-recorded]")); !strings.Contains(text, "Approved. Entry") {
			t.Errorf("the banner says %q", text)
		}
		until(b, `document.activeElement.id === "recorded"`)
		if eval[bool](b, `document.querySelector("#note-form").checkVisibility()`) {
			t.Error("the form stands there after the decision")
		}
		b.accessible("a recorded decision")
		b.fits("a recorded decision")
		// The key of a verdict opens it again.
		b.do(chromedp.KeyEvent("f"))
		until(b, `document.querySelector("#note-form").checkVisibility()`)
		if focus := b.focus(); focus != "reason-refer" {
			t.Errorf("after f the focus is on %q", focus)
		}
	})

	t.Run("reject with a fault", func(t *testing.T) {
		b.open("/recipients/00000000-0000-4000-8000-000000000004", 1440, "dark")
		b.do(chromedp.KeyEvent("r"), chromedp.KeyEvent("1"), chromedp.KeyEvent("6"))
		b.recordByKey()
		until(b, `document.activeElement.id === "decision-problem"`)
		b.accessible("a decision that lacks its note")
		b.do(chromedp.KeyEvent(kb.Tab))
		if !eval[bool](b, `document.activeElement.matches("#decision-problem a[href='#field-note']")`) {
			t.Error("the summary does not lead to the field")
		}
		b.do(chromedp.Click("#decision-problem a"))
		until(b, `document.activeElement.id === "note"`)
		const chosen = `[...document.querySelectorAll("[name=verdict]:checked, [name=reason]:checked:enabled")].map(e => e.value).join(" ")`
		if got := eval[string](b, chosen); got != "reject document fraud" {
			t.Errorf("after the fault %q is chosen", got)
		}
		b.do(chromedp.KeyEvent("No hologram."))
		until(b, `document.querySelector("[data-draft-status]").textContent.includes("saved")`)
		b.do(chromedp.Navigate(d.web.URL + "/recipients/00000000-0000-4000-8000-000000000004"))
		if got := eval[string](b, chosen+` + " " + document.querySelector("#note").value`); got != "reject document fraud No hologram." {
			t.Errorf("after a reload %q is chosen", got)
		}
		b.do(chromedp.KeyEvent("r"))
		if focus := b.focus(); focus != "decide" {
			t.Errorf("nothing is missing, and the focus is on %q", focus)
		}
		b.recordByKey()
		if text := ask(b, chromedp.Text("[data-recorded]")); !strings.Contains(text, "Rejected. Entry") {
			t.Errorf("the banner says %q", text)
		}
	})

	t.Run("refer", func(t *testing.T) {
		b.open("/recipients/00000000-0000-4000-8000-000000000006", 1440, "light")
		b.do(chromedp.KeyEvent("a"), chromedp.KeyEvent("f")) // another verdict, from a tick
		b.do(chromedp.KeyEvent("2"), chromedp.KeyEvent(kb.Enter))
		if focus := b.focus(); focus != "note" {
			t.Errorf("after the reason the focus is on %q", focus)
		}
		b.do(chromedp.KeyEvent("a, r or f? Please look.")) // keys are text here
		b.recordByKey()
		if text := ask(b, chromedp.Text("[data-decision]")); !strings.Contains(text, "Referred") || !strings.Contains(text, "a, r or f? Please look.") {
			t.Errorf("the decision is %q", text)
		}
	})

	// A key pressed from a tick never presses the first button of the form, which signs out.
	t.Run("Enter without script", func(t *testing.T) {
		call(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		b.open("/recipients/00000000-0000-4000-8000-000000000002", 1440, "light")
		b.do(chromedp.Focus("[name=verdict]"), chromedp.KeyEvent(kb.Enter), chromedp.KeyEvent(" "))
		b.do(chromedp.WaitVisible("[name=verdict]:checked"))
		call(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: false})
	})
	b.complain("decisions by keyboard")
}

// On a phone the form comes up as a sheet, and goes away with everything in it.
func TestDecideOnAPhone(t *testing.T) {
	needsChromium(t)
	t.Parallel()
	d := newDesk(t, t.TempDir())
	b := startChromium(t, d, "ann")
	const page = "/recipients/00000000-0000-4000-8000-000000000004"
	for _, width := range []int{390, 320} {
		b.open(page, width, "light")
		b.fits("the bar at the foot")
		b.do(chromedp.Click(".decide-bar [data-sheet]"), chromedp.WaitVisible("dialog.sheet[open] #note-form"))
		b.do(chromedp.Click("[name=verdict][value=reject]"), chromedp.WaitVisible("[data-for=reject]"))
		b.fits("the sheet")
		b.accessible("the sheet")
		b.do(chromedp.KeyEvent(kb.Escape), chromedp.WaitNotPresent("dialog[open]"))
		if !eval[bool](b, `document.querySelector("aside #note-form [value=reject]").checked`) {
			t.Errorf("at %d px what was chosen went with the sheet", width)
		}
	}
	b.do(chromedp.Click(`.decide-bar [data-sheet=note]`), chromedp.WaitVisible("dialog.sheet[open] #note"))
	if focus := b.focus(); focus != "note" {
		t.Errorf("Note leads to %q", focus)
	}
	b.recordByKey()
	until(b, `document.activeElement.id === "decision-problem" && document.activeElement.closest("dialog[open]") !== null`)
	b.fits("a fault on the sheet")
	b.do(chromedp.Click("[name=reason][value=document]"), chromedp.SendKeys("#note", "No hologram."))
	b.recordByKey()
	b.do(chromedp.WaitVisible("[data-recorded]"))
	b.look("a recorded decision")

	call(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	b.open("/recipients/00000000-0000-4000-8000-000000000006", 390, "light")
	b.do(chromedp.Click(".decide-bar [data-sheet]"))
	if hash := eval[string](b, `location.hash`); hash != "#decide" {
		t.Errorf("without script the bar leads to %q", hash)
	}
	// By keyboard: a click would miss while the page scrolls to the form.
	b.do(chromedp.Focus("[name=verdict][value=refer]"), chromedp.KeyEvent(" "), chromedp.WaitVisible("[data-for=refer]"))
	call(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: false})
	b.complain("decisions on a phone")
}

// A page gives the focus to what was recorded with its first frame. On a busy machine that comes
// late, and whoever has pressed a key by then keeps the focus where it led.
func TestKeyBeforeTheFirstFrame(t *testing.T) {
	needsChromium(t)
	t.Parallel()
	d := newDesk(t, t.TempDir())
	b := startChromium(t, d, "ann")
	const late = `window.requestAnimationFrame = drawn => (window.undrawn ??= []).push(drawn)`
	call(b, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: late})
	b.open(recipientNumber(4), 1440, "light")
	b.do(chromedp.SendKeys("#note", "Seen."))
	b.follow(chromedp.Focus(recordNote), chromedp.KeyEvent(kb.Enter))
	until(b, `document.activeElement.id === "recorded"`)
	b.do(chromedp.KeyEvent("a"))
	led := b.focus()
	if led == "recorded" {
		t.Fatal("a key leads nowhere")
	}
	eval[chromedp.Void](b, `undrawn.forEach(drawn => drawn())`)
	if now := b.focus(); now != led {
		t.Errorf("the first frame takes the focus from %s to %s", led, now)
	}
}
