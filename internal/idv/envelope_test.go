package idv

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestParseEnvelopeID(t *testing.T) {
	for _, s := range []string{someID, " " + strings.ToUpper(someID) + "\n", "{" + someID + "}"} {
		if id, err := ParseEnvelopeID(s); err != nil || id.String() != someID {
			t.Errorf("ParseEnvelopeID(%q) = %s, %v", s, id, err)
		}
	}
	for _, s := range []string{"", "x", someID + "/status", "../" + someID, "00000000-0000-0000-0000-000000000000"} {
		if id, err := ParseEnvelopeID(s); !errors.Is(err, ErrNoEnvelopeID) || id != (EnvelopeID{}) {
			t.Errorf("ParseEnvelopeID(%q) = %s, %v", s, id, err)
		}
	}
}

func recipientOf(s string) RecipientID {
	id, _ := ParseRecipientID(s)
	return id
}

func TestDecodeEnvelope(t *testing.T) {
	limit := 3
	id, _ := ParseEnvelopeID(someID)
	tests := []struct {
		name, body string
		want       Envelope
	}{
		{"nothing", `{}`, Envelope{}},
		{"nulls", `{"envelope_id":null,"status":null,"details":null}`, Envelope{}},
		{"documented", `{"envelope_id":"` + someID + `","status":"COMPLETE","details":{"completed_at":"2026-11-02T10:00:00Z","recipients":[
			{"id":"` + otherID + `","name":"Jane Example","email":"jane@example.org","auth_type":"idv","role":"Tenant","sign_status":"SIGNED","signed_at":"2026-11-02T09:00:00Z","sign_group_order":"","ip_address":"192.0.2.7","tags":[{"x":0.1}]}]}}`,
			Envelope{ID: id, Status: EnvelopeComplete, CompletedAt: ReadTime("2026-11-02T10:00:00Z"), Recipients: []EnvelopeRecipient{{
				ID: recipientOf(otherID), Name: "Jane Example", Email: "jane@example.org", AuthType: "idv", Role: "Tenant", SignStatus: Signed, SignedAt: ReadTime("2026-11-02T09:00:00Z"),
			}}}},
		{"what was asked of one", `{"details":{"recipients":[{"id":"` + otherID + `","verification":{"idv":{"session_config_name":"HR","when":"after_submitting","session_limit":3,"blocks_signing":["deadend_errors"],"new":1}}}]}}`,
			Envelope{Recipients: []EnvelopeRecipient{{ID: recipientOf(otherID), Verification: Verification{"HR", "after_submitting", &limit, []string{"deadend_errors"}}}}}},
		{"what was asked of all", `{"verification":{"idv":{"session_config_name":"HR"}}}`, Envelope{Verification: Verification{SessionConfig: "HR"}}},
		{"what was asked of all, in the details", `{"details":{"verification":{"idv":{"when":"before_viewing"}}}}`, Envelope{Verification: Verification{When: "before_viewing"}}},
		{"unknown", `{"status":"SHREDDED","mood":{"a":[{}]},"details":{"recipients":[{"id":"` + otherID + `","auth_type":"palm"}]}}`,
			Envelope{Status: "SHREDDED", Recipients: []EnvelopeRecipient{{ID: recipientOf(otherID), AuthType: "palm"}}}},
		{"of wrong types", `{"envelope_id":"Jane","status":7,"details":{"recipients":["Jane",{"id":["Jane"],"name":{"first":"Jane"}},{"id":"Jane"},{}]}}`,
			Envelope{Recipients: make([]EnvelopeRecipient, 3), Problems: []Problem{
				{Path: "envelope_id", Want: "an envelope ID"}, {Path: "status", Want: "text"},
				{Path: "details.recipients[0]", Want: "an object"},
				{Path: "details.recipients[1].name", Want: "text"}, {Path: "details.recipients[1].id", Want: "text"},
				{Path: "details.recipients[2].id", Want: "a recipient ID"}, {Path: "details.recipients[3].id", Want: "a recipient ID"},
			}}},
		{"no list", `{"details":{"recipients":"Jane"}}`, Envelope{Problems: []Problem{{Path: "details.recipients", Want: "a list"}}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := DecodeEnvelope([]byte(test.body))
			if err != nil {
				t.Fatal(err)
			}
			ids := cmp.Comparer(func(a, b RecipientID) bool { return a == b })
			if diff := cmp.Diff(test.want, *got, ids, cmp.Comparer(func(a, b EnvelopeID) bool { return a == b }), cmpopts.EquateEmpty()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestDecodeEnvelopeRefuses(t *testing.T) {
	many := `{"details":{"recipients":[` + strings.Repeat(`{},`, MaxEnvelopeRecipients) + `{}]}}`
	for name, test := range map[string]struct {
		body string
		want error
	}{
		"no JSON":             {`{"status":`, ErrInvalid},
		"a list":              {`["Jane"]`, ErrInvalid},
		"the same twice":      {`{"details":{"recipients":[{"id":"` + otherID + `","ID":"` + someID + `"}]}}`, ErrInvalid},
		"data after the end":  {`{} {"envelope_id":"Jane"}`, ErrInvalid},
		"too deep":            {`{"a":` + strings.Repeat("[", maxDepth) + strings.Repeat("]", maxDepth) + `}`, ErrInvalid},
		"too large":           {`{"a":"` + strings.Repeat("x", MaxEnvelopeBytes) + `"}`, ErrTooLarge},
		"too many recipients": {many, ErrTooLarge},
	} {
		e, err := DecodeEnvelope([]byte(test.body))
		if !errors.Is(err, test.want) || e != nil || strings.Contains(fmt.Sprint(err), "Jane") {
			t.Errorf("%s: %v, %v, want %v", name, e, err, test.want)
		}
	}
	if _, err := DecodeEnvelope([]byte(strings.Replace(many, "{},", "", 1))); err != nil {
		t.Errorf("as many as there may be: %v", err)
	}
}

// Names and addresses are in the fields that hold them and nowhere else.
func TestEnvelopesPrintNoNames(t *testing.T) {
	e, err := DecodeEnvelope([]byte(`{"envelope_name":"Plant 1","extra":"Plant 2","details":{"recipients":[{"name":"Plant 3","email":"Plant 4","role":"Plant 5","ip_address":"Plant 6"},
		{"name":["Plant 7"]},{"id":"Plant 8"}]}}`))
	if err != nil || e.Name != "Plant 1" || e.Recipients[0].Name != "Plant 3" {
		t.Fatalf("%v, %v", e, err)
	}
	var out bytes.Buffer
	held := struct{ E Envelope }{*e}
	for _, value := range []any{e, *e, held, e.Recipients, e.Recipients[0], &e.Recipients[0], e.Problems} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			fmt.Fprintf(&out, verb+"\n", value)
		}
		text, err := json.Marshal(value)
		if err != nil {
			t.Error(err)
		}
		out.Write(text)
		for _, handler := range []slog.Handler{slog.NewJSONHandler(&out, nil), slog.NewTextHandler(&out, nil)} {
			slog.New(handler).Info("x", "value", value)
		}
	}
	if strings.Contains(out.String(), "Plant") || strings.Contains(out.String(), fmt.Sprintf("%x", "Plant")) {
		t.Errorf("a name is printed:\n%s", out.String())
	}
}

func TestEnvelopeRecipientIDs(t *testing.T) {
	e := Envelope{Recipients: []EnvelopeRecipient{{ID: recipientOf(otherID)}, {}, {ID: recipientOf(someID)}, {ID: recipientOf(otherID)}}}
	if got := e.RecipientIDs(); !slices.Equal(got, []RecipientID{recipientOf(otherID), recipientOf(someID)}) {
		t.Errorf("%v", got)
	}
}

func TestAsksIDV(t *testing.T) {
	for _, test := range []struct {
		of          EnvelopeRecipient
		asks, known bool
	}{
		{EnvelopeRecipient{AuthType: "idv"}, true, true},
		{EnvelopeRecipient{AuthType: "no-auth"}, false, true},
		{EnvelopeRecipient{}, false, false},
		{EnvelopeRecipient{Verification: Verification{SessionConfig: "HR"}}, true, true},
	} {
		if asks, known := test.of.AsksIDV(); asks != test.asks || known != test.known {
			t.Errorf("AsksIDV of auth type %q: %v, %v", test.of.AuthType, asks, known)
		}
	}
}

func TestEnvelopeWords(t *testing.T) {
	for _, s := range []EnvelopeStatus{EnvelopeQueued, EnvelopeActive, EnvelopeComplete, EnvelopeCompleted, EnvelopeArchived, EnvelopeErrored} {
		if w := s.Word(); !w.Known || w.Label == "" || w.Meaning == "" {
			t.Errorf("%s: %+v", s, w)
		}
	}
	for _, w := range []Word{EnvelopeStatus("complete").Word(), EnvelopeStatus("").Word(), SignStatus("signed").Word(), SignStatus("").Word()} {
		if w.Known || w.Label == "" {
			t.Errorf("%+v", w)
		}
	}
	if EnvelopeStatus("\u202eEVITCA").Word().Label == "\u202eEVITCA" {
		t.Error("a hidden sign is not made visible")
	}
}

// FuzzDecodeEnvelope holds every body to what DecodeEnvelope promises: no error quotes it,
// and what it gives stands in the body and is bounded.
func FuzzDecodeEnvelope(f *testing.F) {
	f.Add([]byte(`{"envelope_id":"` + someID + `","details":{"recipients":[{"id":"` + otherID + `","verification":{"idv":{"blocks_signing":["x",7]}}},7]}}`))
	f.Add([]byte(`{"a":1,"A":2}`))
	f.Add([]byte(`{"details":{"recipients":[{"name":"\ud800"}]}}{}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		e, err := DecodeEnvelope(body)
		if err != nil {
			if !slices.Contains([]error{ErrTooLarge, errDepth, errDuplicate, errObject, errSyntax, errTrailing}, err) {
				t.Errorf("the error may quote the body: %v", err)
			}
			return
		}
		for _, id := range e.RecipientIDs() {
			if again, err := ParseRecipientID(id.String()); err != nil || again != id {
				t.Errorf("%s: %v", id, err)
			}
		}
		for _, p := range e.Problems {
			if p.JSON != "" {
				t.Errorf("a problem quotes the body: %+v", p)
			}
		}
		if len(e.Recipients) > MaxEnvelopeRecipients {
			t.Errorf("%d recipients", len(e.Recipients))
		}
	})
}
