package handlers_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/rogpeppe/go-internal/testscript"

	"countersign/handlers"
	"countersign/internal/account"
	"countersign/internal/arrivals"
	"countersign/internal/idv"
	"countersign/internal/media"
	"countersign/internal/review"
	"countersign/internal/securityevent"
	"countersign/internal/yotisign"
	"countersign/internal/yotisign/sandbox"
	"countersign/store"
)

// apiKey opens the sandbox of the tests. It must never be seen anywhere else.
const apiKey = "made-up-api-key-7f3a"

// password is that of everybody in the tests.
const password = "a horse, a battery, a staple"

// desk is everything from the browser to the disk and to Yoti's stand-in: a real
// server, client, sandbox and database. Only the clock is set by hand.
type desk struct {
	t        testing.TB
	server   *handlers.Server
	web      *httptest.Server
	sandbox  *sandbox.Sandbox // nil where something else stands for Yoti
	upstream string
	store    *store.Store
	worker   *arrivals.Worker
	dir      string
	log      *lockedBuffer

	mu  sync.Mutex
	now time.Time
}

// newDesk starts a desk in dir. It is stopped when the test ends.
func newDesk(t testing.TB, dir string) *desk {
	t.Helper()
	stand := sandbox.New(apiKey)
	d := newDeskBefore(t, dir, stand)
	d.sandbox = stand
	return d
}

// opening is when each desk opens.
var opening = time.Date(2026, 11, 23, 14, 2, 0, 0, time.UTC)

// newDeskBefore starts a desk that asks another stand-in of Yoti's.
func newDeskBefore(t testing.TB, dir string, yoti http.Handler) *desk {
	t.Helper()
	return newDeskOn(t, dir, nil, yoti)
}

// newDeskOn starts a desk with a database of PostgreSQL's, or, where that is nil, with the one of
// the folder.
func newDeskOn(t testing.TB, dir string, database *store.Postgres, yoti http.Handler) *desk {
	t.Helper()
	d := &desk{t: t, dir: dir, log: &lockedBuffer{}, now: opening}
	upstream := httptest.NewServer(yoti)
	t.Cleanup(upstream.Close)
	d.upstream = upstream.URL
	options := storeIn(t, dir, d.clock)
	if database != nil {
		options.Postgres, options.Upgrade = database, true
	} else {
		copyEmptyDatabase(t, dir, options)
	}
	options.SigningKeyFile = filepath.Join(dir, "countersign.signing-key")
	options.Serve = true
	var err error
	if d.store, err = store.Open(t.Context(), options); err != nil {
		t.Fatal(err)
	}
	client := newClient(t, upstream.URL, d.clock)
	d.server = &handlers.Server{
		Desk:     &review.Desk{Results: client, Envelopes: client, Records: d.store, Now: d.clock, Patience: time.Minute},
		Accounts: &account.Service{Records: d.store, Now: d.clock, Cost: account.Cost{Memory: 64, Time: 1}},
		Sessions: d.store,
		Ready:    d.store.Ready,
		Stopped:  d.store.WhyNotRecording,
		Log:      slog.New(slog.NewTextHandler(d.log, nil)),
		Events:   &securityevent.Log{Out: d.log, Keep: d.store, Now: d.clock},
		Instance: dir,
		Now:      d.clock,
		Scaler:   media.NewScaler(),
	}
	d.takeArrivals(client)
	d.web = httptest.NewServer(d.server.Handler())
	t.Cleanup(func() {
		d.web.Close()
		d.server.Desk.Wait()
		if err := d.store.Close(); err != nil && !errors.Is(err, errClosed) {
			t.Error(err)
		}
	})
	return d
}

var errClosed = errors.New("closed by the test")

func newClient(t testing.TB, upstream string, now func() time.Time) *yotisign.Client {
	t.Helper()
	base, err := yotisign.ParseBaseURL(upstream + "/v2")
	if err != nil {
		t.Fatal(err)
	}
	key, err := yotisign.NewKey(apiKey)
	if err != nil {
		t.Fatal(err)
	}
	return yotisign.New(base, key, yotisign.Options{Now: now})
}

