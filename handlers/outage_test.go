package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"countersign/internal/postgrestest"
	"countersign/internal/yotisign/sandbox"
	"countersign/store"
)

// casePath leads to a recipient of the sandbox.
const casePath = "/recipients/" + somebody

// newPostgresDesk starts a desk with a database of PostgreSQL's.
func newPostgresDesk(t *testing.T, dir, dsn string) *desk {
	t.Helper()
	bare, password := postgrestest.SplitPassword(t, dsn)
	database, err := store.ParsePostgres(bare, store.PostgresOptions{Password: password})
	if err != nil {
		t.Fatal(err)
	}
	stand := sandbox.New(apiKey)
	d := newDeskOn(t, dir, database, stand)
	d.sandbox = stand
	return d
}

// mustGet and mustPost are for requests that get an answer of some kind.
func (b *browser) mustGet(t *testing.T, path string) (answer, *goquery.Document) {
	t.Helper()
	a, err := b.get(path)
	if err != nil {
		t.Fatal(err)
	}
	return a, a.mustParse(t)
}

func (b *browser) mustPost(t *testing.T, path string, fields url.Values) (answer, *goquery.Document) {
	t.Helper()
	a, err := b.post(path, fields)
	if err != nil {
		t.Fatal(err)
	}
	return a, a.mustParse(t)
}

