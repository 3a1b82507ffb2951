package cli

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"countersign/internal/account"
	"countersign/internal/idv"
	"countersign/internal/postgrestest"
	"countersign/internal/review"
	"countersign/internal/yotisign/sandbox"
	"countersign/store"
)

// team is two servers in processes of their own on one database of PostgreSQL's.
type team struct {
	t        *testing.T
	database *postgrestest.Server
	dsn      string
	folder   string // with the keys
	upstream string

	mu      sync.Mutex
	servers [2]*serverProcess
}

func newTeam(t *testing.T) *team {
	t.Helper()
	database := postgrestest.Start(t)
	upstream := httptest.NewServer(sandbox.New("made-up-key-77aa"))
	t.Cleanup(upstream.Close)
	team := &team{t: t, database: database, dsn: database.URL(), folder: t.TempDir(), upstream: upstream.URL}
	team.run("", "migrate")
	for writer := range burstWriters {
		team.run(killPassword, "user", "add", writerName(writer))
	}
	for n := range team.servers {
		team.start(n)
	}
	return team
}

func (m *team) command(args ...string) *exec.Cmd {
	command := exec.Command("countersign", append(args, "--db", m.dsn)...)
	command.Dir = m.folder
	command.Env = append(os.Environ(), "YOTI_SIGN_API_KEY=made-up-key-77aa")
	return command
}

// run runs a command to its end.
func (m *team) run(input string, args ...string) {
	m.t.Helper()
	command := m.command(args...)
	command.Stdin = strings.NewReader(input)
	if said, err := command.CombinedOutput(); err != nil {
		m.t.Fatalf("%v: %v: %s", args, err, said)
	}
}

// start starts one of the servers, in the place of one that is gone.
func (m *team) start(n int) {
	m.t.Helper()
	command := m.command("serve", "--addr", "127.0.0.1:0", "--yoti-base-url", m.upstream+"/v2")
	out, err := command.StdoutPipe()
	if err == nil {
		err = command.Start()
	}
	if err != nil {
		m.t.Fatal(err)
	}
	m.t.Cleanup(func() { _ = command.Process.Kill() })
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		m.t.Fatal(err)
	}
	_, address, _ := strings.Cut(strings.TrimSpace(line), " is at ")
	m.mu.Lock()
	defer m.mu.Unlock()
	m.servers[n] = &serverProcess{command, address}
}

func (m *team) address(n int) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.servers[n%2].address
}

// kill kills one of the servers as it is.
func (m *team) kill(n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	_ = m.servers[n].command.Process.Kill()
	_ = m.servers[n].command.Wait() // it was killed, and says so
}

// writer is somebody who sends forms to one server, and to the other where that does not answer.
type writer struct {
	team   *team
	client *http.Client
	server int
}

// send sends a form until it is answered by a server that has a database, and returns the status.
func (w *writer) send(path string, fields url.Values) int {
	for {
		response, err := w.client.PostForm(w.team.address(w.server)+path, fields)
		if err != nil {
			w.server++
			continue
		}
		response.Body.Close()
		if response.StatusCode < http.StatusInternalServerError {
			return response.StatusCode
		}
		w.awaitReady()
	}
}

// awaitReady returns when a server is ready to record again.
func (w *writer) awaitReady() {
	for {
		response, err := w.client.Get(w.team.address(w.server) + "/readyz")
		if err != nil {
			w.server++
			continue
		}
		response.Body.Close()
		if response.StatusCode == http.StatusOK {
			return
		}
	}
}

