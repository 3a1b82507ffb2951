package handlers_test

import (
	"fmt"
	"net/url"
	"testing"
	"time"
)

// decideSome lets people decide on a few recipients, with some time between.
func decideSome(t *testing.T, d *desk) {
	t.Helper()
	forms := []url.Values{
		{"verdict": {"approve"}, "reason": {"verified", "known"}},
		{"verdict": {"reject"}, "reason": {"document"}},
		{"verdict": {"refer"}, "reason": {"beyond-me"}},
		{"verdict": {"approve"}, "reason": {"verified"}},
	}
	for i, name := range []string{"ann", "bob", "supervisor-sue", "ann"} {
		path := "/recipients/00000000-0000-4000-8000-00000000000" + string("1251"[i])
		b := d.signedIn(name)
		page, err := b.get(path)
		if err != nil {
			t.Fatal(err)
		}
		document, err := page.document()
		if err != nil {
			t.Fatal(err)
		}
		form := forms[i]
		form.Set("snapshot", snapshotOf(document))
		form.Set("key", document.Find("#note-form input[name=key]").AttrOr("value", ""))
		form.Set("seen", document.Find("#note-form input[name=seen]").AttrOr("value", ""))
		form.Set("note", "It is her.")
		d.later(time.Duration(i) * 7 * time.Minute)
		if a, err := b.post(path+"/decisions", form); err != nil || a.status != 303 {
			t.Fatalf("decide as %s: %d, %v", name, a.status, err)
		}
	}
}

// The page of figures can be used by everybody, fits small windows, and asks for nothing inline.
func TestFiguresInChromium(t *testing.T) {
	needsChromium(t)
	t.Parallel()
	d := newDesk(t, t.TempDir())
	decideSome(t, d)
	b := startChromium(t, d, "supervisor-sue")
	b.open("/figures", 1440, "light")
	for _, scheme := range []string{"light", "dark"} {
		for _, width := range []int{1440, 390} {
			where := fmt.Sprintf("figures at %d, %s", width, scheme)
			b.turn(width, scheme)
			b.fits(where)
			if scheme == "light" {
				b.accessible(where)
			} else {
				b.legible(where)
			}
			if drawn := eval[bool](b, `[...document.querySelectorAll(".figure-bar rect")].some(r => r.getBoundingClientRect().width > 20)`); !drawn {
				t.Errorf("%s: no bar is drawn", where)
			}
		}
	}
	b.complain("figures")
}