func (a answer) mustParse(t *testing.T) *goquery.Document {
	t.Helper()
	doc, err := a.document()
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// wantNoDatabase looks at a page that says that there is no database at the moment.
func wantNoDatabase(t *testing.T, what string, a answer, doc *goquery.Document, code string) {
	t.Helper()
	if a.status != http.StatusServiceUnavailable || doc.Find("main").AttrOr("data-error", "") != code || !strings.Contains(a.body, "database cannot be used at the moment") {
		t.Errorf("%s: status %d, %q: %s", what, a.status, doc.Find("main").AttrOr("data-error", ""), doc.Find("main").Text())
	}
}

// sentAgain is what the form on an error page sends.
func sentAgain(doc *goquery.Document) (action string, fields url.Values) {
	form := doc.Find("form.kept")
	fields = url.Values{}
	form.Find("input[name]").Each(func(_ int, input *goquery.Selection) {
		fields.Add(input.AttrOr("name", ""), input.AttrOr("value", ""))
	})
	form.Find("textarea").Each(func(_ int, text *goquery.Selection) {
		fields.Add(text.AttrOr("name", ""), strings.TrimPrefix(text.Text(), "\n"))
	})
	return form.AttrOr("action", ""), fields
}

// While the server of the database is stopped, pages say so, and a form comes back as it was
// sent, without anything else. When it is there again the form can be sent as it stands there,
// and is recorded once.
func TestDatabaseIsStopped(t *testing.T) {
	t.Parallel()
	server := postgrestest.Start(t)
	d := newPostgresDesk(t, t.TempDir(), server.URL())
	ann := d.signedIn("ann")
	_, page := ann.mustGet(t, casePath)
	snapshot := snapshotOf(page)
	const note, why = "A note, long thought about.", "A decision, long thought about."
	forms := []struct {
		path   string
		fields url.Values
	}{
		{casePath + "/notes", url.Values{"snapshot": {snapshot}, "key": {"k1"}, "note": {note}}},
		{casePath + "/decisions", url.Values{"snapshot": {snapshot}, "key": {"k2"}, "verdict": {"reject"}, "reason": {"fraud"}, "note": {why}}},
	}
	server.Stop()

	for _, path := range []string{"/", "/queue", casePath, "/login"} {
		a, doc := ann.mustGet(t, path)
		wantNoDatabase(t, path, a, doc, "no-database")
	}
	if a, err := ann.get("/healthz"); err != nil || a.status != http.StatusOK {
		t.Errorf("healthz: status %d, error %v", a.status, err)
	}
	wantReady(t, d, http.StatusServiceUnavailable, "not ready: unreachable\n")
	var again []url.Values
	for _, form := range forms {
		a, doc := ann.mustPost(t, form.path, form.fields)
		wantNoDatabase(t, form.path, a, doc, "not-recorded")
		action, fields := sentAgain(doc)
		for name := range form.fields {
			if fields.Get(name) != form.fields.Get(name) {
				t.Errorf("%s: %s comes back as %q", form.path, name, fields.Get(name))
			}
		}
		if named := strings.Contains(a.body, ">ann<"); action != form.path || named {
			t.Errorf("%s: the form leads to %q, and somebody is named: %t", form.path, action, named)
		}
		again = append(again, fields)
	}
	a, doc := ann.mustPost(t, casePath+"/draft", url.Values{"key": {"k3"}, "note": {"A draft."}})
	wantNoDatabase(t, "a draft", a, doc, "not-recorded")
	if text := doc.Find("textarea").Text(); text != "A draft." {
		t.Errorf("the draft comes back as %q", text)
	}
	a, doc = d.browser().mustPost(t, "/login", url.Values{"username": {"ann"}, "password": {password}})
	wantNoDatabase(t, "sign in", a, doc, "not-recorded")
	if strings.Contains(a.body, password) {
		t.Error("the password comes back")
	}

	server.Restart()
	wantReady(t, d, http.StatusOK, "ready\n")
	for i, form := range forms {
		for range 2 {
			if a, _ := ann.mustPost(t, form.path, again[i]); a.status != http.StatusSeeOther {
				t.Errorf("%s, sent again: status %d", form.path, a.status)
			}
		}
	}
	_, page = ann.mustGet(t, casePath)
	if n := page.Find("[data-decision]").Length(); n != 1 || strings.Count(page.Text(), note) != 1 || strings.Count(page.Text(), why) != 1 {
		t.Errorf("%d decisions; the note stands there %d times, the reason %d times", n, strings.Count(page.Text(), note), strings.Count(page.Text(), why))
	}
	if d.store.Halted() {
		t.Error(d.store.WhyNotRecording())
	}
}

// A standby shows nothing that is about a person, since that could not be logged, and takes
// nothing. After its promotion all goes on.
func TestDatabaseIsAStandby(t *testing.T) {
	t.Parallel()
	server := postgrestest.Start(t)
	d := newPostgresDesk(t, t.TempDir(), server.URL())
	ann := d.signedIn("ann")
	_, page := ann.mustGet(t, casePath)
	note := url.Values{"snapshot": {snapshotOf(page)}, "key": {"k1"}, "note": {"Written to a standby."}}
	server.MakeStandby()
	a, doc := ann.mustGet(t, casePath)
	wantNoDatabase(t, "a page", a, doc, "no-database")
	a, doc = ann.mustPost(t, casePath+"/notes", note)
	wantNoDatabase(t, "a note", a, doc, "not-recorded")
	if _, fields := sentAgain(doc); fields.Get("note") != note.Get("note") || fields.Get("key") != "k1" {
		t.Errorf("the note comes back as %v", fields)
	}
	wantReady(t, d, http.StatusServiceUnavailable, "not ready: standby\n")
	if !strings.Contains(a.body, "stopped-banner") {
		t.Error("the page does not say in its banner that nothing is recorded")
	}
	server.Promote()
	for range 2 {
		if a, _ := ann.mustPost(t, casePath+"/notes", note); a.status != http.StatusSeeOther {
			t.Errorf("after the promotion: status %d", a.status)
		}
	}
	if _, page := ann.mustGet(t, casePath); strings.Count(page.Text(), note.Get("note")) != 1 {
		t.Errorf("the note stands there %d times", strings.Count(page.Text(), note.Get("note")))
	}
}

// Whoever sends a decision whose answer is lost on the way from the database is told that it is
// recorded, and it is, once. Where that cannot be found out, they are told so.
func TestAnswerToACommitIsLost(t *testing.T) {
	t.Parallel()
	server := postgrestest.Start(t)
	proxy := server.Proxy(server.URL())
	d := newPostgresDesk(t, t.TempDir(), proxy.URL())
	ann := d.signedIn("ann")
	_, page := ann.mustGet(t, casePath)
	snapshot := snapshotOf(page)
	form := func(text string) url.Values {
		return url.Values{"snapshot": {snapshot}, "key": {text}, "note": {text}}
	}
	for text, cut := range map[string]func() <-chan struct{}{"lost on the way there": proxy.LoseCommit, "lost on the way back": proxy.LoseAnswer} {
		done := cut()
		a, _ := ann.mustPost(t, casePath+"/notes", form(text))
		<-done
		if a.status != http.StatusSeeOther {
			t.Errorf("%s: status %d", text, a.status)
		}
		wantWrittenOnce(t, ann, text)
	}

	const text = "lost, and nobody to ask"
	proxy.Shut(true)
	done := proxy.LoseAnswer()
	a, doc := ann.mustPost(t, casePath+"/notes", form(text))
	<-done
	if code := doc.Find("main").AttrOr("data-error", ""); a.status != http.StatusInternalServerError || code != "outcome-unknown" {
		t.Errorf("%s: status %d, %q: %s", text, a.status, code, doc.Find("main").Text())
	}
	action, again := sentAgain(doc)
	if action != casePath+"/notes" || again.Get("note") != text || again.Get("key") != text {
		t.Errorf("what comes back is sent to %q: %v", action, again)
	}
	proxy.Shut(false)
	if a, _ := ann.mustPost(t, action, again); a.status != http.StatusSeeOther {
		t.Errorf("%s, sent again: status %d", text, a.status)
	}
	wantWrittenOnce(t, ann, text)
}

// wantWrittenOnce looks at the page of the case for a text.
func wantWrittenOnce(t *testing.T, b *browser, text string) {
	t.Helper()
	if _, page := b.mustGet(t, casePath); strings.Count(page.Text(), text) != 1 {
		t.Errorf("%q stands there %d times", text, strings.Count(page.Text(), text))
	}
}
