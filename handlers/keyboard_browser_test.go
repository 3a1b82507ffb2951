package handlers_test

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// keyboardCase is a case as a reviewer without a mouse decides it.
type keyboardCase struct {
	recipient int
	verdict   string
	keys      []string // from the page of the case to the field that needs a text, or to the button
	note      string   // where the verdict needs one
}

// keyboardCases are one of each kind that takes another way to its decision.
func keyboardCases() []keyboardCase {
	return []keyboardCase{
		{1, "approve", []string{"a"}, ""},
		{2, "approve", []string{"a", "2", kb.Enter}, "The hologram moves on the second frame."},
		{4, "reject", []string{"r", "1", kb.Enter}, "No hologram on any frame."},
		{6, "refer", []string{"f", "1", kb.Enter}, "One hundred and thirty hits: please look."},
		{9, "approve", []string{"a", "2", kb.Enter}, "The expert compared the faces."},
		{20, "refer", []string{"f", "1", kb.Enter}, "Yoti is not done."},
		{24, "reject", []string{"r", "1", kb.Enter}, "Nothing in this case agrees."},
	}
}

// A case is opened from the start page, read and decided with keys alone, and with few: those
// after the ID count, up to the decision that is on record, but for the text of a note and for
// reading what the first screenful does not show.
func TestEveryKindOfCaseByKeyboard(t *testing.T) {
	needsChromium(t)
	t.Parallel()
	const most = 5
	d := newDesk(t, t.TempDir())
	b := startChromium(t, d, "ann")
	for _, c := range keyboardCases() {
		t.Run(fmt.Sprintf("%02d", c.recipient), func(t *testing.T) {
			b.open("/", 1440, "light")
			until(b, `document.activeElement.id === "id"`)
			b.do(chromedp.KeyEvent(recipientNumber(c.recipient)[len("/recipients/"):]))
			b.follow(chromedp.KeyEvent(kb.Enter))
			keys := 1
			if at := b.at(); at != recipientNumber(c.recipient) {
				t.Fatalf("the ID leads to %s", at)
			}
			until(b, headThere)
			stops := b.tabToVerdict(t)
			read := b.readByKeyboard(t)

			b.counted(&keys, c.keys...)
			want := "decide"
			if c.note != "" {
				want = "note"
			}
			if focus := b.focus(); focus != want {
				t.Fatalf("after %q the focus is on %q, want %s", c.keys, focus, want)
			}
			if c.note != "" {
				b.do(chromedp.KeyEvent(c.note))
			}
			b.recordByKey()
			keys++
			until(b, `document.activeElement.id === "recorded"`)
			if got := eval[string](b, `document.querySelector("[data-decision]")?.dataset.verdict ?? ""`); got != c.verdict {
				t.Errorf("on record is %q, want %s", got, c.verdict)
			}
			t.Logf("%s: %d keys after the ID; %d to read every check, %d stops to the verdict by Tab", c.verdict, keys, read, stops)
			if keys > most {
				t.Errorf("%d keys after the ID, want at most %d", keys, most)
			}
			b.complain(fmt.Sprintf("recipient %02d by keyboard", c.recipient))
		})
	}
}

// readByKeyboard goes through all checks of a case, each of which has to be in the window,
// and returns how many keys it took.
func (b *chromium) readByKeyboard(t *testing.T) (keys int) {
	t.Helper()
	checks := eval[[]string](b, `[...document.querySelectorAll(".case-checks > .check")].map(s => s.id)`)
	for i, check := range checks {
		if i > 0 {
			b.counted(&keys, "j")
		}
		if shown := eval[[]string](b, inMiddle); len(shown) != 1 || shown[0] != check {
			t.Errorf("after %d times j the middle shows %v, want %s", i, shown, check)
		}
		const inWindow = `(e => { const box = e.getBoundingClientRect(); return box.top >= 0 && box.bottom <= innerHeight })`
		if !eval[bool](b, inWindow+fmt.Sprintf(`(document.querySelector("#%s h2"))`, check)) {
			t.Errorf("after %d times j the title of %s is out of sight", i, check)
		}
	}
	return keys
}

// tabToVerdict goes from the top of a case to its verdict by the Tab key, where a link before
// everything else leaves out what is between, and returns at how many elements it stopped.
func (b *chromium) tabToVerdict(t *testing.T) (stops int) {
	t.Helper()
	const most = 12
	skipped := false
	for stops <= most && !eval[bool](b, `document.activeElement.name === "verdict"`) {
		b.counted(&stops, kb.Tab)
		if !skipped && eval[bool](b, `document.activeElement.matches(".skip[href='#decisions']")`) {
			skipped = true
			b.do(chromedp.KeyEvent(kb.Enter))
		}
	}
	if stops > most || !skipped {
		t.Errorf("the verdict is %d stops from the top, want at most %d; skipped to the decision: %v", stops, most, skipped)
	}
	if scrolled := eval[float64](b, `scrollY`); scrolled != 0 {
		t.Errorf("the window was scrolled by %v px on the way to the verdict", scrolled)
	}
	return stops
}
