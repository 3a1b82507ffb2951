package cli

import (
	"bufio"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"countersign/internal/yotisign/sandbox"
)

// supervisorTime is how long docker waits for a server that it told to stop, before it
// kills it.
const supervisorTime = 10 * time.Second

// endlessYoti is a stand-in for Yoti whose media never end, and which does not answer at
// all about one recipient.
type endlessYoti struct {
	yoti    http.Handler
	stuck   string
	arrived chan string // paths that were asked for and will not be answered
}

func (y *endlessYoti) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case strings.Contains(r.URL.Path, y.stuck), strings.HasSuffix(r.URL.Path, "/reset-limit"):
		y.arrived <- "result, or a reset"
		<-r.Context().Done()
	case strings.Contains(r.URL.Path, "/media/"):
		answer := httptest.NewRecorder()
		y.yoti.ServeHTTP(answer, r)
		w.Header().Set("Content-Type", answer.Header().Get("Content-Type"))
		_, _ = w.Write(answer.Body.Bytes()[:answer.Body.Len()/2])
		w.(http.Flusher).Flush()
		y.arrived <- "medium"
		<-r.Context().Done()
	default:
		y.yoti.ServeHTTP(w, r)
	}
}

// A server that is told to stop has signed a checkpoint before anything is waited for, and
// ends before its supervisor loses patience, whatever hangs: a picture on its way, a
// result that does not come, a form that is never sent to its end, and a browser that only
// connected.
func TestStopWhileEverythingHangs(t *testing.T) {
	t.Parallel()
	const stuck = "00000000-0000-4000-8000-000000000002"
	yoti := &endlessYoti{sandbox.New("made-up-key-0c4f"), stuck, make(chan string, 10)}
	upstream := httptest.NewServer(yoti)
	defer upstream.Close()
	p := newPlace(t)
	p.must("user", "add", "--role", "supervisor", "sue", "--db", p.db)
	server := startProcess(t, "serve", "--addr", "127.0.0.1:0", "--db", p.db, "--checkpoint-log", p.log, "--yoti-base-url", upstream.URL+"/v2", "--require-second-factor", "none")
	_, address, _ := strings.Cut(server.first, " is at ")
	client := browser(t)
	signIn(t, client, address, "ann", killPassword)
	_, body := page(t, client, address+"/recipients/"+killRecipient)
	medium := regexp.MustCompile(`/recipients/[^"]*/media/[0-9a-f-]+`).FindString(body)
	if medium == "" {
		t.Fatal("the page shows no medium")
	}
	supervisor := browser(t)
	signIn(t, supervisor, address, "sue", killPassword)
	var hanging sync.WaitGroup
	defer hanging.Wait()
	hanging.Go(func() {
		fields := url.Values{"confirm": {"yes"}, "key": {"k"}, "reason": {"The camera broke."}}
		if response, err := supervisor.PostForm(address+"/recipients/"+killRecipient+"/reset-limit", fields); err == nil {
			response.Body.Close()
		}
	})
	for _, path := range []string{medium, "/recipients/" + stuck} {
		hanging.Go(func() {
			if response, err := client.Get(address + path); err == nil {
				_, _ = io.Copy(io.Discard, response.Body)
				response.Body.Close()
			}
		})
	}
	form, typing := io.Pipe()
	defer typing.Close()
	hanging.Go(func() {
		if response, err := http.Post(address+"/login", "application/x-www-form-urlencoded", form); err == nil {
			response.Body.Close()
		}
	})
	for range 3 {
		<-yoti.arrived
	}
	before := p.number(ledgerSize)
	if err := server.command.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	lost := time.AfterFunc(supervisorTime, func() { _ = server.command.Process.Kill() })
	defer lost.Stop()
	for p.number(ledgerSize) == before || p.number(`SELECT max(size) FROM checkpoints`) != p.number(ledgerSize) {
		select {
		case err := <-server.ended:
			t.Fatalf("it ended with %v before it signed a checkpoint", err)
		default:
		}
	}
	if err := <-server.ended; err != nil {
		t.Errorf("it ended with %v", err)
	}
	if n := p.number(`SELECT count(*) FROM ledger WHERE act = 'reset-ended' AND json_extract(facts, '$.outcome') = 'unknown'`); n != 1 {
		t.Errorf("%d entries say that nobody knows what came of the reset, want 1", n)
	}
	if last := p.logged(); last[len(last)-1] != p.number(ledgerSize) {
		t.Errorf("the checkpoint log ends with %d entries, and there are %d", last[len(last)-1], p.number(ledgerSize))
	}
}

// A server goes on when nobody reads what it prints any more.
func TestClosedPipesDoNotEnd(t *testing.T) {
	t.Parallel()
	db := filepath.Join(t.TempDir(), "c.db")
	command := exec.Command("countersign", "serve", "--addr", "127.0.0.1:0", "--db", db)
	command.Env = append(os.Environ(), "YOTI_SIGN_API_KEY=made-up-key-0c4f")
	out, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	said, log, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	command.Stderr = log
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = command.Process.Kill() })
	lines := bufio.NewReader(out)
	first, err := lines.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	for _, closed := range []io.Closer{out, said, log} {
		if err := closed.Close(); err != nil {
			t.Fatal(err)
		}
	}
	_, address, _ := strings.Cut(strings.TrimSpace(first), " is at ")
	if err := os.Rename(db, db+".away"); err != nil { // so that there is something to say
		t.Fatal(err)
	}
	for range 3 {
		response, err := http.Get(address + "/readyz")
		if err != nil {
			t.Fatalf("it does not answer: %v", err)
		}
		response.Body.Close()
		if response.StatusCode != http.StatusServiceUnavailable {
			t.Errorf("status %d", response.StatusCode)
		}
	}
	if err := command.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := command.Wait(); err != nil {
		t.Errorf("it ended with %v", err)
	}
}

// A log that nobody takes does not hold up whoever writes to it; what was lost is counted.
func TestLogThatNobodyReads(t *testing.T) {
	t.Parallel()
	out, in := io.Pipe()
	w := newLogWriter(in)
	w.stuck.Store(true) // as after the first line that took too long
	for range logBacklog + 10 {
		if _, err := io.WriteString(w, "line\n"); err != nil {
			t.Fatal(err)
		}
	}
	read := make(chan string)
	go func() {
		text, _ := io.ReadAll(out)
		read <- string(text)
	}()
	w.close()
	if err := in.Close(); err != nil {
		t.Fatal(err)
	}
	text := <-read
	if n := strings.Count(text, "line\n"); n < logBacklog || !strings.Contains(text, "lines of the log were lost") {
		t.Errorf("%d lines were written: %.200s", n, text)
	}
}

// A file that grows to its limit does not end the server, nor does a closed pipe.
func TestOutliveLog(t *testing.T) {
	ignoreWriteSignals()
	said, log, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := said.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := log.WriteString("line\n"); err == nil {
		t.Error("a closed pipe took a line")
	}
}
