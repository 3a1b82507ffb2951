package cli

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestCommands runs the scripts in testdata against the real commands. They open $DB and $OTHER,
// on either engine; a line or a script that is only about one of them has the condition
// [postgres] or [!postgres]. Beside the commands of testscript they have
//
//	newer DB                     makes a database one of a later version
//	served DB [FLAG]…            serves a database and stops at once
//	publickey VAR FILE           keeps the key that a proof names as $VAR
//	altered NEW OLD [FROM TO]…   copies a proof, with every FROM in it replaced
//	noteof NEW LOG               takes the first checkpoint out of a checkpoint log
//	sql DB STATEMENTS            changes a database behind the program's back
//	exits CODE ARGUMENT…         runs a command that ends with the exit code
//	inutf16 NEW OLD              copies a text in UTF-16 with a byte order mark
func TestCommands(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Setup: func(env *testscript.Env) error {
			env.Setenv("EVIL", "\x1b[2J\u202ebob") // what steers a terminal
			return giveDatabases(env)
		},
		Condition: isEngine,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"newer":     makeNewer,
			"served":    serveOnce,
			"publickey": publicKey,
			"altered":   alterProof,
			"noteof":    noteOf,
			"sql":       runSQL,
			"exits":     exits,
			"inutf16":   inUTF16,
		},
	})
}

func exits(ts *testscript.TestScript, _ bool, args []string) {
	code := 0
	if err := ts.Exec("countersign", args[1:]...); err != nil {
		var ended *exec.ExitError
		if !errors.As(err, &ended) {
			ts.Fatalf("%v", err)
		}
		code = ended.ExitCode()
	}
	if args[0] != strconv.Itoa(code) {
		ts.Fatalf("exit code %d, want %s", code, args[0])
	}
}

func inUTF16(ts *testscript.TestScript, _ bool, args []string) {
	var text []byte
	for _, unit := range utf16.Encode([]rune("\uFEFF" + ts.ReadFile(args[1]))) {
		text = binary.LittleEndian.AppendUint16(text, unit)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), text, 0o600))
}

func makeNewer(ts *testscript.TestScript, _ bool, args []string) {
	db := openRaw(ts, args[0])
	defer db.Close()
	_, err := db.Exec(`UPDATE schema_migrations SET version = version + 1`)
	ts.Check(err)
}

func serveOnce(ts *testscript.TestScript, _ bool, args []string) {
	stopped, stop := context.WithCancel(context.Background())
	stop()
	key := ts.MkAbs("api-key")
	ts.Check(os.WriteFile(key, []byte("made-up-key-0c4f"), 0o600))
	var said bytes.Buffer
	serve := []string{"serve", "--addr", "127.0.0.1:0", "--yoti-api-key-file", key}
	serve = append(serve, databaseArgs(ts, args[0])...)
	for _, arg := range args[1:] {
		if !strings.HasPrefix(arg, "--") {
			arg = ts.MkAbs(arg)
		}
		serve = append(serve, arg)
	}
	if code := runCommand(stopped, serve, streams{nil, io.Discard, &said}); code != 0 {
		ts.Fatalf("exit code %d: %s", code, said.String())
	}
}

func publicKey(ts *testscript.TestScript, _ bool, args []string) {
	found := regexp.MustCompile(`(?m)^key (.+)$`).FindStringSubmatch(ts.ReadFile(args[1]))
	if found == nil {
		ts.Fatalf("%s names no key", args[1])
	}
	ts.Setenv(args[0], found[1])
}

func noteOf(ts *testscript.TestScript, _ bool, args []string) {
	line, _, _ := strings.Cut(ts.ReadFile(args[1]), "\n")
	var kept struct {
		Text string `json:"checkpoint"`
	}
	ts.Check(json.Unmarshal([]byte(line), &kept))
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(kept.Text), 0o600))
}

func runSQL(ts *testscript.TestScript, _ bool, args []string) {
	db := openRaw(ts, args[0])
	defer db.Close()
	_, err := db.Exec(args[1])
	ts.Check(err)
}

func alterProof(ts *testscript.TestScript, _ bool, args []string) {
	var pairs []string
	for _, arg := range args[2:] {
		pairs = append(pairs, strings.ReplaceAll(arg, `\n`, "\n"))
	}
	text := strings.NewReplacer(pairs...).Replace(ts.ReadFile(args[1]))
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o600))
}

