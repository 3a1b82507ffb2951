package handlers_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"countersign/internal/bundle"
	"countersign/internal/yotisign/sandbox"
	"countersign/internal/ziptest"
)

// madeBy is what the desk of these tests says that it is.
const madeBy = "countersign, under test"

// bundled opens a recipient, writes a note, decides and takes the bundle, with a picture
// when there is one; nil when there is no result.
func (b *browser) bundled(t *testing.T, id string) []byte {
	t.Helper()
	get := func(path string) answer {
		a, err := b.get(path)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	opened := get("/recipients/" + id)
	if opened.status != http.StatusOK {
		return nil
	}
	doc, err := opened.document()
	if err != nil {
		t.Fatal(err)
	}
	media := url.Values{}
	if picture, there := doc.Find(".gallery a[href*=media]").First().Attr("href"); there {
		if get(picture).status != http.StatusOK {
			picture = "" // Yoti has it no more
		}
		if _, name, ok := strings.Cut(picture, "/media/"); ok {
			name, _, _ = strings.Cut(name, "?")
			media.Add("media", name)
		}
	}
	snapshot, _ := doc.Find("main").Attr("data-snapshot")
	for path, fields := range map[string]url.Values{
		"/notes":     {"snapshot": {snapshot}, "key": {id + "n"}, "note": {"Seen: “Ærø” 王 \u202e\nsecond line"}},
		"/decisions": {"snapshot": {snapshot}, "key": {id + "d"}, "note": {"Enough."}, "verdict": {"approve"}, "reason": {"explained"}},
	} {
		if a, err := b.post("/recipients/"+id+path, fields); err != nil || a.status != http.StatusSeeOther {
			t.Fatalf("%s of %s: status %d, %v", path, id, a.status, err)
		}
	}
	taken, err := b.post("/recipients/"+id+"/bundle", media)
	if err != nil || taken.status != http.StatusOK {
		t.Fatalf("bundle of %s: status %d, %v", id, taken.status, err)
	}
	return []byte(taken.body)
}

// key is the public key of the desk's ledger.
func (d *desk) key(t *testing.T) string {
	t.Helper()
	health, err := d.store.Health(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return health.Public
}

// The bundle of everybody whom the stand-in knows verifies.
func TestBundleOfEverybody(t *testing.T) {
	t.Parallel()
	d := newDesk(t, t.TempDir())
	d.server.Desk.Program = madeBy
	b := d.signedIn("ann")
	checked := 0
	for _, p := range sandbox.People() {
		if p.Name == "Slow" {
			continue // its page waits for ten seconds
		}
		file := b.bundled(t, p.ID)
		if file == nil {
			continue
		}
		checked++
		for _, key := range []string{d.key(t), ""} {
			report, err := bundle.Check(file, key, madeBy)
			if err != nil {
				t.Errorf("%s: %v", p.Name, err)
				continue
			}
			if proved := strings.Join(report.Proved, "\n"); !strings.Contains(proved, `ann, reviewer, approved on`) || !strings.Contains(proved, "decision.pdf says what") {
				t.Errorf("%s: proved is only %q", p.Name, proved)
			}
			if own := strings.Contains(strings.Join(report.Unproved, "\n"), "Nobody but the bundle"); own != (key == "") {
				t.Errorf("%s, with key %q: %q", p.Name, key, report.Unproved)
			}
		}
	}
	if checked < 25 {
		t.Errorf("only %d bundles were checked", checked)
	}
}

// Bundles that are taken at the same time, while people write, are each of one moment.
func TestBundlesAtTheSameTime(t *testing.T) {
	t.Parallel()
	d := newDesk(t, t.TempDir())
	d.server.Desk.Program = madeBy
	b := d.signedIn("ann")
	id := "00000000-0000-4000-8000-000000000001"
	b.bundled(t, id)
	page, err := b.get("/recipients/" + id)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := page.document()
	if err != nil {
		t.Fatal(err)
	}
	snapshot, _ := doc.Find("main").Attr("data-snapshot")
	var taking sync.WaitGroup
	for i := range 8 {
		taking.Go(func() {
			a, err := b.post("/recipients/"+id+"/notes", url.Values{"snapshot": {snapshot}, "key": {fmt.Sprint(i)}, "note": {"Meanwhile."}})
			if err != nil || a.status != http.StatusSeeOther {
				t.Errorf("note: status %d, %v", a.status, err)
			}
		})
		taking.Go(func() {
			a, err := b.post("/recipients/"+id+"/bundle", nil)
			if err != nil || a.status != http.StatusOK {
				t.Errorf("bundle: status %d, %v", a.status, err)
			} else if _, err := bundle.Check([]byte(a.body), d.key(t), madeBy); err != nil {
				t.Error(err)
			}
		})
	}
	taking.Wait()
}

// A medium of which Yoti gives other bytes than before the decision could not be told
// from a forged one, so it does not go along, and nothing is on record as taken.
func TestBundleWithAMediumThatChanged(t *testing.T) {
	t.Parallel()
	var otherwise atomic.Bool
	stand := sandbox.New(apiKey)
	d := newDeskBefore(t, t.TempDir(), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		stand.ServeHTTP(w, r)
		if otherwise.Load() && strings.Contains(r.URL.Path, "/media/") {
			_, _ = w.Write([]byte("x"))
		}
	}))
	d.server.Desk.Program = madeBy
	b := d.signedIn("ann")
	id := "00000000-0000-4000-8000-000000000001"
	media := 0
	var medium string
	for name := range ziptest.Unpack(t, b.bundled(t, id)) {
		if file, ok := strings.CutPrefix(name, "media/"); ok {
			media++
			medium, _, _ = strings.Cut(file, ".")
		}
	}
	if media != 1 {
		t.Fatalf("%d media went along", media)
	}
	taken := func(media ...string) answer {
		t.Helper()
		a, err := b.post("/recipients/"+id+"/bundle", url.Values{"media": media})
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	if a := taken(medium, strings.ToUpper(medium)); a.status != http.StatusOK {
		t.Errorf("named twice: status %d", a.status)
	} else if report, err := bundle.Check([]byte(a.body), d.key(t), madeBy); err != nil {
		t.Errorf("named twice: %+v, error %v", report, err)
	}
	otherwise.Store(true)
	if a := taken(medium); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "no longer what was sent") {
		t.Errorf("changed: status %d", a.status)
	}
	last := taken()
	if n := bytes.Count(ziptest.Unpack(t, []byte(last.body))["entries.jsonl"], []byte(`act \"export\"`)); n != 3 {
		t.Errorf("%d bundles are on record as taken, want those three that were", n)
	}
}

