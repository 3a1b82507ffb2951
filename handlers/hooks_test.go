package handlers_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"countersign/internal/arrivals"
	"countersign/internal/webhook"
	"countersign/internal/yotisign"
	"countersign/internal/yotisign/sandbox"
)

// hookSecret opens the webhook of the tests. It must never be seen in a page or the log.
const hookSecret = "made-up-hook-secret-0f1e2d3c4b5a69788796a5b4c3d2e1f0"

// takeArrivals has the server take what arrives, and a worker that the test drives.
func (d *desk) takeArrivals(client *yotisign.Client) {
	d.server.Arrivals = &arrivals.Service{Records: d.store, Now: d.clock}
	var err error
	if d.server.HookSecret, err = webhook.ParseSecret(hookSecret); err != nil {
		d.t.Fatal(err)
	}
	d.server.WebhookOn = true
	d.server.BackgroundPerMinute = 60_000
	d.worker = arrivals.NewWorker(arrivals.Worker{
		Jobs: d.store, Fetcher: d.server.Desk, Envelopes: client, Now: d.clock, PerMinute: d.server.BackgroundPerMinute, Holder: "test", Log: d.server.Log,
	})
}

// workOff does what is to be done in the background within a second, and returns how often
// Yoti was asked for a result.
func (d *desk) workOff() int {
	d.t.Helper()
	before, until := d.sandbox.Calls(), d.clock().Add(time.Second)
	for {
		next, err := d.worker.Step(d.t.Context())
		if err != nil {
			d.t.Fatal(err)
		}
		if next.IsZero() || next.After(until) {
			return d.sandbox.Calls() - before
		}
		d.later(max(next.Sub(d.clock()), 0))
	}
}

func work(_ *testscript.TestScript, s *story, _ []string) { s.workOff() }

func sendHook(ts *testscript.TestScript, s *story, args []string) {
	a, err := s.hook(args[0], args[1])
	s.took(ts, a, err)
}

