package sandbox

import (
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"testing"
)

// envelopeWire is an envelope as it is answered.
type envelopeWire struct {
	ID      string `json:"envelope_id"`
	Status  string
	Details struct {
		Recipients []struct {
			ID, Name, Email string
			Auth            string `json:"auth_type"`
			SignStatus      string `json:"sign_status"`
			Verification    map[string]any
		}
	}
}

func (h *host) envelope(id string) (int, envelopeWire, string) {
	h.t.Helper()
	res, body := h.ask("GET", envelopesBefore+id, "Bearer "+apiKey)
	var e envelopeWire
	if res.StatusCode == 200 {
		if err := json.Unmarshal(body, &e); err != nil {
			h.t.Fatalf("%s: %v", id, err)
		}
	}
	return res.StatusCode, e, codeOf(body)
}

func TestEnvelopes(t *testing.T) {
	h := serve(t)
	ids := map[string]bool{}
	for _, want := range Envelopes() {
		if !uuid.MatchString(want.ID) || ids[want.ID] || want.Name == "" || !strings.HasSuffix(want.Shows, ".") {
			t.Errorf("%+v: want a UUID of its own, a name and one line on what it shows", want)
		}
		ids[want.ID] = true
		if want.Trouble {
			continue
		}
		status, got, _ := h.envelope(strings.ToUpper(want.ID))
		if status != 200 || got.ID != want.ID || len(got.Details.Recipients) != len(want.Recipients) {
			t.Fatalf("%s: %d, %+v", want.Name, status, got)
		}
		for i, r := range want.Recipients {
			w := got.Details.Recipients[i]
			if w.ID != r.ID || w.Name != r.Name || w.Email != r.Email || !strings.HasSuffix(r.Email, "@example.org") || (w.Auth == "idv") != (r.Person != "") {
				t.Errorf("%s: %+v, want %+v", want.Name, w, r)
			}
			if res, body := h.get(r.ID); r.Person != "" && (res.StatusCode != 200 || !strings.Contains(string(body), r.Session)) || r.Person == "" && res.StatusCode != 404 {
				t.Errorf("%s: the result of %+v: %d", want.Name, r, res.StatusCode)
			}
		}
	}
	if len(Envelopes()[1].Recipients) < 3 {
		t.Error("the second envelope has few recipients")
	}
}

func TestEnvelopeRefusals(t *testing.T) {
	one := envelopeNumbered("000000000001")
	for _, test := range []struct {
		name, method, path, key string
		status                  int
		code                    string
		counts                  int
	}{
		{"no key", "GET", one, "", 401, "BAD_TOKEN", 1},
		{"wrong key before the ID", "GET", "x", "Bearer another", 401, "BAD_TOKEN", 1},
		{"not a UUID", "GET", "robert", "Bearer " + apiKey, 400, "MALFORMED_REQUEST", 1},
		{"unknown", "GET", "6f0c7d1e-2b3a-4c58-9d47-e1a5b08c9f23", "Bearer " + apiKey, 404, "ENVELOPE_NOT_FOUND", 1},
		{"a recipient", "GET", numbered(1), "Bearer " + apiKey, 404, "ENVELOPE_NOT_FOUND", 1},
		{"of others", "GET", envelopeNumbered("000000000403"), "Bearer " + apiKey, 403, "INSUFFICIENT_PERMISSION", 1},
		{"post", "POST", one, "Bearer " + apiKey, 405, "METHOD_NOT_ALLOWED", 0},
		{"more of a path", "GET", one + "/status", "Bearer " + apiKey, 404, "NOT_FOUND", 0},
		{"no ID", "GET", "", "Bearer " + apiKey, 404, "NOT_FOUND", 0},
	} {
		h := serve(t)
		res, body := h.ask(test.method, envelopesBefore+test.path, test.key)
		if res.StatusCode != test.status || codeOf(body) != test.code || h.EnvelopeCalls() != test.counts {
			t.Errorf("%s: %d %q after %d calls, want %d %q after %d", test.name, res.StatusCode, codeOf(body), h.EnvelopeCalls(), test.status, test.code, test.counts)
		}
	}
}

func TestSignEnvelopes(t *testing.T) {
	h := serve(t)
	signed := h.SignEnvelopes(40, 7)
	again := New(apiKey).SignEnvelopes(40, 7)
	other := New(apiKey).SignEnvelopes(40, 8)
	seen, people, pairs := map[string]bool{}, map[string]int{}, 0
	fresh := func(id string) {
		if seen[id] || !uuid.MatchString(id) {
			t.Errorf("%s is not an ID of its own", id)
		}
		seen[id] = true
	}
	for i, e := range signed {
		if e.ID != again[i].ID || !slices.Equal(e.Recipients, again[i].Recipients) || e.ID == other[i].ID {
			t.Errorf("envelope %d of one seed is %+v and %+v, of another %+v", i, e, again[i], other[i])
		}
		if status, got, _ := h.envelope(e.ID); status != 200 || got.Status != "COMPLETE" || len(got.Details.Recipients) != len(e.Recipients) {
			t.Errorf("envelope %d: %d, %+v", i, status, got)
		}
		fresh(e.ID)
		pairs += len(e.Recipients) - 1
		for _, r := range e.Recipients {
			people[r.Person]++
			fresh(r.ID)
			fresh(r.Session)
			res, body := h.get(r.ID)
			if got := object(t, r.Person, body); res.StatusCode != 200 || got["session_id"] != r.Session {
				t.Errorf("%+v answers %d with session %v", r, res.StatusCode, got["session_id"])
			}
		}
	}
	if pairs != 8 {
		t.Errorf("%d envelopes have a second recipient, want 8", pairs)
	}
	for _, p := range People() {
		if n := people[p.Name]; !p.Trouble && n != 1 && n != 2 {
			t.Errorf("%s came %d times in 48", p.Name, n)
		}
	}
}

// Each fresh recipient of the one whose result changes begins anew, and what was there
// before is as it was.
func TestFreshRecipientsShareNothing(t *testing.T) {
	h := serve(t)
	states := func(id string) [2]any {
		_, first := h.get(id)
		_, second := h.get(id)
		return [2]any{object(t, id, first)["state"], object(t, id, second)["state"]}
	}
	want := [2]any{"ONGOING", "COMPLETED"}
	for _, e := range h.SignEnvelopes(54, 1) {
		for _, r := range e.Recipients {
			if got := states(r.ID); r.Person == "Changes while you look" && got != want {
				t.Errorf("%s: %v", r.ID, got)
			}
		}
	}
	if got := states(numbered(20)); got != want {
		t.Errorf("the one who is always there: %v", got)
	}
}

func TestEnvelopesAreSignedWhileOthersAsk(t *testing.T) {
	h := serve(t)
	var wait sync.WaitGroup
	for seed := range uint64(4) {
		wait.Go(func() {
			for _, e := range h.SignEnvelopes(3, seed) {
				if status, _, _ := h.envelope(e.ID); status != 200 {
					t.Errorf("status %d", status)
				}
			}
		})
	}
	wait.Wait()
}