// A bundle during which somebody decides anew is not handed out: it would not hold
// together. Nothing is on record as taken.
func TestBundleWhileSomebodyDecides(t *testing.T) {
	t.Parallel()
	const id = "00000000-0000-4000-8000-000000000020" // its result changes
	var meanwhile func()
	stand := sandbox.New(apiKey)
	d := newDeskBefore(t, t.TempDir(), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if meanwhile != nil && strings.Contains(r.URL.Path, "/media/") {
			meanwhile()
		}
		stand.ServeHTTP(w, r)
	}))
	d.server.Desk.Program = madeBy
	ann, bob := d.signedIn("ann"), d.signedIn("bob")
	decide := func(b *browser, key string) {
		t.Helper()
		page, err := b.get("/recipients/" + id)
		if err != nil {
			t.Fatal(err)
		}
		doc, err := page.document()
		if err != nil {
			t.Fatal(err)
		}
		form := url.Values{"snapshot": {snapshotOf(doc)}, "key": {key}, "verdict": {"reject"}, "reason": {"fraud"}, "note": {"A forgery."}}
		if a, err := b.post("/recipients/"+id+"/decisions", form); err != nil || a.status != http.StatusSeeOther {
			t.Errorf("decide: status %d, error %v", a.status, err)
		}
	}
	decide(ann, "first")
	choice, err := ann.get("/recipients/" + id + "/bundle?choose")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := choice.document()
	if err != nil {
		t.Fatal(err)
	}
	medium := doc.Find("input[name=media]").AttrOr("value", "")
	meanwhile = func() { meanwhile = nil; d.later(2 * time.Minute); decide(bob, "second") }
	if a, err := ann.post("/recipients/"+id+"/bundle", url.Values{"media": {medium}}); err != nil || a.status != http.StatusUnprocessableEntity {
		t.Errorf("meanwhile: status %d, error %v", a.status, err)
	}
	if meanwhile != nil {
		t.Fatal("nobody decided")
	}
	a, err := ann.post("/recipients/"+id+"/bundle", url.Values{"media": {medium}})
	if err != nil || a.status != http.StatusOK {
		t.Fatalf("again: status %d, error %v", a.status, err)
	}
	if _, err := bundle.Check([]byte(a.body), d.key(t), madeBy); err != nil {
		t.Errorf("again: %v", err)
	}
	if n := bytes.Count(ziptest.Unpack(t, []byte(a.body))["entries.jsonl"], []byte(`act \"export\"`)); n != 1 {
		t.Errorf("%d bundles are on record as taken, want the one that was", n)
	}
}

