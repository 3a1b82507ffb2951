package handlers_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

const (
	withHits   = "00000000-0000-4000-8000-000000000006"
	hitsPage   = "/recipients/" + withHits + "/evidence/check-1"
	currentHit = `document.querySelector("tr[aria-current]")`
)

// A reviewer goes through hits without a mouse: the first three one by one, then all that a
// rule selects; and goes on where they were, told what is left.
func TestHitsByKeyboard(t *testing.T) {
	needsChromium(t)
	t.Parallel()
	d := newDesk(t, t.TempDir())
	b := startChromium(t, d, "ann")
	b.open(hitsPage, 1440, "light")
	names := eval[[]string](b, `[...document.querySelectorAll("tr.hit")].map(row => row.dataset.hit)`)
	press := func(keys ...string) {
		t.Helper()
		for _, key := range keys {
			b.do(chromedp.KeyEvent(key))
		}
	}
	is := func(what, expression, want string) {
		t.Helper()
		if got := fmt.Sprint(eval[any](b, expression)); got != want {
			t.Errorf("%s: %q, want %q", what, got, want)
		}
	}
	const focused = `document.activeElement.dataset.hit ?? document.activeElement.name`
	const selected = `document.querySelector("[data-selected]").value`
	press("j")
	is("the first step", focused, names[0])
	press("j", "k", "k", "j", "j")
	is("back and forth", focused, names[2])
	is("beside the table", `document.querySelector(".hit-details h3").textContent`, eval[string](b, currentHit+`.querySelector("th a").textContent`))
	b.do(chromedp.Click("[data-open-hit]"))
	until(b, `document.querySelector("[data-hit-details]")?.dataset.hitDetails === `+currentHit+`.querySelector("input").value`)
	press("k", "k", "x", "j", "x", "x", "j", "x")
	is("first and third", selected, "2 selected")
	press(" ")
	until(b, `document.querySelector("[data-hit-details]")?.dataset.hitDetails === `+currentHit+`.querySelector("input").value`)
	is("the focus stays in the table", focused, names[2])

	// A rationale is needed, and can be edited before it is recorded.
	press("f")
	is("asked for next", focused, "rationale")
	b.do(chromedp.SetValue("[name=rationale]", "name-only"))
	eval[chromedp.Void](b, `document.querySelector("[name=rationale]").dispatchEvent(new Event("change", {bubbles: true}))`)
	b.do(chromedp.SendKeys("textarea[name=note]", " Seen twice."))
	is("the template is let go of once it was edited", `document.querySelector("[name=rationale]").value`, "")
	eval[chromedp.Void](b, `document.activeElement.blur()`)
	b.follow(chromedp.KeyEvent(kb.Enter, chromedp.KeyModifiers(chromedp.ModifierCtrl)))
	b.do(chromedp.WaitVisible("[data-recorded]"))
	is("told", `document.querySelector("[data-recorded]").textContent.trim()`, "2 recorded, 128 left")
	is("the next that is left", focused, names[3])
	is("not said again later", `location.search.includes("recorded")`, "false")

	// Nothing is needed for an inconclusive hit; without a selection it is the current one.
	// Far down the page stays where it is.
	eval[chromedp.Void](b, `document.querySelectorAll("tr.hit")[60].scrollIntoView({block: "center", behavior: "instant"}); document.querySelectorAll("tr.hit")[60].click()`)
	press("i")
	is("the current hit", selected, "1 selected")
	y := eval[float64](b, `scrollY`)
	b.follow(chromedp.KeyEvent(kb.Enter, chromedp.KeyModifiers(chromedp.ModifierCtrl)))
	b.do(chromedp.WaitVisible("[data-recorded]"))
	is("told", `document.querySelector("[data-recorded]").textContent.trim()`, "1 recorded, 128 left")
	is("the next that is left", focused, names[61])
	if now := eval[float64](b, `scrollY`); y < 1000 || now < y-50 || now > y+50 {
		t.Errorf("the page was at %v and is at %v", y, now)
	}

	b.do(chromedp.Focus("[data-rule=other-year]"), chromedp.KeyEvent(kb.Enter))
	n := eval[int](b, `document.querySelectorAll("[name=hit]:checked").length`)
	if all := eval[int](b, `document.querySelectorAll("tr.hit[data-birth=differs]").length`); n == 0 || n != all-1 { // one was just reviewed
		t.Errorf("the rule selects %d of %d", n, all)
	}
	is("counted", selected, fmt.Sprint(n, " selected"))
	is("the rule gives the rationale", `document.querySelector("[name=rationale]").value`, "other-year")
	b.do(chromedp.Focus("[data-rule=other-year]"))
	press("f")
	b.follow(chromedp.KeyEvent(kb.Enter, chromedp.KeyModifiers(chromedp.ModifierCtrl)))
	b.do(chromedp.WaitVisible("[data-recorded]"))
	is("told", `document.querySelector("[data-recorded]").textContent.trim()`, fmt.Sprintf("%d recorded, %d left", n, 128-n))
	is("and seen above", `document.querySelector(".hits-head [data-hits-reviewed]").textContent.trim()`, fmt.Sprintf("%d of 130 reviewed", n+2))
	b.complain("hits by keyboard")
}

