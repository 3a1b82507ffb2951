package handlers_test

import (
	"net/http"
	"strings"
	"testing"

	"countersign/internal/webhook"
)

// Whatever comes to the webhook is answered with a status that says what it was, and leads to
// what it names and nothing else.
func TestBadEvents(t *testing.T) {
	const named = "20000000-0000-4000-8000-000000000001"
	event := `{"subscription_name":"idv_session_completion","recipient_id":"` + named + `"}`
	for _, test := range []struct {
		name, secret, body string
		status             int
		left               string // of events and jobs
	}{
		{"the right secret", hookSecret, event, 204, "hook_events 1, jobs 1"},
		{"a wrong secret", strings.Repeat("0123456789abcdef", 2), event, 404, "hook_events 0, jobs 0"},
		{"a secret with more behind", hookSecret + "0", event, 404, "hook_events 0, jobs 0"},
		{"a wrong secret and a huge body", "x", strings.Repeat(" ", 1<<20), 404, "hook_events 0, jobs 0"},
		{"huge", hookSecret, event + strings.Repeat(" ", webhook.MaxBytes), 413, "hook_events 0, jobs 0"},
		{"empty", hookSecret, "", 400, "hook_events 1, jobs 0"},
		{"a form", hookSecret, "recipient_id=" + named, 400, "hook_events 1, jobs 0"},
		{"cut short", hookSecret, event[:len(event)-1], 400, "hook_events 1, jobs 0"},
		{"more behind", hookSecret, event + event, 400, "hook_events 1, jobs 0"},
		{"zero bytes", hookSecret, "\x00" + event, 400, "hook_events 1, jobs 0"},
		{"duplicated keys", hookSecret, `{"recipient_id":"x","recipient_id":"` + named + `","topic":"x","topic":"idv_session_completion"}`, 204, "hook_events 1, jobs 1"},
		{"keys that differ in case", hookSecret, `{"RECIPIENT_ID":"x","recipient_id":"` + named + `"}`, 204, "hook_events 1, jobs 1"},
		{"deep", hookSecret, strings.Repeat("[", 4000) + event + strings.Repeat("]", 4000), 204, "hook_events 1, jobs 1"},
		{"too deep", hookSecret, strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000), 400, "hook_events 1, jobs 0"},
		{"keys and kinds that nobody knows", hookSecret, `{"topic":"<b>new</b>","` + strings.Repeat("k", 5000) + `":[{}],"recipient_id":"` + named + `"}`, 204, "hook_events 1, jobs 1"},
		{"a path for an ID", hookSecret, `{"topic":"idv_session_completion","recipient_id":"../../accounts"}`, 204, "hook_events 1, jobs 0"},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := newDesk(t, t.TempDir())
			a, err := d.hook("/hooks/yoti/"+test.secret, test.body)
			if err != nil || a.status != test.status {
				t.Errorf("status %d, error %v, want %d", a.status, err, test.status)
			}
			if n := d.rows("hook_events", "jobs"); n != test.left {
				t.Errorf("there are %s, want %s", n, test.left)
			}
			counted := d.rows("sign_in_failures") != "sign_in_failures 0"
			if want := test.status == http.StatusNotFound; counted != want {
				t.Errorf("it is counted as a failed sign-in: %t, want %t", counted, want)
			}
			if calls := d.sandbox.Calls(); calls != 0 {
				t.Errorf("Yoti was asked %d times before the answer", calls)
			}
		})
	}
}

// An event that is played again is on record, and asks nothing more of Yoti: not while it
// waits, and not after the result was had.
func TestReplayedEvents(t *testing.T) {
	d := newDesk(t, t.TempDir())
	event := `{"subscription_name":"idv_session_completion","recipient_id":"00000000-0000-4000-8000-000000000003"}`
	for range 3 {
		if a, err := d.hook("/hooks/yoti/"+hookSecret, event); err != nil || a.status != http.StatusNoContent {
			t.Errorf("status %d, error %v", a.status, err)
		}
	}
	if n := d.rows("hook_events", "jobs"); n != "hook_events 3, jobs 1" {
		t.Errorf("there are %s", n)
	}
	if n := d.workOff(); n != 1 {
		t.Errorf("Yoti was asked %d times", n)
	}
	if a, err := d.hook("/hooks/yoti/"+hookSecret, event); err != nil || a.status != http.StatusNoContent {
		t.Errorf("status %d, error %v", a.status, err)
	}
	if n := d.workOff(); n != 0 {
		t.Errorf("after it was played again Yoti was asked %d times", n)
	}
}

// An address of the queue that was tampered with, or names nothing, gets a page that says so.
func TestBadQueueAddresses(t *testing.T) {
	d := newDesk(t, t.TempDir())
	ann := d.signedIn("ann")
	const id = "7c9e6679-7425-40de-944b-e07fc1f90ae7"
	for _, query := range []string{
		"tab=x", "bucket=x", "state=x&bucket=x", "stage=x", "assignee=nobody", "reviewer=nobody", "from=2026-13-01", "until=yesterday",
		"country=%00", "check=%FF", "page=x", "page=%00",
		"page=n.0.0.0.1764443000000." + id + ".1764443999000.1", "page=q.0.0.0.1764443000000." + id + ".1764443999000",
		"page=n.0.9.0.1764443000000." + id + ".1764443999000", "page=n.0.0.99.1764443000000." + id + ".1764443999000",
		"page=n.0.0.0.9223372036854775808." + id + ".1", "page=n.0.0.0.1.00000000-0000-0000-0000-000000000000.1",
		"page=n.0.0.0.1.' OR 1=1 --.1", "page=" + strings.Repeat("9", 5000),
	} {
		a, err := ann.get("/queue?" + strings.ReplaceAll(query, " ", "%20"))
		if err != nil || a.status != http.StatusBadRequest || !strings.Contains(a.body, `data-error="no-view-of-queue"`) {
			t.Errorf("%.100s: status %d, error %v", query, a.status, err)
		}
	}
	for _, elsewhere := range []string{
		"page=n.0.0.0.9223372036854775807." + id + ".9223372036854775807", "page=p.1.2.0.-9223372036854775808." + id + ".0", "page=n.0.0.0.1." + id + ".1",
	} {
		a, err := ann.get("/queue?" + elsewhere)
		if err != nil || a.status != http.StatusOK && a.status != http.StatusBadRequest {
			t.Errorf("%s: status %d, error %v", elsewhere, a.status, err)
		}
	}
	if strings.Contains(d.log.String(), "request failed") {
		t.Errorf("the log has %s", d.log)
	}
}