// A bundle says which times are not certain, and where one person could have been two.
func TestBundleThatIsNotCertain(t *testing.T) {
	t.Parallel()
	d := newDesk(t, t.TempDir())
	d.server.Desk.Program = madeBy
	const id = "00000000-0000-4000-8000-000000000004"
	ann, sue := d.signedIn("ann"), d.signedIn("supervisor-sue") // both made by the operator, today
	opened, err := ann.get("/recipients/" + id)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := opened.document()
	if err != nil {
		t.Fatal(err)
	}
	snapshot, _ := doc.Find("main").Attr("data-snapshot")
	send := func(b *browser, path string, fields url.Values) {
		t.Helper()
		fields.Set("snapshot", snapshot)
		a, err := b.post("/recipients/"+id+path, fields)
		if err != nil || a.status != http.StatusSeeOther {
			t.Fatalf("%s: status %d, %v", path, a.status, err)
		}
	}
	send(ann, "/decisions", url.Values{"key": {"d"}, "note": {"It is."}, "verdict": {"approve"}, "reason": {"explained"}, "seen": {"0"}})
	d.later(20 * time.Minute)
	send(ann, "/notes", url.Values{"key": {"n"}, "note": {"Twenty minutes ahead."}})
	d.later(-20 * time.Minute)
	seq := strings.Split(decisionsOf(t, sue, id), " ")[0]
	send(sue, "/decisions/"+seq+"/second", url.Values{"key": {"s"}, "agree": {"yes"}})
	taken, err := sue.post("/recipients/"+id+"/bundle", nil)
	if err != nil || taken.status != http.StatusOK {
		t.Fatalf("status %d, %v", taken.status, err)
	}
	report, err := bundle.Check([]byte(taken.body), d.key(t), madeBy)
	if err != nil {
		t.Fatal(err)
	}
	unproved := strings.Join(report.Unproved, "\n")
	for _, want := range []string{
		"is not certain: The clock stood 20 minutes behind the entry before.",
		"its second review is not certain: within the day before: The operator created the account of ann (entry ",
		"The operator created the account of supervisor-sue (entry ",
	} {
		if !strings.Contains(unproved, want) {
			t.Errorf("no %q in:\n%s", want, unproved)
		}
	}
	if !strings.Contains(strings.Join(report.Proved, "\n"), "decision.pdf says what the other files say.") {
		t.Errorf("the PDF was not compared: %s", report.Proved)
	}
}

// decisionsOf lists the decisions on the page of a recipient.
func decisionsOf(t *testing.T, b *browser, id string) string {
	t.Helper()
	a, err := b.get("/recipients/" + id)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := a.document()
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, e := range doc.Find("[data-decision]").EachIter() {
		list = append(list, e.AttrOr("data-decision", ""))
	}
	return strings.Join(list, " ")
}
