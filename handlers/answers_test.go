package handlers_test

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"countersign/internal/yotisign/sandbox"
)

// refusal is an answer of Yoti's that is not a good one.
type refusal struct {
	status int
	body   string
}

// deskThatRefuses is a desk whose Yoti answers like the sandbox until it is given a
// refusal, and with that to everything from then on.
func deskThatRefuses(t *testing.T) (*desk, func(refusal)) {
	var refused atomic.Pointer[refusal]
	stand := sandbox.New(apiKey)
	d := newDeskBefore(t, t.TempDir(), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		no := refused.Load()
		if no == nil {
			stand.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(no.status)
		_, _ = io.WriteString(w, no.body)
	}))
	return d, func(no refusal) { refused.Store(&no) }
}

// Whatever is asked of Yoti, its answer is told by the code in it, and status and code
// stand on the page, and nothing else of the body does.
func TestAnswersAreToldByTheirCode(t *testing.T) {
	t.Parallel()
	const known, unfetched = "/recipients/00000000-0000-4000-8000-000000000032", "/recipients/00000000-0000-4000-8000-000000000001"
	const private = "Jane Example <jane@example.org>"
	tests := []struct {
		name    string
		refusal refusal
		code    string // of our page
		says    string
		answer  string
	}{
		{"expired", refusal{409, `{"code":"SESSION_EXPIRED","message":"` + private + `"}`}, "expired", "The session has expired", "HTTP status 409 and the code SESSION_EXPIRED"},
		{"no application", refusal{404, `{"code":"APP_NOT_FOUND","message":"` + private + `"}`}, "no-application", "the API key's application", "HTTP status 404 and the code APP_NOT_FOUND"},
		{"malformed", refusal{400, `{"code":"MALFORMED_REQUEST","errors":[{"message":"` + private + `"}]}`}, "not-understood", "did not understand the request", "HTTP status 400 and the code MALFORMED_REQUEST"},
		{"a code that is none", refusal{400, `{"code":"` + private + `"}`}, "unexpected", "does not follow its documentation", "HTTP status 400."},
		{"the key as a code", refusal{403, `{"code":"` + apiKey + `"}`}, "key-echoed", "own API key", "HTTP status 403."},
		{"nothing", refusal{200, ``}, "empty", "Yoti sent nothing", "HTTP status 200."},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d, refuse := deskThatRefuses(t)
			b := d.signedIn("ann")
			page := pageAt(t, b, known)
			picture := page.Find("#id_documents-1 a[data-view]").AttrOr("href", "")
			texts := page.Find("#id_documents-1 a.load-link").AttrOr("href", "")
			refuse(test.refusal)
			want := func(what string, part *goquery.Selection) {
				t.Helper()
				if text := squeeze(part.Text()); !strings.Contains(text, test.says) || !strings.Contains(text, test.answer) || strings.Contains(text, "Jane") || strings.Contains(text, apiKey) {
					t.Errorf("%s: want %q and %q: %s", what, test.says, test.answer, text)
				}
			}
			for _, path := range []string{unfetched, picture} {
				want(path, pageAt(t, b, path).Find("main[data-error="+test.code+"]"))
			}
			want("a text", pageAt(t, b, texts).Find(".medium-problem[data-error="+test.code+"]").First())
			want("the report", pageAt(t, b, known+"/report").Find("main[data-error="+test.code+"]"))
			if a, err := b.post(known+"/refresh", nil); err != nil || a.status != http.StatusSeeOther {
				t.Fatalf("refresh: %d, %v", a.status, err)
			}
			want("the stored result", pageAt(t, b, known).Find(".message"))
		})
	}
}

// An expired session is not offered to be tried again, and a reset that is refused is
// told by its code too.
func TestExpiredSession(t *testing.T) {
	t.Parallel()
	const path = "/recipients/00000000-0000-4000-8000-000000000001"
	d, refuse := deskThatRefuses(t)
	b := d.signedIn("ann")
	refuse(refusal{409, `{"code":"SESSION_EXPIRED"}`})
	a, err := b.get(path)
	if err != nil || a.status != http.StatusConflict {
		t.Errorf("status %d, error %v", a.status, err)
	}
	main := pageAt(t, b, path).Find("main")
	if text := squeeze(main.Text()); !strings.Contains(text, "Only a resent envelope") || strings.Contains(text, "Try again") {
		t.Errorf("the page says %s", text)
	}
	super := d.signedIn("supervisor")
	key := pageAt(t, super, path+"/reset-limit").Find("input[name=key]").AttrOr("value", "")
	if a, err := super.post(path+"/reset-limit", url.Values{"key": {key}, "reason": {"asked for"}, "confirm": {"yes"}}); err != nil || a.status != http.StatusSeeOther {
		t.Fatalf("reset: %d, %v", a.status, err)
	}
	if text := squeeze(pageAt(t, super, path+"/reset-limit").Find("[data-reset=refused]").Text()); !strings.Contains(text, "The session has expired") {
		t.Errorf("the reset says %q", text)
	}
}

// pageAt returns the page at a path.
func pageAt(t *testing.T, b *browser, path string) *goquery.Document {
	t.Helper()
	a, err := b.get(path)
	if err != nil {
		t.Fatal(err)
	}
	page, err := a.document()
	if err != nil {
		t.Fatal(err)
	}
	return page
}

// snapshotOf is the digest of the result that a page shows, as its forms send it; empty where it
// shows none.
func snapshotOf(page *goquery.Document) string { return page.Find("main").AttrOr("data-snapshot", "") }
