package handlers_test

import (
	"encoding/csv"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"countersign/internal/idv"
	"countersign/internal/review"
	"countersign/internal/yotisign/sandbox"
)

// morningEnvelopes hold every bucket, results that change, and some that are never final.
const (
	morningEnvelopes = 40
	morningSeed      = 117
)

// casesWithPictures is how many cases a browser shows as they are. It spares those after them
// their pictures, which take longer than all else, so that forty can be played.
const casesWithPictures = 2

// morning is what came in, and what people then did about it.
type morning struct {
	d       *desk
	arrived int
	waiting int                    // of those who arrived, whose result is never final
	decided map[review.Verdict]int // as the keys were pressed
	opened  int                    // cases that opened by themselves after a decision
	lists   map[string]*browser    // in which people look at the lists beside Chromium, by name
	shown   map[*chromium]int      // how many cases a browser has shown
}

// Envelopes are signed; their events come twice and in any order; two reviewers work the
// queue by keyboard alone until nothing is left in it; a supervisor gives the second reviews
// and settles what was referred. Then the figures say what the ledger says.
func TestMorningInChromium(t *testing.T) {
	needsChromium(t)
	t.Parallel()
	m := &morning{d: newDesk(t, t.TempDir()), decided: map[review.Verdict]int{}, lists: map[string]*browser{}, shown: map[*chromium]int{}}
	m.sign(t)
	ann, bob := startChromium(t, m.d, "ann"), startChromium(t, m.d, "bob")
	take := m.takeSome // at first by their lines, then one by one, which is quicker
	for m.lines(t, "ann", review.TabUnassigned) > 0 {
		first := take(ann)
		second := m.takeNext(bob)
		if !first && !second {
			t.Fatal("nobody can take what nobody has")
		}
		if first {
			m.decideAll(ann)
		}
		if second {
			m.decideAll(bob)
		}
		take = m.takeNext
		m.d.later(time.Minute)
		m.d.workOff()
	}
	sue := startChromium(t, m.d, "supervisor-sue")
	m.confirmAll(sue)
	m.settleReferred(sue)

	m.isDone(t)
	m.agrees(t, sue)
	auditor, admin := startChromium(t, m.d, "auditor"), startChromium(t, m.d, "admin")
	for _, visit := range []struct {
		b            *chromium
		path, scheme string
	}{
		{ann, "/queue", "light"}, {sue, "/queue?tab=decided", "dark"}, {sue, "/figures", "light"}, {auditor, "/queue", "light"}, {admin, "/hooks", "dark"},
	} {
		visit.b.open(visit.path, 1440, visit.scheme)
		if at := visit.b.at(); !strings.HasPrefix(visit.path, at) {
			t.Errorf("%s led to %s", visit.path, at)
		}
		visit.b.accessible(visit.path)
		visit.b.complain(visit.path)
	}
	if m.opened == 0 {
		t.Error("after no decision the next case opened by itself")
	}
	t.Logf("%d recipients: %v, %d opened by themselves", m.arrived, m.decided, m.opened)
}

// sign has envelopes signed, sends their events, and fetches what they name.
func (m *morning) sign(t *testing.T) {
	t.Helper()
	var events []sandbox.Event
	for _, e := range m.d.sandbox.SignEnvelopes(morningEnvelopes, morningSeed) {
		events = append(events, sandbox.EventsOf(e)...)
		for _, r := range e.Recipients {
			m.arrived++
			if r.Person == "Camera failed" || r.Person == "Checks pending" {
				m.waiting++
			}
		}
	}
	notifier := &sandbox.Notifier{URL: m.d.web.URL + "/hooks/yoti/" + hookSecret, Twice: true, Order: sandbox.Shuffled(morningSeed)}
	if accepted, err := notifier.Send(t.Context(), events...); err != nil || accepted != 2*len(events) {
		t.Fatalf("%d of %d calls were accepted, error %v", accepted, 2*len(events), err)
	}
	m.d.workOff()
	if got := m.lines(t, "auditor", review.TabAll); got != m.arrived {
		t.Fatalf("there are %d cases, want %d", got, m.arrived)
	}
}

// lines is how many cases the pages of a tab list for somebody.
func (m *morning) lines(t *testing.T, name string, tab review.Tab) int {
	t.Helper()
	if m.lists[name] == nil {
		m.lists[name] = m.d.signedIn(name)
	}
	n := 0
	for path := "/queue?tab=" + string(tab); path != ""; {
		page := m.d.queuePage(t, m.lists[name], path)
		n += len(page.lines)
		path = page.next
	}
	return n
}

// queueLines is how many lines the page of the queue has.
const queueLines = `document.querySelectorAll("tr.queue-line").length`

// focusSet is true when the focus is where the page wants it.
const focusSet = `(wanted => !wanted || document.activeElement === wanted)(document.querySelector("[data-focus]"))`