// The table is short, and everybody can use it.
func TestHitsTable(t *testing.T) {
	needsChromium(t)
	t.Parallel()
	d := newDesk(t, t.TempDir())
	b := startChromium(t, d, "ann")
	for width, scheme := range map[int]string{1440: "light", 390: "dark", 320: "light"} {
		where := fmt.Sprintf("hits at %d px", width)
		b.open(hitsPage+"?select=other-year", width, scheme)
		b.fits(where)
		if width == 1440 {
			if rows, height := eval[int](b, `document.querySelectorAll("tr.hit").length`), eval[int](b, `document.documentElement.scrollHeight`); rows != 130 || height > 6500 {
				t.Errorf("%d hits on %d px, want 130 on at most 6500", rows, height)
			}
			if highest := eval[float64](b, `Math.max(...[...document.querySelectorAll("tr.hit")].map(row => row.getBoundingClientRect().height))`); highest > 46 {
				t.Errorf("a row is %v px high", highest)
			}
		}
		b.do(chromedp.Focus("tr.hit th a"), chromedp.KeyEvent(kb.Enter))
		until(b, `document.querySelector(".hit-details-body[data-hit-details]") !== null && !document.querySelector(".load-status")`)
		if over := eval[bool](b, `document.querySelector(".hit-details").hasAttribute("data-open")`); over != (width < 1360) {
			t.Errorf("%s: the details lie over the page: %v", where, over)
		}
		b.fits(where + ", with details")
		if width != 320 {
			b.accessible(where)
		}
		b.do(chromedp.KeyEvent(kb.Escape))
		if !eval[bool](b, `document.activeElement.matches("tr.hit, tr.hit a") && !document.querySelector("[data-open]")`) {
			t.Errorf("%s: Escape does not lead back to the hit", where)
		}
		b.complain(where)
	}
}

// Without script the same is done by links and the form.
func TestHitsWithoutScript(t *testing.T) {
	needsChromium(t)
	t.Parallel()
	d := newDesk(t, t.TempDir())
	b := startChromium(t, d, "ann")
	call(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	b.open(hitsPage, 1440, "light")
	b.follow(chromedp.Focus("tr.hit:nth-child(3) th a"), chromedp.KeyEvent(kb.Enter))
	b.do(chromedp.WaitVisible("tr.hit:nth-child(3)[aria-current]"), chromedp.WaitVisible(".hit-details [data-hit-details]"))
	b.follow(chromedp.Focus("[data-rule=no-birth-date]"), chromedp.KeyEvent(kb.Enter))
	b.do(chromedp.WaitVisible("[name=hit][checked]"), chromedp.Focus("[name=disposition][value=undecided]"), chromedp.KeyEvent(" "))
	b.follow(chromedp.Focus(".hit-bar [type=submit]"), chromedp.KeyEvent(kb.Enter))
	b.do(chromedp.WaitVisible("[data-recorded]"), chromedp.WaitVisible("[data-disposition=undecided]"))
	b.complain("hits without script")
}

// manyHits stands for a Yoti whose search found n entries for everybody.
type manyHits int

const rawResults = "9ec77ec6-8913-4377-98ca-50ee001085ca"

func (n manyHits) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	if !strings.HasSuffix(r.URL.Path, rawResults) {
		_, _ = fmt.Fprintf(w, `{"state": "COMPLETED", "checks": [{"id": "c", "type": "WATCHLIST_SCREENING", "state": "DONE", "report": {"recommendation": {"value": "CONSIDER"},
			"watchlist_summary": {"total_hits": %d, "raw_results": {"media": {"id": %q, "type": "JSON"}}}, "breakdown": [{"sub_check": "pep", "result": "FAIL"}]}}]}`, n, rawResults)
		return
	}
	const hit = `{"score": 1.5, "match_types": ["name_fuzzy"], "doc": {"id": "E#", "name": "Person #", "entity_type": "person", "types": ["pep", "pep-class-2"], "sources": ["s"],
		"aka": [{"name": "P. #"}, {"name": "Q. #"}], "fields": [{"name": "Date of Birth", "tag": "date_of_birth", "source": "s", "value": "1951"}],
		"source_notes": {"s": {"name": "A list", "aml_types": ["pep"], "country_codes": ["GB"], "listing_started_utc": "2019-03-01T00:00:00Z"}}}}`
	output := `{"content": {"data": {"search_term": "Some Body", "filters": {"birth_year": "1984"}, "hits": ` + list(int(n), hit) + `}}}`
	body, err := json.Marshal([]map[string]string{{"provider": "Made-up Lists", "raw_output": output}})
	if err != nil {
		panic(err) // text alone
	}
	_, _ = w.Write(body)
}

// A thousand hits are on one page, and get their disposition with one form.
func TestAThousandHits(t *testing.T) {
	t.Parallel()
	d := newDeskBefore(t, t.TempDir(), manyHits(1000))
	ann := d.signedIn("ann")
	page := pageAt(t, ann, "/recipients/"+somebody+"/evidence/check-1?select=all")
	var ids []string
	for _, box := range page.Find("tr.hit input[name=hit][checked]").EachIter() {
		ids = append(ids, box.AttrOr("value", ""))
	}
	slices.Sort(ids)
	if len(slices.Compact(ids)) != 1000 || page.Find("output").Text() != "1000 selected" {
		t.Fatalf("%d hits are selected, and %q", len(ids), page.Find("output").Text())
	}
	if signer := squeeze(page.Find("[data-signer]").Text()); !strings.Contains(signer, "Some Body") || !strings.Contains(signer, "1984") {
		t.Errorf("the signer is %s", signer)
	}
	a, err := ann.post(page.Find(".judge-form").AttrOr("action", ""), url.Values{
		"key": {page.Find(".judge-form [name=key]").AttrOr("value", "")}, "hit": ids, "disposition": {"false-positive"}, "rationale": {"other-year"},
	})
	if err != nil || a.status != http.StatusSeeOther {
		t.Fatalf("status %d, %v", a.status, err)
	}
	page = pageAt(t, ann, a.header.Get("Location"))
	if got := squeeze(page.Find("[data-recorded]").Text()); got != "1000 recorded, 0 left" {
		t.Errorf("told %q", got)
	}
}
