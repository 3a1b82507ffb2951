package cli

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"countersign/internal/yotisign/sandbox"
	"countersign/store"
)

// process is a command in a process of its own, which testscript.Main lets this test
// binary play.
type process struct {
	command *exec.Cmd
	first   string // line that it printed
	ended   chan error
}

func startProcess(t *testing.T, args ...string) *process {
	t.Helper()
	command := exec.Command("countersign", args...)
	command.Env = append(os.Environ(), "YOTI_SIGN_API_KEY=made-up-key-0c4f")
	out, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = command.Process.Kill() })
	lines := bufio.NewReader(out)
	line, err := lines.ReadString('\n')
	if err != nil {
		t.Fatalf("it printed nothing: %v", err)
	}
	p := &process{command: command, first: strings.TrimSpace(line), ended: make(chan error, 1)}
	go func() {
		_, _ = io.Copy(io.Discard, lines) // Wait must not close the pipe before it is read
		p.ended <- command.Wait()
	}()
	return p
}

func stopSignals() []os.Signal { return []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP} }

// A process that is told to stop ends with 0, whichever way it is told.
func TestSignalsStop(t *testing.T) {
	t.Parallel()
	for _, signal := range stopSignals() {
		t.Run(signal.String(), func(t *testing.T) {
			t.Parallel()
			server := startProcess(t, "serve", "--addr", "127.0.0.1:0", "--db", filepath.Join(t.TempDir(), "c.db"))
			if err := server.command.Process.Signal(signal); err != nil {
				t.Fatal(err)
			}
			if err := <-server.ended; err != nil {
				t.Errorf("it ended with %v", err)
			}
		})
	}
}

// A server that is told to stop before it has started ends with 0 too.
func TestStopWhileStarting(t *testing.T) {
	t.Setenv("YOTI_SIGN_API_KEY", "made-up-key-0c4f")
	t.Setenv("TMPDIR", t.TempDir())
	stopped, stop := context.WithCancel(t.Context())
	stop()
	for _, args := range [][]string{
		{"serve", "--addr", "127.0.0.1:0", "--db", filepath.Join(t.TempDir(), "c.db")},
		{"demo", "--addr", "127.0.0.1:0"},
		{"sandbox", "--addr", "127.0.0.1:0", "--api-key", "made-up-key-0c4f"},
	} {
		var said bytes.Buffer
		code := runCommand(stopped, args, streams{nil, io.Discard, &said})
		if code != 0 || withoutEvents(said.String()) != "" {
			t.Errorf("%s: exit code %d, %q", args[0], code, said.String())
		}
	}
}

// A process that waits for a request under way ends at once when it is told again.
func TestSecondSignalEnds(t *testing.T) {
	t.Parallel()
	for _, signal := range stopSignals() {
		t.Run(signal.String(), func(t *testing.T) {
			t.Parallel()
			server := startProcess(t, "serve", "--addr", "127.0.0.1:0", "--db", filepath.Join(t.TempDir(), "c.db"))
			_, address, _ := strings.Cut(server.first, " is at ")
			body, typing := io.Pipe()
			defer typing.Close()
			go func() {
				if response, err := http.Post(address+"/login", "application/x-www-form-urlencoded", body); err == nil {
					response.Body.Close()
				}
			}()
			if _, err := io.WriteString(typing, "username=somebody-slow"); err != nil {
				t.Fatal(err)
			}
			server.signalUntilEnded(t, signal)
		})
	}
}

// signalUntilEnded sends a signal again and again: the second one counts after the first
// was taken.
func (p *process) signalUntilEnded(t *testing.T, signal os.Signal) {
	t.Helper()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for {
		select {
		case <-again.C:
			_ = p.command.Process.Signal(signal) // in the end there is nobody to get it
		case err := <-p.ended:
			var exit *exec.ExitError
			if !errors.As(err, &exit) || exit.Exited() {
				t.Errorf("it ended with %v, want the signal", err)
			}
			return
		}
	}
}

// A page that waits for Yoti when the server is told to stop still gets its answer.
func TestStopWaitsForYoti(t *testing.T) {
	yoti := sandbox.New("made-up-key-0c4f")
	arrived, release := make(chan struct{}, 1), make(chan struct{})
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		arrived <- struct{}{}
		<-release
		yoti.ServeHTTP(w, r)
	}))
	defer upstream.Close()
	t.Setenv("YOTI_SIGN_API_KEY", "made-up-key-0c4f")
	db := filepath.Join(t.TempDir(), "c.db")
	if code := runCommand(t.Context(), []string{"user", "add", "ann", "--db", db}, streams{strings.NewReader(killPassword), io.Discard, os.Stderr}); code != 0 {
		t.Fatal("no account could be made")
	}
	server := start(t, "serve", "--addr", "127.0.0.1:0", "--db", db, "--yoti-base-url", upstream.URL+"/v2")
	address := server.until(`is at (http://\S+)`)
	client := browser(t)
	signIn(t, client, address, "ann", killPassword)
	answered := make(chan string, 1)
	go func() {
		response, err := client.Get(address + "/recipients/" + killRecipient)
		if err != nil {
			answered <- err.Error()
			return
		}
		defer response.Body.Close()
		body, err := io.ReadAll(response.Body)
		answered <- fmt.Sprintf("status %d, error %v, readable %t", response.StatusCode, err, strings.Contains(string(body), `data-assessment="clear"`))
	}()
	<-arrived
	server.stop()
	close(release)
	if got, want := <-answered, "status 200, error <nil>, readable true"; got != want {
		t.Errorf("the page under way: %s, want %s", got, want)
	}
	if code := server.end(); code != 0 {
		t.Errorf("exit code %d: %s", code, server.err)
	}
}