// takeSome takes the first cases that nobody has by their lines, and opens the first of them.
func (m *morning) takeSome(b *chromium) bool {
	b.t.Helper()
	const handful = 3
	b.open("/queue?tab=unassigned", 1440, "light")
	for range min(handful, eval[int](b, queueLines)) {
		b.do(chromedp.KeyEvent("j"))
		b.follow(chromedp.KeyEvent("t"))
	}
	b.open("/queue", 1440, "light")
	return m.openFirst(b)
}

// openFirst opens the case of the first line; false where there is none.
func (m *morning) openFirst(b *chromium) bool {
	b.t.Helper()
	if eval[int](b, queueLines) == 0 {
		return false
	}
	b.do(chromedp.KeyEvent("j"))
	b.follow(chromedp.KeyEvent(kb.Enter))
	return true
}

// takeNext takes the first case that nobody has, which opens; false where there is none.
func (m *morning) takeNext(b *chromium) bool {
	b.t.Helper()
	b.open("/queue", 1440, "light")
	b.follow(chromedp.KeyEvent("n"))
	return b.at() != "/queue"
}

// decideAll decides on the case that is open, and on those that open after it.
func (m *morning) decideAll(b *chromium) {
	b.t.Helper()
	for m.decide(b) {
	}
}

// arrive waits until the case that has opened can be worked on.
func (m *morning) arrive(b *chromium) {
	b.t.Helper()
	m.d.later(20 * time.Second) // nobody's session ends for being idle
	until(b, headThere+` && `+focusSet)
	if m.shown[b]++; m.shown[b] == casesWithPictures {
		b.withoutThumbnails()
	}
}

// decide decides by keyboard on the case that is open, and reports whether another one
// opened after that.
func (m *morning) decide(b *chromium) bool {
	b.t.Helper()
	m.arrive(b)
	verdict := m.verdict(b)
	b.do(chromedp.KeyEvent(map[review.Verdict]string{review.Approve: "a", review.Reject: "r", review.Refer: "f"}[verdict]))
	if strings.HasPrefix(b.focus(), "reason-") {
		b.do(chromedp.KeyEvent("1"), chromedp.KeyEvent(kb.Enter))
	}
	if b.focus() == "note" {
		b.do(chromedp.KeyEvent("Seen."))
	}
	m.decided[verdict]++
	return m.record(b, func() { b.recordByKey() })
}

// verdict is what the case that is open gets. A reviewer refers what is clear with notes.
func (m *morning) verdict(b *chromium) review.Verdict {
	b.t.Helper()
	page := eval[struct {
		Bucket   idv.Bucket `json:"bucket"`
		Referred bool       `json:"referred"`
	}](b, `({bucket: document.querySelector("main").dataset.assessment, referred: document.querySelector("[data-decision][data-verdict=refer]") !== null})`)
	switch page.Bucket {
	case idv.Clear:
		return review.Approve
	case idv.ClearWithNotes:
		if !page.Referred {
			return review.Refer
		}
		return review.Approve
	}
	return review.Reject
}

// record does what puts something on record about the case that is open, and reports whether
// the next case opened. Each page says what was recorded.
func (m *morning) record(b *chromium, send func()) bool {
	b.t.Helper()
	before := b.at()
	send()
	if eval[bool](b, `document.querySelector("[data-step-up]") !== null`) { // five minutes of the morning have passed
		b.do(chromedp.SendKeys("#proof-password", password))
		b.follow(chromedp.KeyEvent(kb.Enter))
	}
	b.complain(before)
	id := strings.TrimPrefix(before, "/recipients/")
	after := eval[struct {
		At       string `json:"at"`
		Recorded bool   `json:"recorded"`
		Done     string `json:"done"`
	}](b, `({at: location.pathname, recorded: document.querySelector("[data-recorded]") !== null, done: document.querySelector("[data-done]")?.dataset.done ?? ""})`)
	if after.At == before {
		if !after.Recorded {
			b.t.Fatalf("%s: nothing was recorded: %s", before, eval[string](b, `document.querySelector("#decision-problem, .field-problem")?.textContent ?? ""`))
		}
		return false
	}
	if after.Done != id {
		b.t.Fatalf("after %s the page at %s says that %q is done", before, after.At, after.Done)
	}
	m.opened++
	return true
}

// confirmAll gives every second review that is asked for.
func (m *morning) confirmAll(b *chromium) {
	b.t.Helper()
	b.open("/queue?tab=second", 1440, "light")
	if !m.openFirst(b) {
		b.t.Fatal("no decision awaits a second review")
	}
	for m.record(b, func() { m.confirm(b) }) {
	}
}

