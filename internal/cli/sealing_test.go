package cli

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"countersign/internal/idv"
	"countersign/internal/yotisign/sandbox"
	"countersign/store"
)

// sealResultsAndWait is a command of the tests alone. It seals the results of a database one by
// one, until there are so many, says so and waits to be killed.
func sealResultsAndWait() {
	db := os.Args[1]
	until, err := strconv.Atoi(os.Args[2])
	if err != nil {
		panic(err)
	}
	ctx := context.Background()
	kept, err := store.Open(ctx, fileOptions(db, false))
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	_, err = kept.SealResults(ctx, store.SealOptions{Batch: 1, Step: func(sealed int) {
		if sealed == until {
			fmt.Println("waits")
			select {}
		}
	}})
	fmt.Println("was not stopped:", err)
	os.Exit(1)
}

// storedResults returns the bodies of results as they are stored, by recipient and digest.
func storedResults(t *testing.T, path string) map[string][]byte {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query(`SELECT recipient || ' ' || lower(hex(digest)), body FROM snapshots`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	bodies := map[string][]byte{}
	for rows.Next() {
		var key string
		var body []byte
		if err := rows.Scan(&key, &body); err != nil {
			t.Fatal(err)
		}
		bodies[key] = body
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return bodies
}

// piecesHeld counts the pieces of a text that are in one of the files of a database.
func piecesHeld(t *testing.T, path string, text []byte) int {
	t.Helper()
	files, err := filepath.Glob(path + "*")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, name := range files {
		all, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for piece := range slices.Chunk(text, 32) {
			if len(piece) == 32 && bytes.Contains(all, piece) {
				n++
			}
		}
	}
	return n
}

// wantSealed compares the results of a database with those that it had, of which nothing may be in
// its files.
func wantSealed(t *testing.T, in func(string) string, before map[string][]byte) {
	t.Helper()
	kept, err := store.Open(t.Context(), store.Options{Path: in("countersign.db"), DataKeyFile: in("countersign.key")})
	if err != nil {
		t.Fatal(err)
	}
	defer kept.Close()
	for key, body := range before {
		if n := piecesHeld(t, in("countersign.db"), body); n != 0 {
			t.Errorf("the files hold %d pieces of a result of %d bytes", n, len(body))
		}
		recipient, hex, _ := strings.Cut(key, " ")
		id, err := idv.ParseRecipientID(recipient)
		if err != nil {
			t.Fatal(err)
		}
		digest, err := idv.ParseDigest(hex)
		if err != nil {
			t.Fatal(err)
		}
		found, err := kept.Snapshot(t.Context(), id, digest)
		if err != nil || !bytes.Equal(found.Canonical, body) {
			t.Errorf("the result of %s reads %.60s (%v)", key, found.Canonical, err)
		}
	}
	wantText(t, says(t, "audit", "verify", "--db", in("countersign.db"), "--data-key-file", in("countersign.key")),
		"Nothing that was recorded has been changed.", fmt.Sprintf("results      %d, all opened and as they were fetched\n", len(before)))
	wantText(t, says(t, "audit", "verify", "--db", in("countersign.db")),
		"Nothing that was recorded has been changed.", fmt.Sprintf("results      %d, of which %d were left sealed\n", len(before), len(before)),
		fmt.Sprintf("the sealed bytes of %d results, unless the data key is brought: they were fetched before results were sealed", len(before)))
}

// A server seals the results that an earlier version recorded.
func TestServerSealsEarlierResults(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"entries-v1", "entries-v2"} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			in := earlier(t, version)
			before := storedResults(t, in("countersign.db"))
			for _, body := range before {
				if piecesHeld(t, in("countersign.db"), body) == 0 {
					t.Error("nothing is left to be sealed")
				}
			}
			p := &place{t, in("countersign.db"), in("checkpoints.jsonl"), in("api-key")}
			if err := os.WriteFile(p.key, []byte("made-up-key-0c4f"), 0o600); err != nil {
				t.Fatal(err)
			}
			server, _ := p.serve()
			for p.number(`SELECT count(*) FROM facts WHERE name = 'results sealed'`) == 0 && t.Context().Err() == nil {
			}
			if code := server.end(); code != 0 || !strings.Contains(server.err.String(), "results were sealed") {
				t.Fatalf("exit code %d: %s", code, server.err)
			}
			wantSealed(t, in, before)
		})
	}
}

// Sealing goes on after it was killed, wherever that was.
func TestKilledSealingGoesOn(t *testing.T) {
	t.Parallel()
	for sealed := 1; sealed <= 3; sealed++ {
		t.Run(strconv.Itoa(sealed), func(t *testing.T) {
			t.Parallel()
			in := earlier(t, "entries-v2")
			before := storedResults(t, in("countersign.db"))
			killSealing(t, in("countersign.db"), sealed)
			kept, err := store.Open(t.Context(), store.Options{Path: in("countersign.db"), DataKeyFile: in("countersign.key")})
			if err != nil {
				t.Fatal(err)
			}
			wantText(t, says(t, "audit", "verify", "--db", in("countersign.db"), "--data-key-file", in("countersign.key")), "Nothing that was recorded has been changed.")
			if n, err := kept.SealResults(t.Context(), store.SealOptions{}); n != len(before)-sealed || err != nil {
				t.Errorf("%d were sealed then (%v)", n, err)
			}
			if err := kept.Close(); err != nil {
				t.Fatal(err)
			}
			wantSealed(t, in, before)
		})
	}
}

// killSealing seals so many results of a database in a process of its own and kills that.
func killSealing(t *testing.T, db string, sealed int) {
	t.Helper()
	command := exec.Command("sealresults", db, strconv.Itoa(sealed))
	if line := startAndHear(t, command); line != "waits" {
		t.Fatalf("it says %q", line)
	}
	_ = command.Process.Kill()
	_ = command.Wait() // it was killed, and says so
}

// What a page showed of a result is nowhere in the files of the database.
func TestServedResultStaysSealed(t *testing.T) {
	t.Parallel()
	upstream := httptest.NewServer(sandbox.New("made-up-key-0c4f"))
	defer upstream.Close()
	p := newPlace(t)
	server, address := p.serve("--yoti-base-url", upstream.URL+"/v2")
	client := browser(t)
	signIn(t, client, address, "ann", killPassword)
	for n := 1; n <= 6; n++ {
		recipient := fmt.Sprintf("%s/recipients/00000000-0000-4000-8000-%012d", address, n)
		status, body := page(t, client, recipient)
		snapshot := regexp.MustCompile(`data-snapshot="([0-9a-f]{64})"`).FindStringSubmatch(body)
		if status != http.StatusOK || snapshot == nil {
			t.Fatalf("the page has status %d", status)
		}
		_, stored := page(t, client, recipient+"/snapshots/"+snapshot[1]+".json")
		if len(stored) < 500 {
			t.Fatalf("the result is %s", stored)
		}
		if n := piecesHeld(t, p.db, []byte(stored)); n != 0 {
			t.Errorf("the files hold %d pieces of a result", n)
		}
	}
	if code := server.end(); code != 0 {
		t.Errorf("exit code %d: %s", code, server.err)
	}
}
