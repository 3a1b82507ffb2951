package handlers_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"
	"golang.org/x/net/websocket"

	"countersign/internal/yotisign/sandbox"
)

// firefox is Firefox with one tab, driven by WebDriver BiDi (https://w3c.github.io/webdriver-bidi/).
type firefox struct {
	t      *testing.T
	d      *desk
	socket *websocket.Conn
	tab    string
	loads  chan struct{} // holds one after a page was loaded
	gone   chan struct{} // closed when Firefox says no more

	mu      sync.Mutex
	last    int                      // number of the last command
	answers map[int]chan bidiMessage // by the number of the command
	trouble []string                 // console errors, exceptions, requests to other hosts
}

// bidiMessage is what Firefox says: the answer to a command, or an event.
type bidiMessage struct {
	ID      int             `json:"id"`
	Result  json.RawMessage `json:"result"`
	Error   string          `json:"error"`
	Message string          `json:"message"`
	Method  string          `json:"method"`
	Params  struct {
		Level   string `json:"level"`
		Text    string `json:"text"`
		URL     string `json:"url"`
		Request struct {
			URL string `json:"url"`
		} `json:"request"`
	} `json:"params"`
}

type fields map[string]any

// startFirefox starts a browser in a window of 1440 by 900 or, where there is none, skips the
// test; with CI set it fails instead.
func startFirefox(t *testing.T, d *desk) *firefox {
	t.Helper()
	if testing.Short() {
		t.Skip("browser tests are skipped with -short")
	}
	path := findFirefox()
	if path == "" && os.Getenv("CI") != "" {
		t.Fatal("no Firefox is installed, and CI is set")
	}
	if path == "" {
		t.Skip("no Firefox is installed: its test is skipped")
	}
	b := &firefox{t: t, d: d, loads: make(chan struct{}, 1), gone: make(chan struct{}), answers: map[int]chan bidiMessage{}}
	var err error
	if b.socket, err = websocket.Dial(runFirefox(t, path)+"/session", "", bidiOrigin); err != nil {
		t.Fatal(err)
	}
	go b.listen()
	t.Cleanup(func() {
		_, _ = b.send("browser.close", fields{}) // the process ends with it, or is killed
		_ = b.socket.Close()
	})
	b.command("session.new", fields{"capabilities": fields{}}, nil)
	var tree struct {
		Contexts []struct {
			Context string `json:"context"`
		} `json:"contexts"`
	}
	b.command("browsingContext.getTree", fields{}, &tree)
	b.tab = tree.Contexts[0].Context
	b.command("session.subscribe", fields{"events": []string{"log.entryAdded", "network.beforeRequestSent", "browsingContext.load"}}, nil)
	b.size(1440, 900)
	return b
}

// size gives the window another size.
func (b *firefox) size(width, height int) {
	b.t.Helper()
	b.command("browsingContext.setViewport", fields{"context": b.tab, "viewport": fields{"width": width, "height": height}}, nil)
	b.until(fmt.Sprintf(`innerWidth === %d && innerHeight === %d`, width, height))
}

func findFirefox() string {
	for _, name := range []string{"firefox-esr", "firefox"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// bidiOrigin is sent along by our WebSocket; Firefox takes it when it was told of it.
const bidiOrigin = "http://127.0.0.1"

// runFirefox starts Firefox with a profile of its own, and returns where it can be driven.
func runFirefox(t *testing.T, path string) string {
	t.Helper()
	home := t.TempDir()
	profile := filepath.Join(home, "profile")
	if err := os.Mkdir(profile, 0o700); err != nil {
		t.Fatal(err)
	}
	process := exec.Command(path, "--headless", "--no-remote", "--profile", profile,
		"--remote-debugging-port=0", "--remote-allow-origins="+bidiOrigin, "about:blank")
	process.Env = append(os.Environ(), "HOME="+home)
	said, err := process.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		late := time.AfterFunc(patience, func() { _ = process.Process.Kill() })
		defer late.Stop()
		_ = process.Wait()
	})
	late := time.AfterFunc(patience, func() { _ = process.Process.Kill() })
	defer late.Stop()
	lines := bufio.NewScanner(said)
	for lines.Scan() {
		if _, address, found := strings.Cut(lines.Text(), "WebDriver BiDi listening on "); found {
			go func() { _, _ = io.Copy(io.Discard, said) }()
			return address
		}
	}
	t.Fatal("Firefox does not say where it can be driven")
	return ""
}