// The stand-in by itself answers at the address that it prints, to its key alone.
func TestSandbox(t *testing.T) {
	t.Setenv("COUNTERSIGN_SANDBOX_API_KEY", "made-up-key-51b2")
	standIn := start(t, "sandbox", "--addr", "127.0.0.1:0")
	base := standIn.until(`is at (http://\S+)`)
	for key, want := range map[string]int{"made-up-key-51b2": http.StatusOK, "made-up-key-wrong": http.StatusUnauthorized, "": http.StatusUnauthorized} {
		request, err := http.NewRequest(http.MethodGet, base+"/idv/recipients/"+killRecipient+"/sessions/signed/json", nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Authorization", "Bearer "+key)
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != want {
			t.Errorf("with key %q: status %d, want %d", key, response.StatusCode, want)
		}
	}
	if code := standIn.end(); code != 0 {
		t.Errorf("exit code %d: %s", code, standIn.err)
	}
	if printed := standIn.rest(); strings.Contains(printed+standIn.err.String(), "made-up-key") {
		t.Error("it printed its key")
	}
}

// Names are answered for when they were given, and cookies are bound to https.
func TestNamesAndHTTPS(t *testing.T) {
	t.Setenv("YOTI_SIGN_API_KEY", "made-up-key-0c4f")
	t.Setenv("COUNTERSIGN_ALLOWED_HOST", "one.example,two.example:8443")
	db := filepath.Join(t.TempDir(), "c.db")
	if code := runCommand(t.Context(), []string{"user", "add", "ann", "--db", db}, streams{strings.NewReader(killPassword), io.Discard, os.Stderr}); code != 0 {
		t.Fatal("no account could be made")
	}
	listener, err := listen(t.Context(), "127.0.0.1:0") // for a port that is free
	if err != nil {
		t.Fatal(err)
	}
	port := listener.Addr().String()
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	server := start(t, "serve", "--addr", port, "--db", db, "--public-url", "https://desk.example")
	if got := server.until(`is at (\S+)`); got != "https://desk.example" {
		t.Errorf("it says that it is at %s", got)
	}
	for host, want := range map[string]int{
		"desk.example": http.StatusOK, "one.example": http.StatusOK, "two.example": http.StatusOK, port: http.StatusOK,
		"evil.example": http.StatusMisdirectedRequest,
	} {
		if response := askAs(t, "http://"+port+"/login", host, nil); response.StatusCode != want {
			t.Errorf("host %s: status %d, want %d", host, response.StatusCode, want)
		}
	}
	response := askAs(t, "http://"+port+"/login", "desk.example", url.Values{"username": {"ann"}, "password": {killPassword}})
	cookie := response.Header.Get("Set-Cookie")
	if response.StatusCode != http.StatusSeeOther || !strings.HasPrefix(cookie, "__Host-") || !strings.Contains(cookie, "; Secure") {
		t.Errorf("sign in: status %d, cookie %s", response.StatusCode, cookie)
	}
	if code := server.end(); code != 0 {
		t.Errorf("exit code %d: %s", code, server.err)
	}
}

// askAs sends a request for a host; a form when there is one.
func askAs(t *testing.T, address, host string, form url.Values) *http.Response {
	t.Helper()
	request, err := http.NewRequest(http.MethodGet, address, nil)
	if form != nil {
		request, err = http.NewRequest(http.MethodPost, address, strings.NewReader(form.Encode()))
	}
	if err != nil {
		t.Fatal(err)
	}
	if form != nil {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	request.Host = host
	response, err := browser(t).Do(request)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	return response
}

// A server that all can reach says so, prints an address that works here, and its
// health can be asked.
func TestServeEverywhere(t *testing.T) {
	t.Setenv("YOTI_SIGN_API_KEY", "made-up-key-0c4f")
	server := start(t, "serve", "--addr", ":0", "--db", filepath.Join(t.TempDir(), "c.db"))
	address := server.until(`is at http://(localhost:\d+)$`)
	if !strings.Contains(server.err.String(), "without https") {
		t.Errorf("it gives no warning: %s", server.err)
	}
	if status, _ := page(t, browser(t), "http://"+address+"/login"); status != http.StatusOK {
		t.Errorf("at the address that it printed: status %d", status)
	}
	_, port, _ := strings.Cut(address, ":")
	for _, addr := range []string{address, "0.0.0.0:" + port, ":" + port} {
		if code := runCommand(t.Context(), []string{"healthcheck", "--addr", addr}, streams{nil, io.Discard, os.Stderr}); code != 0 {
			t.Errorf("healthcheck --addr %s: exit code %d", addr, code)
		}
	}
	if code := server.end(); code != 0 {
		t.Errorf("exit code %d: %s", code, server.err)
	}
	if code := runCommand(t.Context(), []string{"healthcheck", "--addr", address}, streams{nil, io.Discard, io.Discard}); code != 1 {
		t.Errorf("healthcheck of nothing: exit code %d", code)
	}
}

// fileOptions are those of a store in a file of SQLite's, with the key where no flag names it.
func fileOptions(db string, serve bool) store.Options {
	return store.Options{Path: db, DataKeyFile: defaultKeyPath(db, ".key"), Serve: serve}
}

// startAndHear starts a program and returns the first line that it says. The test kills it at the
// end, unless it has ended.
func startAndHear(t *testing.T, command *exec.Cmd) string {
	t.Helper()
	command.Stderr = os.Stderr
	out, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = command.Process.Kill() })
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("it says %q (%v)", line, err)
	}
	return strings.TrimSuffix(line, "\n")
}