func (d *desk) clock() time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.now
}

func (d *desk) later(by time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.now = d.now.Add(by)
}

// browser is one browser with its cookies. It follows no redirect by itself.
type browser struct {
	*http.Client
	base string
}

func (d *desk) browser() *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		d.t.Fatal(err)
	}
	return &browser{base: d.web.URL, Client: &http.Client{
		Jar:           jar,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// answer is what a server said.
type answer struct {
	status int
	header http.Header
	body   string
}

func (b *browser) get(path string) (answer, error) {
	request, err := http.NewRequest(http.MethodGet, b.base+path, nil)
	if err != nil {
		return answer{}, err
	}
	return b.send(request)
}

func (b *browser) post(path string, fields url.Values) (answer, error) {
	request, err := http.NewRequest(http.MethodPost, b.base+path, strings.NewReader(fields.Encode()))
	if err != nil {
		return answer{}, err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Sec-Fetch-Site", "same-origin")
	return b.send(request)
}

func (b *browser) send(request *http.Request) (answer, error) {
	response, err := b.Do(request)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return answer{response.StatusCode, response.Header, string(body)}, err
}

// document parses the page of an answer.
func (a answer) document() (*goquery.Document, error) {
	return goquery.NewDocumentFromReader(strings.NewReader(a.body))
}

// roleOf is the role of somebody in the tests, with which their name may begin.
func roleOf(name string) account.Role {
	switch {
	case strings.HasPrefix(name, "super"):
		return account.Supervisor
	case strings.HasPrefix(name, "audit"):
		return account.Auditor
	case strings.HasPrefix(name, "admin"):
		return account.Admin
	}
	return account.Reviewer
}

// addPerson makes an account.
func (d *desk) addPerson(name string) {
	d.t.Helper()
	_, err := d.server.Accounts.Add(context.Background(), name, password, roleOf(name))
	if err != nil && !errors.Is(err, account.ErrNameTaken) {
		d.t.Fatal(err)
	}
}

// signedIn returns a browser in which name has signed in.
func (d *desk) signedIn(name string) *browser {
	d.t.Helper()
	d.addPerson(name)
	b := d.browser()
	a, err := b.post("/login", url.Values{"username": {name}, "password": {password}})
	if err != nil || a.status != http.StatusSeeOther {
		d.t.Fatalf("sign in: status %d, error %v", a.status, err)
	}
	return b
}

// lockedBuffer is a log that many may write.
type lockedBuffer struct {
	mu sync.Mutex
	b  strings.Builder
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// TestStories runs the scripts in testdata. Each has a desk of its own, and these
// commands:
//
//	as NAME             sign in as NAME, or go on in their browser; "nobody" never signs in;
//	                    supervisor, auditor and admin are that, everybody else reviews
//	get PATH            ask for a page; prints the status and where it leads
//	post PATH [K=V]…    send a form; prints the same
//	upload FILE [K=V]…  send a file of the script to the start page; prints the same
//	follow              get the address that the last answer leads to
//	see SELECTOR [TEXT] the last page has an element that matches, holding the text
//	count N SELECTOR    the last page has just so many
//	take VAR SELECTOR ATTRIBUTE   keep an attribute of the last page as $VAR
//	text VAR SELECTOR   keep the text of an element
//	header NAME TEXT    the last answer has the header with the text in it
//	body PATTERN        the last answer matches
//	later DURATION      move the clock, also back
//	calls N             how often Yoti's stand-in was asked for a result so far
//	media N             how often it was asked for a medium or a report
//	resets N            how often it was asked to reset a limit
//	disable NAME        disable an account
//	erase ID REASON     erase a recipient, as the command does
//	code VAR KEY [DURATION]   keep the code that an authenticator app shows now, or then
//	policy WHO          say who must have a second factor
//	hook PATH BODY      send an event as Yoti Sign does; prints the status
//	list FILE|TEXT      give a list to import, as a file of the script or else pasted; prints the
//	                    status
//	events              print the security events on the log since the last time, one a line
//	work                do what is to be done in the background now
func TestStories(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:   "testdata",
		Setup: setUp,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"as":      command(as),
			"get":     command(get),
			"post":    command(post),
			"upload":  command(uploadFile),
			"follow":  command(follow),
			"see":     see,
			"count":   command(countElements),
			"take":    command(take),
			"text":    command(takeText),
			"header":  command(header),
			"body":    command(matchBody),
			"later":   command(later),
			"calls":   command(calls),
			"media":   command(mediaCalls),
			"resets":  command(resets),
			"disable": command(disable),
			"erase":   command(erase),
			"code":    command(showCode),
			"policy":  command(setPolicy),
			"hook":    command(sendHook),
			"list":    command(giveList),
			"work":    command(work),
			"events":  command(printEvents),
		},
	})
}

// story is what a script has under way.
type story struct {
	*desk
	browsers map[string]*browser
	current  *browser
	last     answer
	page     *goquery.Document // of the last answer, once it was looked at
	events   int               // how many bytes of the log were read for security events
}

func setUp(env *testscript.Env) error {
	d := newDesk(env.T().(testing.TB), env.WorkDir)
	s := &story{desk: d, browsers: map[string]*browser{}}
	s.current = d.browser()
	s.browsers["nobody"] = s.current
	env.Values["story"] = s
	for n := 1; n <= 40; n++ {
		env.Setenv(fmt.Sprintf("R%02d", n), fmt.Sprintf("00000000-0000-4000-8000-0000000000%02d", n))
	}
	env.Setenv("PASSWORD", password)
	env.Setenv("SECRET", hookSecret)
	return nil
}

func storyOf(ts *testscript.TestScript) *story { return ts.Value("story").(*story) }

// command is a script command that cannot be negated.
func command(run func(*testscript.TestScript, *story, []string)) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, neg bool, args []string) {
		if neg {
			ts.Fatalf("this command cannot be negated")
		}
		run(ts, storyOf(ts), args)
	}
}