// listen takes what Firefox says, until it says no more.
func (b *firefox) listen() {
	defer close(b.gone)
	for {
		var m bidiMessage
		if err := websocket.JSON.Receive(b.socket, &m); err != nil {
			return
		}
		b.hear(m)
	}
}

func (b *firefox) hear(m bidiMessage) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch m.Method {
	case "browsingContext.load":
		if strings.HasPrefix(m.Params.URL, b.d.web.URL) && len(b.loads) == 0 {
			b.loads <- struct{}{}
		}
	case "log.entryAdded":
		// Firefox says so of pictures that were on their way when the page was left.
		left := m.Params.Text == "Image corrupt or truncated."
		if !left && (m.Params.Level == "error" || m.Params.Level == "warn") {
			b.trouble = append(b.trouble, m.Params.Level+": "+m.Params.Text)
		}
	case "network.beforeRequestSent":
		// axe tries a font that it brings along; the policy of our pages refuses it.
		if url := m.Params.Request.URL; !strings.HasPrefix(url, b.d.web.URL) && !strings.HasPrefix(url, "data:font/") {
			b.trouble = append(b.trouble, "request to "+url)
		}
	default:
		if answer := b.answers[m.ID]; answer != nil {
			answer <- m
			delete(b.answers, m.ID)
		}
	}
}

// send sends a command, and returns what Firefox makes of it.
func (b *firefox) send(method string, params fields) (json.RawMessage, error) {
	b.mu.Lock()
	b.last++
	id, answer := b.last, make(chan bidiMessage, 1)
	b.answers[id] = answer
	b.mu.Unlock()
	if err := websocket.JSON.Send(b.socket, fields{"id": id, "method": method, "params": params}); err != nil {
		return nil, err
	}
	select {
	case m := <-answer:
		if m.Error != "" {
			return nil, fmt.Errorf("%s: %s: %s", method, m.Error, m.Message)
		}
		return m.Result, nil
	case <-b.gone:
		return nil, errors.New(method + ": Firefox is gone")
	case <-time.After(patience):
		return nil, errors.New(method + ": no answer")
	}
}

// command sends a command that has to succeed, and puts its result in result unless that is nil.
func (b *firefox) command(method string, params fields, result any) {
	b.t.Helper()
	raw, err := b.send(method, params)
	if err == nil && result != nil {
		err = json.Unmarshal(raw, result)
	}
	if err != nil {
		b.t.Fatal(err)
	}
}

// press presses keys one after the other, all of them together with the key that is held.
func (b *firefox) press(held string, keys ...string) {
	b.t.Helper()
	var actions []fields
	add := func(kind, key string) { actions = append(actions, fields{"type": kind, "value": key}) }
	if held != "" {
		add("keyDown", held)
	}
	for _, key := range keys {
		add("keyDown", key)
		add("keyUp", key)
	}
	if held != "" {
		add("keyUp", held)
	}
	b.command("input.performActions", fields{"context": b.tab, "actions": []fields{{"type": "key", "id": "keyboard", "actions": actions}}}, nil)
}

// Keys as WebDriver writes them (https://www.w3.org/TR/webdriver2/#keyboard-actions).
const (
	tabKey     = "\ue004"
	enterKey   = "\ue007"
	controlKey = "\ue009"
	downKey    = "\ue015"
)

// write presses the key of each character of a text.
func (b *firefox) write(text string) {
	b.t.Helper()
	b.press("", strings.Split(text, "")...)
}

// follow does what leads to another page, and waits until that is there.
func (b *firefox) follow(step func()) {
	b.t.Helper()
	select {
	case <-b.loads: // of a page that nobody waited for
	default:
	}
	step()
	select {
	case <-b.loads:
	case <-time.After(patience):
		b.t.Fatal("no page is loaded")
	}
}

func (b *firefox) open(path string) {
	b.t.Helper()
	b.follow(func() {
		b.command("browsingContext.navigate", fields{"context": b.tab, "url": b.d.web.URL + path, "wait": "none"}, nil)
	})
}

// saying returns the value of an expression in the page, or what its promise gives.
func saying[T any](b *firefox, expression string) T {
	b.t.Helper()
	var evaluated struct {
		Result struct {
			Value string `json:"value"`
		} `json:"result"`
		Exception struct {
			Text string `json:"text"`
		} `json:"exceptionDetails"`
	}
	b.command("script.evaluate", fields{
		"expression":   "Promise.resolve(" + expression + ").then(value => JSON.stringify(value ?? null))",
		"target":       fields{"context": b.tab},
		"awaitPromise": true,
	}, &evaluated)
	var value T
	if evaluated.Exception.Text != "" {
		b.t.Fatalf("%s: %s", expression, evaluated.Exception.Text)
	}
	if err := json.Unmarshal([]byte(evaluated.Result.Value), &value); err != nil {
		b.t.Fatal(err)
	}
	return value
}

