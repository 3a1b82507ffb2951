package cli

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"countersign/internal/yotisign/sandbox"
)

func TestWebhookFlags(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		flags webhooks
		want  string
	}{
		{webhooks{}, ""},
		{webhooks{Webhook: "http://127.0.0.1:8080/hooks/yoti/made-up-path", WebhookSign: 40}, ""},
		{webhooks{Webhook: "made-up-path", WebhookSign: 40}, "--webhook:"},
		{webhooks{Webhook: "ftp://example.org/made-up-path", WebhookSign: 40}, "--webhook:"},
		{webhooks{Webhook: "https://example.org/made-up-path"}, "--webhook-sign:"},
		{webhooks{Webhook: "https://example.org/made-up-path", WebhookSign: maxSigned + 1}, "--webhook-sign:"},
	} {
		err := test.flags.check()
		if (err == nil) != (test.want == "") || err != nil && (!strings.HasPrefix(err.Error(), test.want) || strings.Contains(err.Error(), "made-up-path")) {
			t.Errorf("%+v: %v, want %q", test.flags, err, test.want)
		}
	}
}

// The stand-in sends all that it signed, twice where it is to.
func TestTheStandInSends(t *testing.T) {
	t.Parallel()
	const events = 5*(1+1+4+1) + 1 + 4 // ready, signed, four of idv, complete; the fifth has a second recipient
	var calls atomic.Int32
	arrived := make(chan struct{})
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if calls.Add(1) == 2*events {
			close(arrived)
		}
	}))
	defer hook.Close()
	flags := webhooks{Webhook: hook.URL + "/hooks/made-up-path", WebhookSign: 5, WebhookTwice: true, WebhookShuffle: true}
	stop := flags.start(t.Context(), sandbox.New("made-up-key"), io.Discard)
	<-arrived
	stop()
	if calls.Load() != 2*events {
		t.Errorf("%d events came, want %d", calls.Load(), 2*events)
	}
}

func TestTheStandInSaysWhatFailed(t *testing.T) {
	t.Parallel()
	called := make(chan struct{}, 100)
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusNotFound)
		called <- struct{}{}
	}))
	defer hook.Close()
	said := make(line, 1)
	stop := webhooks{Webhook: hook.URL + "/hooks/made-up-path", WebhookSign: 1}.start(t.Context(), sandbox.New("made-up-key"), said)
	defer stop()
	if text := <-said; !strings.Contains(text, "took 0 of 7 events") || strings.Contains(text, "made-up-path") || len(called) != 7 {
		t.Errorf("it says %q after %d calls", text, len(called))
	}
}

// line takes what is written.
type line chan string

func (l line) Write(text []byte) (int, error) {
	l <- string(text)
	return len(text), nil
}
