package cli

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"countersign/internal/yotisign/sandbox"
)

// hookSecret opens the webhook of the tests.
const hookSecret = "4f1c9a7e2b8d3650a6e1f4c97b20d85e"

// secretFile writes a secret as the documentation says.
func secretFile(t *testing.T, text string, mode os.FileMode) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "webhook.secret")
	if err := os.WriteFile(name, []byte(text+"\n"), mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(name, mode); err != nil {
		t.Fatal(err)
	}
	return name
}

// watchedYoti is a stand-in for Yoti that says who was asked for, and answers when it is let.
type watchedYoti struct {
	yoti  http.Handler
	asked chan string
	held  chan struct{} // closed when it may answer
}

func (y *watchedYoti) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	y.asked <- r.URL.Path
	select {
	case <-y.held:
		y.yoti.ServeHTTP(w, r)
	case <-r.Context().Done():
	}
}

// sendHook sends an event that names a recipient of the stand-in.
func sendHook(t *testing.T, address string, recipient int) {
	t.Helper()
	body := fmt.Sprintf(`{"topic":"idv_session_completion","recipient_id":"00000000-0000-4000-8000-0000000000%02d"}`, recipient)
	response, err := http.Post(address+"/hooks/yoti/"+hookSecret, "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusNoContent {
		t.Fatalf("status %d", response.StatusCode)
	}
}

// A server that is killed while it asks Yoti goes on where it was when it is started again:
// what came by the webhook is fetched, with nobody signed in. One that is told to stop
// meanwhile ends.
func TestArrivalsGoOnAfterAKill(t *testing.T) {
	t.Parallel()
	yoti := &watchedYoti{sandbox.New("made-up-key-0c4f"), make(chan string, 100), make(chan struct{})}
	upstream := httptest.NewServer(yoti)
	defer upstream.Close()
	db := filepath.Join(t.TempDir(), "c.db")
	args := []string{"serve", "--db", db, "--yoti-base-url", upstream.URL + "/v2", "--webhook-secret-file", secretFile(t, hookSecret, 0o600), "--background-per-minute", "6000", "--addr"}
	server := startProcess(t, append(args, "127.0.0.1:0")...)
	_, address, _ := strings.Cut(server.first, " is at ")
	for recipient := 1; recipient <= 3; recipient++ {
		sendHook(t, address, recipient)
	}
	<-yoti.asked
	if err := server.command.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-server.ended
	again := startProcess(t, append(args, strings.TrimPrefix(address, "http://"))...)
	<-yoti.asked
	if err := again.command.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := <-again.ended; err != nil {
		t.Errorf("told to stop while it asked Yoti, it ended with %v", err)
	}
	close(yoti.held)
	last := startProcess(t, append(args, "127.0.0.1:0")...) // which may go on at once, since the one before stopped
	for range 3 {
		<-yoti.asked
	}
	if err := last.command.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := <-last.ended; err != nil {
		t.Errorf("it ended with %v", err)
	}
	p := &place{t: t, db: db}
	if n := p.number(`SELECT count(*) FROM recipients WHERE newest IS NOT NULL`); n != 3 {
		t.Errorf("%d recipients have results, want 3", n)
	}
	if n := p.number(`SELECT count(*) FROM fetches WHERE account <> (SELECT id FROM accounts WHERE role = 'system')`); n != 0 {
		t.Errorf("%d fetches are not the system's", n)
	}
}

// What is wrong with the secret or the rate is said in a sentence, without the secret.
func TestServeRefusesWhatArrivalsNeed(t *testing.T) {
	t.Setenv("YOTI_SIGN_API_KEY", "made-up-key-0c4f")
	for _, test := range []struct {
		name string
		args []string
		want string
	}{
		{"no file", []string{"--webhook-secret-file", filepath.Join(t.TempDir(), "none")}, "no such file"},
		{"a short secret", []string{"--webhook-secret-file", secretFile(t, "hunter2", 0o600)}, "too short"},
		{"a secret that others may read", []string{"--webhook-secret-file", secretFile(t, hookSecret, 0o644)}, "can be read or written by other users"},
		{"a rate below zero", []string{"--background-per-minute=-1"}, "give a number up to"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var said bytes.Buffer
			args := append([]string{"serve", "--addr", "127.0.0.1:0", "--db", filepath.Join(t.TempDir(), "c.db")}, test.args...)
			code := runCommand(t.Context(), args, streams{nil, &bytes.Buffer{}, &said})
			if code != 1 || !strings.Contains(said.String(), test.want) || strings.Contains(said.String(), hookSecret) || strings.Contains(said.String(), "hunter2") {
				t.Errorf("exit code %d, %q", code, said.String())
			}
		})
	}
}