// running is a command that runs in this process until it is stopped.
type running struct {
	t     *testing.T
	stop  context.CancelFunc
	code  chan int
	lines chan string // what it prints; closed when it ends
	err   *lockedBuffer
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// mostLines is more than any command prints, so that none waits for its reader.
const mostLines = 1000

// longest is more time than any line needs, on any machine.
const longest = 30 * time.Second

// start runs a command in the background.
func start(t *testing.T, args ...string) *running {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	reader, writer := io.Pipe()
	r := &running{t: t, stop: stop, code: make(chan int, 1), lines: make(chan string, mostLines), err: &lockedBuffer{}}
	go func() {
		r.code <- runCommand(ctx, args, streams{strings.NewReader(""), writer, r.err})
		_ = writer.Close()
	}()
	go func() {
		defer close(r.lines)
		for scanner := bufio.NewScanner(reader); scanner.Scan(); {
			r.lines <- scanner.Text()
		}
	}()
	return r
}

// until reads lines until one matches, and returns its first group.
func (r *running) until(pattern string) string {
	r.t.Helper()
	deadline := time.After(longest)
	for {
		select {
		case line, more := <-r.lines:
			if !more {
				r.t.Fatalf("the command ended with %d and never printed %s; it said %s", <-r.code, pattern, r.err)
			}
			if found := regexp.MustCompile(pattern).FindStringSubmatch(line); found != nil {
				return found[1]
			}
		case <-deadline:
			r.t.Fatalf("after %s it has not printed %s; it said %s", longest, pattern, r.err)
		}
	}
}

// rest is what it printed after the line that until found last. It has to have ended.
func (r *running) rest() string {
	var all []string
	for line := range r.lines {
		all = append(all, line)
	}
	return strings.Join(all, "\n")
}

// end stops the command and returns its exit code.
func (r *running) end() int {
	r.stop()
	return <-r.code
}

func browser(t *testing.T) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

func page(t *testing.T, client *http.Client, address string) (int, string) {
	t.Helper()
	response, err := client.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(body)
}

func post(t *testing.T, client *http.Client, address string, fields url.Values) int {
	t.Helper()
	response, err := client.PostForm(address, fields)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	return response.StatusCode
}

func signIn(t *testing.T, client *http.Client, address, name, password string) {
	t.Helper()
	if status := post(t, client, address+"/login", url.Values{"username": {name}, "password": {password}}); status != http.StatusSeeOther {
		t.Fatalf("sign in as %s: status %d", name, status)
	}
}

// The demonstration: one command, a sign-in that works, made-up people behind it, and
// nothing left when it is over.
func TestDemo(t *testing.T) {
	temporary := t.TempDir()
	t.Setenv("TMPDIR", temporary)
	demo := start(t, "demo", "--addr", "127.0.0.1:0")
	recipient := demo.until(`^(00000000-\S+) +Counterfeit document`)
	address := demo.until(`is at (http://\S+)`) // last, where it stays in sight
	password := demo.until(`Sign in as demo with the password (\S+)`)
	client := browser(t)
	if _, body := page(t, client, address+"/login"); !strings.Contains(body, password) || !strings.Contains(body, "demo-auditor") {
		t.Error("the sign-in page does not say how to sign in")
	}
	signIn(t, client, address, "demo", password)
	status, body := page(t, client, address+"/recipients/"+recipient)
	if status != http.StatusOK || !strings.Contains(body, `data-assessment="adverse"`) || !strings.Contains(body, "made up") {
		t.Errorf("recipient: status %d", status)
	}
	if _, body := page(t, client, address+"/"); !strings.Contains(body, recipient) || !strings.Contains(body, "made up") {
		t.Error("the start page does not list the recipients")
	}
	if code := demo.end(); code != 0 {
		t.Errorf("exit code %d: %s", code, demo.err)
	}
	if printed := demo.rest(); printed != "" {
		t.Errorf("after the sign-in it printed %s", printed)
	}
	left, err := os.ReadDir(temporary)
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, error %v", left, err)
	}
}

