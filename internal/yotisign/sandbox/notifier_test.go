package sandbox

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// hook is a webhook that remembers what came.
type hook struct {
	*httptest.Server
	mu     sync.Mutex
	bodies []string
}

func (h *hook) take(body string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.bodies = append(h.bodies, body)
}

// got returns what came so far.
func (h *hook) got() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.bodies)
}

func newHook(t *testing.T, answer http.HandlerFunc) *hook {
	h := &hook{}
	h.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if r.Method != http.MethodPost || r.Header.Get("Content-Type") != "application/json" || r.URL.Path != "/hooks/made-up-path" || err != nil {
			t.Errorf("%s %s as %q, %v", r.Method, r.URL, r.Header.Get("Content-Type"), err)
		}
		h.take(string(body))
		answer(w, r)
	}))
	t.Cleanup(h.Close)
	return h
}

func (h *hook) address() string { return h.URL + "/hooks/made-up-path" }

func fine(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }

func letters(s string) []Event {
	var events []Event
	for _, letter := range strings.Split(s, "") {
		events = append(events, Event{Body: []byte(letter)})
	}
	return events
}

func TestNotifier(t *testing.T) {
	for _, test := range []struct {
		name     string
		notifier Notifier
		want     string
		waits    int
	}{
		{"as they are", Notifier{}, "abc", 0},
		{"twice", Notifier{Twice: true}, "abcabc", 0},
		{"late", Notifier{Late: time.Hour}, "abc", 3},
		{"reversed", Notifier{Order: Reversed}, "cba", 0},
		{"twice, late and reversed", Notifier{Twice: true, Late: time.Minute, Order: Reversed}, "cbacba", 6},
		{"only some", Notifier{Order: func(int) []int { return []int{1} }}, "b", 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			h, n := newHook(t, fine), test.notifier
			waits := 0
			n.URL = h.address()
			n.Wait = func(_ context.Context, d time.Duration) error {
				if waits++; d != n.Late {
					t.Errorf("waited %v", d)
				}
				return nil
			}
			accepted, err := n.Send(t.Context(), letters("abc")...)
			if got := strings.Join(h.got(), ""); err != nil || got != test.want || accepted != len(test.want) || waits != test.waits {
				t.Errorf("sent %q, %d accepted, %d waits, error %v", got, accepted, waits, err)
			}
		})
	}
}

func TestShuffled(t *testing.T) {
	one, again, other := Shuffled(1)(50), Shuffled(1)(50), Shuffled(2)(50)
	if !slices.Equal(one, again) || slices.Equal(one, other) {
		t.Errorf("%v, %v, %v", one, again, other)
	}
	slices.Sort(one)
	slices.Reverse(one)
	if !slices.Equal(one, Reversed(50)) {
		t.Errorf("not an order of fifty: %v", one)
	}
}

// What fails does not keep the rest from being sent, and no error has the address in it.
func TestNotifierGoesOn(t *testing.T) {
	for name, answer := range map[string]http.HandlerFunc{
		"refused":    func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotFound) },
		"redirected": func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/elsewhere", http.StatusFound) },
		"cut off":    func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
	} {
		h := newHook(t, answer)
		n := Notifier{URL: h.address()}
		accepted, err := n.Send(t.Context(), letters("abc")...)
		if accepted != 0 || err == nil || strings.Contains(err.Error(), "made-up-path") || len(h.got()) < 3 {
			t.Errorf("%s: %d accepted of %q, error %v", name, accepted, h.got(), err)
		}
	}
	n := Notifier{URL: "http://127.0.0.1:1/made-up-path"}
	if _, err := n.Send(t.Context(), letters("a")...); err == nil || strings.Contains(err.Error(), "made-up-path") {
		t.Errorf("nobody there: %v", err)
	}
	n = Notifier{URL: "http://made-up-path\x00"}
	if _, err := n.Send(t.Context(), letters("a")...); err == nil || strings.Contains(err.Error(), "made-up-path") {
		t.Errorf("no address: %v", err)
	}
}

func TestNotifierEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	h := newHook(t, func(w http.ResponseWriter, r *http.Request) { cancel(); fine(w, r) })
	n := Notifier{URL: h.address(), Late: time.Hour, Wait: func(ctx context.Context, _ time.Duration) error { return ctx.Err() }}
	if _, err := n.Send(ctx, letters("abc")...); !errors.Is(err, context.Canceled) || len(h.got()) != 1 {
		t.Errorf("sent %q, error %v", h.got(), err)
	}
	n.Wait = nil
	if _, err := n.Send(ctx, letters("abc")...); !errors.Is(err, context.Canceled) || len(h.got()) != 1 {
		t.Errorf("with the usual clock: sent %q, error %v", h.got(), err)
	}
}

// Every recipient of an envelope can be found from its events: some name it, the others
// its envelope or its session.
func TestEventsOf(t *testing.T) {
	topics, bodies := map[string]bool{}, map[string]bool{}
	for _, e := range New(apiKey).SignEnvelopes(40, 5) {
		events := EventsOf(e)
		if first, last := events[0].Topic, events[len(events)-1].Topic; first != "envelope_ready" || last != "envelope_completion" {
			t.Errorf("from %s to %s", first, last)
		}
		var all string
		for _, event := range events {
			topics[event.Topic] = true
			all += string(event.Body)
			if !json.Valid(event.Body) || len(event.Body) > 64<<10 || !strings.Contains(string(event.Body), strings.TrimPrefix(event.Topic, "idv_")) {
				t.Errorf("%s: %s", event.Topic, event.Body)
			}
			for _, r := range e.Recipients {
				if strings.Contains(string(event.Body), r.ID) && len(event.Body) > 0 {
					bodies[event.Topic] = true
				}
			}
		}
		for _, r := range e.Recipients {
			if !strings.Contains(all, r.ID) {
				t.Errorf("%+v is in none of its events", r)
			}
		}
	}
	if len(topics) != 7 || len(bodies) != 6 { // envelope_ready names nobody by an ID
		t.Errorf("topics %v, of which %v name a recipient", topics, bodies)
	}
}

func TestStrayEvents(t *testing.T) {
	large, broken := 0, 0
	for _, e := range StrayEvents() {
		if len(e.Body) > 64<<10 {
			large++
		}
		if !json.Valid(e.Body) {
			broken++
		}
	}
	if large != 1 || broken < 4 {
		t.Errorf("%d are too large, %d are no JSON", large, broken)
	}
}