func as(ts *testscript.TestScript, s *story, args []string) {
	name := args[0]
	if s.browsers[name] == nil {
		s.browsers[name] = s.signedIn(name)
	}
	s.current = s.browsers[name]
}

func (s *story) took(ts *testscript.TestScript, a answer, err error) {
	ts.Check(err)
	s.last, s.page = a, nil
	_, err = fmt.Fprintf(ts.Stdout(), "%d %s\n", a.status, a.header.Get("Location"))
	ts.Check(err)
}

func get(ts *testscript.TestScript, s *story, args []string) {
	a, err := s.current.get(strings.TrimPrefix(args[0], s.web.URL))
	s.took(ts, a, err)
}

func follow(ts *testscript.TestScript, s *story, _ []string) {
	leads := s.last.header.Get("Location")
	if leads == "" {
		ts.Fatalf("the last answer leads nowhere")
	}
	a, err := s.current.get(leads)
	s.took(ts, a, err)
}

func post(ts *testscript.TestScript, s *story, args []string) {
	fields := url.Values{}
	for _, arg := range args[1:] {
		name, value, _ := strings.Cut(arg, "=")
		fields.Add(name, strings.ReplaceAll(value, `\n`, "\n"))
	}
	a, err := s.current.post(args[0], fields)
	s.took(ts, a, err)
}

func uploadFile(ts *testscript.TestScript, s *story, args []string) {
	a, err := s.current.upload([]byte(ts.ReadFile(args[0])), args[1:]...)
	s.took(ts, a, err)
}

// upload sends a file to the start page, with further fields as NAME=VALUE.
func (b *browser) upload(file []byte, fields ...string) (answer, error) {
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", "of-ann-planted.json")
	if err != nil {
		return answer{}, err
	}
	if _, err := part.Write(file); err != nil {
		return answer{}, err
	}
	for _, field := range fields {
		name, value, _ := strings.Cut(field, "=")
		if err := form.WriteField(name, value); err != nil {
			return answer{}, err
		}
	}
	if err := form.Close(); err != nil {
		return answer{}, err
	}
	request, err := http.NewRequest(http.MethodPost, b.base+"/files", &body)
	if err != nil {
		return answer{}, err
	}
	request.Header.Set("Content-Type", form.FormDataContentType())
	request.Header.Set("Sec-Fetch-Site", "same-origin")
	return b.send(request)
}