// hook sends an event as Yoti Sign does: without cookies, and without what browsers say.
func (d *desk) hook(path, body string) (answer, error) {
	b := d.browser()
	request, err := http.NewRequest(http.MethodPost, b.base+path, strings.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	request.Header.Set("Content-Type", "application/json")
	return b.send(request)
}

func TestHookThatIsOff(t *testing.T) {
	t.Parallel()
	d := newDesk(t, t.TempDir())
	d.server.WebhookOn = false
	if a, err := d.hook("/hooks/yoti/"+hookSecret, `{}`); err != nil || a.status != http.StatusNotFound {
		t.Errorf("status %d, error %v", a.status, err)
	}
	if n := d.rows("hook_events", "sign_in_failures"); n != "hook_events 0, sign_in_failures 0" {
		t.Errorf("there are %s", n)
	}
}

// Whoever guesses the secret waits for their sign-ins, and learns nothing; whoever knows it
// does not wait.
func TestWrongHookSecretsCost(t *testing.T) {
	t.Parallel()
	d := newDesk(t, t.TempDir())
	d.addPerson("ann")
	for i := range 40 {
		a, err := d.hook(fmt.Sprintf("/hooks/yoti/%s-%d", hookSecret, i), `{"subscription_name":"signer_completion"}`)
		if err != nil || a.status != http.StatusNotFound || !strings.Contains(a.body, `data-error="no-page"`) {
			t.Fatalf("guess %d: status %d, error %v", i, a.status, err)
		}
	}
	if n := d.rows("hook_events", "jobs"); n != "hook_events 0, jobs 0" {
		t.Errorf("there are %s", n)
	}
	a, err := d.browser().post("/login", map[string][]string{"username": {"ann"}, "password": {password}})
	if err != nil || a.status != http.StatusTooManyRequests {
		t.Errorf("sign in from there: status %d, error %v", a.status, err)
	}
	if a, err := d.hook("/hooks/yoti/"+hookSecret, `{"subscription_name":"signer_completion"}`); err != nil || a.status != http.StatusNoContent {
		t.Errorf("the right secret from there: status %d, error %v", a.status, err)
	}
}

// The secret stands in the path, so no page and no line of the log has the path.
func TestHookSecretIsNotShown(t *testing.T) {
	t.Parallel()
	d := newDesk(t, t.TempDir())
	closing := d.store
	paths := []string{"/hooks/yoti/" + hookSecret, "/hooks/yoti/" + hookSecret + "/", "/hooks/yoti/" + hookSecret + "/more"}
	bodies := []string{`{"subscription_name":"signer_completion"}`, `{`, strings.Repeat("x", 65<<10)}
	try := func() {
		for _, path := range paths {
			for _, body := range bodies {
				a, err := d.hook(path, body)
				if err != nil {
					t.Fatal(err)
				}
				if strings.Contains(a.body, hookSecret) {
					t.Errorf("POST %s: the page of status %d has the secret", path, a.status)
				}
			}
			if a, err := d.browser().get(path); err != nil || strings.Contains(a.body, hookSecret) {
				t.Errorf("GET %s: status %d, error %v, or the page has the secret", path, a.status, err)
			}
		}
	}
	try()
	if err := closing.Close(); err != nil { // then everything fails
		t.Fatal(err)
	}
	try()
	if strings.Contains(d.log.String(), hookSecret) || !strings.Contains(d.log.String(), "request failed") {
		t.Errorf("the log has the secret, or nothing: %s", d.log)
	}
}

// An event that does not arrive whole queues nothing, and is not on record.
func TestEventsThatDoNotArrive(t *testing.T) {
	t.Parallel()
	d := newDesk(t, t.TempDir())
	d.web.Close()
	d.web = httptest.NewUnstartedServer(d.server.Handler())
	d.web.Config.ReadTimeout = stall
	d.web.Start()
	for _, test := range []struct {
		name, head, body string
		leaves           bool
		status           int
	}{
		{"stalls", "Content-Length: 300\r\n", "{", false, http.StatusRequestTimeout},
		{"ends early", "Content-Length: 300\r\n", "{", true, http.StatusBadRequest},
		{"is too large, as it says", "Content-Length: 70000\r\n", strings.Repeat(" ", 70000), false, http.StatusRequestEntityTooLarge},
		{"is too large, as it turns out", "Transfer-Encoding: chunked\r\n", "11170\r\n" + strings.Repeat(" ", 0x11170) + "\r\n0\r\n\r\n", false, http.StatusRequestEntityTooLarge},
	} {
		address := d.web.Listener.Addr().String()
		a, _, err := sendRaw(address, "POST /hooks/yoti/"+hookSecret+" HTTP/1.1\r\nHost: "+address+"\r\nContent-Type: application/json\r\n"+test.head+"\r\n"+test.body, test.leaves)
		if err != nil || a.status != test.status || strings.Contains(a.body, hookSecret) {
			t.Errorf("an event that %s: status %d, error %v, want %d", test.name, a.status, err, test.status)
		}
	}
	if n := d.rows("hook_events", "jobs"); n != "hook_events 0, jobs 0" {
		t.Errorf("there are %s", n)
	}
}

// Whatever comes with the right secret is answered, and leads to nothing but requests for
// what it names.
func TestStrayEvents(t *testing.T) {
	t.Parallel()
	d := newDesk(t, t.TempDir())
	for _, e := range sandbox.StrayEvents() {
		a, err := d.hook("/hooks/yoti/"+hookSecret, string(e.Body))
		if err != nil || a.status != http.StatusNoContent && a.status != http.StatusBadRequest && a.status != http.StatusRequestEntityTooLarge {
			t.Errorf("%.80q: status %d, error %v", e.Body, a.status, err)
		}
	}
	d.workOff()
	admin := d.signedIn("admin")
	page, err := admin.get("/hooks")
	if err != nil || page.status != http.StatusOK || strings.Contains(page.body, "<script>alert") || strings.Contains(page.body, "example.org") {
		t.Errorf("status %d, error %v, or the page has what it must not: %s", page.status, err, page.body)
	}
}

// Forty envelopes bring their recipients in, however often and in whatever order their events
// come: each is stored once.
func TestEventsInAnyOrder(t *testing.T) {
	t.Parallel()
	d := newDesk(t, t.TempDir())
	var events []sandbox.Event
	want := map[string]bool{}
	for _, e := range d.sandbox.SignEnvelopes(10, 1) {
		events = append(events, sandbox.EventsOf(e)...)
		for _, r := range e.Recipients {
			if r.Session != "" {
				want[r.ID] = true
			}
		}
	}
	notifier := &sandbox.Notifier{URL: d.web.URL + "/hooks/yoti/" + hookSecret, Twice: true, Order: sandbox.Shuffled(7)}
	if _, err := notifier.Send(t.Context(), events...); err != nil {
		t.Fatal(err)
	}
	d.workOff()
	if got := d.rows("recipients"); got != fmt.Sprint("recipients ", len(want)) {
		t.Errorf("there are %s, want %d", got, len(want))
	}
	before := d.rows("recipients", "snapshots", "jobs")
	d.later(time.Hour)
	if _, err := notifier.Send(t.Context(), events...); err != nil {
		t.Fatal(err)
	}
	d.workOff()
	if after := d.rows("recipients", "snapshots", "jobs"); after != before {
		t.Errorf("after the same events once more there is %s, before it %s", after, before)
	}
}

// slowOnce is a stand-in for Yoti Sign whose first answer about a session waits until the test
// lets it go.
type slowOnce struct {
	*sandbox.Sandbox
	asked, answer chan struct{}
	first         sync.Once
}

func newSlowOnce() *slowOnce {
	return &slowOnce{Sandbox: sandbox.New(apiKey), asked: make(chan struct{}), answer: make(chan struct{})}
}

func (s *slowOnce) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.first.Do(func() {
		close(s.asked)
		<-s.answer
	})
	s.Sandbox.ServeHTTP(w, r)
}

// An event that comes while somebody's page asks Yoti is not taken for answered by what the
// page brings, which may be older, also where the worker shares that answer.
func TestEventWhileAPageAsks(t *testing.T) {
	for _, shared := range []bool{false, true} {
		t.Run(fmt.Sprint("shared ", shared), func(t *testing.T) {
			yoti := newSlowOnce()
			d := newDeskBefore(t, t.TempDir(), yoti)
			d.sandbox = yoti.Sandbox
			ann := d.signedIn("ann")
			var both sync.WaitGroup
			both.Go(func() {
				if a, err := ann.get(nineChecks); err != nil || a.status != http.StatusOK {
					t.Errorf("the page: status %d, error %v", a.status, err)
				}
			})
			<-yoti.asked
			d.later(time.Second)
			event := `{"topic":"idv_session_completion","recipient_id":"` + strings.TrimPrefix(nineChecks, "/recipients/") + `"}`
			if a, err := d.hook("/hooks/yoti/"+hookSecret, event); err != nil || a.status != http.StatusNoContent {
				t.Errorf("the event: status %d, error %v", a.status, err)
			}
			d.later(time.Second)
			if shared {
				both.Go(func() {
					if _, err := d.worker.Step(t.Context()); err != nil {
						t.Error(err)
					}
				})
			}
			close(yoti.answer)
			both.Wait()
			d.later(time.Second)
			d.workOff()
			if n := d.sandbox.Calls(); n != 2 {
				t.Errorf("Yoti was asked %d times, want once for the page and once for the event", n)
			}
		})
	}
}
