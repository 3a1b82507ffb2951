package yotisign_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"countersign/internal/idv"
	"countersign/internal/yotisign"
	"countersign/internal/yotisign/sandbox"
)

func someEnvelope(t testing.TB, s string) idv.EnvelopeID {
	t.Helper()
	id, err := idv.ParseEnvelopeID(s)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

const envelopeUUID = "1ebfcc7c-9d31-4d2c-8a4b-3f6b0e1d2c3a"

func TestEnvelopeAsksAsYotiWants(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet || r.URL.Path != "/v2/envelopes/"+envelopeUUID || r.Header.Get("Authorization") != "Bearer "+secret || r.Header.Get("Accept") != "application/json" {
			t.Errorf("asked %s %s with %v", r.Method, r.URL, r.Header)
		}
		asJSON(w, http.StatusOK, `{"status":"ACTIVE","details":{"recipients":[]}}`)
	}))
	defer server.Close()
	id := someEnvelope(t, envelopeUUID)
	e, err := newClient(t, server.URL+"/v2", yotisign.Options{}).Envelope(t.Context(), id)
	if err != nil || e.Status != idv.EnvelopeActive || e.ID != id {
		t.Errorf("%v, error %v", e, err)
	}
}

func TestEnvelopeErrors(t *testing.T) {
	answering := func(status int, kind, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", kind)
			w.WriteHeader(status)
			_, _ = io.WriteString(w, body)
		}
	}
	const refusal = `{"code":"jane.example","message":"Jane Example"}`
	tests := map[string]struct {
		answer http.HandlerFunc
		want   error
		tries  int
	}{
		"not found":        {answering(404, "application/json", refusal), idv.ErrNotFound, 1},
		"unauthorised":     {answering(401, "application/json", refusal), idv.ErrUnauthorised, 1},
		"forbidden":        {answering(403, "application/json", refusal), idv.ErrForbidden, 1},
		"rate limited":     {answering(429, "application/json", refusal), idv.ErrRateLimited, 1},
		"bad request":      {answering(400, "application/json", refusal), idv.ErrUnexpected, 1},
		"fault":            {answering(500, "text/plain", "Jane Example"), idv.ErrUnavailable, 1},
		"unavailable":      {answering(503, "text/plain", "Jane Example"), idv.ErrUnavailable, 3},
		"nothing":          {answering(200, "application/json", ""), idv.ErrEmpty, 1},
		"a page":           {answering(200, "text/html", "<h1>Jane Example</h1>"), idv.ErrInvalid, 1},
		"twice the same":   {answering(200, "application/json", `{"details":{"recipients":[{"name":"Jane","Name":"Jane"}]}}`), idv.ErrInvalid, 1},
		"another envelope": {answering(200, "application/json", `{"envelope_id":"7c9e6679-7425-40de-944b-e07fc1f90ae7","details":{"recipients":[{"name":"Jane"}]}}`), idv.ErrInvalid, 1},
		"too large":        {answering(200, "application/json", `{"a":"`+strings.Repeat("Jane", idv.MaxEnvelopeBytes/4)+`"}`), idv.ErrTooLarge, 1},
		"the key":          {answering(200, "application/json", `{"envelope_name":"`+secret+`"}`), idv.ErrKeyEchoed, 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			tries := 0
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				tries++
				test.answer(w, r)
			}))
			defer server.Close()
			e, err := newClient(t, server.URL+"/v2", yotisign.Options{}).Envelope(t.Context(), someEnvelope(t, envelopeUUID))
			if !errors.Is(err, test.want) || e != nil || tries != test.tries {
				t.Errorf("%v, error %v in %d tries, want %v in %d", e, err, tries, test.want, test.tries)
			}
			if text := fmt.Sprintf("%v %+v", err, err); strings.Contains(strings.ToLower(text), "jane") || strings.Contains(text, secret) {
				t.Errorf("the error repeats the answer: %s", text)
			}
		})
	}
}

// Every envelope of the sandbox is read with the people that are in it, or refused for
// what is wrong with it.
func TestSandboxEnvelopesThroughClient(t *testing.T) {
	stand := sandbox.New(secret)
	server := httptest.NewServer(stand)
	defer server.Close()
	client := newClient(t, server.URL+"/v2", yotisign.Options{Header: time.Second})
	wrong := map[string]error{
		"0404": idv.ErrNotFound, "0401": idv.ErrUnauthorised, "0403": idv.ErrForbidden, "0429": idv.ErrRateLimited,
		"0503": idv.ErrUnavailable, "bad2": idv.ErrInvalid, "bad3": idv.ErrInvalid, "bad7": idv.ErrInvalid,
	}
	for _, known := range append(sandbox.Envelopes(), stand.SignEnvelopes(10, 3)...) {
		e, err := client.Envelope(t.Context(), someEnvelope(t, known.ID))
		if want := wrong[known.ID[32:]]; known.Trouble && !errors.Is(err, want) || !known.Trouble && err != nil {
			t.Errorf("%s: error %v, want %v", known.Name, err, want)
		}
		if err != nil || known.Trouble {
			continue
		}
		if len(e.Problems) > 0 || len(e.Recipients) != len(known.Recipients) || !e.Status.Word().Known {
			t.Errorf("%s: %v with status %s and problems %+v", known.Name, e, e.Status, e.Problems)
		}
		for i, r := range e.Recipients {
			asks, told := r.AsksIDV()
			if want := known.Recipients[i]; r.ID.String() != want.ID || r.Name != want.Name || r.Email != want.Email || asks != (want.Person != "") || !told {
				t.Errorf("%s: recipient %s, %q, %q, IDV %v", known.Name, r.ID, r.Name, r.Email, asks)
			}
		}
	}
	hostile, err := client.Envelope(t.Context(), someEnvelope(t, "00000000-0000-4000-9000-00000000bad6"))
	if err != nil || len(hostile.RecipientIDs()) != 1 || len(hostile.Problems) < 6 {
		t.Errorf("%v with %d recipients and problems %+v, error %v", hostile, len(hostile.RecipientIDs()), hostile.Problems, err)
	}
}
