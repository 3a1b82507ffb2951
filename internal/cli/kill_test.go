package cli

import (
	"bytes"
	"fmt"
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
	"countersign/internal/review"
	"countersign/internal/yotisign/sandbox"
	"countersign/store"
)

const (
	killRecipient = "00000000-0000-4000-8000-000000000001"
	killPassword  = "a horse, a battery, a staple"
)

// A server that is killed in a burst of notes and decisions has lost none that it
// confirmed, and recorded none twice, however often this happens; and its ledger fits.
func TestKilledServerLosesNothing(t *testing.T) {
	t.Parallel()
	upstream := httptest.NewServer(sandbox.New("made-up-key-77aa"))
	defer upstream.Close()
	db := filepath.Join(t.TempDir(), "c.db")
	for writer := range burstWriters {
		if code := runCommand(t.Context(), []string{"user", "add", writerName(writer), "--db", db}, streams{strings.NewReader(killPassword), &bytes.Buffer{}, os.Stderr}); code != 0 {
			t.Fatal("no account could be made")
		}
	}
	confirmed := map[string]bool{}
	rounds := 3
	if testing.Short() {
		rounds = 1
	}
	for round := range rounds {
		server := startServer(t, db, upstream.URL)
		for text := range server.burst(t, round) {
			confirmed[text] = true
		}
	}
	t.Logf("%d notes and decisions were confirmed before %d kills", len(confirmed), rounds)
	checkRecord(t, db, confirmed)
	if _, err := store.Verify(t.Context(), store.VerifyOptions{Path: db}); err != nil {
		t.Error(err)
	}
}

// checkRecord compares what the database holds with what was confirmed.
func checkRecord(t *testing.T, db string, confirmed map[string]bool) {
	t.Helper()
	kept, err := store.Open(t.Context(), fileOptions(db, true))
	if err != nil {
		t.Fatal(err)
	}
	defer kept.Close()
	id, err := idv.ParseRecipientID(killRecipient)
	if err != nil {
		t.Fatal(err)
	}
	file, err := kept.Recipient(t.Context(), id, account.Person{ID: 1}, review.NotePage{})
	if err != nil {
		t.Fatal(err)
	}
	if kept.WhyNotRecording() != "" {
		t.Error(kept.WhyNotRecording())
	}
	found := map[string]int{}
	for _, note := range file.Record.Notes {
		found[note.Text]++
	}
	for _, decision := range file.Record.Decisions {
		found[decision.Statement.Note]++
	}
	for text, times := range found {
		if times > 1 {
			t.Errorf("recorded %d times: %s", times, text)
		}
	}
	for text := range confirmed {
		if found[text] == 0 {
			t.Errorf("confirmed and lost: %s", text)
		}
	}
}

// serverProcess is a server in a process of its own.
type serverProcess struct {
	command *exec.Cmd
	address string
}

func startServer(t *testing.T, db, upstream string) *serverProcess {
	t.Helper()
	command := exec.Command("countersign", "serve", "--addr", "127.0.0.1:0", "--db", db, "--yoti-base-url", upstream+"/v2")
	command.Env = append(os.Environ(), "YOTI_SIGN_API_KEY=made-up-key-77aa")
	_, address, _ := strings.Cut(startAndHear(t, command), " is at ")
	return &serverProcess{command, address}
}

// burstWriters is how many people write at once: the forms of one person in a minute are
// limited, and those that came second to another decision count.
const burstWriters = 8

func writerName(n int) string { return fmt.Sprintf("writer%d", n) }

// burst posts notes and decisions from many sides, kills the server in the middle, and
// returns the texts of those that were confirmed.
func (s *serverProcess) burst(t *testing.T, round int) map[string]bool {
	t.Helper()
	var clients []*http.Client
	for writer := range burstWriters {
		client := browser(t)
		signIn(t, client, s.address, writerName(writer), killPassword)
		clients = append(clients, client)
	}
	_, body := page(t, clients[0], s.address+"/recipients/"+killRecipient)
	snapshot := regexp.MustCompile(`data-snapshot="([0-9a-f]{64})"`).FindStringSubmatch(body)
	if snapshot == nil {
		t.Fatal("the page shows no snapshot")
	}
	const before = 40 // that must be confirmed before the kill
	var mu sync.Mutex
	var all sync.WaitGroup
	confirmed := map[string]bool{}
	for writer, client := range clients {
		all.Go(func() {
			for n := 0; ; n++ {
				text := fmt.Sprintf("round %d, writer %d, note %d", round, writer, n)
				fields := url.Values{"snapshot": {snapshot[1]}, "key": {text}, "note": {text}, "verdict": {"approve"}, "reason": {"verified"}}
				response, err := client.PostForm(s.address+"/recipients/"+killRecipient+[]string{"/notes", "/decisions"}[n%2], fields)
				if err != nil {
					return // the server is gone
				}
				response.Body.Close()
				if response.StatusCode == http.StatusConflict && n%2 == 1 {
					continue // another decision came first
				}
				if response.StatusCode != http.StatusSeeOther {
					t.Errorf("%s: status %d", text, response.StatusCode)
					return
				}
				mu.Lock()
				confirmed[text] = true
				if len(confirmed) == before {
					_ = s.command.Process.Kill()
				}
				mu.Unlock()
			}
		})
	}
	all.Wait()
	_ = s.command.Process.Kill() // also where a writer gave up before there were enough
	_ = s.command.Wait()         // it was killed, and says so
	return confirmed
}
