package handlers_test

import (
	"net/url"
	"strings"
	"testing"

	"countersign/internal/idv"
)

// No page has a sign that deceives the eye, whoever sent it: Yoti, or somebody in an
// address or a form.
func TestPagesHideNothing(t *testing.T) {
	t.Parallel()
	d := newDesk(t, t.TempDir())
	const evil = "\x00\x1b[2J\u009b\u202eEVORPPA\u202c\u2066\u200b\u2060\ufeff\u00ad\U000e0041"
	const hostile = "/recipients/00000000-0000-4000-8000-00000000bad6"
	typed := url.QueryEscape(evil)
	pages := map[string][]string{
		"ann": {
			hostile, hostile + "/evidence/id_documents-1", hostile + "/evidence/id_documents-2", hostile + "/evidence/supplementary_documents-1",
			hostile + "/evidence/check-1", hostile + "/evidence/" + typed, hostile + "/media/" + typed, hostile + "/snapshots/" + typed, hostile + "/diff/" + typed,
			hostile + "/decisions/" + typed, "/recipients/" + typed, "/recipients?id=" + typed, "/" + typed, "/account?x=" + typed,
		},
		"auditor": {"/audit?person=" + typed, "/audit?recipient=" + typed, "/audit?act=" + typed, "/audit?from=" + typed, "/audit/access?act=" + typed, "/audit/security?person=" + typed},
		"admin":   {"/accounts", "/accounts/" + typed},
		"nobody":  {"/login?next=" + typed, "/password?token=" + typed, "/setup?token=" + typed},
	}
	check := func(name string, a answer, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		doc, err := a.document()
		if err != nil {
			t.Fatal(err)
		}
		doc.Find("textarea").SetText("")
		html, err := doc.Html()
		if err != nil {
			t.Fatal(err)
		}
		if i := strings.IndexFunc(html, idv.IsDeceptive); i >= 0 {
			t.Errorf("%s has %+q", name, html[max(0, i-60):min(len(html), i+60)])
		}
		if strings.Contains(a.body, "\x00") {
			t.Errorf("%s has a NUL", name)
		}
	}
	for name, paths := range pages {
		b := d.browser()
		if name != "nobody" {
			b = d.signedIn(name)
		}
		for _, path := range paths {
			a, err := b.get(path)
			check(path, a, err)
		}
	}
	a, err := d.signedIn("admin").post("/accounts", url.Values{"username": {evil}, "role": {evil}})
	check("a refused account", a, err)
	a, err = d.browser().post("/login", url.Values{"username": {evil}, "password": {evil}})
	check("a refused sign-in", a, err)
	a, err = d.signedIn("ann").get("/recipients?id=" + typed)
	if err != nil || !strings.Contains(a.body, "⟨U+202E⟩EVORPPA") {
		t.Errorf("what was typed is not shown, error %v", err)
	}
}

// What people write is kept as it is, and shown so that nobody is deceived by it.
func TestNoteWithHiddenSigns(t *testing.T) {
	t.Parallel()
	d := newDesk(t, t.TempDir())
	b := d.signedIn("ann")
	const path = "/recipients/00000000-0000-4000-8000-000000000001"
	const text = "Approved \u202eton\u202c, نمی\u200cخواهم, 👩\u200d⚕"
	a, err := b.get(path)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := a.document()
	if err != nil {
		t.Fatal(err)
	}
	snapshot := snapshotOf(doc)
	if a, err = b.post(path+"/draft", url.Values{"snapshot": {snapshot}, "key": {"k1"}, "note": {text}}); err != nil || a.status >= 400 {
		t.Fatalf("status %d, error %v", a.status, err)
	}
	if a, err = b.get(path); err != nil || !strings.Contains(a.body, text) {
		t.Errorf("the draft is not there as it was typed, error %v", err)
	}
	if _, err = b.post(path+"/notes", url.Values{"snapshot": {snapshot}, "key": {"k2"}, "note": {text}}); err != nil {
		t.Fatal(err)
	}
	const shown = "Approved ⟨U+202E⟩ton⟨U+202C⟩, نمی\u200cخواهم, 👩\u200d⚕"
	if a, err = b.get(path); err != nil || !strings.Contains(a.body, shown) {
		t.Errorf("the note is not shown with its signs, error %v", err)
	}
}