func see(ts *testscript.TestScript, neg bool, args []string) {
	s := storyOf(ts)
	found := s.find(ts, args[0])
	if len(args) > 1 {
		found = found.FilterFunction(func(_ int, e *goquery.Selection) bool {
			return strings.Contains(squeeze(e.Text()), args[1]) || strings.Contains(e.AttrOr("value", ""), args[1])
		})
	}
	if neg && found.Length() > 0 {
		ts.Fatalf("the page has %q: %s", args, squeeze(found.First().Text()))
	}
	if !neg && found.Length() == 0 {
		ts.Fatalf("the page has no %q; it says: %.1500s", args, squeeze(s.find(ts, "body").Text()))
	}
}

// squeeze writes runs of blanks as one, as a page shows them.
func squeeze(text string) string { return strings.Join(strings.Fields(text), " ") }

func (s *story) find(ts *testscript.TestScript, selector string) *goquery.Selection {
	if s.page == nil {
		page, err := s.last.document()
		ts.Check(err)
		s.page = page
	}
	return s.page.Find(selector)
}

func countElements(ts *testscript.TestScript, s *story, args []string) {
	if got := s.find(ts, args[1]).Length(); fmt.Sprint(got) != args[0] {
		ts.Fatalf("the page has %d of %s, want %s", got, args[1], args[0])
	}
}

func take(ts *testscript.TestScript, s *story, args []string) {
	value, ok := s.find(ts, args[1]).Attr(args[2])
	if !ok {
		ts.Fatalf("the page has no %s with %s", args[1], args[2])
	}
	ts.Setenv(args[0], value)
}

func takeText(ts *testscript.TestScript, s *story, args []string) {
	ts.Setenv(args[0], strings.TrimSpace(s.find(ts, args[1]).First().Text()))
}

func header(ts *testscript.TestScript, s *story, args []string) {
	if got := s.last.header.Get(args[0]); !strings.Contains(got, args[1]) {
		ts.Fatalf("header %s is %q, want %q in it", args[0], got, args[1])
	}
}

func matchBody(ts *testscript.TestScript, s *story, args []string) {
	pattern, err := regexp.Compile(args[0])
	ts.Check(err)
	if !pattern.MatchString(s.last.body) {
		ts.Fatalf("the answer is %.1500q, want %s", s.last.body, args[0])
	}
}

func later(ts *testscript.TestScript, s *story, args []string) {
	by, err := time.ParseDuration(args[0])
	ts.Check(err)
	s.later(by)
}

func calls(ts *testscript.TestScript, s *story, args []string) {
	if got := s.sandbox.Calls(); fmt.Sprint(got) != args[0] {
		ts.Fatalf("Yoti's stand-in was asked %d times, want %s", got, args[0])
	}
}

func mediaCalls(ts *testscript.TestScript, s *story, args []string) {
	if got := s.sandbox.MediaCalls(); fmt.Sprint(got) != args[0] {
		ts.Fatalf("Yoti's stand-in was asked %d times for media, want %s", got, args[0])
	}
}

func resets(ts *testscript.TestScript, s *story, args []string) {
	if got := s.sandbox.Resets(); fmt.Sprint(got) != args[0] {
		ts.Fatalf("Yoti's stand-in was asked %d times to reset a limit, want %s", got, args[0])
	}
}

func disable(ts *testscript.TestScript, s *story, args []string) {
	ts.Check(s.server.Accounts.Disable(context.Background(), args[0], account.Person{}))
}

func erase(ts *testscript.TestScript, s *story, args []string) {
	id, err := idv.ParseRecipientID(args[0])
	ts.Check(err)
	ts.Check(s.store.Erase(context.Background(), id, account.Person{}, args[1]))
}
