package cli

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"countersign/internal/yotisign/sandbox"
	"countersign/store"
)

// changeKeysAndWait is a command of the tests alone. It changes the data key and the signing key
// of a database, value by value, until a step of one of them is done, says so and waits to be
// killed.
func changeKeysAndWait() {
	db, until := os.Args[1], os.Args[2]
	ctx := context.Background()
	kept, err := store.Open(ctx, fileOptions(db, false))
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	stopAt := func(key string) store.ChangeOptions {
		return store.ChangeOptions{Batch: 1, Step: func(step store.KeyStep) {
			if key+" "+string(step) == until {
				fmt.Println("waits")
				select {}
			}
		}}
	}
	if _, err = kept.ChangeDataKey(ctx, stopAt("data")); err == nil {
		_, err = kept.ChangeSigningKey(ctx, defaultKeyPath(db, ".signing-key"), stopAt("signing"))
	}
	fmt.Println("was not stopped:", err)
	os.Exit(1)
}

// killKeyChange starts changing the keys of a database and kills it after a step. What is done
// in between is done while it stands still.
func killKeyChange(t *testing.T, db, step string, between func()) {
	t.Helper()
	command := exec.Command("changekeys", db, step)
	if line := startAndHear(t, command); line != "waits" {
		t.Fatalf("%s: it says %q", step, line)
	}
	between()
	_ = command.Process.Kill()
	_ = command.Wait() // it was killed, and says so
}

// While keys are changed and the command that does so is killed at each step, a server in a
// process of its own reads and records all the while, and another start of it does, too.
func TestKeysAreChangedWhateverIsKilled(t *testing.T) {
	t.Parallel()
	upstream := httptest.NewServer(sandbox.New("made-up-key-77aa"))
	defer upstream.Close()
	db := filepath.Join(t.TempDir(), "c.db")
	if code := runCommand(t.Context(), []string{"user", "add", "ann", "--db", db}, streams{strings.NewReader(killPassword), io.Discard, os.Stderr}); code != 0 {
		t.Fatal("no account could be made")
	}
	confirmed := map[string]bool{}
	var server *serverProcess
	var client *http.Client
	restart := func() {
		if server != nil {
			_ = server.command.Process.Kill()
			_ = server.command.Wait()
		}
		server, client = startServer(t, db, upstream.URL), browser(t)
		signIn(t, client, server.address, "ann", killPassword)
	}
	work := func(when string) {
		t.Helper()
		address := server.address + "/recipients/" + killRecipient
		status, body := page(t, client, address)
		snapshot := regexp.MustCompile(`data-snapshot="([0-9a-f]{64})"`).FindStringSubmatch(body)
		if status != http.StatusOK || snapshot == nil {
			t.Fatalf("%s: the page has status %d", when, status)
		}
		for text := range confirmed {
			if !strings.Contains(body, text) {
				t.Errorf("%s: the page does not have the note of %q", when, text)
			}
		}
		response, err := client.PostForm(address+"/notes", url.Values{"snapshot": {snapshot[1]}, "key": {when}, "note": {when}})
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != http.StatusSeeOther {
			t.Fatalf("%s: the note has status %d", when, response.StatusCode)
		}
		confirmed[when] = true
		if status, _ := page(t, client, server.address+"/readyz"); status != http.StatusOK {
			t.Errorf("%s: not ready, status %d", when, status)
		}
	}
	restart()
	work("before")
	for n := range 5 { // more values to seal anew
		page(t, client, fmt.Sprintf("%s/recipients/00000000-0000-4000-8000-%012d", server.address, n+2))
	}
	public := says(t, "audit", "prove", "0", "--db", db)
	public = regexp.MustCompile(`(?m)^key (.+)$`).FindStringSubmatch(public)[1]
	for _, step := range []string{
		"data written", "data noted", "data sealed", "data counts", "data old-kept", "signing written", "signing noted", "signing old-kept",
	} {
		if step == "signing written" { // each call goes through the data key first
			wantText(t, says(t, "keys", "rotate", "--only", "data", "--db", db), "An earlier change of the data key is finished.")
		}
		killKeyChange(t, db, step, func() { work("while it stands after " + step) })
		work("after it was killed after " + step)
		if testing.Short() && step != "data noted" && step != "data counts" && step != "signing noted" {
			continue
		}
		restart()
		work("after the server was killed too, after " + step)
	}
	wantText(t, says(t, "keys", "rotate", "--only", "signing", "--db", db), "An earlier change of the signing key is finished.")
	work("at the end")
	_ = server.command.Process.Kill()
	_ = server.command.Wait()
	checkRecord(t, db, confirmed)
	text := says(t, "audit", "verify", "--db", db, "--data-key-file", strings.TrimSuffix(db, ".db")+".key", "--public-key", public)
	wantText(t, text, "Nothing that was recorded has been changed.", "all opened")
}