// until waits for an expression in the page to become true.
func (b *firefox) until(expression string) {
	b.t.Helper()
	if !saying[bool](b, fmt.Sprintf(`new Promise(done => {
		const end = performance.now() + %d;
		const look = () => (%s) ? done(true) : performance.now() > end ? done(false) : setTimeout(look, 20);
		look();
	})`, (patience/2).Milliseconds(), expression)) {
		b.t.Fatalf("never true: %s", expression)
	}
}

// accessible runs axe on the page.
func (b *firefox) accessible(where string) {
	b.t.Helper()
	b.command("script.evaluate", fields{"expression": axe, "target": fields{"context": b.tab}, "awaitPromise": false}, nil)
	for _, v := range saying[[]violation](b, `axe.run(document, {resultTypes: ["violations"]}).then(r => r.violations)`) {
		if v.Impact == "serious" || v.Impact == "critical" {
			b.t.Errorf("%s: %s (%s) at %v: %s", where, v.ID, v.Impact, v.Nodes[0].Target, v.Nodes[0].Summary)
		}
	}
}

// fits checks that nothing has to be scrolled sideways, and that no text is squeezed.
func (b *firefox) fits(where string) {
	b.t.Helper()
	if over := saying[int](b, tooWide); over > 0 {
		b.t.Errorf("%s: %d px too wide", where, over)
	}
	if names := saying[[]string](b, squeezed); len(names) > 0 {
		b.t.Errorf("%s: no room for %v", where, names)
	}
}

// complain reports whatever went wrong in the browser since the last time.
func (b *firefox) complain(where string) {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, trouble := range b.trouble {
		b.t.Errorf("%s: %s", where, trouble)
	}
	b.trouble = nil
}

// signIn signs in as somebody, by keys.
func (b *firefox) signIn(name string) {
	b.t.Helper()
	b.d.addPerson(name)
	b.open("/login")
	b.until(`document.activeElement.id === "username"`)
	b.write(name)
	b.press("", tabKey)
	b.write(password)
	b.follow(func() { b.press("", enterKey) })
	b.until(`location.pathname === "/queue"`)
	b.complain("signing in")
}

// Firefox lays the pages out as Chromium does, and what is decided by keys in Chromium is in
// Firefox too, and so is a hit.
func TestInFirefox(t *testing.T) {
	d := newDesk(t, t.TempDir())
	d.server.Demo = true // its banner takes some of the window
	b := startFirefox(t, d)
	b.signIn("ann")
	b.showCases()
	for _, c := range keyboardCases() {
		where := fmt.Sprintf("recipient %02d in Firefox", c.recipient)
		b.open("/")
		b.until(`document.activeElement.id === "id"`)
		b.write(recipientNumber(c.recipient)[len("/recipients/"):])
		b.follow(func() { b.press("", enterKey) })
		b.until(headThere)
		if c.recipient != 24 {
			b.aboveFold(where)
		}
		b.skipToVerdict(where)
		b.readByKeyboard(where)
		b.decideByKeyboard(where, c)
		b.complain(where)
	}
	b.reviewHitByKeyboard()
}

// showCases shows each recipient: the first screenful holds what it has to, the head says whom
// the case is about, and no page has to be scrolled sideways.
func (b *firefox) showCases() {
	b.t.Helper()
	for i, p := range sandbox.People() {
		if p.Trouble || p.ID == changingRecipient {
			continue
		}
		where := p.Name + " in Firefox"
		b.size(1440, 900)
		b.open("/recipients/" + p.ID)
		b.until(headThere)
		if saying[bool](b, `document.querySelector(".case-head [data-error], .case-head .load-status") !== null`) != (p.ID == goneRecipient) {
			b.t.Errorf("%s: whom the case is about cannot be shown, or could not be", where)
		}
		if !strings.HasSuffix(p.ID, "24") {
			b.aboveFold(where)
		}
		b.fits(where)
		if i == 0 || i == 3 || i == 5 {
			b.accessible(where)
		}
		b.size(390, 900)
		b.fits(where + " at 390 px")
		b.complain(where)
	}
	b.size(1440, 900)
}