// burst has everybody send notes and decisions, calls strike after so many were confirmed, and
// returns the texts of those that were confirmed and of those that were refused.
func (m *team) burst(round, after int, strike func()) (confirmed, refused map[string]bool) {
	m.t.Helper()
	const each = 12
	confirmed, refused = map[string]bool{}, map[string]bool{}
	path := "/recipients/" + killRecipient
	var writers []*writer
	for n := range burstWriters {
		client := browser(m.t)
		signIn(m.t, client, m.address(n), writerName(n), killPassword)
		writers = append(writers, &writer{m, client, n})
	}
	_, body := page(m.t, writers[0].client, m.address(0)+path)
	snapshot := regexp.MustCompile(`data-snapshot="([0-9a-f]{64})"`).FindStringSubmatch(body)
	if snapshot == nil {
		m.t.Fatal("the page shows no snapshot")
	}
	var mu sync.Mutex
	var all sync.WaitGroup
	for number, w := range writers {
		all.Go(func() {
			for n := range each {
				text := fmt.Sprintf("round %d, writer %d, note %d", round, number, n)
				fields := url.Values{"snapshot": {snapshot[1]}, "key": {text}, "note": {text}, "verdict": {"approve"}, "reason": {"verified"}}
				status := w.send(path+[]string{"/notes", "/decisions"}[n%2], fields)
				mu.Lock()
				switch {
				case status == http.StatusSeeOther:
					confirmed[text] = true
				case status == http.StatusConflict && n%2 == 1: // another decision came first
					refused[text] = true
				default:
					m.t.Errorf("%s: status %d", text, status)
				}
				struck := len(confirmed) == after && confirmed[text]
				mu.Unlock()
				if struck {
					strike()
				}
			}
		})
	}
	all.Wait()
	return confirmed, refused
}

// Two servers on one database, of which one is killed in a burst of notes and decisions, or a
// backend of the database is, lose nothing that they confirmed, and record nothing twice.
func TestKilledServerOfTwoLosesNothing(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	confirmed, refused := map[string]bool{}, map[string]bool{}
	strikes := []func(){
		func() { team.kill(0) },
		team.database.KillBackend,
		func() { team.kill(1); team.database.KillBackend() },
		team.database.Restart,
		team.database.KillBackend,
	}
	if testing.Short() {
		strikes = strikes[:2]
	}
	for round, strike := range strikes {
		after := 10 + rand.IntN(30)
		t.Logf("round %d strikes after %d", round, after)
		kept, not := team.burst(round, after, strike)
		for text := range kept {
			confirmed[text] = true
		}
		for text := range not {
			refused[text] = true
		}
		for n := range team.servers {
			team.kill(n)
			team.start(n)
		}
	}
	t.Logf("%d notes and decisions were confirmed, %d refused", len(confirmed), len(refused))
	team.wantRecord(confirmed, refused)
}

// wantRecord compares the database with what was confirmed and refused.
func (m *team) wantRecord(confirmed, refused map[string]bool) {
	m.t.Helper()
	bare, password := postgrestest.SplitPassword(m.t, m.dsn)
	address, err := store.ParsePostgres(bare, store.PostgresOptions{Password: password})
	if err != nil {
		m.t.Fatal(err)
	}
	o := store.Options{Postgres: address, Serve: true, DataKeyFile: filepath.Join(m.folder, "countersign.key"), SigningKeyFile: filepath.Join(m.folder, "countersign.signing-key")}
	var heads []string
	for range 2 {
		kept, err := store.Open(m.t.Context(), o)
		if err != nil {
			m.t.Fatal(err)
		}
		defer kept.Close()
		head, err := kept.Checkpoint(m.t.Context())
		if err != nil {
			m.t.Error(err)
		}
		heads = append(heads, string(head))
		if len(heads) == 1 {
			m.wantTexts(kept, confirmed, refused)
		}
	}
	if heads[0] != heads[1] {
		m.t.Errorf("one server has the head %q, the other %q", heads[0], heads[1])
	}
	if _, err := store.Verify(m.t.Context(), store.VerifyOptions{Postgres: address, DataKeyFile: o.DataKeyFile}); err != nil {
		m.t.Error(err)
	}
}

func (m *team) wantTexts(kept *store.Store, confirmed, refused map[string]bool) {
	m.t.Helper()
	id, err := idv.ParseRecipientID(killRecipient)
	if err != nil {
		m.t.Fatal(err)
	}
	file, err := kept.Recipient(m.t.Context(), id, account.Person{ID: 1}, review.NotePage{})
	if err != nil {
		m.t.Fatal(err)
	}
	found := map[string]int{}
	for _, note := range file.Record.Notes {
		found[note.Text]++
	}
	for _, decision := range file.Record.Decisions {
		found[decision.Statement.Note]++
	}
	for text := range confirmed {
		if found[text] != 1 {
			m.t.Errorf("confirmed, and recorded %d times: %s", found[text], text)
		}
	}
	for text := range refused {
		if found[text] != 0 {
			m.t.Errorf("refused, and recorded: %s", text)
		}
	}
	if len(found) != len(confirmed) {
		m.t.Errorf("%d texts are recorded, and %d were confirmed", len(found), len(confirmed))
	}
}
