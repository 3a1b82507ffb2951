package cli

import (
	"bufio"
	"bytes"
	"database/sql"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// loggingServer is a server in a process of its own, with all that it writes to its log.
type loggingServer struct {
	t       *testing.T
	command *exec.Cmd
	address string
	log     bytes.Buffer // to be read when it has ended
}

func startLogging(t *testing.T, db string, more ...string) *loggingServer {
	t.Helper()
	s := &loggingServer{t: t}
	s.command = exec.Command("countersign", append([]string{"serve", "--addr", "127.0.0.1:0", "--db", db}, more...)...)
	s.command.Env = append(os.Environ(), "YOTI_SIGN_API_KEY=made-up-key-0c4f")
	s.command.Stderr = &s.log
	out, err := s.command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.command.Process.Kill() })
	first, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	_, s.address, _ = strings.Cut(strings.TrimSpace(first), " is at ")
	return s
}

// stop ends the server and returns the security events on its log: kind, outcome, reason and
// route. Each other line is one of the program's.
func (s *loggingServer) stop() []string {
	s.t.Helper()
	if err := s.command.Process.Signal(syscall.SIGTERM); err != nil {
		s.t.Fatal(err)
	}
	if err := s.command.Wait(); err != nil {
		s.t.Fatalf("it ended with %v: %s", err, s.log.String())
	}
	var events []string
	for line := range strings.Lines(s.log.String()) {
		var e struct {
			Log, Event, Outcome, Reason, Route string
			Version                            int
		}
		if json.Unmarshal([]byte(line), &e) != nil {
			if !strings.HasPrefix(line, "time=") {
				s.t.Errorf("a line is neither of the log nor an event: %q", line)
			}
			continue
		}
		if e.Log != "security" || e.Version != 1 {
			s.t.Errorf("an event says of itself %+v", e)
		}
		events = append(events, strings.Join(strings.Fields(e.Event+" "+e.Outcome+" "+e.Reason+" "+e.Route), " "))
	}
	return events
}

// The log of a server has the events of requests, of the server itself and of commands that
// worked beside it, or before it.
func TestServerWritesSecurityEvents(t *testing.T) {
	db := filepath.Join(t.TempDir(), "c.db")
	command := func(input string, args ...string) {
		t.Helper()
		if code := runCommand(t.Context(), append(args, "--db", db), streams{strings.NewReader(input), io.Discard, os.Stderr}); code != 0 {
			t.Fatalf("%v: exit code %d", args, code)
		}
	}
	command(killPassword, "user", "add", "ann")
	server := startLogging(t, db)
	response, err := http.PostForm(server.address+"/login", url.Values{"username": {"typed-in-the-wrong-field"}, "password": {"typed too"}})
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	command("", "user", "role", "ann", "auditor")
	command(killPassword, "user", "password", "ann")
	command("", "user", "bind", "ann", "--issuer", "https://login.example", "--subject", "typed-for-ann")
	plantPasskey(t, db, "ann")
	command("", "user", "factors", "ann", "--remove", "--reason", "typed reason")
	command("", "user", "disable", "ann")
	command(killPassword, "user", "add", "--break-glass", "--role", "admin", "axe")
	command("", "keys", "rotate")
	events := server.stop()
	for _, want := range []string{
		"server-started success",
		"account-added success reviewer countersign user add",
		"sign-in failure wrong /login",
		"role-changed success auditor countersign user role",
		"password-changed success operator countersign user password",
		"account-disabled success operator countersign user disable",
		"account-bound success operator countersign user bind",
		"account-added success break-glass countersign user add",
		"factors-taken success operator countersign user factors",
		"key-changed success data-key countersign keys rotate",
		"key-changed success signing-key countersign keys rotate",
		"server-stopped success",
	} {
		if n := len(events) - len(slices.DeleteFunc(slices.Clone(events), func(e string) bool { return e == want })); n != 1 {
			t.Errorf("%q stands %d times in %q", want, n, events)
		}
	}
	if strings.Contains(server.log.String(), "typed") || strings.Contains(server.log.String(), "ann\"") {
		t.Errorf("the log is %s", server.log.String())
	}
	if again := startLogging(t, db).stop(); !slices.Equal(again, []string{"server-started success", "server-stopped success"}) {
		t.Errorf("the next server writes %q", again)
	}
}

// plantPasskey gives somebody a passkey that nobody can use.
func plantPasskey(t *testing.T, path, name string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	_, err = db.ExecContext(t.Context(), `
		INSERT INTO passkeys (account, credential_id, credential, sign_count, name, created_at)
		SELECT id, CAST(name AS BLOB), '{}', 0, 'Phone', 0 FROM accounts WHERE name = $1`, name)
	if err != nil {
		t.Fatal(err)
	}
}

// A server that can record nothing says so as an event.
func TestHaltedServerWritesSecurityEvent(t *testing.T) {
	db := filepath.Join(t.TempDir(), "c.db")
	server := startLogging(t, db)
	if err := os.Rename(db, db+".away"); err != nil {
		t.Fatal(err)
	}
	response, err := http.Get(server.address + "/readyz")
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if events := server.stop(); !slices.Contains(events, "recording-halted failure moved") {
		t.Errorf("events %q", events)
	}
}

func TestSecurityEventsDays(t *testing.T) {
	t.Setenv("YOTI_SIGN_API_KEY", "made-up-key-0c4f")
	for _, days := range []string{"0", "-1", "36501"} {
		var said bytes.Buffer
		args := []string{"serve", "--addr", "127.0.0.1:0", "--db", filepath.Join(t.TempDir(), "c.db"), "--security-events-days=" + days}
		if code := runCommand(t.Context(), args, streams{nil, io.Discard, &said}); code == 0 || !strings.Contains(said.String(), "--security-events-days") {
			t.Errorf("%s days: exit code %d, %q", days, code, said.String())
		}
	}
}

// withoutEvents is what a log says besides security events.
func withoutEvents(log string) string {
	var rest strings.Builder
	for line := range strings.Lines(log) {
		if !strings.HasPrefix(line, `{"log":"security"`) {
			rest.WriteString(line)
		}
	}
	return rest.String()
}
