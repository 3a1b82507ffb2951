package handlers_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// How the expected signer compares stands in the list of exceptions and at the note as soon
// as the head is there, without asking for the page again.
func TestExpectedSignerInChromium(t *testing.T) {
	needsChromium(t)
	t.Parallel()
	d := newDesk(t, t.TempDir())
	b := startChromium(t, d, "ann")
	const form = `document.querySelector("#expected details").open = true; document.querySelector("#expected-name").value = `
	expect := func(name string) (exceptions, needs string) {
		t.Helper()
		eval[string](b, form+`"`+name+`"`)
		b.follow(chromedp.Click(`#expected-form button:not([name])`))
		until(b, `document.querySelector("[data-compared]") !== null`)
		return eval[string](b, `document.querySelector(".exceptions").innerText`), eval[string](b, `document.querySelector('.note-need[data-for="approve"]')?.textContent ?? ""`)
	}
	b.open(recipientNumber(1), 1440, "light")
	if exceptions, needs := expect("ALEX SPECIMEN"); !strings.HasPrefix(exceptions, "No exceptions") || needs != "" {
		t.Errorf("as expected: %q, and a note for %q", exceptions, needs)
	}
	exceptions, needs := expect("Iris Other")
	if !strings.HasPrefix(exceptions, "Why this is not clear") || !strings.Contains(exceptions, "Expected “Iris Other”, extracted “ALEX SPECIMEN”") || strings.Contains(exceptions, "not compared") {
		t.Errorf("somebody else: %q", exceptions)
	}
	if !strings.Contains(needs, "differs from the expected signer") {
		t.Errorf("somebody else: a note for %q", needs)
	}
	b.accessible("an expected signer who differs")
	b.complain("expected signer")
}