// What was made before the keys were changed is proved afterwards, by the keys of each time.
func TestEarlierRecordsAfterKeysChanged(t *testing.T) {
	in := earlier(t, "entries-v2")
	db, key, signing := in("countersign.db"), in("countersign.key"), in("countersign.signing-key")
	var publics []string
	for range 2 {
		text := says(t, "keys", "rotate", "--db", db, "--data-key-file", key, "--signing-key", signing)
		wantText(t, text, "The data key was changed.", "values are sealed under it", "The signing key was changed.", "countersign.key.old-", "countersign.signing-key.old-")
		publics = append(publics, regexp.MustCompile(`countersign/\S+`).FindString(text[strings.Index(text, "Checkpoints are signed"):]))
	}
	newest := publics[1]
	write := func(name, text string) string {
		if err := os.WriteFile(in(name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return in(name)
	}
	changes := write("changes.txt", says(t, "audit", "keys", "--db", db))
	exported := write("ledger.jsonl", says(t, "audit", "export", "--db", db))
	old, err := os.ReadFile(in("public-key.txt"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{changes, exported} {
		wantText(t, says(t, "audit", "check", in("bundle.zip"), "--public-key", newest, "--key-changes", file),
			"All 3 entries about recipient 00000000-0000-4000-8000-000000000004", "connected with by changes of keys that both keys signed (2)")
		wantText(t, says(t, "audit", "check", in("entry.txt"), "--public-key", newest, "--key-changes", file), "Entry 5 is in the ledger")
	}
	for _, file := range []string{"bundle.zip", "entry.txt"} {
		var problem bytes.Buffer
		if code := runCommand(t.Context(), []string{"audit", "check", in(file), "--public-key", newest}, streams{nil, io.Discard, &problem}); code != 1 || !strings.Contains(problem.String(), "proves nothing") {
			t.Errorf("%s by a key that nothing connects: exit code %d, %s", file, code, problem.String())
		}
		says(t, "audit", "check", in(file), "--public-key", in("public-key.txt"))
	}

	// A server signs with the newest key, and whoever has only the oldest verifies that.
	stopped, stop := context.WithCancel(t.Context())
	stop()
	t.Setenv("YOTI_SIGN_API_KEY", "made-up-key-0c4f")
	var problem bytes.Buffer
	if code := runCommand(stopped, []string{"serve", "--addr", "127.0.0.1:0", "--db", db, "--data-key-file", key, "--signing-key", signing}, streams{nil, io.Discard, &problem}); code != 0 {
		t.Fatal(problem.String())
	}
	for _, public := range append(publics, strings.TrimSpace(string(old))) {
		wantText(t, says(t, "audit", "verify", "--db", db, "--data-key-file", key, "--checkpoint", in("checkpoint.txt"), "--public-key", public),
			"Nothing that was recorded has been changed.", "texts        3, all opened", "signed with  "+newest)
	}
	proof := write("proof.txt", says(t, "audit", "prove", "5", "--db", db))
	wantText(t, says(t, "audit", "check", proof, "--public-key", in("public-key.txt")), "Entry 5 is in the ledger")
}

// A database whose first entries had the first form verifies as before when its keys were changed.
func TestEarliestDatabaseAfterKeysChanged(t *testing.T) {
	in := earlier(t, "entries-v1")
	files := []string{"--db", in("countersign.db"), "--data-key-file", in("countersign.key")}
	says(t, append([]string{"keys", "rotate", "--signing-key", in("countersign.signing-key")}, files...)...)
	wantText(t, says(t, append([]string{"audit", "verify", "--checkpoint", in("checkpoint.txt"), "--public-key", in("public-key.txt")}, files...)...),
		"Nothing that was recorded has been changed.", "entries      24,", "texts        6, all opened")
}

// The data key may come from a command or a file descriptor: nothing is made, and nothing that
// it prints is shown.
func TestDataKeyFromElsewhere(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there is no cat")
	}
	folder := t.TempDir()
	db, vault := filepath.Join(folder, "c.db"), filepath.Join(folder, "vault")
	first := says(t, "keys", "new")
	give := func(text string) {
		if err := os.WriteFile(vault, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	give(first)
	command := "cat " + vault
	var problem bytes.Buffer
	if code := runCommand(t.Context(), []string{"user", "add", "ann", "--db", db, "--data-key-command", command}, streams{strings.NewReader(killPassword), io.Discard, &problem}); code != 0 {
		t.Fatal(problem.String())
	}
	if files, _ := filepath.Glob(filepath.Join(folder, "*key*")); len(files) > 0 {
		t.Errorf("it made %v", files)
	}
	t.Setenv("COUNTERSIGN_DATA_KEY_COMMAND", command)
	wantText(t, says(t, "user", "list", "--db", db), "ann")
	fails := func(want string, args ...string) {
		t.Helper()
		var problem bytes.Buffer
		code := runCommand(t.Context(), append(args, "--db", db), streams{strings.NewReader(""), io.Discard, &problem})
		if code != 1 || !strings.Contains(problem.String(), want) || strings.Contains(problem.String(), first[30:50]) {
			t.Errorf("%v: exit code %d, %s, want %q", args, code, problem.String(), want)
		}
	}
	fails("give only one", "user", "list", "--data-key-file", vault)
	fails("gives no key that this database never used", "keys", "rotate")
	fails("ended with exit status 1", "user", "list", "--data-key-command", "cat "+vault+".gone")
	fails("3 or above", "user", "list", "--data-key-command", "", "--data-key-fd", "1")

	second := says(t, "keys", "new")
	give(first + second)
	t.Setenv("COUNTERSIGN_DATA_KEY_COMMAND", "cat  "+vault)
	wantText(t, says(t, "keys", "rotate", "--db", db), "The data key was changed.", "have only the new key given", "no signing key yet")
	give(second)
	wantText(t, says(t, "audit", "verify", "--db", db, "--data-key-command", "cat "+vault), "all opened")

	child := exec.Command("countersign", "user", "list", "--db", db, "--data-key-fd", "3")
	child.Env = append(os.Environ(), "COUNTERSIGN_DATA_KEY_COMMAND=")
	pipe, typed, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := typed.WriteString(second); err != nil {
		t.Fatal(err)
	}
	if err := typed.Close(); err != nil {
		t.Fatal(err)
	}
	child.ExtraFiles = []*os.File{pipe}
	if out, err := child.CombinedOutput(); err != nil || !strings.Contains(string(out), "ann") {
		t.Errorf("from a descriptor: %s (%v)", out, err)
	}
}