// A server on an empty database prints a way to the first account, which works once, at whichever
// server of the database it leads to.
func TestServeFromNothing(t *testing.T) {
	folder := t.TempDir()
	t.Setenv("YOTI_SIGN_API_KEY", "made-up-key-0c4f")
	args := []string{"serve", "--addr", "127.0.0.1:0", "--db", filepath.Join(folder, "new", "c.db")}
	other := start(t, args...)
	_, token, _ := strings.Cut(other.until(`^(http://\S+)`), "=")
	other.end()
	server := start(t, args...)
	address := server.until(`is at (http://\S+)`)
	link := server.until(`^(http://\S+)`)
	client := browser(t)
	if status, _ := page(t, client, link); status != http.StatusOK || !strings.HasSuffix(link, "="+token) {
		t.Errorf("set-up link: status %d, %s", status, link)
	}
	first := url.Values{"token": {token}, "username": {"ann"}, "password": {"a horse, a battery, a staple"}}
	if status := post(t, client, address+"/setup", url.Values{"token": {"guessed"}, "username": {"eve"}, "password": first["password"]}); status != http.StatusForbidden {
		t.Errorf("with a guessed token: status %d", status)
	}
	if status := post(t, client, address+"/setup", url.Values{"token": {token}, "username": {"ann"}, "password": {"short"}}); status != http.StatusUnprocessableEntity {
		t.Errorf("with a short password: status %d", status)
	}
	if status := post(t, client, address+"/setup", first); status != http.StatusSeeOther {
		t.Errorf("set up: status %d", status)
	}
	if status, _ := page(t, client, address+"/"); status != http.StatusOK {
		t.Errorf("after it: status %d", status)
	}
	if status := post(t, browser(t), address+"/setup", first); status != http.StatusForbidden {
		t.Errorf("a second time: status %d", status)
	}
	if code := server.end(); code != 0 {
		t.Errorf("exit code %d: %s", code, server.err)
	}
	if strings.Contains(server.err.String(), token) || strings.Contains(server.err.String(), "made-up-key") {
		t.Errorf("the log holds a secret: %s", server.err)
	}
	again := start(t, args...)
	address = again.until(`is at (http://\S+)`)
	if status := post(t, browser(t), address+"/login", url.Values{"username": {"ann"}, "password": first["password"]}); status != http.StatusSeeOther {
		t.Errorf("sign in after a new start: status %d", status)
	}
	if code := again.end(); code != 0 {
		t.Errorf("exit code %d: %s", code, again.err)
	}
	if printed := again.rest(); printed != "" {
		t.Errorf("after a new start it printed %s", printed)
	}
}

// One database has one server; commands work beside it.
func TestSecondServerIsRefused(t *testing.T) {
	t.Setenv("YOTI_SIGN_API_KEY", "made-up-key-0c4f")
	db := filepath.Join(t.TempDir(), "c.db")
	first := start(t, "serve", "--addr", "127.0.0.1:0", "--db", db)
	address := first.until(`is at (http://\S+)`)
	var said bytes.Buffer
	if code := runCommand(t.Context(), []string{"serve", "--addr", "127.0.0.1:0", "--db", db}, streams{nil, io.Discard, &said}); code != 1 || strings.Count(said.String(), "\n") != 1 {
		t.Errorf("a second server: exit code %d, %q", code, said.String())
	}
	said.Reset()
	if code := runCommand(t.Context(), []string{"user", "add", "bob", "--db", db}, streams{strings.NewReader("quite a long password\n"), io.Discard, &said}); code != 0 {
		t.Errorf("user add beside it: exit code %d, %q", code, said.String())
	}
	signIn(t, browser(t), address, "bob", "quite a long password")
	if code := first.end(); code != 0 {
		t.Errorf("exit code %d: %s", code, first.err)
	}
}

// A port that is taken is said in a sentence.
func TestPortIsTaken(t *testing.T) {
	t.Parallel()
	listener, err := listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	var said bytes.Buffer
	code := runCommand(t.Context(), []string{"demo", "--addr", listener.Addr().String()}, streams{nil, io.Discard, &said})
	if code != 1 || !strings.Contains(said.String(), "something else listens on") {
		t.Errorf("exit code %d, %q", code, said.String())
	}
}

// A request that is under way when the server is told to stop is answered.
func TestStopFinishesWhatIsUnderWay(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	demo := start(t, "demo", "--addr", "127.0.0.1:0")
	address := demo.until(`is at (http://\S+)`)
	body, typing := io.Pipe()
	request, err := http.NewRequest(http.MethodPost, address+"/login", body)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	// With this, the first byte of the body goes out when the server asks for it.
	request.Header.Set("Expect", "100-continue")
	client := browser(t)
	client.Transport = &http.Transport{ExpectContinueTimeout: time.Minute}
	status := make(chan int, 1)
	go func() {
		response, err := client.Do(request)
		if err != nil {
			t.Error(err)
			status <- 0
			return
		}
		response.Body.Close()
		status <- response.StatusCode
	}()
	if _, err := io.WriteString(typing, "username=demo&password="); err != nil {
		t.Fatal(err)
	}
	demo.stop()
	if _, err := io.WriteString(typing, demoPassword); err != nil {
		t.Fatal(err)
	}
	if err := typing.Close(); err != nil {
		t.Fatal(err)
	}
	if got := <-status; got != http.StatusSeeOther {
		t.Errorf("the request under way got status %d", got)
	}
	if code := demo.end(); code != 0 {
		t.Errorf("exit code %d: %s", code, demo.err)
	}
}
