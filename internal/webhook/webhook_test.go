package webhook_test

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/uuid"

	"countersign/internal/webhook"
	"countersign/internal/yotisign/sandbox"
)

const (
	one   = "7c9e6679-7425-40de-944b-e07fc1f90ae7"
	two   = "1ebfcc7c-9d31-4d2c-8a4b-3f6b0e1d2c3a"
	three = "00000000-0000-4000-8000-000000000003"
)

// summary is a hint in one line.
func summary(h webhook.Hint) string {
	text := string(h.Kind)
	add := func(name string, list []string) {
		if len(list) > 0 {
			text += " " + name + "=" + strings.Join(list, ",")
		}
	}
	add("recipients", texts(h.Recipients))
	add("envelopes", texts(h.Envelopes))
	add("sessions", texts(h.Sessions))
	add("others", texts(h.Others))
	if h.More {
		text += " more"
	}
	return text
}

func texts[ID fmt.Stringer](ids []ID) []string {
	var list []string
	for _, id := range ids {
		list = append(list, id.String())
	}
	return list
}

func TestParse(t *testing.T) {
	for _, test := range []struct{ name, body, want string }{
		{"signer_completion", `{"envelope_id":"` + one + `","subscription_name":"signer_completion","status":"ACTIVE","details":{"recipients":[{"id":"` + two + `","name":"Jane","signer_id":"` + three + `"}],"files":[{"id":"` + three + `"}]}}`,
			"signer_completion recipients=" + two + " envelopes=" + one},
		{"core IDV", `{"session_id":"` + one + `","topic":"check_completion","check_id":"` + two + `"}`, "idv_check_completion sessions=" + one},
		{"core IDV with our prefix", `{"session_id":"` + one + `","topic":"idv_session_completion"}`, "idv_session_completion sessions=" + one},
		{"other spellings", `{"EnvelopeID":"` + strings.ToUpper(one) + `","recipient-id":"` + two + `","sessionId":"{` + three + `}"}`, "unknown recipients=" + two + " envelopes=" + one + " sessions=" + three},
		{"objects by name", `{"recipient":{"id":"` + one + `"},"envelope":{"id":"` + two + `"},"session":{"id":"` + three + `"}}`, "unknown recipients=" + one + " envelopes=" + two + " sessions=" + three},
		{"only the envelope", `{"subscription_name":"idv_task_completion","envelope_id":"` + one + `"}`, "idv_task_completion envelopes=" + one},
		{"the name counts more than the topic", `{"topic":"idv_task_completion","subscription_name":"upload_errors","a":{"topic":"envelope_ready"}}`, "upload_errors"},
		{"further in", `{"event":[{"topic":"idv_task_completion"}]}`, "idv_task_completion"},
		{"unknown name, known topic", `{"subscription_name":"x","topic":"envelope_ready"}`, "envelope_ready"},
		{"a kind of another type", `{"subscription_name":{"subscription_name":7},"topic":["envelope_ready"]}`, "envelope_ready"},
		{"a kind that is not one", `{"subscription_name":"<script>alert(1)</script>","topic":"idv_idv_task_completion"}`, "unknown"},
		{"the word unknown", `{"topic":"unknown"}`, "unknown"},
		{"anywhere", `{"a":[{"b":"https://yoti.example/r/` + one + `/json?x=` + two + `"}],"` + three + `":null}`, "unknown others=" + one + "," + two + "," + three},
		{"documented, so not anywhere", `{"a":"` + one + `","session_id":"` + two + `"}`, "unknown sessions=" + two},
		{"documented but no ID, so anywhere", `{"a":"` + one + `","session_id":"x","envelope_id":7}`, "unknown others=" + one},
		{"a text alone", `"` + one + `"`, "unknown others=" + one},
		{"a list", `["` + one + `",["` + one + `"]]`, "unknown others=" + one},
		{"part of something longer", `["` + one + `0","a` + one + `","` + one + `-7","-` + one + `"]`, "unknown"},
		{"zeros", `{"envelope_id":"00000000-0000-0000-0000-000000000000","a":"00000000-0000-0000-0000-000000000000"}`, "unknown"},
		{"a path for an ID", `{"envelope_id":"../../v2/idv","recipient_id":"` + one + `/x"}`, "unknown others=" + one},
		{"the same name twice", `{"envelope_id":"` + one + `","envelope_id":"` + two + `"}`, "unknown envelopes=" + one + "," + two},
		{"a byte order mark", "\ufeff" + `{"envelope_id":"` + one + `"}`, "unknown envelopes=" + one},
		{"bytes that are no text", "{\"envelope_id\":\"" + one + "\",\"x\":\"\xff\"}", "unknown envelopes=" + one},
		{"a number", `7`, "unknown"}, {"null", `null`, "unknown"}, {"nothing in it", `{}`, "unknown"},
		{"recipients elsewhere", `{"recipients":{"id":"` + one + `"},"tags":[{"id":"` + two + `"}]}`, "unknown recipients=" + one},
	} {
		h, err := webhook.Parse([]byte(test.body))
		if got := summary(h); err != nil || got != test.want {
			t.Errorf("%s: %s, error %v, want %s", test.name, got, err, test.want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for name, test := range map[string]struct {
		body string
		want error
	}{
		"nothing":      {"", webhook.ErrNotJSON},
		"blanks":       {" \n", webhook.ErrNotJSON},
		"cut short":    {`{"envelope_id":"` + one, webhook.ErrNotJSON},
		"two values":   {`{} {}`, webhook.ErrNotJSON},
		"a form":       {"envelope_id=" + one, webhook.ErrNotJSON},
		"very deep":    {strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000), webhook.ErrNotJSON},
		"one too many": {`"` + strings.Repeat("x", webhook.MaxBytes-1) + `"`, webhook.ErrTooLarge},
	} {
		h, err := webhook.Parse([]byte(test.body))
		if !errors.Is(err, test.want) || summary(h) != "" || strings.Contains(err.Error(), one) {
			t.Errorf("%s: %s, error %v, want %v", name, summary(h), err, test.want)
		}
		if _, err := webhook.Read(strings.NewReader(test.body)); !errors.Is(err, test.want) {
			t.Errorf("%s, read: %v", name, err)
		}
	}
	if _, err := webhook.Parse([]byte(`"` + strings.Repeat("x", webhook.MaxBytes-2) + `"`)); err != nil {
		t.Errorf("as large as may be: %v", err)
	}
	if _, err := webhook.Read(iotest.ErrReader(io.ErrUnexpectedEOF)); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("a body that breaks off: %v", err)
	}
}

func TestIDsAreBounded(t *testing.T) {
	var named, loose []string
	for i := range webhook.MaxIDs + 1 {
		id := fmt.Sprintf("00000000-0000-4000-8000-%012d", i+1)
		named = append(named, `{"id":"`+id+`"}`)
		loose = append(loose, `"`+id+`"`)
	}
	for name, test := range map[string]struct {
		body string
		want int
		more bool
	}{
		"as many as may be": {`{"recipients":[` + strings.Join(named[1:], ",") + `]}`, webhook.MaxIDs, false},
		"one more":          {`{"recipients":[` + strings.Join(named, ",") + `]}`, webhook.MaxIDs, true},
		"anywhere":          {`[` + strings.Join(loose, ",") + `]`, webhook.MaxIDs, true},
		"one again":         {`[` + strings.Join(append(loose[1:], loose[1]), ",") + `]`, webhook.MaxIDs, false},
	} {
		h, err := webhook.Parse([]byte(test.body))
		if got := len(h.Recipients) + len(h.Others); err != nil || got != test.want || h.More != test.more {
			t.Errorf("%s: %d IDs, more %v, error %v", name, got, h.More, err)
		}
	}
}

// Every event that the sandbox sends for an envelope leads to it, to its session or to one
// of its recipients, under a kind that brings recipients in where the event does.
func TestSandboxEvents(t *testing.T) {
	for _, e := range sandbox.New("made-up-key").SignEnvelopes(20, 2) {
		known := []string{e.ID}
		for _, r := range e.Recipients {
			known = append(known, r.ID, r.Session)
		}
		for _, event := range sandbox.EventsOf(e) {
			h, err := webhook.Parse(event.Body)
			found := slices.Concat(texts(h.Recipients), texts(h.Envelopes), texts(h.Sessions), texts(h.Others))
			if err != nil || string(h.Kind) != event.Topic || len(found) == 0 || h.More {
				t.Errorf("%s: %s, error %v", event.Topic, summary(h), err)
			}
			for _, id := range found {
				if !slices.Contains(known, id) {
					t.Errorf("%s names %s, which is none of %v", event.Topic, id, known)
				}
			}
			if h.Kind.BringsRecipients() != (event.Topic != "envelope_ready") {
				t.Errorf("%s brings recipients in: %v", event.Topic, h.Kind.BringsRecipients())
			}
		}
	}
	refused := 0
	for _, event := range sandbox.StrayEvents() {
		if h, err := webhook.Parse(event.Body); err != nil {
			refused++
		} else if !slices.Contains(webhook.Kinds(), h.Kind) {
			t.Errorf("kind %q", h.Kind)
		}
	}
	if refused != 6 {
		t.Errorf("%d stray events are refused, want 6", refused)
	}
}

// FuzzParse holds every body to what Parse promises: nothing comes out of it but known
// kinds and UUIDs that stand in it, no more than the bound of each.
func FuzzParse(f *testing.F) {
	for _, e := range sandbox.Envelopes()[:3] {
		for _, event := range sandbox.EventsOf(e) {
			f.Add(event.Body)
		}
	}
	for _, event := range sandbox.StrayEvents() {
		if len(event.Body) < 1000 {
			f.Add(event.Body)
		}
	}
	f.Add([]byte(`{"recipients":[{"id":"urn:uuid:` + one + `"},{"id":"` + strings.ReplaceAll(two, "-", "") + `"}],"x":"\u0037c9e6679-7425-40de-944b-e07fc1f90ae7"}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		h, err := webhook.Parse(body)
		if err != nil {
			if err != webhook.ErrTooLarge && err != webhook.ErrNotJSON {
				t.Errorf("the error may quote the body: %v", err)
			}
			return
		}
		if !slices.Contains(webhook.Kinds(), h.Kind) {
			t.Errorf("kind %q", h.Kind)
		}
		for _, list := range [][]string{texts(h.Recipients), texts(h.Envelopes), texts(h.Sessions), texts(h.Others)} {
			if len(list) > webhook.MaxIDs {
				t.Errorf("%d IDs", len(list))
			}
			for i, id := range list {
				if parsed, err := uuid.Parse(id); err != nil || parsed == uuid.Nil || parsed.String() != id || slices.Contains(list[:i], id) {
					t.Errorf("%q is not a UUID of its own", id)
				}
			}
		}
		if len(h.Others) > 0 && len(h.Recipients)+len(h.Envelopes)+len(h.Sessions) > 0 {
			t.Error("others beside those under documented names")
		}
	})
}