// confirm goes to the button that confirms, in the first cases by the Tab key, and presses it.
func (m *morning) confirm(b *chromium) {
	b.t.Helper()
	const most = 120
	m.arrive(b)
	if m.shown[b] > casesWithPictures { // it is the same way in each
		eval[chromedp.Void](b, `document.querySelector(".second-form [name=agree][value=yes]").focus()`)
	}
	var stops []string
	for range most {
		stop := eval[string](b, `document.activeElement.matches(".second-form [name=agree][value=yes]") ? "confirm" : document.activeElement.getAttribute("href") ?? ""`)
		stops = append(stops, stop)
		switch stop {
		case "confirm":
			b.follow(chromedp.KeyEvent(kb.Enter))
			return
		case "#decisions":
			b.do(chromedp.KeyEvent(kb.Enter))
		}
		b.do(chromedp.KeyEvent(kb.Tab))
	}
	b.t.Fatalf("%s: the second review is not among the first stops, which are %q", b.at(), stops)
}

// settleReferred decides on what was referred to supervisors.
func (m *morning) settleReferred(b *chromium) {
	b.t.Helper()
	b.open("/queue?tab=referred", 1440, "light")
	if !m.openFirst(b) {
		b.t.Fatal("no case was referred")
	}
	m.decideAll(b)
}

// isDone checks that the tabs hold nothing that is left to be done, and that nothing was lost.
func (m *morning) isDone(t *testing.T) {
	t.Helper()
	for _, name := range []string{"ann", "bob", "supervisor-sue"} {
		for _, tab := range review.Tabs() {
			want := map[review.Tab]int{review.TabWaiting: m.waiting, review.TabDecided: m.arrived - m.waiting, review.TabAll: m.arrived}[tab]
			if got := m.lines(t, name, tab); got != want {
				t.Errorf("for %s the tab %q has %d cases, want %d", name, tab.Label(), got, want)
			}
		}
	}
}

// agrees checks that the figures, on their page and in the file, say what is in the ledger,
// and that the ledger has what people did.
func (m *morning) agrees(t *testing.T, b *chromium) {
	t.Helper()
	want := m.onLedger(t)
	for verdict, column := range map[review.Verdict]string{review.Approve: "approved", review.Reject: "rejected", review.Refer: "referred"} {
		if want[column] != m.decided[verdict] || want[column] == 0 {
			t.Errorf("the ledger has %d decisions %s, and the keys were pressed for %d", want[column], column, m.decided[verdict])
		}
	}
	if want["second_reviews_asked"] != want["confirmed"] || want["confirmed"] == 0 {
		t.Errorf("%d second reviews were asked for and %d confirm", want["second_reviews_asked"], want["confirmed"])
	}
	if got := m.inFile(t); !maps.Equal(got, want) {
		t.Errorf("the file of figures has %v, the ledger %v", got, want)
	}
	b.open("/figures", 1440, "light")
	cells := eval[[]string](b, `[...document.querySelector('[data-figures=decisions-by-day] [data-figure="All days"]').querySelectorAll("td")].map(e => e.textContent.trim()).filter(s => s !== "")`)
	shown := fmt.Sprint([]int{m.arrived - m.waiting, want["approved"], want["rejected"], want["referred"]}) // the first are those that were opened
	if fmt.Sprint(cells) != shown {
		t.Errorf("the page of figures shows %v, want %s", cells, shown)
	}
}

// onLedger counts acts on decisions, by the columns of the file of figures.
func (m *morning) onLedger(t *testing.T) map[string]int {
	t.Helper()
	list, err := m.d.store.Ledger(t.Context(), review.LedgerQuery{Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	counts := map[string]int{"approved": 0, "rejected": 0, "referred": 0, "second_reviews_asked": 0, "confirmed": 0, "not_confirmed": 0, "withdrawn": 0}
	for _, e := range list {
		facts, err := review.ParseFacts(e.Entry)
		if err != nil {
			t.Fatal(err)
		}
		switch e.Act {
		case review.ActDecision:
			counts[strings.ToLower(facts.Verdict.Done())]++
			if facts.Second == review.Awaited {
				counts["second_reviews_asked"]++
			}
		case review.ActAgreed:
			counts["confirmed"]++
		case review.ActDisagreed:
			counts["not_confirmed"]++
		case review.ActWithdrawn:
			counts["withdrawn"]++
		}
	}
	return counts
}

// inFile adds up the rows of the file of figures.
func (m *morning) inFile(t *testing.T) map[string]int {
	t.Helper()
	a, err := m.d.signedIn("auditor").post("/figures.csv", url.Values{})
	if err != nil || a.status != http.StatusOK {
		t.Fatalf("the file of figures: status %d, error %v", a.status, err)
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(a.body, "\ufeff"))).ReadAll()
	if err != nil || len(rows) < 2 {
		t.Fatalf("the file of figures has %d rows, error %v", len(rows), err)
	}
	sums := map[string]int{}
	for _, name := range []string{"approved", "rejected", "referred", "second_reviews_asked", "confirmed", "not_confirmed", "withdrawn"} {
		column := slices.Index(rows[0], name)
		for _, row := range rows[1:] {
			n, err := strconv.Atoi(row[column])
			if err != nil {
				t.Fatal(err)
			}
			sums[name] += n
		}
	}
	return sums
}