// aboveFold checks that the first screenful holds what it has to.
func (b *firefox) aboveFold(where string) {
	b.t.Helper()
	if hidden := saying[[]string](b, belowFold); len(hidden) > 0 {
		b.t.Errorf("%s: %v are below the fold", where, hidden)
	}
	if scrolls := saying[int](b, `document.documentElement.scrollHeight - innerHeight`); scrolls > 0 {
		b.t.Errorf("%s: the window scrolls by %d px", where, scrolls)
	}
}

const (
	goneRecipient     = "00000000-0000-4000-8000-000000000015" // of whom Yoti has no text any more
	changingRecipient = "00000000-0000-4000-8000-000000000020" // whose first result is to be decided
)

// skipToVerdict goes from the top of the page to the verdict by the Tab key.
func (b *firefox) skipToVerdict(where string) {
	b.t.Helper()
	b.press("", tabKey, tabKey)
	b.until(`document.activeElement.matches(".skip[href='#decisions']")`)
	b.press("", enterKey)
	b.until(`location.hash === "#decisions"`)
	b.press("", tabKey)
	b.until(`document.activeElement.name === "verdict"`)
	if scrolled := saying[float64](b, `scrollY`); scrolled != 0 {
		b.t.Errorf("%s: the window was scrolled by %v px on the way to the verdict", where, scrolled)
	}
}

// readByKeyboard goes through all checks of a case and back to the first.
func (b *firefox) readByKeyboard(where string) {
	b.t.Helper()
	checks := saying[[]string](b, `[...document.querySelectorAll(".case-checks > .check")].map(s => s.id)`)
	shows := func(after, want string) {
		b.t.Helper()
		if shown := saying[[]string](b, inMiddle); !slices.Equal(shown, []string{want}) {
			b.t.Errorf("%s: after %s the middle shows %v, want %s", where, after, shown, want)
		}
	}
	shows("opening", checks[0])
	for i := 1; i < len(checks); i++ {
		b.press("", "j")
		shows("j", checks[i])
	}
	for i := len(checks) - 2; i >= 0; i-- {
		b.press("", "k")
		shows("k", checks[i])
	}
}

// decideByKeyboard decides a case; the button that records it never leaves the window.
func (b *firefox) decideByKeyboard(where string, c keyboardCase) {
	b.t.Helper()
	for _, key := range c.keys {
		if key == kb.Enter {
			key = enterKey
		}
		b.press("", key)
		if !saying[bool](b, recordInSight) {
			b.t.Errorf("%s: after %q the button that records is out of sight", where, key)
		}
	}
	if c.note != "" {
		b.until(`document.activeElement.id === "note"`)
		b.write(c.note)
	}
	b.follow(func() { b.press(controlKey, enterKey) })
	b.until(`document.activeElement.id === "recorded"`)
	if got := saying[string](b, `document.querySelector("[data-decision]")?.dataset.verdict`); got != c.verdict {
		b.t.Errorf("%s: on record is %q, want %s", where, got, c.verdict)
	}
}

// reviewHitByKeyboard sets the disposition of the first hit.
func (b *firefox) reviewHitByKeyboard() {
	b.t.Helper()
	const where = "hits in Firefox"
	b.open(hitsPage)
	b.accessible(where)
	b.press("", "j", "x")
	if n := saying[int](b, `document.querySelectorAll("[name=hit]:checked").length`); n != 1 {
		b.t.Errorf("%s: %d hits are selected after x", where, n)
	}
	b.press("", " ")
	b.until(`document.querySelector("[data-hit-details]")?.dataset.hitDetails === ` + currentHit + `.querySelector("input").value`)
	b.press("", "f")
	b.until(`document.activeElement.name === "rationale"`)
	b.press("", downKey)
	b.until(`document.querySelector("textarea[name=note]").value !== ""`)
	b.follow(func() { b.press(controlKey, enterKey) })
	b.until(`document.querySelector("[data-recorded]")?.textContent`) // said anew by the script
	if told := saying[string](b, `document.querySelector("[data-recorded]").textContent.trim()`); told != "1 recorded, 129 left" {
		b.t.Errorf("%s: told %q", where, told)
	}
	if n := saying[int](b, `document.querySelectorAll("[data-disposition=false-positive]").length`); n == 0 {
		b.t.Errorf("%s: no hit has the disposition", where)
	}
	b.complain(where)
}
