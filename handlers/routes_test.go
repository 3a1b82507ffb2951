package handlers_test

import (
	"crypto/sha256"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"countersign/handlers"
	"countersign/internal/account"
)

// request is one for the route, with something in the place of its parameters.
func request(t *testing.T, b *browser, line handlers.TableLine) *http.Request {
	t.Helper()
	path := strings.NewReplacer(
		":id", "00000000-0000-4000-8000-000000000001",
		":account", "1",
		":request", "1",
		":envelope", "00000000-0000-4000-9000-000000000001",
		":pair", strings.Repeat("0", 64)+".."+strings.Repeat("1", 64),
		":medium", "00000000-0000-4000-8000-000000000001",
		":part", "check-1",
		":seq", "1",
		":secret", "not-the-secret",
		":import", "1",
		":digest", strings.Repeat("0", 64),
		"*", "x",
	).Replace(line.Path)
	r, err := http.NewRequest(line.Method, b.base+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (b *browser) must(t *testing.T, r *http.Request) answer {
	t.Helper()
	a, err := b.send(r)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestEveryRouteWithoutSession(t *testing.T) {
	t.Parallel()
	d := newDesk(t, t.TempDir())
	for _, line := range d.server.Table() {
		b := d.browser()
		a := b.must(t, request(t, b, line))
		asked := a.status == http.StatusUnauthorized ||
			a.status == http.StatusSeeOther && strings.HasPrefix(a.header.Get("Location"), "/login")
		if open := line.Action == account.Anyone; open == asked && line.Path != "/login" && line.Path != "/login/passkey" {
			t.Errorf("%s %s (%s): status %d, Location %q", line.Method, line.Path, line.Action, a.status, a.header.Get("Location"))
		}
	}
	if n := d.sandbox.Calls(); n != 0 {
		t.Errorf("Yoti was asked %d times by nobody", n)
	}
}

func TestEveryRouteWithWrongRole(t *testing.T) {
	t.Parallel()
	d := newDesk(t, t.TempDir())
	id, err := d.store.AddAccount(t.Context(), account.Account{
		Person: account.Person{Name: "visitor", Role: "visitor", Created: d.clock()}, Key: "visitor", Password: "none",
	}, false, account.ChangedBy{})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.store.BeginSession(t.Context(), id, account.Session{Token: sha256.Sum256([]byte("token")), Created: d.clock(), Proof: account.ByPassword}); err != nil {
		t.Fatal(err)
	}
	for _, line := range d.server.Table() {
		b := d.browser()
		r := request(t, b, line)
		r.AddCookie(&http.Cookie{Name: d.server.SessionCookie(), Value: "token"})
		a := b.must(t, r)
		forbidden := a.status == http.StatusForbidden && strings.Contains(a.body, `data-error="forbidden-action"`)
		if allowed := line.Action == account.Anyone; allowed == forbidden {
			t.Errorf("%s %s (%s): status %d for a role that may do nothing", line.Method, line.Path, line.Action, a.status)
		}
	}
}

// Every route is for just those roles that may take its action.
func TestEveryRouteForEveryRole(t *testing.T) {
	t.Parallel()
	d := newDesk(t, t.TempDir())
	for _, role := range account.Roles() {
		for _, line := range d.server.Table() {
			if line.Path == "/logout" {
				continue
			}
			b := d.signedIn(string(role))
			a := b.must(t, request(t, b, line))
			forbidden := strings.Contains(a.body, `data-error="forbidden-action"`)
			if allowed := role.May(line.Action); allowed == forbidden || forbidden && a.status != http.StatusForbidden {
				t.Errorf("%s %s (%s): status %d for the %s", line.Method, line.Path, line.Action, a.status, role)
			}
		}
	}
}

func TestEveryPostFromAnotherSite(t *testing.T) {
	t.Parallel()
	d := newDesk(t, t.TempDir())
	b := d.signedIn("ann")
	for _, line := range d.server.Table() {
		if line.Method != http.MethodPost || strings.HasPrefix(line.Path, "/hooks/") { // which no browser sends
			continue
		}
		for _, h := range [][2]string{
			{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Origin", "https://evil.example"}, {"Origin", "null"},
		} {
			r := request(t, b, line)
			r.Header.Set(h[0], h[1])
			a := b.must(t, r)
			if a.status != http.StatusForbidden || !strings.Contains(a.body, `data-error="foreign-origin"`) {
				t.Errorf("POST %s with %s: status %d", line.Path, h, a.status)
			}
		}
	}
}

func TestEveryRouteForAnotherHost(t *testing.T) {
	t.Parallel()
	d := newDesk(t, t.TempDir())
	b := d.signedIn("ann")
	for _, line := range d.server.Table() {
		probe := strings.HasPrefix(line.Path, "/healthz") || strings.HasPrefix(line.Path, "/readyz")
		for _, host := range []string{"evil.example", "10.1.2.3:8080", "[2001:db8::1]", "localhost.evil.example"} {
			r := request(t, b, line)
			r.Host = host
			if a := b.must(t, r); probe && a.status != http.StatusOK || !probe && a.status != http.StatusMisdirectedRequest {
				t.Errorf("%s %s for %s: status %d", line.Method, line.Path, host, a.status)
			}
		}
	}
}

// Probes ask by a number or a name that nobody allowed, and learn only what they ask.
func TestProbesForAnyHost(t *testing.T) {
	t.Parallel()
	d := newDesk(t, t.TempDir())
	b := d.browser()
	for _, test := range []struct {
		method, path string
		status       int
	}{
		{http.MethodGet, "/healthz", http.StatusOK},
		{http.MethodHead, "/healthz", http.StatusOK},
		{http.MethodGet, "/healthz/", http.StatusOK},
		{http.MethodGet, "/healthz?verbose", http.StatusOK},
		{http.MethodGet, "/readyz", http.StatusOK},
		{http.MethodHead, "/readyz/", http.StatusOK},
		{http.MethodPost, "/healthz", http.StatusMisdirectedRequest},
		{http.MethodGet, "/healthz/login", http.StatusMisdirectedRequest},
		{http.MethodGet, "/healthz/../login", http.StatusMisdirectedRequest},
		{http.MethodGet, "/%68ealthz", http.StatusMisdirectedRequest},
		{http.MethodGet, "//healthz", http.StatusMisdirectedRequest},
		{http.MethodGet, "/login", http.StatusMisdirectedRequest},
		{http.MethodGet, "/", http.StatusMisdirectedRequest},
	} {
		r, err := http.NewRequest(test.method, b.base+test.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Host = "10.1.2.3:8080"
		if a := b.must(t, r); a.status != test.status {
			t.Errorf("%s %s: status %d, want %d", test.method, test.path, a.status, test.status)
		}
	}
}

func TestEveryAnswerIsGuarded(t *testing.T) {
	t.Parallel()
	d := newDesk(t, t.TempDir())
	b := d.signedIn("ann")
	lines := append(d.server.Table(), handlers.TableLine{Method: http.MethodGet, Path: "/nowhere"})
	for _, line := range lines {
		if line.Path == "/logout" {
			continue
		}
		h := b.must(t, request(t, b, line)).header
		for name, want := range map[string]string{
			"Content-Security-Policy":      "default-src 'none'",
			"X-Content-Type-Options":       "nosniff",
			"Referrer-Policy":              "no-referrer",
			"Cache-Control":                "no-store",
			"Cross-Origin-Opener-Policy":   "same-origin",
			"Cross-Origin-Resource-Policy": "same-origin",
		} {
			if got := h.Get(name); !strings.Contains(got, want) {
				t.Errorf("%s %s: %s is %q, want %q in it", line.Method, line.Path, name, got, want)
			}
		}
		if csp := h.Get("Content-Security-Policy"); strings.Contains(csp, "unsafe") || strings.Contains(csp, "data:") {
			t.Errorf("%s %s: policy %q", line.Method, line.Path, csp)
		}
	}
}

// Bookmark checkers and proxies ask with HEAD. That shows nothing of a person, so nothing
// is fetched for it and nothing recorded, whoever asks and whatever about.
func TestHeadNeverReachesTheDesk(t *testing.T) {
	t.Parallel()
	d := newDesk(t, t.TempDir())
	b := d.signedIn("supervisor")
	auditor := d.signedIn("auditor")
	const opened = "/recipients/00000000-0000-4000-8000-000000000001"
	page, err := b.get(opened)
	if err != nil || page.status != http.StatusOK {
		t.Fatalf("open: status %d, error %v", page.status, err)
	}
	doc, err := page.document()
	if err != nil {
		t.Fatal(err)
	}
	paths := []string{"/recipients/00000000-0000-4000-8000-000000000002"} // never opened
	for _, line := range d.server.Table() {
		paths = append(paths, request(t, b, line).URL.Path)
	}
	doc.Find("a[href], img[src]").Each(func(_ int, e *goquery.Selection) {
		paths = append(paths, e.AttrOr("href", e.AttrOr("src", "")))
	})
	before := d.recorded(t)
	calls, media := d.sandbox.Calls(), d.sandbox.MediaCalls()
	for _, path := range paths {
		if !strings.HasPrefix(path, "/") {
			continue
		}
		for _, who := range []*browser{b, auditor} {
			r, err := http.NewRequest(http.MethodHead, b.base+path, nil)
			if err != nil {
				t.Fatal(err)
			}
			if a := who.must(t, r); a.body != "" || a.status >= http.StatusInternalServerError {
				t.Errorf("HEAD %s: status %d and %d bytes", path, a.status, len(a.body))
			}
		}
	}
	if after := d.recorded(t); after != before {
		t.Errorf("recorded by HEAD: %s, before it %s", after, before)
	}
	if d.sandbox.Calls() != calls || d.sandbox.MediaCalls() != media {
		t.Error("Yoti was asked because of HEAD")
	}
}

// Reading makes nothing: of all pages only the checkpoint, which somebody asks for, signs
// one, and none adds to the ledger.
func TestReadingMakesNoEntryAndNoCheckpoint(t *testing.T) {
	t.Parallel()
	d := newDesk(t, t.TempDir())
	ann := d.signedIn("ann")
	readers := []*browser{ann, d.signedIn("supervisor"), d.signedIn("auditor"), d.signedIn("admin")}
	const somebody = "/recipients/00000000-0000-4000-8000-000000000001"
	page, err := ann.get(somebody)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := page.document()
	if err != nil {
		t.Fatal(err)
	}
	decision := url.Values{"snapshot": {snapshotOf(doc)}, "key": {"k1"}, "verdict": {"approve"}, "reason": {"verified"}}
	if a, err := ann.post(somebody+"/decisions", decision); err != nil || a.status != http.StatusSeeOther {
		t.Fatalf("decide: status %d, error %v", a.status, err)
	}
	if page, err = ann.get(somebody); err != nil {
		t.Fatal(err)
	}
	if doc, err = page.document(); err != nil {
		t.Fatal(err)
	}
	receipt := doc.Find("[data-decision] a[href*=decisions]").AttrOr("href", "")
	if a, err := ann.get(receipt); err != nil || a.status != http.StatusOK {
		t.Fatalf("receipt %q: status %d, error %v", receipt, a.status, err)
	}
	before := d.rows("ledger", "checkpoints")
	for _, line := range d.server.Table() {
		if line.Method != http.MethodGet || line.Path == "/audit/checkpoint" {
			continue
		}
		line.Path = strings.Replace(line.Path, "/recipients/:id/decisions/:seq", receipt, 1)
		for _, b := range readers {
			b.must(t, request(t, b, line))
			if after := d.rows("ledger", "checkpoints"); after != before {
				t.Fatalf("GET %s: there is %s, before it %s", line.Path, after, before)
			}
		}
	}
}

// recorded counts what is on record.
func (d *desk) recorded(t *testing.T) string {
	t.Helper()
	return d.rows("ledger", "access_log", "fetches", "snapshots", "checkpoints")
}

// Where a page answers HEAD by itself, it does so as it answers GET.
func TestOpenPagesAnswerHead(t *testing.T) {
	t.Parallel()
	d := newDesk(t, t.TempDir())
	b := d.browser()
	for _, line := range d.server.Table() {
		if line.Method != http.MethodGet {
			continue
		}
		got := b.must(t, request(t, b, line))
		line.Method = http.MethodHead
		if head := b.must(t, request(t, b, line)); head.status != got.status || head.body != "" {
			t.Errorf("HEAD %s: status %d and %d bytes, GET has %d", line.Path, head.status, len(head.body), got.status)
		}
	}
}

func TestLargeBodiesAreRefused(t *testing.T) {
	d := newDesk(t, t.TempDir())
	b := d.signedIn("ann")
	a, err := b.post("/recipients/00000000-0000-4000-8000-000000000001/notes", url.Values{"note": {strings.Repeat("x", 2<<20)}})
	if err != nil {
		t.Fatal(err)
	}
	if a.status != http.StatusRequestEntityTooLarge || !strings.Contains(a.body, `data-error="too-much"`) {
		t.Errorf("status %d", a.status)
	}
}

func TestLongNotesKeepTheirText(t *testing.T) {
	t.Parallel()
	d := newDesk(t, t.TempDir())
	b := d.signedIn("ann")
	page, err := b.get("/recipients/00000000-0000-4000-8000-000000000001")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := page.document()
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Repeat("ü", 10_001)
	fields := url.Values{
		"snapshot": {snapshotOf(doc)},
		"key":      {doc.Find("#note-form input[name=key]").AttrOr("value", "")},
		"note":     {text},
	}
	a, err := b.post("/recipients/00000000-0000-4000-8000-000000000001/notes", fields)
	if err != nil {
		t.Fatal(err)
	}
	if a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, text) {
		t.Errorf("status %d; text kept: %t", a.status, strings.Contains(a.body, text))
	}
	fields.Set("note", strings.Repeat("ü", 10_000))
	if a, err = b.post("/recipients/00000000-0000-4000-8000-000000000001/notes", fields); err != nil || a.status != http.StatusSeeOther {
		t.Errorf("a note of the greatest length: status %d, error %v", a.status, err)
	}
}

// The first account reviews results, unless it is to manage accounts.
func TestFirstAccount(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, posted string // role in the form; none for the empty string
		status       int
		want         account.Role
	}{
		{"said nothing", "", http.StatusSeeOther, account.Reviewer},
		{"reviews results", "reviewer", http.StatusSeeOther, account.Reviewer},
		{"manages accounts", "admin", http.StatusSeeOther, account.Admin},
		{"audits", "auditor", http.StatusUnprocessableEntity, ""},
		{"unknown", "root", http.StatusUnprocessableEntity, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := newDesk(t, t.TempDir())
			d.server.SetUp = handlers.NewSetUpLink([]byte("a secret of tests"))
			b := d.browser()
			_, token, _ := strings.Cut(d.server.SetUp.Path(), "#token=")
			form, err := b.get("/setup")
			if err != nil {
				t.Fatal(err)
			}
			doc, err := form.document()
			if err != nil {
				t.Fatal(err)
			}
			if chosen := doc.Find("input[name=role][checked]").AttrOr("value", ""); chosen != "reviewer" {
				t.Errorf("the form begins with the role %q", chosen)
			}
			fields := url.Values{"token": {token}, "username": {"Ann"}, "password": {password}}
			if test.posted != "" {
				fields.Set("role", test.posted)
			}
			a, err := b.post("/setup", fields)
			if err != nil || a.status != test.status {
				t.Fatalf("status %d, want %d; error %v", a.status, test.status, err)
			}
			people, err := d.store.Accounts(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if test.want == "" {
				if len(people) != 0 {
					t.Errorf("an account was made: %+v", people)
				}
				return
			}
			if len(people) != 1 || people[0].Role != test.want {
				t.Errorf("accounts are %+v, want one %s", people, test.want)
			}
		})
	}
}
